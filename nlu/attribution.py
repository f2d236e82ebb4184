"""Whom each thing told is about: 「我爸72我妈76」, 「她在苏州我在沈阳」, 「都在上海」.

Every entity that tells something of a person gets ``of``: who the nearest mention names. That
stands before it in its own clause, else right behind it (75岁的老妈), else in an earlier clause;
then ``carried`` says that the clause itself names nobody.
"""

from __future__ import annotations

import re

from nlu.clauses import Span
from nlu.entities import Entity, entity

SELF = "self"
ALL = "all"
THIRD = "third"
# What these tell is about somebody.
OF_SOMEBODY = (
    *("age", "region", "pool", "population", "work", "life", "situation"),
    *("base", "wage", "pension"),
)
_CLAUSES = re.compile(r"[^,。;!?、\n ]+")
_SELF = re.compile(
    r"(?<![给帮替跟和让问教为])(?:我|俺|咱|本人)(?!们?(?:想|问|听|看|记得|不知道|该|怎么|咋))"
)
_BEFORE_RELATIVE = re.compile(r"们?(?:家里?)?(?:的|那个?)?")
_BEHIND = re.compile(r"(?:岁|周岁)?的?(?:老家|乡下|农村|那边)?的?(?:我|俺|咱)?们?家?的?")
_OWNS = re.compile(
    r"(?:的|她的|他的|自己的|那张?|剩的|剩下的|留下的)*(?:医保|社保|职工医保|个人账户|个账|账户|余额|卡|钱)"
)
_HOLDS = re.compile(r"(?:的)?(?:医保|社保)?(?:卡|账户|个账)[里上]?的?(?:钱|余额)")
_BINDS = re.compile(r"(?:能不能|能|可以|也|就)?(?P<self>自己|来|去)?(?:能|可以)?绑定?")
_LETS = re.compile(r"(?:让|由|叫|请)$")
# Who asks is who would use the money: 「能给我用吗」, 「我在湛江能用不」.
_RECEIVES = re.compile(
    r"(?:[给让](?P<given>[我俺咱])"
    r"|(?P<able>[我俺咱])们?(?:也|还|在[^,。;!?\n ]{1,6}?)?(?:能不能|可不可以|能|可以))"
    r"们?(?:也|来|去)?(?:用|花|刷)"
)
_WITH = re.compile(r"(?:一直|现在|平时|也)?(?:跟|跟着|随|陪)(?:我|俺|咱)?们?")
_BOTH = re.compile(r"[^,，。;]{0,3}(?:都|俩|两|一起|一块|一同)")
_OWN_ACCOUNT = re.compile(
    r"(?:用|花|刷|拿|动)(?:一下)?(?P<self>我|俺)(?:自己)?的?(?:医保|社保)?(?:卡|账户|个账|余额|钱)"
)
_INTRODUCED = re.compile(r"(?:我|俺)就?是(?:他|她|老人家?|老太太|老爷子)家?的?$")
# Who asks comes to their own matter: 「舅妈说她能取，我这边为啥取不出来」.
_OWN_MATTER = re.compile(
    r"(?<=[,，。;])(?:结果|可是?|但是?|那|今天|昨天)?(?P<self>我|俺)(?:也)?"
    r"(?:这边|这儿|这里|这头|这号|突然|自己(?!去|来|帮|替|给|绑)|自个儿(?!去|来)|这[^,，。?我他她]{0,6}(?:能|报))"
)
# 「女儿给我绑了共济」, 「儿子把我们绑他卡上」: who is named has the account.
_GIVES = re.compile(
    r"[^,。;!?\n 我]{0,4}(?:给|把|帮|替)我们?(?:俩|两个|老两口)?(?:也|都)?(?:绑|开通|加(?!班)|共济)"
)
# 「我能花他的钱吗」, and not 「先扣他的还是先扣我的」.
_SPENDS = re.compile(r"(?<!先)(?:花|用|刷|扣|动)(?:的是|的|了|着|不了)?$")
_ITS = re.compile(
    r"(?:卡|账户|医保)?里?的(?:钱|卡|账户|医保|余额|那份|那张)?(?![\u4e00-\u9fff]{0,2}(?:绑|办))"
)
_ALL = re.compile(r"(?:都|全|俩|两个?人?)(?:是|在|已经|也)*$")
_EACH = re.compile(r"(?:一|另一?)(?:个|位)(?:今年|是)?$")
FIRST_OF_TWO, SECOND_OF_TWO = "first", "second"


