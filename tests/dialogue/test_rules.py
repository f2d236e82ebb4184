"""Each rule of the dialogue: a question that it wins, and one close by that it leaves alone."""

from typing import NamedTuple

import pytest

from dialogue.acts.around import ALARM, ODD_AGE
from dialogue.blocks import Choice
from dialogue.meaning import FALLBACK, INFORM, Question, Reading, Relative, Told
from dialogue.rules import RULES
from dialogue.state import SELF, Person, State, Thread
from dialogue.wording import Wording
from policy.lookup import Policy
from tests.dialogue.turns import (
    BEIJING,
    CHAOYANG,
    CREDIT,
    FILING,
    MOTHER,
    SHANGHAI,
    SHARING,
    Decider,
    aged,
    place,
    read,
    talked,
)

OFFERS = (Choice(title="医保余额怎么查", key="balance_query"),)
WAITS_REGION = Thread(key="credit_amount", thing="credit", open="insured")
WAITS_AGE = Thread(key="credit_amount", thing="credit", open="age")
WAITS_WHICH = Thread(key="credit_amount", thing="credit", open="which", candidates=CHAOYANG)
UNREAD = read(FALLBACK, 0.0, readings=())


class Case(NamedTuple):
    """A rule, the question and conversation that it meets, and what else it comes to."""

    rule: str
    question: Question
    state: State = State()
    is_number: bool = False


@pytest.fixture(scope="module")
def decided(policy: Policy, wording: Wording) -> Decider:
    return Decider(policy, wording)


WINS = [
    Case("urgent", read("medical_emergency")),
    Case("urgent", read("scam_report"), talked(FILING)),
    Case("urgent", read("scam_done"), talked(FILING)),
    Case("start_over", read("start_over"), talked(FILING)),
    Case("other_person", read("other_person"), talked(CREDIT)),
    Case("odd_age", read(INFORM, told=(aged(ODD_AGE),)), talked(CREDIT)),
    Case("odd_age", read("credit_amount", told=(aged(ODD_AGE),))),
    Case("reply_to_request", read(INFORM, places=(place(SHANGHAI),)), talked(WAITS_REGION)),
    Case("reply_to_request", read(INFORM, told=(aged("71"),)), talked(WAITS_AGE, region=BEIJING)),
    Case("reply_to_request", read(INFORM, places=(place("210000"),)), talked(WAITS_WHICH)),
    # What cannot be done without is waited for, also after something else.
    Case("reply_to_request", read(INFORM, places=(place(SHANGHAI),)), talked(FILING, WAITS_REGION)),
    Case("about_answer", read("ask_source"), talked(FILING)),
    Case("about_answer", read("ask_source")),
    Case("repair", read("repair"), talked(FILING)),
    Case("repair", read("complaint")),
    Case("feel", read("feeling"), talked(FILING)),
    Case("ask", read("filing_materials")),
    Case("ask", read("unsaid_materials"), talked(FILING)),
    # Somebody else's business is ours while the right thing is talked about.
    Case("ask", read("neighbour_reimbursement"), talked(FILING)),
    Case("unsaid", read("unsaid_materials")),
    Case("tell", read(INFORM, told=(aged("72"),)), talked(CREDIT, region=BEIJING)),
    Case("tell", read(INFORM, places=(place(SHANGHAI),))),
    # 「说材料不全」 tells something of which nothing is known here.
    Case("tell", read(INFORM, form="states"), talked(FILING)),
    Case("mind_manners", read("thanks"), talked(FILING)),
    Case("mind_manners", read(FALLBACK, 0.0, text="", readings=(), stickers=("smile",))),
    Case("serve", read("ask_hotline"), talked(FILING)),
    Case("stray", read("neighbour_pension")),
    Case("doubt", UNREAD),
    Case("doubt", UNREAD, talked(FILING)),
]

