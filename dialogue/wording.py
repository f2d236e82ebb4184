"""What the bot says: ``data/*/answers.yml``, an entry an intent; templates and labels."""

from pathlib import Path

import msgspec

from policy.topics import DATA
from policy.yamlfile import Document

ANSWERS = "*/answers.yml"
TEMPLATES = Path("service") / "templates.yml"

Condition = str | list[str]


class _Strict(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Frozen, and a misspelt field is an error."""


class Variant(_Strict, frozen=True, kw_only=True):
    """What differs when the conditions hold; fields left out stay as in the aspect."""

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


class Aspect(_Strict, frozen=True, kw_only=True):
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
    variants: tuple[Variant, ...] = ()

    def for_case(self, facets: dict[str, str]) -> "Aspect":
        """This aspect with the first variant applied whose conditions all hold."""
        for variant in self.variants:
            if all(_holds(facets.get(key), want) for key, want in variant.when.items()):
                changes = {
                    name: getattr(variant, name)
                    for name in variant.__struct_fields__
                    if name != "when" and getattr(variant, name) is not None
                }
                return msgspec.structs.replace(self, **changes)
        return self


def _holds(have: str | None, want: Condition) -> bool:
    return have in want if isinstance(want, list) else have == want


class Templates(_Strict, frozen=True, kw_only=True):
    """Sentences with places to fill, and names of things; see the comments in the file."""

    sentences: dict[str, str]
    populations: dict[str, str]
    persons: dict[str, str]
    kinds: dict[str, str]
    topics: dict[str, str]
    followups: dict[str, dict[str, str]]
    region_buttons: list[str]

    def followup(self, intent: str, last: str) -> str | None:
        """What an elliptical question means after another: by its intent, else by its topic."""
        meanings = self.followups[intent]
        return meanings.get(last) or meanings.get(last.partition("_")[0])


class Wording:
    """All reply files."""

    def __init__(
        self,
        aspects: dict[str, Aspect],
        templates: Templates,
        places: dict[str, tuple[Path, int]],
        lines: dict[str, int],
    ) -> None:
        """Take aspects and templates.

        Args:
            aspects: by intent.
            templates: sentences and names.
            places: file and line of each aspect.
            lines: line of each sentence of the templates.
        """
        self.aspects = aspects
        self.templates = templates
        self.places = places
        self.lines = lines

    @classmethod
    def load(cls, folder: Path = DATA) -> "Wording":
        """Read every file of answers below a folder.

        Raises:
            DataError: for the first mistake, naming file, line and field.
        """
        aspects: dict[str, Aspect] = {}
        places: dict[str, tuple[Path, int]] = {}
        document = Document(folder / TEMPLATES)
        templates = document.convert(document.data, Templates)
        lines = {name: document.lines["sentences", name] for name in templates.sentences}
        for file in sorted(folder.glob(ANSWERS)):
            document = Document(file)
            for intent, entry in document.data.items():
                if intent in aspects:
                    raise document.error((intent,), "这个意图在别的文件里已有回答")
                aspects[intent] = document.convert(entry, Aspect, (intent,))
                places[intent] = (file, document.lines[(intent,)])
        return cls(aspects, templates, places, lines)

    def say(self, sentence: str, **places: object) -> str:
        """A template with its places filled.

        Raises:
            KeyError: if the template or a place does not exist (``make check`` finds both).
        """
        return self.templates.sentences[sentence].format(**places)

    def lead(self, intent: str) -> str:
        """The first line of an aspect's answer."""
        return self.aspects[intent].lead
