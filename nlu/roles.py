"""Which region of a sentence is where somebody is insured, and which where they are treated."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal

Role = Literal["insured", "treated", "relative", "origin", "former"]
INSURED: Role = "insured"
TREATED: Role = "treated"
# Where a child or relative lives, where somebody merely comes from, where they worked before.
RELATIVE: Role = "relative"
ORIGIN: Role = "origin"
FORMER: Role = "former"
# How sure a cue makes: at the name itself, of where they come from, further off, of where
# they work, a mere 在.
CLOSE, HOME, NEAR, AT_WORK, WEAK = 3.0, 2.0, 1.5, 1.1, 0.4
SURE = 1.0
_STOP = re.compile(r"[。?!？！;；\n]")
_COMMA = re.compile(r"[,，、\s]")
_WINDOW = 16

_COVER = r"(?:医保|社保|职保|医疗保险|保险|农合|新农合|居保|合作医疗)"
_KIND = (
    r"(?:市|省)?(?:这边|那边|本地|当地)?的?(?:职工|居民|大学生|中小学生|学生|城乡居民|异地|城镇职工|城镇居民|灵活就业|"
    r"个人|电子|农村|少儿|企业|机关|事业|公积金)*的?"
)
_INSURED_BEHIND = re.compile(
    rf"{_KIND}(?:{_COVER}|医保卡|社保卡|医疗卡|卡|参保|参的?保|户口|户籍|籍|退休|退的|退了?休|"
    rf"退下来|退伍|缴费|缴的|交的|养老金|退休金|"
    rf"单位|[一二三]档|(?:参保|退休)?(?:老人|老年人|市民|职工|居民|农民|户)|人(?!民|口|均|社|多|"
    rf"少|流|工)|"
    rf"(?:上班|工作|打工|一直|单位|自己|给我|给)*(?:交|缴|参加|上|买|参|办)(?:了|着|过|"
    rf"的)?(?:[\d一二三四五六七八九十几]+年)?的?(?:职工|居民)?(?:{_COVER}|保))"
)
_TREATED_BEHIND = re.compile(
    r"(?:市|省)?(?:城里|那边|这边|那里|这里|本地|当地)?的?(?:大|三甲|红十字|协和|某|好|几家|人民|中心|省立|"
    r"市立|儿童|妇幼|肿瘤|第.|.{0,3}附属|陆军|军区|中)*"
    r"(?:看病|看医生|看门诊|看专家|看眼|看牙|看诊|瞧病|瞧大夫|就医|就诊|住院|住了院|住着|做手术|"
    r"动手术|手术|开刀|治疗|治病|治|化疗|放疗|透析|急诊|抢救|"
    r"复查|生孩子|待产|生病|突发|拿药|买药|刷卡|挂号|医院|门诊|药店|养老院|旅游|旅居|出差|探亲|"
    r"过冬|避寒|过年|养老|带孙|带娃|带孩子|看孙|看娃|看孩子|帮.{0,3}带|"
    r"给.{0,4}(?:带|看)|居住|定居|长住|常住|生活|住|租房|买房|陪读|备了案|备过案|备的案|用不|"
    r"能用|能刷|用吗|用行|直接结算|就近)"
)
# Where they come from, which counts only if nothing says where they are insured.
_HOME = re.compile(r"^(?:户口|户籍|籍贯|原籍|老家)|(?:户口|户籍|籍|人|户)$")
_CLAIM_BEHIND = re.compile(r"(?:去|来)?(?:手工|纸质)?(?:报销|报账|报(?!备|名|警|到))")
_WORK_BEHIND = re.compile(r"(?:市|那边|这边)?(?:上班|工作|打工|务工|做生意|派驻|读书|上学)")
_INSURED_BEFORE = re.compile(
    rf"(?:参保地|医保地|缴费地|发卡地|归属地|退休地|{_COVER}(?:关系)?|户口|户籍|籍贯|原籍|老家|"
    rf"参保|医保卡|社保卡|卡|退休金|退休关系|退休|单位)"
    r"(?:所在地|地址|地)?(?:是|在|属于|都|还|仍|放|留|就|为|的|从|交|缴|买|上|落|:|：|\s){0,3}$"
)
_SELF_BEFORE = re.compile(
    r"(?:我们?|俺们?|咱们?|本人|[妈爸爹娘公婆爷奶姥伴]|老人|父母|他|她|家)(?:都|就|本来)?(?:是|叫)$"
)
_BARE_SELF_BEFORE = re.compile(
    r"(?:^|[,，。\s])(?:我们?|俺们?|咱们?|[我俺咱](?:妈|爸|爹|娘|爷爷|奶奶|公公|婆婆))$"
)
_TREATED_BEFORE = re.compile(
    r"(?:去|到|来|上|往|赴|跑|转|转院|转诊|前往|飞|搬|迁|投奔|就医地点?(?:是|在|选|选择|为|:|"
    r"：)*|备案(?:选|选择|地)?|备到|"
    r"(?:现|长期|一直|目前|现在|常年|常|长|都|人)?(?:住|居|居住|常住|定居|生活|待|呆|住院|派驻|"
    r"驻)在?|人(?:现在|目前|长期|一直)?(?:还|都)?在|"
    r"(?:跟|和|随|陪)(?:着)?.{1,5}(?:在|到|去)|女儿家在|儿子家在|孩子家在|送(?:到|去)|拉到|"
    r"工作在|上班在)$"
)
_BACK_BEFORE = re.compile(r"(?:回|返回|回到)(?:老家)?$")
_AT_BEFORE = re.compile(r"(?:在|于)$")
_FROM_BEFORE = re.compile(r"从$")
_PEOPLE_BEFORE = re.compile(r"(?:^|[,，。\s])(?:在)?$")
_ONE_TO_OTHER = re.compile(
    r"^\s*(?:的|市|省|医保|卡|人|参保|退休|职工)*(?:转院?到|转院?去|转诊到|转往|转|到|去|来|往|"
    r"赴|回|→|->|—|搬到|迁到)\s*$"
)
# 备案从上海改到杭州 says nothing of where they are insured.
_CHANGED_TO = re.compile(r"^的?(?:备案)?(?:想)?(?:改|换|变更|变)(?:到|成|为|去)$")
_COMPARING = re.compile(r"^(?:的)?(?:和|跟|与|比|同|还是|、|或者?|以及)(?:在)?$")
_KIN = (
    r"(?:儿子|女儿|闺女|姑娘|孩子|儿女|子女|孙子|孙女|外孙|儿媳妇?|女婿|哥哥?|姐姐?|弟弟?|妹妹?|兄弟|姐妹|侄[子女]|外甥|亲戚|娃|"
    r"大儿子|小儿子|老[大二三]|(?<=[我俺])儿|崽|妹子|外甥女)"
)
_KIN_LIVES_BEFORE = re.compile(
    rf"(?<![跟随陪和着靠奔弟哥姐妹大小])(?<!跟我)(?<!和我)(?<!着我){_KIN}们?(?:一家|全家|他们|他|她)?(?:都|也|现在|如今|目前|一直|早就|已经|全)*(?:是)?"
    r"(?:在|住在?|家在|定居在?|生活在|落户在?|上班在|工作在|嫁到?了?|嫁去|嫁在|去了?|到了?|搬到?了?)$"
)
_KIN_LIVES_BEHIND = re.compile(
    r"^(?:市|那边|这边|省)?(?:的)?(?:工作|上班|打工|生活|定居|安家|安了家|买了?房|读书|上学|念书|做生意|当兵|"
    r"居住|住|成家|落户|发展|呢|了)?了?(?=$|[,，。;；?？!！、\s]|的(?:儿|女|孩|闺)|[我俺])"
)
_KIN_BEHIND = re.compile(
    rf"^的{_KIN}|^(?:那边|这边)?的?{_KIN}(?:家|那)(?!里?[长常]?住|养老|生活|过)"
)
# … but whoever goes to live with them is cared for there.
_GOES_THERE = re.compile(
    r"(?:过去|去|到|搬|跟|随|投奔)[^,，。?？]{0,6}(?:住|养老|看病|住院|就医|带孩|带娃|生活|定居|看孩)|"
    r"住(?:她|他|那|过去|儿子|女儿|闺女|孩子)|备案|异地"
)
_PAID_THERE = re.compile(r"^[^,，。?？]{0,10}(?:参保|医保|社保|交|缴|保险)")
_ONCE = re.compile(
    r"(?:以前|原来|从前|早年|早先|年轻时候?|年轻的时候|退休前|退休之前|原先|过去|曾经?|之前|先前|当年|早年间|年轻那会儿?"
    r"|[0-9]{2,4}年?(?:到|至|-)[0-9]{2,4}年?)"
    r"(?:一直|都|就|是)*(?:在|于)$"
)
# 年轻时支边在新疆, 以前单位在株洲: what was done there stands before the name.
_ONCE_DONE = re.compile(
    r"(?:以前|原来|从前|早年|早先|年轻时候?|年轻的时候|退休前|原先|过去|曾经?|之前|先前|当年)[^,，。?？]{0,2}"
    r"(?:支边|下乡|插队|当兵|参军|服役|工作|上班|打工|干活|单位|厂子?|公司)(?:是|就|都)?(?:在|于|去|到)$"
)
_ONCE_BEHIND = re.compile(
    r"^[^,，。?？]{0,8}?(?:上班|工作|打工|干|当|做|务工|教书|下乡|当兵|参加工作|插队|支边|三线|服役|兵团|的(?=[,，]))"
    r"|^[^,，。?？退保交缴]{1,4}(?=[,，])"
)
_ONLY_HOME = re.compile(
    r"(?:老家|户口|户籍|籍贯|原籍|祖籍|出生)(?:地|所在地)?(?:是|在|还在|都在|的)?$"
)
_ONLY_HOME_BEHIND = re.compile(
    r"^(?:市|省)?(?:那边)?的?(?:户口|户籍|籍)(?!地?参保)|^(?:人|出生)(?=$|[,，。\s])"
)
_CLINIC = re.compile(r"(?:医院|一院|六院|协和|华西|湘雅|附属)$")


@dataclass(slots=True)
class Place:
    """A region in a text: where it stands, what it can mean."""

    start: int
    end: int
    codes: tuple[str, ...]
    insured: float = 0.0
    treated: float = 0.0

    @property
    def role(self) -> Role | None:
        """What the cues say; None if they say nothing clearly."""
        if max(self.insured, self.treated) < SURE or self.insured == self.treated:
            return None
        return INSURED if self.insured > self.treated else TREATED


def assign_roles(text: str, places: Sequence[Place]) -> list[Role | None]:
    """The role of each region.

    Args:
        text: normalised.
        places: the regions named in it, in its order.
    """
    for index, place in enumerate(places):
        first = _behind(text, places[index - 1]) if index else 0
        last = places[index + 1].start if index + 1 < len(places) else len(text)
        _weigh(text, place, first, last, alone=len(places) == 1)
    for one, other in pairwise(places):
        between = text[one.end : other.start]
        if _CHANGED_TO.match(between):
            one.insured = one.treated = 0.0
            other.treated = max(other.treated, CLOSE)
        elif _ONE_TO_OTHER.match(between) and one.treated < CLOSE:
            one.insured = max(one.insured, CLOSE)
            other.treated = max(other.treated, NEAR)
    # Of 原籍湖南，在广州工作退休 the home is weaker than anything that is said of the other.
    explicit = {each.codes for each in places if each.insured >= NEAR and each.insured != HOME}
    for place in places:
        if explicit - {place.codes} and 0 < place.insured <= HOME and place.codes not in explicit:
            place.insured = 0.0
    insured = {place.codes for place in places if place.role == INSURED}
    for place in places:
        if place.codes in insured and place.treated <= AT_WORK + WEAK:
            place.insured = CLOSE  # 在上海打工，上海交的社保
    beside = [
        _beside(
            text,
            place,
            len(places) == 1,
            any(each.insured >= NEAR for each in places if each is not place),
        )
        for place in places
    ]
    sure = {place.codes for place, role in zip(places, beside, strict=True)
            if role is None and place.role}  # fmt: skip
    beside = [None if place.codes in sure else role
              for place, role in zip(places, beside, strict=True)]  # fmt: skip
    main = [place for place, role in zip(places, beside, strict=True) if role is None]
    roles = _complemented(text, main, [place.role for place in main])
    for index, role in enumerate(beside):
        if role is not None:
            roles.insert(index, role)
    return roles


def _beside(text: str, place: Place, alone: bool, other_insured: bool) -> Role | None:
    """What a place is that nobody is insured or treated in; None if it may be one of those."""
    before = text[max(0, place.start - _WINDOW) : place.start]
    behind = text[place.end : place.end + _WINDOW]
    cut = [match.end() for match in _STOP.finditer(before)]
    before = before[cut[-1] :] if cut else before
    if (other_insured and _ONCE_DONE.search(before)) or (
        _ONCE.search(before) and _ONCE_BEHIND.match(behind)
    ):
        # Named alone, it tells of former times; beside another place it may be where the money is.
        return None if _PAID_THERE.match(behind) and not alone else FORMER
    if place.insured >= CLOSE:
        return None
    if _KIN_LIVES_BEFORE.search(before) and _KIN_LIVES_BEHIND.match(behind):
        return TREATED if _GOES_THERE.search(text, place.end) else RELATIVE
    if _KIN_BEHIND.match(behind) and place.treated <= WEAK:
        return RELATIVE
    if alone or place.treated:
        return None
    return ORIGIN if _ONLY_HOME.search(before) or _ONLY_HOME_BEHIND.match(behind) else None


def _behind(text: str, place: Place) -> int:
    """Where the words that belong to a name end: in 昆明医保在大理 the 医保 is not 大理's."""
    own = _INSURED_BEHIND.match(text, place.end)
    return own.end() if own else place.end