NEAR = [
    # Not sure enough of an alarm.
    Case("urgent", read("medical_emergency", ALARM - 0.1)),
    Case("start_over", read("other_person"), talked(FILING)),
    # 「换个人，问我妈的」 says who.
    Case("other_person", read("other_person", relatives=(MOTHER,)), talked(CREDIT)),
    Case("odd_age", read(INFORM, told=(aged("103"),)), talked(CREDIT)),
    # Nothing waits; something else is told than what was asked; a new question is asked.
    Case("reply_to_request", read(INFORM, places=(place(SHANGHAI),)), talked(CREDIT)),
    Case("reply_to_request", read(INFORM, told=(aged("71"),)), talked(WAITS_REGION)),
    Case("reply_to_request", read("filing_how", places=(place(SHANGHAI),)), talked(WAITS_REGION)),
    # An age can be done without: it is not waited for once something else is talked about.
    Case(
        "reply_to_request",
        read(INFORM, told=(aged("71"),)),
        talked(FILING, WAITS_AGE, region=BEIJING),
    ),
    Case("about_answer", read("ask_hotline"), talked(FILING)),
    Case("repair", read("deny"), talked(FILING)),
    Case("feel", read("medical_emergency")),
    Case("ask", read("unsaid_materials")),
    # Somebody else's business stays theirs where another thing is talked about.
    Case("ask", read("neighbour_reimbursement"), talked(SHARING)),
    Case("unsaid", read("unsaid_materials"), talked(FILING)),
    Case("tell", read(INFORM), talked(FILING)),
    Case("mind_manners", read(FALLBACK, 0.0, text="这个", readings=(), stickers=("smile",))),
    Case("serve", read("scam_report")),
    # Too weak while something that was asked back is still open.
    Case("stray", read("neighbour_pension", ALARM - 0.1), talked(WAITS_REGION)),
    Case("doubt", read("balance_query")),
]


@pytest.mark.parametrize("case", WINS, ids=lambda case: case.rule)
def test_what_a_rule_is_for_is_decided_by_it(decided: Decider, case: Case) -> None:
    assert decided(case.question, case.state, case.is_number).rule == case.rule


@pytest.mark.parametrize("case", NEAR, ids=lambda case: case.rule)
def test_what_is_near_a_rule_is_not_decided_by_it(decided: Decider, case: Case) -> None:
    assert decided(case.question, case.state, case.is_number).rule != case.rule


def test_every_rule_is_met_from_both_sides() -> None:
    names = [rule.name for rule in RULES]
    assert len(names) == len(set(names))
    assert {case.rule for case in WINS} == {case.rule for case in NEAR} == set(names)


def test_an_alarm_comes_before_everything(decided: Decider) -> None:
    alarm = read("medical_emergency", told=(aged(ODD_AGE),), places=(place(SHANGHAI),))
    outcome = decided(alarm, talked(WAITS_REGION))
    assert outcome.rule == "urgent"
    assert "120" in outcome.answer.lead
    assert outcome.repeats


def test_starting_over_forgets_everything(decided: Decider) -> None:
    outcome = decided(read("start_over"), talked(CREDIT, region=BEIJING))
    assert outcome.state == State()
    assert outcome.choices


def test_another_person_has_no_place_yet_but_the_same_question(decided: Decider) -> None:
    outcome = decided(read("other_person"), talked(CREDIT, region=BEIJING))
    state = outcome.state
    assert state.current != SELF
    assert state.person(state.current).region is None
    assert state.person(SELF).region == BEIJING
    assert state.thread is not None
    assert (state.thread.key, state.thread.who) == ("credit_amount", state.current)


def test_an_odd_age_is_asked_again_and_not_remembered(decided: Decider) -> None:
    state = talked(WAITS_AGE, region=BEIJING, offers=OFFERS)
    outcome = decided(read(INFORM, told=(aged(ODD_AGE),)), state)
    assert outcome.status == "asked"
    assert outcome.choices == OFFERS
    assert outcome.state.person(SELF).age is None
    assert outcome.state.open == WAITS_AGE


def test_a_region_that_was_asked_for_answers_the_question_that_waits(decided: Decider) -> None:
    outcome = decided(read(INFORM, places=(place(SHANGHAI),)), talked(FILING, WAITS_REGION))
    assert outcome.state.person(SELF).region == SHANGHAI
    assert outcome.answer.intent == "credit_amount"
    assert "上海" in "".join(block.text for block in outcome.answer.blocks)
    assert outcome.state.thread is not None
    assert outcome.state.thread.open != "insured"


