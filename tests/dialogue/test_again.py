"""The same answer a second time: another reading is tried, else it is put into other words."""

import msgspec
import pytest

from dialogue.again import Again, fingerprint, is_again, sentences
from dialogue.assistant import Assistant
from dialogue.blocks import Answer, Block
from dialogue.meaning import INFORM, Question, Told
from dialogue.readings import Meaning, otherwise
from dialogue.routes import Routes
from dialogue.state import State, Thread
from dialogue.weights import Weights
from dialogue.wording import Wording
from policy.credit import ASPECT
from policy.lookup import Policy
from tests.dialogue.turns import CREDIT, FILING, MOTHER, place, read, talked

CHENGDU, CHONGQING = "510100", "500000"
WEIGHTS = Weights()
ANSWER = Answer(
    intent="filing_how",
    blocks=(
        Block(kind="decision", text="手机上就能办。"),
        Block(kind="rule", text="材料看类型。", folded=True),
        Block(kind="step", text="打开 App"),
        Block(kind="phone", text="12393"),
    ),
)


@pytest.fixture(scope="module")
def again(policy: Policy, wording: Wording) -> Again:
    return Again(policy.regions, wording)


def texts(answer: Answer) -> list[str]:
    return [block.text for block in answer.blocks if not block.folded]


def test_an_answer_is_known_again_whatever_is_noted_beside_it() -> None:
    noted = ANSWER.with_blocks(*ANSWER.blocks, Block(kind="note", text="告诉我城市。"))
    other = ANSWER.with_blocks(Block(kind="decision", text="窗口办。"))
    said = State(said=(fingerprint((ANSWER,)),))
    assert is_again((noted,), said)
    assert not is_again((other,), said)
    assert not is_again((ANSWER,), State())


def test_who_asks_again_gets_what_was_folded(again: Again) -> None:
    said = texts(again.put(ANSWER, read("filing_how"), talked(FILING)))
    assert said == ["还是这样：手机上就能办。", "材料看类型。", "12393"]


def test_the_insured_place_that_was_told_has_the_same_answer(again: Again) -> None:
    told = read(INFORM, places=(place(CHENGDU),))
    said = texts(again.put(ANSWER, told, talked(FILING, region=CHENGDU)))
    assert said == ["成都也一样：手机上就能办。", "12393"]


def test_any_other_place_is_acknowledged_without_the_answer(again: Again) -> None:
    told = read(INFORM, places=(place(CHONGQING, role="treated"),))
    first, *_ = texts(again.put(ANSWER, told, talked(FILING, region=CHENGDU)))
    assert "重庆" in first
    assert "手机上就能办" not in first


def test_an_amount_is_said_for_the_age_that_was_told(again: Again) -> None:
    amount = Answer(intent=ASPECT, blocks=(Block(kind="decision", text="每月 83 元。"),))
    told = read(INFORM, told=(Told("age", "71"),))
    assert texts(again.put(amount, told, talked(CREDIT))) == ["71岁：每月 83 元。"]


def test_a_fact_that_changes_nothing_is_acknowledged_without_the_answer(again: Again) -> None:
    said = texts(again.put(ANSWER, read(INFORM, form="states"), talked(FILING)))
    assert said[-1] == "12393"
    assert not any("手机上就能办" in text or "材料看类型" in text for text in said)


def test_of_an_answer_whose_first_line_was_just_said_only_what_is_new_is_said(
    again: Again,
) -> None:
    local = Block(kind="note", text="成都自己的规定没有查到。")
    answer = ANSWER.with_blocks(*ANSWER.blocks, local)
    told = read(INFORM, places=(place(CHENGDU),))
    before = talked(FILING, sentences=sentences((ANSWER,)))
    said = texts(again.added(answer, told, before))
    assert said == ["记下了：成都。", "12393", "成都自己的规定没有查到。"]
    assert again.added(answer, told, talked(FILING)) == answer


def test_an_amount_is_said_whole_though_it_was_just_said(again: Again) -> None:
    figure = Block(kind="figure", text="每月 83 元。")
    amount = Answer(intent=ASPECT, blocks=(figure, Block(kind="note", text="税前。")))
    before = talked(CREDIT, sentences=sentences((Answer(intent=ASPECT, blocks=(figure,)),)))
    assert again.added(amount, read(INFORM, told=(Told("age", "71"),)), before) == amount


