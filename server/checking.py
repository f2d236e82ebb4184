"""``make check``: everything an operator can edit, and Rasa's own validation."""

import re
import sys
from collections.abc import Iterator
from datetime import date
from pathlib import Path

from dialogue.routes import Routes
from dialogue.wording import Wording
from dialogue.wording_checks import wording_errors
from policy.checks import coverage, errors, errors_of_each, warnings
from policy.facts import FactBook
from policy.filing import pact_errors
from policy.regions import Regions
from policy.sharing import relatives
from policy.topics import DATA, topics
from policy.yamlfile import DataError, Document, Mistakes, shown
from server import coverage as pages
from server.importer import FALLBACK, example_files, intents
from server.settings import ROOT, SettingError

_AFTER = re.compile(r"metadata:\s*\{\s*after:\s*(?P<after>\w+)|^\s+after:\s*(?P<alone>\w+)\s*$")


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
    files = example_files([str(DATA)])
    wrong = [*settings_errors(), *mistakes(), *doubled(files), *following_nothing(files)]
    for error in wrong:
        print(error, file=sys.stderr)
    if wrong:
        print(f"{len(wrong)} 处错误。")
        return 1
    book, regions, wording = FactBook.load(), Regions.load(), Wording.load()
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
        f"{len(wording.answers)} 个意图的回答；0 处错误，{len(overdue)} 条该复核。"
    )
    if page and pages.write(pages.page(book, regions, topics(), wording), page):
        console.print(f"各地知道什么、来源、该复核的：{shown(page)}")
    return _rasa_valid() if rasa else 0


def mistakes() -> list[DataError]:
    """What is wrong with the data: what cannot be read, and what would show when somebody asks.

    What is compared with a file that cannot be read waits until it can.
    """
    found, regions = Mistakes(), Regions.load()
    book, unread = FactBook.read()
    found.found += unread.found
    known: set[str] | None = None
    wording: Wording | None = None
    for read in (topics, relatives, Routes.load):
        with found.apart():
            read()
    with found.apart():
        known = {*intents(example_files([str(DATA)])), FALLBACK}
    with found.apart():
        wording = Wording.load()
    with found.apart():
        found.found += pact_errors(regions)
    is_whole = not found.found
    if known is not None and wording is not None and is_whole:
        found.found += errors(book, regions, known | set(wording.answers))
        found.found += wording_errors(wording, book, known)
    else:
        found.found += errors_of_each(book, regions)
    return found.found


def refuse_mistakes() -> None:
    """Let no server start on data that would fail somebody later.

    Raises:
        SettingError: naming file, line and field of every mistake.
    """
    wrong = mistakes()
    if wrong:
        raise SettingError("\n".join(map(str, wrong)))


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


def following_nothing(files: list[Path]) -> Iterator[DataError]:
    """Examples said to follow an answer or a thing that there is not: nothing is learnt of it.

    Args:
        files: Rasa's files of examples.
    """
    try:
        known = {*topics().topic_of_thing, *Wording.load().answers, *intents(files)}
    except DataError:
        # Told by whoever reads those.
        return
    for file in files:
        for number, line in enumerate(file.read_text(encoding="utf-8").splitlines(), 1):
            match = _AFTER.search(line)
            after = match["after"] or match["alone"] if match else None
            if after and after not in known:
                problem = f"没有“{after}”这个回答，也没有这样东西"
                yield DataError(file, number, "after", problem)


def _example(line: str) -> str:
    """The example in a line of a file of examples; "" if there is none."""
    plain = line.strip()
    if plain.startswith("- text:"):
        return plain.removeprefix("- text:").strip().strip("'\"")
    is_block = plain.startswith("- ") and line.startswith("    ")
    return plain.removeprefix("- ").strip() if is_block else ""


def settings_errors() -> list[DataError]:
    """What is wrong with the settings files: file, line and field, or the variable."""
    from channels.gate import gate_settings
    from channels.handover import handover_settings, secret
    from channels.web.settings import web_settings
    from desk.users import desk_settings

    found = Mistakes()
    for read in (gate_settings, web_settings, desk_settings):
        with found.apart():
            read()
    with found.apart():
        handover = handover_settings()
        names = {name for region in Regions.load() for name in (region.name, region.full_name)}
        for name in handover.current().regions:
            if name not in names:
                document = Document(handover.file)
                found.found.append(document.error(("regions", name), "没有这个地方"))
        if handover.current().url:
            secret()
    return found.found


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
