"""What reading a message costs, step by step."""

import time
from collections.abc import Callable

import pytest

from nlu.ages import AgeFinder
from nlu.lexicon import Lexicons
from nlu.money import MoneyFinder
from nlu.normalizer import Normalizer
from nlu.regions import RegionReader

TEXT = "我妈七十五岁了在江苏省扬州市退休的,工资六千五,想问去上海住院要不要备案"
STEPS: dict[str, Callable[[str], object]] = {
    "normalizer": Normalizer.load(),
    "regions": RegionReader.load().find,
    "ages": AgeFinder().find,
    "money": MoneyFinder().find,
    "lexicon": Lexicons.load().find,
}


@pytest.mark.parametrize("step", sorted(STEPS))
def test_a_step_costs_far_less_than_a_message_may(step: str) -> None:
    costs = []
    for _ in range(20):
        start = time.process_time()
        for _ in range(50):
            STEPS[step](TEXT)
        costs.append((time.process_time() - start) / 50)
    print(f"{step}: {min(costs) * 1000:.3f} ms")
    assert min(costs) < 0.002


def test_ten_thousand_characters_take_no_second() -> None:
    text = TEXT * 250
    start = time.process_time()
    for step in STEPS.values():
        step(text)
    assert time.process_time() - start < 1
