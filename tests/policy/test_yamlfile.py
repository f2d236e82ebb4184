"""A mistake in a data file is named by file, line and field."""

from pathlib import Path

import msgspec
import pytest

from policy.yamlfile import DataError, Document


class Inner(msgspec.Struct, forbid_unknown_fields=True):
    amount: int
    unit: str = "元"


class Outer(msgspec.Struct, forbid_unknown_fields=True):
    name: str
    values: tuple[Inner, ...] = ()


def written(folder: Path, text: str | bytes) -> Path:
    file = folder / "some.yml"
    if isinstance(text, bytes):
        file.write_bytes(text)
    else:
        file.write_text(text, encoding="utf-8")
    return file


def failure(folder: Path, text: str | bytes, convert: bool = True) -> DataError:
    file = written(folder, text)
    with pytest.raises(DataError) as caught:
        _read(file, convert)
    return caught.value


def _read(file: Path, convert: bool) -> None:
    document = Document(file)
    if convert:
        document.convert(document.data, Outer)


def test_scalars_stay_as_they_are_written(tmp_path: Path) -> None:
    document = Document(written(tmp_path, "a: 2.80\nb: 2023-07\nc: null\nd: ~\ne:\nf: 'null'\n"))
    assert document.data == {"a": "2.80", "b": "2023-07", "c": None, "d": None, "e": None,
                             "f": "null"}  # fmt: skip


def test_an_empty_file_is_an_empty_mapping(tmp_path: Path) -> None:
    assert Document(written(tmp_path, "# 还没有内容\n")).data == {}


def test_every_value_knows_its_line(tmp_path: Path) -> None:
    document = Document(
        written(tmp_path, "name: x\nvalues:\n- {amount: 1}\n- amount: 2\n  unit: 元\n")
    )
    assert document.lines[("name",)] == 1
    assert document.lines[("values", 0, "amount")] == 3
    assert document.lines[("values", 1, "unit")] == 5


@pytest.mark.parametrize(
    ("text", "line", "field", "says"),
    [
        ("name: x\nname: y\n", 2, "name", "两次"),
        ("name: x\nnmae: y\n", 2, "nmae", "没有 nmae 这个字段"),
        ("name: x\nvalues:\n- {amount: 1}\n- {amount: 1,\n   unti: 元}\n", 5, "values.1.unti",
         "没有"),
        ("name: x\nvalues:\n- {amount: 1}\n- {amount: many}\n", 4, "values.1.amount", "应为整数"),
        ("name: x\nvalues:\n- unit: 元\n", 3, "values.0", "amount"),
        ("values: []\n", 1, "", "name"),
    ],
)  # fmt: skip
def test_a_mistake_is_named(tmp_path: Path, text: str, line: int, field: str, says: str) -> None:
    error = failure(tmp_path, text)
    assert (error.line, error.field) == (line, field)
    assert says in str(error)
    assert f"some.yml:{line}" in str(error)


def test_what_is_not_yaml_is_named_with_its_line(tmp_path: Path) -> None:
    error = failure(tmp_path, "name: x\nvalues: [1, 2\nother: y\n", convert=False)
    assert error.line == 3
    assert "YAML" in str(error)


def test_a_tab_is_named_with_its_line(tmp_path: Path) -> None:
    assert failure(tmp_path, "name: x\nvalues:\n\t- 1\n", convert=False).line == 3


def test_another_encoding_is_no_stack_trace(tmp_path: Path) -> None:
    error = failure(tmp_path, "name: 北京\n".encode("gbk"), convert=False)
    assert "some.yml:1" in str(error)


def test_a_file_that_may_not_be_read_is_no_stack_trace(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object, **__: object) -> str:
        raise PermissionError

    monkeypatch.setattr(Path, "read_text", refuse)
    with pytest.raises(DataError, match=r"some.yml:1.*权限"):
        Document(tmp_path / "some.yml")


def test_the_nearest_known_line_is_named(tmp_path: Path) -> None:
    document = Document(written(tmp_path, "name: x\nvalues:\n- {amount: 1}\n"))
    assert document.error(("values", 0, "period"), "缺少").line == 3
    assert document.error(("values", 7), "缺少").line == 2
    assert document.error(("other", "deep"), "缺少").line == 1


@pytest.mark.parametrize(
    ("text", "line", "problem"),
    [
        ("a: &a [*a]\n", 1, "引用"),
        ("a: x\nb: &b [x, x]\nc: [*b, *b]\n", 2, "引用"),
        ("a: x\nb: *a\n", 2, "引用"),
        ("a: x\n? [b]\n: c\n", 2, "冒号前面"),
        ("a: x\n? {b: c}\n: d\n", 2, "冒号前面"),
        ("a: x\n---\nb: y\n", 3, "两份"),
        ("a:\n  " + "[" * 400_000, 2, "层"),
        ("a: x\nb:\n  " + "- " * 400_000 + "x\n", 3, "层"),
    ],
    ids=["circle", "bomb", "alias", "list", "mapping", "documents", "brackets", "dashes"],
)
def test_what_could_break_the_reader_is_a_mistake_with_its_line(
    tmp_path: Path, text: str, line: int, problem: str
) -> None:
    error = failure(tmp_path, text, convert=False)
    assert (error.line, problem in error.problem) == (line, True)