def test_which_place_is_settled_by_the_province_named(decided: Decider) -> None:
    outcome = decided(read(INFORM, places=(place("210000"),)), talked(WAITS_WHICH))
    assert outcome.state.person(SELF).region == "211300"


def test_the_source_of_the_last_answer_is_named(decided: Decider, policy: Policy) -> None:
    facts = tuple(fact.id for fact in policy.book.facts.values() if fact.firmness == "state")[:1]
    said = Thread(key="filing_how", thing="filing", facts=facts)
    outcome = decided(read("ask_source"), talked(said))
    publisher = policy.source(policy.book.facts[facts[0]]).publisher
    assert publisher in outcome.answer.lead
    assert outcome.state.thread == said


def test_a_source_is_not_asked_of_nothing(decided: Decider) -> None:
    outcome = decided(read("repeat"))
    assert (outcome.answer.intent, outcome.status) == ("nothing_before", "asked")


def test_a_repair_offers_other_questions_and_none_of_them(decided: Decider) -> None:
    outcome = decided(read("repair"), talked(FILING))
    assert outcome.status == "unsure"
    assert outcome.choices[-1].command == "none"
    keys = {choice.key for choice in outcome.choices[:-1]}
    assert keys
    assert FILING.key not in keys


def test_what_is_left_unsaid_is_of_the_running_thing(decided: Decider, wording: Wording) -> None:
    outcomes = [decided(read("unsaid_materials"), talked(thread)) for thread in (FILING, SHARING)]
    found = [outcome.answer.intent for outcome in outcomes]
    assert found == [
        wording.by_meaning["filing.materials"],
        wording.by_meaning["sharing.materials"],
    ]


def test_what_is_left_unsaid_of_nothing_is_asked_back(decided: Decider, wording: Wording) -> None:
    outcome = decided(read("unsaid_materials"))
    assert outcome.status == "asked"
    assert outcome.answer.lead == wording.say("which_thing")
    assert len(outcome.choices) > 1


def test_an_aspect_without_an_entry_is_said_to_be_unknown(
    decided: Decider, wording: Wording
) -> None:
    aspect = next(name for name in wording.aspects if wording.answer_for("filing", name) is None)
    outcome = decided(read(f"unsaid_{aspect}"), talked(FILING))
    assert outcome.rule == "unsaid"
    assert wording.aspects[aspect].asked in outcome.answer.lead
    assert outcome.answer.facts == ()


def test_an_age_told_answers_the_amount_anew(decided: Decider) -> None:
    state = talked(CREDIT, region=SHANGHAI)
    outcome = decided(read(INFORM, told=(aged("75"), Told("work", "retired"))), state)
    assert outcome.state.person(SELF).age == (75, 75)
    assert outcome.answer.intent == "credit_amount"
    assert "1890" in outcome.answer.lead


def test_an_age_after_another_thing_bears_on_the_amount_before(decided: Decider) -> None:
    use = Thread(key="balance_query", thing="balance")
    outcome = decided(read(INFORM, told=(aged("75"),)), talked(use, CREDIT, region=SHANGHAI))
    assert outcome.answer.intent == "credit_amount"


def test_what_is_told_of_nothing_is_noted_and_the_topics_are_offered(decided: Decider) -> None:
    outcome = decided(read(INFORM, places=(place(SHANGHAI),), told=(aged("75"),)))
    assert outcome.status == "asked"
    assert "上海" in outcome.answer.lead
    assert "75" in outcome.answer.lead
    assert len(outcome.choices) > 1
    assert outcome.state.thread is None


def test_somebody_elses_business_is_rejected_and_keeps_what_runs(decided: Decider) -> None:
    outcome = decided(read("neighbour_pension"), talked(FILING))
    assert outcome.status == "rejected"
    assert outcome.answer.intent == "neighbour_pension"
    assert outcome.state.thread == FILING


def test_manners_change_nothing(decided: Decider) -> None:
    state = talked(CREDIT, region=BEIJING)
    outcome = decided(read("thanks"), state)
    assert (outcome.status, outcome.state) == ("service", state)


