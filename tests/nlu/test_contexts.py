"""What a message follows: a thing or an answer, and how examples are met in a conversation."""

from nlu.contexts import Context, in_conversation, things_of_answers
from policy.topics import NONE, topics

WORDS = [[f"c1{letter}"] for letter in "一二三四五六七八九十" * 20]


def test_an_example_follows_a_thing_or_an_answer() -> None:
    assert Context.written("filing") == Context(thing="filing")
    assert Context.written("filing_claim_time") == Context("claim", "filing_claim_time")
    # What is not ours has an answer and no thing.
    assert Context.written("neighbour_years") == Context("", "neighbour_years")


def test_the_model_knows_the_thing_its_topic_the_answer_and_its_family() -> None:
    assert Context("claim", "filing_claim_time").features() == [
        "a1claim", "a2filing", "a3filing_claim_time", "a4filing_claim",
    ]  # fmt: skip
    assert Context("claim").features() == ["a1claim", "a2filing"]
    assert Context(entry="neighbour_years").topic == NONE
    assert not Context()
    assert Context().features() == []


def test_every_answer_of_a_topic_is_about_one_of_its_things() -> None:
    for entry, thing in things_of_answers().items():
        assert topics().topic_of_thing[thing], entry


def test_what_follows_an_answer_is_not_met_alone() -> None:
    follows = Context.written("filing_how")
    found = in_conversation([["c1多"], ["c1少"]], ["filing_time"] * 2, [follows, None], 0.0, 1)
    assert found.alone == [False, True]
    assert found.features == [["c1多", *follows.features()], ["c1少"]]


def test_others_follow_answers_of_their_topic_half_of_them_of_their_thing() -> None:
    words = [[*each, f"c1{number}"] for number, each in enumerate(WORDS)]
    many = len(words)
    found = in_conversation(words, ["filing_claim_time"] * many, [None] * many, 0.5, 1)
    met = [each for each, alone in zip(found.features, found.alone, strict=True) if not alone]
    assert many / 3 < len(met) < 2 * many / 3
    assert all("a2filing" in each for each in met)
    of_the_thing = sum("a1claim" in each for each in met) / len(met)
    assert 0.4 < of_the_thing < 0.8
