"""An answer from an entry and its facts: what is said, in which order, and what is folded."""

from datetime import date
from decimal import Decimal
from pathlib import Path

import msgspec
import pytest

from dialogue.blocks import Answer, Block
from dialogue.planning import MOST_CAUSES, MOST_SHOWN, Case, Planner
from dialogue.wording import Spec, Variant, Wording
from policy.facts import Fact, FactBook, Placed, Source, Value
from policy.lookup import Policy
from policy.regions import Regions
from policy.yamlfile import Document

KEY = "balance_query"
BEIJING, CHAOYANG, SHANGHAI, NATIONAL = "110000", "110105", "310000", "000000"
SOURCES = {
    "S-O": Source(publisher="某局", kind="official", date="2024"),
    "S-A": Source(publisher="某号", kind="article"),
}


def fact(name: str, **more: object) -> Fact:
    fields = {
        "id": name,
        "topic": "balance",
        "aspects": (),
        "region": NATIONAL,
        "text": f"{name}的话。",
        "firmness": "state",
        "source": "S-O",
        "checked_on": "2026-11-28",
        "review_after": "2027-11-28",
    }
    return Fact(**(fields | more))


@pytest.fixture
def plan(wording: Wording, tmp_path: Path):
    """Plans one entry over some facts."""
    empty = tmp_path / "facts.yml"
    empty.write_text("{}", encoding="utf-8")
    document = Document(empty)

    def planned(spec: Spec, *facts: Fact, case: Case | None = None) -> Answer:
        book = FactBook([Placed(each, document, 0) for each in facts], SOURCES)
        policy = Policy(book, Regions.load(), lambda: date(2026, 12, 1))
        answers = {KEY: spec}
        known = Wording(answers, wording.templates, wording.aspects, {}, {})
        return Planner(policy, known).plan(KEY, case or Case())

    return planned


def texts(answer: Answer, kind: str, folded: bool = False) -> list[str]:
    return [b.text for b in answer.blocks if b.kind == kind and b.folded == folded]


def test_decision_facts_trust_phone_in_this_order(plan) -> None:
    spec = Spec(lead="能查。", facts=("F-1",), more=("F-2",), extra="末句。")
    answer = plan(spec, fact("F-1", caveat="留心。"), fact("F-2"))
    kinds = [block.kind for block in answer.shown()]
    assert kinds == ["decision", "rule", "caveat", "note", "trust", "phone"]
    assert answer.lead == "能查。"
    assert texts(answer, "rule") == ["F-1的话。"]
    assert texts(answer, "rule", folded=True) == ["F-2的话。"]
    assert [block.publisher for block in answer.folded() if block.kind == "source"] == ["某局"]
    assert answer.facts == ("F-1", "F-2")


def test_no_more_facts_are_shown_than_one_reads_and_none_is_lost(plan) -> None:
    facts = [fact(f"F-{number}") for number in range(5)]
    answer = plan(Spec(lead="能。", facts=tuple(each.id for each in facts)), *facts)
    shown, folded = texts(answer, "rule"), texts(answer, "rule", folded=True)
    assert len(shown) == MOST_SHOWN
    assert [*shown, *folded] == [each.text for each in facts]


def test_a_place_speaks_before_the_country_and_the_nearest_first(plan) -> None:
    spec = Spec(lead="能。", facts=("F-N",))
    city = fact("F-C", region=BEIJING, aspects=(KEY,), steps=("到窗口",))
    facts = (fact("F-N", steps=("打开App",)), city)
    there = plan(spec, *facts, case=Case(region=CHAOYANG))
    assert len(texts(there, "rule")) == 1
    assert "北京" in texts(there, "rule")[0]
    assert texts(there, "step") == ["到窗口"]
    assert texts(there, "rule", folded=True) == ["F-N的话。"]
    for elsewhere in (Case(region=SHANGHAI), Case()):
        answer = plan(spec, *facts, case=elsewhere)
        assert texts(answer, "rule") == ["F-N的话。"]
        assert texts(answer, "step") == ["打开App"]
        assert "北京" not in "".join(block.text for block in answer.blocks)


