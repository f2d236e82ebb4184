"""Contribution base and pension."""

import pytest

from nlu.money import MoneyFinder
from nlu.normalizer import Normalizer

NORMALIZER = Normalizer.load()
FINDER = MoneyFinder()


@pytest.mark.parametrize(
    ("sentence", "found"),
    [
        ("缴费基数8000", [("base", "8000")]),
        ("我工资六千五，每月划多少", [("base", "6500")]),
        ("基数1.2万每月划多少", [("base", "12000")]),
        ("工资8k", [("base", "8000")]),
        ("月薪一万二", [("base", "12000")]),
        ("基数8,000元", [("base", "8000")]),
        ("税前15000", [("base", "15000")]),
        ("8000的基数能划多少", [("base", "8000")]),
        ("按8000交的社保", [("base", "8000")]),
        ("工资6500.5", [("base", "6500.5")]),
        ("医保基数一万零五百", [("base", "10500")]),
        ("工资６５００", [("base", "6500")]),
        ("我缴费基数是九千八", [("base", "9800")]),
        ("月收入两万", [("base", "20000")]),
        ("工资7千，灵活就业", [("base", "7000")]),
        ("基数6千5", [("base", "6500")]),
        ("养老金4200", [("pension", "4200")]),
        ("退休金四千二，医保返多少", [("pension", "4200")]),
        ("退休工资6千5", [("pension", "6500")]),
        ("每月养老金3800元", [("pension", "3800")]),
        ("我养老金涨到4300了", [("pension", "4300")]),
        ("拿5000块的退休金", [("pension", "5000")]),
        # 约数不拿来算
        ("我工资3000多", []),
        ("养老金3000左右", []),
        # 不是每月的基数
        ("工资的2%", []),
        ("基数按60%交", []),
        ("缴费基数是2024年的吗", []),
        ("工资2025年涨了", []),
        ("年薪12万", []),
        ("工资一年10万", []),
        ("养老金一年5万", []),
        ("工资涨了300块", []),
        ("平均养老金3700乘3%", []),
        ("每月返100", []),
        ("养老金和工资一样吗", []),
        ("按75岁算", []),
        ("住院花了8000", []),
        ("余额8000", []),
        ("工资什么时候发", []),
    ],
)
def test_amounts_are_found(sentence: str, found: list[tuple[str, str]]) -> None:
    entities = FINDER.find(NORMALIZER(sentence))
    assert [(each["entity"], each["value"]) for each in entities] == found
