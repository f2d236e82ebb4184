"""Words for who, from where, for what, at which visit."""

import pytest

from nlu.entities import Entity
from nlu.lexicon import Lexicon, Lexicons
from nlu.normalizer import Normalizer
from nlu.reading import Reader

NORMALIZER = Normalizer.load()
LEXICONS = {lexicon.name: lexicon for lexicon in Lexicon.load_all()}
WORDS = Lexicons.load()
READER = Reader.load()
VALUES = {
    "relation": {
        "self", "third",
        "spouse", "father", "mother", "parent", "child", "sibling", "grandparent", "grandchild",
        "parent_in_law", "child_in_law", "sibling_in_law", "other_relative", "non_relative",
        "boyfriend_girlfriend",
    },
    "channel": {
        "phone", "alipay", "wechat", "platform", "website", "local_app", "hall", "kiosk",
    },
    "item": {
        "medicine", "medicine_or_supplement", "device", "checkup", "vaccine", "dental", "implant",
        "denture", "glasses", "supplement", "fitness", "cosmetics", "groceries", "electronics",
        "tcm", "hospital_bill", "registration", "resident_premium", "commercial_insurance",
        "contribution", "long_term_care", "test", "deposit", "threshold",
    },
    "visit": {"inpatient", "outpatient", "emergency", "chronic", "pharmacy"},
    "population": {
        "retired", "retired_unit", "retired_flexible", "retired_public", "retired_enterprise",
        "retired_founding", "retired_tier1", "veteran", "employed", "flexible", "resident",
    },
    "hotline": {"12333", "12393"},
    "smartphone": {"none"},
    "work": {"retired", "not_retired", "working", "paying", "never_worked"},
    "life": {"dead"},
    "situation": {
        "in_hospital", "discharged", "paid", "not_insured", "other_province", "in_province",
        "no_permit", "bedridden", "abroad_settled", "lost_card", "heard", "doubt", "bound",
        "step_family", "cannot_sign", "has_money",
        "no_account", "employer_gone", "statement_seen", "retirement_done", "has_account",
        "not_owing", "shown_done", "not_spent", "not_shared", "card_kept",
        "same_unit", "refused_phone", "filed", "certified", "long_missing",
    },
}  # fmt: skip


def _found(name: str, sentence: str) -> list[str]:
    found = [each for each in READER.read(sentence)[1] if each["entity"] == name]
    return [each["value"] for each in found if each["extractor"] != "Attribution"]


def _entities(name: str, text: str) -> list[Entity]:
    return [each for each in WORDS.find(text) if each["entity"] == name]


def test_the_values_are_those_that_replies_can_ask_for() -> None:
    assert {name: set(lexicon.phrases().values()) for name, lexicon in LEXICONS.items()} == VALUES


@pytest.mark.parametrize("name", sorted(VALUES))
def test_every_phrase_is_normalised_and_found(name: str) -> None:
    lexicon = LEXICONS[name]
    for phrase, value in lexicon.phrases().items():
        assert NORMALIZER(phrase) == phrase
        found = {each["value"] for each in _entities(name, f"去{phrase}")}
        found |= {each["value"] for each in _entities(name, f"我{phrase}")}
        assert value in found, phrase


