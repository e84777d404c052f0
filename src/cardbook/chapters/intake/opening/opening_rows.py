"""Turns the rows of an opening balance into staged, sealed rows and problems (Art. 6; PIPL 51).

`claims.py` understands a row; what one row alone cannot tell is asked in sql/check_opening.sql.
"""

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta
from typing import Any

from django.db import connection

from cardbook.cards.states import Hold
from cardbook.chapters.intake.account_keys import account_key
from cardbook.chapters.intake.opening.claims import Claim, Offices, is_over, understood
from cardbook.imports.columns import TAKEN_BACK, RowProblem, RowReader, masked
from cardbook.imports.engine import Findings
from cardbook.imports.headers import Body
from cardbook.imports.reading import Row
from cardbook.law.divisions import CITY_NAME
from cardbook.law.parameters import whole_number
from cardbook.lib.citizen_number import Parsed
from cardbook.lib.clock import LOCAL
from cardbook.lib.plain import InputError
from cardbook.orgs.models import Kind, Organization
from cardbook.people import vault

_COLUMNS: tuple[tuple[str, str], ...] = (
    ("file_id", "int8"), ("row", "int4"), ("card_number", "varchar"), ("name_sealed", "bytea"),
    ("name_key", "int8"), ("stage", "varchar"), ("social", "varchar"), ("hold", "varchar"),
    ("bank", "varchar"), ("place", "varchar"), ("place_text", "varchar"), ("inferred", "bool"),
    ("slot", "int4"), ("claimed_on", "date"), ("activated_on", "date"), ("lost_on", "date"),
    ("holder_dead", "bool"), ("died_on", "date"), ("number_kind", "varchar"),
    ("number_sealed", "bytea"), ("number_index", "bytea"), ("phone_sealed", "bytea"),
    ("phone_index", "bytea"), ("address_sealed", "bytea"), ("search_keys", "int8[]"),
    ("sex", "varchar"), ("born_on", "date"), ("batch_code", "varchar"), ("bank_name", "varchar"),
    ("bank_account_sealed", "bytea"), ("bank_last4", "varchar"), ("group", "varchar"),
    ("unit_code", "varchar"), ("unit_name", "varchar"), ("town_name", "varchar"),
    ("village", "varchar"), ("office_id", "int8"), ("box_code", "varchar"),
    ("hold_until", "timestamptz"), ("account_key", "int8"), ("valid", "bool"),
    ("valid_doubted", "bool"),
)  # fmt: skip
_COPY = "COPY intake_openingrow ({}) FROM STDIN (FORMAT BINARY)".format(
    ", ".join(f'"{name}"' for name, _ in _COLUMNS)
)
_OFFICE_ENDINGS = re.compile("(人力资源和社会保障局|人社局|社会保障局)$")
_DAYS = ("issued_on", "activated_on", "stocked_on", "lost_on", "cancelled_on", "state_on")
_FIRST_BATCH = "期初"


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What a county knows of itself: its name, others' names, its offices and towns."""

    county: str
    other_counties: tuple[str, ...]
    offices: Offices
    towns: frozenset[str]
    banks: frozenset[str]
    card_body_id: int
    as_of: date

    @classmethod
    def of(cls, card_body: Organization, *, as_of: date) -> "Surroundings":
        """Read the names once for a whole file."""
        county = card_body.county
        assert county is not None, "only card bodies of a county take over"
        listed = Organization.objects.filter(kind=Kind.COUNTY).values_list("id", "name", "county")
        counties = {id_: _OFFICE_ENDINGS.sub("", name) for id_, name, _ in listed}
        found = Organization.objects.filter(path__startswith=county.path, in_force=True)
        names: dict[str, tuple[int, str]] = {}
        towns: set[str] = set()
        for id_, name, code, kind in found.order_by("-path").values_list(
            "id", "name", "code", "kind"
        ):
            names[name] = names[code] = (id_, kind)
            towns |= {name} if kind == Kind.TOWN else set()
        return cls(
            county=counties[county.pk],
            # A county that went into this one is no other.
            other_counties=tuple(counties[id_] for id_, _, home in listed if home != county.pk),
            offices=Offices(names),
            towns=frozenset(towns),
            banks=frozenset(
                Organization.objects.filter(kind=Kind.BANK).values_list("name", flat=True)
            ),
            card_body_id=card_body.pk,
            as_of=as_of,
        )

    def is_elsewhere(self, text: str) -> bool:
        """Whether a text names another county of the city, or another city."""
        if self.county in text:
            return False
        other_city = text.endswith("市") and CITY_NAME not in text
        return other_city or any(name in text for name in self.other_counties)


