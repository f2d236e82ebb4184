"""The sentences of masking.yml: personal numbers in braces, and look-alikes."""

import re
from pathlib import Path

import yaml

ORDINARY = "ordinary"
_BRACES = re.compile(r"\{([^}]*)\}")


def _read() -> dict[str, list[str]]:
    # Scalars stay the strings that stand in the file.
    text = Path(__file__).with_name("masking.yml").read_text(encoding="utf-8")
    return yaml.load(text, yaml.BaseLoader)


SENTENCES = _read()
PERSONAL = [line for kind, lines in SENTENCES.items() if kind != ORDINARY for line in lines]
LOOK_ALIKES = SENTENCES[ORDINARY]


def typed(line: str) -> str:
    """What the person sends."""
    return line.replace("{", "").replace("}", "")


def expected(line: str) -> str:
    """What may be seen of it."""
    return _BRACES.sub("***", line)


def originals(line: str) -> list[str]:
    """The personal parts, as typed."""
    return _BRACES.findall(line)
