"""《提醒启用社保卡电话单》: whom to call because a half of his card is not in use (Art. 22).

On the screen and on its workbook the telephone numbers are masked; to be dialled the sheet is
issued, and a long one says what for (Art. 32).
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django import forms

from cardbook.chapters.usage.activation.calls import KINDS, STATES, ToCall, to_call
from cardbook.chapters.usage.activation.queries import CALLERS, HALVES_READERS
from cardbook.law.articles import art
from cardbook.lib.clock import local_day, to_the_minute
from cardbook.orgs.actors import Actor
from cardbook.orgs.models import Kind, Organization
from cardbook.registers.choosing import ChooseForm, office_of, reader_of
from cardbook.registers.forms import Column, Form, Sheet, refuse_too_many
from cardbook.registers.listing import list_as_xlsx
from cardbook.registers.registry import Register

FORM = Form(
    code="activation_calls", prefix="TXDH", title="提醒启用社保卡电话单", basis=(art(22),),
    columns=(
        Column(key="order", title="序号", width=10, align="center"),
        Column(key="name", title="持卡人", width=24),
        Column(key="phone", title="电话", width=28),
        Column(key="number", title="卡号", width=26),
        Column(key="where", title="村（社区）、单位", width=38),
        Column(key="since", title="领卡日期", width=22),
        Column(key="what", title="未启用", width=26),
        Column(key="to_say", title="告知", width=46),
        Column(key="last", title="上次联系", width=30),
        Column(key="result", title="本次结果", width=24),
    ),
    signatures=("联系人",), seal="", note="电话只供提醒启用，用后收好。",
)  # fmt: skip


class ToCallForm(ChooseForm):
    """A county, and of its holders those the page “提醒启用” shows."""

    county = forms.ModelChoiceField(
        label="县区", queryset=Organization.objects.none(), to_field_name="code",
        empty_label=None, required=False,
        error_messages={"invalid_choice": "没有这个县区，或不在您的管辖范围内，请重新选择。"},
    )  # fmt: skip
    kind = forms.ChoiceField(
        label="未启用", required=False,
        choices=[("", "全部"), *((code, words[0]) for code, words in KINDS.items())],
    )  # fmt: skip
    state = forms.ChoiceField(label="联系", required=False, choices=list(STATES.items()))
    q = forms.CharField(label="卡号、姓名、村或单位", required=False, max_length=40)

    def narrow(self) -> None:
        """Counties within reach."""
        found = Organization.objects.filter(path__startswith=self.county_path, kind=Kind.COUNTY)
        self.fields["county"].queryset = found.order_by("code")  # type: ignore[attr-defined]

    def usual(self) -> dict[str, Any]:
        """Who is still to be called, of the actor's county or the first one."""
        first = self._first()
        return {"county": first.code if first else "", "state": "open"}

    def clean(self) -> dict[str, Any]:
        """Keep who asks: what is within sight depends on him. Unsaid, it is the first county."""
        given = super().clean() or {}
        county = given.get("county") or self._first()
        if county is None and not self.errors:
            self.add_error("county", "没有可选的县区。")
        return given | {"by": self.by, "county": county}

    def _first(self) -> Organization | None:
        return self.fields["county"].queryset.first()  # type: ignore[attr-defined, no-any-return]


def call_sheet(
    *,
    chosen: Mapping[str, Any],
    masked: bool,
    printed_by: str,
    printed_at: datetime,
    limit: int | None,
) -> Sheet:
    """This function will list whom to call, the longest waiting first, with a column to fill in.

    :raises TooManyRows: when there are more than `limit`.
    """
    county: Organization = chosen["county"]
    kind, state, text = chosen["kind"], chosen["state"], chosen["q"]
    rows = to_call(
        by=chosen["by"] or reader_of(county), at=printed_at, within=county.path,
        kind=kind, state=state, text=text,
    )  # fmt: skip
    refuse_too_many(len(rows), limit)
    words = (STATES[state], KINDS[kind][0] if kind else "", text)
    return Sheet(
        form=FORM,
        office=office_of(county),
        covers="，".join(filter(None, words)),
        rows=tuple(_cells(order, row, masked=masked) for order, row in enumerate(rows, 1)),
        totals=(("要联系", f"{len(rows)} 人"),),
        printed_by=printed_by,
        printed_at=printed_at,
    )


def calls_as_xlsx(rows: Sequence[ToCall], *, by: Actor, at: datetime) -> bytes:
    """This function will write the list as it is seen as a workbook, numbers masked."""
    cells = (_cells(order, row, masked=True) for order, row in enumerate(rows, 1))
    totals = (("要联系", f"{len(rows)} 人"),)
    return list_as_xlsx(FORM, cells, covers="提醒启用（查阅件）", totals=totals, by=by, at=at)


def _cells(order: int, row: ToCall, *, masked: bool) -> tuple[str, ...]:
    phone = row.masked_phone if masked else row.phone
    return (
        str(order), row.name, phone or "没有留电话", row.number, row.where,
        f"{local_day(row.since)}", row.what, row.to_say,
        f"{to_the_minute(row.called_at)} {row.result} {row.words}".strip(), "",
    )  # fmt: skip


CALL_LIST = Register(
    slug="activation_calls",
    form=FORM,
    choose=ToCallForm,
    sheet=call_sheet,
    readers=HALVES_READERS,
    issuers=CALLERS,
    empty_text="所选县区没有要联系的持卡人。",
)
