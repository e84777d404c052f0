"""A month of a county and its bank: people lose, find, activate, replace and cancel; systems fail.

The other side is the sandbox with its faults at random by a seed; whoever carries messages dies
now and then in the middle of it. Nothing here is set by hand: people act, files come, time goes.
"""

import random
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path

import time_machine

from cardbook.adapters.bank_files import BankFolder
from cardbook.adapters.province_web import OPERATIONS
from cardbook.adapters.sandbox.bank import Bank as SandboxBank
from cardbook.adapters.sandbox.cli import LICENCE
from cardbook.adapters.sandbox.faults import Fault, Faults
from cardbook.adapters.sandbox.gateway import Gateway
from cardbook.adapters.sandbox.province import Province
from cardbook.cards.models import Application, Card
from cardbook.cards.states import CLOSED_APPLICATIONS, Progress
from cardbook.chapters.bank_sheets import arrived_content, put_away, waiting_files
from cardbook.chapters.collecting import OldCardBack, old_card_out
from cardbook.chapters.issuance.individual.commands import issue_card
from cardbook.chapters.usage.activation.bank_reports import take_report
from cardbook.chapters.usage.activation.tests.test_activation import outlet_of
from cardbook.chapters.usage.loss.commands import lift_loss
from cardbook.chapters.usage.loss.tests.lost import (
    BY_PHONE,
    holder_with_phone,
    hotline,
    lose,
    renew,
    write_down,
)
from cardbook.chapters.usage.production.answers import take_sheet
from cardbook.chapters.usage.production.bank_rows import enter_offered, offered
from cardbook.chapters.usage.reaching import Bank
from cardbook.chapters.usage.replacement.tests.windows import Windows, taken, windows
from cardbook.chapters.usage.tests.sending import send
from cardbook.config.reminding import remind
from cardbook.config.switchboard import Switchboard, database_clock
from cardbook.law import notices
from cardbook.lib.clock import LOCAL, local_day
from cardbook.lifecycle.facts import ApplyReason
from cardbook.lifecycle.refusals import Refused
from cardbook.outbox.by_hand import retry, settle_by_hand
from cardbook.outbox.deliver import deliver_all, take_in
from cardbook.outbox.models import Line, Message
from cardbook.people.models import Person
from cardbook.ports.messages import (
    Correspondent,
    Letter,
    MessageKind,
    Party,
    Returned,
    Told,
)
from cardbook.ports.standings import Standing
from cardbook.testing import factories as make

# `already_so` is left out: a system that says so and lies cannot be told from one that does not.
RATES = {
    Fault.TIME_OUT: 0.05, Fault.DOWN: 0.06, Fault.BUSY: 0.05, Fault.REFUSE: 0.03,
    Fault.GARBLED: 0.04, Fault.CUT: 0.15, Fault.REORDERED: 0.2, Fault.TWICE: 0.2,
    Fault.PARTIAL: 0.15,
}  # fmt: skip
DEATHS = 0.04
_SETTINGS = """
[province]
mode = "web"
url = "{province}"
key = "sandbox.licence"
timeout_seconds = 0.2
[bank]
mode = "file"
folder = "exchange/banks/{{code}}"
number = "105"
[sms]
mode = "web"
url = "{sms}"
key = "sandbox.sms"
timeout_seconds = 0.2
"""
# Where a message leads the card at the province.
LEADS = {str(kind): one.leads_to for kind, one in OPERATIONS.items() if one.leads_to is not None}
PROOF = {"asker": "holder", "reason": "wish", "plastic": "none"}


class Killed(BaseException):
    """Whoever carried died here; no `except Exception` may save him."""


@dataclass
class Mortal:
    """Carries as another does, and sometimes dies after a letter has left."""

    inner: Correspondent
    dies: Callable[[], bool]

    @property
    def carries(self) -> frozenset[MessageKind]:
        """What the other carries."""
        return self.inner.carries

    def tell(self, letters: Sequence[Letter]) -> Iterator[Told]:
        """Each answer, unless death comes before it is written down."""
        for told in self.inner.tell(letters):
            if self.dies():
                raise Killed
            yield told


