"""Asking the assistant as the pipeline would, and reading its reply as a person would, folds too.

``problems`` compares a spoken reply with what the YAML says (``tests/policy/table.py``): every
figure in it must belong to a fact that applies, with its unit, period and age band.
"""

import re
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from tests.policy.table import AMOUNT, Age, Data, Expected, Row, plain

DAY = date(2026, 12, 1)
TODAY_TEXT = "问一下"
CLAIMED = "未经证实的文章"
UNPROVEN = "没有核实"
MONEY = re.compile(
    r"(?P<every>每个?月|每年|一年|全年|月均|每月平均)?\s*(?:约|大约)?\s*"
    r"(?P<amount>\d+(?:\.\d+)?)\s*(?P<unit>元|块钱?|%|％|个百分点)(?P<after>/月|/年|一个月|一年)?"
)
FROM = re.compile(r"(?<!不)(?:满\s*)?(\d+)\s*岁\s*(?:及|或)?(?:以上|起)|(?<!不)满\s*(\d+)\s*岁")
TO = re.compile(r"(\d+)\s*岁\s*(及|或|含)?以下|不满\s*(\d+)\s*岁")
# What people call each kind of person; a line about one kind says one of these words.
CALLED = {
    "retired": r"退休",
    "retired_unit": r"单位退休",
    "retired_flexible": r"灵活就业退休",
    "retired_public": r"(?:机关|事业)[^。]*退休",
    "retired_enterprise": r"企业[^。]*退休",
    "retired_founding": r"建国前",
    "retired_tier1": r"一档",
    "veteran": r"离休",
    "employed": r"在职",
    "flexible": r"灵活就业",
    "resident": r"居民",
}
KINDS = {"official": "官方", "media": "媒体", "repost": "网页转载"}
KINDS |= {"site": "官方未证实", "article": "未证实"}
# Below the first a person of whom nothing else is said is a child, below the second at work; above
# it both a retiree's figure and what holds for those at work are said.
A_CHILD, BEFORE_RETIREMENT = 16, 45


@dataclass(frozen=True)
class Money:
    """One figure in a reply: its line, and a period only where the words say one."""

    line: int
    amount: Decimal
    unit: str
    period: str | None


@dataclass(frozen=True)
class Asked:
    """A question about an amount."""

    region: str | None
    age: Age = None
    population: str | None = None
    pool: str | None = None
    base: str | None = None

    @property
    def who(self) -> str:
        """Whom it is taken to be about: what was said, else what the age suggests."""
        if self.population:
            return self.population
        if self.age and self.age[1] < BEFORE_RETIREMENT:
            return "resident" if self.age[1] < A_CHILD else "employed"
        return "retired"

    @property
    def open(self) -> bool:
        """Whether the person may as well not be retired, as far as was said."""
        return self.population is None and self.who == "retired"

    def expected(self, data: Data, day: Any) -> Expected:
        return data.amount(self.region, self.pool, self.age, self.who, day)


def message(intent: str, *entities: dict[str, Any], text: str = TODAY_TEXT) -> dict[str, Any]:
    """Parse data as the pipeline makes it."""
    return {
        "text": text,
        "intent": {"name": intent, "confidence": 0.99},
        "entities": list(entities),
        "intent_ranking": [{"name": intent, "confidence": 0.99}],
    }


def entity(name: str, value: str, **more: str) -> dict[str, Any]:
    return {"entity": name, "value": value, "start": 0, "end": 2, **more}


def asking(intent: str, asked: Asked) -> dict[str, Any]:
    """The parse data of a question about somebody."""
    found = []
    if asked.region:
        pool = {"pool": asked.pool} if asked.pool else {}
        found.append(entity("region", asked.region, **pool))
    if asked.age:
        low, high = asked.age
        found.append(entity("age", str(low) if low == high else f"{low}-{high}"))
    if asked.population:
        found.append(entity("population", asked.population))
    if asked.base:
        found.append(entity("base", asked.base))
    return message(intent, *found)


def reply(assistant: Any, asked: Asked, intent: str = AMOUNT) -> tuple[str, dict[str, Any]]:
    """Text and payload of the reply to a first message; the text ends with what is folded."""
    said, _ = assistant.turn(asking(intent, asked), {})
    return whole(said), said.payload


def whole(said: Any) -> str:
    """The text of a reply and of its folds, a block a line."""
    return with_folds(said.text, said.payload)


def with_folds(text: str, payload: dict[str, Any]) -> str:
    """A text followed by what the payload folds, a block a line."""
    folds = [block["text"] for block in blocks(payload) if block.get("folded")]
    return "\n".join([text, *folds])


def blocks(payload: dict[str, Any]) -> list[dict[str, Any]]:
    """All blocks of a payload, in the order in which they are read."""
    return [block for answer in payload["answers"] for block in answer["blocks"]]


