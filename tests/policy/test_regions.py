"""The gazetteer: what lies in what, how it is called, and where a sentence names it."""

import re
import time
from pathlib import Path

import pytest

from policy.region_names import base_name, is_zone, spoken_name
from policy.regions import Regions

REGIONS = Regions.load()
ORDINARY = [
    line
    for line in (Path(__file__).parent / "ordinary_sentences.txt")
    .read_text(encoding="utf-8")
    .splitlines()
    if line and not line.startswith("#")
]
SENTENCES = (
    "我是{}的", "{}医保每月返多少", "我妈75岁在{}退休每年打多少钱", "请问{}怎么办异地备案",
    "我们{}的医保卡余额怎么查", "想去{}看病", "在{}交的医保能取出来吗", "那{}呢",
)  # fmt: skip
# These are words before they are places; only with what they lie in they are sure.
WORDS_FIRST = {"城区", "矿区", "郊区", "新城区", "老城区", "东区", "西区"}


def _names(text: str) -> list[tuple[str, tuple[str, ...]]]:
    return [(found.text, found.candidates) for found in REGIONS.find(text)]


def _single(text: str) -> str:
    ((_, candidates),) = _names(text)
    assert len(candidates) == 1, candidates
    return candidates[0]


# —— the data ——


@pytest.mark.parametrize(
    ("place", "code"),
    [("天水", "0938"), ("秦州区", "0938"), ("北京", "010"), ("朝阳区", "010"), ("抚顺", "024"),
     ("琼海", "0898"), ("锡林郭勒", "0479"), ("湘潭", "0731"), ("咸阳", "029"), ("莱芜", "0531")],
)  # fmt: skip
def test_the_area_code_of_a_place(place: str, code: str) -> None:
    ((_, candidates),) = _names(place)
    assert code in {REGIONS.area_code(each) for each in candidates}


def test_a_province_with_several_area_codes_has_none_and_each_is_one() -> None:
    assert REGIONS.area_code("620000") is None
    codes = [code for region in REGIONS if (code := REGIONS.area_code(region.adcode))]
    assert [code for code in codes if not re.fullmatch(r"0[1-9]\d{1,2}", code)] == []
    cities = [region for region in REGIONS if region.level == "city"]
    unknown = [r.name for r in cities if not REGIONS.area_code(r.adcode)]
    assert unknown == []


def test_the_gazetteer_is_whole() -> None:
    levels = [region.level for region in REGIONS]
    assert levels.count("province") == 34
    assert levels.count("city") == 334  # 333 of the data and 雄安新区
    assert levels.count("county") > 2850


def test_rows_that_are_no_places_are_folded() -> None:
    names = {region.full_name for region in REGIONS}
    assert not names & {"市辖区", "县", "省直辖县级行政区划", "自治区直辖县级行政区划"}


def test_everything_lies_in_the_country() -> None:
    for region in REGIONS:
        steps = REGIONS.climb(region.adcode)
        assert steps[0] is region
        assert steps[-1].adcode == "000000"
        assert len(steps) <= 4


@pytest.mark.parametrize(
    ("adcode", "steps"),
    [
        ("321002", ["321002", "321000", "320000", "000000"]),
        ("110105", ["110105", "110000", "000000"]),
        ("419001", ["419001", "410000", "000000"]),
        ("441900", ["441900", "440000", "000000"]),
        ("500157", ["500157", "500000", "000000"]),
        ("000000", ["000000"]),
        ("999999", []),
    ],
)
def test_climbing(adcode: str, steps: list[str]) -> None:
    assert [step.adcode for step in REGIONS.climb(adcode)] == steps


@pytest.mark.parametrize(
    ("adcode", "name"),
    [
        ("000000", "全国"), ("310000", "上海"), ("321000", "扬州"), ("321002", "扬州广陵区"),
        ("320583", "昆山"), ("110105", "北京朝阳区"), ("220104", "吉林长春朝阳区"),
        ("211300", "辽宁朝阳"), ("320106", "江苏南京鼓楼区"), ("220000", "吉林省"),
        ("220200", "吉林市"), ("460000", "海南"), ("632500", "青海海南州"), ("522600", "黔东南"),
        ("500243", "重庆彭水县"), ("133100", "雄安新区"), ("422801", "恩施市"),
        ("632521", "青海海南州共和县"), ("429021", "神农架林区"),
    ],
)  # fmt: skip
def test_display(adcode: str, name: str) -> None:
    assert REGIONS.display(adcode) == name


def test_no_two_regions_are_displayed_alike() -> None:
    shown = [REGIONS.display(region.adcode) for region in REGIONS]
    assert len(set(shown)) == len(shown)


