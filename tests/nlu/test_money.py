"""Contribution base, wage, pension and amounts stated otherwise."""

import pytest

from nlu.money import MoneyFinder
from nlu.normalizer import Normalizer

NORMALIZER = Normalizer.load()
FINDER = MoneyFinder()


@pytest.mark.parametrize(
    ("sentence", "found"),
    [
        ("缴费基数8000", [("base", "8000")]),
        ("我工资六千五，每月划多少", [("wage", "6500")]),
        ("基数1.2万每月划多少", [("base", "12000")]),
        ("工资8k", [("wage", "8000")]),
        ("月薪一万二", [("wage", "12000")]),
        ("基数8,000元", [("base", "8000")]),
        ("税前15000", [("wage", "15000")]),
        ("8000的基数能划多少", [("base", "8000")]),
        ("按8000交的社保", [("base", "8000")]),
        ("工资6500.5", [("wage", "6500.5")]),
        ("医保基数一万零五百", [("base", "10500")]),
        ("工资６５００", [("wage", "6500")]),
        ("我缴费基数是九千八", [("base", "9800")]),
        ("月收入两万", [("wage", "20000")]),
        ("工资7千，灵活就业", [("wage", "7000")]),
        ("基数6千5", [("base", "6500")]),
        ("养老金4200", [("pension", "4200")]),
        ("退休金四千二，医保返多少", [("pension", "4200")]),
        ("退休工资6千5", [("pension", "6500")]),
        ("每月养老金3800元", [("pension", "3800")]),
        ("我养老金涨到4300了", [("pension", "4300")]),
        ("拿5000块的退休金", [("pension", "5000")]),
        # 约数是一段；说个大概的不拿来算
        ("我工资3000多", [("wage", "3000-3999")]),
        ("工资6000-7000", [("wage", "6000-7000")]),
        ("养老金3000左右", [("amount", "3000")]),
        # 说一年的，除以十二；不是基数和工资的，是别的钱，或者不是钱
        ("工资的2%", []),
        ("基数按60%交", []),
        ("缴费基数是2024年的吗", []),
        ("工资2025年涨了", []),
        ("年薪12万", [("wage", "10000")]),
        ("工资一年10万", [("wage", "8333.33")]),
        ("养老金一年5万", [("pension", "4166.67")]),
        ("工资涨了300块", [("amount", "300")]),
        ("平均养老金3700乘3%", []),
        ("每月返100", [("amount", "100")]),
        ("养老金和工资一样吗", []),
        ("按75岁算", []),
        ("住院花了8000", [("amount", "8000")]),
        ("余额8000", [("amount", "8000")]),
        ("工资什么时候发", []),
    ],
)
def test_amounts_are_found(sentence: str, found: list[tuple[str, str]]) -> None:
    entities = FINDER.find(NORMALIZER(sentence))
    assert [(each["entity"], each["value"]) for each in entities] == found
