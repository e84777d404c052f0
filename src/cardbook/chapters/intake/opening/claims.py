"""What one row of an old ledger says of a card, put together from its columns (Art. 6, 22, 28).

Nothing is guessed: what the row does not say stays "", and what contradicts itself is an error of
the row. Pure functions; `opening_rows.py` beside it seals and stages.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date

from cardbook.cards.states import Hold, Social, Stage
from cardbook.chapters.intake.opening.words import PLACES, Said, allowed
from cardbook.custody.places import Place
from cardbook.lib.citizen_number import Parsed
from cardbook.lib.plain import InputError
from cardbook.orgs.models import Kind

_BOX = re.compile(
    r"([A-Za-z0-9]{1,10})[-－柜]([A-Za-z0-9]{1,10})[-－层]([A-Za-z0-9]{1,10})(?:盒|[-－]?$|[-－](\d+)位?$)"
)
_DAY_WORDS: Mapping[str, str] = {
    "stocked_on": "入库", "issued_on": "发放", "activated_on": "激活",
}  # fmt: skip
_SET_ASIDE = (Stage.RECALLED, Stage.RETURNED, Stage.CANCELLED)
_SHELVES = (Place.STORE, Place.BOX, Place.DRAWER)
# Where a card lies when the row names its stage and no place.
_USUAL: Mapping[str, Place] = {
    Stage.IN_CUSTODY: Place.STORE,
    Stage.ISSUED: Place.HOLDER,
    Stage.MISSING: Place.MISSING,
    Stage.DESTROYED: Place.DESTROYED,
    Stage.RECALLED: Place.DEFECT,
    Stage.RETURNED: Place.RETURNED,
    Stage.CANCELLED: Place.DEFECT,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Where:
    """A place as the row names it: kind, office (0: the card body), box, and its own words."""

    place: str = ""
    office_id: int = 0
    box_code: str = ""
    slot: int | None = None
    text: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """Everything a row says of the card; "" where it is silent."""

    stage: str
    social: str
    hold: str
    where: Where
    inferred: bool
    dead: bool
    claimed_on: date | None
    valid: bool | None = None
    notes: tuple[str, ...] = ()

    @property
    def valid_doubted(self) -> bool:
        """Whether the mark of validity and the rest of the row do not explain each other.

        A card that is handed back or reported lost may be called either.
        """
        if self.valid is None:
            return False
        over = self.social == Social.CANCELLED or self.stage in (Stage.CANCELLED, Stage.DESTROYED)
        if self.valid:
            return over
        halted = self.social == Social.LOCKED or self.hold not in ("", Hold.NONE)
        back = self.stage in (Stage.RECALLED, Stage.RETURNED)
        return not (over or halted or back or self.dead)


@dataclass(frozen=True, slots=True)
class Offices:
    """The county's offices by name and code: id and kind."""

    by_name: Mapping[str, tuple[int, str]]


def where_of(text: str, slot: object, offices: Offices) -> Where:
    """This function will read a place: a word of the map, a box, or an office of the county.

    :raises InputError: `unknown_place`.
    """
    number = slot if isinstance(slot, int) else None
    word = "".join(text.split())
    if not word:
        return Where(slot=number)
    if word in PLACES:
        return Where(place=PLACES[word], slot=number, text=text)
    if word in offices.by_name:
        office_id, kind = offices.by_name[word]
        place = Place.DRAWER if kind == Kind.WINDOW else Place.STORE
        return Where(place=place, office_id=office_id, text=text)
    found = _BOX.match(word)
    if found is None:
        raise InputError(
            "unknown_place",
            f"存放地点“{text[:20]}”不是本县区的机构、柜-层-盒或约定的写法；"
            f"请写机构全称、A-1-03 这样的盒号，或：{allowed(PLACES)}",
        )
    code = "-".join(found.groups()[:3]).upper()
    number = number or (int(found[4]) if found[4] else None)
    return Where(place=Place.BOX, box_code=code, slot=number, text=text)


def understood(values: Mapping[str, object], offices: Offices) -> Claim:
    """This function will put the columns of a row together.

    :raises InputError: `contradiction` when two of them cannot both be true; `unknown_place`.
    """
    said = _said(values)
    where = where_of(str(values.get("place") or ""), values.get("slot"), offices)
    social = _social(values, said)
    stage, inferred, notes = _stage(values, said, social, where)
    claim = Claim(
        stage=stage,
        social=social,
        hold=said.hold,
        where=_settled(stage, where),
        inferred=inferred,
        dead=said.dead or values.get("survival") is True or bool(values.get("died_on")),
        claimed_on=_day(values, stage),
        valid=valid if isinstance(valid := values.get("valid"), bool) else None,
        notes=notes,
    )
    for sentence in _contradictions(claim, values):
        raise InputError("contradiction", f"{sentence}；请对照原台账改正其中一项")
    return claim


def is_over(values: Mapping[str, object]) -> bool:
    """This function will say whether a row itself calls its card cancelled or handed back."""
    said = [value for name in ("state", "aaz502") if isinstance(value := values.get(name), Said)]
    return (
        values.get("valid") is False
        or bool(values.get("cancelled_on"))
        or values.get("social") == Social.CANCELLED
        or any(s.social == Social.CANCELLED or s.stage in (*_SET_ASIDE, Stage.DESTROYED)
               for s in said)
    )  # fmt: skip


