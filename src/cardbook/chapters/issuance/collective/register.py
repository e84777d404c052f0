"""《陕西省商洛市社会保障卡发放签字明细表》 (Art. 8 para. 3), which travels with the cards.

It is printed from the exact cards of a bundle; the copy that stays in the village masks numbers.
"""

import re
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from django import forms

from cardbook.chapters.issuance.collective.naming import named_in
from cardbook.chapters.issuance.collective.queries import rows_of
from cardbook.chapters.issuance.collective.ticks import REASONS
from cardbook.chapters.issuance.models import Bundle, Result
from cardbook.law.articles import art
from cardbook.law.measures import CARRYING
from cardbook.law.roles import SEES_PEOPLE, WRITES_REGISTERS
from cardbook.lib.clock import LOCAL, local_day
from cardbook.lib.masking import mask_number, mask_phone
from cardbook.lifecycle.facts import Signer
from cardbook.people import vault
from cardbook.registers.choosing import ChooseForm, office_of
from cardbook.registers.forms import Column, Form, Sheet, refuse_too_many
from cardbook.registers.names_then import name_then
from cardbook.registers.pdf import render_pdf
from cardbook.registers.registry import Register

_SHOWN = 200
_PAGE = re.compile(rb"/Type\s*/Page\b")
_CODES = " ".join(f"{digit}{reason.label}" for digit, reason in REASONS.items())
_DIGITS = {str(reason): digit for digit, reason in REASONS.items()}

FORM = Form(
    code="sign_off_sheet",
    prefix="QZMX",
    title="陕西省商洛市社会保障卡发放签字明细表",
    basis=(art(8, 3), art(10), art(11)),
    columns=(
        Column(key="order", title="序号", width=9, align="center"),
        Column(key="place", title="盒内位置", width=25),
        Column(key="name", title="姓名", width=22),
        Column(key="number", title="社会保障号码", width=32),
        Column(key="card_number", title="社保卡卡号", width=20),
        Column(key="bank", title="银行（尾号4位）", width=26),
        Column(key="phone", title="联系电话", width=21),
        Column(key="face", title="卡面核对无误", width=13, align="center"),
        Column(key="signature", title="持卡人/代领人签字（按手印）", width=40, align="center"),
        Column(key="proxy", title="代领人姓名/证件号/关系", width=32),
        Column(key="signed_on", title="领取日期", width=18, align="center"),
        Column(key="reason", title="未领原因代码", width=13, align="center"),
        Column(key="remarks", title="备注", width=16),
    ),
    signatures=("移交人", "接收人", "单位负责人（章）", "备案接收人"),
    seal="发放机构（章）",
    note=f"未领原因代码：{_CODES}。未成年人由监护人签字；代领人、监护人签字的，写明姓名、证件号、关系，附证明材料；没有签字的行不算发放。{CARRYING}",
    row_height=9,
)


def sign_off_sheet(
    *,
    bundle: Bundle,
    masked: bool,
    blank: bool,
    printed_by: str,
    printed_at: datetime,
) -> Sheet:
    """This function will fill the sheet of a bundle; `blank` leaves what is written by hand."""
    rows = rows_of(bundle.pk)
    return Sheet(
        form=FORM,
        office=office_of(bundle.office, at=bundle.handed_at),
        covers=f"{bundle.number}　领卡单位：{name_then(bundle.unit, bundle.handed_at)}",
        rows=tuple(_cells(row, masked=masked, blank=blank) for row in rows),
        heads=(
            ("移交日期", _day(bundle.handed_at) or "　　　年　　月　　日"),
            ("应备案日期", str(bundle.due_on) if bundle.due_on else "　　　年　　月　　日"),
            ("备案日期", _day(bundle.filed_at) if not blank and bundle.filed_at
             else "　　　年　　月　　日"),
            *((("本联", "留存单位（村、社区），号码部分隐去"),) if masked and blank else ()),
        ),
        totals=_totals(rows, blank=blank),
        printed_by=printed_by,
        printed_at=printed_at,
    )  # fmt: skip


def _day(at: datetime | None) -> str:
    return f"{at.astimezone(LOCAL):%Y-%m-%d}" if at else ""


def _totals(rows: list[dict[str, Any]], *, blank: bool) -> tuple[tuple[str, str], ...]:
    due = ("应发", f"{len(rows)} 张")
    if blank:
        return (due, *((one.label, "＿＿＿ 张") for one in Result))
    counts = {one: sum(row["result"] == one for row in rows) for one in Result}
    return (due, *((one.label, f"{counts[one]} 张") for one in Result))


