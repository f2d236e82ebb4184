"""The measuring instruments themselves."""

import pytest

from benchmarks.folds import folds, groups
from benchmarks.scoring import F1, Rate, bins, expected_calibration_error, rate


def test_the_interval_is_wilson_s() -> None:
    low, high = Rate(97, 100).interval
    assert low == pytest.approx(0.9155, abs=1e-3)
    assert high == pytest.approx(0.9897, abs=1e-3)


def test_nothing_measured_says_nothing() -> None:
    assert Rate(0, 0).share == 0
    assert Rate(0, 0).interval == (0.0, 1.0)


def test_rates_add_up() -> None:
    assert rate([True, False]) + rate([True]) == Rate(2, 3)


def test_f1_counts_missed_and_wrong_alike() -> None:
    assert F1(hits=8, missed=2, wrong=2).value == pytest.approx(0.8)
    assert F1(hits=8, missed=4, wrong=0).value == F1(hits=8, missed=0, wrong=4).value


def test_honest_confidence_has_no_calibration_error() -> None:
    found = bins([0.75] * 4, [True, True, True, False])
    assert expected_calibration_error(found) == pytest.approx(0.0)
    overconfident = bins([1.0] * 4, [True, True, False, False])
    assert expected_calibration_error(overconfident) == pytest.approx(0.5)


def test_near_duplicates_stay_in_one_group_and_one_fold() -> None:
    texts = ["医保卡余额怎么查", "医保卡余额怎么查呢", "今天天气好"]
    texts += ["备案要什么材料", "备案需要什么材料"]
    found = groups(texts)
    assert found[0] == found[1] != found[2]
    assert found[3] == found[4]
    fold = folds(texts, ["a", "a", "b", "c", "c"], number=2)
    assert fold[0] == fold[1]
    assert fold[3] == fold[4]
