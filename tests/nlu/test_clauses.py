"""Where a message may fall into several questions."""

import pytest

from nlu.clauses import Clauses

CLAUSES = Clauses.load()


@pytest.mark.parametrize(
    "clause",
    [
        "余额怎么查", "返多少", "有没有利息", "刷谁的卡", "有效期多长", "会不会清零", "几号到账",
        "能绑几个人", "能取现不", "按比例还是固定的", "备案通过没有", "年底清零不清零", "要带啥",
    ],
)  # fmt: skip
def test_asks(clause: str) -> None:
    assert CLAUSES.asks(clause)


@pytest.mark.parametrize(
    "clause",
    [
        "前几天办了异地备案", "我在北京住几个月", "一分钱都没有", "啥都靠这张卡",
        "没来得及弄什么备案", "我住着院呢", "谁知道又病了", "又没有多少天", "后来还是没找到",
        "我妈在徐州退休",
    ],
)  # fmt: skip
def test_tells(clause: str) -> None:
    assert not CLAUSES.asks(clause)


@pytest.mark.parametrize("clause", ["这是怎么回事", "到底怎么办", "是这样吗", "可以吗", "凭什么"])
def test_asks_only_with_what_stands_before(clause: str) -> None:
    assert CLAUSES.is_tag(clause)


@pytest.mark.parametrize("clause", ["余额怎么查", "这钱可以取吗", "怎么绑定"])
def test_is_a_question_of_its_own(clause: str) -> None:
    assert not CLAUSES.is_tag(clause)


def test_is_cut_at_marks_but_not_within_a_time() -> None:
    text = "想问:余额怎么查?12:30能办吗 谢谢"
    assert [text[start:end] for start, end in CLAUSES.spans(text)] == [
        "想问", "余额怎么查", "12:30能办吗", "谢谢",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "inner"),
    [
        ("您好麻烦问一下备案怎么办", "备案怎么办"),
        ("另外这钱能取吗谢谢", "这钱能取吗"),
        ("二是能不能给老伴用", "能不能给老伴用"),
        ("请问", "请问"),
        ("还有没有别的办法", "还有没有别的办法"),
    ],
)
def test_courtesies_are_no_part_of_a_question(text: str, inner: str) -> None:
    start, end = CLAUSES.trimmed(text, (0, len(text)))
    assert text[start:end] == inner


def halves(clause: str) -> set[tuple[str, str, bool]]:
    return {
        (
            "".join(clause[start:end] for start, end in cut.left),
            "".join(clause[start:end] for start, end in cut.right),
            cut.marked,
        )
        for cut in CLAUSES.cuts(clause)
    }


@pytest.mark.parametrize(
    ("clause", "left", "right", "marked"),
    [
        ("余额在哪查以及钱会不会作废", "余额在哪查", "钱会不会作废", True),
        ("卡里的钱能取吗怎么给我妈用", "卡里的钱能取吗", "怎么给我妈用", True),
        ("余额怎么查怎么取", "余额怎么查", "怎么取", False),
        ("余额和返款怎么看", "余额怎么看", "返款怎么看", True),
        ("绑定和解绑分别怎么弄", "绑定分别怎么弄", "解绑分别怎么弄", True),
        ("余额查询方法及提取流程", "余额查询方法", "提取流程", True),
    ],
)
def test_is_cut_between_two_questions(clause: str, left: str, right: str, marked: bool) -> None:
    assert (left, right, marked) in halves(clause)


@pytest.mark.parametrize(
    "clause",
    [
        "医保卡余额怎么查",
        "上海和北京哪个返得多",
        "亲情账户和家庭共济有什么区别",
        "社保卡如何查询余额呢",
        "怎么查备案通过没有",
        "能不能帮我看我妈卡里有多少钱",
        "急诊来不及备案怎么报",
        "卡里还有多少钱",
    ],
)
def test_one_question_is_not_cut(clause: str) -> None:
    assert CLAUSES.cuts(clause) == []


def test_a_question_about_an_amount_is_no_second_one() -> None:
    assert not any(left == "每月返多少" for left, _, _ in halves("每月返多少是怎么算的"))


@pytest.mark.parametrize(
    "clause", ["前年中的风", "他早几年脑出血过", "三个月前摔了", "以前心脏不好"]
)
def test_tells_of_former_times(clause: str) -> None:
    assert CLAUSES.of_the_past(clause)


@pytest.mark.parametrize(
    "clause", ["他刚刚中风了", "心口疼得厉害", "我爸今年摔了", "前面有个人晕倒"]
)
def test_tells_of_now(clause: str) -> None:
    assert not CLAUSES.of_the_past(clause)


@pytest.mark.parametrize(
    ("clauses", "bare", "form"),
    [
        (["要带什么"], ["要带什么"], "asks"),
        (["我是合肥的"], ["是的"], "tells"),
        (["那上海呢"], ["那呢"], "tells"),
        (["去上海看病"], ["去看病"], "names"),
        (["户口不在一块"], ["户口不在一块"], "states"),
        (["余额"], ["余额"], "names"),
    ],
)
def test_the_form_of_a_message(clauses: list[str], bare: list[str], form: str) -> None:
    assert CLAUSES.form(clauses, bare, marked=False) == form


def test_a_question_mark_makes_a_statement_none() -> None:
    assert CLAUSES.form(["一分都没了"], ["一分都没了"], marked=True) == "names"