@dataclass
class MortalFiles:
    """Reads a bank's answers, and sometimes dies before the file is put away."""

    inner: BankFolder
    dies: Callable[[], bool]

    carries = BankFolder.carries

    def tell(self, letters: Sequence[Letter]) -> Iterator[Told]:
        """As the other."""
        return self.inner.tell(letters)

    def answers(self) -> Iterator[Returned]:
        """Files whose answers may be written down twice."""
        for returned in self.inner.answers():
            yield replace(returned, keep=self._or_die(returned.keep))

    def _or_die(self, keep: Callable[[], None]) -> Callable[[], None]:
        def put() -> None:
            if self.dies():
                raise Killed
            keep()

        return put


class Month:
    """A county, its people, and thirty days."""

    def __init__(self, seed: int, *, folder: Path, people: int) -> None:
        """Set up everybody; nothing has happened yet."""
        self.chance = random.Random(seed)
        self.folder = folder
        self.faults = Faults(rates=RATES, seed=seed)
        self.there: Windows = windows()
        self.operator = hotline(self.there.city)
        self.outlet, self.teller = outlet_of(self.there.city)
        self.at = self._noon()
        self.met: Counter[str] = Counter()
        self.mortal = True
        self.refused_files: dict[str, list[tuple[str, str]]] = {}
        self.province = Province(licence=LICENCE, faults=self.faults)
        self.gateway = Gateway(faults=self.faults)
        self.bank = SandboxBank(
            folder / "exchange" / "banks" / self.there.city.bank.code, faults=self.faults
        )
        self.board = Switchboard(clock=lambda: self.at)
        self.holders = [holder_with_phone(f"持卡人{place}") for place in range(people)]
        for holder in self.holders:
            make.issued_card(self.there.city, self.there.city.here, holder=holder)

    def _noon(self) -> datetime:
        """Tomorrow at noon by the database: rows are owed by its clock, days come after it."""
        tomorrow = database_clock().astimezone(LOCAL) + timedelta(days=1)
        return tomorrow.replace(hour=12, minute=0, second=0, microsecond=0)

    def live(self, days: int) -> None:
        """So many days with faults, then a week of quiet in which the rest is carried."""
        with ExitStack() as stack:
            desk = stack.enter_context(self.province.server())
            texts = stack.enter_context(self.gateway.server())
            keys = self.folder / "keys"
            keys.mkdir()
            for name in ("sandbox.licence", "sandbox.sms"):
                (keys / name).write_text(LICENCE, "utf-8")
            text = _SETTINGS.format(province=desk.url, sms=texts.url)
            (self.folder / "exchange.toml").write_text(text, "utf-8")
            self._begin()
            for _ in range(days):
                self._day(busy=True)
            self.faults.rates_off()
            self.mortal = False
            self.bank.forget_answers()
            self.bank.bring_again()
            for _ in range(7):
                self._day(busy=False)

    def _begin(self) -> None:
        """Most people have used their cards for long: the social function works."""
        with time_machine.travel(self.at - timedelta(days=1), tick=False):
            for holder in self.holders:
                if self.chance.random() < 0.7:
                    self._activate(Card.objects.get(person=holder))

    def _day(self, *, busy: bool) -> None:
        day = self.at
        with time_machine.travel(day, tick=False):
            for holder in self.holders if busy else ():
                if self.chance.random() < 0.35:
                    self._act(holder)
            self._windows()
        for _ in range(4):
            self.at += timedelta(minutes=30)
            self._carried()
            self.bank.work_once()
            self.bank.bring(self.at)
        with time_machine.travel(self.at, tick=False):
            self._desk()
        self.at = day + timedelta(days=1)

    # ------------------------------------------------------------------ people
    def _act(self, holder: Person) -> None:
        card = Card.objects.filter(person=holder).exclude(stage="in_custody").latest("pk")
        name = self.chance.choice(
            ("lose", "lose", "renew", "lift", "write", "activate", "activate", "direct", "replace",
             "cancel", "leave", "call_bank")
        )  # fmt: skip
        if name in ("cancel", "leave") and self.chance.random() < 0.7:
            return
        try:
            done = getattr(self, f"_{name}")(card)
        except Refused as refused:
            self.met[f"{name}:{refused.refusals[0].code}"] += 1
        else:
            self.met[name if done is not False else f"{name}:refused"] += 1

    def _lose(self, card: Card) -> None:
        lose(card, by=self.operator, at=self.at)

    def _renew(self, card: Card) -> None:
        renew(card, by=self.operator, at=self.at)

    def _lift(self, card: Card) -> None:
        lift_loss(
            card_id=card.pk, heard=BY_PHONE, card_seen=False, told=(notices.FOUND.code,),
            by=self.operator, at=self.at, key=make.key(),
        )  # fmt: skip

    def _write(self, card: Card) -> None:
        write_down(card, by=self.there.clerk, at=self.at)

    def _activate(self, card: Card) -> bool:
        sent = send("social.activate", card, by=self.there.clerk, asked_by="holder")
        return sent.status_code == 302

    def _direct(self, card: Card) -> bool:
        sent = send("bank.direct", card, by=self.there.clerk, outlet=self.outlet.pk)
        return sent.status_code == 302

    def _cancel(self, card: Card) -> bool:
        return send("card.cancel", card, by=self.there.clerk, **PROOF).status_code == 302

    def _leave(self, card: Card) -> bool:
        """His insurance moves away: a new card being made for him is stopped at the bank."""
        moved = {
            "reason": "transfer",
            "to_place": "西安市",
            "plastic": "none",
            "unfetched": "none",
        }
        return send("relation.end", card, by=self.there.clerk, **moved).status_code == 302

    def _replace(self, card: Card) -> None:
        reason = self.chance.choice((ApplyReason.LOST, ApplyReason.DAMAGED))
        taken(self.there, card, reason, at=self.at)

    def _call_bank(self, card: Card) -> None:
        said = self.chance.choice((Standing.FORMAL_LOSS, Standing.NORMAL, Standing.CANCELLED))
        self.bank.report({card.number: said})

    # ------------------------------------------------------------------ offices
    def _windows(self) -> None:
        """New cards come and are handed over; what has no interface is done by hand."""
        city, here = self.there.city, self.there.city.here
        for one in Application.objects.filter(progress=Progress.PRODUCED).select_related("person"):
            cards = Card.objects.filter(person=one.person, stage="in_custody")
            new = cards.first() or make.received_cards(city, here, people=[one.person])[0]
            if self.chance.random() < 0.5:
                self._hand_over(new)
        self._mend_stuck()
        by_hand = Message.objects.filter(state="owed", party=Party.PROVINCE).exclude(
            kind__in=self.board(Party.PROVINCE, here.county.pk).carries  # type: ignore[union-attr]
        )
        ids = [pk for pk in by_hand.values_list("pk", flat=True) if self.chance.random() < 0.3]
        if ids:
            settle_by_hand(
                message_ids=ids, reference=f"SX-{self.at:%m%d}", words="", by=here.keeper,
                at=self.at,
            )  # fmt: skip

    def _mend_stuck(self) -> None:
        """The keeper looks into what the province refused: sends it again, or does it there."""
        by = self.there.city.here.keeper
        stuck = Message.objects.filter(state__in=["refused", "parked"], party=Party.PROVINCE)
        for one in stuck.order_by("pk"):
            if self.chance.random() < 0.4:
                continue
            if self.chance.random() < 0.5:
                retry(message_ids=[one.pk], by=by, at=self.at)
                self.met["sent again"] += 1
                continue
            settle_by_hand(
                message_ids=[one.pk], reference="SX-0", words="", by=by, at=self.at
            )  # fmt: skip
            self._done_there(one)
            self.met["by hand"] += 1

    def _done_there(self, one: Message) -> None:
        """What somebody did on the province's own screen is so there, unless newer news came."""
        newer = Message.objects.filter(
            party=Party.PROVINCE, thread=one.thread, sequence__gt=one.sequence,
            state__in=["done", "already_so", "by_hand"], kind__in=list(LEADS),
        )  # fmt: skip
        if one.kind in LEADS and not newer.exists():
            number = Card.objects.values_list("number", flat=True).get(pk=one.card_id)
            self.province.cards[number] = LEADS[one.kind]

    def _hand_over(self, new: Card) -> None:
        out = old_card_out(new.pk)
        back = OldCardBack(card_id=out.id, fate=self.chance.choice(out.fates)) if out else None
        try:
            issue_card(
                card_id=new.pk, facts=make.issue_facts(new), papers=make.ISSUE_PAPERS,
                told=(notices.PICK_UP.code,), old_card=back, by=self.there.clerk, at=self.at,
                key=make.key(),
            )  # fmt: skip
            self.met["collect"] += 1
        except Refused as refused:
            self.met[f"collect:{refused.refusals[0].code}"] += 1

    def _desk(self) -> None:
        """The bank's teller enters what came, in his own name."""
        office = self.there.city.bank
        bank = Bank(id=office.pk, name=office.name, path=office.path)
        by = self.there.teller
        ids = [one.application_id for one in offered(by=by)]
        self.met["offered"] += len(enter_offered(ids, by=by, at=self.at, key=make.key()).done)
        for halves in (True, False):
            for one in waiting_files([(bank.id, bank.name)], of_halves=halves):
                name = one.file.name
                content = arrived_content(bank.id, name)
                if halves:
                    take_report(name=name, content=content, bank=bank, by=by, at=self.at)
                    put_away(bank.id, name)
                else:
                    taken_in = take_sheet(
                        name=name, content=content, source=name, answered_on=local_day(self.at),
                        bank=bank, by=by, at=self.at,
                    )  # fmt: skip
                    if taken_in.entered:
                        put_away(bank.id, name)
                    self.refused_files[name] = list(
                        taken_in.file.problems.values_list("code", "sentence")
                    )
                self.met["halves" if halves else "made"] += 1

    # ------------------------------------------------------------------ the worker
    def _carried(self) -> None:
        remind(self.board, clock=lambda: self.at)
        for party in Party:
            try:
                deliver_all(party=party, switchboard=self._speaks, clock=lambda: self.at)
            except Killed:
                self.met["killed"] += 1
        for bank in self.board.banks():
            try:
                take_in(MortalFiles(bank, self._dies), clock=lambda: self.at)
            except Killed:
                self.met["killed"] += 1

    def _speaks(self, party: Party, recipient_id: int) -> Correspondent | None:
        found = self.board(party, recipient_id)
        return Mortal(found, self._dies) if found is not None else None

    def _dies(self) -> bool:
        return self.mortal and self.chance.random() < DEATHS

    # ------------------------------------------------------------------ what is left
    def under_way(self) -> list[Message]:
        """Messages that may still leave by themselves, or whose answer is on its way."""
        stuck = Message.objects.filter(state__in=["refused", "parked"]).values("thread")
        carried = {
            (line.party, line.recipient_id): set(line.carries) for line in Line.objects.all()
        }
        moving = Message.objects.filter(state__in=["owed", "leased", "sent"])
        return [
            one for one in moving.exclude(thread__in=stuck)
            if one.kind in carried.get((one.party, one.recipient_id or 0), set())
        ]  # fmt: skip

    def open_applications(self) -> set[int]:
        """Applications nobody has finished."""
        found = Application.objects.exclude(progress__in=CLOSED_APPLICATIONS)
        return set(found.values_list("pk", flat=True))
