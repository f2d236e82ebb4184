"""Figures and phrases that no reply may hold, asked through every intent; claims only in labels."""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal

import pytest

from dialogue.assistant import Assistant
from dialogue.routes import Routes
from policy.lookup import Policy
from tests.policy.spoken import (
    CLAIMED,
    UNPROVEN,
    Asked,
    entity,
    figure_of,
    message,
    moneys,
    plainly,
    reply,
)
from tests.policy.table import COUNTRY, ROOT, Data, answers, places, read

DAY = date(2026, 12, 1)
NAMES = places()
FORBIDDEN = read(ROOT / "tests/policy/forbidden.yml")
REGIONS = sorted({row["region"] for row in [*FORBIDDEN["figures"], *FORBIDDEN["phrases"]]})
INTENTS = list(answers())
PEOPLE = (
    Asked(None),
    Asked(None, (66, 66), "retired"),
    Asked(None, (76, 76), "retired_flexible"),
    Asked(None, None, "employed"),
)
# Where the money is asked about, everybody is tried; elsewhere who asks changes little.
ABOUT_MONEY = ("credit_amount", "credit_net", "credit_rule", "credit_compare", "credit_reduced")
LIMIT = ("上限", "原则上")
PAST = ("2023 年底前", "只查到 2023 年")


@pytest.fixture(scope="module")
def data() -> Data:
    return Data()


@pytest.fixture(scope="module")
def assistant(wording) -> Assistant:
    return Assistant(Policy.load(today=lambda: DAY), wording, Routes.load())


def replies(assistant: Assistant, region: str) -> Iterator[tuple[str, str]]:
    """Intent and text of every reply that a place can get."""
    inside = [code for code in NAMES if code[:4] == region[:4] and not code.endswith("00")]
    for place in [region, *inside[:1]] if region != COUNTRY else [None]:
        for intent in INTENTS:
            for who in PEOPLE if intent in ABOUT_MONEY else PEOPLE[:1]:
                yield intent, reply(assistant, Asked(place, who.age, who.population), intent)[0]
    # The ways into an aspect that have a variant of their own.
    for intent in ("balance_query", "withdrawal_possible", "withdrawal_where", "sharing_bind"):
        for channel in ("phone", "alipay", "wechat", "platform", "website", "local_app", "hall"):
            found = [entity("channel", channel)]
            if region != COUNTRY:
                found.append(entity("region", region))
            yield intent, assistant.turn(message(intent, *found), {})[0].text


@pytest.mark.parametrize("region", REGIONS, ids=lambda code: NAMES.get(code, "全国"))
def test_what_must_not_be_said(region: str, assistant: Assistant) -> None:
    figures = [row for row in FORBIDDEN["figures"] if row["region"] == region]
    everywhere = [row for row in FORBIDDEN["phrases"] if row["region"] in (region, COUNTRY)]
    wrong = set()
    for intent, text in replies(assistant, region):
        own = plainly(text)
        lines = own.split("\n")
        for money in moneys(own):
            for row in figures:
                if (money.amount, money.unit) != (Decimal(row["amount"]), row["unit"]):
                    continue
                if "past" in row and any(word in lines[money.line] for word in PAST):
                    continue
                if "limits" in row and any(word in lines[money.line] for word in LIMIT):
                    continue
                wrong.add(
                    f"{intent}: {row['amount']}{row['unit']} {row['why']}: {lines[money.line]}"
                )
        wrong |= {f"{intent}: {row['text']}" for row in everywhere if row["text"] in text}
    assert not wrong, "\n".join(sorted(wrong)[:20])


def test_the_list_is_long_enough() -> None:
    assert len(FORBIDDEN["figures"]) >= 60


def test_claims_are_only_said_inside_their_label(assistant: Assistant, data: Data) -> None:
    claims = [row for row in data.rows if row.claim]
    assert len(claims) >= 15
    seen = set()
    for region in (None, "310000", "370000", "440300", "620000", "620100", "110000"):
        for intent in INTENTS:
            for age in (None, (66, 66), (80, 80)):
                text, _ = reply(assistant, Asked(region, age), intent)
                for line in text.split("\n"):
                    for row in claims:
                        said = row.text("text").rstrip("。")
                        if said not in line:
                            continue
                        seen.add(row.id)
                        assert CLAIMED in line, f"{intent} {region}: {line}"
                        assert UNPROVEN in line, f"{intent} {region}: {line}"
                        assert row.text("warning") in line, f"{intent} {region}: {line}"
                        assert line.index(CLAIMED) < line.index(said)
    # The rest are reached by a channel, an item or the hotline named (see articles.yml).
    assert len(seen) >= 12


def test_a_claim_is_never_anybodys_figure(assistant: Assistant) -> None:
    """The first line never holds what only an article says."""
    for region, amount in (("440300", 250), ("620000", 120), ("370100", 125), ("310000", 157.5)):
        text, payload = reply(assistant, Asked(region, (80, 80), "retired"))
        first = text.split("\n")[0]
        assert Decimal(str(amount)) not in [money.amount for money in moneys(first)], text
        figure = figure_of(payload)
        assert not figure or Decimal(figure["amount"]) != Decimal(str(amount))


@pytest.mark.parametrize("words", ["后六位", "后 6 位", "后6位", "末六位", "最后六位"])
def test_the_default_password_is_in_no_file(words: str) -> None:
    folders = ("data", "nlu")
    for folder in folders:
        for file in sorted((ROOT / folder).rglob("*.yml")):
            assert words not in file.read_text(encoding="utf-8"), file