def _weigh(text: str, place: Place, first: int, last: int, *, alone: bool) -> None:
    """Add up what stands before and behind a name."""
    before = text[max(first, place.start - _WINDOW) : place.start]
    stop = [match.end() for match in _STOP.finditer(before)]
    before = before[stop[-1] :] if stop else before
    behind = text[place.end : min(last, place.end + _WINDOW)]
    halt = _STOP.search(behind)
    behind = behind[: halt.start()] if halt else behind
    clause = _COMMA.split(behind, maxsplit=1)[0]
    if _CLINIC.search(text, place.start, place.end):
        place.treated += CLOSE
    _weigh_behind(place, clause, alone)
    _weigh_before(place, before, clause, behind, alone)


def _weigh_behind(place: Place, clause: str, alone: bool) -> None:
    insured = _INSURED_BEHIND.match(clause)
    treated = _TREATED_BEHIND.match(clause)
    if insured:
        place.insured += HOME if _HOME.search(insured.group()) else CLOSE
    elif treated and not (alone and treated.group().endswith(("能用", "用吗", "直接结算"))):
        place.treated += CLOSE
    elif _CLAIM_BEHIND.match(clause):
        place.insured += NEAR / 2
    elif _WORK_BEHIND.match(clause) and not _INSURED_FAR.search(clause):
        place.treated += WEAK if alone else AT_WORK
    else:
        hits = [
            (found.start(), name)
            for name, pattern in (("insured", _INSURED_FAR), ("treated", _TREATED_FAR))
            for found in [pattern.search(clause)]
            if found
        ]
        if hits:
            name = min(hits)[1]
            setattr(place, name, getattr(place, name) + NEAR * (0.5 if alone else 1))


