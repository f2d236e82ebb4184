"""A reply as text: what comes first, what is numbered, what is folded or left out."""

import pytest

from dialogue.blocks import VERSION, Answer, Block, Kind, Reply, without_repeats
from dialogue.render import answer_text, folded_text, text_of
from dialogue.wording import Wording


def block(kind: Kind, text: str, **more: object) -> Block:
    return Block(**{"kind": kind, "text": text, **more})


def answer(*blocks: Block, **parts: object) -> Answer:
    return Answer(**{"intent": "credit_amount", "blocks": blocks, **parts})


FULL = answer(
    block("decision", "每月 110 元。"),
    block("band", "69 岁及以下：每月 100 元"),
    block("rule", "按当地定额。"),
    block("step", "先做这个"),
    block("step", "再做那个"),
    block("caveat", "要小心。"),
    block("trust", "官方，2026年11月看过"),
    block("phone", "12393"),
    block("source", "北京日报（媒体，2022年8月）", folded=True),
    block("claim", "文章说。", folded=True),
    assumed="北京、75岁",
)


def test_the_decision_comes_first_and_trust_and_phone_share_the_last_line(wording: Wording) -> None:
    lines = answer_text(FULL, wording).split("\n")
    assert lines[0] == "每月 110 元。"
    assert "北京、75岁" in lines[1]
    assert lines[2] == "· 69 岁及以下：每月 100 元"
    assert lines[3:6] == ["按当地定额。", "1. 先做这个", "2. 再做那个"]
    assert lines[6] == "提醒：要小心。"
    assert "官方" in lines[7]
    assert "12393" in lines[7]
    assert len(lines) == 8


def test_what_is_folded_is_not_shown_but_kept(wording: Wording) -> None:
    shown = answer_text(FULL, wording)
    folded = folded_text([FULL], wording)
    for words in ("北京日报", "文章说"):
        assert words not in shown
        assert words in folded
    assert "110" not in folded
    assert folded_text([answer(block("decision", "甲。"))], wording) == ""


def test_empty_parts_leave_no_empty_lines(wording: Wording) -> None:
    assert answer_text(answer(block("decision", "甲。"), block("rule", "")), wording) == "甲。"
    assert answer_text(answer(), wording) == ""


def test_what_is_assumed_is_said_once(wording: Wording) -> None:
    text = answer_text(
        answer(block("decision", "甲。"), block("rule", "乙。"), assumed="上海"), wording
    )
    assert text.count("上海") == 1
    assert text.split("\n")[0] == "甲。"
    assert text.split("\n")[2] == "乙。"


def test_two_answers_stand_under_their_questions(wording: Wording) -> None:
    one = answer(block("decision", "甲。"), block("phone", "12393"), title="医保每月返多少钱")
    other = answer(block("decision", "乙。"), block("phone", "12393"), title="医保余额怎么查")
    text = text_of(Reply(answers=(one, other)), wording)
    assert text.startswith("① 医保每月返多少钱\n甲。")
    assert "② 医保余额怎么查\n乙。" in text
    assert text.count("12393") == 1
    assert text.index("12393") > text.index("乙。")
    assert (
        text_of(Reply(answers=(answer(block("decision", "甲。"), title="题"),)), wording) == "甲。"
    )


def test_how_far_to_trust_it_is_said_for_each(wording: Wording) -> None:
    one = answer(block("decision", "甲。"), block("trust", "官方"), title="一")
    other = answer(block("decision", "乙。"), block("trust", "转载"), title="二")
    text = text_of(Reply(answers=(one, other)), wording)
    assert "官方" in text.split("②")[0]
    assert "转载" in text.split("②")[1]


@pytest.mark.parametrize("kind", ["rule", "caveat", "note", "claim", "source", "phone"])
def test_two_answers_say_nothing_twice(kind: Kind) -> None:
    one = answer(block("decision", "甲。"), block(kind, "都有的。"))
    other = answer(block("decision", "乙。"), block(kind, "都有的。"), block(kind, "另一句。"))
    first, second = without_repeats((one, other))
    assert first == one
    assert [each.text for each in second.blocks] == ["乙。", "另一句。"]


@pytest.mark.parametrize("kind", ["figure", "band", "step", "cause"])
def test_figures_steps_and_causes_stay_with_each_answer(kind: Kind) -> None:
    both = answer(block("decision", "甲。"), block(kind, "每月 100 元"))
    assert without_repeats((both, both)) == (both, both)


def test_the_first_thing_of_each_answer_stays() -> None:
    same = answer(block("decision", "甲。"))
    assert without_repeats((same, same, answer())) == (same, same)


def test_the_payload_leaves_out_what_is_empty() -> None:
    band = block("band", "每月 110 元", amount="110", unit="元", period="月", mine=True)
    payload = Reply(answers=(answer(block("decision", "甲。"), band),)).payload()
    assert payload["version"] == VERSION
    assert payload["status"] == "answered"
    (one,) = payload["answers"]
    assert set(one) == {"intent", "blocks"}
    assert one["blocks"][0] == {"kind": "decision", "text": "甲。"}
    assert one["blocks"][1] == {
        "kind": "band",
        "text": "每月 110 元",
        "amount": "110",
        "unit": "元",
        "period": "月",
        "mine": True,
    }


def test_a_part_without_a_question_of_its_own_begins_with_its_answer(wording: Wording) -> None:
    first = answer(block("decision", "打 12393。"), title="少划了钱找谁")
    second = answer(block("decision", "不用申请。"))
    text = text_of(Reply(answers=(first, second), status="answered"), wording)
    assert text.splitlines() == ["① 少划了钱找谁", "打 12393。", "", "② 不用申请。"]