def figure_of(payload: dict[str, Any]) -> dict[str, Any] | None:
    """The figure of a reply's first answer, if one is the person's."""
    first = payload["answers"][0]["blocks"]
    return next((block for block in first if block["kind"] == "figure"), None)


def moneys(text: str) -> list[Money]:
    """Every figure in yuan or per cent that a text says."""
    found = []
    for number, line in enumerate(text.split("\n")):
        for match in MONEY.finditer(line):
            words = (match["every"] or "") + (match["after"] or "")
            period = "年" if "年" in words else "月" if "月" in words else None
            unit = {"块": "元", "块钱": "元", "％": "%"}.get(match["unit"], match["unit"])
            found.append(Money(number, Decimal(match["amount"]), unit, period))
    return found


def band(line: str) -> tuple[int | None, int | None]:
    """The age band that a line says."""
    low = next((int(m[1] or m[2]) for m in FROM.finditer(line)), None)
    high = next((int(m[1]) if m[1] else int(m[3]) - 1 for m in TO.finditer(line)), None)
    return low, high


def plainly(text: str) -> str:
    """What the reply says as its own: labelled sentences are blanked, lines keep their number."""
    return "\n".join("" if CLAIMED in line else line for line in text.split("\n"))


def problems(
    text: str, payload: dict[str, Any], want: Expected, asked: Asked, data: Data, name: str
) -> list[str]:
    """What is wrong with a reply; nothing if it says what the data say.

    Args:
        text: the spoken reply.
        payload: the structure behind it.
        want: what the YAML says.
        asked: the question.
        data: the YAML.
        name: official name of the place whose facts answer.
    """
    wrong = [*_claims(text, want, asked, data)]
    own = plainly(text)
    lines = own.split("\n")
    wrong += _figures(own, want, asked, data)
    if want.kind in ("figure", "bands"):
        wrong += _rows(lines, want, name)
        wrong += _payload(payload, want)
        wrong += _said_with(own, want.mine[0])
    if want.kind == "figure":
        wrong += _lead(lines[0], want.mine[0], name)
        wrong += _of_its_own(own, want.mine[0], data)
    if want.kind == "rule":
        wrong += [f"{name[:2]} is not named"] if name[:2] not in own else []
        said = {m.amount for m in moneys(own) if m.unit == "%"}
        wrong += _said_with(own, want.mine[0])
        for row in want.mine:
            ratio = row.figure("ratio")
            if ratio and ratio.amounts[0] not in said and not asked.base:
                wrong.append(f"{row.id}: the ratio {ratio.amounts[0]} is not said")
    if want.kind == "text":
        for row in want.mine:
            wrong += [f"{row.id}: not said"] if row.text("text") not in own else []
            wrong += _said_with(own, row)
    if want.kind == "outside":
        return wrong + ([] if name[:2] in lines[0] and "没有" in lines[0] else ["not declined"])
    without = want.kind in ("elsewhere", "none") and asked.who.startswith("retired")
    if without and asked.region and not re.search("没有|不一样", lines[0]):
        wrong.append("does not say that there is no figure")
    told = want.kind in ("figure", "bands", "rule", "text")
    if asked.open and told and not re.search("还没退休|居民医保没有", own):
        wrong.append("does not say whose figure it is not")
    if "12393" not in own:
        wrong.append("no hotline")
    return wrong


def _figures(own: str, want: Expected, asked: Asked, data: Data) -> list[str]:
    """Figures that belong to no fact that applies, or with a period that is not theirs."""
    rows = want.mine + want.others
    if asked.open:
        rows += data.amount(asked.region, asked.pool, asked.age, "employed", DAY).mine
    allowed = {
        (amount, figure.unit): figure
        for row in rows
        for figure in row.figures
        for amount in figure.amounts
    }
    periods: dict[tuple[Decimal, str], set[str | None]] = {}
    for row in rows:
        for figure in row.figures:
            for amount in figure.amounts:
                periods.setdefault((amount, figure.unit), set()).add(figure.period)
    wrong = []
    for money in moneys(own):
        key = (money.amount, money.unit)
        if key not in allowed:
            wrong.append(f"{plain(money.amount)}{money.unit} belongs to no fact that applies")
        elif money.period and money.period not in periods[key]:
            wrong.append(f"{plain(money.amount)}{money.unit} is not per {money.period}")
    return wrong


def _rows(lines: list[str], want: Expected, name: str) -> list[str]:
    """Each amount must stand in a line with its own period, band, label and kind of person."""
    wrong = []
    for row in _shown(want):
        if not any(_is_line_of(each, row) for line in lines for each in clauses(line)):
            wrong.append(f"{row.id}: no line says its amount for its people and ages")
    said = [(number, each) for number, line in enumerate(lines) for each in clauses(line)]
    for number, line in said:
        for money in moneys(line):
            if money.period is None or money.unit != "元":
                continue
            near = [
                row
                for row in want.mine + want.others
                if (g := row.figure("gross")) and money.amount in g.amounts
            ]
            if near and not any(_is_line_of(line, row) for row in near):
                wrong.append(f"line {number} gives {plain(money.amount)} to the wrong people")
    amounts = {g.amounts[0] for row in want.mine if (g := row.figure("gross"))}
    amounts_after = {n.amounts[0] for row in want.mine if (n := row.figure("net"))}
    said_first = {money.amount for money in moneys(lines[0])}
    if want.kind == "bands" and not amounts <= said_first <= amounts | amounts_after:
        wrong.append("the first line does not say all that may be the person's, and no other")
    if name[:2] not in lines[0]:
        wrong.append(f"the first line does not name {name}")
    return wrong


