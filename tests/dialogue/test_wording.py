"""The reply files: reading them, variants, and each mistake with its file, line and field."""

import shutil
from pathlib import Path

import pytest

from dialogue.assistant import SAME
from dialogue.wording import Aspect, Variant, Wording
from dialogue.wording_checks import wording_errors
from policy.lookup import Policy
from policy.yamlfile import DataError
from tests.policy.table import DATA, ROOT, intents, read

LONGEST_ASK = 16
LONGEST_LEAD = 40
INTENTS = intents()
ASPECT = Aspect(
    lead="平常",
    facts=("F-1",),
    extra="末句",
    variants=(
        Variant(when={"channel": "wechat", "population": "retired"}, lead="微信又退休"),
        Variant(when={"channel": ["wechat", "alipay"]}, lead="微信或支付宝", facts=(), extra=""),
        Variant(when={"channel": "phone"}, local=False),
    ),
)


@pytest.mark.parametrize(
    ("case", "lead"),
    [
        ({}, "平常"),
        ({"channel": "hall"}, "平常"),
        ({"channel": "wechat"}, "微信或支付宝"),
        ({"channel": "alipay"}, "微信或支付宝"),
        ({"channel": "wechat", "population": "retired"}, "微信又退休"),
        ({"channel": "wechat", "population": "employed"}, "微信或支付宝"),
        ({"population": "retired"}, "平常"),
    ],
)
def test_the_first_variant_that_holds_altogether(case: dict[str, str], lead: str) -> None:
    assert ASPECT.for_case(case).lead == lead


def test_a_variant_changes_only_what_it_names() -> None:
    changed = ASPECT.for_case({"channel": "alipay"})
    assert (changed.facts, changed.extra, changed.local) == ((), "", True)
    changed = ASPECT.for_case({"channel": "phone"})
    assert (changed.lead, changed.facts, changed.local) == ("平常", ("F-1",), False)
    assert ASPECT.for_case({"channel": "wechat", "population": "retired"}).extra == "末句"


def test_a_sentence_is_filled(wording: Wording) -> None:
    assert wording.say("age_between", low=60, high=69) == "60–69 岁"
    with pytest.raises(KeyError):
        wording.say("no_such_sentence")
    with pytest.raises(KeyError):
        wording.say("age_between", low=60)


# —— the real files ——


def test_the_real_files_have_no_mistakes(wording: Wording, policy: Policy) -> None:
    assert [str(error) for error in wording_errors(wording, policy.book, INTENTS)] == []


def test_buttons_are_short_and_different(wording: Wording) -> None:
    asks = [aspect.ask for aspect in wording.aspects.values() if aspect.ask]
    assert [ask for ask in asks if len(ask) > LONGEST_ASK] == []
    assert len(set(asks)) == len(asks)


def test_first_lines_are_short(wording: Wording) -> None:
    leads = [
        lead
        for aspect in wording.aspects.values()
        for lead in (aspect.lead, *(variant.lead or "" for variant in aspect.variants))
    ]
    assert [lead for lead in leads if len(lead) > LONGEST_LEAD] == []


def test_every_condition_can_come_true(wording: Wording) -> None:
    """A misspelt facet or value in ``when`` would never hold."""
    lexicons = {
        name: set(read(ROOT / "nlu/lexicon" / f"{name}.yml")["values"])
        for name in ("channel", "smartphone", "item", "visit", "hotline", "relation")
    }
    lexicons["relation"] |= set(read(DATA / "sharing/relatives.yml")["relatives"])
    known = lexicons | {
        "population": {
            "retired", "retired_unit", "retired_flexible", "retired_public", "retired_enterprise",
            "veteran", "employed", "flexible", "resident",
        },
        "relative_counts": {"yes", "no"},
        "cash_region": {"beijing", "tianjin"},
        "region_pact": {"jjj"},
        "region_known": {"true", "false"},
        "local_answer": {"none", "text", "steps"},
        "treated_known": {"true", "false"},
        "same_city": {"true"},
        "same_province": {"true"},
        "cross_province": {"true"},
    }  # fmt: skip
    for intent, aspect in wording.aspects.items():
        for variant in aspect.variants:
            for facet, want in variant.when.items():
                assert facet in known, f"{intent}: {facet}"
                wanted = set(want if isinstance(want, list) else [want])
                assert wanted <= known[facet], f"{intent}: {facet} {wanted - known[facet]}"


def test_follow_ups_lead_to_answers(wording: Wording) -> None:
    templates = wording.templates
    assert set(templates.followups) <= INTENTS
    for by_topic in templates.followups.values():
        assert set(templates.topics) <= set(by_topic) <= {*templates.topics, *wording.aspects}
        assert set(by_topic.values()) <= {*wording.aspects, SAME}


def test_every_kind_of_person_has_a_name(wording: Wording) -> None:
    from typing import get_args

    from policy.facts import Population

    assert set(wording.templates.populations) == set(get_args(Population))
    relations = set(read(ROOT / "nlu/lexicon/relation.yml")["values"])
    assert relations <= set(wording.templates.persons)


