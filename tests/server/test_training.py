"""Training says a calm line a stage, and is done once however many ask for it."""

import io
import sys
import threading
from pathlib import Path

import pytest

from server import training


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.fixture
def trained(monkeypatch: pytest.MonkeyPatch) -> list[Path]:
    """Trainings made; each takes a few signs of life."""
    made: list[Path] = []

    def train(target: Path) -> None:
        made.append(target)
        threading.Event().wait(0.3)
        target.write_bytes(b"model")

    monkeypatch.setattr(training, "_train", train)
    return made


@pytest.fixture(autouse=True)
def published(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where published versions keep their models."""
    monkeypatch.setattr(training, "PUBLISHED", tmp_path / "published")
    return tmp_path / "published"


def test_what_was_published_is_not_trained_again(
    tmp_path: Path, trained: list[Path], published: Path
) -> None:
    published.mkdir()
    name = training.model_path(tmp_path / "models").name
    (published / name).write_bytes(b"published")
    found = training.ensure_model(tmp_path / "models")
    assert (found.name, found.read_bytes(), trained) == (name, b"published", [])
    assert training.ensure_model(tmp_path / "models", force=True).read_bytes() == b"model"
    (published / name).rename(published / "yibao-0123456789ab.tar.gz")
    found.unlink()
    training.ensure_model(tmp_path / "models")
    assert len(trained) == 2


def said(monkeypatch: pytest.MonkeyPatch, models: Path, stream: io.StringIO) -> str:
    monkeypatch.setattr(sys, "stderr", stream)
    training.ensure_model(models)
    return stream.getvalue()


def test_off_a_terminal_each_stage_is_a_line(
    tmp_path: Path, trained: list[Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    first, last = said(monkeypatch, tmp_path, io.StringIO()).splitlines()
    assert "正在训练" in first
    assert "训练好了" in last
    assert said(monkeypatch, tmp_path, io.StringIO()) == "", "nothing changed, nothing is said"
    assert len(trained) == 1


def test_a_long_training_gives_a_sign_now_and_then(
    tmp_path: Path, trained: list[Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(training, "HEARTBEAT", {True: 0.1, False: 0.1})
    lines = said(monkeypatch, tmp_path, io.StringIO()).splitlines()
    assert len(lines) >= 3
    assert all("还在训练" in line for line in lines[1:-1])


def test_on_a_terminal_the_sign_of_life_is_one_line_that_goes(
    tmp_path: Path, trained: list[Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(training, "HEARTBEAT", {True: 0.05, False: 60})
    text = said(monkeypatch, tmp_path, Terminal())
    assert text.count("还在训练") >= 2
    assert text.count("\n") == 2
    assert text.index("\033[K") < text.index("训练好了")


def test_two_at_once_train_once(
    tmp_path: Path, trained: list[Path], capfd: pytest.CaptureFixture[str]
) -> None:
    asking = [threading.Thread(target=training.ensure_model, args=(tmp_path,)) for _ in range(2)]
    for thread in asking:
        thread.start()
    for thread in asking:
        thread.join()
    assert len(trained) == 1
    assert "另一个进程正在训练" in capfd.readouterr().err


def test_a_training_that_fails_lets_the_next_one_try(
    tmp_path: Path, trained: list[Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(target: Path) -> None:
        raise RuntimeError("训练没有成功")

    with monkeypatch.context() as patch:
        patch.setattr(training, "_train", broken)
        with pytest.raises(RuntimeError):
            training.ensure_model(tmp_path)
    assert training.ensure_model(tmp_path).read_bytes() == b"model"
