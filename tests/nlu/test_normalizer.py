"""Normalising what people type."""

import pytest
import yaml

from nlu.normalizer import TYPOS, Normalizer
from policy.region_names import forms
from policy.regions import Regions

NORMALIZER = Normalizer.load()


@pytest.mark.parametrize(
    ("typed", "text"),
    [
        ("醫保卡可以給家人用嗎", "医保卡可以给家人用吗"),
        ("衣保卡于额怎么查", "医保卡余额怎么查"),
        ("帐户里没钱", "账户里没钱"),
        ("医宝卡", "医保卡"),
        ("社宝卡怎么查", "社保卡怎么查"),
        ("家庭共剂", "家庭共济"),
        ("家庭公济怎么办", "家庭共济怎么办"),
        ("异地报备案", "异地备案"),
        ("每月返宽多少", "每月返款多少"),
        ("要带身份正吗", "要带身份证吗"),
        ("７５岁", "75岁"),
        ("APP怎么下", "app怎么下"),
        ("余额怎么查？？？", "余额怎么查?"),
        ("没到账！！！！", "没到账!"),
        ("咋办？！？！", "咋办?"),
        ("余额。。。。。。", "余额。"),
        ("我妈👵75岁", "我妈 75岁"),
        ("医保\u200b卡", "医保卡"),
        ("医保\x00卡\x07", "医保卡"),
        ("医保❤️卡", "医保 卡"),
        ("  余额   查询  ", "余额 查询"),
        ("余额\n查询", "余额 查询"),
        ("医 保 卡 余 额", "医保卡余额"),
        ("查查查查查查余额", "查查余额"),
        ("成都→北京", "成都到北京"),
        ("乾县医保", "乾县医保"),
        ("乾安縣醫保", "乾安县医保"),
        ("瀋陽", "沈阳"),
        ("甯夏", "宁夏"),
        ("", ""),
        ("👍", ""),
        ("？？？", "?"),
        # 这些字没有写错
        ("大衣保暖", "大衣保暖"),
        ("由于额度不够", "由于额度不够"),
        ("身份正常", "身份正常"),
        ("提供济南的", "提供济南的"),
        ("医保马上到账", "医保马上到账"),
        ("异地就一次", "异地就一次"),
        ("准备按时交", "准备按时交"),
        ("误差询问", "误差询问"),
        ("提线木偶", "提线木偶"),
        ("划人数", "划人数"),
    ],
)
def test_a_message_is_normalised(typed: str, text: str) -> None:
    assert NORMALIZER(typed) == text


def test_normalising_twice_changes_nothing() -> None:
    for typed in ("醫保卡！！！", "衣保卡 于额👵", "７５岁。。。", "医 保 卡 余 额", "成都→北京"):
        once = NORMALIZER(typed)
        assert NORMALIZER(once) == once


def test_no_name_of_a_region_is_changed() -> None:
    for region in Regions.load():
        for form, _ in forms(region.full_name, region.level):
            assert NORMALIZER(f"我是{form}的") == f"我是{form}的"


def test_a_correction_is_not_corrected_again() -> None:
    typos = yaml.safe_load(TYPOS.read_text(encoding="utf-8"))
    for right in typos.values():
        text = right if isinstance(right, str) else right["to"]
        assert NORMALIZER(text) == text


def test_ten_thousand_characters_are_no_trouble() -> None:
    assert len(NORMALIZER("医保卡余额怎么查，" * 1200)) == len("医保卡余额怎么查,") * 1200


@pytest.mark.parametrize(
    ("typed", "text"),
    [
        ("阳洲退休", "扬州退休"),
        ("沈洋医保", "沈阳医保"),
        ("外神看病", "外省看病"),
        ("医保共计绑定", "医保共济绑定"),
        ("咋恁少", "怎么这么少"),
        ("啥辰光到账", "什么时候到账"),
        ("幾多錢", "多少钱"),
        ("里向钞票好拿出来伐", "里向钞票好拿出来吗"),
        # 本来就对的
        ("株洲医保", "株洲医保"),
        ("欧洲", "欧洲"),
        ("医保共计花了300", "医保共计花了300"),
        ("要伐木", "要伐木"),
        ("高中不中考", "高中不中考"),
    ],
)
def test_homophones_of_places_and_words_of_dialects(typed: str, text: str) -> None:
    assert NORMALIZER(typed) == text
