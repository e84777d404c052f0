"""What the QR of a printed mandate says: written when it is printed, read where it is shown.

Everything of it stands on the paper in words (Art. 10, 22; Civil Code art. 165). The desk that
hands over reads it, and so does the one that puts a card to use.
"""

from dataclasses import dataclass
from datetime import date

from cardbook.chapters.mandates import Matter
from cardbook.lib.plain import InputError
from cardbook.lifecycle.facts import ProxyReason, Relation
from cardbook.registers.codes import MANDATE, half_width, read_code, scan_code

NOT_A_MANDATE = "这不是委托书的二维码。请扫委托书右上角的二维码。"
_NOT_WHOLE = "委托书二维码没有读全；请再扫一次，或照委托书填写期限。"


@dataclass(frozen=True, slots=True, kw_only=True)
class PrintedMandate:
    """Who charges whom with what, why, and for how long."""

    holder_id: int
    number: str
    name: str
    reason: ProxyReason
    relation: Relation
    since: date
    until: date
    matter: Matter = Matter.PICK_UP


def mandate_code(mandate: PrintedMandate) -> str:
    """This function will write the QR of a printed mandate."""
    return scan_code(
        MANDATE, str(mandate.holder_id), mandate.number, mandate.name.encode().hex().upper(),
        str(mandate.reason).upper(), str(mandate.relation).upper(), mandate.since.isoformat(),
        mandate.until.isoformat(), mandate.matter.upper(),
    )  # fmt: skip


def looks_like_mandate(text: str) -> bool:
    """This function will say whether a text begins as the code of a mandate does."""
    return half_width(text).startswith(f"~{MANDATE}:")


def read_mandate(text: str) -> PrintedMandate | str:
    """This function will read what a scanner typed, or say in a sentence why it cannot.

    A code from before mandates named their matter is one for fetching the card.
    """
    try:
        code = read_code(text)
        if code.kind != MANDATE:
            return NOT_A_MANDATE
        holder, number, name, reason, relation, since, until, *matter = code.parts
        return PrintedMandate(
            holder_id=int(holder), number=number, name=bytes.fromhex(name).decode(),
            reason=ProxyReason(reason.lower()), relation=Relation(relation.lower()),
            since=date.fromisoformat(since), until=date.fromisoformat(until),
            matter=Matter(matter[0].lower()) if matter else Matter.PICK_UP,
        )  # fmt: skip
    except InputError as problem:
        return f"{problem.sentence}。"
    except ValueError:
        return _NOT_WHOLE
