"""How the official name of a region is said: 黔东南苗族侗族自治州 is 黔东南州 or 黔东南."""

import re
from collections.abc import Iterator
from typing import Literal

Level = Literal["country", "province", "city", "county"]

_PEOPLES = (
    "各族|蒙古族?|回族|藏族|维吾尔族?|苗族|彝族|壮族|布依族|朝鲜族|满族|侗族|瑶族|白族|土家族|"
    "哈尼族|哈萨克族?|傣族|黎族|傈僳族|佤族|畲族|拉祜族|水族|东乡族|纳西族|景颇族|柯尔克孜族?|"
    "土族|达斡尔族|仫佬族|羌族|布朗族|撒拉族|毛南族|仡佬族|锡伯族?|普米族|塔吉克族?|怒族|"
    "鄂温克族|保安族|裕固族|独龙族|鄂伦春族?"
)
_AUTONOMOUS = re.compile(rf"(.{{2,}}?)(?:{_PEOPLES})+(自治[区州县旗]|区)$")
# 东乡族自治县 and the like: the people's name is the place's.
_NAMED_AFTER_PEOPLE = re.compile(r"(.{2,3}?)族?自治[县旗]$")
_SUFFIXED = re.compile(
    r"(.{2,}?)(特别行政区|自治区|行政委员会|风景名胜区|地区|林区|特区|新区|矿区|群岛|"
    r"省|市|区|县|盟|(?<![左右前中后合])旗)$"
)
_ZONE = re.compile(
    r"开发区|(?:工业|产业|化工|创意)园区|管理区|示范区|实验区|食品区|聚集区|..新区$|管委会"
)
_ZONE_SHORT = (
    ("高新技术产业开发区", "高新区"),
    ("高技术产业开发区", "高新区"),
    ("高新技术开发区", "高新区"),
    ("经济技术开发区", "经开区"),
    ("经济技术开发区", "开发区"),
    ("经济开发区", "开发区"),
    ("管理区管委会", ""),
)


def base_name(full_name: str) -> str:
    """The name without what it is: 扬州 of 扬州市; 赵县 stays, its base would be one character."""
    autonomous = _AUTONOMOUS.match(full_name)
    if autonomous:
        kind = autonomous.group(2)
        return autonomous.group(1) + ("" if kind.startswith("自治") else kind)
    people = _NAMED_AFTER_PEOPLE.match(full_name)
    if people:
        return people.group(1)
    suffixed = _SUFFIXED.match(full_name)
    return suffixed.group(1) if suffixed else full_name


def spoken_name(full_name: str) -> str:
    """The official name without the peoples in it: 彭水县, 黔东南州."""
    autonomous = _AUTONOMOUS.match(full_name)
    if autonomous:
        kind = autonomous.group(2)
        return autonomous.group(1) + kind.removeprefix("自治")
    people = _NAMED_AFTER_PEOPLE.match(full_name)
    return people.group(1) + full_name[-1] if people else full_name


def is_zone(full_name: str) -> bool:
    """Whether it is a development zone or the like, whose short form would mean nothing."""
    return bool(_ZONE.search(full_name))


def forms(full_name: str, level: Level) -> Iterator[tuple[str, bool]]:
    """Ways to write a region.

    Args:
        full_name: the official name.
        level: its level.

    Yields:
        the form, and whether it is bare, that is without a word for what it is.
    """
    yield full_name, False
    if is_zone(full_name):
        for long, short in _ZONE_SHORT:
            if long in full_name:
                yield full_name.replace(long, short), False
        return
    base = base_name(full_name)
    if base == full_name:
        return
    if base.endswith("区"):  # 管城回族区: 管城区, 管城
        yield base, False
        base = base[:-1]
    if len(base) > 1:
        yield base, True
    for kind in _kinds(full_name, base, level):
        if base + kind != full_name:
            yield base + kind, False


def _kinds(full_name: str, base: str, level: Level) -> tuple[str, ...]:
    """What people put behind a base: also what it was before it became a district or a city."""
    if level == "county":
        if base.endswith("县"):
            return ()
        return (*"县市区", "旗") if full_name.endswith("旗") else tuple("县市区")
    if level == "city":
        if "自治州" in full_name:
            return ("州",)
        return ("市", "地区", "盟") if full_name.endswith(("地区", "盟")) else ("地区",)
    return ("自治区", "省") if full_name.endswith("自治区") else ()
