"""Reads hand-overs for the 领卡登记表 (Art. 8 para. 4): one query, opened from the vault.

`register.py` beside it puts the rows on the form; `sql/` holds the query.
"""

import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from django.db import connection

from cardbook.law.notices import notice_given
from cardbook.law.papers import KINDS, MANDATE, POST_RECEIPT
from cardbook.lib.citizen_number import Kind as NumberKind
from cardbook.lib.clock import LOCAL
from cardbook.lib.masking import mask_number, mask_phone
from cardbook.lib.rows import named_rows
from cardbook.lifecycle.acts import ACTS
from cardbook.lifecycle.facts import BundleHandedOut, IssueUndone, Relation, Signer
from cardbook.people import vault

_QUERY = (Path(__file__).parent / "sql" / "pick_up_register.sql").read_text(encoding="utf-8")
_SIGNED = {"screen": "屏幕签字", "paper": "", "thumb": "（按手印）"}
# Which acts the register names is said by their rows; what takes one back is a remark. What a unit
# took is one row of its own (`chapters/issuance/collective_pick_ups.py`).
_NAMED = tuple(
    row.code
    for row in ACTS.values()
    if "pick_up_register" in row.registers and row.facts not in (IssueUndone, BundleHandedOut)
)
_UNDOING = tuple(row.code for row in ACTS.values() if row.facts is IssueUndone)
_WAYS = {
    "card.issue": "本人",
    "card.issue_proxy": "代领",
    "card.issue_guardian": "监护人",
    "card.issue_posted": "邮寄",
    "card.issue_home": "上门",
}


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
        "acts": list(_NAMED),
        "undoing": list(_UNDOING),
    }
    with connection.cursor() as cursor:
        cursor.execute(_QUERY, values)
        rows = named_rows(cursor)
    return [_pick_up(row, masked=masked) for row in rows]


def _pick_up(row: dict[str, Any], *, masked: bool) -> PickUp:
    facts = json.loads(row["facts"])
    holder = _person(row, "", masked=masked)
    came = _person(row, "came_", masked=masked) if row["came_name"] else _signer(facts, holder)
    return PickUp(
        happened_at=f"{row['happened_at'].astimezone(LOCAL):%Y-%m-%d %H:%M}",
        way=_WAYS[row["act"]],
        name=holder.name,
        number=holder.number,
        card_number=row["card_number"],
        bank=row["bank"] + (f"（尾号{row['bank_last4']}）" if row["bank_last4"] else ""),
        batch=row["batch"],
        unit=_unit(row),
        quantity="1",
        boxes=f"{row['box']} 第{row['slot']}位" if row["slot"] else row["box"],
        receiver=came.name,
        document=f"{came.document} {came.number}".strip(),
        relation=_relation(facts, came_himself=came is holder),
        phone=came.phone,
        papers=_papers(row["papers"], facts),
        copy_kept="是" if facts.get("copy_kept") else "否",
        face=_FACE[facts.get("face_matches")],
        told="、".join(_notice(text) for text in row["told"]),
        activated=_activated(row),
        signature=facts.get("signature") or _SIGNED.get(facts.get("signing", ""), ""),
        actor=row["actor"],
        second=row["second"],
        seal="",
        remarks="；".join(_remarks(row, facts)),
        undone=row["undone"],
    )


def _remarks(row: dict[str, Any], facts: dict[str, Any]) -> Iterator[str]:
    if row["undone"]:
        yield "已撤销"
    if facts.get("handed_on"):
        yield f"{facts['handed_on']} 上门交卡"
    if facts.get("recheck"):
        yield "查验方式：手工录入，已复核"


_FACE = {True: "一致", False: "不一致", None: "—"}


@dataclass(frozen=True, slots=True, kw_only=True)
class _Named:
    """A person in words: the holder, or who came for him."""

    name: str
    number: str = ""
    phone: str = ""
    document: str = ""


def _person(row: dict[str, Any], who: str, *, masked: bool) -> _Named:
    kind, sealed, phone_sealed = (
        row["number_kind" if not who else "came_kind"],
        row["number_sealed" if not who else "came_number"],
        row["phone_sealed" if not who else "came_phone"],
    )
    number = vault.open_text(sealed, context=vault.NUMBER)
    phone = vault.open_text(phone_sealed, context=vault.PHONE) if phone_sealed else ""
    return _Named(
        name=vault.open_text(row["name_sealed" if not who else "came_name"], context=vault.NAME),
        number=mask_number(number) if masked else number,
        phone=mask_phone(phone) if masked and phone else phone,
        document=_document(kind),
    )


def _signer(facts: dict[str, Any], holder: _Named) -> _Named:
    """Who signed a sheet or a receipt: the holder, or one who is not named there."""
    signer = Signer(facts.get("signer") or facts.get("signed_by") or Signer.HOLDER)
    return holder if signer is Signer.HOLDER else _Named(name=signer.label)


def _relation(facts: dict[str, Any], *, came_himself: bool) -> str:
    if facts.get("relation"):
        return Relation(facts["relation"]).label
    return "本人" if came_himself else ""


def _unit(row: dict[str, Any]) -> str:
    unit = " ".join(part for part in (row["unit_code"], row["unit_name"]) if part)
    return unit or f"{row['town']}{row['village']}"


def _document(kind: str) -> str:
    """The document that bears a number of this kind."""
    if kind == NumberKind.CITIZEN:
        return "居民身份证"
    return NumberKind(kind).label.removesuffix("号码")


def _activated(row: dict[str, Any]) -> str:
    """是 or 否, and since when where the book has seen it happen."""
    if row["social"] == "sealed":
        return "否"
    since = row["activated_at"]
    return f"是 {since.astimezone(LOCAL):%Y-%m-%d}" if since else "是"


def _papers(texts: list[str], facts: dict[str, Any]) -> str:
    """Each kind shown, with its number and how many pages of it were kept as pictures."""
    shown = [text.partition(":") for text in texts]
    kinds = dict.fromkeys(kind for kind, _, _ in shown if kind in KINDS)
    pages = Counter(kind for kind, _, digest in shown if digest)
    numbers = {
        MANDATE.code: f"{facts['mandate']} 号" if facts.get("mandate") else "",
        POST_RECEIPT.code: f"邮件 {facts['parcel']}" if facts.get("parcel") else "",
    }
    return "、".join(
        _paper(KINDS[kind].title, numbers.get(kind, ""), pages[kind]) for kind in kinds
    )


def _paper(title: str, number: str, pages: int) -> str:
    more = [number] if number else []
    more += [f"影像 {pages} 页"] if pages else []
    return f"{title}（{'，'.join(more)}）" if more else title


def _notice(text_id: str) -> str:
    given = notice_given(text_id)
    return f"☑{given.title if given else text_id}"