_INSURED_FAR = re.compile(r"参保|退休(?!金)|户口|户籍|交的|缴的|的人$")
_TREATED_FAR = re.compile(
    r"住院|看病|就医|做手术|手术|化疗|透析|医院|急诊|居住|定居|带孙|带娃|看孩子|带孩子|过冬|养老|"
    r"生活"
)


def _weigh_before(place: Place, before: str, clause: str, behind: str, alone: bool) -> None:
    cover = _INSURED_BEFORE.search(before)
    if cover:
        place.insured += HOME if _HOME.search(cover.group()) else CLOSE
    elif _SELF_BEFORE.search(before):
        place.insured += CLOSE if clause in ("", "的", "人", "的人") or clause[:1] == "的" else NEAR
    elif _BARE_SELF_BEFORE.search(before) and clause[:1] in ("的", "人"):
        place.insured += CLOSE
    elif _FROM_BEFORE.search(before):
        place.insured += NEAR
    elif _BACK_BEFORE.search(before):
        place.insured += CLOSE if _CLAIM_BEHIND.match(clause) else 0.0
    elif _TREATED_BEFORE.search(before):
        place.treated += CLOSE - 0.5
    elif _AT_BEFORE.search(before):
        place.treated += WEAK
    if not place.insured and not place.treated and clause == "的" and not alone:
        place.insured += NEAR


def _complemented(
    text: str, places: Sequence[Place], roles: list[Role | None]
) -> list[Role | None]:
    """Of two regions, the one about which nothing is said is the other thing."""
    distinct = list(dict.fromkeys(place.codes for place in places))
    if len(distinct) != 2:
        return roles
    pairs = list(pairwise(places))
    gaps = [text[one.end : other.start] for one, other in pairs if one.codes != other.codes]
    if any(_COMPARING.match(gap) or _CHANGED_TO.match(gap) for gap in gaps):
        return roles
    known = {place.codes: role for place, role in zip(places, roles, strict=True) if role}
    if not known:
        weak = {place.codes for place in places if place.treated > place.insured}
        if len(weak) != 1:
            return roles
        known = {weak.pop(): TREATED}
    if len(known) == 1:
        ((codes, role),) = known.items()
        other = distinct[0] if distinct[1] == codes else distinct[1]
        known[other] = INSURED if role == TREATED else TREATED
    return [role or known[place.codes] for place, role in zip(places, roles, strict=True)]
