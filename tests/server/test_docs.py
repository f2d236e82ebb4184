"""What the documents promise by name is there, and what is there they name."""

import re
from pathlib import Path

import msgspec
import pytest
from prometheus_client.metrics import MetricWrapperBase

from channels import metrics
from channels.gate import GateSettings
from channels.wechat.settings import WeChatSettings
from desk import store
from server import (
    actions,
    database,
    heartbeat,
    launch,
    protocol,
    reloading,
    settings,
    trackers,
)
from tests.services import ROOT

DOCS = [*sorted(ROOT.glob("docs/*.md")), ROOT / "README.md", ROOT / "CONTRIBUTING.md"]
# Written by a person as an example, or made when the program runs.
MADE_LATER = re.compile(
    r"[<…*]|^(?:var|models|deploy/(?:\.env|certs|kubernetes/secrets\.env)|data/x|settings/desk)\b"
)
POSTGRESQL_CONNECTIONS = database.CONNECTIONS + database.CONNECTIONS_BESIDE


def text(name: str) -> str:
    return (ROOT / "docs" / name).read_text(encoding="utf-8")


def rows(name: str, heading: str) -> set[str]:
    """What stands in the first column of the table under a heading."""
    part = text(name).split(heading, 1)[1].split("\n#")[0]
    cells = re.findall(r"^\| ([^|]+) \|", part, re.M)
    return {name for cell in cells for name in re.findall(r"`([A-Za-z_]+)(?:\{[^`]*\})?`", cell)}


@pytest.mark.parametrize("file", DOCS, ids=lambda file: file.name)
def test_every_file_that_a_document_names_is_there(file: Path) -> None:
    written = file.read_text(encoding="utf-8")
    named = re.findall(r"`((?:[\w.-]+/)+[\w.-]*|[\w-]+\.(?:py|yml|md|sh))`", written)
    named += re.findall(r"\]\((?!http)([^)#]+)", written)
    missing = [
        name
        for name in named
        if "/" in name
        and not MADE_LATER.search(name)
        and not any((base / name).exists() for base in (ROOT, ROOT / "docs"))
        and re.match(
            r"(?:\.\./)?(?:tests|channels|server|deploy|docs|settings|images|data)\b", name
        )
    ]
    assert missing == []


def test_every_setting_of_the_server_is_in_the_table_and_nothing_else() -> None:
    fields = {name.upper() for name in settings.Settings.__struct_fields__}
    known = fields | set(settings._NAMES) | {"VAR"}
    # Told where they belong: docs/web.md.
    assert rows("deploy.md", "## 设置") == known - {"SETTINGS_DIR"}
    assert "`SETTINGS_DIR`" in text("web.md")


def test_every_setting_of_the_gate_is_in_the_table_and_nothing_else() -> None:
    known = {field.name for field in msgspec.structs.fields(GateSettings)}
    assert rows("privacy.md", "## 限量和总开关") == known - {"home_region"}
    assert "`home_region`" in text("operate.md")


def test_the_defaults_in_the_table_are_those_of_the_program() -> None:
    table = dict(re.findall(r"^\| `(\w+)` \| (\d+) \|", text("privacy.md"), re.M))
    defaults = msgspec.structs.asdict(GateSettings())
    assert len(table) >= 8
    assert {name: defaults[name] for name in table} == {
        name: int(value) for name, value in table.items()
    }


def test_every_variable_of_wechat_is_in_its_table() -> None:
    known = {f"WECHAT_{field.name.upper()}" for field in msgspec.structs.fields(WeChatSettings)}
    told = rows("wechat.md", "全部设置")
    assert {name for name in told if name.startswith("WECHAT_")} <= known


def test_every_counter_is_in_the_table_and_nothing_else() -> None:
    there = set()
    for counter in (each for each in vars(metrics).values() if isinstance(each, MetricWrapperBase)):
        (family,) = counter.describe()
        there.add(family.name + ("_total" if family.type == "counter" else ""))
    assert rows("privacy.md", "## 指标里有什么") == there


@pytest.mark.parametrize(
    ("name", "sentence", "number"),
    [
        (
            "deploy.md",
            r"一个进程最多开 (\d+) 个",
            database.CONNECTIONS + database.CONNECTIONS_BESIDE,
        ),
        ("deploy.md", r"等 (\d+) 秒，等不到就退出", launch.START_PATIENCE),
        ("deploy.md", r"(\d+) 秒内得到一句道歉", actions.SLOWEST_ACTION),
        ("deploy.md", r"每 (\d+) 秒看一次 `DATA_DIR`", reloading.LOOK_EVERY),
        ("privacy.md", r"最近 (\d+) 个对话的最后一轮", trackers.MOST_KEPT),
        ("security.md", r"请求头最多 (\d+) 秒", protocol.HEADER_LASTS),
        ("security.md", r"正文最多 (\d+) 秒", protocol.BODY_LASTS),
        ("security.md", r"事件循环 (\d+) 秒不动", heartbeat.LONGEST_SILENCE),
        ("security.md", r"同一个地址错 (\d+) 次", store.MOST_FAILURES),
        ("security.md", r"一共错 (\d+) 次", store.MOST_ALONE),
        ("security.md", r"等 (\d+) 分钟", store.FAILURES_LAST / 60),
    ],
)
def test_a_number_in_a_document_is_that_of_the_program(
    name: str, sentence: str, number: float
) -> None:
    (written,) = re.findall(sentence, text(name))
    assert int(written) == number
