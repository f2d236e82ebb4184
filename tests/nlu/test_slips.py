"""Words with one character mistaken for another."""

import pytest
import yaml

from benchmarks.questions import training_examples
from nlu.normalizer import Normalizer
from nlu.slips import LOOKALIKES, phrases

NORMALIZER = Normalizer.load()


@pytest.mark.parametrize(
    ("typed", "text"),
    [
        ("匠保卡佘额怎么杳询", "医保卡余额怎么查询"),
        ("家庭共齐怎么梆定", "家庭共济怎么绑定"),
        ("各案要什么村料", "备案要什么材料"),
        ("异地就依要去往院", "异地就医要去住院"),
        ("退休仁员返钱吗", "退休人员返钱吗"),
        ("冢廷共济", "家庭共济"),
        ("医保卡里的钱能体现吗", "医保卡里的钱能提现吗"),
        ("转针要什么", "转诊要什么"),
        ("岳毋能用吗", "岳母能用吗"),
        # 这些字没有写错
        ("准备安装", "准备安装"),
        ("各账户都查", "各账户都查"),
        ("能走医保吗", "能走医保吗"),
        ("全额自费", "全额自费"),
        ("申请单位证明", "申请单位证明"),
        ("部门针对这个", "部门针对这个"),
        ("一张户口本", "一张户口本"),
        ("遵义地区", "遵义地区"),
        ("尤其济南", "尤其济南"),
        ("就医保报销程序", "就医保报销程序"),
        ("问题现在解决了", "问题现在解决了"),
        ("这体现了公平", "这体现了公平"),
        ("支付报销的钱", "支付报销的钱"),
        ("用医保钱报销", "用医保钱报销"),
    ],
)
def test_a_mistaken_character_is_put_right(typed: str, text: str) -> None:
    assert NORMALIZER(typed) == text


def test_a_right_word_is_left_alone() -> None:
    data = yaml.safe_load(LOOKALIKES.read_text(encoding="utf-8"))
    for word in [*data["words"].split(), *data["never"].split()]:
        assert NORMALIZER(word) == word


def test_no_mistake_is_a_common_word() -> None:
    jieba = pytest.importorskip("jieba")
    jieba.setLogLevel(60)
    jieba.initialize()
    common = {
        phrase.text: phrase.value
        for phrase in phrases()
        if phrase.value and jieba.dt.FREQ.get(phrase.text, 0) > 100
    }
    # 意思一样的另一种写法
    same = {"帐户", "帐号", "入帐", "记帐", "帐单", "进帐", "纪录", "身分证", "个人帐户"}
    assert set(common) <= same, common


def test_hardly_any_training_sentence_is_changed() -> None:
    # Most are right as they stand; a rule that fires more often takes right words for wrong ones.
    wrong = {phrase.text for phrase in phrases() if phrase.value}
    texts = [text for text, _ in training_examples()]
    changed = [text for text in texts if any(each in text for each in wrong)]
    assert len(changed) < len(texts) / 200, changed