@dataclass(frozen=True, slots=True)
class RowFindings:
    """Collects what is wrong with rows that are looked at more than once, each counted once."""

    all: Findings
    error_rows: set[int] = field(default_factory=set)
    noted_rows: set[int] = field(default_factory=set)

    def add(self, problems: Iterable[RowProblem]) -> None:
        """Take problems of any rows."""
        found = list(problems)
        for problem in found:
            (self.error_rows if problem.is_error else self.noted_rows).add(problem.row)
        self.all.keep_some(found)


def stage_rows(
    body: Body, *, findings: RowFindings, around: Surroundings, progress: Callable[[int], None]
) -> int:
    """This function will stream a file's rows into the staging table; returns how many it read.

    Rows with an error are only counted; every problem of every row goes to `findings`.

    :raises cardbook.imports.reading.FileRefused: when the file breaks off in the middle.
    """
    count = 0
    read = RowReader(body.header.layout, body.header.mapping, width=body.width)
    with connection.cursor() as cursor, cursor.copy(_COPY) as copy:
        copy.set_types([kind for _, kind in _COLUMNS])
        for row in body.rows():
            count += 1
            staged = _staged(row, read, findings=findings, around=around)
            if staged is not None:
                copy.write_row(staged)
            if count % 500 == 0:
                progress(count)
    findings.all.note_body(body)
    findings.add(body.miscounted(count))
    progress(count)
    return count


def _staged(
    row: Row, read: RowReader, *, findings: RowFindings, around: Surroundings
) -> tuple[Any, ...] | None:
    values, problems = read(row)
    if row.doubt and is_over(values):
        problems = [_as_its_state(one) for one in problems]
    problems += _of_row(values, row, around)
    claim = None
    if not any(problem.is_error for problem in problems):
        try:
            claim = understood(values, around.offices)
        except InputError as problem:
            sentence, _, remedy = problem.sentence.partition("；")
            title = "存放地点" if problem.code == "unknown_place" else "状态"
            problems.append(_problem(row, title, problem.code, sentence, remedy))
    findings.add(problems)
    if claim is None:
        return None
    findings.add(
        _problem(row, "状态", "note", note, "已自动处理，请核对", is_error=False)
        for note in claim.notes
    )
    _note(claim, values, findings, around)
    return _sealed(values, claim, file_id=findings.all.file.pk, row=row.number, around=around)


def _as_its_state(problem: RowProblem) -> RowProblem:
    """A remark that a card is void says nothing new of one that its row calls cancelled."""
    if problem.code != TAKEN_BACK:
        return problem
    return replace(problem, is_error=False, remedy="照这一行的状态登记，没有改动")


def _problem(
    row: Row, title: str, code: str, sentence: str, remedy: str, *, is_error: bool = True
) -> RowProblem:
    return RowProblem(
        row=row.number, title=title, code=code, sentence=masked(sentence), remedy=masked(remedy),
        is_error=is_error,
    )  # fmt: skip


def _of_row(values: dict[str, object], row: Row, around: Surroundings) -> Iterator[RowProblem]:
    """What is wrong besides single cells: another county, a day after the day of the balance."""
    city = values.get("city")
    if isinstance(city, str) and city and around.is_elsewhere(city):
        yield _problem(
            row, "所属城市", "other_county", f"所属城市是“{city}”，不是{around.county}",
            "每个县区的期初由本县区登记，请从本县区的文件中删除这一行",
        )  # fmt: skip
    for name in _DAYS:
        day = values.get(name)
        if isinstance(day, date) and day > around.as_of:
            yield _problem(
                row, "日期", "after_balance", f"{day} 晚于期初截止日 {around.as_of}",
                "截止日之后的业务不属于期初；请改正日期，或重选截止日",
            )  # fmt: skip


