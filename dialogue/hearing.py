"""Who is meant, and what a message tells of them. What is not said stays unknown."""

from collections.abc import Iterable
from typing import Any

import msgspec

from dialogue.meaning import DOUBTS, Place, Question, Told, age_of
from dialogue.state import SELF, Person, State, effective_region, kind_changes
from policy.regions import Regions
from policy.sharing import NO_FAMILY

# What is over once something else is told.
OVER = {
    "discharged": ("in_hospital",),
    "in_hospital": ("discharged",),
    "has_account": ("no_account",),
    "no_account": ("has_account",),
}
# In these topics a relative is who would use the money, not whose money it is.
BENEFICIARY_TOPICS = ("sharing", "usage")
BENEFICIARY_KEYS = ("balance_family",)
# 台湾、香港、澳门 have systems of their own.
OUTSIDE_MAINLAND = ("71", "81", "82")
THIRD, ALL = "third", "all"
FIRST, SECOND = "first", "second"
GROUPS = {
    "both_parents": ("father", "mother"),
    "parent": ("father", "mother"),
    "couple": (SELF, "spouse"),
    "both_grandparents": ("grandfather", "grandmother"),
    "both_maternal_grandparents": ("maternal_grandfather", "maternal_grandmother"),
    "both_parents_in_law": ("father_in_law", "mother_in_law"),
}
PARENT_1, PARENT_2 = "parent_1", "parent_2"


class Heard(msgspec.Struct, frozen=True, kw_only=True):
    """What a question came to, before it is answered.

    Attributes:
        state: with the people as they are known now.
        who: whose money or case it is; user: who would use it, in sharing.
        asked: everybody whose own figure is asked for, in the order of the text.
        unclear: a place of the insured person that can be several.
        changed: names of what is newly known of who or user.
        kept: the state to go on with, where it is not the one to answer in.
    """

    state: State
    who: str = SELF
    user: str | None = None
    asked: tuple[str, ...] = ()
    unclear: Place | None = None
    changed: tuple[str, ...] = ()
    kept: State | None = None