def test_same_city_and_same_province() -> None:
    assert REGIONS.same_city("110105", "110108")
    assert REGIONS.same_city("110000", "110108")
    assert REGIONS.same_city("321002", "321000")
    assert not REGIONS.same_city("321000", "320100")
    assert not REGIONS.same_city("320000", "320000")
    assert not REGIONS.same_city("419001", "410100")
    assert REGIONS.same_province("321002", "320100")
    assert not REGIONS.same_province("321000", "310000")
    assert not REGIONS.same_province("000000", "000000")


# —— every region, in sentences ——


@pytest.mark.parametrize("sentence", SENTENCES)
def test_every_region_is_found_by_its_full_name(sentence: str) -> None:
    missed = []
    for region in REGIONS:
        found = REGIONS.find(sentence.format(region.full_name))
        if len(found) != 1 or region.adcode not in found[0].candidates:
            missed.append(region.full_name)
    assert set(missed) <= WORDS_FIRST
    assert len(missed) < 0.01 * len(REGIONS)


def test_every_county_is_found_behind_its_city() -> None:
    for region in REGIONS:
        if region.level != "county" or is_zone(region.full_name):
            continue
        above = "".join(step.name for step in reversed(REGIONS.climb(region.adcode)[1:-1]))
        for name in (region.full_name, spoken_name(region.full_name)):
            assert _single(f"我是{above}{name}的") == region.adcode


def test_every_city_is_found_by_its_short_name() -> None:
    never = {"阿里", "海南"}  # 阿里云; the province of the same name
    for region in REGIONS:
        if region.level == "city" and region.name not in never:
            ((_, candidates),) = _names(f"我妈在{region.name}退休的")
            assert region.adcode in candidates, region.name


def test_most_counties_are_found_by_their_short_names() -> None:
    counties = [
        region
        for region in REGIONS
        if region.level == "county"
        and not is_zone(region.full_name)
        and base_name(region.full_name) != region.full_name
    ]
    found = [
        region
        for region in counties
        if any(region.adcode in codes for _, codes in _names(f"我妈在{region.name}退休的"))
    ]
    # Not those that are ordinary words, nor those of a big namesake (海南区, 中山区).
    assert len(found) > 0.88 * len(counties)


# —— names that are words ——


def test_there_are_enough_ordinary_sentences() -> None:
    assert len(ORDINARY) >= 120
    assert len(set(ORDINARY)) == len(ORDINARY)


@pytest.mark.parametrize("sentence", ORDINARY)
def test_an_ordinary_sentence_names_no_region(sentence: str) -> None:
    assert _names(sentence) == []


@pytest.mark.parametrize(
    ("sentence", "adcode"),
    [
        ("天津和平", "120101"), ("我是沈阳和平区的", "210102"), ("和平县退休", "441624"),
        ("我是开封的", "410200"), ("我在大同退休", "140200"), ("长治医保每月多少", "140400"),
        ("我妈在平安区", "630203"), ("互助县的医保", "630223"), ("青海互助", "630223"),
        ("贵州大方", "520521"), ("大方县", "520521"), ("公安县医保", "421022"),
        ("荆州公安", "421022"), ("资源县", "450329"), ("海南东方", "469007"),
        ("合作市", "623001"), ("大理医保", "532900"), ("日照退休", "371100"),
        ("新余医保余额", "360500"), ("大连医保", "210200"), ("我是定西的", "621100"),
    ],
)  # fmt: skip
def test_a_word_is_a_region_where_the_sentence_says_so(sentence: str, adcode: str) -> None:
    assert _single(sentence) == adcode


# —— aliases, abbreviations, zones, former names ——


@pytest.mark.parametrize(
    ("name", "adcode"),
    [
        ("魔都", "310000"), ("羊城", "440100"), ("帝都", "110000"), ("蓉城", "510100"),
        ("鹏城", "440300"), ("内蒙", "150000"), ("哈市", "230100"), ("乌市", "650100"),
        ("恩施", "422800"), ("湘西", "433100"), ("临夏", "622900"), ("甘南", "623000"),
        ("阿坝", "513200"), ("黔东南", "522600"), ("黔东南州", "522600"), ("版纳", "532800"),
        ("锡盟", "152500"), ("延边州", "222400"), ("博州", "652700"), ("前郭", "220721"),
        ("雄安新区", "133100"), ("雄安", "133100"), ("苏州工业园区", "320576"),
        ("苏州园区", "320576"), ("浦东", "310115"), ("天府新区", "510100"),
        ("两江新区", "500157"), ("西咸新区", "610100"), ("滨海新区", "120116"),
        ("横琴", "440400"), ("光谷", "420100"), ("塘沽", "120116"), ("虎门镇", "441900"),
        ("崇文区", "110101"), ("闸北区", "310106"), ("郫县", "510117"), ("江都市", "321012"),
        ("即墨市", "370215"), ("襄樊", "420600"), ("和康县", "653228"), ("草湖市", "659013"),
        ("台北", "710000"), ("高雄", "710000"), ("香港湾仔", "810000"), ("香港九龙", "810000"),
        ("瑞金医院", "310000"), ("瑞金市", "360781"), ("湘雅", "430100"),
        ("在沪工作", "310000"), ("沪医保", "310000"), ("来京看病", "110000"),
        ("在粤参保", "440000"), ("津籍", "120000"), ("渝医保", "500000"), ("在蓉居住", "510100"),
    ],
)  # fmt: skip
def test_other_names(name: str, adcode: str) -> None:
    assert (
        _single(f"我是{name}的" if len(name) < 4 and name[0] not in "在来沪津渝" else name)
        == adcode
    )


