"""《事故报告》: damaged or lost stock, card by card, and to whom it was reported (Art. 20, 21).

`incident_commands.py` beside it writes, `cardbook.registers` prints.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django import forms

from cardbook.chapters.safekeeping.models import Incident
from cardbook.chapters.safekeeping.places.incident_queries import CardRow, cards_of
from cardbook.law.articles import art
from cardbook.law.roles import Role
from cardbook.lib.clock import to_the_minute
from cardbook.registers.choosing import ChooseForm, office_of
from cardbook.registers.forms import Column, Form, Sheet, refuse_too_many
from cardbook.registers.registry import Register

_SHOWN = 200

FORM = Form(
    code="incident_report",
    prefix="SGBG",
    title="社保卡保管事故报告",
    basis=(art(20), art(21), art(9)),
    columns=(
        Column(key="order", title="序号", width=12, align="center"),
        Column(key="number", title="卡号", width=36),
        Column(key="name", title="持卡人", width=32),
        Column(key="citizen", title="社会保障号码", width=56),
        Column(key="place", title="事故前存放处", width=64),
        Column(key="kind", title="情况", width=24, align="center"),
        Column(key="replacement", title="持卡人补卡", width=60),
    ),
    signatures=("报告人", "复核人", "卡管机构负责人", "上级机构"),
    seal="保管机构（章）",
    note="损坏、丢失须立即上报；损坏的卡为持卡人免费补换（第九条），登记时已开具补换申请。",
    row_height=9,
    blank_rows=1,
)
_READERS = frozenset(
    {Role.CITY_MANAGER, Role.COUNTY_MANAGER, Role.CARD_KEEPER, Role.REVIEWER, Role.AUDITOR}
)


class IncidentChoice(ChooseForm):
    """An incident of the actor's county; the newest when nothing was chosen."""

    incident = forms.ModelChoiceField(
        label="事故", queryset=Incident.objects.none(), empty_label=None,
        error_messages={"invalid_choice": "没有这份报告，或不在您的管辖范围内，请重新选择。"},
    )  # fmt: skip

    def narrow(self) -> None:
        """Incidents of the actor's county only."""
        found = Incident.objects.filter(organization__path__startswith=self.county_path)
        field = self.fields["incident"]
        field.queryset = found.select_related(  # type: ignore[attr-defined]
            "organization", "place", "reported_by", "second", "told_by"
        ).order_by("-id")
        field.widget.choices = [
            (one.pk, f"{one.number}　{one.happened_on}　{one.organization.name}")
            for one in field.queryset[:_SHOWN]  # type: ignore[attr-defined]
        ]

    def usual(self) -> dict[str, Any]:
        """The newest."""
        newest = self.fields["incident"].queryset.first()  # type: ignore[attr-defined]
        return {"incident": newest.pk if newest else ""}


def incident_sheet(
    *,
    chosen: Mapping[str, Any],
    masked: bool,
    printed_by: str,
    printed_at: datetime,
    limit: int | None,
) -> Sheet:
    """This function will fill the report of one incident; holders' numbers stay masked on it.

    :raises TooManyRows: when there are more cards than `limit`.
    """
    one: Incident = chosen["incident"]
    cards = cards_of(one.pk, kind=one.kind)
    refuse_too_many(len(cards), limit)
    told = to_the_minute(one.told_at) if one.told_at else "尚未上报"
    return Sheet(
        form=FORM,
        office=office_of(one.organization, at=one.happened_on),
        covers=one.number,
        heads=(
            ("发生（发现）日", f"{one.happened_on}"),
            ("存放处", one.place.name if one.place else "未登记"),
            ("原因", one.get_cause_display()),
            ("报告人", one.reported_by.name),
            ("复核人", one.second.name),
        ),
        rows=tuple(_cells(order, card, one) for order, card in enumerate(cards, start=1)),
        # What may be long stands at the foot, where it has the width of the sheet.
        totals=(
            (one.get_kind_display(), f"{len(cards)} 张"),
            ("经过", one.words),
            ("上报", f"{one.told_office} {told}".strip()),
            ("上级意见", one.told_words or "—"),
        ),
        printed_by=printed_by,
        printed_at=printed_at,
    )


def _cells(order: int, card: CardRow, one: Incident) -> tuple[str, ...]:
    return (
        str(order), card.number, card.name, card.masked_number, card.place,
        one.get_kind_display(), card.replacement,
    )  # fmt: skip


INCIDENT = Register(
    slug="incident",
    form=FORM,
    choose=IncidentChoice,
    sheet=incident_sheet,
    readers=_READERS,
    issuers=_READERS - {Role.AUDITOR},
    hides_numbers=False,
    empty_text="没有事故报告。在“事故报告”中登记后，自动出现在这里。",
)