class Hearing:
    """One question being taken in."""

    def __init__(self, question: Question, topic: str, state: State, regions: Regions) -> None:
        """Take the question and what is known.

        Args:
            question: one question of a message, or something told.
            topic: what it is about in the light of the conversation.
            state: before it.
            regions: the gazetteer.
        """
        self._question = question
        self._topic = topic
        self._before = state
        self._state = state
        self._regions = regions
        self._thread = state.thread
        self._changed: dict[str, None] = {}
        for each in question.relatives:
            if each.kind not in (SELF, THIRD):
                for who in GROUPS.get(each.who, (each.who,)):
                    if who == SELF:
                        # 「我俩」 holds who asks, who is nobody's relative here.
                        continue
                    known = state.person(who)
                    kind = "parent" if each.kind in GROUPS["parent"] else each.kind
                    known = msgspec.structs.replace(known, relation=kind)
                    self._state = self._state.with_person(who, known)
        self.gives = topic in BENEFICIARY_TOPICS or question.intent in BENEFICIARY_KEYS
        self.who, self.user = self._subject()

    def result(self, compares: bool = False) -> Heard:
        """Take everything in.

        Args:
            compares: whether its places stand side by side; none is anybody's insured place then.
        """
        named: dict[str, None] = {}
        for told in self._question.told:
            for who in self._targets(told.of, told.carried, told):
                self._tell(who, told)
                named[who] = None
        unclear = None if compares else self._places(named)
        if self._is_ones_own():
            named = {SELF: None}
        asked = tuple(named) if not self.gives and len(named) > 1 else self._group()
        state = msgspec.structs.replace(self._state, current=self.who)
        return Heard(
            state=state,
            who=self.who,
            user=self.user,
            asked=asked if len(asked) > 1 else (self.who,),
            unclear=unclear,
            changed=tuple(self._changed),
            kept=self._without_hearsay(state),
        )

    def _without_hearsay(self, state: State) -> State | None:
        """The state where a place that others speak of is answered for, but is nobody's.

        「我听人说北京的可以取」 does not insure in 北京 who has said 长沙.
        """
        before, now = self._before.person(self.who), state.person(self.who)
        own = any(p.of or p.role == "insured" for p in self._question.places)
        if own or not before.region or before.region == now.region:
            return None
        if not self._question.repeats_hearsay:
            return None
        kept = msgspec.structs.replace(now, region=before.region, pool=before.pool)
        return state.with_person(self.who, kept)

    def _resolve(self, who: str) -> str:
        """Who 他/她 is: the one who would use the money, else the relative spoken of last."""
        if who != THIRD:
            return who
        thread = self._thread
        if thread and thread.user and self.gives and thread.user != SELF:
            return thread.user
        if self._before.current != SELF:
            return self._before.current
        if thread and thread.user:
            return thread.user
        others = [name for name in self._before.people if name != SELF]
        return others[-1] if others else THIRD

    def _is_ones_own(self) -> bool:
        """Whether more is told of oneself than of whoever else is named, of whom only a place is.

        「我儿子在厦门，我在厦门办了居民医保，五十八了」.
        """
        described = {each.of for each in self._question.told}
        placed = {each.of for each in self._question.places}
        return described == {SELF} and SELF in placed

    def _subject(self) -> tuple[str, str | None]:
        relatives = self._question.relatives
        thread = self._thread
        told_of = {each.of for each in self._question.told}
        told_of |= {each.of for each in self._question.places}
        told_self = SELF in told_of
        owners = [self._resolve(r.who) for r in relatives if r.owns]
        if not self.gives:
            # 「我跟老伴去云南，我突然开刀」: whom the question itself names.
            asked = [each for each in relatives if each.asked] or relatives
            others = [each for each in asked if each.kind != THIRD] or asked
            named = [self._resolve(each.who) for each in others]
            named = owners or named
            named = [GROUPS.get(name, (name,))[0] for name in named]
            if not owners and self._is_ones_own():
                return SELF, None
            # Of whom something is told is asked about before who is merely mentioned.
            of_them = [name for name in named if name in told_of]
            if of_them:
                return of_them[0], None
            if named and not (told_self and len(self._question.relatives) > 1):
                return named[0], None
            return (SELF if told_self else self._before.current), None
        given = [r for r in relatives if not r.owns and r.kind != SELF]
        # In a story, whom its question names.
        given = [r for r in given if r.asked and r.kind != THIRD] or given
        # 「给我儿媳妇用，就数她辛苦」: who is named is meant, whatever pronoun follows.
        given = [r for r in given if r.kind != THIRD] or given
        # Beside family, whoever is none belongs to the story: 「隔壁王姐说能刷」.
        given = [r for r in given if r.kind != NO_FAMILY] or given
        users = [name for r in given if (name := self._resolve(r.who)) not in owners]
        # Of two who are named as one, what counts for sharing counts for either.
        users = [GROUPS.get(name, (name,))[0] for name in users]
        running = thread.user if thread else None
        if any(r.receives for r in relatives) and not given:
            # 「能给我用吗」: whoever was spoken of has the account.
            who = owners[0] if owners else self._before.current
            if who != SELF:
                return who, SELF
        if thread and running == SELF and not given and not owners:
            # It goes on being oneself who would use another's money: 「我在外省」.
            return thread.who, SELF
        if owners:
            who = owners[0]
        elif told_self or any(r.kind == SELF for r in relatives):
            who = SELF
        else:
            who = thread.who if thread and running else self._before.current
        if who in users and who != SELF:
            who = SELF
        return who, users[-1] if users else running

    def _group(self) -> tuple[str, ...]:
        """Everybody a question names whose own figure it may ask for."""
        if self.gives:
            return (self.who,)
        if any(r.kind == THIRD and r.text.endswith("们") for r in self._question.relatives):
            known = tuple(name for name in self._before.people if name != SELF)
            if len(known) > 1:
                return known
        named: dict[str, None] = {}
        others = [r for r in self._question.relatives if r.kind != THIRD]
        for relative in others or self._question.relatives:
            who = self._resolve(relative.who)
            if who not in GROUPS:
                # Who is merely mentioned in a story is not asked about.
                continue
            for each in GROUPS.get(who, (who,)):
                named[each] = None
        return tuple(named) or (self.who,)

    def _targets(self, of: str | None, carried: bool, told: Told | Place) -> tuple[str, ...]:
        """Whom something told is about."""
        if of == ALL:
            named = [self._resolve(r.who) for r in self._question.relatives]
            group = [each for name in named for each in GROUPS.get(name, (name,))]
            return tuple(dict.fromkeys(group)) or (self.who,)
        if of in (FIRST, SECOND):
            return (PARENT_1 if of == FIRST else PARENT_2,)
        if of and not (carried and self.gives):
            who = self._resolve(of)
            return GROUPS.get(who, (who,))
        about_user = isinstance(told, Told) and told.value == "resident"
        return (self.user,) if about_user and self.gives and self.user else (self.who,)

    def _tell(self, who: str, told: Told) -> None:
        person = self._state.person(who)
        changes: dict[str, Any] = {}
        if told.name == "age":
            changes["age"] = age_of(told.value)
        elif told.name == "population":
            if not self._is_of_elsewhere(person, told):
                changes |= kind_changes(person, told.value)
        elif told.name == "work":
            changes["work"] = told.value
            if told.value in ("working", "paying", "not_retired"):
                kept = person.population in ("flexible", "resident", "employed")
                changes["population"] = person.population if kept else None
        elif told.name == "life" and told.value == "dead" and who != SELF:
            # Nobody tells of their own death: 「人去世了」 names nobody, and is the question's.
            changes["dead"] = True
        elif told.name == "situation" and told.value not in DOUBTS:
            over = (told.value, *OVER.get(told.value, ()))
            remaining = [each for each in person.situations if each not in over]
            changes["situations"] = (*remaining, told.value)
        elif told.name in ("base", "wage") and person.kind() is None:
            # Only who still pays in has a contribution base, only who works a wage.
            changes["work"] = "working"
        self._set(who, changes)

    def _is_of_elsewhere(self, person: Person, told: Told) -> bool:
        """Whether somebody had it elsewhere: 「河南那个是新农合」 of whom 杭州 is known."""
        kind, region = person.kind(), person.region
        if kind is None or region is None or told.value == kind:
            return False
        places = [place for place in self._question.places if place.candidates]
        return bool(places) and not any(
            place.role == "insured" or any(self._inside(one, region) for one in place.candidates)
            for place in places
        )

    def _set(self, who: str, changes: dict[str, Any]) -> None:
        person = self._state.person(who)
        new = {name: value for name, value in changes.items() if getattr(person, name) != value}
        if new:
            self._changed |= dict.fromkeys(new)
        self._state = self._state.with_person(who, msgspec.structs.replace(person, **changes))

    def _places(self, named: dict[str, None]) -> Place | None:
        """Which place is whose, and what it is to them; the first unclear one is returned."""
        unclear: Place | None = None
        free: list[tuple[str, Place]] = []
        # Where somebody is insured says what the other places are to them.
        for place in sorted(self._question.places, key=lambda each: each.role != "insured"):
            for who in self._targets(place.of, place.carried, place):
                person = self._state.person(who)
                code = self._one_of(place, (person.region, person.treated))
                if not place.candidates:
                    self._set(who, {"pool": place.pool})
                    named[who] = None
                    continue
                several = len(self._question.places) > 1
                if place.role in ("former", "origin") and (several or person.region):
                    continue
                if code is None:
                    unclear = unclear or place
                    continue
                if self._outsider(code):
                    continue
                named[who] = None
                if self.gives and who != self.who:
                    self._set(who, {"lives": code})
                elif self._is_treated(place, code, person):
                    self._set(who, {"treated": code})
                elif place.role == "relative" and self.gives:
                    self._set(self.user or who, {"lives": code})
                elif place.role in ("insured", "former", "relative"):
                    self._insure(who, code, place.pool, keep=place.role != "insured")
                else:
                    free.append((who, msgspec.structs.replace(place, candidates=(code,))))
        self._free_places(free)
        return unclear

    def _free_places(self, free: list[tuple[str, Place]]) -> None:
        """Places of which only the topic can tell what they are."""
        settled: set[str] = set()
        for who, place in free:
            code = place.candidates[0]
            region = self._state.person(who).region
            if who not in settled or self._inside(code, region):
                self._insure(who, code, place.pool)
                settled.add(who)
            elif self._topic == "filing":
                self._set(who, {"treated": code})

    def _insure(self, who: str, code: str, pool: str | None, keep: bool = True) -> None:
        """Set the insured place; a pool stays while the place only becomes nearer.

        Args:
            who: of whom.
            code: adcode of the place.
            pool: named beside it.
            keep: whether a pool named before may stay; not if this place is said to be the one.
        """
        person = self._state.person(who)
        if person.region and code != person.region and self._inside(person.region, code):
            # 「西藏卡」 of somebody from 林芝: nothing else, only less of it.
            return
        nearer = keep and (self._inside(code, person.region) or code == person.region)
        self._set(who, {"region": code, "pool": pool or (person.pool if nearer else None)})

    def _one_of(self, place: Place, near: Iterable[str | None]) -> str | None:
        return narrowed(place, near, self._regions)

    def _outsider(self, code: str) -> bool:
        """Whether a place outside the mainland is only where they come from or go to."""
        if not code.startswith(OUTSIDE_MAINLAND) or self._topic == "filing":
            return False
        codes = [one for place in self._question.places for one in place.candidates]
        inside = not all(one.startswith(OUTSIDE_MAINLAND) for one in codes)
        return self._topic == "withdrawal" or inside

    def _inside(self, code: str, region: str | None) -> bool:
        return bool(region) and self._regions.lies_in(code, str(region))

    def _is_treated(self, place: Place, code: str, person: Person) -> bool:
        """Whether they are treated there; outside filing, 「我在天水」 tells the region."""
        open_ = self._thread.open if self._thread else None
        if place.role is None or place.role == "origin":
            abroad = (person.treated or "").startswith(OUTSIDE_MAINLAND)
            return self._topic == "filing" and (abroad or open_ == "treated")
        if place.role != "treated":
            return False
        insured = person.region
        if insured and person.treated and self._inside(code, insured):
            # 「回去还能在鸡西看病不」: at home again; they stay where they are.
            return False
        if insured is None and not self._topic:
            # Told before anything was asked: 「我们哈尔滨的，去三亚过冬」.
            insured = effective_region(self._state, self.who)[0]
        return self._topic == "filing" or not (insured is None or self._inside(code, insured))


def narrowed(place: Place, near: Iterable[str | None], regions: Regions) -> str | None:
    """The one candidate of a place, or the one that lies in a region already known."""
    if len(place.candidates) == 1:
        return place.candidates[0]
    for known in near:
        if known is None:
            continue
        around = {step.adcode for step in regions.climb(known)} - {"000000"}
        inside = [
            code
            for code in place.candidates
            if code in around or around & {step.adcode for step in regions.climb(code)}
        ]
        if len(inside) == 1:
            return inside[0]
    return None