def attribute(text: str, entities: list[Entity]) -> None:
    """Set ``of`` (and ``carried``) of what tells something, and ``owns`` of who has the account.

    Args:
        text: normalised, as the offsets have it.
        entities: all of the message; changed in place. Who asks is added as ``relation`` where
            the message is about them alone, or where they would use the money (``receives``).
    """
    entities[:] = [each for each in entities if not _is_who_asks(text, each)]
    mentions = _mentions(text, entities)
    last: tuple[int, str] | None = None
    eachs = 0
    for clause in _CLAUSES.finditer(text):
        start, end = clause.span()
        here = [m for m in mentions if start <= m[0] < end]
        told = sorted(
            (e for e in entities if e["entity"] in OF_SOMEBODY and start <= e["start"] < end),
            key=lambda e: e["start"],
        )
        for each in told:
            before = text[start : each["start"]]
            if each["entity"] == "age" and _EACH.search(before):
                each["of"] = (FIRST_OF_TWO, SECOND_OF_TWO)[min(eachs, 1)]
                eachs += 1
                continue
            who = _nearest(text, each, here)
            if who is None and _ALL.search(before) and len({m[2] for m in mentions}) > 1:
                who = ALL
            if who:
                each["of"] = who
            elif last:
                each["of"], each["carried"] = last[1], True
        if here:
            last = here[-1][0], here[-1][2]
    given = _mark_givers(text, entities)
    receives = _RECEIVES.search(text)
    if given and not receives:
        entities.append(entity("relation", SELF, *given, "Attribution", receives=True))
    elif receives:
        start, end = receives.span("given" if receives.group("given") else "able")
        entities.append(entity("relation", SELF, start, end, "Attribution", receives=True))
    elif len(mentions) > 1 and (account := _OWN_ACCOUNT.search(text)):
        # 「我闺女能用我的卡不」, also after somebody else's card was talked about.
        start, end = account.span("self")
        entities.append(entity("relation", SELF, start, end, "Attribution", owns=True))
    elif own := _own_matter(text, mentions):
        entities.append(entity("relation", SELF, *own, "Attribution", asked=True))
    elif len(mentions) == 1 and mentions[0][2] == SELF:
        # 「我到底每月多少」, after somebody else was talked about.
        start, end, _ = mentions[0]
        entities.append(entity("relation", SELF, start, end, "Attribution", pronoun=True))


def _is_who_asks(text: str, entity: Entity) -> bool:
    """Whether a relative is who writes: 「我是她小儿子」."""
    child = entity["entity"] == "relation" and entity["value"] == "child"
    return child and bool(_INTRODUCED.search(text, 0, entity["start"]))


def _own_matter(text: str, mentions: list[tuple[int, int, str]]) -> Span | None:
    """Where who asks comes to their own matter, after which nobody else is named."""
    match = _OWN_MATTER.search(text)
    if match is None or any(m[0] > match.end() and m[2] != SELF for m in mentions):
        return None
    return match.span("self")


def _mentions(text: str, entities: list[Entity]) -> list[tuple[int, int, str]]:
    """Everybody named: start, end, who."""
    relatives = sorted((e for e in entities if e["entity"] == "relation"), key=lambda e: e["start"])
    for each in relatives:
        if (each["value"] not in (SELF, THIRD) and _OWNS.match(text, each["end"])) or (
            each["value"] != SELF and _binds(text, each, relatives)
        ):
            each["owns"] = True
        elif each["value"] == THIRD and _HOLDS.match(text, each["end"]):
            # 「俺儿在厂里上班，他卡上的钱俺能花不」
            named = [e for e in relatives if e["end"] <= each["start"] and e["value"] != THIRD]
            if named:
                named[-1]["owns"] = True
    found: list[tuple[int, int, str]] = []
    for number, each in enumerate(relatives):
        subject = relatives[number - 1] if number else each
        if subject["value"] == THIRD and _is_beside(text, subject, each):
            # 「她跟我妈在重庆住」 is about her.
            subject["asked"] = True
            continue
        who = str(each.get("who") or each["value"])
        if each["value"] == THIRD:
            # 「我爸呢他70了」: whoever was named just before.
            before = [name for _, _, name in found if name not in (SELF, THIRD)]
            who = before[-1] if before else who
        found.append((each["start"], each["end"], who))
    for match in _SELF.finditer(text):
        start, end = match.span()
        inside = any(other < end and start < stop for other, stop, _ in found)
        gap = _BEFORE_RELATIVE.match(text, end)
        assert gap is not None
        if not inside and not any(gap.end() == other for other, _, _ in found):
            found.append((start, end, SELF))
    return sorted(found)


def _is_beside(text: str, subject: Entity, other: Entity) -> bool:
    """Whether somebody is only who another one is with."""
    between = text[subject["end"] : other["start"]]
    return bool(_WITH.fullmatch(between)) and not _BOTH.match(text, other["end"])


def _mark_givers(text: str, entities: list[Entity]) -> Span | None:
    """Mark who has the account that somebody else would use.

    Returns:
        The span of whoever asks, where they are who would use it.
    """
    relatives = [e for e in entities if e["entity"] == "relation" and e["value"] != SELF]
    found: Span | None = None
    for each in sorted(relatives, key=lambda e: e["start"]):
        gives = _GIVES.match(text, each["end"])
        spent = _SPENDS.search(text, 0, each["start"]) and _ITS.match(text, each["end"])
        if not (gives or spent):
            continue
        named = [e for e in relatives if e["start"] < each["start"] and e["value"] != THIRD]
        if each["value"] == THIRD and named:
            named[-1]["owns"] = True
        each["owns"] = True
        others = [e for e in relatives if not e.get("owns") and e["value"] != THIRD]
        if not others:
            found = each["start"], each["end"]
    return found


def _binds(text: str, entity: Entity, relatives: list[Entity]) -> bool:
    """Whether somebody is who binds, not who is bound: 让他绑, 我媳妇绑她爸."""
    match = _BINDS.match(text, entity["end"])
    if match is None:
        return False
    if match.group("self") or _LETS.search(text, 0, entity["start"]):
        return True
    return any(0 <= other["start"] - match.end() <= 2 for other in relatives)


def _nearest(text: str, entity: Entity, here: list[tuple[int, int, str]]) -> str | None:
    before = [who for _, end, who in here if end <= entity["start"]]
    if before:
        return before[-1]
    for start, _, who in here:
        if start >= entity["end"] and _BEHIND.fullmatch(text, entity["end"], start):
            return who
    return None