def _note(
    claim: Claim, values: dict[str, object], findings: RowFindings, around: Surroundings
) -> None:
    town, bank = _text(values, "town"), _text(values, "bank")
    if bank and bank not in around.banks:
        findings.all.notes[f"银行“{bank[:40]}”没有登记，卡上不显示银行；照登"] += 1
    if town and town not in around.towns:
        findings.all.notes[f"镇街“{town[:40]}”不在{around.county}，归入“未填镇街”"] += 1
    if claim.inferred:
        findings.all.notes[
            "没有写存放地点，因社保功能已启用或已挂失，按第二十二条、第二十八条登记为已发放"
        ] += 1
    if not claim.stage:
        findings.all.notes["没有写卡在哪里，登记为下落不明，列入“查无下落”"] += 1


def _text(values: dict[str, object], name: str) -> str:
    found = values.get(name, "")
    return found if isinstance(found, str) else ""


def _date(values: dict[str, object], name: str) -> date | None:
    found = values.get(name)
    return found if isinstance(found, date) else None


def _hold_until(claim: Claim, values: dict[str, object], as_of: date) -> datetime | None:
    """When an oral report lapses (Art. 28): counted from its day, or from the balance's."""
    if claim.hold != Hold.ORAL_LOSS:
        return None
    lost_on = _date(values, "lost_on") or claim.claimed_on or as_of
    days = whole_number("temp_loss_valid_days", on=lost_on)
    return datetime.combine(lost_on + timedelta(days=days), time(), tzinfo=LOCAL)


def _sealed(
    values: dict[str, object], claim: Claim, *, file_id: int, row: int, around: Surroundings
) -> tuple[Any, ...]:
    parsed, name = values["number"], _text(values, "name")
    assert isinstance(parsed, Parsed)
    phone, address = _text(values, "phone"), _text(values, "address")
    account = _text(values, "bank_number")
    where = claim.where
    by_column: dict[str, Any] = {
        "file_id": file_id, "row": row, "card_number": _text(values, "card_number"),
        "name_sealed": vault.seal_text(name, context=vault.NAME),
        "name_key": vault.name_key(name),
        "stage": str(claim.stage), "social": str(claim.social), "hold": str(claim.hold),
        "bank": str(_text(values, "bank_state")), "place": str(where.place),
        "place_text": where.text[:60], "inferred": claim.inferred, "slot": where.slot,
        "claimed_on": claim.claimed_on, "activated_on": _date(values, "activated_on"),
        "lost_on": _date(values, "lost_on"), "holder_dead": claim.dead,
        "died_on": _date(values, "died_on"), "number_kind": str(parsed.kind),
        "number_sealed": vault.seal_text(parsed.number, context=vault.NUMBER),
        "number_index": vault.number_index(parsed.number),
        "phone_sealed": vault.seal_text(phone, context=vault.PHONE) if phone else None,
        "phone_index": vault.phone_index(phone) if phone else None,
        "address_sealed": vault.seal_text(address, context=vault.ADDRESS) if address else None,
        "search_keys": vault.search_keys(name=name, number=parsed.number),
        "sex": str(parsed.sex), "born_on": parsed.born_on,
        "batch_code": _text(values, "batch") or _FIRST_BATCH, "bank_name": _text(values, "bank"),
        "bank_account_sealed": vault.seal_text(account, context=vault.BANK) if account else None,
        "bank_last4": account[-4:], "group": _group(values),
        "unit_code": _text(values, "unit_code"), "unit_name": _text(values, "unit_name"),
        "town_name": _text(values, "town"), "village": _text(values, "village"),
        "office_id": where.office_id or around.card_body_id, "box_code": where.box_code,
        "hold_until": _hold_until(claim, values, around.as_of),
        "account_key": account_key(account, index=vault.number_index) if account else None,
        "valid": claim.valid, "valid_doubted": claim.valid_doubted,
    }  # fmt: skip
    return tuple([by_column[column] for column, _ in _COLUMNS])


def _group(values: dict[str, object]) -> str:
    """Files without a column for it: whoever has an employer is an employee (Art. 8 para. 1)."""
    given = _text(values, "group")
    return given or ("employee" if _text(values, "unit_name") else "resident")
