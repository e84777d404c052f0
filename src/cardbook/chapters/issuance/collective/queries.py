"""Reads bundles, their rows and what hinders them (Art. 8 para. 3, 20); nothing here writes.

Neighbours: `list_queries.py` reads lists of them, `drafts.py` keeps ticks, `commands.py`
performs, `register.py` prints.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import connection
from django.db.models import Count, Q, QuerySet

from cardbook.chapters.issuance.collective.naming import OTHERS
from cardbook.chapters.issuance.models import Bundle, BundlePage, Result
from cardbook.chapters.representatives import readiness_of
from cardbook.chapters.succession import carried_on
from cardbook.law.parameters import value, whole_number
from cardbook.law.roles import OWN_OFFICE_ONLY
from cardbook.law.working_days import national_calendar
from cardbook.lib.clock import full_years, local_day
from cardbook.lib.masking import mask_number
from cardbook.lib.rows import named_rows
from cardbook.lifecycle import refusals as no
from cardbook.lifecycle.facts import Relation, Signer, Unclaimed
from cardbook.lifecycle.refusals import Refusal, Refused
from cardbook.orgs.actors import Actor
from cardbook.orgs.models import Kind, Organization
from cardbook.people import vault
from cardbook.people.holders import find_by_number, holder_of
from cardbook.people.models import Handler, Person
from cardbook.registers.codes import DOCUMENT, read_code
from cardbook.registers.models import IssuedDocument

# Who takes cards for its people: units, villages, towns, schools as units, outlets (Art. 7, 8).
RECEIVERS = (Kind.UNIT, Kind.VILLAGE, Kind.TOWN, Kind.BRANCH, Kind.AGENCY)
NUMBER = re.compile(r"QZMX(\d{8})")


def bundles_of(by: Actor) -> QuerySet[Bundle]:
    """This function will find the bundles of the actor's county; a unit's own once it has them."""
    if by.role in OWN_OFFICE_ONLY:
        return Bundle.objects.filter(unit_id=by.org_id, batch__isnull=False)
    return Bundle.objects.filter(unit__path__startswith=by.county_path)


def bundle_of(bundle_id: int, *, by: Actor) -> Bundle:
    """This function will return a bundle of the actor's county.

    :raises Bundle.DoesNotExist: when it is another county's, or there is none.
    """
    return bundles_of(by).select_related(
        "unit", "office", "collector", "handed_by", "sent_by"
    ).get(pk=bundle_id)  # fmt: skip


def photo_is_required(*, on: date) -> bool:
    """This function will say whether nobody takes cards for a unit without being photographed."""
    return value("collector_photo_required", on=on) is True


def due_doubts(bundle: Bundle) -> tuple[str, ...]:
    """This function will warn of years whose holidays were not known when the due day was set."""
    if bundle.handed_at is None or bundle.due_on is None:
        return ()
    handed_on = local_day(bundle.handed_at)
    return national_calendar().working_days_between(handed_on, bundle.due_on)[1]


@dataclass(frozen=True, slots=True, kw_only=True)
class ScannedPage:
    """Which sheet a scanned code or a typed number leads to; page 0 when only the number."""

    bundle_id: int
    number: str
    page: int


def find_sheet(text: str, *, by: Actor) -> ScannedPage:
    """This function will find a sheet by the QR of one of its pages, or by its number.

    :raises cardbook.lib.plain.InputError: when a code of ours was not read whole.
    :raises Refused: when there is no such sheet in the actor's county.
    """
    text, page = text.strip(), 0
    if text.startswith(("~", "～")):
        scanned = read_code(text)
        text, more = "", scanned.parts[1:]
        if scanned.kind == DOCUMENT:
            text = scanned.parts[0]
            page = int(more[0]) if more and more[0].isdecimal() else 0
    issued = IssuedDocument.objects.filter(
        number=text, form__in=("sign_off_sheet", "collective_hand_over")
    ).first()
    if issued is not None:
        # A frozen copy of the register leads to the sheet; its pages are not the sheet's own.
        text, page = issued.covers[: len("QZMX00000000")], 0
    found = NUMBER.fullmatch(text.upper())
    bundle = bundles_of(by).filter(pk=int(found[1])).first() if found else None
    if bundle is None:
        read = found[0] if found else "扫到的不是明细表的码，输入的不是明细表的编号"
        raise Refused([Refusal(no.SHEET_UNKNOWN, {"read": read})])
    return ScannedPage(bundle_id=bundle.pk, number=bundle.number, page=page)


def page_scanned(text: str, *, bundle: Bundle, by: Actor) -> int:
    """This function will tell which page of this sheet was scanned.

    :raises Refused: when it is a page of another sheet, another county's, or none of this one.
    """
    found = find_sheet(text, by=by)
    if found.bundle_id != bundle.pk or not 1 <= found.page <= bundle.pages:
        values = {"other": found.number, "page": found.page, "sheet": bundle.number}
        raise Refused([Refusal(no.PAGE_OF_ANOTHER, values)])
    return found.page


# ------------------------------------------------------------------------------ units, handlers
def units_of(by: Actor) -> QuerySet[Organization]:
    """This function will list the units and villages of the county that may take cards."""
    return Organization.objects.filter(
        path__startswith=by.county_path, kind__in=RECEIVERS, in_force=True
    ).order_by("code")


def units_named(text: str, *, by: Actor, limit: int = 20) -> list[Organization]:
    """This function will find units by code or by a part of their name."""
    found = units_of(by).filter(Q(code__iexact=text) | Q(name__icontains=text))
    return list(found[:limit])


@dataclass(frozen=True, slots=True, kw_only=True)
class Fetcher:
    """Who stands at the desk, and the units whose valid letter names him today."""

    person: Person
    units: tuple[Organization, ...]


def fetcher(number: str, *, by: Actor, on: date) -> Fetcher | None:
    """This function will find the handler a document belongs to; None when nobody has it."""
    person = find_by_number(number)
    if person is None:
        return None
    handled = Handler.objects.filter(
        Q(until=None) | Q(until__gte=on), person=person, since__lte=on,
        letter__organization__in=units_of(by),
    ).values_list("letter__organization_id", flat=True)  # fmt: skip
    units = units_of(by).filter(pk__in=list(handled))
    fit = (unit for unit in units if person.pk in readiness_of(unit.pk, on=on).handler_ids)
    return Fetcher(person=person, units=tuple(fit))


def handlers_named(person_ids: Sequence[int]) -> list[tuple[int, str, str]]:
    """This function will name handlers for the screen: id, name, masked number."""
    people = Person.objects.filter(pk__in=person_ids).order_by("pk")
    opened = [holder_of(person) for person in people]
    return [(one.id, one.name, one.masked_number) for one in opened]


def overdue_of(unit_id: int, *, on: date) -> int:
    """This function will count the sheets a unit should have brought back by now.

    Those of units that went into it are its own to bring back.
    """
    return Bundle.objects.filter(
        unit__in=carried_on(unit_id), batch__isnull=False, filed_at=None, due_on__lt=on
    ).count()


def overdue_blocks(*, on: date) -> bool:
    """Whether a unit with overdue sheets gets no more cards, or is only reminded (parameter)."""
    return value("overdue_sheets_block", on=on) == "block"


def due_days(*, on: date) -> int:
    """How many working days a unit has to bring its sheet back (parameter)."""
    return whole_number("sheet_return_due_days", on=on)


# ------------------------------------------------------------------------------------ the rows
_ROWS = """
SELECT r.id, r.row, r.card_id, r.place, r.result, r.filed, r.signed_on, r.signer,
       r.self_supporting, r.reason, r.words, r.agent_name_sealed, r.agent_number_sealed,
       r.relation, r.proof, c.person_id, c.county_id, c.number, c.stage, c.bank_last4,
       CASE WHEN c.hold_until <= clock_timestamp() THEN 'none' ELSE c.hold END AS hold,
       coalesce(b.name, '') AS bank,
       p.name_sealed, p.number_sealed, p.phone_sealed, p.born_on, p.died_on, a.kind AS lies,
       (r.batch IS NULL OR r.batch = CASE m.act WHEN 'stock.hand_on_unit' THEN
           (SELECT given.batch FROM custody_posting g
            JOIN custody_movement given ON given.id = g.movement_id
            WHERE g.card_id = r.card_id AND given.act <> m.act ORDER BY given.id DESC LIMIT 1)
           ELSE m.batch END) AS there
