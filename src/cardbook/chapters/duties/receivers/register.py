"""《单位/村经办人授权备案》: who may take cards for whom, by which letter (Art. 8, 20)."""

import json
from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from django import forms

from cardbook.chapters.duties.receivers.commands import WRITERS
from cardbook.chapters.duties.receivers.queries import (
    HandlerRow,
    LetterRow,
    letters_by_unit,
    units,
)
from cardbook.law.articles import art
from cardbook.law.roles import Role
from cardbook.ledger.models import Event
from cardbook.lib.clock import local_day
from cardbook.orgs.models import Kind, Organization
from cardbook.registers.choosing import ChooseForm, office_of
from cardbook.registers.forms import Column, Form, Sheet, refuse_too_many
from cardbook.registers.registry import Register

FORM = Form(
    code="unit_letters",
    prefix="JBSQ",
    title="单位/村经办人授权备案",
    basis=(art(8, 3), art(20)),
    columns=(
        Column(key="order", title="序号", width=11, align="center"),
        Column(key="unit", title="单位", width=48),
        Column(key="handler", title="经办人", width=22),
        Column(key="citizen", title="证件号码", width=40),
        Column(key="phone", title="电话", width=26),
        Column(key="letter", title="授权文号", width=36),
        Column(key="term", title="授权起止", width=42),
        Column(key="image", title="授权书影像", width=20, align="center"),
        Column(key="plan", title="安全保管措施", width=20, align="center"),
        Column(key="changes", title="变更记录", width=56),
    ),
    signatures=("登记人", "复核人", "卡管机构负责人"),
    seal="卡管机构（章）",
    note="有效的授权书、规定人数的经办人和安全保管措施齐备，方可向该单位（村）交付社保卡。",
    blank_rows=1,
)
_TITLES = {
    "unit.file_letter": "备案授权书",
    "unit.add_handler": "登记经办人",
    "unit.end_handler": "停止经办",
    "unit.revoke_letter": "撤销授权书",
}


class UnitForm(ChooseForm):
    """All units of the county, or those found by code or name."""

    unit = forms.CharField(label="单位编号或名称（空为全部）", max_length=60, required=False)
    kind = forms.ChoiceField(
        label="类别", required=False,
        choices=(("", "全部"), ("unit", "参保单位"), ("village", "村（社区）"),
                 ("town", "镇（街道）")),
    )  # fmt: skip

    def usual(self) -> dict[str, Any]:
        """All of them."""
        return {}

    def clean(self) -> dict[str, Any]:
        """The office that answers for the list: the county, or the city."""
        given = super().clean() or {}
        given["by"] = self.by
        given["on"] = self.today
        if self.by is None:
            given["office"] = Organization.objects.filter(kind=Kind.CITY).order_by("pk").first()
        else:
            office = self.by.county_id or self.by.org_id
            given["office"] = Organization.objects.get(pk=office)
        return given


def letters_sheet(
    *,
    chosen: Mapping[str, Any],
    masked: bool,
    printed_by: str,
    printed_at: datetime,
    limit: int | None,
) -> Sheet:
    """This function will fill the list: one row for each handler of each letter.

    :raises TooManyRows: when there are more than `limit`.
    """
    by, on = chosen["by"], chosen["on"]
    found = units(by, wanted=chosen.get("unit", ""), kind=chosen.get("kind", ""), on=on)
    with_letters = list(found.filter(letters__isnull=False).distinct())
    rows = list(_rows(with_letters, on=on))
    refuse_too_many(len(rows), limit)
    return Sheet(
        form=FORM,
        office=office_of(chosen["office"]),
        covers=f"截至 {on}" + (f" {chosen['unit']}" if chosen.get("unit") else ""),
        rows=tuple((str(place), *cells) for place, cells in enumerate(rows, start=1)),
        totals=(("经办人", f"{len(rows)} 人次"),),
        printed_by=printed_by,
        printed_at=printed_at,
    )


def _rows(found: Sequence[Organization], *, on: date) -> Iterator[tuple[str, ...]]:
    ids = [unit.pk for unit in found]
    letters, changes = letters_by_unit(ids, on=on), _changes(ids)
    for unit in found:
        plan = "有" if unit.has_plan else "无"  # type: ignore[attr-defined]
        for letter in letters[unit.pk]:
            for handler in letter.handlers:
                yield _cells(unit, letter, handler, plan, changes.get(letter.id, ""))


def _cells(
    unit: Organization, letter: LetterRow, handler: HandlerRow, plan: str, changes: str
) -> tuple[str, ...]:
    until = min(letter.until, handler.until or letter.until)
    state = "" if letter.in_force else f"（{letter.state}）"
    return (
        unit.name, handler.name, handler.masked_number, handler.masked_phone, letter.number,
        f"{handler.since} 至 {until}{state}", "有" if letter.digest else "纸质", plan, changes,
    )  # fmt: skip


def _changes(unit_ids: Collection[int]) -> dict[int, str]:
    """What happened to each letter of the units, in words, oldest first."""
    events = Event.objects.filter(
        subject_kind="organization", subject_id__in=unit_ids, act__in=_TITLES
    ).order_by("subject_id", "seq")
    found: dict[int, list[str]] = {}
    for event in events:
        facts = json.loads(event.facts)
        said = f"{local_day(event.recorded_at):%m-%d} {_TITLES[event.act]}"
        known = found.setdefault(facts.get("letter", 0), [])
        if said not in known:
            known.append(said)
    return {letter: "；".join(said) for letter, said in found.items()}


_READERS = WRITERS | {Role.REVIEWER, Role.AUDITOR}
LETTERS = Register(
    slug="unit_letters",
    form=FORM,
    choose=UnitForm,
    sheet=letters_sheet,
    readers=_READERS,
    issuers=_READERS - {Role.AUDITOR},
    hides_numbers=False,
    empty_text="还没有备案的授权书。在“领卡单位备案”里登记后，自动出现在这里。",
)
