"""《保管措施检查表》: the six protections and the four rules of a place (Art. 20, 21).

Filled in from a check, or blank to be carried along and filled in by hand.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django import forms

from cardbook.chapters.safekeeping.models import KeepingCheck, KeepingPlace
from cardbook.chapters.safekeeping.places.check_queries import AnswerRow, answers_of
from cardbook.chapters.safekeeping.places.queries import PRINTS_CHECKS, places_within
from cardbook.law.articles import art
from cardbook.law.measures import MEASURES, Measure
from cardbook.law.roles import Role
from cardbook.lib.clock import to_the_minute
from cardbook.registers.choosing import ChooseForm, office_of
from cardbook.registers.forms import Column, Form, Sheet
from cardbook.registers.registry import Register

_SHOWN = 20

FORM = Form(
    code="keeping_check",
    prefix="BGJC",
    title="保管措施检查表",
    basis=(art(20), art(21)),
    columns=(
        Column(key="order", title="序号", width=12, align="center"),
        Column(key="measure", title="检查项目", width=70),
        Column(key="basis", title="依据", width=42),
        Column(key="words", title="检查内容", width=90),
        Column(key="found", title="结果", width=24, align="center"),
        Column(key="remedy", title="整改", width=60),
    ),
    signatures=("检查人", "保管人", "卡管机构负责人"),
    seal="保管机构（章）",
    note="六防和四项存放规则逐项检查并拍照；不合格的写明怎样整改。",
    row_height=11,
    blank_rows=0,
)


class CheckChoice(ChooseForm):
    """A place the actor may see, and one of its checks or a blank list."""

    place = forms.ModelChoiceField(
        label="存放处", queryset=KeepingPlace.objects.none(), empty_label=None,
        error_messages={"invalid_choice": "没有这个存放处，或不在您的管辖范围内，请重新选择。"},
    )  # fmt: skip
    visit = forms.ModelChoiceField(
        label="检查", queryset=KeepingCheck.objects.none(), required=False,
        empty_label="空白检查表（打印后手填）",
        error_messages={"invalid_choice": "这个存放处没有这次检查，请重新选择。"},
    )  # fmt: skip

    def narrow(self) -> None:
        """Places the actor may see, and the checks of the one that is chosen."""
        places = places_within(self.by) if self.by else KeepingPlace.objects.all()
        field = self.fields["place"]
        field.queryset = places.select_related("organization").order_by(  # type: ignore[attr-defined]
            "organization__code", "name", "id"
        )
        field.label_from_instance = lambda one: (  # type: ignore[attr-defined]
            f"{one.organization.name}　{one.name}"
        )
        asked = str(self.data.get("place", ""))
        checks = KeepingCheck.objects.filter(place__in=places).select_related("checked_by")
        if asked.isdecimal():
            checks = checks.filter(place=int(asked))
        choose = self.fields["visit"]
        choose.queryset = checks.order_by("-at", "-id")  # type: ignore[attr-defined]
        choose.widget.choices = [
            ("", "空白检查表（打印后手填）"),
            *(
                (one.pk, f"{to_the_minute(one.at)}　{one.checked_by.name}")
                for one in choose.queryset[:_SHOWN]  # type: ignore[attr-defined]
            ),
        ]

    def usual(self) -> dict[str, Any]:
        """The first place, with a blank list."""
        first = self.fields["place"].queryset.first()  # type: ignore[attr-defined]
        return {"place": first.pk if first else ""}


def check_sheet(
    *,
    chosen: Mapping[str, Any],
    masked: bool,
    printed_by: str,
    printed_at: datetime,
    limit: int | None,
) -> Sheet:
    """This function will fill the checklist of a place; without a check it stays blank."""
    place: KeepingPlace = chosen["place"]
    visit: KeepingCheck | None = chosen["visit"]
    given = {row.measure.code: row for row in answers_of(visit)} if visit else {}
    wrong = sum(not row.in_order for row in given.values())
    heads = [("位置", place.where), ("温湿度、日照", place.climate or "未写")]
    if visit is not None:
        heads += (
            ("检查时间", to_the_minute(visit.at)),
            ("检查人", visit.checked_by.name),
            ("照片摘要", visit.photo[:16]),
        )
    return Sheet(
        form=FORM,
        office=office_of(place.organization, at=visit.at if visit else None),
        covers=f"{place.name}{'' if visit else '　空白表'}",
        heads=tuple(heads),
        rows=tuple(
            _cells(order, measure, given.get(measure.code))
            for order, measure in enumerate(MEASURES, start=1)
        ),
        totals=(
            ("项目", f"{len(MEASURES)} 项"),
            ("不合格", f"{wrong} 项" if visit else "手填"),
        ),
        printed_by=printed_by,
        printed_at=printed_at,
    )


def _cells(order: int, measure: Measure, row: AnswerRow | None) -> tuple[str, ...]:
    found = "□合格 □不合格" if row is None else "合格" if row.in_order else "不合格"
    return (
        str(order), measure.title, measure.basis.label, measure.words, found,
        row.remedy if row else "",
    )  # fmt: skip


KEEPING_CHECK = Register(
    slug="keeping_check",
    form=FORM,
    choose=CheckChoice,
    sheet=check_sheet,
    readers=PRINTS_CHECKS,
    issuers=PRINTS_CHECKS - {Role.AUDITOR},
    hides_numbers=False,
    empty_text="还没有登记存放处。登记后可以打印空白检查表，也可以出具每次检查的结果。",
)