def _said(values: Mapping[str, object]) -> Said:
    """The word of the state and the ministry's number, which may each be missing."""
    found = [value for name in ("state", "aaz502") if isinstance(value := values.get(name), Said)]
    if len(found) < 2:
        return found[0] if found else Said()
    word, number = found
    # The ministry's number speaks of the function; that the thing is bad does not gainsay it.
    held = "" if word.hold == Hold.DEFECT else word.hold
    for one, other in ((word.social, number.social), (held, number.hold)):
        if one and other and one != other:
            raise InputError("contradiction", "状态与应用状态代码不一致；请对照原台账改正其中一项")
    return Said(word.stage, word.social or number.social, word.hold or number.hold, word.dead)


def _social(values: Mapping[str, object], said: Said) -> str:
    column = str(values.get("social") or "")
    if column and said.social and column != said.social:
        raise InputError("contradiction", "状态与社保功能两列不一致；请对照原台账改正其中一项")
    found = column or said.social
    if not found and values.get("cancelled_on"):
        return Social.CANCELLED
    if not found and values.get("activated_on"):
        return Social.ACTIVE
    return found


def _stage(
    values: Mapping[str, object], said: Said, social: str, where: Where
) -> tuple[str, bool, tuple[str, ...]]:
    """The stage, whether the articles and not the row say it, and what a person should know."""
    stage = said.stage or (Stage.ISSUED if values.get("issued_on") else "")
    if where.place == Place.MISSING and stage != Stage.DESTROYED:
        known = stage not in ("", Stage.MISSING)
        note = f"原记为“{Stage.of(stage).label}”，但存放地点不明，登记为下落不明" if known else ""
        return Stage.MISSING, False, (note,) if note else ()
    if stage:
        return stage, False, ()
    if where.place == Place.HOLDER:
        return Stage.ISSUED, False, ()
    if where.place in _SHELVES:
        return (Stage.CANCELLED if social == Social.CANCELLED else Stage.IN_CUSTODY), False, ()
    used = social in (Social.ACTIVE, Social.LOCKED) or said.hold in (
        Hold.ORAL_LOSS, Hold.FORMAL_LOSS,
    )  # fmt: skip
    if used:
        # Art. 22: only who has received a card activates it. Art. 28: the holder reports it lost.
        return Stage.ISSUED, True, ()
    return "", False, ()


def _settled(stage: str, where: Where) -> Where:
    """The place of the stage where the row names none; what is set aside lies apart."""
    if not where.place:
        return replace(where, place=str(_USUAL.get(stage, "")))
    if stage in _SET_ASIDE and where.place in _SHELVES:
        return replace(where, place=str(_USUAL[stage]), box_code="", slot=None)
    return where


def _day(values: Mapping[str, object], stage: str) -> date | None:
    """The day of the stage as claimed, or of the row's own date, or None."""
    own = {
        str(Stage.IN_CUSTODY): "stocked_on",
        str(Stage.ISSUED): "issued_on",
        str(Stage.CANCELLED): "cancelled_on",
    }.get(stage, "")
    for name in (own, "state_on"):
        day = values.get(name) if name else None
        if isinstance(day, date):
            return day
    return None


def _contradictions(claim: Claim, values: Mapping[str, object]) -> Iterator[str]:
    stage, social, place = claim.stage, claim.social, claim.where.place
    label = Stage.of(stage).label if stage else ""
    if stage == Stage.IN_CUSTODY and social in (Social.ACTIVE, Social.LOCKED, Social.CANCELLED):
        function = Social.of(social).label
        yield f"卡在库（尚未发放），社保功能却是“{function}”，领取后才能激活（第二十二条）"
    if stage in (Stage.CANCELLED, Stage.DESTROYED) and (
        social not in ("", Social.CANCELLED) or claim.hold not in ("", Hold.NONE)
    ):
        yield f"卡片状态是“{label}”，又说仍可使用或挂失"
    if stage and place and not _fits(stage, place):
        yield f"卡片状态是“{label}”，存放地点却是“{claim.where.text or Place(place).label}”"
    if values.get("issued_on") and stage == Stage.IN_CUSTODY:
        yield "卡在库，却有发放日期"
    if values.get("activated_on") and social == Social.SEALED:
        yield "社保功能未激活，却有激活日期"
    yield from _days_out_of_order(values)


def _days_out_of_order(values: Mapping[str, object]) -> Iterator[str]:
    """Nothing is done with a card before its holder was born, or used before it was handed out."""
    days = {name: day for name in _DAY_WORDS if isinstance(day := values.get(name), date)}
    number, issued_on = values.get("number"), days.get("issued_on")
    for name, day in days.items():
        word = _DAY_WORDS[name]
        if isinstance(number, Parsed) and day < number.born_on:
            yield f"{word}日期 {day} 早于持卡人的出生日期 {number.born_on}"
        if issued_on and name != "stocked_on" and day < issued_on:
            yield f"{word}日期 {day} 早于发放日期 {issued_on}，领取后才能{word}（第二十二条）"


def _fits(stage: str, place: str) -> bool:
    if stage == Stage.IN_CUSTODY:
        return place in _SHELVES
    return place == _USUAL[stage]
