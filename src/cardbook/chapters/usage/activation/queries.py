"""Who is on the way to the bank, which cards are half done; nothing here writes (Art. 22, 28)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from django.db import connection
from django.db.models import QuerySet

from cardbook.cards.models import Card
from cardbook.cards.states import Bank, Hold, Social
from cardbook.cards.states import Stage as CardStage
from cardbook.chapters.searching import cards_meant
from cardbook.chapters.telling import NO_BANK_PHONE, bank_phones
from cardbook.chapters.usage.models import BankVisit
from cardbook.chapters.usage.reaching import is_bank
from cardbook.law.roles import Role
from cardbook.lib.clock import local_day
from cardbook.lib.masking import mask_number
from cardbook.lib.rows import named_rows
from cardbook.lifecycle.acts import act
from cardbook.orgs.actors import Actor
from cardbook.orgs.reach import bank_of
from cardbook.people import vault

_HALVES = (Path(__file__).parent / "sql" / "halves.sql").read_text(encoding="utf-8")
MOST = 2000
SORTS: Mapping[str, tuple[str, str]] = {
    "urgent": (
        "银行未挂失的在前",
        "half.code <> 'bank_not_stopped', half.code <> 'bank_early', half.code = 'bank_unasked', "
        "c.bank_as_of NULLS FIRST, c.id",
    ),
    "matter": ("按未办事项", "half.code, c.bank_as_of NULLS FIRST, c.id"),
    "number": ("按卡号", "c.number"),
}  # fmt: skip
WAITING_SORTS: Mapping[str, tuple[str, tuple[str, ...]]] = {
    "sent": ("先引导的在前", ("sent_at", "id")),
    "there": ("先到网点的在前", ("arrived_at", "sent_at", "id")),
    "new": ("后引导的在前", ("-sent_at", "-id")),
    "outlet": ("按网点", ("outlet__code", "sent_at", "id")),
}

# What is open, and the exact words for the holder (Art. 22, 28 to 30).
HALVES = {
    "bank_inactive": ("银行功能未启用", "请带社保卡和身份证到银行网点启用银行功能。"),
    "bank_silent": ("银行没有答复", "已引导到银行：还没有去的，请带社保卡和身份证到网点启用。"),
    "bank_unasked": (
        "没有引导到银行",
        "请先领引导单，带社保卡和身份证到网点启用银行功能。",
    ),
    "bank_not_stopped": (
        "银行一侧未挂失",
        "银行的钱还没有停：请马上打银行电话{bank_phone}挂失。",
    ),
    "bank_early": (
        "没有发放，银行已报启用",
        "卡还没有发放：请向银行核实由谁、凭什么证件启用，并核对卡在不在存放处；不在的报告丢失。"
        "银行更正后登记新的回报，或持卡人领卡后，不再列出。",
    ),
    "bank_still_stopped": ("银行一侧未解挂", "请带卡和身份证到银行办理解挂。"),
    "bank_not_closed": ("银行账户未销", "请带证件到银行办理销户或继承手续。"),
    "bank_silent_after_move": (
        "转出、解除后银行没有消息",
        "银行账户不会自动跟着变，请带证件到银行咨询办理。",
    ),
}
_EARLY = (CardStage.IN_CUSTODY, CardStage.MISSING)
# Who sees cards whose two sides do not agree, and by which articles.
HALVES_READERS = frozenset(
    {*act("social.activate").who, Role.CARD_KEEPER, Role.COUNTY_MANAGER, Role.REVIEWER,
     Role.CITY_MANAGER, Role.AUDITOR}
)  # fmt: skip
CALLERS = frozenset({*act("social.activate").who, Role.CARD_KEEPER})
HALVES_BASIS = "第二十二条、第二十八条至第三十条"


def open_visit(card_id: int) -> BankVisit | None:
    """This function will return where the holder of a card was sent and has not been served."""
    found = BankVisit.objects.filter(card=card_id, settled_at=None)
    return found.select_related("outlet").first()


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """One holder on the way to an outlet or waiting there; `minutes` since he came, else None."""

    id: int
    card_id: int
    number: str
    name: str
    masked_number: str
    outlet: str
    sent_at: datetime
    arrived_at: datetime | None
    minutes: int | None


def _open_visits(by: Actor) -> QuerySet[BankVisit]:
    visits = BankVisit.objects.filter(settled_at=None).exclude(card__social=Social.CANCELLED)
    if is_bank(by):
        return visits.filter(outlet__path__startswith=by.org_path)
    return visits.filter(card__county__path__startswith=by.county_path)


def waiting_count(*, by: Actor) -> int:
    """This function will count whom `waiting_at` lists."""
    return _open_visits(by).count()


def waiting_at(*, by: Actor, at: datetime, text: str = "", sort: str = "sent") -> list[Waiting]:
    """This function will list who was sent to the actor's bank and is not settled, oldest first.

    An office of ours sees those whose cards are its county's. `text` is a card, a name, an outlet.
    """
    visits = _open_visits(by).select_related("card__person", "outlet")
    found = visits.order_by(*WAITING_SORTS[sort][1])[:MOST]
    rows = [
        Waiting(
            id=one.pk,
            card_id=one.card_id,
            number=one.card.number,
            name=vault.open_text(one.card.person.name_sealed, context=vault.NAME),
            masked_number=mask_number(
                vault.open_text(one.card.person.number_sealed, context=vault.NUMBER)
            ),
            outlet=one.outlet.name,
            sent_at=one.sent_at,
            arrived_at=one.arrived_at,
            minutes=(at - one.arrived_at) // timedelta(minutes=1) if one.arrived_at else None,
        )
        for one in found
    ]
    return [
        row for row in rows
        if not text or text.upper() == row.number or text in row.name or text in row.outlet
    ]  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class HalfDone:
    """A card whose two halves do not agree, as each side last said."""

    card_id: int
    number: str
    name_sealed: bytes
    number_sealed: bytes
    social: str
    bank: str
    bank_name: str
    bank_as_of: datetime | None
    what: str
    words: str
    code: str

    @property
    def name(self) -> str:
        """The holder's name; opened only where it is shown."""
        return vault.open_text(self.name_sealed, context=vault.NAME)

    @property
    def masked_number(self) -> str:
        """The holder's document as lists show it; opened only where it is shown."""
        return mask_number(vault.open_text(self.number_sealed, context=vault.NUMBER))


