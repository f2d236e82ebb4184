"""Rows of the table as sentences, through the trained model and the real actions."""

from datetime import date
from itertools import cycle

import pytest

from tests.policy.spoken import Asked, figure_of, moneys, plainly, problems, with_folds
from tests.policy.table import AMOUNT, COUNTRY, ROOT, Age, Data, places, read

SPEECH = read(ROOT / "tests/policy/sentences.yml")
NAMES = places()
FEWEST = 200
FEWEST_SHAPES = 12


def spoken_name(region: str) -> str:
    return SPEECH["names"].get(region) or NAMES[region].removesuffix("市")


def rows() -> list[tuple[str, Asked]]:
    """Each place with facts, by whom the facts are for and on both sides of each age edge."""
    data = Data()
    shapes = {who: [s for s in SPEECH["shapes"] if s["who"] == who] for who in _kinds()}
    aged = {who: cycle([s for s in found if "aged" not in s]) for who, found in shapes.items()}
    free = {who: cycle([s for s in found if "aged" in s]) for who, found in shapes.items()}
    found: list[tuple[str, Asked]] = []

    def add(region: str, age: Age, who: str, place: str, pool: str | None = None) -> None:
        shape = next((aged if age else free)[who])
        say = shape["say"].format(place=place, age=age[0] if age else "")
        found.append((say, Asked(region, age, who, pool)))

    own = {row.region for row in data.rows if AMOUNT in row.aspects} - {COUNTRY}
    for region in [*sorted(own), *SPEECH["also"]]:
        place = spoken_name(region)
        edges = data.edges(region)
        for age in [None, *edges] if edges else [None, 72]:
            add(region, age and (age, age), "retired", place)
    for row in data.rows:
        if AMOUNT in row.aspects and row.region in own and not row.pool:
            for who in {"retired_unit", "retired_flexible", "employed", "flexible"}:
                if row.population == who:
                    add(row.region, None, who, spoken_name(row.region))
                    if who.startswith("retired"):
                        add(row.region, (66, 66), who, spoken_name(row.region))
    for pool in SPEECH["pools"]:
        add(pool["region"], None, "retired", pool["place"], pool["pool"])
        add(pool["region"], (72, 72), "retired", pool["place"], pool["pool"])
    return found


def _kinds() -> set[str]:
    return {shape["who"] for shape in SPEECH["shapes"]}


ROWS = rows()


@pytest.fixture(scope="module")
def data() -> Data:
    return Data()


def test_there_are_enough_sentences() -> None:
    assert len({say for say, _ in ROWS}) >= FEWEST
    assert len(SPEECH["shapes"]) >= FEWEST_SHAPES


@pytest.mark.parametrize(("say", "asked"), ROWS, ids=[say for say, _ in ROWS])
async def test_a_sentence_gets_its_figure(say: str, asked: Asked, agent, data: Data) -> None:
    from tests.conversations.talk import Talk

    said = await Talk(agent).say(say)
    want = asked.expected(data, date.today())
    about = [answer for answer in said.custom["answers"] if answer["intent"] == AMOUNT]
    if not about and asked.who == "flexible":
        # "Do the flexible get any" may be heard as "who gets it": then no figure may be said.
        assert not [m for m in moneys(plainly(said.text)) if m.unit == "元"], said.text
        return
    assert len(about) == 1, f"{said.intents}\n{said.text}"
    text = with_folds(said.text, {"answers": about})
    wrong = problems(text, {"answers": about}, want, asked, data, NAMES.get(want.level, ""))
    assert not wrong, "\n".join([*wrong, said.text])


@pytest.mark.parametrize("age", ["0", "150", "230", "999"])
async def test_an_impossible_age_gets_no_figure_of_its_own(age: str, agent) -> None:
    from tests.conversations.talk import Talk

    said = await Talk(agent).say(f"北京退休，{age}岁，医保每月返多少")
    assert not any(figure_of({"answers": [one]}) for one in said.custom["answers"]), said.text


@pytest.mark.parametrize(
    ("said", "asked"),
    [
        ("我妈七十五了，在上海退休的，医保一年给打多少", Asked("310000", (75, 75), "retired")),
        ("北京七十多岁的退休老人医保每月返多少", Asked("110000", (70, 79), "retired")),
        ("天津69周岁退休，医保每个月划多少钱", Asked("120000", (69, 69), "retired")),
        ("昆山退休的，刚满70岁，医保一年多少钱", Asked("320583", (70, 70), "retired")),
        ("厂里退休的，武汉，医保每月返多少", Asked("420100", None, "retired_enterprise")),
        ("老师退休了，武汉的，医保一个月返多少", Asked("420100", None, "retired_public")),
    ],
)
async def test_other_ways_of_saying_who_it_is(said: str, asked: Asked, agent, data: Data) -> None:
    from tests.conversations.talk import Talk

    reply = await Talk(agent).say(said)
    want = asked.expected(data, date.today())
    about = [answer for answer in reply.custom["answers"] if answer["intent"] == AMOUNT]
    assert about, f"{reply.intents}\n{reply.text}"
    name = NAMES.get(want.level, "")
    text = with_folds(reply.text, {"answers": about})
    wrong = problems(text, {"answers": about}, want, asked, data, name)
    assert not wrong, "\n".join([*wrong, reply.text])
