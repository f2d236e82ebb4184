"""Several questions in one message, as the trained bot tells them apart."""

import asyncio
from typing import Any

import pytest

from nlu.parting import LONGEST_LEANING


@pytest.fixture(scope="module")
def parse(agent):
    def parsed(text: str) -> dict[str, Any]:
        return asyncio.run(agent.parse_message(text))

    return parsed


def names(message: dict[str, Any]) -> list[str]:
    parts = message.get("parts") or [message]
    return [part["intent"]["name"] for part in parts]


@pytest.mark.parametrize(
    ("text", "intents"),
    [
        # Without a mark between them.
        ("医保卡余额怎么查能不能取现", ["balance_query", "withdrawal_possible"]),
        ("备案怎么办多久生效", ["filing_how", "filing_effective"]),
        ("医保里的钱会清零吗还有怎么绑家庭共济", ["usage_expiry", "sharing_bind"]),
        # One predicate for two things.
        ("备案的材料和有效期分别是什么", ["filing_materials", "filing_validity"]),
        ("医保余额查询方法及提取流程", ["balance_query", "withdrawal_possible"]),
        # Clauses that lean on the topic before them, or leave it.
        ("家庭共济先扣谁的钱？怎么解绑？", ["sharing_order", "sharing_unbind"]),
        ("广州医保余额怎么查，怎么提现", ["balance_query", "withdrawal_possible"]),
        ("异地备案怎么办，要带什么材料", ["filing_how", "filing_materials"]),
        # What was told first belongs to the question.
        ("老爸上个月去世了，卡里的钱怎么领？返款几号到？", ["withdrawal_death", "credit_timing"]),
        # One is ours, one is not.
        ("社保卡丢了怎么补办，医保余额还能查吗", ["neighbour_card", "balance_query"]),
    ],
)  # fmt: skip
def test_is_told_apart(parse, text: str, intents: list[str]) -> None:
    assert names(parse(text)) == intents


@pytest.mark.parametrize(
    "text",
    [
        "医保卡余额怎么查怎么看",
        "这个月的返款没到账，这是怎么回事",
        "亲情账户和家庭共济有什么区别",
        "怎么查异地备案通过没有",
        "前几天刚办的异地备案，什么时候能生效",
        "支付宝和微信怎么查医保余额",
    ],
)
def test_one_question_stays_one(parse, text: str) -> None:
    assert len(names(parse(text))) == 1


def test_places_and_people_told_first_belong_to_every_question(parse) -> None:
    parts = parse("我妈76，上海退休的，每年返多少？余额怎么查？")["parts"]
    assert len(parts) == 2
    for part in parts:
        assert {"relation", "age", "region"} <= {each["entity"] for each in part["entities"]}


def test_the_same_question_of_two_people_is_asked_twice(parse) -> None:
    text = "我爸68在北京退休返多少？我妈75在上海退休返多少？余额怎么查？"
    parts = parse(text)["parts"]
    assert [part["intent"]["name"] for part in parts] == [
        "credit_amount", "credit_amount", "balance_query",
    ]  # fmt: skip
    people = [[e["value"] for e in part["entities"] if e["entity"] == "relation"] for part in parts]
    assert people[:2] == [["father"], ["mother"]]


def test_entities_keep_their_place_in_the_message(parse) -> None:
    message = parse("请问余额怎么查？另外我在郑州退休72岁每月返多少")
    for part in message["parts"]:
        for each in part["entities"]:
            assert 0 <= each["start"] < each["end"] <= len(message["text"])


def test_a_long_clause_does_not_lean(parse) -> None:
    clause = "隔壁老王昨天在公园里跟我说的那件事情到底是不是真的"
    assert len(clause) > LONGEST_LEANING
    assert len(names(parse(f"异地备案怎么办？{clause}"))) == 1


@pytest.mark.parametrize(
    "text",
    [
        "公司没给交生育险怎么办？产假工资谁发？另外医保余额怎么查？",
        "门诊报销比例多少？慢病怎么办理？医保余额怎么查？",
    ],
)
def test_a_message_that_also_asks_of_ours_is_ours(parse, text: str) -> None:
    message = parse(text)
    assert names(message)[0].startswith("neighbour_")
    assert message["intent"]["name"] == "balance_query"


def test_of_how_many_clauses_a_message_is_made_is_told(parse) -> None:
    assert parse("真的假的")["clauses"] == 1
    assert parse("邻居讲不办要罚款，真的假的")["clauses"] == 2


def test_whoever_is_no_family_is_not_asked_about_in_other_clauses(parse) -> None:
    def people(story: str) -> set[str]:
        message = parse(f"{story}，卡里的钱能买轮椅吗？能取现吗？")
        assert len(message["parts"]) == 2
        found = [each for part in message["parts"] for each in part["entities"]]
        return {each["value"] for each in found if each["entity"] == "relation"}

    assert people("请个护工一个月四千多") == set()
    assert people("我妈瘫在床上") == {"mother"}


STORY = (
    "我今年七十一了,原先在厂里开车,老伴走得早,大儿子在外地,余额怎么查我也不会弄,"
    "小孙子跟着我上学,他爸妈都忙,身子骨还行"
)


def test_a_story_asks_at_its_end(parse) -> None:
    told = parse(f"{STORY},我医保卡的钱能给小孙子用吗")
    assert names(told) == ["sharing_overview"]
    asked = [e["who"] for e in told["entities"] if e["entity"] == "relation" and e.get("asked")]
    assert asked == ["grandson"]


@pytest.mark.parametrize(
    ("text", "alarm"),
    [
        ("晕,又没到账", False),
        ("我爸前年中风了话都说不清,卡里的钱怎么查", False),
        ("我爸刚刚中风了话都说不清,卡里的钱怎么查", True),
    ],
)
def test_only_what_happens_now_is_an_alarm(parse, text: str, alarm: bool) -> None:
    assert (parse(text)["intent"]["name"] == "medical_emergency") is alarm
