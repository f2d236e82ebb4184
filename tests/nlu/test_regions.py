"""Regions as entities, and their roles by the sentences written out in roles.yml."""

from pathlib import Path

import pytest
import yaml

from nlu.normalizer import Normalizer
from nlu.regions import RegionReader

TABLE = yaml.safe_load((Path(__file__).parent / "roles.yml").read_text(encoding="utf-8"))
ROWS = [(row[0], row[1:]) for row in TABLE["roles"]]
SHORT = {
    "insured": "i", "treated": "t", "relative": "r", "origin": "o", "former": "f", None: "-",
}  # fmt: skip
NORMALIZER = Normalizer.load()
READER = RegionReader.load()


def _roles(sentence: str) -> list[str]:
    found = READER.find(NORMALIZER(sentence))
    return [f"{each['text']}/{SHORT[each.get('role')]}" for each in found]


def test_there_are_enough_sentences_with_two_regions() -> None:
    assert sum(len(roles) >= 2 for _, roles in ROWS) >= 60
    assert len({sentence for sentence, _ in ROWS}) == len(ROWS)


@pytest.mark.parametrize(("sentence", "roles"), ROWS, ids=[row[0] for row in ROWS])
def test_each_region_gets_its_role(sentence: str, roles: list[str]) -> None:
    assert _roles(sentence) == [NORMALIZER(role) for role in roles]


def test_an_ambiguous_name_carries_all_its_candidates() -> None:
    (found,) = READER.find("朝阳医保每月返多少")
    assert found["value"].split("|")[:2] == ["110105", "211300"]


def test_a_pool_comes_with_its_region() -> None:
    (found,) = READER.find("甘肃省直退休的每月多少")
    assert (found["value"], found["pool"], found["text"]) == ("620000", "省直", "甘肃省直")


def test_a_pool_without_a_region_is_an_entity_of_its_own() -> None:
    (found,) = READER.find("哦是省直的")
    assert (found["entity"], found["value"]) == ("pool", "省直")


def test_a_region_that_contains_another_one_gives_way_to_it() -> None:
    found = READER.find("我是江苏的,在扬州退休的")
    assert [each["value"] for each in found] == ["321000", "321000"]


def test_a_province_keeps_its_own_role_beside_its_city() -> None:
    found = READER.find("山东的医保,去济南看病")
    assert [(each["value"], each["role"]) for each in found] == [
        ("370000", "insured"),
        ("370100", "treated"),
    ]


def test_offsets_point_at_the_text() -> None:
    text = "我是扬州的,在上海住院"
    for each in READER.find(text):
        assert text[each["start"] : each["end"]] == each["text"]
