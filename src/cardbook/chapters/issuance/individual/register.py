"""《陕西省商洛市社会保障卡领卡登记表》 and the slip a holder takes home (Art. 8 para. 4, 12).

`register_rows.py` beside it reads the hand-overs; `cardbook.registers` prints and freezes.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

from cardbook.cards.models import Card
from cardbook.chapters.bank_outlets import outlets_told
from cardbook.chapters.issuance.collective_pick_ups import COLLECTIVE_WAYS, collective_pick_ups
from cardbook.chapters.issuance.individual.queries import HAND_OVERS
from cardbook.chapters.issuance.individual.register_rows import PickUp, pick_ups
from cardbook.chapters.signatures import signature_cell, signature_pictures
from cardbook.law import notices
from cardbook.law.articles import art
from cardbook.law.roles import Role
from cardbook.ledger.models import Event
from cardbook.lib.clock import LOCAL
from cardbook.orgs.actors import Actor
from cardbook.people.holders import holder_of
from cardbook.registers.choosing import PeriodForm, office_of
from cardbook.registers.codes import SLIP, qr_svg, scan_code
from cardbook.registers.forms import Column, Form, Sheet, refuse_too_many
from cardbook.registers.registry import Register
from cardbook.registers.typesetting import typeset

_SLIP = Path(__file__).parent / "layouts" / "slip.typ"

FORM = Form(
    code="pick_up_register",
    prefix="LKDJ",
    title="陕西省商洛市社会保障卡领卡登记表",
    basis=(art(8, 3), art(8, 4), art(10), art(11), art(12)),
    columns=(
        Column(key="order", title="序号", width=8, align="center"),
        Column(key="happened_at", title="领卡日期时间", width=19),
        Column(key="way", title="领卡方式", width=19, under=True),
        Column(key="name", title="持卡人姓名", width=29),
        Column(key="number", title="社会保障号码", width=29, under=True),
        Column(key="card_number", title="社保卡卡号", width=24),
        Column(key="bank", title="所属银行", width=24, under=True),
        Column(key="batch", title="批次号", width=31),
        Column(key="unit", title="单位/村（社区）编号及名称", width=31, under=True),
        Column(key="quantity", title="领卡数量", width=16),
        Column(key="boxes", title="起止盒号/序号", width=16, under=True),
        Column(key="receiver", title="领卡人姓名", width=29),
        Column(key="document", title="领卡人证件类型/号码", width=29, under=True),
        Column(key="relation", title="与持卡人关系", width=19),
        Column(key="phone", title="联系电话", width=19, under=True),
        Column(key="papers", title="委托/证明材料", width=31),
        Column(key="copy_kept", title="复印件留存", width=31, under=True),
        Column(key="face", title="卡面核对", width=16),
        Column(key="told", title="已告知事项", width=16, under=True),
        Column(key="activated", title="社保功能激活", width=11, align="center"),
        Column(key="signature", title="领卡人签字", width=25, align="center", picture=True),
        Column(key="actor", title="经办人签字", width=16),
        Column(key="second", title="复核人", width=16, under=True),
        Column(key="seal", title="发放机构（章）", width=17),
        Column(key="remarks", title="备注", width=17, under=True),
    ),
    signatures=("经办人", "复核人", "窗口负责人"),
    seal="发放机构（章）",
    note="签字即确认已当面核对卡面、领取本人社保卡并听取告知。",
    row_height=11,
    blank_rows=2,
)


def pick_up_sheet(
    *,
    chosen: Mapping[str, Any],
    masked: bool,
    printed_by: str,
    printed_at: datetime,
    limit: int | None,
) -> Sheet:
    """This function will fill the 领卡登记表 of an office and all below it for a span of days.

    :raises TooManyRows: when there are more hand-overs than `limit`.
    """
    rows = _rows(chosen, masked=masked, limit=None if limit is None else limit + 1)
    refuse_too_many(len(rows), limit)
    pictures = {} if masked else signature_pictures(row.signature for row in rows)
    undone = sum(row.undone for row in rows)
    own = sum(row.way not in COLLECTIVE_WAYS for row in rows)
    return Sheet(
        form=FORM,
        office=office_of(chosen["office"]),
        covers=f"领卡日期 {chosen['start']} 至 {chosen['end']}",
        rows=tuple(_cells(place, row, pictures) for place, row in enumerate(rows, start=1)),
        totals=(
            ("登记", f"{len(rows)} 笔"),
            ("其中已撤销", f"{undone} 笔"),
            ("实际领取", f"{own - undone} 张"),
            *_collective(rows),
        ),
        printed_by=printed_by,
        printed_at=printed_at,
        pictures=pictures,
    )


def _rows(chosen: Mapping[str, Any], *, masked: bool, limit: int | None) -> list[PickUp]:
    """Who came for himself and who came for a unit, in the order of time."""
    office, start, end = chosen["office"].path, chosen["since"], chosen["until"]
    bundles = collective_pick_ups(
        office_path=office, start=start, end=end, masked=masked, limit=limit
    )
    own = pick_ups(office_path=office, start=start, end=end, masked=masked, limit=limit)
    together = [*own, *(PickUp(**one, undone=False) for one in bundles)]
    return sorted(together, key=lambda row: row.happened_at)


def _collective(rows: list[PickUp]) -> tuple[tuple[str, str], ...]:
    """What units took along: those cards are not issued yet (Art. 8 para. 3)."""
    taken = [int(row.quantity) for row in rows if row.way in COLLECTIVE_WAYS]
    return (("集中领卡", f"{len(taken)} 笔 {sum(taken)} 张（未发放）"),) if taken else ()


def _cells(place: int, row: PickUp, pictures: Mapping[str, bytes]) -> tuple[str, ...]:
    row = replace(row, signature=signature_cell(row.signature, pictures))
    return (str(place), *(getattr(row, column.key) for column in FORM.columns[1:]))


_ISSUERS = frozenset(
    {
        Role.CITY_MANAGER,
        Role.COUNTY_MANAGER,
        Role.CARD_KEEPER,
        Role.WINDOW_CLERK,
        Role.REVIEWER,
        Role.AGENCY_CLERK,
        Role.BANK_TELLER,
    }
)
PICK_UP = Register(
    slug="pick_up",
    form=FORM,
    choose=PeriodForm,
    sheet=pick_up_sheet,
    readers=_ISSUERS | {Role.AUDITOR},
    issuers=_ISSUERS,
    empty_text="所选机构在这段时间没有发卡。发卡后，登记自动出现在这里，无需另填。",
)


def slip_pdf(*, card: Card, by: Actor, at: datetime) -> bytes:
    """This function will set the holder's slip on A5: what was handed over, and what to mind.

    Large print, to be read without glasses (X8). `at` is when it is printed; the time of the
    hand-over comes from the ledger.
    """
    event = _hand_over(card)
    holder = holder_of(card.person)
    notice = notices.PICK_UP
    outlets = outlets_told(card_id=card.pk, by=by)
    number = str(event.pk) if event else "0"
    data = {
        "title": "社会保障卡领卡凭条" if event else "社会保障卡领卡告知",
        "name": holder.name,
        "facts": [
            ["社会保障号码", holder.masked_number],
            ["社保卡卡号", card.number],
            *([["领卡时间", f"{event.happened_at.astimezone(LOCAL):%Y-%m-%d %H:%M}"]]
              if event else []),
            ["社保功能", card.get_social_display()],
            ["发放机构", by.org_name],
            ["经办人", by.name],
        ],
        "notice": notice.title,
        "lines": list(notice.lines),
        "outlets_title": outlets.title,
        "outlets": list(outlets.lines),
        "rest": outlets.rest,
        "basis": notice.basis_text + ("、第二十二条" if outlets.lines else ""),
        "text": notice.text_id,
        "code": qr_svg(scan_code(SLIP, card.number, number)),
        "number": number,
        "printed": f"{at.astimezone(LOCAL):%Y-%m-%d %H:%M}",
    }  # fmt: skip
    return typeset(layout=_SLIP, data=data, at=at)


def _hand_over(card: Card) -> Event | None:
    """The hand-over that still stands, or None when there is none or it was taken back."""
    events = Event.objects.filter(
        subject_kind="card", subject_id=card.pk, act__in=[*HAND_OVERS, "issue.undo"]
    )
    last = events.order_by("-seq").first()
    return last if last and last.act in HAND_OVERS else None