FROM issuance_bundlerow r
JOIN cards_card c ON c.id = r.card_id
JOIN people_person p ON p.id = c.person_id
JOIN custody_position q ON q.card_id = c.id
JOIN custody_account a ON a.id = q.account_id
JOIN custody_movement m ON m.id = q.movement_id
LEFT JOIN orgs_organization b ON b.id = c.bank_org_id
WHERE r.bundle_id = %(bundle)s AND (%(rows)s::int[] IS NULL OR r.row = ANY(%(rows)s::int[]))
ORDER BY r.row
"""


def rows_of(bundle_id: int, *, rows: Sequence[int] | None = None) -> list[dict[str, Any]]:
    """This function will read rows of a sheet with card, holder and place, sealed, in one query.

    `there` says whether the card still lies where this sheet put it, or with who carries on.
    """
    with connection.cursor() as cursor:
        cursor.execute(_ROWS, {"bundle": bundle_id, "rows": None if rows is None else list(rows)})
        return named_rows(cursor)


@dataclass(frozen=True, slots=True, kw_only=True)
class RowLine:
    """One row as the screen shows it."""

    row: int
    card_id: int
    number: str
    name: str
    masked_number: str
    place: str
    result: str
    filed: str
    signed_on: date | None
    signer: str
    self_supporting: bool
    reason: str
    words: str
    agent: str
    note: str
    note_bad: bool

    @property
    def is_closed(self) -> bool:
        """Whether it is filed and can only be corrected by two."""
        return self.filed not in ("", Result.OPEN)

    @property
    def said(self) -> str:
        """What became of the row, as a clerk says it."""
        parts = [Result(self.result).label] if self.result else []
        parts += [Signer(self.signer).label] if self.signer else []
        parts += ["自食其力"] if self.self_supporting else []
        parts += [f"{self.signed_on:%m-%d}"] if self.signed_on else []
        parts += [Unclaimed(self.reason).label] if self.reason else []
        return "　".join(parts)

    @property
    def badge(self) -> str:
        """The colour of the result."""
        known = {Result.SIGNED: "good", Result.OPEN: "wait", Result.RETURNED: "wait"}
        return known.get(Result(self.result), "bad") if self.result else ""

    @property
    def is_new(self) -> bool:
        """Whether what is ticked waits to be filed."""
        return bool(self.result) and self.result != self.filed


def shown(row: dict[str, Any], *, minor_age: int, on: date) -> RowLine:
    """This function will open one row for the screen, with what a clerk must mind."""
    note, bad = _note(row, minor_age=minor_age, on=on)
    return RowLine(
        row=row["row"], card_id=row["card_id"], number=row["number"],
        name=vault.open_text(row["name_sealed"], context=vault.NAME),
        masked_number=mask_number(vault.open_text(row["number_sealed"], context=vault.NUMBER)),
        place=row["place"], result=row["result"], filed=row["filed"], signed_on=row["signed_on"],
        signer=row["signer"], self_supporting=row["self_supporting"], reason=row["reason"],
        words=row["words"], agent=_agent_words(row), note=note, note_bad=bad,
    )  # fmt: skip


def _agent_words(row: dict[str, Any]) -> str:
    """Who signed for the holder, without his number."""
    if row["agent_name_sealed"] is None:
        return ""
    name = vault.open_text(row["agent_name_sealed"], context=vault.NAME)
    relation = f"（{Relation(row['relation']).label}）" if row["relation"] else ""
    return f"{name}{relation}"


def _note(row: dict[str, Any], *, minor_age: int, on: date) -> tuple[str, bool]:
    if row["filed"]:
        return "", False
    whole = row["agent_name_sealed"] and row["agent_number_sealed"] and row["relation"]
    unnamed = row["signer"] in OTHERS and not whole
    bad = (
        (row["hold"] == "error", "已登记为错卡"),
        (not row["there"], "卡已不在该单位"),
        (row["hold"] in ("oral_loss", "formal_loss"), "已挂失，不能发放"),
        (row["died_on"] is not None, f"登记为 {row['died_on']} 去世"),
        (unnamed, f"没有写明{Signer(row['signer']).label}" if unnamed else ""),
    )
    note = next((words for is_so, words in bad if is_so), "")
    if note or row["signer"] == Signer.GUARDIAN:
        return note, bool(note)
    return _note_of_age(full_years(row["born_on"], on=on), minor_age=minor_age, on=on), False


def _note_of_age(age: int, *, minor_age: int, on: date) -> str:
    if age >= minor_age:
        return ""
    if age < whole_number("self_supporting_age", on=on):
        return "未成年，由监护人签"
    return f"{age} 周岁，由监护人签；自食其力的本人签，登记为 =s"


def pages_kept(bundle_id: int) -> dict[int, int]:
    """This function will count the pictures kept of each page of a sheet."""
    pages = BundlePage.objects.filter(bundle_id=bundle_id).values_list("page")
    return dict(pages.annotate(Count("pk")))


@dataclass(frozen=True, slots=True, kw_only=True)
class Sums:
    """应发 = 实发 + 未发 + 退回 + 错卡, as ticked so far; `left` has no result yet."""

    due: int
    signed: int
    open: int
    returned: int
    wrong: int

    @property
    def left(self) -> int:
        """Rows nobody has decided."""
        return self.due - self.signed - self.open - self.returned - self.wrong


def sums_of(bundle_id: int) -> Sums:
    """This function will add up a sheet as ticked so far, in one query."""
    bundle = Bundle.objects.filter(pk=bundle_id).aggregate(
        due=Count("rows"),
        **{one.value: Count("rows", filter=Q(rows__result=one)) for one in Result},
    )
    return Sums(**bundle)
