"""The gate: closed or not, not too often, not too long, plain text without personal numbers."""

import asyncio
from pathlib import Path
from types import SimpleNamespace

import pytest
from multidict import CIMultiDict
from prometheus_client import REGISTRY

from channels.gate import Gate, GateSettings, cleaned, gate_settings, sentences
from channels.settingsfile import SettingMistake, SettingsFile
from policy.yamlfile import DataError
from tests.channels.online import WORDS, gate_with

NEARBY = "127.0.0.1"
FAR = "203.0.113.7"


@pytest.mark.parametrize(
    ("typed", "seen"),
    [
        ("  余额怎么查  ", "余额怎么查"),
        ("/restart", "restart"),
        ("／restart", "restart"),
        ("  / /／ session_start", "session_start"),
        ('/credit_amount{"region": "110000"}', 'credit_amount{"region": "110000"}'),
        ("余额\u200b怎\u202e么查\ufeff", "余额怎么查"),
        ("余额\x00怎么查", "余额怎么查"),
        ("第一行\n第二行", "第一行\n第二行"),
        ("\ud83d", ""),
        ("\u00ad/restart", "restart"),
        ("\u3164／\ufe0f/restart", "restart"),
        ("3/4", "3/4"),
    ],
)
def test_text_is_plain(typed: str, seen: str) -> None:
    assert cleaned(typed) == seen


async def test_a_plain_message_passes_as_it_is(tmp_path: Path) -> None:
    passed = await gate_with(tmp_path).admit("rest:a", "余额怎么查", NEARBY)
    assert (passed.text, passed.refusal, passed.note) == ("余额怎么查", None, None)


@pytest.mark.parametrize("text", ["", "  \n ", "///", "\u200b", "\x00\x01"])
async def test_nothing_to_read_is_said(tmp_path: Path, text: str) -> None:
    passed = await gate_with(tmp_path).admit("rest:a", text, NEARBY)
    assert (passed.refusal, passed.status) == (WORDS["not_text"], 200)


async def test_500_characters_pass_and_501_do_not(tmp_path: Path) -> None:
    gate = gate_with(tmp_path)
    assert (await gate.admit("rest:a", "医" * 500, NEARBY)).refusal is None
    refused = await gate.admit("rest:a", "医" * 501, NEARBY)
    assert refused.refusal == WORDS["too_long"]
    assert not refused.text


async def test_a_personal_number_is_masked_and_the_person_told(tmp_path: Path) -> None:
    passed = await gate_with(tmp_path).admit("rest:a", "我手机13812345678查余额", NEARBY)
    assert (passed.text, passed.note) == ("我手机***查余额", WORDS["masked"])


async def test_a_number_alone_is_no_question(tmp_path: Path) -> None:
    passed = await gate_with(tmp_path).admit("rest:a", "110101195003072318", NEARBY)
    assert (passed.refusal, passed.text) == (WORDS["masked_only"], "")


async def test_15_messages_a_minute_a_sender(tmp_path: Path) -> None:
    gate = gate_with(tmp_path)
    for _ in range(15):
        assert (await gate.admit("web:a", "在吗", NEARBY)).refusal is None
    refused = await gate.admit("web:a", "在吗", NEARBY)
    assert (refused.refusal, refused.status) == (WORDS["rate_limited"], 429)
    assert 1 <= (refused.retry_after or 0) <= 60
    assert (await gate.admit("web:b", "在吗", NEARBY)).refusal is None


async def test_the_operators_own_program_is_not_limited(tmp_path: Path) -> None:
    """REST straight from this machine is no person; through a proxy it is one again."""
    gate = gate_with(tmp_path, sender_per_minute=2, total_per_minute=3)
    near = [(await gate.admit("rest:a", "在吗", NEARBY)).status for _ in range(8)]
    far = [(await gate.admit("rest:b", "在吗", FAR)).status for _ in range(4)]
    assert (near, far) == ([200] * 8, [200, 200, 429, 429])


async def test_an_address_is_limited_whatever_sender_it_claims(tmp_path: Path) -> None:
    gate = gate_with(tmp_path, address_per_minute=3)
    statuses = [(await gate.admit(f"web:{n}", "在吗", FAR)).status for n in range(5)]
    assert statuses == [200, 200, 200, 429, 429]
    assert (await gate.admit("web:x", "在吗", "203.0.113.8")).status == 200


async def test_a_home_of_ipv6_is_one_address(tmp_path: Path) -> None:
    gate = gate_with(tmp_path, address_per_minute=1)
    assert (await gate.admit("web:a", "在吗", "2001:db8::1")).status == 200
    assert (await gate.admit("web:b", "在吗", "2001:db8::ffff")).status == 429
    assert (await gate.admit("web:c", "在吗", "2001:db8:0:1::1")).status == 200


