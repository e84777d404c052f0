"""Reads notices told off the ledger, opened from the vault (Art. 12); nothing here writes.

`register.py` beside it puts them on the form, `sql/` holds the query.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

from django.db import connection

from cardbook.chapters.telling import loss_end, loss_values
from cardbook.law.fees import charge_for
from cardbook.law.notices import LOSS, notice_given
from cardbook.lib.clock import LOCAL, local_day
from cardbook.lib.masking import mask_number
from cardbook.lib.rows import named_rows
from cardbook.lifecycle.acts import ACTS
from cardbook.lifecycle.facts import ApplyReason, Asker, RequestChannel, Signer, Signing
from cardbook.people import vault

_QUERY = (Path(__file__).parent / "sql" / "told.sql").read_text(encoding="utf-8")
_OWING = tuple(row.code for row in ACTS.values() if row.notices)
_LOSSES = ("loss.report", "loss.renew", "loss.formal")
_BLANK = re.compile(r"\{\w+\}")
_UNKNOWN = "＿＿（当时未登记）"
_DONE: Mapping[str, Mapping[str, str]] = {
    "social.activate": {"social_state": "已激活，可以使用"},
    "relation.end": {"done": "注销"},
    "relation.end_unissued": {"done": "注销"},
    "relation.keep": {"done": "保留"},
}
_WAYS = {"face": "当面", "phone": "电话", "sms": "短信", "letter": "书面"}
_OF_ACT = {"card.issue_collective": "集中发放（签字明细表）", "card.issue_posted": "邮寄（随卡）"}
_SIGNERS = ("signer", "signed_by", "received_by", "asked_by", "caller")
_INSTEAD = {"holder": "持卡人", "agent": "代理人"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """One notice told, in words; fields are named as the form's columns.

    `confirmed` is the digest of the picture where somebody signed on the screen.
    """

    happened_at: str
    office: str
    name: str
    number: str
    card: str
    act: str
    title: str
    version: str
    words: str
    whom: str
    way: str
    confirmed: str
    actor: str


def notices_told(
    *,
    office_path: str,
    start: datetime,
    end: datetime,
    number: str,
    masked: bool,
    limit: int | None,
) -> list[Told]:
    """This function will list what an office and all below it told from `start` up to `end`.

    `number` narrows it to one card, one temporary card or one application (SQ…).
    """
    values: dict[str, Any] = {
        "office": f"{office_path}%", "start": start, "end": end, "limit": limit,
        "acts": list(_OWING), "losses": list(_LOSSES), "number": number,
    }  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(_QUERY, values)
        rows = named_rows(cursor)
    return [_told(row, masked=masked) for row in rows]


def _told(row: Mapping[str, Any], *, masked: bool) -> Told:
    facts = json.loads(row["facts"])
    given = notice_given(row["text_id"])
    citizen = vault.open_text(row["number_sealed"], context=vault.NUMBER)
    return Told(
        happened_at=f"{row['happened_at'].astimezone(LOCAL):%Y-%m-%d %H:%M}",
        office=row["office"],
        name=vault.open_text(row["name_sealed"], context=vault.NAME),
        number=mask_number(citizen) if masked else citizen,
        card=row["number"],
        act=ACTS[row["act"]].title,
        title=given.title if given else "",
        version=f"第 {given.version} 版（{row['text_id']}）" if given else row["text_id"],
        words=words_told(given.lines if given else (), facts, row),
        whom=_whom(row, facts),
        way=_way(row["act"], facts),
        confirmed=_confirmed(facts),
        actor=row["actor"],
    )


def words_told(lines: tuple[str, ...], facts: Mapping[str, Any], row: Mapping[str, Any]) -> str:
    """This function will say what was said: of a wrong card word for word, else the text with what
    the book knows in its blanks.
    """
    if row["act"] == "error.explain" and facts.get("words"):
        return str(facts["words"])
    known = _known(facts, row, on=local_day(row["happened_at"]))
    return "".join(
        _BLANK.sub(lambda blank: known.get(blank[0][1:-1], _UNKNOWN), line) for line in lines
    )


def _known(facts: Mapping[str, Any], row: Mapping[str, Any], *, on: date) -> dict[str, str]:
    """What the act says of the blanks, and what the card says where the act need not."""
    known = {
        "bank": row["bank"] or "发卡银行",
        "outlet": row["outlet"] or "您选的银行网点",
        **_DONE.get(row["act"], {}),
    }
    if row["text_id"].startswith(f"{LOSS.code}/"):
        until = loss_end(row["hold_until"], at=row["happened_at"])
        known |= loss_values(until=until, bank_phone=row["bank_phone"] or "", on=on)
    if facts.get("promised_on"):
        known["promised_on"] = str(facts["promised_on"])
    if facts.get("fee_rule"):
        reason = ApplyReason(facts["reason"])
        known["fee_words"] = charge_for(reason, on=on).words(reason.label)
    if row["act"] == "temporary.lend":
        known["until"] = str(facts["valid_until"])
    return known


def _whom(row: Mapping[str, Any], facts: Mapping[str, Any]) -> str:
    """Who stood there: by name where the ledger has him, by what he is where it has not."""
    if row["came_name"]:
        if facts.get("asker"):
            what = Asker(facts["asker"]).label
            return f"{what} {vault.open_text(row['came_name'], context=vault.NAME)}"
        what = "监护人" if facts.get("guardian") or _signer(facts) is Signer.GUARDIAN else "代领人"
        return f"{what} {vault.open_text(row['came_name'], context=vault.NAME)}"
    if facts.get("told"):
        return _INSTEAD[facts["told"]]
    if facts.get("asker"):
        return Asker(facts["asker"]).label
    signer = _signer(facts)
    return "持卡人" if signer is Signer.HOLDER else signer.label


def _signer(facts: Mapping[str, Any]) -> Signer:
    return Signer(next((facts[key] for key in _SIGNERS if facts.get(key)), Signer.HOLDER))


def _way(act: str, facts: Mapping[str, Any]) -> str:
    if act in _OF_ACT:
        return _OF_ACT[act]
    if facts.get("channel"):
        return RequestChannel(facts["channel"]).label
    return _WAYS.get(facts.get("way", ""), "当面")


def _confirmed(facts: Mapping[str, Any]) -> str:
    """How whoever was told confirmed it; "" leaves the cell for a signature."""
    if facts.get("signature"):
        return str(facts["signature"])
    if facts.get("sheet"):
        return f"签字明细表 QZMX{facts['sheet']:08d} 第 {facts['row']} 行"
    if facts.get("call"):
        return f"通话 {facts['call']}"
    signing = facts.get("signing", "")
    return Signing(signing).label if signing and signing != Signing.NONE else ""