@pytest.mark.parametrize(
    ("text", "named", "adcode"),
    [
        ("我是江苏省扬州市广陵区的", "江苏省扬州市广陵区", "321002"),
        ("辽宁省朝阳市", "辽宁省朝阳市", "211300"),
        ("北京朝阳", "北京朝阳", "110105"),
        ("辽宁的朝阳", "辽宁的朝阳", "211300"),
        ("江苏，扬州", "江苏，扬州", "321000"),
        ("吉林省吉林市", "吉林省吉林市", "220200"),
        ("内蒙古通辽", "内蒙古通辽", "150500"),
        ("大连中山区", "大连中山区", "210202"),
        ("黑龙江甘南县", "黑龙江甘南县", "230225"),
        ("台州路桥区", "台州路桥区", "331004"),
        ("济南市中区", "济南市中区", "370103"),
        ("唐山路南区", "唐山路南区", "130202"),
        ("北京协和医院", "北京协和", "110000"),
    ],
)
def test_a_chain_is_one_region(text: str, named: str, adcode: str) -> None:
    assert _names(text) == [(named, (adcode,))]


# —— ambiguous names ——


@pytest.mark.parametrize(
    ("text", "candidates"),
    [
        ("朝阳", ("110105", "211300", "220104")),
        ("朝阳区", ("110105", "220104")),
        ("吉林", ("220000", "220200")),
        ("鼓楼区", ("320106", "350102", "320302", "410204")),
        ("通州区", ("110112", "320612")),
        ("和平", ("120101", "210102", "441624")),
        ("江北区", ("500105", "330205")),
        ("巴州", ("652800", "511902")),
        ("中山", ("442000",)),
        ("西安", ("610100",)),
    ],
)
def test_candidates_of_a_name(text: str, candidates: tuple[str, ...]) -> None:
    assert _names(text) == [(text, candidates)]


def test_another_region_in_the_text_decides() -> None:
    assert _names("我是南京的，住鼓楼区") == [("南京", ("320100",)), ("鼓楼区", ("320106",))]
    assert _names("朝阳医保，辽宁那个")[0] == ("朝阳", ("211300",))


def test_two_regions_are_two_mentions() -> None:
    assert [name for name, _ in _names("我是扬州的，在上海住院")] == ["扬州", "上海"]
    assert [name for name, _ in _names("共济南京的医保")] == ["南京"]
    assert [name for name, _ in _names("河南京山市")] == ["河南", "京山市"]


# —— pools ——


@pytest.mark.parametrize(
    ("text", "named", "candidates", "pool"),
    [
        ("甘肃省直医保", "甘肃省直", ("620000",), "省直"),
        ("广西区直退休", "广西区直", ("450000",), "自治区本级"),
        ("广西自治区本级", "广西自治区本级", ("450000",), "自治区本级"),
        ("黑龙江省本级", "黑龙江省本级", ("230000",), "省本级"),
        ("黑龙江省直", "黑龙江省直", ("230000",), "省本级"),
        ("新疆兵团退休", "新疆兵团", ("650000",), "兵团"),
        ("长沙市直", "长沙市直", ("430100",), "市直"),
        ("我在长沙退休，是省直医保", "长沙", ("430000",), "省直"),
        ("我是省直的", "省直", (), "省直"),
    ],
)
def test_pools(text: str, named: str, candidates: tuple[str, ...], pool: str) -> None:
    (found,) = REGIONS.find(text)
    assert (found.text, found.candidates, found.pool) == (named, candidates, pool)


def test_settling_directly_is_no_pool() -> None:
    assert [found.pool for found in REGIONS.find("河南省直接结算")] == [None]


# —— speed ——


def test_finding_costs_little() -> None:
    text = "我妈七十五岁了在江苏省扬州市退休的想问去上海住院要不要备案"
    costs = []
    for _ in range(20):
        start = time.process_time()
        for _ in range(50):
            REGIONS.find(text)
        costs.append((time.process_time() - start) / 50)
    assert min(costs) < 0.0001


def test_loading_costs_little() -> None:
    costs = []
    for _ in range(5):
        start = time.process_time()
        Regions.load()
        costs.append(time.process_time() - start)
    assert min(costs) < 0.15
