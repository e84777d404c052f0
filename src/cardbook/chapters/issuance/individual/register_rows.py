"""Reads hand-overs for the 领卡登记表 (Art. 8 para. 4): one query, opened from the vault, as text."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from django.db import connection

from cardbook.law.papers import KINDS
from cardbook.lib.masking import mask_number, mask_phone
from cardbook.lifecycle.cases import LOCAL
from cardbook.people import vault

_QUERY = (Path(__file__).parent / "sql" / "pick_up_register.sql").read_text(encoding="utf-8")


@dataclass(frozen=True, slots=True, kw_only=True)
class PickUp:
    """One hand-over in words, in the order of the form's columns."""

    happened_at: str
    way: str
    name: str
    number: str
    card_number: str
    bank: str
    batch: str
    unit: str
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
    remarks: str
    card_id: int


def pick_ups(*, office_path: str, start: datetime, end: datetime, masked: bool) -> list[PickUp]:
    """This function will list an office's hand-overs from `start` up to `end`, oldest first."""
    values = {"office": f"{office_path}%", "start": start, "end": end}
    return [_pick_up(row, masked=masked) for row in _rows(values)]


def _rows(values: dict[str, object]) -> Iterator[dict[str, Any]]:
    with connection.cursor() as cursor:
        cursor.execute(_QUERY, values)
        names = [column.name for column in cursor.description or ()]
        for row in cursor.fetchall():
            yield dict(zip(names, row, strict=True))


def _pick_up(row: dict[str, Any], *, masked: bool) -> PickUp:
    facts = json.loads(row["facts"])
    name = vault.open_text(row["name_sealed"], context=vault.NAME)
    number = vault.open_text(row["number_sealed"], context=vault.NUMBER)
    phone = vault.open_text(row["phone_sealed"], context=vault.PHONE) if row["phone_sealed"] else ""
    shown = mask_number(number) if masked else number
    kinds = [text.partition(":")[0] for text in row["papers"]]
    unit = " ".join(part for part in (row["unit_code"], row["unit_name"]) if part)
    return PickUp(
        happened_at=f"{row['happened_at'].astimezone(LOCAL):%Y-%m-%d %H:%M}",
        way="本人",
        name=name,
        number=shown,
        card_number=row["card_number"],
        bank=row["bank"] + (f"（尾号{row['bank_last4']}）" if row["bank_last4"] else ""),
        batch=row["batch"],
        unit=unit or f"{row['town']}{row['village']}",
        receiver=name,
        document=f"居民身份证 {shown}",
        relation="本人",
        phone=mask_phone(phone) if phone and masked else phone,
        papers="、".join(KINDS[kind].title for kind in kinds if kind in KINDS),
        copy_kept="是" if facts.get("copy_kept") else "否",
        face="一致" if facts.get("face_matches") else "不一致",
        told="、".join(row["told"]),
        activated="否" if row["social"] == "sealed" else "是",
        signature={"screen": "屏幕签字", "paper": "", "thumb": "按手印"}.get(facts["signing"], ""),
        actor=row["actor"],
        second=row["second"],
        remarks="已撤销" if row["undone"] else "",
        card_id=row["card_id"],
    )
