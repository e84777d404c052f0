"""《商洛市社会保障卡滞留原因统计表》 filled in (Art. 17): the paper no card goes back without.

`commands.py` freezes it with the act; `register.py` shows it again for any return.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from django.db import connection

from cardbook.chapters.stranded.contacts import Contacts, contacts_of
from cardbook.chapters.stranded.models import ReturnLine
from cardbook.chapters.stranded.send_back.queries import reason_totals
from cardbook.law.articles import art
from cardbook.law.measures import CARRYING
from cardbook.law.papers import KINDS
from cardbook.lib.clock import LOCAL, local_day
from cardbook.lib.masking import mask_number
from cardbook.lib.rows import array_of, named_rows
from cardbook.lifecycle.facts import Stranding
from cardbook.orgs.models import Organization
from cardbook.people import vault
from cardbook.registers.choosing import office_of
from cardbook.registers.forms import Column, Form, Sheet

_QUERY = (Path(__file__).parent / "sql" / "stranded_form.sql").read_text(encoding="utf-8")

FORM = Form(
    code="stranded_form",
    prefix="ZLYY",
    title="商洛市社会保障卡滞留原因统计表",
    basis=(art(16), art(17), art(18)),
    columns=(
        Column(key="order", title="序号", width=9, align="center"),
        Column(key="name", title="姓名", width=22),
        Column(key="citizen", title="社会保障号码", width=34),
        Column(key="number", title="社保卡卡号", width=40),
        Column(key="bank", title="银行", width=40, under=True),
        Column(key="batch", title="批次/盒号", width=32),
        Column(key="received", title="入库日期", width=19),
        Column(key="days", title="滞留天数", width=13, align="right"),
        Column(key="reason", title="滞留原因", width=21),
        Column(key="proof", title="证明材料（种类/编号/日期）", width=32),
        Column(key="contacts", title="通知记录（次数/末次方式/日期）", width=34),
        Column(key="opinion", title="处置意见", width=18),
        Column(key="checker", title="核查人", width=18),
        Column(key="result", title="管理机构处理结果", width=32),
    ),
    signatures=("移交人", "接收人", "移交日期", "接收日期"),
    seal="退回单位（章）",
    note="死亡、失踪、出国（境）定居、户籍注销凭证明退回；其他原因须先多渠道通知。处理结果由管理机构注销、销毁后填写。"
    f"{CARRYING}",
    row_height=9,
)


def stranded_sheet(
    *,
    lines: Sequence[ReturnLine],
    sender: Organization | None,
    receiver: Organization,
    number: str,
    checker: str,
    masked: bool,
    printed_by: str,
    printed_at: datetime,
) -> Sheet:
    """This function will fill the form for the cards one office gives to the next; three queries.

    `number` is the list's or the shipment's; the sheet covers it by name. `checker` gave the
    cards back, whoever prints the form once more.
    """
    assert sender is not None
    ids = [line.card_id for line in lines]
    found, contacts = _read(ids), contacts_of(ids)
    rows = tuple(
        _cells(place, line, found[line.card_id], contacts[line.card_id], checker=checker,
               masked=masked, at=printed_at)
        for place, line in enumerate(lines, start=1)
    )  # fmt: skip
    return Sheet(
        form=FORM,
        office=office_of(sender),
        covers=f"退回名单 {number}　退往 {receiver.name}",
        rows=rows,
        heads=_heads(sender, [found[id_]["batch"] for id_ in ids], at=printed_at),
        totals=_totals(lines),
        printed_by=printed_by,
        printed_at=printed_at,
    )


def _heads(
    sender: Organization, batches: Sequence[str], *, at: datetime
) -> tuple[tuple[str, str], ...]:
    return (
        ("退回单位", sender.name),
        ("层级", sender.get_kind_display()),
        ("统计截止日", f"{local_day(at)}"),
        ("批次", ("、".join(dict.fromkeys(batches)) or "无")[:60]),
    )


def _totals(lines: Sequence[ReturnLine]) -> tuple[tuple[str, str], ...]:
    """By reason, by the papers that show it, and all."""
    by_reason = reason_totals([line.reason for line in lines])
    by_proof = Counter(KINDS[line.proof].title for line in lines if line.proof)
    return (
        *((title, f"{count} 张") for title, count in by_reason),
        *((f"凭{title}", f"{count} 份") for title, count in sorted(by_proof.items())),
        ("共计", f"{len(lines)} 张"),
    )


def _read(card_ids: Sequence[int]) -> dict[int, dict[str, Any]]:
    with connection.cursor() as cursor:
        cursor.execute(_QUERY, [array_of(card_ids)])
        return {row["id"]: row for row in named_rows(cursor)}


def _cells(
    place: int, line: ReturnLine, row: Mapping[str, Any], contacts: Contacts, *, checker: str,
    masked: bool, at: datetime,
) -> tuple[str, ...]:  # fmt: skip
    citizen = vault.open_text(row["number_sealed"], context=vault.NUMBER)
    received = row["received_at"]
    tail = f"（尾号{row['bank_last4']}）" if row["bank_last4"] else ""
    return (
        str(place),
        vault.open_text(row["name_sealed"], context=vault.NAME),
        mask_number(citizen) if masked else citizen,
        row["number"],
        row["bank"] + tail,
        " ".join(part for part in (row["batch"], row["packing"]) if part),
        f"{received.astimezone(LOCAL):%Y-%m-%d}" if received else "",
        str((local_day(at) - local_day(received)).days) if received else "",
        Stranding(line.reason).label,
        _proof(line),
        contacts.text,
        "注销" if Stranding(line.reason).needs_proof else "退回",
        checker,
        _result(row),
    )


def _proof(line: ReturnLine) -> str:
    return line.facts.proof_text + ("（有影像）" if line.proof_image else "")


def _result(row: Mapping[str, Any]) -> str:
    cancelled = row["cancelled_at"]
    if not cancelled:
        return ""
    lot = f"，销毁清单 XH{row['lot']:07d}" if row["lot"] else ""
    return f"{cancel_number(row['cancel'])} {cancelled.astimezone(LOCAL):%Y-%m-%d} 注销{lot}"


def cancel_number(event_id: int) -> str:
    """This function will write the number of a cancellation: that of its event in the ledger."""
    return f"ZX{event_id:08d}"
