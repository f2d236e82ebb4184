"""Mistakes in files are told in Chinese, and with paths as they are in the project."""

import re
from decimal import Decimal
from pathlib import Path
from typing import Annotated, Any, Literal

import msgspec
import pytest
import yaml

from channels.settingsfile import SettingMistake, SettingsFile
from policy.topics import DATA
from policy.yamlfile import DataError, Document, in_chinese, shown

ENGLISH = re.compile("[A-Za-z]{3,}")


class Thing(msgspec.Struct, forbid_unknown_fields=True):
    数: int
    种: Literal["甲", "乙"] = "甲"


class Limits(msgspec.Struct, frozen=True):
    most: Annotated[int, msgspec.Meta(ge=1)] = 5
    words: list[str] = []


WRONG: list[tuple[Any, Any, str]] = [
    ({}, Thing, "缺少 数"),
    ({"数": 1, "号": 2}, Thing, "没有 号 这个字段"),
    ({"数": "六"}, Thing, "应为整数，现在是文字"),
    ({"数": 1, "种": "丙"}, Thing, "不能填 丙"),
    ("一", Decimal, "不是一个数"),
    ("一", float, "应为数"),
    ("一", int | None, "应为整数或空"),
    ("一", list[int], "应为列表"),
    ("一", Thing, "应为一组字段"),
    ([1], tuple[int, int], "应有 2 项，现在是 1 项"),
    (0, Annotated[int, msgspec.Meta(ge=1)], "应 >= 1"),
    ("", Annotated[str, msgspec.Meta(min_length=1)], "至少要有 1 个字"),
    ("五五五", Annotated[str, msgspec.Meta(max_length=2)], "不能超过 2 个字"),
    ("五", Annotated[str, msgspec.Meta(pattern="^x$")], "写法不对"),
    ([], Annotated[list[int], msgspec.Meta(min_length=1)], "至少要有 1 项"),
]


@pytest.mark.parametrize(("value", "kind", "says"), WRONG)
def test_what_does_not_fit_is_said_in_chinese(value: Any, kind: Any, says: str) -> None:
    with pytest.raises(msgspec.ValidationError) as caught:
        msgspec.convert(value, kind, strict=False)
    said = in_chinese(str(caught.value).partition(" - at `$")[0])
    assert said.startswith(says)
    assert not ENGLISH.search(said), said


@pytest.mark.parametrize(
    "text",
    [
        "a: b: c", "a:\n - b\n  - c\n c", "a: [1,2", "a: 'x", "a:\n\tb: 1", "a: *x", "- a\nb: 1",
        "a: @x", "a: {b: 1", "'a' b: c", "a: b\n c: d", "a: \x01", "? :", "%x", "a: !!x y: z",
    ],
)  # fmt: skip
def test_what_is_not_yaml_is_said_in_chinese(tmp_path: Path, text: str) -> None:
    file = tmp_path / "some.yml"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(DataError) as caught:
        Document(file)
    said = caught.value.problem.replace("YAML", "").replace("Tab", "").replace("UTF", "")
    assert not ENGLISH.search(said), said


def test_an_unknown_message_is_kept_as_it_is() -> None:
    assert in_chinese("Something entirely new") == "Something entirely new"
    assert not ENGLISH.search(in_chinese("Something entirely new", "yaml"))


def test_a_setting_is_said_in_chinese(tmp_path: Path) -> None:
    file = tmp_path / "some.yml"
    file.write_text("most: 0\n", encoding="utf-8")
    with pytest.raises(DataError, match="字段 most：填得不对：应 >= 1"):
        SettingsFile(file, Limits, "SOME_", {})
    with pytest.raises(SettingMistake, match="SOME_MOST 填得不对：应为整数"):
        SettingsFile(tmp_path / "none.yml", Limits, "SOME_", {"SOME_MOST": "很多"})


def test_files_of_the_project_are_named_from_its_folder(tmp_path: Path) -> None:
    file = DATA / "credit" / "facts" / "beijing.yml"
    assert shown(file) == "data/credit/facts/beijing.yml"
    assert str(DataError(file, 3, "x", "错")) == "data/credit/facts/beijing.yml:3，字段 x：错"
    assert shown(tmp_path / "a.yml") == str(tmp_path / "a.yml")


def test_every_pattern_is_one(tmp_path: Path) -> None:
    words = yaml.safe_load((DATA.parent / "policy/mistakes.yml").read_text(encoding="utf-8"))
    for entry in (*words["shape"], *words["yaml"]):
        groups = re.compile(entry["like"]).groups
        assert entry["say"].format(*["x"] * groups)
