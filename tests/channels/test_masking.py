"""Personal numbers are hidden in every way of writing them; everything else is left alone."""

import time
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from channels.gate import cleaned
from channels.masking import MASK, mask
from tests.channels.spellings import spellings
from tests.channels.variants import LOOK_ALIKES, PERSONAL, SENTENCES, expected, typed

ROOT = Path(__file__).parents[2]
WRITTEN = ("data/**/*.yml", "settings/*.yml")
# Per message of the greatest length; generous, since tests share their machine.
SLOWEST = 1.0


def test_there_are_at_least_200_of_each() -> None:
    assert len(set(PERSONAL)) == len(PERSONAL) >= 200
    assert len(set(LOOK_ALIKES)) == len(LOOK_ALIKES) >= 200


@pytest.mark.parametrize("line", PERSONAL)
def test_a_personal_number_is_hidden_and_nothing_else(line: str) -> None:
    assert mask(typed(line)).text == expected(line)


@pytest.mark.parametrize("line", LOOK_ALIKES)
def test_a_look_alike_stays(line: str) -> None:
    assert mask(line).text == line


@pytest.mark.parametrize("kind", ["identity", "mobile"])
def test_the_kind_is_named(kind: str) -> None:
    for line in SENTENCES[kind][:5]:
        assert kind in mask(typed(line)).kinds


def test_masking_twice_changes_nothing_more() -> None:
    for line in PERSONAL:
        once = mask(typed(line)).text
        assert mask(once).text == once


def test_our_own_sentences_have_no_personal_numbers() -> None:
    for pattern in WRITTEN:
        for file in ROOT.glob(pattern):
            for line in file.read_text(encoding="utf-8").splitlines():
                assert not mask(line).kinds, f"{file.name}: {line}"


@pytest.mark.parametrize("line", ["13812345678", "（13812345678）。", "110101195003072318"])
def test_a_message_that_is_only_a_number_is_known_as_such(line: str) -> None:
    assert mask(line).nothing_else
    assert not mask(f"{line}能查吗").nothing_else


@given(st.text(max_size=120) | st.text("0123456789 一二三四五六七八九零-，后面X", max_size=120))
def test_any_text_can_be_masked(text: str) -> None:
    masked = mask(text)
    assert (masked.text == text) == (not masked.kinds)
    assert MASK in masked.text or not masked.kinds


@given(
    st.sampled_from([138, 139, 150, 166, 177, 186, 199]),
    st.integers(0, 99_999_999),
    st.sampled_from(["", " ", "-", "　", "，", "后面是", "，然后是"]),
)
def test_every_mobile_number_is_hidden(prefix: int, rest: int, between: str) -> None:
    assert mask(f"我手机{prefix}{between}{rest:08d}呢").text == "我手机***呢"


@pytest.mark.parametrize("text", ["1 2 " * 125, "12,345," * 70, "5后后后后后" * 80, "1" * 500])
def test_no_message_takes_long(text: str) -> None:
    started = time.perf_counter()
    mask(text[:500])
    assert time.perf_counter() - started < SLOWEST


def test_hundreds_of_spellings_made_by_rule_are_hidden() -> None:
    written = list(spellings())
    assert len(set(written)) == len(written) >= 400
    digits = set("0123456789零一二三四五六七八九壹贰叁肆伍陆柒捌玖⓪①②③④⑤⑥⑦⑧⑨")
    seen = {line: mask(cleaned(line)).text for line in written}
    # Four signs that are left tell nobody's number.
    told = [line for line, text in seen.items() if MASK not in text or len(digits & set(text)) > 4]
    assert told == []


# What nobody would take for a number without knowing the habits of those who write so.
MISSED = (
    "e-mail: hanmei💌163.com",
    "🐧号 246813579",
    "发票号码：0034567812，校验码",
    "查询密码默认 000000 吗，我的是 731952",
)
UNSEEN = yaml.load(
    Path(__file__).with_name("masking_unseen.yml").read_text(encoding="utf-8"), yaml.BaseLoader
)


def test_the_spellings_of_somebody_who_had_not_seen_the_program_are_hidden() -> None:
    assert len({each["text"] for each in UNSEEN["secret"]}) >= 600
    left = {}
    for each in UNSEEN["secret"]:
        seen = mask(cleaned(each["text"])).text
        if MASK not in seen or any(hidden in seen for hidden in each["hidden"]):
            left[each["text"]] = seen
    assert set(left) == set(MISSED)


def test_the_look_alikes_of_the_same_hand_stay() -> None:
    assert len(set(UNSEEN["harmless"])) >= 400
    changed = [line for line in UNSEEN["harmless"] if mask(cleaned(line)).kinds]
    assert changed == []


@pytest.mark.parametrize(
    ("typed", "seen"),
    [
        # A first reading with the sign, a second with what it stands for.
        ("身份证510108%19591013%6353", "身份证***"),
        ("%2531%2533%2538%2531%2532%2533%2534%2535%2536%2537%2538", "***"),
        ("MTM4MTIzNDU2Nzg5MTI=呢", "MTM4MTIzNDU2Nzg5MTI=呢"),
        ("给我打one three eight one two three four five six seven eight吧", "给我打***吧"),
        ("我的号340104，等一下啊，196702066757", "我的号***"),
        # Without its check sign it is no such number, whatever is said between.
        ("我的号340104，等一下啊，196702066758", "我的号340104，等一下啊，196702066758"),
        ("医保局电话0514-87654321", "医保局电话0514-87654321"),
        ("我家座机0514-87654321", "我家座机***"),
        ("打+852 9123 4567", "打***"),
        ("3000+852+9123+4567", "3000+852+9123+4567"),
        ("社保卡密码六个八，就是888888", "社保卡密码***，就是***"),
        ("国药准字H20065432", "国药准字H20065432"),
        ("88.5 138.12 345.67 80", "88.5 138.12 345.67 80"),
    ],
)
def test_a_kind_of_spelling_and_its_look_alike(typed: str, seen: str) -> None:
    assert mask(typed).text == seen
