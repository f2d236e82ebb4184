"""The topics: one folder of ``data/`` each, found by its ``topic.yml``; nothing else lists them."""

import os
from functools import lru_cache
from pathlib import Path

import msgspec

from policy.yamlfile import Document, Mistakes

# Where a server finds what it tells; the operators' desk also points it at a draft.
DATA = Path(os.environ.get("DATA_DIR") or Path(__file__).parent.parent / "data")
TOPIC = "topic.yml"
NONE = "none"


class Thing(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Something that questions of a topic are about.

    Attributes:
        called: its name, as it is said to people.
        before: words that complete a question that leaves the thing unsaid: 异地备案 + 要钱吗.
        like: things whose answers serve where it has none of its own.
        presumes: of what somebody must have told one before it is likely to be asked of: a death
            (``dead``, ``someday``) or a situation.
    """

    called: str
    before: str
    like: tuple[str, ...] = ()
    presumes: tuple[str, ...] = ()


class Topic(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """One topic.

    Attributes:
        name: its name, as it is said to people.
        order: its place in menus.
        ask: the answer that its menu entry leads to.
        things: what its questions are about, by key; the first is what the topic is mostly about.
        key: name of its folder, and what its intents' names start with.
    """

    name: str
    order: int
    ask: str
    things: dict[str, Thing]
    key: str = ""


class Topics:
    """All topics, in the order of menus."""

    def __init__(self, topics: list[Topic]) -> None:
        """Take the topics."""
        self.by_key = {topic.key: topic for topic in sorted(topics, key=lambda one: one.order)}
        self.keys = tuple(self.by_key)
        self.topic_of_thing = {name: topic.key for topic in topics for name in topic.things}

    @classmethod
    def load(cls, folder: Path = DATA) -> "Topics":
        """Read every ``topic.yml`` below a folder.

        Raises:
            DataError: for the first mistake, naming file, line and field.
        """
        found: list[Topic] = []
        mistakes = Mistakes()
        for file in sorted(folder.glob(f"*/{TOPIC}")):
            with mistakes.apart():
                document = Document(file)
                topic = document.convert(document.data, Topic)
                if not topic.things:
                    raise document.error(("things",), "至少要有一样东西")
                for name in topic.things:
                    if any(name in other.things for other in found):
                        raise document.error(("things", name), "别的主题里已有这个名字")
                found.append(msgspec.structs.replace(topic, key=file.parent.name))
        mistakes.check()
        return cls(found)

    def of(self, intent: str) -> str:
        """The topic of an intent or answer, or NONE."""
        topic = intent.partition("_")[0]
        return topic if topic in self.by_key else NONE

    def near(self, thing: str) -> tuple[str, ...]:
        """The topics of a thing and of those that it is like."""
        known = self.thing(thing)
        things = (thing, *known.like) if known else ()
        return tuple(dict.fromkeys(self.topic_of_thing[name] for name in things))

    def thing(self, name: str) -> Thing | None:
        """A thing by its key."""
        topic = self.topic_of_thing.get(name)
        return self.by_key[topic].things[name] if topic else None


def topic_keys() -> tuple[str, ...]:
    """The keys of all topics, in the order of menus."""
    return topics().keys


@lru_cache(maxsize=1)
def topics() -> Topics:
    """The topics of this installation, read at first use."""
    return Topics.load()
