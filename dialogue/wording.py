"""What the bot says: ``data/*/answers.yml``, an entry a question; sentences, labels and aspects."""

from pathlib import Path
from typing import Any

import msgspec

from policy.conditions import Condition, holds
from policy.topics import DATA, NONE, topics
from policy.yamlfile import Document, Mistakes

ANSWERS = "*/answers*.yml"
TEMPLATES = Path("service") / "templates.yml"
ASPECTS = Path("service") / "aspects.yml"


class _Strict(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Frozen, and a misspelt field is an error."""


class Variant(_Strict, frozen=True, kw_only=True):
    """What differs when the conditions hold; fields left out stay as in the entry."""

    when: dict[str, Condition]
    lead: str | None = None
    facts: tuple[str, ...] | None = None
    more: tuple[str, ...] | None = None
    causes: tuple[str, ...] | None = None
    claims: tuple[str, ...] | None = None
    extra: str | None = None
    local: bool | None = None
    next: tuple[str, ...] | None = None
    contact: str | None = None
    ask_region: bool | None = None
    refuses: bool | None = None


class Spec(_Strict, frozen=True, kw_only=True):
    """How one question is answered; ``docs/data.md`` describes the fields."""

    means: tuple[str, ...] = ()
    ask: str = ""
    lead: str = ""
    facts: tuple[str, ...] = ()
    more: tuple[str, ...] = ()
    causes: tuple[str, ...] = ()
    local: bool = True
    claims: tuple[str, ...] = ()
    extra: str = ""
    ask_region: bool = False
    next: tuple[str, ...] = ()
    contact: str = "hotline"
    refuses: bool = False
    dialled: bool = False
    variants: tuple[Variant, ...] = ()

    def for_case(self, facets: dict[str, str]) -> "Spec":
        """This entry with the first variant applied whose conditions all hold."""
        for variant in self.variants:
            if holds(facets, variant.when):
                changes = {
                    name: getattr(variant, name)
                    for name in variant.__struct_fields__
                    if name != "when" and getattr(variant, name) is not None
                }
                return msgspec.structs.replace(self, **changes)
        return self


class Aspect(_Strict, frozen=True, kw_only=True):
    """What one may want to know of a thing.

    Attributes:
        asked: its name in words, where nothing better is written.
        kind: which kind of knowledge answers it.
        like: aspects whose answer is looked at where it has none of its own.
        anywhere: the entry that answers it whatever is talked about, also what is not ours.
    """

    asked: str
    kind: str
    like: tuple[str, ...] = ()
    anywhere: str = ""


class Templates(_Strict, frozen=True, kw_only=True):
    """Sentences with places to fill, and names of things; see the comments in the file."""

    sentences: dict[str, str]
    populations: dict[str, str]
    persons: dict[str, str]
    kinds: dict[str, str]
    trust: dict[str, str]
    region_buttons: tuple[str, ...]
    kind_buttons: tuple[str, ...]


class Wording:
    """All that is said."""

    def __init__(
        self,
        answers: dict[str, Spec],
        templates: Templates,
        aspects: dict[str, Aspect],
        places: dict[str, tuple[Path, int]],
        lines: dict[str, int],
    ) -> None:
        """Take the entries and templates.

        Args:
            answers: by key, which is the intent's name where it has examples.
            templates: sentences and names.
            aspects: by name.
            places: file and line of each entry.
            lines: line of each sentence of the templates.
        """
        self.answers = answers
        self.templates = templates
        self.aspects = aspects
        self.places = places
        self.lines = lines
        self.by_meaning: dict[str, str] = {}
        self.meaning: dict[str, tuple[str, str]] = {}
        for key, spec in answers.items():
            for pair in spec.means:
                thing, _, aspect = pair.partition(".")
                if aspect:
                    self.by_meaning.setdefault(pair, key)
                self.meaning.setdefault(key, (thing, aspect))

    @classmethod
    def load(cls, folder: Path = DATA) -> "Wording":
        """Read every file of answers below a folder.

        Raises:
            DataError: for the first mistake, naming file, line and field.
        """
        answers: dict[str, Spec] = {}
        places: dict[str, tuple[Path, int]] = {}
        mistakes = Mistakes()
        with mistakes.apart():
            document = Document(folder / TEMPLATES)
            templates = document.convert(document.data, Templates)
            lines = {name: document.lines["sentences", name] for name in templates.sentences}
        with mistakes.apart():
            document = Document(folder / ASPECTS)
            aspects = document.convert(document.data, dict[str, Aspect])
        for file in sorted(folder.glob(ANSWERS)):
            with mistakes.apart():
                document = Document(file)
                entries = document.convert(document.data, dict[str, dict[str, Any] | None])
                for key, entry in entries.items():
                    with mistakes.apart():
                        if key in answers:
                            raise document.error((key,), "这个意图在别的文件里已有回答")
                        answers[key] = document.convert(_spelled(entry or {}), Spec, (key,))
                        places[key] = (file, document.lines[(key,)])
        mistakes.check()
        return cls(answers, templates, aspects, places, lines)

    def say(self, sentence: str, **places: object) -> str:
        """A template with its places filled.

        Raises:
            KeyError: if the template or a place does not exist (``make check`` finds both).
        """
        return self.templates.sentences[sentence].format(**places)

    def lead(self, key: str) -> str:
        """The first line of an entry's answer."""
        return self.answers[key].lead

    def thing_of(self, key: str) -> str:
        """The thing that an answer is about: what it means, else its topic's first."""
        if key in self.meaning:
            return self.meaning[key][0]
        topic = topics().by_key.get(topics().of(key))
        return next(iter(topic.things)) if topic else NONE

    def answer_for(self, thing: str, aspect: str) -> str | None:
        """The entry that answers an aspect of a thing, or one like it of that or a like thing."""
        known = topics().thing(thing)
        for about in (thing, *(known.like if known else ())):
            for name in (aspect, *self._like(aspect)):
                key = self.by_meaning.get(f"{about}.{name}")
                if key:
                    return key
        return None

    def menu(self) -> list[str]:
        """The entries that a menu of all topics leads to."""
        return [topic.ask for topic in topics().by_key.values()]

    def about(self, thing: str) -> list[str]:
        """The entries about a thing, in the order of the files."""
        return [key for key, (about, _) in self.meaning.items() if about == thing]

    def _like(self, aspect: str) -> tuple[str, ...]:
        known = self.aspects.get(aspect)
        return known.like if known else ()


def _spelled(entry: dict[str, Any]) -> dict[str, Any]:
    """An entry with its meanings as a list; one may stand alone."""
    if isinstance(entry.get("means"), str):
        return {**entry, "means": [entry["means"]]}
    return entry
