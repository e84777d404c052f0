"""《存放登记》: where an office keeps cards, who answers for it, who holds keys (Art. 20).

`commands.py` beside it writes, `cardbook.registers` prints.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django import forms

from cardbook.chapters.safekeeping.models import KeepingPlace
from cardbook.chapters.safekeeping.places.queries import PRINTS_PLACES, place_sheets
from cardbook.law.articles import art
from cardbook.law.roles import Role
from cardbook.lib.clock import local_day
from cardbook.orgs.models import Organization
from cardbook.registers.choosing import ChooseForm, office_of
from cardbook.registers.forms import Column, Form, Sheet, refuse_too_many
from cardbook.registers.registry import Register

FORM = Form(
    code="keeping_places",
    prefix="CFDJ",
    title="存放登记",
    basis=(art(20), art(21)),
    columns=(
        Column(key="order", title="序号", width=10, align="center"),
        Column(key="office", title="机构（单位）", width=46),
        Column(key="kind", title="种类", width=26),
        Column(key="name", title="名称", width=30),
        Column(key="where", title="位置", width=40),
        Column(key="climate", title="温湿度、日照", width=40, under=True),
        Column(key="holds", title="存放", width=40),
        Column(key="keeper", title="保管人", width=24),
        Column(key="deputy", title="代理保管人", width=24, under=True),
        Column(key="keys", title="钥匙持有人", width=40),
        Column(key="opened", title="启用日", width=24, align="center"),
    ),
    signatures=("保管人", "卡管机构负责人"),
    seal="保管机构（章）",
    note="每处写明保管人、代理保管人和钥匙持有人；人员变动当日改登。",
    row_height=14,
    blank_rows=1,
)


class OfficeForm(ChooseForm):
    """An office with all below it."""

    office = forms.ModelChoiceField(
        label="机构（含下级）", queryset=Organization.objects.none(), to_field_name="code",
        empty_label=None,
        error_messages={"invalid_choice": "没有这个机构，或不在您的管辖范围内，请重新选择。"},
    )  # fmt: skip

    def narrow(self) -> None:
        """Offices of the actor's county that have places, and the county itself."""
        having = KeepingPlace.objects.filter(
            organization__path__startswith=self.county_path
        ).values("organization")
        found = Organization.objects.filter(pk__in=having) | Organization.objects.filter(
            path=self.county_path
        )
        self.fields["office"].queryset = found.order_by("code")  # type: ignore[attr-defined]

    def usual(self) -> dict[str, Any]:
        """The whole county."""
        choices = self.fields["office"].queryset  # type: ignore[attr-defined]
        office = choices.filter(path=self.county_path).first() or choices.first()
        return {"office": office.code if office else ""}


def place_register(
    *,
    chosen: Mapping[str, Any],
    masked: bool,
    printed_by: str,
    printed_at: datetime,
    limit: int | None,
) -> Sheet:
    """This function will list the places of an office in use; it names no holder of a card.

    :raises TooManyRows: when there are more places than `limit`.
    """
    office: Organization = chosen["office"]
    found = (
        KeepingPlace.objects.filter(organization__path__startswith=office.path, closed_on=None)
        .select_related("organization")
        .order_by("organization__code", "name", "id")
    )
    sheets = place_sheets(found, on=local_day(printed_at))
    refuse_too_many(len(sheets), limit)
    return Sheet(
        form=FORM,
        office=office_of(office),
        covers="在用存放处",
        rows=tuple(
            (
                str(order), one.office, one.kind, one.name, one.where, one.climate, one.holds,
                one.keeper or "未指定", one.deputy or "未指定", one.keys or "未登记",
                f"{one.opened_on}",
            )
            for order, one in enumerate(sheets, start=1)
        ),
        totals=(
            ("存放处", f"{len(sheets)} 处"),
            ("未指定齐全", f"{sum(not one.complete for one in sheets)} 处"),
        ),
        printed_by=printed_by,
        printed_at=printed_at,
    )  # fmt: skip


KEEPING_PLACES = Register(
    slug="keeping_places",
    form=FORM,
    choose=OfficeForm,
    sheet=place_register,
    readers=PRINTS_PLACES,
    issuers=PRINTS_PLACES - {Role.AUDITOR},
    hides_numbers=False,
    empty_text="还没有登记存放处。在“存放处与钥匙”中登记后，自动出现在这里。",
)
