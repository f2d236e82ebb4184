import sys
import unicodedata

import pytest
from rasa.shared.core.training_data.story_reader.yaml_story_reader import YAMLStoryReader
from rasa.shared.nlu.constants import INTENT, TEXT
from rasa.shared.nlu.training_data.message import Message

from nlu.reader import MessageReader


@pytest.fixture(scope="module")
def reader():
    return MessageReader.create({}, None, None, None)


def read(reader, text):
    [message] = reader.process([Message({TEXT: text})])
    return message


def test_no_removed_sign_lets_a_command_through(reader):
    kinds = ("Cc", "Cf", "Cs", "Co", "Me", "Zs", "Zl", "Zp", "So")
    signs = [chr(code) for code in range(sys.maxunicode + 1)]
    signs = [sign for sign in signs if unicodedata.category(sign) in kinds]
    # Private and unseen planes are all alike; of the others every one.
    signs = [sign for sign in signs if ord(sign) < 0xE000 or ord(sign) % 251 == 0] + ["\u3164"]
    messages = reader.process([Message({TEXT: f"{sign}/restart"}) for sign in signs])
    commands = [
        hex(ord(sign))
        for sign, message in zip(signs, messages, strict=True)
        if YAMLStoryReader.unpack_regex_message(message).get(INTENT)
    ]
    assert commands == []


@pytest.mark.parametrize("before", ["😀", "\u00ad", "→", "/", "／", "//", "😀/", "\ufe0f/\u200b/ "])
def test_what_comes_to_the_front_is_no_command(reader, before):
    message = read(reader, before + '/credit_amount{"region":"北京"}')
    assert not message.get(TEXT).lstrip().startswith("/")
    assert YAMLStoryReader.unpack_regex_message(message).get(INTENT) is None


def test_slashes_within_a_text_stay(reader):
    assert "/" in read(reader, "余额/明细怎么查").get(TEXT)
