"""What ``make check`` says of training examples: file, line and what is wrong."""

from pathlib import Path

import pytest

from server.checking import doubled, following_nothing
from server.importer import example_files

HEAD = 'version: "3.1"\n\nnlu:\n- intent: balance_query\n  examples:\n'


def _file(folder: Path, text: str) -> Path:
    file = folder / "nlu.yml"
    file.write_text(text, encoding="utf-8")
    return file


def test_an_example_of_two_intents_is_named_with_both_places(tmp_path: Path) -> None:
    more = "- intent: balance_statement\n  examples:\n  - text: 卡里还有几个钱\n"
    file = _file(tmp_path, f"{HEAD}  - text: 卡里还有几个钱\n{more}")
    (found,) = doubled([file])
    assert (found.line, found.field) == (9, "balance_statement")
    assert "balance_query" in found.problem
    assert "nlu.yml:6" in found.problem


@pytest.mark.parametrize(
    "written", ["    metadata: {after: balence}\n", "    metadata:\n      after: balence\n"]
)
def test_what_an_example_follows_must_be_an_answer_or_a_thing(tmp_path: Path, written: str) -> None:
    file = _file(tmp_path, f"{HEAD}  - text: 那要带啥\n{written}")
    (found,) = following_nothing([file])
    assert found.file == file
    assert found.field == "after"
    assert "balence" in found.problem
    assert file.read_text(encoding="utf-8").splitlines()[found.line - 1].endswith(("}", "balence"))


@pytest.mark.parametrize("after", ["balance_query", "filing", "neighbour_card"])
def test_answers_things_and_neighbours_may_be_followed(tmp_path: Path, after: str) -> None:
    file = _file(tmp_path, f"{HEAD}  - text: 那要带啥\n    metadata: {{after: {after}}}\n")
    assert not list(following_nothing([file]))


def test_the_projects_own_examples_follow_what_there_is() -> None:
    from policy.topics import DATA

    assert not list(following_nothing(example_files([str(DATA)])))