def test_another_thing_to_buy_is_named(again: Again) -> None:
    bought = Answer(intent="usage_scope", blocks=(Block(kind="decision", text="能刷。"),))
    asked = read("usage_scope", items=(("device", "轮椅"),))
    assert texts(again.put(bought, asked, talked()))[0] == "轮椅也一样：能刷。"


def test_a_thing_that_the_answer_does_not_depend_on_is_not_named(again: Again) -> None:
    asked = read("filing_how", items=(("hospital_bill", "自费"),))
    assert texts(again.put(ANSWER, asked, talked(FILING)))[0] == "还是这样：手机上就能办。"


def others(question: Question, wording: Wording, thread: Thread = FILING) -> list[str]:
    return [m.key for m in otherwise(question, talked(thread), wording, Meaning("tell"))]


def test_what_else_may_be_meant_comes_likeliest_first_and_of_the_running_topic(
    wording: Wording,
) -> None:
    enough, little = WEIGHTS.otherwise + 0.01, WEIGHTS.otherwise - 0.01
    going = {INFORM: 0.5, "filing_need": enough, "unsaid_materials": 0.3, "filing_change": little}
    asked = read(INFORM, going_on=going)
    assert others(asked, wording) == [wording.by_meaning["filing.materials"], "filing_need"]


def test_another_topic_may_be_meant_as_well(wording: Wording) -> None:
    least = WEIGHTS.otherwise
    for likely, found in ((least - 0.01, []), (least, ["sharing_overview"])):
        asked = read(INFORM, going_on={}, readings=read("sharing_overview", likely).readings)
        assert others(asked, wording) == found


def test_what_presumes_something_untold_is_not_meant(wording: Wording) -> None:
    asked = read(INFORM, going_on={"withdrawal_inherit_kinship": 0.24})
    assert otherwise(asked, talked(FILING), wording, Meaning("tell")) == []
    died = msgspec.structs.replace(asked, told=(Told("life", "dead"),))
    assert [m.key for m in otherwise(died, talked(FILING), wording, Meaning("tell"))]


def test_what_it_was_taken_for_is_nothing_else(wording: Wording) -> None:
    taken = Meaning("ask", key="filing_need")
    asked = read("filing_need", going_on={"filing_need": 0.9})
    assert otherwise(asked, talked(FILING), wording, taken) == []


def message(intent: str, likely: float, **going_on: float) -> dict[str, object]:
    """A message as the pipeline parses it."""
    ranking = [{"name": intent, "confidence": likely}]
    going = [{"name": name, "confidence": value} for name, value in going_on.items()]
    return {
        "text": "……",
        "intent": {"name": intent, "confidence": likely},
        "intent_ranking": ranking,
        "going_on": going or ranking,
    }


def test_a_message_whose_answer_was_just_given_is_read_otherwise(
    policy: Policy, wording: Wording
) -> None:
    assistant = Assistant(policy, wording, Routes.load())
    _, slots = assistant.turn(message("filing_how", 0.9), {})
    follow_up = message("filing_how", 0.5, filing_how=0.5, filing_materials=0.3)
    spoken, _ = assistant.turn(follow_up, slots)
    materials, _ = assistant.turn(message("filing_materials", 0.9), slots)
    assert spoken.text == materials.text
    sure = message("filing_how", 0.9, filing_how=0.9, filing_materials=WEIGHTS.otherwise - 0.05)
    assert "还是" in assistant.turn(sure, slots)[0].text


def test_a_kind_of_insurance_that_changes_nothing_is_acknowledged(again: Again) -> None:
    told = read(INFORM, told=(Told("population", "flexible"),))
    assert "灵活就业" in texts(again.put(ANSWER, told, talked(FILING)))[0]


def test_another_person_has_the_same_answer(again: Again) -> None:
    told = read(INFORM, relatives=(MOTHER,), told=(Told("age", "75"),))
    said = texts(again.put(ANSWER, told, talked(FILING)))
    assert said == ["75岁也一样：手机上就能办。", "12393"]
