"""The questions of one message, told apart."""

from typing import Any

import msgspec

from nlu.clauses import Clauses, Form, Span
from nlu.contexts import Context, things_of_answers
from nlu.entities import entity
from nlu.judging import ASKS, FALLBACK, NEIGHBOUR, Entity, Judge, Understood, shifted
from nlu.model import LEFT_OPEN, Scores, topic_of
from nlu.parts import (
    SHARED,
    is_foreign,
    lend_place,
    part_of,
    told_apart,
    without_told,
)
from nlu.piece import Piece
from policy.sharing import NO_FAMILY
from policy.topics import NONE
from policy.topics import topics as topics_known

LONGEST_LEANING = 14
# So much of what was told before a question may shed light on it.
MOST_BACKGROUND = 4
# Who sets so many marks does not leave out the ones between two questions.
MOST_CLAUSES_RUN_ON = 8
# A story of more clauses asks in its last ones only.
SHORT_STORY = 6
ENDING = 4
# A reading this likely stands, whatever the clauses say one by one.
CLEAR = 0.45
# A message costs so many judgements at most; one of a hundred ends is cut where it shows them.
MOST_JUDGED = 32
# Of several people only the credits are asked one by one.
OF_PERSONS = "credit"
SELF = "self"
MARK = "?"
# Father and mother, each with an age, leave nothing to be asked of 「爸妈」 as one.
EACH_PARENT, BOTH_PARENTS = {"father", "mother"}, "parent"
# Of what is not ours, questions that are told apart even without one that is.
TOGETHER = (ASKS, NEIGHBOUR)
# A message read so has not been understood, or has only told something.
UNSETTLED = (FALLBACK, "inform")
# The same, where the parts are about different people.
OF_ALL = ("region", "pool", "population")