@pytest.mark.parametrize("address", [NEARBY, "127.8.8.8", "::1", "", "wechat:abc"])
async def test_loopback_and_unknown_have_no_limit_per_address(tmp_path: Path, address: str) -> None:
    gate = gate_with(tmp_path, address_per_minute=1)
    for number in range(5):
        assert (await gate.admit(f"web:{number}", "在吗", address)).status == 200


async def test_everybody_together_is_limited(tmp_path: Path) -> None:
    gate = gate_with(tmp_path, total_per_minute=2)
    statuses = [(await gate.admit(f"web:{n}", "在吗", NEARBY)).status for n in range(5)]
    assert statuses == [200, 200, 200, 200, 429], "twice as many, if nobody wrote much"


def flood(kind: str, number: int) -> str:
    """Addresses of somebody who has many."""
    if kind == "48":
        return f"2001:db8:0:{number % 65_000:x}::1"
    return f"198.{number % 50}.{number % 7}.9"


@pytest.mark.parametrize("kind", ["48", "50 addresses"])
async def test_a_flood_locks_nobody_else_out(tmp_path: Path, kind: str) -> None:
    gate = gate_with(tmp_path, network_per_minute=600)
    for number in range(7_000):
        await gate.admit(f"web:flood{number}", "在吗", flood(kind, number))
    assert (await gate.admit("web:flood", "在吗", flood(kind, 0))).status == 429
    for number in range(200):
        address = f"203.0.{number}.7"
        assert (await gate.admit(f"web:{number}", "在吗", address)).status == 200


async def test_a_network_is_limited_as_a_whole(tmp_path: Path) -> None:
    gate = gate_with(tmp_path, network_per_minute=5)
    statuses = [(await gate.admit(f"web:{n}", "在吗", f"203.0.113.{n}")).status for n in range(7)]
    assert statuses == [200] * 5 + [429] * 2
    assert (await gate.admit("web:x", "在吗", "203.0.114.1")).status == 200


async def test_new_conversations_are_counted(tmp_path: Path) -> None:
    gate = gate_with(tmp_path, sessions_per_minute=3)
    waits = [await gate.allow_session(FAR) for _ in range(5)]
    assert [bool(wait) for wait in waits] == [False, False, False, True, True]
    assert not await gate.allow_session(NEARBY)
    assert not await gate.allow(FAR)


async def test_zero_is_no_limit(tmp_path: Path) -> None:
    gate = gate_with(tmp_path, sender_per_minute=0, total_per_minute=0, address_per_minute=0)
    for _ in range(100):
        assert (await gate.admit("rest:a", "在吗", FAR)).status == 200


async def test_a_file_closes_and_opens_without_restart(tmp_path: Path) -> None:
    gate = gate_with(tmp_path)
    (tmp_path / "closed").touch()
    refused = await gate.admit("rest:a", "在吗", NEARBY)
    assert (refused.refusal, refused.status) == (WORDS["closed"], 503)
    (tmp_path / "closed").unlink()
    assert (await gate.admit("rest:a", "在吗", NEARBY)).refusal is None


async def test_the_settings_file_closes_and_opens_without_restart(tmp_path: Path) -> None:
    file = tmp_path / "gate.yml"
    file.write_text("sender_per_minute: 3\n")
    gate = gate_with(tmp_path)
    assert gate.settings.sender_per_minute == 3
    file.write_text("closed: true\nsender_per_minute: 3\n")
    assert (await gate.admit("rest:a", "在吗", NEARBY)).status == 503
    file.write_text("closed: nonsense\n")
    assert (await gate.admit("rest:a", "在吗", NEARBY)).status == 503
    file.write_text("closed: false\n")
    assert (await gate.admit("rest:a", "在吗", NEARBY)).status == 200


@pytest.mark.parametrize(
    "written",
    [
        "sender_per_minute: viele",
        "sender_per_minute: -1",
        "sender_per_minutes: 5",
        "trusted_proxies: [nginx]",
        "longest_message: 0",
        "closed: [",
    ],
)
def test_a_wrong_setting_is_named(tmp_path: Path, written: str) -> None:
    (tmp_path / "gate.yml").write_text(written)
    with pytest.raises(DataError, match=r"gate\.yml"):
        gate_with(tmp_path)


