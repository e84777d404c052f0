"""Turns the rows of a manifest into staged, sealed rows and problems (Art. 6; PIPL 51).

`layouts.py` reads single cells; what one row alone cannot tell is asked in sql/check_manifest.sql.
"""

import re
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import connection

from cardbook.chapters.intake.receive.layouts import LOOSE_BOX, Packing
from cardbook.imports.columns import RowProblem, check_row
from cardbook.imports.engine import Findings
from cardbook.imports.headers import Body
from cardbook.imports.reading import Row
from cardbook.law.divisions import CITY_NAME
from cardbook.lib.citizen_number import Parsed, mismatches
from cardbook.orgs.models import Kind, Organization
from cardbook.people import vault

_COLUMNS = (
    "file_id", "row", "card_number", "number_kind", "number_sealed", "number_index",
    "name_sealed", "name_key", "phone_sealed", "phone_index", "address_sealed", "search_keys",
    "sex", "born_on", "batch_code", "box_code", "packing", "bank_name", "bank_account_sealed",
    "bank_last4", "group", "unit_code", "unit_name", "town_name", "village", "county_name",
    "maker",
)  # fmt: skip
_TYPES = (
    "int8", "int4", "varchar", "varchar", "bytea", "bytea", "bytea", "int8", "bytea", "bytea",
    "bytea", "int8[]", "varchar", "date", "varchar", "varchar", "varchar", "varchar", "bytea",
    "varchar", "varchar", "varchar", "varchar", "varchar", "varchar", "varchar", "varchar",
)  # fmt: skip
_OFFICE_ENDINGS = re.compile("(人力资源和社会保障局|人社局|社会保障局)$")
_TOWN_ENDINGS = ("街道办事处", "街道办", "街道", "镇")
_VILLAGE = re.compile(r"(?:镇|街道|街道办事处)([^0-9\s]{1,20}?(?:村|社区))")


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What the receiving county knows of itself: names of counties, towns and banks."""

    county: str
    other_counties: tuple[str, ...]
    towns: dict[str, str]
    banks: frozenset[str]

    @classmethod
    def of(cls, county: Organization) -> "Surroundings":
        """Read the names once for a whole file."""
        counties = {
            id_: _OFFICE_ENDINGS.sub("", name)
            for id_, name in Organization.objects.filter(kind=Kind.COUNTY).values_list(
                "id", "name"
            )
        }
        towns: dict[str, str] = {}
        found = Organization.objects.filter(kind=Kind.TOWN, county=county).order_by("id")
        for name in found.values_list("name", flat=True):
            towns.setdefault(name, name)
            towns.setdefault(_bare(name), name)
        banks = Organization.objects.filter(kind=Kind.BANK).values_list("name", flat=True)
        return cls(
            county=counties[county.pk],
            other_counties=tuple(name for id_, name in counties.items() if id_ != county.pk),
            towns=towns,
            banks=frozenset(banks),
        )

    def is_elsewhere(self, text: str) -> bool:
        """Whether a text names another county of the city, or another city."""
        if self.county in text:
            return False
        other_city = text.endswith("市") and CITY_NAME not in text
        return other_city or any(name in text for name in self.other_counties)


def _bare(name: str) -> str:
    for ending in _TOWN_ENDINGS:
        if name.endswith(ending) and len(name) > len(ending) + 1:
            return name.removesuffix(ending)
    return name


def stage_rows(
    body: Body, *, findings: Findings, around: Surroundings, progress: Callable[[int], None]
) -> int:
    """This function will stream a file's rows into the staging table; returns how many it read.

    Rows with an error are only counted; every problem of every row goes to `findings`.

    :raises cardbook.imports.reading.FileRefused: when the file breaks off in the middle.
    """
    batches: Counter[str] = Counter()
    count = 0
    names = ", ".join(f'"{column}"' for column in _COLUMNS)
    with (
        connection.cursor() as cursor,
        cursor.copy(f"COPY intake_manifestrow ({names}) FROM STDIN (FORMAT BINARY)") as copy,
    ):
        copy.set_types(_TYPES)
        for row in body.rows():
            count += 1
            staged = _staged(row, body, findings=findings, around=around, batches=batches)
            if staged is not None:
                copy.write_row(staged)
            if count % 500 == 0:
                progress(count)
    findings.add(_miscounted(body, batches))
    progress(count)
    return count


def _miscounted(body: Body, batches: Counter[str]) -> Iterator[RowProblem]:
    """A file that lost rows on its way says so itself: its head counts more (D6)."""
    for batch, declared in body.declared.items():
        if batches[batch] != declared:
            yield RowProblem(
                row=body.header.row,
                title="批次人数",
                code="declared_count",
                sentence=f"批次 {batch} 写明 {declared} 人，文件中有 {batches[batch]} 行",
                remedy="文件可能没有传完或被删行，请重新导出整份文件",
            )


def _staged(
    row: Row, body: Body, *, findings: Findings, around: Surroundings, batches: Counter[str]
) -> tuple[Any, ...] | None:
    values, problems = check_row(body.header.layout, body.header.mapping, row)
    batch, batch_problems = _batch_of(values, body, row)
    batches[batch] += 1
    problems += batch_problems
    problems += _elsewhere(values, row, around)
    if isinstance(values.get("number"), Parsed):
        problems += _mismatched(values, row)
    findings.add(problems)
    if any(problem.is_error for problem in problems):
        return None
    _note_unknown(values, findings, around)
    return _sealed(
        values,
        file_id=findings.file.pk,
        row=row.number,
        batch=batch,
        body=body,
        around=around,
    )


def _batch_of(values: dict[str, object], body: Body, row: Row) -> tuple[str, list[RowProblem]]:
    packing = values.get("packing")
    preamble = body.header.preamble
    batch = (
        _text(values, "batch")
        or (packing.batch if isinstance(packing, Packing) else "")
        or preamble.get("批次号", "")
        or preamble.get("批次", "")
    )
    if batch:
        return batch[:40], []
    problem = RowProblem(
        row=row.number, title="批次号", code="missing", sentence="批次号为空",
        remedy="请补填，或在表头上方写一行“批次号：…”",
    )  # fmt: skip
    return "", [problem]


def _elsewhere(values: dict[str, object], row: Row, around: Surroundings) -> Iterator[RowProblem]:
    for name, title in (("city", "所属城市"), ("office", "经办机构")):
        text = _text(values, name)
        if text and around.is_elsewhere(text):
            yield RowProblem(
                row=row.number, title=title, code="other_county",
                sentence=f"{title}是“{text}”，不是{around.county}",
                remedy="错发的卡请退回市局信息中心调拨，不要在本县区登记",
            )  # fmt: skip
            return


def _mismatched(values: dict[str, object], row: Row) -> Iterator[RowProblem]:
    parsed, born_on = values["number"], values.get("born_on")
    assert isinstance(parsed, Parsed)
    said = mismatches(
        parsed,
        born_on=born_on if isinstance(born_on, date) else None,
        sex=_text(values, "sex") or None,
    )
    for sentence in said:
        yield RowProblem(
            row=row.number, title="社会保障号码", code="mismatch", sentence=sentence,
            remedy="可以登记；发放时请对照身份证，确有错误按信息错误办理", is_error=False,
        )  # fmt: skip


def _note_unknown(values: dict[str, object], findings: Findings, around: Surroundings) -> None:
    bank, town = _text(values, "bank"), _text(values, "town")
    if bank and bank not in around.banks:
        findings.notes[
            f"银行“{bank[:40]}”没有登记，卡上不显示银行；可请系统管理员登记后重新检查"
        ] += 1
    if town and town not in around.towns:
        findings.notes[f"镇街“{town[:40]}”不在{around.county}，归入“未填镇街”"] += 1


def _text(values: dict[str, object], name: str) -> str:
    found = values.get(name, "")
    return found if isinstance(found, str) else ""


def _sealed(
    values: dict[str, object],
    *,
    file_id: int,
    row: int,
    batch: str,
    body: Body,
    around: Surroundings,
) -> tuple[Any, ...]:
    parsed, name = values["number"], _text(values, "name")
    assert isinstance(parsed, Parsed)
    phone, address = _text(values, "phone"), _text(values, "address")
    account = _text(values, "bank_number")
    packing = values.get("packing")
    place = packing if isinstance(packing, Packing) else Packing("", "", LOOSE_BOX)
    town, village = _residence(values, address, around)
    return (
        file_id,
        row,
        _text(values, "card_number"),
        str(parsed.kind),
        vault.seal_text(parsed.number, context=vault.NUMBER),
        vault.number_index(parsed.number),
        vault.seal_text(name, context=vault.NAME),
        vault.name_key(name),
        vault.seal_text(phone, context=vault.PHONE) if phone else None,
        vault.phone_index(phone) if phone else None,
        vault.seal_text(address, context=vault.ADDRESS) if address else None,
        vault.search_keys(name=name, number=parsed.number),
        str(parsed.sex),
        parsed.born_on,
        batch,
        place.box,
        place.text,
        _text(values, "bank") or body.header.preamble.get("银行", "")[:100],
        vault.seal_text(account, context=vault.BANK) if account else None,
        account[-4:],
        _group(values),
        _text(values, "unit_code"),
        _text(values, "unit_name"),
        town,
        village,
        around.county,
        _text(values, "maker") or body.header.preamble.get("卡商", "")[:100],
    )


def _group(values: dict[str, object]) -> str:
    """Files without a column for it: whoever has an employer is an employee (Art. 8 para. 1)."""
    given = _text(values, "group")
    return given or ("employee" if _text(values, "unit_name") else "resident")


def _residence(values: dict[str, object], address: str, around: Surroundings) -> tuple[str, str]:
    """Town and village as columns say, else as read from the address; never from the number."""
    town = around.towns.get(_text(values, "town"), "")
    village = _text(values, "village")
    if not town and address:
        town = next((name for name in around.towns.values() if name in address), "")
    if not village and address:
        found = _VILLAGE.search(address)
        village = found[1] if found else ""
    return town, village[:60]
