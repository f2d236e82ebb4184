"""Personal numbers are hidden in every way of writing them; everything else is left alone."""

import time
from pathlib import Path

import pytest
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
