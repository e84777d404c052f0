"""Reads hand-overs for the 领卡登记表 (Art. 8 para. 4): one query, opened from the vault.

`register.py` beside it puts the rows on the form; `sql/` holds the query.
"""

import json
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from django.db import connection

from cardbook.law.notices import notice_given
from cardbook.law.papers import KINDS
from cardbook.lib.citizen_number import Kind as NumberKind
from cardbook.lib.clock import LOCAL
from cardbook.lib.masking import mask_number, mask_phone
from cardbook.lib.rows import named_rows
from cardbook.people import vault

_QUERY = (Path(__file__).parent / "sql" / "pick_up_register.sql").read_text(encoding="utf-8")
_SIGNED = {"screen": "屏幕签字", "paper": "", "thumb": "（按手印）"}


@dataclass(frozen=True, slots=True, kw_only=True)
class PickUp:
    """One hand-over in words; fields are named as the form's columns, `seal` stays blank."""

    happened_at: str
    way: str
    name: str
    number: str
    card_number: str
    bank: str
    batch: str
    unit: str
    quantity: str
    boxes: str
    receiver: str
    document: str
    relation: str
    phone: str
    papers: str
    copy_kept: str
    face: str
    told: str
    activated: str
    signature: str
    actor: str
    second: str
    seal: str
    remarks: str
    undone: bool


def pick_ups(
    *, office_path: str, start: datetime, end: datetime, masked: bool, limit: int | None = None
) -> list[PickUp]:
    """This function will list an office's hand-overs from `start` up to `end`, oldest first.

    `signature` is the digest of the picture where the holder signed on the screen.
    """
    values: dict[str, Any] = {
        "office": f"{office_path}%",
        "start": start,
        "end": end,
        "limit": limit,
    }
    with connection.cursor() as cursor:
        cursor.execute(_QUERY, values)
        rows = named_rows(cursor)
    return [_pick_up(row, masked=masked) for row in rows]


def _pick_up(row: dict[str, Any], *, masked: bool) -> PickUp:
    facts = json.loads(row["facts"])
    name = vault.open_text(row["name_sealed"], context=vault.NAME)
    number, phone = _numbers(row, masked=masked)
    return PickUp(
        happened_at=f"{row['happened_at'].astimezone(LOCAL):%Y-%m-%d %H:%M}",
        way="本人",
        name=name,
        number=number,
        card_number=row["card_number"],
        bank=row["bank"] + (f"（尾号{row['bank_last4']}）" if row["bank_last4"] else ""),
        batch=row["batch"],
        unit=_unit(row),
        quantity="1",
        boxes=f"{row['box']} 第{row['slot']}位" if row["slot"] else row["box"],
        receiver=name,
        document=f"{_document(row['number_kind'])} {number}",
        relation="本人",
        phone=phone,
        papers=_papers(row["papers"]),
        copy_kept="是" if facts.get("copy_kept") else "否",
        face="一致" if facts.get("face_matches") else "不一致",
        told="、".join(_notice(text) for text in row["told"]),
        activated="否" if row["social"] == "sealed" else "是",
        signature=facts.get("signature") or _SIGNED.get(facts["signing"], ""),
        actor=row["actor"],
        second=row["second"],
        seal="",
        remarks="已撤销" if row["undone"] else "",
        undone=row["undone"],
    )


def _numbers(row: dict[str, Any], *, masked: bool) -> tuple[str, str]:
    number = vault.open_text(row["number_sealed"], context=vault.NUMBER)
    sealed = row["phone_sealed"]
    phone = vault.open_text(sealed, context=vault.PHONE) if sealed else ""
    if masked:
        return mask_number(number), mask_phone(phone) if phone else ""
    return number, phone


def _unit(row: dict[str, Any]) -> str:
    unit = " ".join(part for part in (row["unit_code"], row["unit_name"]) if part)
    return unit or f"{row['town']}{row['village']}"


def _document(kind: str) -> str:
    """The document that bears a number of this kind."""
    if kind == NumberKind.CITIZEN:
        return "居民身份证"
    return NumberKind(kind).label.removesuffix("号码")


def _papers(texts: list[str]) -> str:
    kinds = (text.partition(":")[0] for text in texts)
    return "、".join(KINDS[kind].title for kind in kinds if kind in KINDS)


def _notice(text_id: str) -> str:
    given = notice_given(text_id)
    return f"☑{given.title if given else text_id}"
