"""The command line: ``python -m server run|train|shell|check``."""

import sys

import typer

from policy.yamlfile import DataError
from server.settings import SettingError, Settings
from server.training import ensure_model

app = typer.Typer(add_completion=False, no_args_is_help=True, pretty_exceptions_enable=False)


@app.command()
def train(force: bool = typer.Option(False, help="没有变化也重新训练")) -> None:
    """数据变了就训练。"""
    print(ensure_model(force=force))


@app.command()
def run() -> None:
    """训练（如有变化）并启动服务。"""
    settings = Settings.from_environment()
    model = ensure_model()
    from server.launch import serve

    serve(settings, model)


@app.command()
def shell(url: str = typer.Option("", help="已在运行的服务，例如 http://127.0.0.1:5005")) -> None:
    """在终端里聊天。"""
    from server.shell import chat

    chat(url or None)


@app.command()
def check() -> None:
    """检查数据并列出覆盖表。"""
    from server.checking import check_all

    sys.exit(check_all())


def main() -> None:
    """Run a command; a mistake in data or settings is one line, not a stack trace."""
    try:
        app()
    except (DataError, SettingError) as error:
        print(f"不能继续：{error}", file=sys.stderr)
        sys.exit(2)


if __name__ == "__main__":
    main()
