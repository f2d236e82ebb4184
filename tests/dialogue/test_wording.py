"""The reply files: reading them, variants, and each mistake with its file, line and field."""

import shutil
from pathlib import Path

import msgspec
import pytest

from dialogue.meaning import UNSAID
from dialogue.wording import Spec, Variant, Wording
from dialogue.wording_checks import wording_errors
from policy.facts import FactBook
from policy.filing import NO_PACT, pacts
from policy.lookup import Policy
from policy.yamlfile import DataError
from tests.policy.table import DATA, ROOT, intents, read

LONGEST_ASK = 16
LONGEST_LEAD = 40
INTENTS = intents()
LEXICONS = (
    "channel", "smartphone", "item", "visit", "hotline", "relation", "work", "life", "situation",
)  # fmt: skip
ENTRY = Spec(
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
    assert ENTRY.for_case(case).lead == lead


def test_a_variant_changes_only_what_it_names() -> None:
    changed = ENTRY.for_case({"channel": "alipay"})
    assert (changed.facts, changed.extra, changed.local) == ((), "", True)
    changed = ENTRY.for_case({"channel": "phone"})
    assert (changed.lead, changed.facts, changed.local) == ("平常", ("F-1",), False)
    assert ENTRY.for_case({"channel": "wechat", "population": "retired"}).extra == "末句"


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
    asks = [aspect.ask for aspect in wording.answers.values() if aspect.ask]
    assert [ask for ask in asks if len(ask) > LONGEST_ASK] == []
    assert len(set(asks)) == len(asks)


def test_first_lines_are_short(wording: Wording) -> None:
    leads = [
        lead
        for aspect in wording.answers.values()
        for lead in (aspect.lead, *(variant.lead or "" for variant in aspect.variants))
    ]
    assert [lead for lead in leads if len(lead) > LONGEST_LEAD] == []


def test_every_condition_can_come_true(wording: Wording) -> None:
    """A misspelt facet or value in ``when`` would never hold."""
    lexicons = {
        name: set(read(ROOT / "nlu/lexicon" / f"{name}.yml")["values"])
        for name in (
            "channel",
            "smartphone",
            "item",
            "visit",
            "hotline",
            "relation",
            "work",
            "life",
            "situation",
        )
    }
    lexicons["relation"] |= set(read(DATA / "sharing/relatives.yml")["relatives"])
    known = lexicons | {
        "population": {
            "retired", "retired_unit", "retired_flexible", "retired_public", "retired_enterprise",
            "veteran", "employed", "flexible", "resident",
        },
        "relative_counts": {"yes", "no"},
        "cash_region": {"beijing", "tianjin"},
        "region_pact": {*pacts(), NO_PACT},
        "region_known": {"true", "false"},
        "local_answer": {"none", "text", "steps"},
        "treated_known": {"true", "false"},
        "fell": {"true"},
        "same_city": {"true"},
        "same_province": {"true"},
        "cross_province": {"true"},
        "beneficiary_other_province": {"true", "false"},
    }  # fmt: skip
    conditions = [(key, v.when) for key, spec in wording.answers.items() for v in spec.variants]
    conditions += [(fact.id, fact.when) for fact in FactBook.load() if fact.when]
    for place, when in conditions:
        for facet, want in when.items():
            assert facet in known, f"{place}: {facet}"
            wanted = set(want if isinstance(want, list) else [want])
            assert wanted <= known[facet], f"{place}: {facet} {wanted - known[facet]}"


def test_each_unsaid_question_is_about_an_aspect_that_something_answers(wording: Wording) -> None:
    unsaid = {name.removeprefix(UNSAID) for name in INTENTS if name.startswith(UNSAID)}
    assert len(unsaid) > 20
    assert unsaid <= set(wording.aspects)
    answered = {pair.partition(".")[2] for pair in wording.by_meaning}
    for name in unsaid:
        assert answered & {name, *wording.aspects[name].like}, name


def test_an_unsaid_question_gets_the_answer_of_its_thing(wording: Wording) -> None:
    assert wording.answer_for("filing", "materials") == "filing_materials"
    assert wording.answer_for("sharing", "materials") == "sharing_materials"
    assert wording.answer_for("no_such_thing", "materials") is None


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


def added(copy: Path, entry: str) -> int:
    """Write an entry more at the end of ``usage/answers.yml``; its line."""
    path = copy / "usage/answers.yml"
    text = path.read_text(encoding="utf-8").rstrip("\n") + "\n"
    path.write_text(text + entry, encoding="utf-8")
    return text.count("\n") + 1


def mistakes(copy: Path, policy: Policy, intents: set[str] = INTENTS) -> list[DataError]:
    try:
        return list(wording_errors(Wording.load(copy), policy.book, intents))
    except DataError as error:
        return [error]


NEW = "usage_new:\n  means: [usage]\n  ask: 一个新问题\n  lead: 一句新话。\n"


def test_an_entry_more_is_no_mistake(copy: Path, policy: Policy) -> None:
    added(copy, NEW)
    assert [str(error) for error in mistakes(copy, policy)] == []


@pytest.mark.parametrize(
    ("old", "new", "field", "says"),
    [
        ("  ask:", "  aks:", "usage_new.aks", "没有 aks 这个字段"),
        ("  lead:", "  facts: [F-NO-1]\n  lead:", "usage_new.facts", "F-NO-1"),
        ("  lead:", "  causes: [F-NO-1]\n  lead:", "usage_new.facts", "F-NO-1"),
        ("  lead:", "  claims: [S9-1]\n  lead:", "usage_new.facts", "S9-1"),
        ("  lead:", "  next: [credit_x]\n  lead:", "usage_new.next", "credit_x"),
        ("一个新问题", "一个新问题，比别的问题都长，长得按钮上放不下了", "usage_new.ask", "20"),
        ("一句新话", "有 100 元", "usage_new", "100 元"),
        ("一句新话", "有 2.5%", "usage_new", "2.5%"),
        ("  lead: 一句新话。\n", "", "usage_new", "没有回答"),
        ("[usage]", "[]", "usage_new.means", "要写明"),
        ("[usage]", "[no_such_thing]", "usage_new.means", "no_such_thing"),
        ("[usage]", "[usage.no_such_aspect]", "usage_new.means", "no_such_aspect"),
    ],
)
def test_a_mistake_in_an_entry_is_named(
    copy: Path, policy: Policy, old: str, new: str, field: str, says: str
) -> None:
    assert old in NEW
    line = added(copy, NEW.replace(old, new))
    (error,) = mistakes(copy, policy)
    assert (error.file, error.field) == (copy / "usage/answers.yml", field)
    assert says in str(error)
    assert line <= error.line <= line + NEW.count("\n")


def test_two_entries_that_answer_the_same_are_named(copy: Path, policy: Policy) -> None:
    added(copy, NEW.replace("[usage]", "[usage.scope]"))
    (error,) = mistakes(copy, policy)
    assert error.field.endswith(".means")
    assert "usage.scope" in str(error)


def test_a_variant_is_checked_as_well(copy: Path, policy: Policy) -> None:
    variant = "  variants:\n  - when: {channel: phone}\n    facts: [F-NO-2]\n    lead: 有 3 元。\n"
    added(copy, NEW + variant)
    assert {error.field for error in mistakes(copy, policy)} == {"usage_new.facts", "usage_new"}


def test_an_intent_without_an_answer_is_named(copy: Path, policy: Policy) -> None:
    found = mistakes(copy, policy, INTENTS | {"credit_brand_new"})
    assert [error.field for error in found] == ["credit_brand_new"]


def test_an_answer_written_twice_is_named(copy: Path, policy: Policy) -> None:
    line = added(copy, "balance_query:\n  lead: 又一次。\n")
    (error,) = mistakes(copy, policy)
    assert (error.file, error.line) == (copy / "usage/answers.yml", line)


def test_missing_templates_are_named(copy: Path, policy: Policy) -> None:
    (copy / "service/templates.yml").unlink()
    (error,) = mistakes(copy, policy)
    assert "templates.yml" in str(error)


def test_braces_that_do_not_match_are_named(copy: Path, policy: Policy) -> None:
    broken(copy, "service/templates.yml", "}{band}：{money}", "}{band}：{money")
    (error,) = mistakes(copy, policy)
    assert error.field == "figure_line"


def test_a_place_that_nobody_fills_is_named(copy: Path, policy: Policy) -> None:
    """``{mony}`` would be a KeyError in the middle of a conversation."""
    broken(copy, "service/templates.yml", "}{band}：{money}", "}{band}：{mony}")
    (error,) = mistakes(copy, policy)
    assert error.field == "figure_line"
    assert "{mony}" in str(error)


def test_a_sentence_that_is_gone_is_named(copy: Path, policy: Policy) -> None:
    broken(copy, "service/templates.yml", "  figure_line: ", "  figure_lime: ")
    assert {error.field for error in mistakes(copy, policy)} == {"figure_line", "figure_lime"}


def test_an_aspect_answered_anywhere_needs_an_entry_that_there_is(
    policy: Policy, wording: Wording
) -> None:
    fine = list(wording_errors(wording, policy.book, set(wording.answers)))
    spoilt = msgspec.structs.replace(wording.aspects["phone"], anywhere="ask_nobody")
    aspects = wording.aspects | {"phone": spoilt}
    broken = Wording(wording.answers, wording.templates, aspects, wording.places, wording.lines)
    (new,) = [
        error
        for error in wording_errors(broken, policy.book, set(wording.answers))
        if str(error) not in map(str, fine)
    ]
    assert "aspects.yml" in str(new)
    assert "phone.anywhere" in str(new)
    assert "ask_nobody" in str(new)
