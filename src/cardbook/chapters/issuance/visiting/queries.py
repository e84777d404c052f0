"""Cards on their way to a home: who carries them, since when; nothing here writes (Art. 7, 20)."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from cardbook.cards.states import Subject
from cardbook.chapters.card_heads import cards_in_county
from cardbook.chapters.carrying import Carried, carried
from cardbook.law.parameters import whole_number
from cardbook.lib.clock import full_years
from cardbook.lib.masking import mask_number
from cardbook.lifecycle.cases import Case
from cardbook.lifecycle.facts import VisitReason
from cardbook.lifecycle.load import load_cases
from cardbook.orgs.actors import Actor
from cardbook.people import vault

SORTS = {"oldest": "带出早的在前", "newest": "带出晚的在前", "planned": "上门日期"}
LATE = "late"


@dataclass(frozen=True, slots=True, kw_only=True)
class OnVisit:
    """One card two people carry to its holder."""

    card_id: int
    number: str
    name: str
    masked_number: str
    out_at: datetime
    out_on: date
    planned_on: date
    why: str
    office: str
    actor: str
    companion: str
    days: int
    is_late: bool
    was_minor: bool
    to_take: str = ""


def on_visits(
    *,
    by: Actor,
    today: date,
    text: str = "",
    sort: str = "oldest",
    only: str = "",
    card_ids: Sequence[int] | None = None,
) -> list[OnVisit]:
    """This function will list a county's cards on visits; `text` is a card, holder or carrier."""
    late = whole_number("visit_back_days", on=today)
    found = carried(county_path=by.county_path, card_ids=card_ids)
    rows = [_row(one, today=today, late=late) for one in found]
    wanted = [
        row
        for row in rows
        if (not text or text.upper() == row.number or _names(text, row))
        and (only != LATE or row.is_late)
    ]
    keys = {"newest": lambda row: (-row.out_at.timestamp(), row.card_id),
            "planned": lambda row: (row.planned_on, row.card_id)}  # fmt: skip
    return sorted(wanted, key=keys.get(sort, lambda row: (row.out_at.timestamp(), row.card_id)))


def late_count(*, by: Actor, today: date) -> int:
    """This function will count what was taken out and neither handed over nor brought back."""
    late = whole_number("visit_back_days", on=today)
    found = carried(county_path=by.county_path)
    return sum(_days(one, today=today) > late for one in found)


def with_returns(rows: Sequence[OnVisit]) -> list[OnVisit]:
    """This function will add to rows that are shown what each holder has to give in return.

    An old card and a temporary one come in before the new one is his (Art. 26, 27).
    """
    ids = [row.card_id for row in rows]
    cases = load_cases(subject=Subject.CARD, ids=ids, lock=False) if ids else {}
    return [replace(row, to_take=_to_take(cases[row.card_id])) for row in rows]


def _to_take(case: Case) -> str:
    found = (("旧卡", case.old_card_out), ("临时卡", case.temporary_card_out))
    return "；".join(f"{title} {number}" for title, number in found if number)


def ids_of_numbers(numbers: Sequence[str], *, by: Actor) -> dict[str, int]:
    """This function will find cards by their printed numbers; another county's are left out."""
    found = cards_in_county(by=by).filter(number__in=numbers)
    return dict(found.values_list("number", "pk"))


def _names(text: str, row: OnVisit) -> bool:
    return any(text in name for name in (row.name, row.actor, row.companion))


def _days(one: Carried, *, today: date) -> int:
    return (today - one.out_on).days


def _row(one: Carried, *, today: date, late: int) -> OnVisit:
    days = _days(one, today=today)
    adult = whole_number("minor_age", on=one.out_on)
    reason = VisitReason(one.reason).label
    return OnVisit(
        card_id=one.card_id,
        number=one.number,
        name=vault.open_text(one.name_sealed, context=vault.NAME),
        masked_number=mask_number(vault.open_text(one.number_sealed, context=vault.NUMBER)),
        out_at=one.out_at,
        out_on=one.out_on,
        planned_on=one.planned_on,
        why=f"{reason}：{one.words}" if one.words else reason,
        office=one.office,
        actor=one.actor,
        companion=one.companion,
        days=days,
        is_late=days > late,
        was_minor=one.born_on is not None and full_years(one.born_on, on=one.out_on) < adult,
    )
