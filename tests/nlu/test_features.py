"""What the model is told of a question."""

from nlu.features import Featurizer

FEATURIZER = Featurizer.load()
STORY = "我今年六十八,一个人住在老房子里。前阵子腿脚不好,孩子不让我出门。"
QUESTION = "在家里用手机怎么看卡里还有多少"


def test_of_a_story_the_clauses_that_ask_count_twice() -> None:
    features = FEATURIZER.features(f"{STORY}{QUESTION}。谢谢了。", [])
    assert features.count("c4怎么看卡") == 2
    assert features.count("c4腿脚不好") == 1


def test_of_a_story_that_asks_nothing_the_end_counts_twice() -> None:
    features = FEATURIZER.features(f"{STORY}我要取出来。", [])
    assert features.count("c4要取出来") == 2


def test_a_short_message_counts_once() -> None:
    assert FEATURIZER.features(f"你好,请问,{QUESTION}", []).count("c4怎么看卡") == 1
