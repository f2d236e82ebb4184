"""Every conversation file: one scenario, named as a sentence, told to the trained bot.

A file is a list of turns. In each turn:
    user: what the person types
    says: texts that the reply must contain (figure with unit and period, caveat, step)
    never: texts that it must not contain
    first: text that its first line must contain (optional)
    shorter: most characters that it may have (optional)
    intents: intents of the answers, in order (optional)
    buttons: buttons that must be offered (optional)
    facts: ids of facts that the answer must rest on (optional)
    status: answered, asked, unsure, rejected or service (optional)
"""

from pathlib import Path

import pytest
import yaml

from tests.conversations.talk import Talk

FOLDER = Path(__file__).parent
FILES = sorted(FOLDER.rglob("*.yml"))
FIELDS = {"user", "says", "first", "shorter", "never", "intents", "buttons", "facts", "status"}


def read(file: Path) -> list[dict]:
    return yaml.safe_load(file.read_text(encoding="utf-8"))


def test_there_are_enough_conversations() -> None:
    assert len(FILES) >= 80


@pytest.mark.parametrize("file", FILES, ids=lambda file: str(file.relative_to(FOLDER))[:-4])
async def test_conversation(file: Path, agent) -> None:
    turns = read(file)
    talk = Talk(agent)
    for number, turn in enumerate(turns, 1):
        assert set(turn) <= FIELDS, f"unknown field in turn {number}"
        assert {"says", "never", "first", "intents", "buttons"} & set(turn), (
            f"turn {number} checks nothing"
        )
        said = await talk.say(turn["user"])
        where = f"{file.name} turn {number}: {turn['user']}\n{said.text}\n{said.buttons}"
        for text in turn.get("says", []):
            assert text in said.text, f"missing {text!r} in {where}"
        for text in turn.get("never", []):
            assert text not in said.text, f"unwanted {text!r} in {where}"
        if "first" in turn:
            assert turn["first"] in said.text.split("\n")[0], f"not in the first line: {where}"
        if "shorter" in turn:
            assert len(said.text) <= turn["shorter"], f"{len(said.text)} characters: {where}"
        if "intents" in turn:
            assert said.intents == turn["intents"], f"{said.intents} in {where}"
        for button in turn.get("buttons", []):
            assert button in said.buttons, f"missing button {button!r} in {where}"
        for fact in turn.get("facts", []):
            assert fact in said.facts, f"missing fact {fact} ({said.facts}) in {where}"
        if "status" in turn:
            assert said.custom.get("status") == turn["status"], where