def _shown(want: Expected) -> tuple[Row, ...]:
    """The rows that a reply must list; a row by hand tells of those left out among bands."""
    return want.mine if want.kind == "bands" else want.mine + want.others


def clauses(line: str) -> list[str]:
    """The parts of a line that says several amounts, each with what holds for all of them."""
    head, colon, rest = line.partition("：")
    if len(moneys(line)) < 2 or not colon:
        return line.split("，") if len(moneys(line)) > 1 else [line]
    return [head + colon + part for part in rest.split("，")]


def _is_line_of(line: str, row: Row) -> bool:
    gross = row.figure("gross")
    assert gross is not None
    fits = [m for m in moneys(line) if m.amount in gross.amounts and m.unit == gross.unit]
    if not any(money.period == gross.period for money in fits):
        return False
    if band(line) != (row.low, row.high) or gross.label not in line:
        return False
    others = {"retired_unit", "retired_flexible", "retired_founding", "retired_tier1"}
    if any(re.search(CALLED[each], line) for each in others - {row.population}):
        return False
    return bool(re.search(CALLED[row.population], line))


def _lead(line: str, row: Row, name: str) -> list[str]:
    gross = row.figure("gross")
    assert gross is not None
    found = moneys(line)
    wrong = []
    if [(m.amount, m.unit, m.period) for m in found] != [
        (gross.amounts[0], gross.unit, gross.period)
    ]:
        wrong.append(f"the first line does not say {row.id} alone: {line}")
    if not _is_line_of(line, row):
        wrong.append(f"the first line is not for the people of {row.id}: {line}")
    return wrong


def _said_with(own: str, row: Row) -> list[str]:
    """A fact that may only be said with its caveat is."""
    if row.firmness == "with_caveat" and row.text("caveat") not in own:
        return [f"{row.id}: its caveat is not said"]
    return []


def _of_its_own(own: str, row: Row, data: Data) -> list[str]:
    """Source with kind and date, and since when."""
    wrong = []
    source = data.sources[row.fields["source"]]
    date = source.get("date")
    spoken = _day(date) if date and date != "null" else "未注明日期"
    if not any(
        source["publisher"] in line and KINDS[source["kind"]] in line and spoken in line
        for line in own.split("\n")
    ):
        wrong.append(f"{row.id}: its source with kind and date is not said")
    since = row.fields.get("effective_from")
    if since and _day(since) not in own:
        wrong.append(f"{row.id}: since when it holds is not said")
    return wrong


def _day(text: str) -> str:
    return "".join(f"{int(n)}{u}" for n, u in zip(text.split("-"), "年月日", strict=False))


def _payload(payload: dict[str, Any], want: Expected) -> list[str]:
    wrong = []
    figure = figure_of(payload)
    if want.kind == "figure":
        gross = want.mine[0].figure("gross")
        assert gross is not None
        have = figure and (figure["amount"], figure["unit"], figure.get("period"))
        if have != (plain(gross.amounts[0]), gross.unit, gross.period):
            wrong.append(f"the payload's figure is {have}")
    elif figure:
        wrong.append(f"the payload has a figure: {figure}")
    found = [block for block in blocks(payload) if block["kind"] == "band"]
    rows = [(block["amount"], block.get("period")) for block in found]
    expected = [
        (plain(g.amounts[0]), g.period) for row in _shown(want) if (g := row.figure("gross"))
    ]
    if (want.others or want.kind == "bands") and sorted(rows) != sorted(expected):
        wrong.append(f"the payload's rows are {rows}")
    return wrong


def _claims(text: str, want: Expected, asked: Asked, data: Data) -> list[str]:
    """Each claim in a labelled line; a labelled line holds nothing but claims on this place."""
    wrong = []
    labelled = [line for line in text.split("\n") if CLAIMED in line]
    if asked.who.startswith("retired"):
        for row in want.claims:
            said = row.text("text").rstrip("。")
            if not any(said in line and UNPROVEN in line for line in labelled):
                wrong.append(f"{row.id}: the claim is not said in a labelled sentence")
    allowed = {a for row in want.claims for figure in row.figures for a in figure.amounts}
    for line in labelled:
        for money in moneys(line):
            if money.amount not in allowed:
                wrong.append(f"{plain(money.amount)}{money.unit} in a label without its claim")
    return wrong
