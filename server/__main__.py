"""The command line: ``python -m server run|train|shell|check``."""

import json
import locale
import os
import signal
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TextIO

import typer

from policy.topics import DATA
from policy.yamlfile import DataError, shown
from server.folder import is_on_terminal, served_by
from server.settings import MODELS, ROOT, VAR, SettingError, Settings, check_folder
from server.training import ensure_model

app = typer.Typer(add_completion=False, no_args_is_help=True, pretty_exceptions_enable=False)


@app.command(help="数据变了就训练。")
def train(
    force: bool = typer.Option(False, help="没有变化也重新训练"),
    models: Path = typer.Option(MODELS, help="模型放在哪里"),
) -> None:
    """Train if the data has changed."""
    print(ensure_model(models, force=force))


@app.command(help="训练（如有变化）并启动服务。")
def run() -> None:
    """Train if need be, and serve."""
    settings = Settings.from_environment()
    from server.releases import Releases

    # What a server that died has written halfway is neither trained nor served.
    Releases().finish()
    model = settings.model or ensure_model()
    from server.launch import serve

    serve(settings, model)


@app.command(help="让正在跑的服务检查并换上改过的资料。")
def reload() -> None:
    """Tell the running server to look at the edited data, never whatever has its number now."""
    number = served_by(VAR)
    if is_on_terminal(number):
        # There the signal means that the terminal is closed.
        raise SettingError(
            f"服务（进程 {number}）是在终端里直接起的，这样告诉它会让它停。"
            "请到那个窗口按 Ctrl-C，再 make run；或者放到后台跑，见 docs/operate.md。"
        )
    os.kill(number, signal.SIGHUP)
    print(f"告诉服务（进程 {number}）了：它先检查，再换上；结果在它的日志里。")


@app.command(help="在终端里聊天。")
def shell(url: str = typer.Option("", help="已在运行的服务，例如 http://127.0.0.1:5005")) -> None:
    """Chat in the terminal."""
    from server.shell import chat

    chat(url or None)


@app.command(help="在微信和终端里说十段对话，写进 docs/。")
def transcripts() -> None:
    """Hold ten conversations in WeChat and in the shell and write them down."""
    from server.transcripts import make

    ensure_model()
    for file in make():
        print(shown(file))


@app.command(help="说说为什么这样答：几句话就是一段对话。")
def explain(
    texts: list[str],
    channel: str = typer.Option("web", help="像在哪个渠道里说的：web、wechat、rest"),
) -> None:
    """Say what was read, which rule won and why the reply is what it is."""
    from server.slim import prepare

    prepare()
    from channels.home import home_region
    from server.explain import Rehearsal, described

    parts = [part.strip() for text in texts for part in text.split("|") if part.strip()]
    for turn in Rehearsal(ensure_model(), home=home_region(channel)).talk(parts):
        print(described(turn))


@app.command(help="量一量模型听懂多少要守住的问法（运营台发布前用）。")
def measure(model: Path) -> None:
    """Print how many guarded questions a model reads right, as JSON."""
    from server.slim import prepare

    with result_alone() as out:
        prepare()
        from server.guard import measured

        right, of = measured(model)
        json.dump({"right": right, "of": of}, out)


@app.command(help="从标准输入读几段对话（JSON），说出会怎么答（运营台预览用）。")
def rehearse(model: Path) -> None:
    """Print what would be said, as JSON."""
    from server.slim import prepare

    with result_alone() as out:
        prepare()
        from server.guard import rehearsed

        json.dump(rehearsed(model, json.load(sys.stdin)), out)


@app.command(help="检查数据，列出覆盖表，写 docs/coverage.md。")
def check() -> None:
    """Check the data and print the coverage."""
    from server.checking import check_all
    from server.coverage import PAGE

    # Of another folder of data (the desk's draft) no page of the project says anything.
    ours = DATA == ROOT / "data"
    sys.exit(check_all(page=PAGE if ours else None))


@contextmanager
def result_alone() -> Iterator[TextIO]:
    """Where a result goes alone: the file that ``RESULT_FILE`` names, else the standard output.

    What libraries print, at whatever time, joins the errors. Who starts a command and wants its
    result names a file: of what is printed before this module runs nobody can be sure.
    """
    sys.stdout.flush()
    named = os.environ.get("RESULT_FILE")
    with open(named, "w", encoding="utf-8") if named else _own_output() as out:
        os.dup2(2, 1)
        yield out


def _own_output() -> TextIO:
    return os.fdopen(os.dup(1), "w", encoding="utf-8")


def settle() -> None:
    """Text in UTF-8 whatever the locale is, and dates of China wherever the machine stands."""
    if not sys.flags.utf8_mode and locale.getpreferredencoding(False).lower() != "utf-8":
        # Python decides this once, when it starts.
        os.environ["PYTHONUTF8"] = "1"
        os.execv(sys.executable, [sys.executable, "-m", "server", *sys.argv[1:]])
    os.environ["TZ"] = "Asia/Shanghai"
    time.tzset()


def main() -> None:
    """Run a command; a mistake in data or settings is one line, not a stack trace."""
    settle()
    try:
        check_folder()
        app()
    except (DataError, SettingError) as error:
        for each in (error, *getattr(error, "more", ())):
            print(f"不能继续：{each}", file=sys.stderr)
        sys.exit(2)


if __name__ == "__main__":
    main()