@pytest.mark.parametrize(
    ("sentence", "values"),
    [
        ("我妈的医保卡给我爸用行吗", ["mother", "father"]),
        ("爸妈能用我的吗", ["parent"]),
        ("我爸我妈都80多了", ["parent"]),
        ("岳父岳母能用吗", ["parent_in_law"]),
        ("老公的爸妈可以共济吗", ["parent_in_law"]),
        ("儿媳妇能绑定吗", ["child_in_law"]),
        ("媳妇能用吗", ["spouse"]),
        ("俺老伴儿", ["spouse"]),
        ("我家那口子", ["spouse"]),
        ("孩子他爸", ["spouse"]),
        ("我先生退休了", ["spouse"]),
        ("姐夫能用吗", ["sibling_in_law"]),
        ("哥哥姐姐", ["sibling", "sibling"]),
        ("姑妈能用吗", ["other_relative"]),
        ("外甥能绑吗", ["other_relative"]),
        ("外孙女打疫苗", ["grandchild"]),
        ("姥姥的卡", ["grandparent"]),
        ("男朋友能用吗", ["boyfriend_girlfriend"]),
        ("我对象没领证", ["boyfriend_girlfriend"]),
        ("前妻还能用吗", ["non_relative"]),
        ("同事能用吗", ["non_relative"]),
        ("妈75了", ["mother"]),
        ("干妈能用吗", ["non_relative"]),
        ("我姑娘能用我的卡吗", ["child"]),
        # 合起来是一个人
        ("我儿媳妇能用吗", ["child_in_law"]),
        ("俺儿媳", ["child_in_law"]),
        ("给我大儿子老婆用", ["child_in_law"]),
        ("闺女的对象", ["non_relative"]),
        ("我女婿", ["child_in_law"]),
        ("我儿子", ["child"]),
        ("我儿子的孩子", ["grandchild"]),
        ("孙媳妇能绑不", ["other_relative"]),
        ("我孙女婿", ["other_relative"]),
        ("外甥媳妇", ["other_relative"]),
        ("我弟媳妇能绑吗", ["sibling_in_law"]),
        ("我弟弟媳妇", ["sibling_in_law"]),
        ("我弟妹", ["sibling_in_law"]),
        ("我姐夫", ["sibling_in_law"]),
        ("俺大姐夫", ["sibling_in_law"]),
        ("我妹夫", ["sibling_in_law"]),
        ("我哥的老婆", ["sibling_in_law"]),
        ("小姨子", ["sibling_in_law"]),
        ("大舅哥", ["sibling_in_law"]),
        ("老婆的大姐", ["sibling_in_law"]),
        ("我老公弟弟", ["sibling_in_law"]),
        ("我弟弟家的孩子", ["other_relative"]),
        ("姐姐的小儿子", ["other_relative"]),
        ("我妈的妹妹", ["other_relative"]),
        ("我爸他大哥", ["other_relative"]),
        ("表哥的儿子", ["other_relative"]),
        ("表弟媳妇", ["other_relative"]),
        ("老公的爷爷", ["other_relative"]),
        ("妈妈的妈妈", ["grandparent"]),
        ("同事的孩子", ["non_relative"]),
        ("女朋友的妈妈", ["non_relative"]),
        ("我老公公能用吗", ["parent_in_law"]),
        ("我老公公司交的", ["spouse"]),
        ("我哥们", ["non_relative"]),
        # 是几个人
        ("我哥哥", ["sibling"]),
        ("我姐妹", ["sibling"]),
        ("我老婆孩子", ["spouse", "child"]),
        ("爸妈弟弟妹妹", ["parent", "sibling", "sibling"]),
        ("老公我爸都能用吗", ["spouse", "father"]),
        ("老婆的孩子", ["spouse", "child"]),
        # 不是在说这个人
        ("参保对象有哪些", []),
        ("先生您好", []),
        ("大姐您好", []),
        ("老师好，请问", []),
        ("他妈的烦死了", []),
        ("带孙子去上海", []),
        ("跟儿子住在苏州", []),
        ("在上海给女儿带孩子", []),
        ("听朋友说能取", []),
        ("小姑娘", []),
        ("首先生病了", []),
        ("公务员退休", []),
        ("养老太贵", []),
    ],
)
def test_relations(sentence: str, values: list[str]) -> None:
    assert _found("relation", sentence) == values


@pytest.mark.parametrize(
    ("sentence", "values"),
    [
        ("退休职工每月返多少", ["retired"]),
        ("我妈退休了", ["retired"]),
        ("还没退休", ["employed"]),
        ("在职的怎么算", ["employed"]),
        ("灵活就业有返款吗", ["flexible"]),
        ("我自己交的职工医保", ["flexible"]),
        ("居民医保有个人账户吗", ["resident"]),
        ("新农合", ["resident"]),
        ("灵活就业退休了返钱吗", ["retired_flexible"]),
        ("退休了，以前是灵活就业", ["retired_flexible"]),
        ("灵活就业和退休的返得一样吗", ["flexible", "retired"]),
        ("事业单位退休每月返多少", ["retired_public"]),
        ("退休教师", ["retired_public"]),
        ("我是厂里退休的", ["retired_enterprise"]),
        ("一档退休的", ["retired_tier1"]),
        ("建国前老工人", ["retired_founding"]),
        ("离休老干部", ["veteran"]),
        ("离退休", ["retired"]),
        ("退休年龄多大", []),
        ("快退休了", []),
        ("延迟退休", []),
        ("居民身份证要带吗", []),
        ("市民怎么查", []),
        ("农民工", []),
    ],
)
def test_populations(sentence: str, values: list[str]) -> None:
    assert _found("population", sentence) == values


