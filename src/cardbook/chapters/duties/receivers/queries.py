"""Reads what is on file of units, villages and towns that take cards (Art. 8 para. 3, 20)."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Subquery

from cardbook.chapters.representatives import in_force
from cardbook.law.parameters import whole_number
from cardbook.ledger.models import Event
from cardbook.lib.masking import mask_phone
from cardbook.orgs.actors import Actor
from cardbook.orgs.changes import SUBJECT
from cardbook.orgs.models import Kind, Organization
from cardbook.people.holders import holder_of
from cardbook.people.models import Handler, KeepingPlan, UnitLetter

KINDS = (Kind.UNIT, Kind.VILLAGE, Kind.TOWN)
STATES: Mapping[str, str] = {
    "": "全部",
    "ready": "可以领卡",
    "missing": "资料不全",
    "ending": "快到期",
}
SORTS: Mapping[str, tuple[str, tuple[str, ...]]] = {
    "code": ("按编号", ("code",)),
    "name": ("按名称", ("name", "code")),
    "until": ("按到期日", ("letter_until", "code")),
}
ENDING_DAYS = 30
REMINDED = "unit.remind"


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One unit in the list."""

    id: int
    code: str
    name: str
    kind: str
    parent: str
    letter: str
    letter_until: date | None
    handlers: int
    has_plan: bool
    least: int
    is_ending: bool
    reminded_at: datetime | None

    @property
    def lacks(self) -> tuple[str, ...]:
        """What is missing, in words; empty when the unit may take cards."""
        return tuple(
            words
            for missing, words in (
                (not self.letter, "没有有效的授权书"),
                (bool(self.letter) and self.handlers < self.least,
                 f"经办人 {self.handlers} 人，规定 {self.least} 人"),
                (not self.has_plan, "没有安全保管措施"),
            )
            if missing
        )  # fmt: skip


def receiving(by: Actor | None) -> QuerySet[Organization]:
    """This function will find the open units, villages and towns in the actor's reach.

    `by` None is the machine's own command line: the city.
    """
    path = by.county_path if by else ""
    return Organization.objects.filter(kind__in=KINDS, in_force=True, path__startswith=path)


def unit_of(by: Actor, *, unit_id: int) -> Organization:
    """This function will return one of them.

    :raises Organization.DoesNotExist: when it is another county's, or takes no cards.
    """
    return receiving(by).select_related("parent").get(pk=unit_id)


def units(
    by: Actor | None,
    *,
    wanted: str = "",
    kind: str = "",
    state: str = "",
    sort: str = "code",
    on: date,
) -> QuerySet[Organization]:
    """This function will list them with what is on file, found by code, name and state."""
    letters = UnitLetter.objects.filter(
        in_force(on), Q(revoked_on=None) | Q(revoked_on__gt=on), organization=OuterRef("pk")
    ).order_by("-since", "-id")
    handlers = (
        Handler.objects.filter(in_force(on), letter=OuterRef("letter_id"))
        .order_by()
        .values("letter")
        .annotate(count=Count("pk"))
        .values("count")
    )
    plans = KeepingPlan.objects.filter(in_force(on), organization=OuterRef("pk"))
    found = (
        receiving(by)
        .select_related("parent")
        .annotate(
            letter_id=Subquery(letters.values("pk")[:1]),
            letter_number=Subquery(letters.values("number")[:1]),
            letter_until=Subquery(letters.values("until")[:1]),
            has_plan=Exists(plans),
            reminded_at=_reminded_at(),
        )
        .annotate(handler_count=Subquery(handlers))
    )
    if wanted:
        found = found.filter(Q(code__startswith=wanted) | Q(name__contains=wanted))
    if kind:
        found = found.filter(kind=kind)
    return _in_state(found, state, on=on).order_by(*SORTS[sort][1])


def _reminded_at() -> Subquery:
    """When a unit was last told what its file lacks."""
    told = Event.objects.filter(subject_kind=SUBJECT, subject_id=OuterRef("pk"), act=REMINDED)
    return Subquery(told.order_by("-seq").values("happened_at")[:1])


def _in_state(found: QuerySet[Organization], state: str, *, on: date) -> QuerySet[Organization]:
    least = whole_number("collective_handlers", on=on)
    ready = Q(letter_id__isnull=False, handler_count__gte=least, has_plan=True)
    if state == "ready":
        return found.filter(ready)
    if state == "missing":
        return found.filter(
            Q(letter_id=None) | Q(handler_count=None) | Q(handler_count__lt=least)
            | Q(has_plan=False)
        )  # fmt: skip
    if state == "ending":
        ending = Q(letter_until__lte=on + timedelta(days=ENDING_DAYS))
        return found.filter(ending)
    return found


