"""The same answer a second time: known as such, and put into other words."""

import hashlib

import msgspec

from dialogue.blocks import Answer
from dialogue.items import ITEM
from dialogue.meaning import Question
from dialogue.state import State
from dialogue.wording import Wording
from policy.credit import ASPECT
from policy.regions import Regions

MOST_UNFOLDED = 2
# A first line that ends so says nothing without what follows it.
LIST_FOLLOWS = ("：", ":")
# What is said with every answer.
STANDING = ("trust", "phone", "source")
# The entry for a fact of which nothing is known here.
BESIDE = "told_beside"
AMOUNTS = ("figure", "band")
# What an answer says; the rest goes with it.
SUBSTANCE = ("decision", "figure", "band", "rule", "step", "cause", "claim")


def fingerprint(answers: tuple[Answer, ...]) -> str:
    """A short name for what answers say, to know it again; notes and trust do not count."""
    blocks = [block for answer in answers for block in answer.blocks if not block.folded]
    said = [block.text for block in blocks if block.kind in SUBSTANCE] or [b.text for b in blocks]
    return hashlib.sha256("\n".join(said).encode()).hexdigest()[:12]


def is_again(answers: tuple[Answer, ...], state: State, told: bool = False) -> bool:
    """Whether answers say what the last reply said.

    Args:
        answers: what would be said.
        state: before it.
        told: whether something was only told; then any of the latest replies counts, as nobody
            has asked to hear it again.
    """
    heard = state.said if told else state.said[-1:]
    return fingerprint(answers) in heard


def sentences(answers: tuple[Answer, ...]) -> tuple[str, ...]:
    """A short name for each sentence that answers show, to know it again."""
    shown = [block for answer in answers for block in answer.shown()]
    return tuple(_name(block.text) for block in shown if block.kind not in STANDING)


def _name(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:8]


class Again:
    """Puts an answer that has just been given into other words."""

    def __init__(self, regions: Regions, wording: Wording) -> None:
        """Take the names of places, and the words."""
        self._regions = regions
        self._wording = wording
        self._say = wording.say

    def put(self, answer: Answer, question: Question, state: State) -> Answer:
        """The answer for whoever hears it again.

        For the insured place or another person that was told it is so too; what else was told is
        acknowledged, with the amount if it is one; who asks again gets what was folded, which may
        be what they miss.

        Args:
            answer: as it was said the last time.
            question: what it answers now.
            state: after it.
        """
        first, *rest = answer.blocks
        kept = [block for block in rest if not block.folded and block.kind in ("phone", "trust")]
        told = self._told(question)
        items = self._items(answer, question)
        if answer.intent == ASPECT and told:
            text = self._say("same_amount", what=told, text=first.text)
        elif items or (told and (question.relatives or self._insured(question, state))):
            text = self._say("same_for", what=items or told, text=first.text)
        elif told:
            text, kept = self._say("same_told", what=told), kept[-1:]
        elif question.form == "states":
            text, kept = self._wording.lead(BESIDE), kept[-1:]
        else:
            ends = first.text.endswith(LIST_FOLLOWS)
            text = self._say("still_list") if ends else self._say("still", text=first.text)
        stated = question.form == "states"
        if not (told or items or question.told or question.relatives or stated):
            folds = [b for b in rest if b.folded and b.kind in ("rule", "band", "caveat")]
            unfolded = [msgspec.structs.replace(b, folded=False) for b in folds[:MOST_UNFOLDED]]
            kept = [*unfolded, *kept]
        return answer.with_blocks(msgspec.structs.replace(first, text=text), *kept)

    def added(self, answer: Answer, question: Question, before: State) -> Answer:
        """An answer without the sentences that have just been said.

        Args:
            answer: as it is said now.
            question: what it answers.
            before: the state that it met.

        Returns:
            Where the first line too has been said, what was told is acknowledged in its place;
            the answer itself if nothing in it is new, or if it has amounts.
        """
        first, *rest = answer.blocks
        if any(block.kind in AMOUNTS for block in answer.blocks):
            return answer
        kept = [b for b in rest if b.folded or _name(b.text) not in before.sentences]
        new = any(not b.folded and b.kind not in STANDING for b in kept)
        if _name(first.text) not in before.sentences:
            # Whoever asks may be asking for just that; whoever tells has heard it.
            heard = question.form in ("states", "tells") and not first.text.endswith(LIST_FOLLOWS)
            return answer.with_blocks(first, *kept) if heard else answer
        if not new:
            return answer
        told = self._told(question)
        if told:
            noted = msgspec.structs.replace(first, text=self._say("noted", text=told))
            return answer.with_blocks(noted, *kept)
        return answer.with_blocks(*kept)

    def _items(self, answer: Answer, question: Question) -> str:
        """The things to pay for that a question names, where the answer depends on them."""
        entry = self._wording.answers.get(answer.intent)
        if entry is None or not any(ITEM in variant.when for variant in entry.variants):
            # 「自费也一样」 would be said of when to pay a premium.
            return ""
        return self._say("comma").join(dict.fromkeys(words for _, words in question.items))

    @staticmethod
    def _insured(question: Question, state: State) -> bool:
        """Whether the places that a question names are where the person it is about is insured."""
        region = state.person(state.thread.who if state.thread else state.current).region
        return bool(question.places) and all(region in p.candidates for p in question.places)

    def _told(self, question: Question) -> str:
        """The place, age and kind of insurance that a question names, in words."""
        places = question.places
        names = [self._regions.display(p.candidates[0]) for p in places if p.candidates]
        ages = [t.value for t in question.told if t.name == "age" and t.value[-1:].isdigit()]
        # 「都没到七十」 is a bound, not an age.
        ages = [age for age in ages if age[0].isdigit()]
        names += [self._say("years_old", age=age) for age in ages]
        kinds = self._wording.templates.populations
        names += [kinds[t.value] for t in question.told if t.name == "population"]
        return self._say("comma").join(dict.fromkeys(names))