@pytest.mark.parametrize(
    ("name", "sentence", "values"),
    [
        ("channel", "微信怎么查余额", ["wechat"]),
        ("channel", "支付宝上能办吗", ["alipay"]),
        ("channel", "国家医保服务平台app", ["platform"]),
        ("channel", "国家医保局规定", []),
        ("channel", "自助机上能查吗", ["kiosk"]),
        ("channel", "去医保局办", ["hall"]),
        ("item", "买酒精行吗", []),
        ("item", "买酒行吗", ["groceries"]),
        ("item", "运动损伤能刷吗", []),
        ("item", "中医按摩能刷吗", ["tcm"]),
        ("smartphone", "我妈不会弄智能手机", ["none"]),
        ("smartphone", "没手机怎么查", ["none"]),
        ("smartphone", "手机玩不转", ["none"]),
        ("smartphone", "没有手机号能注册吗", []),
        ("smartphone", "手机上怎么查", []),
        ("channel", "尊敬的医保局领导", []),
        ("channel", "打电话能查吗", ["phone"]),
        ("channel", "电话号码换了", []),
        ("channel", "浙里办怎么查", ["local_app"]),
        ("channel", "河南医保小程序", ["local_app"]),
        ("channel", "河南医保卡", []),
        ("channel", "手机上怎么弄", []),
        ("channel", "官网在哪", ["website"]),
        ("item", "买血压计能刷吗", ["device"]),
        ("item", "药店能买保健品吗", ["supplement"]),
        ("item", "买药", ["medicine"]),
        ("item", "种牙", ["implant"]),
        ("item", "配眼镜", ["glasses"]),
        ("item", "能买大米吗", ["groceries"]),
        ("item", "米东区", []),
        ("item", "给孩子交居民医保", ["resident_premium"]),
        ("item", "惠民保", ["commercial_insurance"]),
        ("item", "中医院", []),
        ("item", "华为手表", ["electronics"]),
        ("item", "检查一下余额", []),
        ("item", "体检能刷吗", ["checkup"]),
        ("visit", "急诊没备案", ["emergency"]),
        ("visit", "住院", ["inpatient"]),
        ("visit", "高血压门诊慢性病", ["chronic", "chronic"]),
        ("visit", "普通门诊", ["outpatient"]),
        ("visit", "药店能刷吗", ["pharmacy"]),
        ("hotline", "12333打不通", ["12333"]),
        ("hotline", "打12393", ["12393"]),
        ("hotline", "电话0123331", []),
    ],
)
def test_other_words(name: str, sentence: str, values: list[str]) -> None:
    assert _found(name, sentence) == values


@pytest.mark.parametrize(
    ("name", "sentence", "values"),
    [
        ("item", "我在上海参保，能买血压计吗", ["device"]),
        ("item", "伤口红肿能买药膏吗", ["medicine"]),
        ("item", "在家电话里能查吗", []),
        ("item", "国家电子医保凭证能买药吗", ["medicine"]),
        ("item", "跳广场舞崴了脚，膏药能刷吗", ["medicine"]),
        ("item", "化妆品过敏买药", ["medicine"]),
        ("item", "每月返380元能买什么", []),
        ("item", "余额1380元买个轮椅", ["device"]),
        ("item", "交380元能刷吗", ["resident_premium"]),
        ("item", "复方阿胶浆", ["medicine"]),
        ("item", "药皂、药枕、药酒", ["groceries", "supplement", "medicine_or_supplement"]),
        ("item", "运动绷带", ["device"]),
        ("item", "空调病吃的药", ["medicine"]),
        ("population", "个人身份信息填错了", []),
        ("population", "个人参保信息在哪", []),
        ("population", "三十天内退款", []),
        ("population", "我内退了", ["employed"]),
        ("population", "我没有退休金", []),
        ("population", "北京居民，退休了", ["retired"]),
        ("population", "我是大学生", ["resident"]),
        ("population", "农村户口但在单位上班", ["employed"]),
        ("relation", "赡养父母", ["parent"]),
        ("relation", "养父", ["father"]),
        ("relation", "我娘家在洛阳", []),
        ("relation", "省内人能用吗", []),
        ("relation", "绑定对象怎么填", []),
        ("relation", "闺女，我问一下怎么查", []),
        ("relation", "闺女我今年72", []),
        ("relation", "我闺女能用吗", ["child"]),
        ("relation", "闺女帮我查余额可以吗", ["child"]),
        ("relation", "孩子问我能不能用", ["child"]),
        ("relation", "老师，帮我看看", []),
        ("relation", "买暖宝宝", []),
        ("population", "单位退的", ["retired_unit"]),
        ("population", "单位退的钱", []),
        ("relation", "我是退休老师", []),
        ("visit", "在日本住院了", ["abroad"]),
        ("visit", "去泰国旅游要备案吗", ["abroad"]),
        ("visit", "从国外回来住院", ["inpatient"]),
    ],
)
def test_a_word_inside_another_is_not_taken_for_it(
    name: str, sentence: str, values: list[str]
) -> None:
    assert _found(name, sentence) == values
