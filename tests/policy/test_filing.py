"""How two places lie to each other, and the pacts between places."""

from pathlib import Path

import pytest

import policy.filing as filing
from policy.filing import NO_PACT, Pact, journey, pact_errors, pacts
from policy.regions import Regions

BEIJING, TIANJIN, CHAOYANG = "110000", "120000", "110105"
CHONGQING, CHENGDU, MIANYANG = "500000", "510100", "510700"
QINGPU, WUJIANG, SHANGHAI = "310118", "320509", "310000"


@pytest.fixture(scope="module")
def regions() -> Regions:
    return Regions.load()


@pytest.mark.parametrize(
    ("insured", "treated", "kind", "pact"),
    [
        (CHAOYANG, BEIJING, "same_city", NO_PACT),
        (MIANYANG, CHENGDU, "same_province", NO_PACT),
        (SHANGHAI, BEIJING, "cross_province", NO_PACT),
        (CHAOYANG, TIANJIN, "cross_province", "jjj"),
        (QINGPU, WUJIANG, "cross_province", "demonstration"),
        (CHONGQING, MIANYANG, "cross_province", "chongqing"),
        (CHENGDU, CHONGQING, "cross_province", "chengdu"),
        # Only who is insured in Chengdu is spared, not in any other town of its province.
        (MIANYANG, CHONGQING, "cross_province", NO_PACT),
        (SHANGHAI, WUJIANG, "cross_province", NO_PACT),
    ],
)
def test_a_journey(insured: str, treated: str, kind: str, pact: str, regions: Regions) -> None:
    found = journey(insured, treated, regions)
    assert [name for name in filing.KINDS if found[name] == "true"] == [kind]
    assert all(found[name] == "false" for name in filing.KINDS if name != kind)
    assert found["region_pact"] == pact


def test_every_place_of_a_pact_exists(regions: Regions, monkeypatch: pytest.MonkeyPatch) -> None:
    assert list(pact_errors(regions)) == []
    wrong = {**pacts(), "jjj": Pact(insured=("110000", "999999"), treated=("120000",))}
    monkeypatch.setattr(filing, "pacts", lambda: wrong)
    (error,) = pact_errors(regions)
    assert "999999" in str(error)
    assert Path("filing/pacts.yml").name in str(error)