def _cells(row: dict[str, Any], *, masked: bool, blank: bool) -> tuple[str, ...]:
    number = vault.open_text(row["number_sealed"], context=vault.NUMBER)
    sealed = row["phone_sealed"]
    phone = vault.open_text(sealed, context=vault.PHONE) if sealed else ""
    head = (
        str(row["row"]),
        row["place"],
        vault.open_text(row["name_sealed"], context=vault.NAME),
        mask_number(number) if masked else number,
        row["number"],
        row["bank"] + (f"（{row['bank_last4']}）" if row["bank_last4"] else ""),
        (mask_phone(phone) if masked else phone) if phone else "",
    )
    if blank:
        return (*head, "□", "", "", "", "", "")
    return (*head, *_result(row, masked=masked))


def _result(row: dict[str, Any], *, masked: bool) -> tuple[str, ...]:
    """What came back: seen, who signed, for whom, when; or why not."""
    signed = row["result"] == Result.SIGNED
    agent = named_in(row)
    number = agent.masked_number if masked else agent.number
    named = (agent.name, number, agent.relation_label)
    proof = [agent.proof_title] if agent.proof else []
    others = [Result(row["result"]).label] if row["result"] and not signed else []
    return (
        "☑" if signed else "",
        f"已签（{Signer(row['signer']).label}）" if signed else "",
        " ".join(part for part in named if part),
        str(row["signed_on"] or ""),
        _DIGITS.get(row["reason"], "") if not signed else "",
        "　".join([*others, *proof, *([row["words"]] if row["words"] else [])]),
    )


def travelling_pdf(bundle: Bundle, *, masked: bool, printed_at: datetime) -> bytes:
    """This function will print the sheet to be signed: the same bytes whenever it is asked.

    `printed_at` counts only while the bundle is prepared; then it is when it was handed out.
    """
    name = bundle.handed_by.get_full_name() if bundle.handed_by else ""
    sheet = sign_off_sheet(
        bundle=bundle,
        masked=masked,
        blank=True,
        printed_by=f"{bundle.office.name} {name}".strip(),
        printed_at=bundle.handed_at or printed_at,
    )
    return render_pdf(sheet, number=bundle.number)


def page_count(bundle: Bundle, *, printed_at: datetime) -> int:
    """This function will count the pages the sheet takes, as printed for signing."""
    return count_pages_of(travelling_pdf(bundle, masked=False, printed_at=printed_at))


def count_pages_of(pdf: bytes) -> int:
    """This function will count the pages of a set sheet."""
    return len(_PAGE.findall(pdf))


class BundleForm(ChooseForm):
    """A handed-out bundle of the actor's county, the newest when nothing was chosen."""

    sheet = forms.ModelChoiceField(
        label="签字明细表", queryset=Bundle.objects.none(), empty_label=None,
        error_messages={"invalid_choice": "没有这份明细表，或不在您的管辖范围内，请重新选择。"},
    )  # fmt: skip

    def narrow(self) -> None:
        """Bundles of the actor's county only; whoever asks for one by its id gets it."""
        found = Bundle.objects.filter(
            unit__path__startswith=self.county_path, batch__isnull=False
        ).select_related("unit", "office", "handed_by")
        field = self.fields["sheet"]
        field.queryset = found.order_by("-id")  # type: ignore[attr-defined]
        recent = list(field.queryset[:_SHOWN])  # type: ignore[attr-defined]
        asked = str(self.data.get("sheet", ""))
        if asked.isdecimal() and int(asked) not in {bundle.pk for bundle in recent}:
            recent += list(found.filter(pk=int(asked)))
        # The menu shows the newest; validation looks at all.
        field.widget.choices = [(one.pk, _label(one)) for one in recent]

    def usual(self) -> dict[str, Any]:
        """The newest."""
        newest = self.fields["sheet"].queryset.first()  # type: ignore[attr-defined]
        return {"sheet": newest.pk if newest else ""}


def _label(bundle: Bundle) -> str:
    on: date | None = local_day(bundle.handed_at) if bundle.handed_at else None
    return f"{bundle.number}　{on}　{bundle.unit.name}"


def filled_sheet(
    *,
    chosen: Mapping[str, Any],
    masked: bool,
    printed_by: str,
    printed_at: datetime,
    limit: int | None,
) -> Sheet:
    """This function will fill the sheet of a chosen bundle as it has come back so far.

    :raises TooManyRows: when it has more rows than `limit`.
    """
    bundle: Bundle = chosen["sheet"]
    refuse_too_many(bundle.cards, limit)
    return sign_off_sheet(
        bundle=bundle, masked=masked, blank=False, printed_by=printed_by, printed_at=printed_at
    )


SIGN_OFF = Register(
    slug="sign_off",
    form=FORM,
    choose=BundleForm,
    sheet=filled_sheet,
    readers=SEES_PEOPLE,
    issuers=WRITES_REGISTERS,
    empty_text="还没有交付过集中领卡。交付后，明细表自动出现在这里。",
)