class Parting:
    """One message on its way to its questions."""

    def __init__(
        self,
        judge: Judge,
        clauses: Clauses,
        text: str,
        entities: list[Entity],
        running: Context | None = None,
    ) -> None:
        """Cut the message at its marks.

        Args:
            judge: the model.
            clauses: the words.
            text: normalised.
            entities: with offsets into the text.
            running: what the message follows.
        """
        self._running = running or Context()
        self._judged = 0
        self._judge = judge
        self._clauses = clauses
        self._text = text
        self._entities = entities
        self._known: dict[str, Scores] = {}
        self.clauses = [self._piece(clauses.trimmed(text, span)) for span in clauses.spans(text)]

    def verdict(self, text: str, entities: list[Entity]) -> Understood:
        """What a text asks if it is one question; judged once however often it is needed."""
        return self._judge.verdict(self.scores(text, entities))

    def readings(self) -> list[Scores]:
        """What the model thinks of the message: as a whole, and of what asks if that is clearer.

        What is told beside a question takes its share of the probability: 「吓死人 谢谢你 那到底
        清不清零嘛」 is thanked for by half.
        """
        whole = self.scores(self._text, self._entities)
        asking = [each for each in self.clauses if self._clauses.asks(each.text)]
        settled = whole.ours >= self._judge.settings.ours or whole.clearness >= CLEAR
        if settled or not asking or len(asking) == len(self.clauses):
            return [whole]
        piece = self._piece(*(span for each in asking for span in each.spans))
        alone = self.scores(piece.text, piece.moved)
        return [whole, alone] if alone.clearness >= max(CLEAR, whole.clearness) else [whole]

    def parts(self, whole: Understood) -> list[dict[str, Any]]:
        """The questions of the message; fewer than two means there is only one.

        Args:
            whole: what it says if it is one question.
        """
        asked = self._questions(whole)
        if len(asked) < 2:
            return []
        foreign = is_foreign(whole)
        firm = [self._firm(*each, foreign) for each in asked]
        topics = [each.topic if each else NONE for each in firm]
        found: list[tuple[Piece, Understood]] = []
        for index, (each, _) in enumerate(asked):
            # What is not clear by itself leans on the question before it, else on the one after.
            before = [understood.topic for _, understood in reversed(found)]
            after = (*topics[index:], whole.topic, self._running.topic)
            near = [topic for topic in (*before, *after) if topic != NONE]
            understood = self._leaning(each, firm[index], near[0] if near else NONE)
            if found:
                understood = self._following(each, understood, found[-1][1])
            if understood:
                found.append((each, understood))
        parts = told_apart(found)
        names = {part["intent"]["name"] for part in parts}
        ours = any(topic_of(name) != NONE for name in names)
        if len(names) < 2 or not (ours or all(name.startswith(TOGETHER) for name in names)):
            return []
        self._share(parts, SHARED)
        lend_place(parts)
        return parts

    def form(self) -> Form:
        """What the message does by its form."""
        texts, bare = [each.text for each in self.clauses], list(map(without_told, self.clauses))
        return self._clauses.form(texts, bare, MARK in self._text)

    def is_past(self, clause: Piece) -> bool:
        """Whether a clause tells of former times."""
        return self._clauses.of_the_past(clause.text)

    def mark_asked(self, whole: Understood) -> None:
        """Mark the people whom the questions of a story name, among all those it tells of.

        Args:
            whole: what the message says if it is read as one.
        """
        if len(self.clauses) > SHORT_STORY:
            for piece, _ in self._questions(whole):
                for each in piece.entities:
                    if each["entity"] == "relation":
                        each["asked"] = True

    def question(self, whole: Understood) -> Understood | None:
        """The one question of a message that says too little, or too much, as a whole.

        Args:
            whole: what it says if it is read as one; kept if it is surer than its question, or if
                that is about what is not ours.
        """
        story = len(self.clauses) > SHORT_STORY
        if len(self.clauses) < 2 or (whole.name not in UNSETTLED and not story):
            return None
        asked = self._questions(whole)
        firm = [found for each in asked if (found := self._firm(*each, foreign=False))]
        ours = [found for found in firm if found.topic != NONE]
        if len({found.name for found in ours}) != 1 or len(firm) != len(ours):
            return None
        if whole.name not in UNSETTLED and ours[0].likely < whole.likely:
            return None
        return msgspec.structs.replace(ours[0], ours=max(ours[0].ours, self._judge.settings.ours))

    def _questions(self, whole: Understood) -> list[tuple[Piece, list[Piece]]]:
        """The pieces that ask, each with what was told before it."""
        segments = self._segments(whole.topic if whole.topic != NONE else self._running.topic)
        asked = self._asked(segments) if len(segments) > 1 else []
        if len(self.clauses) <= SHORT_STORY:
            return asked
        # Whoever tells a life story asks at its end; what asks before is part of the story.
        end = segments[-ENDING][0].spans[0][0]
        return [each for each in asked if each[0].spans[-1][0] >= end] or asked

    def persons(self, whole: Understood) -> list[dict[str, Any]]:
        """One question about several people, each with a place or an age of their own."""
        if whole.topic != OF_PERSONS:
            return []
        told: dict[str, dict[str, Any]] = {}
        for each in [piece for clause in self.clauses for piece in self._by_person(clause)]:
            part = part_of(each, whole)
            kinds = {e["entity"] for e in each.entities}
            who = [e["value"] for e in each.entities if e["entity"] == "relation"]
            if not who and kinds & {"age", "population"} and self._clauses.of_oneself(each.text):
                start = each.spans[0][0]
                own = entity("relation", SELF, start, start + 1, "LexiconExtractor")
                part["entities"] = [*each.entities, own]
                who = [SELF]
            if len(who) == 1 and kinds & {"region", "age"}:
                told[who[0]] = part
        if told.keys() >= EACH_PARENT:
            # 「我爸我妈都在上海，我爸72我妈76」
            told.pop(BOTH_PARENTS, None)
        if len(told) < 2:
            return []
        parts = list(told.values())
        self._share(parts, OF_ALL)
        return parts

    def _by_person(self, clause: Piece) -> list[Piece]:
        """A clause cut before each person if each has an age: 「我爸72我妈76」."""
        starts = [e["start"] for e in clause.entities if e["entity"] == "relation"]
        ages = [e["start"] for e in clause.entities if e["entity"] == "age"]
        ends = [*starts[1:], clause.spans[-1][1]]
        if len(starts) < 2 or len(starts) != len(ages):
            return [clause]
        cuts = list(zip(starts, ends, strict=True))
        paired = all(start < age < end for (start, end), age in zip(cuts, ages, strict=True))
        return [self._piece(cut) for cut in cuts] if paired else [clause]

    def _share(self, parts: list[dict[str, Any]], kinds: tuple[str, ...]) -> None:
        """Give all parts what was named in a clause that asks nothing: a place, an age, a person.

        Args:
            parts: the questions.
            kinds: of entities that belong to all of them.
        """
        claimed = [each for part in parts for each in part["entities"]]
        # Whoever is no family is the business of the clause that names them alone.
        free = [e for e in self._entities if e not in claimed and e["value"] != NO_FAMILY]
        shared = [each for each in free if each["entity"] in kinds]
        for part in parts:
            part["entities"] = part["entities"] + shared

    def scores(self, text: str, entities: list[Entity]) -> Scores:
        """What the model thinks of a text; judged once however often it is needed."""
        if text not in self._known:
            self._judged += 1
            self._known[text] = self._judge.scores(text, entities)
        return self._known[text]

    def _piece(self, *spans: Span) -> Piece:
        inside: list[Entity] = []
        moved: list[Entity] = []
        position = 0
        for start, end in spans:
            here = [e for e in self._entities if start <= e["start"] and e["end"] <= end]
            moved += shifted(here, position - start)
            inside += here
            position += end - start
        text = "".join(self._text[start:end] for start, end in spans)
        return Piece(spans, text, inside, moved)

    def _segments(self, topic: str) -> list[tuple[Piece, bool]]:
        """The clauses, cut up where they run on, and whether they surely ask."""
        if len(self.clauses) > MOST_CLAUSES_RUN_ON:
            return [(each, False) for each in self.clauses]
        segments: list[tuple[Piece, bool]] = []
        for each in self.clauses:
            halves = self._divided(each, topic)
            segments += [(half, len(halves) > 1) for half in halves]
        return segments

    def _divided(self, clause: Piece, topic: str) -> list[Piece]:
        """A clause as one piece, or as several if it holds questions without a mark between."""
        if len(clause.spans) > 1 or self._judged > MOST_JUDGED:
            return [clause]
        settings = self._judge.settings
        best: tuple[float, list[Piece], str] = (0.0, [], topic)
        base = clause.spans[0][0]
        for cut in self._clauses.cuts(clause.text):
            if self._judged > MOST_JUDGED:
                break
            left, right = (
                self._piece(
                    *(
                        self._clauses.trimmed(self._text, (base + start, base + end))
                        for start, end in half
                    )
                )
                for half in (cut.left, cut.right)
            )
            needed = max(best[0], settings.leaning if cut.marked else settings.run_on)
            first = self._leaning(left, self._alone(left), topic)
            if first is None or first.likely < needed:
                continue
            near = topic if first.topic == NONE else first.topic
            second = self._leaning(right, self._alone(right), near)
            if second is None or second.name == first.name or NONE == first.topic == second.topic:
                continue
            likely = min(first.likely, second.likely)
            if likely >= needed:
                best = (likely, [left, right], near)
        if not best[1]:
            return [clause]
        return [half for each in best[1] for half in self._divided(each, best[2])]

    def _asked(self, segments: list[tuple[Piece, bool]]) -> list[tuple[Piece, list[Piece]]]:
        """The segments that ask, each with what was told before it."""
        found: list[tuple[Piece, list[Piece]]] = []
        told: list[Piece] = []
        for segment, surely in segments:
            if self._clauses.is_tag(segment.text):
                # 「这是怎么回事」 makes a question of what was told.
                if told:
                    joined = self._piece(*told.pop().spans, *segment.spans)
                    found.append((joined, list(told)))
            elif surely or self._clauses.asks(segment.text):
                found.append((segment, list(told)))
            else:
                told.append(segment)
        return found

    def _alone(self, segment: Piece) -> Understood | None:
        """What a clause asks, if it says enough."""
        found = self._in_context(segment, self.verdict(segment.text, segment.moved))
        return found if self._judge.is_part(found) else None

    def _in_context(self, segment: Piece, found: Understood) -> Understood:
        """A reading with what it may be as part of the conversation."""
        scores = self.scores(segment.text, segment.moved)
        going_on = self._judge.going_on(self._running, scores)
        return msgspec.structs.replace(found, going_on=going_on)

    def _firm(self, segment: Piece, told: list[Piece], foreign: bool) -> Understood | None:
        """What a clause asks, if it says enough, alone or with something told before it.

        Args:
            segment: the clause.
            told: what was told before it.
            foreign: whether the message as a whole is about something else; then its clauses are
                too, unless they say otherwise: 「公积金交了三年，能取吗」.
        """
        alone = self._alone(segment)
        if foreign and not self._judge.names_ours(segment.text):
            return alone if alone and alone.topic == NONE else None
        if not told or (alone and alone.topic == NONE):
            return alone
        helped = [self._piece(*each.spans, *segment.spans) for each in told[-MOST_BACKGROUND:]]
        found = self._judge.witnessed(
            self.scores(segment.text, segment.moved),
            [self.scores(each.text, each.moved) for each in helped],
        )
        if found is None or (alone and alone.topic != found.topic):
            return alone
        return found

    def _following(
        self, clause: Piece, found: Understood | None, before: Understood
    ) -> Understood | None:
        """What a clause asks behind another question, as a message does behind an answer.

        Args:
            clause: what asks.
            found: what it asks by itself, if that says enough.
            before: the question before it.
        """
        thing = things_of_answers().get(before.name, "")
        scores = self.scores(clause.text, clause.moved)
        going_on = self._judge.going_on(Context(thing, before.name), scores)
        if found:
            return msgspec.structs.replace(found, going_on=going_on)
        best = going_on[0] if going_on else None
        if best is None or best["confidence"] < self._judge.settings.following:
            return None
        if topic_of(best["name"]) == NONE and not best["name"].startswith((LEFT_OPEN, NEIGHBOUR)):
            return None
        return Understood(best, going_on, going_on=going_on)

    def _about(self, topic: str) -> str:
        """Words that say what a question of a topic is about: the thing in play, if it is of it."""
        known = topics_known()
        running = known.thing(self._running.thing)
        if running and self._running.topic == topic:
            return running.before
        return next(iter(known.by_key[topic].things.values())).before

    def _leaning(self, clause: Piece, firm: Understood | None, topic: str) -> Understood | None:
        """What a clause asks; a short one perhaps as more on a topic: 「怎么解绑」."""
        if firm and firm.topic != NONE and firm.likely >= self._judge.settings.leaning:
            return firm
        if topic == NONE or len(clause.text) > LONGEST_LEANING:
            return firm
        topics = dict.fromkeys([topic, firm.topic if firm else topic])
        helped = []
        for about in (self._about(each) for each in topics if each != NONE):
            words = about + clause.text
            helped.append(self.scores(words, shifted(clause.moved, len(about))))
        alone = self.scores(clause.text, clause.moved)
        return self._judge.witnessed(alone, helped) or firm