def rows(found: Sequence[Organization], *, on: date) -> list[Row]:
    """This function will make the rows of one page, without another query."""
    least = whole_number("collective_handlers", on=on)
    return [_row(one, least=least, on=on) for one in found]


def _row(one: Organization, *, least: int, on: date) -> Row:
    until: date | None = one.letter_until  # type: ignore[attr-defined]
    return Row(
        id=one.pk,
        code=one.code,
        name=one.name,
        kind=Kind(one.kind).label,
        parent=one.parent.name if one.parent else "",
        letter=one.letter_number or "",  # type: ignore[attr-defined]
        letter_until=until,
        handlers=one.handler_count or 0,  # type: ignore[attr-defined]
        has_plan=one.has_plan,  # type: ignore[attr-defined]
        least=least,
        is_ending=until is not None and until <= on + timedelta(days=ENDING_DAYS),
        reminded_at=one.reminded_at,  # type: ignore[attr-defined]
    )


# -------------------------------------------------------------------------------- the file of one
@dataclass(frozen=True, slots=True, kw_only=True)
class HandlerRow:
    """One handler a letter names, masked."""

    id: int
    name: str
    masked_number: str
    masked_phone: str
    since: date
    until: date | None


@dataclass(frozen=True, slots=True, kw_only=True)
class LetterRow:
    """One letter of authority with its handlers, and whether it holds today."""

    id: int
    number: str
    since: date
    until: date
    revoked_on: date | None
    digest: str
    state: str
    in_force: bool
    handlers: tuple[HandlerRow, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanRow:
    """One plan for safe keeping."""

    words: str
    since: date
    until: date | None
    digest: str
    in_force: bool


def letters_of(unit_id: int, *, on: date) -> list[LetterRow]:
    """This function will list a unit's letters, newest first, with everybody they name."""
    return letters_by_unit([unit_id], on=on).get(unit_id, [])


def letters_by_unit(unit_ids: Collection[int], *, on: date) -> dict[int, list[LetterRow]]:
    """This function will list the letters of many units, each newest first, in three queries."""
    letters = UnitLetter.objects.filter(organization__in=unit_ids)
    found: dict[int, list[LetterRow]] = {}
    for one in letters.prefetch_related("handlers__person").order_by("-since", "-id"):
        found.setdefault(one.organization_id, []).append(_letter(one, on=on))
    return found


def _letter(one: UnitLetter, *, on: date) -> LetterRow:
    state = _state_of(one, on=on)
    return LetterRow(
        id=one.pk,
        number=one.number,
        since=one.since,
        until=one.until,
        revoked_on=one.revoked_on,
        digest=one.paper_digest,
        state=state,
        in_force=state == "有效",
        handlers=tuple(
            _handler(handler)
            for handler in sorted(one.handlers.all(), key=lambda handler: handler.pk)
        ),
    )


def _state_of(one: UnitLetter, *, on: date) -> str:
    if one.revoked_on is not None and one.revoked_on <= on:
        return f"已于 {one.revoked_on} 撤销"
    if on > one.until:
        return "已到期"
    return "有效" if one.since <= on else "尚未生效"


def _handler(one: Handler) -> HandlerRow:
    person = holder_of(one.person)
    return HandlerRow(
        id=one.pk,
        name=person.name,
        masked_number=person.masked_number,
        masked_phone=mask_phone(person.phone) if person.phone else "",
        since=one.since,
        until=one.until,
    )


def plans_of(unit_id: int, *, on: date) -> list[PlanRow]:
    """This function will list a unit's plans for safe keeping, newest first."""
    return [
        PlanRow(
            words=one.words, since=one.since, until=one.until, digest=one.paper_digest,
            in_force=one.since <= on and (one.until is None or on <= one.until),
        )
        for one in KeepingPlan.objects.filter(organization=unit_id).order_by("-since", "-id")
    ]  # fmt: skip


def paper_of(unit_id: int, *, digest: str) -> bool:
    """This function will say whether a paper is one of this unit's letters or plans."""
    return bool(digest) and (
        UnitLetter.objects.filter(organization=unit_id, paper_digest=digest).exists()
        or KeepingPlan.objects.filter(organization=unit_id, paper_digest=digest).exists()
    )
