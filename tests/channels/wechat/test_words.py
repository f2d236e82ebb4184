"""What the channel says itself, and what it listens for."""

import pytest
import yaml

from channels.wechat.messages import SENTENCES
from channels.wechat.words import Words
from policy.topics import DATA

OWN = yaml.safe_load((DATA / "wechat/answers.yml").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def words():
    return Words.load()


def test_every_sentence_that_is_used_exists():
    used = {
        "wechat_greeting",
        "wechat_choices",
        "wechat_more",
        "wechat_no_more",
        "wechat_page",
        "wechat_working",
        "wechat_working_push",
        "wechat_late",
        "wechat_voice",
        "wechat_location",
        "wechat_other",
        *SENTENCES.values(),
    }
    assert set(OWN) == used


def test_the_greeting_offers_each_topic(words):
    said = words.said("wechat_greeting")
    topics = {intent.partition("_")[0] for intent in OWN["wechat_greeting"]["next"]}
    assert topics >= {"credit", "balance", "withdrawal", "sharing", "filing"}
    assert all(said.choices)
    assert len(said.choices) == len(OWN["wechat_greeting"]["next"])


def test_the_sentence_for_waiting_is_the_agreed_one(words):
    assert words.line("wechat_working") == "正在查询，请稍后回复任意内容查看"


@pytest.mark.parametrize(
    "text",
    [
        "1",
        "？",
        "...",
        "好",
        "好的。",
        "OK",
        "在吗?",
        "😀",
        "[微笑]",
        "/::)",
        "第一个",
        "更多",
        "７５",
    ],
)
def test_these_only_ask_for_the_answer(words, text):
    assert words.is_poke(text)


@pytest.mark.parametrize(
    "text", ["上海呢", "余额怎么查", "我妈75", "怎么办", "取钱", "12393是什么"]
)
def test_these_are_questions(words, text):
    assert not words.is_poke(text)
