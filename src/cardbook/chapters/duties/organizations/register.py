"""《岗位交接单》: what the office keeps, place by place, as both counted and signed (Art. 20).

`post_commands.py` beside it writes the hand-over, `cardbook.registers` prints and freezes.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django import forms

from cardbook.chapters.duties.models import HandOver
from cardbook.custody.places import Place
from cardbook.law.articles import art
from cardbook.law.roles import Role
from cardbook.lib.clock import to_the_minute
from cardbook.orgs.actors import Actor
from cardbook.registers.choosing import ChooseForm, office_of
from cardbook.registers.forms import Column, Form, Sheet, refuse_too_many
from cardbook.registers.issue import issue_document
from cardbook.registers.models import IssuedDocument
from cardbook.registers.registry import Register

FORM = Form(
    code="post_hand_over",
    prefix="GWJJ",
    title="岗位交接单",
    basis=(art(5), art(20)),
    columns=(
        Column(key="order", title="序号", width=14, align="center"),
        Column(key="place", title="存放处", width=60),
        Column(key="code", title="柜-层-盒", width=40),
        Column(key="label", title="分类", width=60),
        Column(key="book", title="账面张数", width=28, align="right"),
        Column(key="counted", title="点交张数", width=28, align="right"),
        Column(key="remark", title="备注", width=40),
    ),
    signatures=("移交人", "接收人", "监交人"),
    seal="卡管机构（章）",
    note="账面与点交一致方可交接；签名时两人各自输入密码，登记在台账中。",
    blank_rows=1,
)
_READERS = frozenset(
    {Role.CITY_MANAGER, Role.COUNTY_MANAGER, Role.CARD_KEEPER, Role.REVIEWER, Role.AUDITOR}
)
_SHOWN = 200


class HandOverForm(ChooseForm):
    """A hand-over in the actor's county; the newest when nothing was chosen."""

    hand_over = forms.ModelChoiceField(
        label="交接", queryset=HandOver.objects.none(), empty_label=None,
        error_messages={"invalid_choice": "没有这次交接，或不在您的管辖范围内，请重新选择。"},
    )  # fmt: skip

    def narrow(self) -> None:
        """Hand-overs of the actor's county only."""
        found = HandOver.objects.filter(organization__path__startswith=self.county_path)
        field = self.fields["hand_over"]
        field.queryset = found.select_related(  # type: ignore[attr-defined]
            "organization", "outgoing", "incoming", "post"
        ).order_by("-at", "-id")
        field.widget.choices = [
            (one.pk, _label(one))
            for one in field.queryset[:_SHOWN]  # type: ignore[attr-defined]
        ]

    def usual(self) -> dict[str, Any]:
        """The newest hand-over."""
        newest = self.fields["hand_over"].queryset.first()  # type: ignore[attr-defined]
        return {"hand_over": newest.pk if newest else ""}


def _label(one: HandOver) -> str:
    people = f"{one.outgoing.get_full_name()} → {one.incoming.get_full_name()}"
    return f"{one.on}　{one.organization.name}　{people}"


def hand_over_sheet(
    *,
    chosen: Mapping[str, Any],
    masked: bool,
    printed_by: str,
    printed_at: datetime,
    limit: int | None,
) -> Sheet:
    """This function will fill the sheet of one hand-over; it names no holder.

    :raises TooManyRows: when the office has more places than `limit`.
    """
    one: HandOver = chosen["hand_over"]
    lines = list(one.lines.select_related("account").order_by("account__kind", "account__code"))
    refuse_too_many(len(lines), limit)
    total = sum(line.cards for line in lines)
    return Sheet(
        form=FORM,
        office=office_of(one.organization, at=one.on),
        covers=f"交接 {one.pk}",
        heads=(
            ("岗位", Role.of(one.post.role).label),
            ("移交人", one.outgoing.get_full_name()),
            ("接收人", one.incoming.get_full_name()),
            ("交接日", f"{one.on}"),
            ("签名时间", to_the_minute(one.at)),
        ),
        rows=tuple(
            (
                str(place), Place(line.account.kind).label, line.account.code,
                line.account.label, str(line.cards), str(line.cards), "",
            )
            for place, line in enumerate(lines, start=1)
        ),
        totals=(("账面", f"{total} 张"), ("点交", f"{total} 张")),
        printed_by=printed_by,
        printed_at=printed_at,
    )  # fmt: skip


def freeze(one: HandOver, *, by: Actor, at: datetime) -> IssuedDocument:
    """This function will give the sheet of a hand-over its number and bytes, once.

    :raises FontsMissing: when it cannot be printed on this machine now.
    """
    sheet = hand_over_sheet(
        chosen={"hand_over": one}, masked=False, printed_by=f"{by.org_name} {by.name}",
        printed_at=at, limit=None,
    )  # fmt: skip
    return issue_document(sheet=sheet, by=by, at=at, key=f"hand-over-{one.pk}")


HAND_OVER = Register(
    slug="post_hand_over",
    form=FORM,
    choose=HandOverForm,
    sheet=hand_over_sheet,
    readers=_READERS,
    issuers=_READERS - {Role.AUDITOR},
    hides_numbers=False,
    empty_text="还没有岗位交接。两人点清并签名后，结果自动出现在这里。",
)