def test_a_doubt_offers_the_likeliest_questions_first(decided: Decider) -> None:
    readings = (Reading("greet", 0.3), Reading("filing_how", 0.2), Reading("balance_query", 0.1))
    outcome = decided(read(FALLBACK, 0.0, readings=readings))
    assert [choice.key for choice in outcome.choices[:2]] == ["filing_how", "balance_query"]
    assert outcome.choices[-1].command == "none"
    assert outcome.answer.intent == "fallback_first"


def test_a_second_doubt_offers_the_topics(decided: Decider, wording: Wording) -> None:
    outcome = decided(UNREAD, State(unsure=1))
    assert outcome.answer.intent == "fallback_again"
    assert [choice.key for choice in outcome.choices] == wording.menu()


def test_what_was_asked_back_is_asked_once_more_in_doubt(decided: Decider) -> None:
    state = talked(WAITS_REGION, offers=OFFERS)
    outcome = decided(UNREAD, state)
    assert (outcome.answer.intent, outcome.choices) == ("unknown_place", OFFERS)
    assert outcome.state.open == WAITS_REGION


def test_a_number_that_picks_nothing_says_so(decided: Decider) -> None:
    outcome = decided(UNREAD, State(offers=OFFERS), is_number=True)
    assert (outcome.answer.intent, outcome.choices) == ("pick_out_of_range", OFFERS)


def test_a_relative_alone_rather_asks_what_the_thread_suggests(decided: Decider) -> None:
    daughter = Relative("child", "daughter", text="女儿")
    asks = {INFORM: 0.5, "sharing_province": 0.4}
    question = read(INFORM, 0.5, going_on=asks, relatives=(daughter,))
    outcome = decided(question, talked(SHARING))
    assert outcome.answer.intent == "sharing_province"


def test_hearsay_of_another_place_insures_nobody_there(decided: Decider) -> None:
    heard = Told("situation", "heard")
    asked = read("withdrawal_possible", places=(place("110000"),), told=(heard,))
    state = State(people={SELF: Person(region="430100")}, threads=(FILING,))
    outcome = decided(asked, state)
    assert "北京" in "".join(block.text for block in outcome.answer.blocks)
    assert outcome.state.person(SELF).region == "430100"
    plain = read("withdrawal_possible", places=(place("110000"),))
    assert decided(plain, state).state.person(SELF).region == "110000"
    unknown = decided(asked, State()).state
    assert unknown.person(SELF).region == "110000"


def test_what_others_say_is_not_confirmed_as_the_last_answer(
    decided: Decider, policy: Policy
) -> None:
    firm = next(f.id for f in policy.book.facts.values() if f.firmness == "state")
    said = talked(Thread(key="filing_how", thing="filing", facts=(firm,)))
    own = decided(read("ask_true"), said).answer.lead
    theirs = decided(read("ask_true", clauses=2), said).answer.lead
    heard = decided(read("ask_true", told=(Told("situation", "heard"),)), said).answer.lead
    assert theirs == heard != own
    assert "核实不了" in theirs
    assert "核实不了" not in own


def test_what_is_not_ours_but_names_a_thing_to_pay_for_says_what_it_leaves_open(
    decided: Decider, wording: Wording
) -> None:
    dental = {"found": {"item": "dental"}, "items": (("dental", "镶牙"),)}
    outcome = decided(read("neighbour_reimbursement", **dental))
    assert (outcome.rule, outcome.answer.intent) == ("ask", "usage_scope")
    assert outcome.answer.blocks[1].text == wording.say("account_only")
    assert decided(read("neighbour_reimbursement")).rule == "stray"


def test_an_amount_is_hearsay_only_beside_a_question_for_amounts(decided: Decider) -> None:
    own = read("withdrawal_possible", amounts=(("2000", None),))
    heard = read("withdrawal_possible", told=(Told("situation", "doubt"),))
    claims = [
        [block.folded for block in decided(each).answer.blocks if block.kind == "claim"]
        for each in (own, heard)
    ]
    assert claims == [[True], [False]]