def half_done(
    *, by: Actor, at: datetime, only: str = "", text: str = "", sort: str = "urgent"
) -> list[HalfDone]:
    """This function will list the cards of a county whose two sides do not agree, at most 2,000.

    An oral loss that has lapsed counts as none (Art. 28). `text` is a card, a document or a name.
    """
    values: dict[str, Any] = {
        "county": by.county_path, "at": at, "only": only, "limit": MOST,
        "meant": cards_meant(text, by=by, today=local_day(at)),
    }  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(_HALVES.format(order=SORTS[sort][1]), values)
        found = list(named_rows(cursor))
    # Whose money is not stopped must call his bank: the number is said, as when he reported it.
    called = {bank_of(row["bank_path"]) for row in found if row["code"] == "bank_not_stopped"}
    phones = bank_phones(called - {""}) if called else {}
    return [_half(row, phones.get(bank_of(row["bank_path"]), "")) for row in found]


def early_words(card_id: int) -> str:
    """This function will say what to do about a card enabled before it was issued, else ""."""
    found = Card.objects.filter(pk=card_id, bank=Bank.ACTIVE, stage__in=_EARLY)
    return f"银行已报启用，{HALVES['bank_early'][1]}" if found.exists() else ""


def early_count(*, by: Actor) -> int:
    """This function will count the county's cards that were enabled before they were issued."""
    found = Card.objects.filter(county__path__startswith=by.county_path)
    return found.filter(bank=Bank.ACTIVE, stage__in=_EARLY).count()


def _half(row: dict[str, Any], phone: str) -> HalfDone:
    what, words = HALVES[row["code"]]
    words = words.format(bank_phone=f" {phone} " if phone else NO_BANK_PHONE)
    hold = "" if row["hold"] == Hold.NONE else f"，{Hold.of(row['hold']).label}"
    return HalfDone(
        card_id=row["id"],
        number=row["number"],
        name_sealed=row["name_sealed"],
        number_sealed=row["number_sealed"],
        social=f"{Social.of(row['social']).label}{hold}",
        bank=Bank.of(row["bank"]).label,
        bank_name=row["bank_name"],
        bank_as_of=row["bank_as_of"],
        what=what,
        words=words,
        code=row["code"],
    )