def test_the_environment_goes_before_the_file(tmp_path: Path) -> None:
    (tmp_path / "gate.yml").write_text("sender_per_minute: 3\ntrusted_proxies: [10.0.0.0/8]\n")
    gate = gate_with(tmp_path, sender_per_minute=7, trusted_proxies="10.1.0.0/16, ::1")
    assert gate.settings.sender_per_minute == 7
    assert gate.settings.trusted_proxies == ("10.1.0.0/16", "::1")


@pytest.mark.parametrize("value", ["viele", "-1"])
def test_a_wrong_variable_is_named(tmp_path: Path, value: str) -> None:
    with pytest.raises(DataError, match=r"GATE_(SENDER_PER_MINUTE|\*)"):
        gate_with(tmp_path, sender_per_minute=value)


def test_the_shipped_settings_are_those_that_are_documented() -> None:
    settings = gate_settings().current()
    assert settings == GateSettings(), "defaults in code and file differ"
    assert (settings.sender_per_minute, settings.longest_message) == (15, 500)


def test_every_sentence_is_there() -> None:
    assert set(sentences()) == set(WORDS)
    assert all(sentences().values())


async def test_other_requests_are_counted_by_address(tmp_path: Path) -> None:
    gate = gate_with(tmp_path, calls_per_minute=2)
    assert [bool(await gate.allow(FAR)) for _ in range(3)] == [False, False, True]
    assert not await gate.allow(NEARBY)


def request_from(peer: str, *forwarded: str) -> SimpleNamespace:
    headers = CIMultiDict([("X-Forwarded-For", each) for each in forwarded])
    return SimpleNamespace(ip=peer, headers=headers)


@pytest.mark.parametrize(
    ("peer", "forwarded", "client"),
    [
        (FAR, [], FAR),
        # Whoever is no trusted proxy may write what he likes.
        (FAR, ["127.0.0.1"], FAR),
        (NEARBY, [FAR], FAR),
        (NEARBY, [f"127.0.0.1, {FAR}"], FAR),
        (NEARBY, [f"{FAR}, 10.0.0.5"], "10.0.0.5"),
        (NEARBY, ["198.51.100.9", FAR], FAR),
        (NEARBY, [f"{FAR}:5123"], FAR),
        (NEARBY, ["[2001:db8::1]:5123"], "2001:db8::1"),
        (NEARBY, ["::ffff:203.0.113.7"], FAR),
        (NEARBY, ["unknown"], NEARBY),
        (NEARBY, [], NEARBY),
        ("", [], ""),
    ],
)
def test_the_client_is_seen_through_trusted_proxies_only(
    tmp_path: Path, peer: str, forwarded: list[str], client: str
) -> None:
    assert gate_with(tmp_path).address(request_from(peer, *forwarded)) == client


def test_several_trusted_proxies_in_a_row(tmp_path: Path) -> None:
    gate = gate_with(tmp_path, trusted_proxies="127.0.0.1,10.0.0.0/8")
    assert gate.address(request_from(NEARBY, f"1.1.1.1, {FAR}, 10.0.0.5")) == FAR


def counted(name: str, **labels: str) -> float:
    return REGISTRY.get_sample_value(name, labels) or 0.0


async def test_what_comes_in_and_what_is_refused_is_counted(tmp_path: Path) -> None:
    gate = gate_with(tmp_path, sender_per_minute=1)
    messages = counted("yibao_messages_total", channel="web")
    refusals = counted("yibao_refusals_total", channel="web", reason="rate_limited")
    masked = counted("yibao_masked_total", kind="mobile")
    await gate.admit("web:a", "手机13812345678对吗", NEARBY)
    await gate.admit("web:a", "在吗", NEARBY)
    assert counted("yibao_messages_total", channel="web") == messages + 2
    assert counted("yibao_refusals_total", channel="web", reason="rate_limited") == refusals + 1
    assert counted("yibao_masked_total", kind="mobile") == masked + 1


async def test_a_crowd_at_once_gets_exactly_the_limit(tmp_path: Path) -> None:
    gate = gate_with(tmp_path)
    crowd = await asyncio.gather(*(gate.admit("web:a", "在吗", NEARBY) for _ in range(50)))
    assert sum(passed.refusal is None for passed in crowd) == 15


def test_the_old_way_of_making_a_gate_still_works() -> None:
    assert Gate(WORDS).words("closed") == WORDS["closed"]


def test_settings_may_be_missing(tmp_path: Path) -> None:
    assert SettingsFile(tmp_path / "none.yml", GateSettings, "X_", {}).current() == GateSettings()
    with pytest.raises(SettingMistake):
        SettingsFile(tmp_path / "none.yml", GateSettings, "X_", {"X_CLOSED": "perhaps"})