def test_causes_that_fit_come_first_and_those_that_cannot_be_are_left_out(plan) -> None:
    causes = (
        fact("C-ANY", sign="看明细。", remedy="打电话。"),
        fact("C-FLEX", population="flexible"),
        fact("C-RET", population="retired"),
    )
    spec = Spec(lead="多半是这几样。", causes=tuple(each.id for each in causes))
    unknown = plan(spec, *causes)
    assert [b.text[:4] for b in unknown.blocks if b.kind == "cause"] == ["C-AN", "C-FL", "C-RE"]
    first = next(block for block in unknown.blocks if block.kind == "cause")
    assert first.text == "C-ANY的话。看明细。打电话。"
    assert (first.sign, first.remedy) == ("看明细。", "打电话。")
    retired = plan(spec, *causes, case=Case(population="retired"))
    assert "C-FLEX的话。" not in texts(retired, "cause")
    assert "C-RET的话。" in texts(retired, "cause")


def test_no_more_causes_than_three(plan) -> None:
    causes = [fact(f"C-{number}") for number in range(5)]
    answer = plan(Spec(lead="几样。", causes=tuple(each.id for each in causes)), *causes)
    assert texts(answer, "cause") == [each.text for each in causes[:MOST_CAUSES]]


@pytest.mark.parametrize("doubts", [False, True])
def test_what_an_article_claims_is_unfolded_only_for_who_asks(plan, doubts: bool) -> None:
    claim = fact("F-A", firmness="claim", source="S-A", warning="别当真。")
    spec = Spec(lead="没有这个说法。", claims=("F-A",))
    answer = plan(spec, claim, case=Case(doubts=doubts))
    (said,) = [block for block in answer.blocks if block.kind == "claim"]
    assert said.folded is not doubts
    assert "F-A的话" in said.text
    assert said.text.endswith("别当真。")
    assert texts(answer, "rule") == []


def test_an_overdue_fact_says_so(plan) -> None:
    late = fact("F-1", review_after="2026-11-30", checked_on="2026-09-01")
    (warned,) = texts(plan(Spec(lead="能。", facts=("F-1",)), late), "caveat")
    assert "2026年9月1日" in warned
    assert texts(plan(Spec(lead="能。", facts=("F-1",)), fact("F-1")), "caveat") == []


def test_a_fact_that_no_longer_holds_is_not_said(plan) -> None:
    over = fact("F-1", effective_to="2026-11-30")
    answer = plan(Spec(lead="能。", facts=("F-1",)), over)
    assert answer.facts == ()
    assert [block.kind for block in answer.blocks] == ["decision", "phone"]


def test_figures_are_put_into_the_sentence(plan) -> None:
    value = Value(amount=Decimal("94.750"), unit="元", period="月", kind="gross")
    answer = plan(Spec(facts=("F-1",)), fact("F-1", text="每月{0}元。", values=(value,)))
    assert answer.lead == "每月94.75元。"
    assert answer.blocks[0].kind == "decision"


def test_trust_names_the_kind_of_the_source_and_the_month_of_the_check(plan, wording) -> None:
    answer = plan(Spec(lead="能。", facts=("F-1",)), fact("F-1"))
    (trust,) = [block for block in answer.blocks if block.kind == "trust"]
    assert trust.label == wording.templates.trust["official"]
    assert trust.date == "2026-11"
    assert "2026年11月" in trust.text
    article = plan(Spec(lead="能。", facts=("F-1",)), fact("F-1", source="S-A"))
    (weak,) = [block for block in article.blocks if block.kind == "trust"]
    assert weak.label != trust.label


def test_a_variant_answers_the_case_that_it_is_for(plan) -> None:
    spec = Spec(lead="能。", variants=(Variant(when={"relation": "parent_in_law"}, lead="不能。"),))
    assert plan(spec, case=Case(facets={"relation": "parent_in_law"})).lead == "不能。"
    assert plan(spec, case=Case(facets={"relation": "parent"})).lead == "能。"


