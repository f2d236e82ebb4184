"""``make check``: everything an operator can edit, and Rasa's own validation."""

import sys
from collections.abc import Iterator
from datetime import date
from pathlib import Path

from dialogue.wording import Wording
from dialogue.wording_checks import wording_errors
from policy.checks import coverage, errors, warnings
from policy.facts import FactBook
from policy.filing import pact_errors
from policy.regions import Regions
from policy.sharing import relatives
from policy.topics import DATA, topics
from policy.yamlfile import DataError, shown
from server import coverage as pages
from server.importer import FALLBACK, example_files, intents
from server.settings import ROOT, SettingError


def check_all(rasa: bool = True, page: Path | None = None) -> int:
    """Check the data and print what is wrong and what there is.

    Args:
        rasa: also run ``rasa data validate`` on domain, rules and training data.
        page: where to write what is known of which place; None writes nothing.

    Returns:
        0 if nothing is wrong; overdue reviews are only warnings.
    """
    # Not for a server, which looks for mistakes too.
    from rich.console import Console
    from rich.table import Table

    console = Console()
    book, regions, wording = FactBook.load(), Regions.load(), Wording.load()
    settings_errors()
    wrong = [*mistakes(), *doubled(example_files([str(DATA)]))]
    for error in wrong:
        print(error, file=sys.stderr)
    overdue = list(warnings(book, date.today()))
    for warning in overdue:
        print(f"提醒：{warning}", file=sys.stderr)
    table = Table(title="覆盖：● 全省可直说  ◐ 全省带提醒  ○ 只有省内个别地方  · 只有全国规则")
    for column in ["", *(topic.name for topic in topics().by_key.values())]:
        table.add_column(column)
    for name, cells in coverage(book, regions):
        table.add_row(name, *cells)
    console.print(table)
    console.print(
        f"{len(book.facts)} 条事实，{len(book.sources)} 个来源，"
        f"{len(wording.answers)} 个意图的回答；{len(wrong)} 处错误，{len(overdue)} 条该复核。"
    )
    if wrong:
        return 1
    if page and pages.write(pages.page(book, regions, topics(), wording), page):
        console.print(f"各地知道什么、来源、该复核的：{shown(page)}")
    return _rasa_valid() if rasa else 0


def mistakes() -> list[DataError]:
    """What is wrong with facts and replies, as far as it would show only when somebody asks.

    Raises:
        DataError: for a file that cannot be read at all.
    """
    known = {*intents(example_files([str(DATA)])), FALLBACK}
    book, wording = FactBook.load(), Wording.load()
    relatives()
    regions = Regions.load()
    found = [*errors(book, regions, known | set(wording.answers)), *pact_errors(regions)]
    return [*found, *wording_errors(wording, book, known)]


def refuse_mistakes() -> None:
    """Let no server start on data that would fail somebody later.

    Raises:
        SettingError: naming file, line and field of the first mistake, and how many more there are.
    """
    wrong = mistakes()
    if wrong:
        more = f"（一共 {len(wrong)} 处，make check 全列出来）" if len(wrong) > 1 else ""
        raise SettingError(f"{wrong[0]}{more}")


def doubled(files: list[Path]) -> Iterator[DataError]:
    """Examples that stand under two intents: neither can be learnt.

    Args:
        files: Rasa's files of examples.
    """
    seen: dict[str, tuple[str, Path, int]] = {}
    for file in files:
        intent = ""
        for number, line in enumerate(file.read_text(encoding="utf-8").splitlines(), 1):
            kind, _, rest = line.strip().removeprefix("- ").partition(":")
            if kind == "intent":
                intent = rest.strip()
                continue
            example = _example(line)
            if not example:
                continue
            before = seen.setdefault(example, (intent, file, number))
            if before[0] != intent:
                where = f"{before[1].parent.name}/{before[1].name}:{before[2]}"
                problem = f"例句“{example}”已经是 {before[0]} 的了（{where}）"
                yield DataError(file, number, intent, problem)


def _example(line: str) -> str:
    """The example in a line of a file of examples; "" if there is none."""
    plain = line.strip()
    if plain.startswith("- text:"):
        return plain.removeprefix("- text:").strip().strip("'\"")
    is_block = plain.startswith("- ") and line.startswith("    ")
    return plain.removeprefix("- ").strip() if is_block else ""


def settings_errors() -> None:
    """Read every settings file.

    Raises:
        DataError: naming file, line and field, or the variable, that does not fit.
    """
    from channels.gate import gate_settings
    from channels.handover import handover_settings, secret
    from channels.settingsfile import SettingMistake
    from channels.web.settings import web_settings
    from desk.users import desk_settings

    for read in (gate_settings, web_settings, desk_settings):
        read()
    handover = handover_settings().current()
    if handover.url:
        secret()
    names = {name for region in Regions.load() for name in (region.name, region.full_name)}
    if unknown := [name for name in handover.regions if name not in names]:
        raise SettingMistake("settings/handover.yml", f"regions 里没有这个地方：{unknown[0]}")


def _rasa_valid() -> int:
    from server.slim import prepare

    prepare()
    from rasa.cli.utils import validate_files
    from rasa.shared.importers.importer import TrainingDataImporter

    importer = TrainingDataImporter.load_from_config(
        config_path=str(ROOT / "config.yml"),
        domain_path=str(ROOT / "domain.yml"),
        training_data_paths=[str(DATA)],
    )
    try:
        validate_files(fail_on_warnings=True, max_history=None, importer=importer)
    except SystemExit:
        print("rasa data validate：有问题，见上")
        return 1
    print("rasa data validate：没有问题")
    return 0
