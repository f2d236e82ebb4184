"""A reply as text: what comes first, what is numbered, what is left out."""

import pytest

from dialogue.answer import Answer, Band, Figure, Reply, Source, without_repeats
from dialogue.render import answer_text, band_line, money, source_text, text_of
from dialogue.wording import Wording

MONTHLY = Band(label="退休人员（70 岁及以上）", amount="110", unit="元", period="月", mine=True)
OTHER = Band(
    label="退休人员（69 岁及以下）", amount="100", unit="元", period="月", note="到账约 97 元"
)
YEARLY = Band(label="退休人员", amount="1890", unit="元", period="年")
DATED = Source(publisher="北京日报", kind="网页转载", date="2022-08")
UNDATED = Source(publisher="某网站", kind="网页转载")


def answer(**parts: object) -> Answer:
    return Answer(**{"intent": "credit_amount", "lead": "第一句。", **parts})


def test_the_answer_comes_first_and_the_hotline_last(wording: Wording) -> None:
    full = answer(
        assumed="北京、75岁",
        figure=Figure(amount="110", unit="元", period="月"),
        bands=(MONTHLY, OTHER),
        paragraphs=("一段。",),
        steps=("先做这个", "再做那个"),
        caveats=("要小心。",),
        claims=("文章说。",),
        extra="还有一句。",
        sources=(DATED,),
        phone="12393",
    )
    lines = answer_text(full, wording).split("\n")
    assert lines[0] == "第一句。"
    assert "北京、75岁" in lines[1]
    assert lines[2:5] == ["一段。", "1. 先做这个", "2. 再做那个"]
    assert "要小心。" in lines[5]
    assert "每月 100 元" in lines[7]
    assert lines[8:10] == ["文章说。", "还有一句。"]
    assert "北京日报" in lines[10]
    assert "12393" in lines[-1]


def test_ones_own_figure_is_not_said_twice(wording: Wording) -> None:
    full = answer(figure=Figure(amount="110", unit="元", period="月"), bands=(MONTHLY, OTHER))
    assert "110" not in answer_text(full, wording)
    assert "到账约 97 元" in answer_text(full, wording)


def test_bands_alone_come_right_after_the_first_line(wording: Wording) -> None:
    lines = answer_text(answer(bands=(OTHER, YEARLY)), wording).split("\n")
    assert "每月 100 元" in lines[1]
    assert "每年 1890 元" in lines[2]


def test_empty_parts_leave_no_empty_lines(wording: Wording) -> None:
    assert answer_text(answer(paragraphs=("", "一段。", "")), wording) == "第一句。\n一段。"


@pytest.mark.parametrize(
    ("band", "words"),
    [
        (MONTHLY, "每月 110 元"),
        (YEARLY, "每年 1890 元"),
        (Band(label="", amount="2.5", unit="%"), "2.5%"),
        (Band(label="", amount="", unit="元"), "没有可核实的数"),
    ],
)
def test_an_amount_with_its_period(band: Band, words: str, wording: Wording) -> None:
    assert money(band, wording) == words


def test_ones_own_row_is_marked(wording: Wording) -> None:
    assert band_line(MONTHLY, wording) != band_line(OTHER, wording)
    assert "您在这一档" in band_line(MONTHLY, wording)
    assert "您在这一档" not in band_line(OTHER, wording)


@pytest.mark.parametrize(
    ("source", "words"),
    [
        (DATED, "北京日报（网页转载，2022年8月）"),
        (UNDATED, "某网站（网页转载，资料未注明日期）"),
        (
            Source(publisher="某某 网站", kind="网站转载，未经核实", date="2023"),
            "某某 网站转载，未经核实（2023年）",
        ),
    ],
)
def test_a_source_says_its_kind_and_date(source: Source, words: str, wording: Wording) -> None:
    assert source_text(source, wording) == words


def test_no_more_than_three_sources_are_said(wording: Wording) -> None:
    many = tuple(Source(publisher=f"网站{n}", kind="媒体", date="2023") for n in range(5))
    text = answer_text(answer(sources=many), wording)
    assert "网站2" in text
    assert "网站3" not in text


def test_two_answers_stand_under_their_questions(wording: Wording) -> None:
    one = answer(title="医保每月返多少钱", lead="甲。")
    other = answer(title="医保余额怎么查", lead="乙。")
    text = text_of(Reply(answers=(one, other)), wording)
    assert text.startswith("① 医保每月返多少钱\n甲。")
    assert "② 医保余额怎么查\n乙。" in text
    assert text_of(Reply(answers=(one,)), wording) == "甲。"


def test_two_answers_say_nothing_twice_but_caveats(wording: Wording) -> None:
    one = answer(
        title="甲",
        paragraphs=("都有的。", "一段。"),
        claims=("文章说。",),
        caveats=("要小心。",),
        phone="12393",
    )
    other = answer(
        title="乙",
        paragraphs=("都有的。", "另一段。"),
        claims=("文章说。",),
        caveats=("要小心。",),
        phone="12393",
    )
    text = text_of(Reply(answers=without_repeats((one, other))), wording)
    assert [text.count(words) for words in ("都有的。", "文章说。", "12393")] == [1, 1, 1]
    assert text.count("要小心。") == 2
    assert text.index("12393") > text.index("另一段。")


def test_the_payload_leaves_out_what_is_empty() -> None:
    payload = Reply(answers=(answer(bands=(MONTHLY,)),)).payload()
    assert payload["version"] == 1
    assert payload["status"] == "answered"
    (one,) = payload["answers"]
    assert set(one) == {"intent", "lead", "bands"}
    assert one["bands"][0] == {
        "label": MONTHLY.label,
        "amount": "110",
        "unit": "元",
        "period": "月",
        "mine": True,
    }