def test_without_a_place_one_is_asked_for_and_a_place_without_facts_is_told(plan, wording) -> None:
    spec = Spec(lead="看地方。", facts=("F-N",), ask_region=True)
    assert texts(plan(spec, fact("F-N")), "note") == [wording.say("tell_region")]
    there = plan(spec, fact("F-N"), case=Case(region=SHANGHAI))
    assert texts(there, "note") == [wording.say("no_local", region="上海")]
    local = fact("F-S", region=SHANGHAI, aspects=(KEY,))
    assert texts(plan(spec, fact("F-N"), local, case=Case(region=SHANGHAI)), "note") == []


def test_nobody_is_sent_to_the_hotline_where_it_does_not_help(plan) -> None:
    spec = Spec(lead="能。")
    assert plan(spec).blocks[-1] == Block(kind="phone", text="12393")
    quiet = plan(msgspec.structs.replace(spec, contact="none"))
    assert "phone" not in [block.kind for block in quiet.blocks]


def test_a_fact_for_another_case_is_left_out_and_one_for_an_unknown_case_is_not(plan) -> None:
    within = fact("F-1", region=BEIJING, aspects=(KEY,), when={"same_city": "true"})
    for known, said in (("true", True), ("false", False), (None, True)):
        facets = {"same_city": known} if known else {}
        answer = plan(Spec(lead="能查。"), within, case=Case(region=BEIJING, facets=facets))
        assert ("北京：F-1的话。" in texts(answer, "rule")) == said


def test_a_local_rule_without_steps_leaves_those_of_the_whole_country(plan) -> None:
    spec = Spec(lead="这样查。", facts=("F-N",))
    steps = fact("F-N", steps=("打开App", "点余额"))
    here = fact("F-1", region=BEIJING, aspects=(KEY,))
    answer = plan(spec, steps, here, case=Case(region=BEIJING))
    assert texts(answer, "rule") == ["北京：F-1的话。"]
    assert texts(answer, "step") == ["打开App", "点余额"]


def test_steps_on_hearsay_do_not_push_out_those_of_an_office(plan) -> None:
    spec = Spec(lead="这样查。", facts=("F-N",))
    official = fact("F-N", steps=("打开App",))
    heard = fact("F-1", region=BEIJING, aspects=(KEY,), firmness="hedge", steps=("问邻居",))
    answer = plan(spec, official, heard, case=Case(region=BEIJING))
    assert texts(answer, "step") == ["打开App"]
    alone = plan(Spec(lead="这样查。"), heard, case=Case(region=BEIJING))
    assert texts(alone, "step") == ["问邻居"]


def test_who_says_where_they_are_insured_hears_if_nothing_is_known_of_it(
    policy: Policy, wording: Wording
) -> None:
    planner = Planner(policy, wording)
    here = Case(region="130200")

    def notes(key: str, case: Case) -> list[str]:
        answer = planner.plan(key, case)
        placed = planner.placed(answer, case)
        return [b.text for b in placed.blocks if b not in answer.blocks]

    assert planner.local("balance_query", here) == []
    assert notes("balance_query", here) == [wording.say("no_local", region="唐山")]
    assert notes("balance_query", Case()) == []
    # A diagnosis is the same everywhere.
    assert notes("balance_zero", here) == []


def test_who_is_away_hears_the_area_code_to_dial(plan) -> None:
    here = Case(region=CHAOYANG, area="010")
    phones = [b.label for b in plan(Spec(lead="能。"), case=here).blocks if b.kind == "phone"]
    away = msgspec.structs.replace(here, away=True)
    dialled = [b.label for b in plan(Spec(lead="能。"), case=away).blocks if b.kind == "phone"]
    assert (phones, dialled) == ([None], ["010"])
    note = texts(plan(Spec(lead="打热线。", dialled=True), case=here), "note")
    assert len(note) == 1
    assert "010-12393" in note[0]
