"""Every figure and step of the two unofficial articles can be reached by asking, one by one."""

from datetime import date
from typing import Any

import pytest

from dialogue.assistant import Assistant
from dialogue.routes import Routes
from policy.lookup import Policy
from tests.policy.spoken import CLAIMED, UNPROVEN, entity, message, plainly, whole, with_folds
from tests.policy.table import ROOT, Data, read

ROWS = read(ROOT / "tests/dialogue/articles.yml")
ARTICLES = ("article-1", "article-2")


@pytest.fixture(scope="module")
def assistant(wording) -> Assistant:
    return Assistant(Policy.load(today=lambda: date(2026, 12, 1)), wording, Routes.load())


def check(row: dict[str, Any], text: str, facts: list[str]) -> None:
    own = plainly(text)
    labelled = [line for line in text.split("\n") if CLAIMED in line]
    for words in row.get("reply", []):
        assert words in own, f"missing {words!r} in\n{text}"
    for words in row.get("claim", []):
        assert any(words in line for line in labelled), f"missing {words!r} in a label in\n{text}"
        assert words not in own, f"{words!r} outside its label in\n{text}"
    for line in labelled:
        assert UNPROVEN in line, text
    for words in row.get("never", []):
        assert words not in text, f"unwanted {words!r} in\n{text}"
    assert set(row["facts"]) <= set(facts), f"{facts}\n{text}"


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row["says"])
def test_it_can_be_asked_for(row: dict[str, Any], assistant: Assistant) -> None:
    found = [entity(name, value) for name, value in row.get("entities", {}).items()]
    said, _ = assistant.turn(message(row["intent"], *found, text=row["ask"]), {})
    check(row, whole(said), said.payload["answers"][0].get("facts", []))


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row["ask"])
async def test_the_question_reaches_it_through_the_model(row: dict[str, Any], agent) -> None:
    from tests.conversations.talk import Talk

    said = await Talk(agent).say(row["ask"])
    check(row, with_folds(said.text, said.custom), said.facts)


def test_each_row_asks_something_else() -> None:
    questions = [row["ask"] for row in ROWS]
    assert len(set(questions)) == len(questions) >= 70
    assert all(row.get("reply") or row.get("claim") for row in ROWS)


def test_every_fact_that_cites_an_article_is_in_the_list() -> None:
    """A new fact from an article needs a row here."""
    listed = {name for row in ROWS for name in row["facts"]}
    cited = {
        row.id
        for row in Data().rows
        if {row.fields["source"], *(row.fields.get("also") or [])} & set(ARTICLES)
    }
    assert cited - listed == set()


def test_a_claim_comes_after_the_better_answer(assistant: Assistant) -> None:
    """The labelled sentence is never the first line, and says so even when there is no other."""
    for row in ROWS:
        found = [entity(name, value) for name, value in row.get("entities", {}).items()]
        said, _ = assistant.turn(message(row["intent"], *found, text=row["ask"]), {})
        assert CLAIMED not in said.text.split("\n")[0], said.text


def test_cashing_out_carries_its_warning_in_the_same_line(assistant: Assistant) -> None:
    for intent, channel in (
        ("withdrawal_possible", None),
        ("withdrawal_possible", "local_app"),
        ("withdrawal_materials", None),
        ("withdrawal_where", None),
        ("withdrawal_where", "hall"),
    ):
        found = [entity("channel", channel)] if channel else []
        said, _ = assistant.turn(message(intent, *found), {})
        (line,) = [line for line in whole(said).split("\n") if CLAIMED in line]
        assert "骗子" in line
