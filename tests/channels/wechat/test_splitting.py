"""Long answers in pieces: nothing lost, nothing cut that is one."""

import re

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from channels.wechat.replies import Said, as_text, clean, first_piece, reply_xml
from channels.wechat.splitting import LIMIT, pieces
from tests.channels.wechat.weixin import opened

FAMILY = "👨‍👩‍👧‍👦"
STEP = (
    "{n}. 打开国家医保服务平台 App，点“异地备案”，选好参保地和就医地，一步一步往下填，填完提交。\n"
)
URL = "https://www.nhsa.gov.cn/art/2024/11/1/art_14_14521.html?page=2&from=index"


@given(st.text(), st.integers(4, 60))
@example(FAMILY * 400, 2048)
@example("e" + "\u0301" * 3000, 100)
@example("\n" * 5000, 2048)
@example(" " * 5000, 2048)
@example("1" * 5000, 2048)
@example(URL * 60, 2048)
@example("。" * 2000, 2048)
@example("一" * 5000, 2048)
def test_pieces_join_to_the_original_and_fit(text, limit):
    found = pieces(text, limit)
    assert "".join(found) == text
    assert all(found)
    assert all(len(piece.encode()) <= limit for piece in found)


@given(st.text(st.characters(blacklist_categories=["Cs"]), min_size=700, max_size=3000))
def test_a_message_of_wechat_has_at_most_2048_bytes(text):
    found = pieces(text)
    assert "".join(found) == text
    assert all(len(piece.encode()) <= LIMIT for piece in found)


WHOLE = [
    URL,
    "www.gov.cn/zhengce/2024-07/26/content_6964562.htm",
    "fuwu.nhsa.gov.cn",
    "每月 110.25 元",
    "每年 1,420 元",
    "2026年11月21日",
    "70–74 岁",
    "2.5%",
    "百分之二点五",
    "两百四十七元",
    "12393",
    FAMILY,
    "é",
    "🇨🇳",
    "１２３．５元",
]


@given(
    st.lists(st.sampled_from([*WHOLE, "您好", "医保", "，", "。", " "]), min_size=5, max_size=60),
    st.integers(100, 160),
)
def test_nothing_whole_is_cut(parts, limit):
    # A full stop after each keeps what stands beside it from becoming one with it.
    text = "好".join(parts)
    spots, position = [], 0
    for part in parts:
        if part in WHOLE and part != "百分之二点五":
            spots.append((position, position + len(part)))
        position += len(part) + 1
    cuts, position = [], 0
    for piece in pieces(text, limit):
        position += len(piece)
        cuts.append(position)
    for start, end in spots:
        assert not any(start < cut < end for cut in cuts), text[start:end]


@pytest.mark.parametrize("count", [20, 40, 80])
def test_steps_stay_whole(count):
    text = "办法如下：\n" + "".join(STEP.format(n=number) for number in range(1, count + 1))
    found = pieces(text)
    assert len(found) > 1
    for piece in found:
        assert piece.endswith("\n")
        for line in piece.splitlines():
            assert re.fullmatch(r"办法如下：|\d+\. .*提交。", line)


def test_a_step_that_is_too_long_is_cut_at_a_sentence():
    text = "1. " + "先看清楚这一条再说。" * 150
    found = pieces(text)
    assert "".join(found) == text
    assert all(piece.endswith("。") for piece in found)


def test_a_piece_is_never_blank():
    found = pieces("\n\n\n" + "好" * 2000)
    assert all(piece.strip() for piece in found)


def test_more_is_offered_and_follows():
    text = clean("".join(STEP.format(n=number) for number in range(1, 60)))
    seen = []
    while text:
        piece, text = first_piece(text, "还没说完，回复“更多”接着看。")
        assert len(piece.encode()) <= LIMIT
        assert piece.endswith("接着看。") == bool(text)
        seen += re.findall(r"^(\d+)\. .*提交。$", piece, re.MULTILINE)
    assert seen == [str(number) for number in range(1, 60)]


@given(st.text(st.characters()))
@example("a]]>b]]]]>>")
@example("\x00\x08\x0b\ufffe\ud800&<>")
def test_any_text_becomes_xml_that_says_the_same(text):
    content = clean(text)
    reply = opened(reply_xml("oPerson", "gh_test", content, 1.0).encode())
    assert reply["ToUserName"] == "oPerson"
    assert reply["FromUserName"] == "gh_test"
    # Parsers turn every line end into \n.
    assert reply["Content"] == content.replace("\r\n", "\n").replace("\r", "\n")


def test_only_the_last_list_is_written_out():
    text = as_text([Said("甲", ["一个"]), Said("乙", ["两个", "三个"])], "回复数字：")
    assert text == "甲\n\n乙\n\n回复数字：\n【1】两个\n【2】三个"
