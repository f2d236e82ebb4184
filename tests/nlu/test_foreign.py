"""English, pinyin and initials inside Chinese."""

import pytest
import yaml

from nlu.features import FOREIGN, Featurizer
from nlu.foreign import ENGLISH, ForeignWords
from nlu.normalizer import Normalizer

WORDS = ForeignWords.load()


@pytest.mark.parametrize(
    ("typed", "chinese"),
    [
        ("医保balance怎么check", "医保余额怎么查"),
        ("我的ybk里还有多少money", "我的医保卡里还有多少钱"),
        ("医保 balance 怎么 check 呢", "医保余额怎么查呢"),
        ("how to check my medical insurance balance?", "怎么查我的医保余额?"),
        ("credit card账单", "信用卡账单"),
        ("mother-in-law能绑吗", "岳母能绑吗"),
        ("can't login", "不能登录"),
        ("xi'an医保", "西安医保"),
        ("pls帮我看看", "帮我看看"),
        ("余额够ok吗", "余额够可以吗"),
        # 词里有词、网址、单个字母、不认识的词
        ("checklist在哪", "checklist在哪"),
        ("www.check.com打不开", "www.check.com打不开"),
        ("i深圳怎么查", "i深圳怎么查"),
        ("b超能报吗", "b超能报吗"),
        ("foo bar 余额", "foo bar 余额"),
        # 自己就是一句话
        ("ok", "ok"),
        ("thank you", "thank you"),
        ("没有外文", "没有外文"),
    ],
)
def test_known_foreign_words_become_chinese(typed: str, chinese: str) -> None:
    assert WORDS(typed) == chinese


def test_the_normaliser_uses_it() -> None:
    assert Normalizer.load()("医保 Balance 怎么CHECK") == "医保余额怎么查"


def test_what_is_put_in_place_is_chinese() -> None:
    data = yaml.safe_load(ENGLISH.read_text(encoding="utf-8"))
    for key, value in data["words"].items():
        assert key == key.lower()
        assert WORDS(value) == value


def test_an_unknown_foreign_word_is_one_sign_to_the_model() -> None:
    features = Featurizer.load().features("我的xyzzy怎么用", [])
    assert f"c1{FOREIGN}" in features
    assert "c1x" not in features


def test_a_kept_word_and_a_foreign_sentence_stay() -> None:
    featurizer = Featurizer.load()
    assert "c3app" in featurizer.features("app怎么用", [])
    assert "c1x" in featurizer.features("xyzzy plugh", [])