# —— mistakes ——


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    return Path(shutil.copytree(DATA, tmp_path / "data"))


def broken(copy: Path, file: str, old: str, new: str) -> int:
    """Change one place of a file; the line of the change."""
    path = copy / file
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    return text[: text.index(old)].count("\n") + 1


def mistakes(copy: Path, policy: Policy, intents: set[str] = INTENTS) -> list[DataError]:
    try:
        return list(wording_errors(Wording.load(copy), policy.book, intents))
    except DataError as error:
        return [error]


NET = "credit_net:\n  ask: 到账为什么少几块钱"
INTEREST = "usage_interest:\n  ask: 医保余额有利息吗\n  lead: 有，"


@pytest.mark.parametrize(
    ("file", "old", "new", "field", "says"),
    [
        ("credit/answers.yml", NET, NET.replace("ask", "aks"), "credit_net.aks", "unknown"),
        ("credit/answers.yml", NET, f"{NET}\n  facts: [F-NO-1]", "credit_net.facts", "F-NO-1"),
        ("credit/answers.yml", NET, f"{NET}\n  claims: [S9-1]", "credit_net.facts", "S9-1"),
        ("credit/answers.yml", NET, f"{NET}，比我原来以为的少了那么多", "credit_net.ask", "20"),
        ("usage/answers.yml", INTEREST, f"{INTEREST}有 100 元，", "usage_interest", "100 元"),
        ("usage/answers.yml", INTEREST, f"{INTEREST}有 2.5%，", "usage_interest", "2.5%"),
    ],
)
def test_a_mistake_in_a_reply_is_named(
    copy: Path, policy: Policy, file: str, old: str, new: str, field: str, says: str
) -> None:
    line = broken(copy, file, old, new)
    found = mistakes(copy, policy)
    named = [error for error in found if error.field == field and says in str(error)]
    assert named, "\n".join(map(str, found))
    assert named[0].file == copy / file
    assert named[0].line in (line, line + 1)


def test_a_question_offered_that_does_not_exist_is_named(copy: Path, policy: Policy) -> None:
    line = broken(
        copy, "credit/answers.yml", "credit_compare:\n", "credit_compare:\n  next: [credit_x]\n"
    )
    path = copy / "credit/answers.yml"
    text = path.read_text(encoding="utf-8")
    start = text.index("credit_compare:\n")
    rest = text[start:].replace("  next: [credit_amount, credit_rule", "  # [credit_amount, ", 1)
    path.write_text(text[:start] + rest, encoding="utf-8")
    (error,) = [each for each in mistakes(copy, policy) if "credit_x" in str(each)]
    assert error.file == copy / "credit/answers.yml"
    assert (error.line, error.field) == (line, "credit_compare.next")


def test_an_intent_without_an_answer_is_named(copy: Path, policy: Policy) -> None:
    found = mistakes(copy, policy, INTENTS | {"credit_brand_new"})
    assert [error.field for error in found] == ["credit_brand_new"]


def test_an_answer_that_says_nothing_is_named(copy: Path, policy: Policy) -> None:
    path = copy / "balance/answers.yml"
    text = path.read_text(encoding="utf-8") + "balance_new:\n  ask: 一个新问题\n"
    path.write_text(text, encoding="utf-8")
    (error,) = mistakes(copy, policy)
    assert error.line == text.count("\n") - 1
    assert "balance_new" in error.field


def test_an_answer_written_twice_is_named(copy: Path, policy: Policy) -> None:
    path = copy / "usage/answers.yml"
    text = path.read_text(encoding="utf-8") + "balance_query:\n  lead: 又一次。\n"
    path.write_text(text, encoding="utf-8")
    (error,) = mistakes(copy, policy)
    assert (error.file, error.line) == (path, text.count("\n") - 1)


def test_missing_templates_are_named(copy: Path, policy: Policy) -> None:
    (copy / "service/templates.yml").unlink()
    (error,) = mistakes(copy, policy)
    assert "templates.yml" in str(error)


def test_braces_that_do_not_match_are_named(copy: Path, policy: Policy) -> None:
    broken(copy, "service/templates.yml", "{amount} 元。", "{amount 元。")
    (error,) = mistakes(copy, policy)
    assert "figure_line" in error.field


def test_a_place_that_nobody_fills_is_named(copy: Path, policy: Policy) -> None:
    """``{amout}`` would be a KeyError in the middle of a conversation."""
    broken(copy, "service/templates.yml", "{every} {amount} 元。", "{every} {amout} 元。")
    found = mistakes(copy, policy)
    assert [error.field for error in found] == ["figure_line"]


def test_a_sentence_that_is_gone_is_named(copy: Path, policy: Policy) -> None:
    broken(copy, "service/templates.yml", "  yearly_note: ", "  yearly_nota: ")
    assert "yearly_note" in "".join(map(str, mistakes(copy, policy)))
