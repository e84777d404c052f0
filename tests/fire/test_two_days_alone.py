"""Two days without the province: the windows go on, nothing is told as done, then all of it once.

Issue: "works 24/7 and when the province is unreachable" (Art. 14, 22, 28, 29).
"""

from collections import defaultdict
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest
import time_machine
from django.conf import settings

from cardbook.adapters.province_web import OPERATIONS
from cardbook.adapters.sandbox.cli import LICENCE, write_settings
from cardbook.adapters.sandbox.faults import Fault, Faults
from cardbook.adapters.sandbox.province import Province
from cardbook.cards.models import Card
from cardbook.chapters.issuance.individual.commands import issue_card
from cardbook.chapters.usage.loss.tests.lost import hotline, lose, write_down
from cardbook.chapters.usage.loss.tests.test_commands import lift
from cardbook.chapters.usage.tests.sending import refused_with, send
from cardbook.config.doctor import outbox as doctor
from cardbook.config.environment import Environment
from cardbook.config.switchboard import Switchboard, database_clock
from cardbook.ledger.models import Event
from cardbook.lib.clock import LOCAL
from cardbook.orgs.actors import Actor
from cardbook.outbox.deliver import deliver_all
from cardbook.outbox.models import Message
from cardbook.ports.messages import MessageKind, Party
from cardbook.ports.standings import Standing
from cardbook.testing import factories as make
from cardbook.testing.clients import signed_in
from cardbook.testing.factories import City
from tests.fire.recounts import all_promises_hold

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.article(14), pytest.mark.article(22), pytest.mark.article(28),
    pytest.mark.article(29),
]  # fmt: skip
HOURS = 48
CARRIED = [str(kind) for kind in OPERATIONS]
KIND_OF = {operation.name: str(kind) for kind, operation in OPERATIONS.items()}
WISH = {"asker": "holder", "reason": "wish", "plastic": "none"}


class Remembering(Province):
    """The province, which keeps in which order it did what to a card."""

    def __init__(self) -> None:
        """It is out of order: an error for every other call, silence for the rest, though done."""
        out_of_order = Faults(rates={Fault.BUSY: 0.5, Fault.TIME_OUT: 1.0}, seed=3)
        super().__init__(licence=LICENCE, faults=out_of_order)
        self.done: dict[str, list[str]] = defaultdict(list)

    def _turn(self, operation: str, values: dict[str, str]) -> str:
        before = self.effects[operation]
        said = super()._turn(operation, values)
        self.done[values["kh"]] += [KIND_OF[operation]] * (self.effects[operation] - before)
        return said


class Alone:
    """A county whose province does not answer, and the hours it goes on working."""

    def __init__(self, city: City, *, folder: Path, port: int) -> None:
        """Four people have cards, one waits on the shelf; the settings name the province."""
        self.city, self.begun = city, _noon()
        self.operator: Actor = hotline(city)
        self.lost, self.found, self.ended, self.used = (
            make.issued_card(city, city.here) for _ in range(4)
        )
        (self.waiting,) = make.received_cards(city, city.here)
        write_settings(folder, province_port=port, sms_port=1)
        exchange = folder / "exchange.toml"
        text = exchange.read_text("utf-8")
        assert "timeout_seconds" not in text
        exchange.write_text(text.replace("[province]", "[province]\ntimeout_seconds = 0.2"))
        self.at = self.begun
        self.board = Switchboard(clock=lambda: self.at)

    def work(self, hour: int) -> None:
        """What people come for in this hour, at the window and on the telephone."""
        clerk = self.city.here.clerk
        if hour == 1:
            self.activate(self.lost, self.found, self.used)
            lose(self.lost, by=self.operator, at=self.at)
        elif hour == 5:
            lose(self.found, by=self.operator, at=self.at)
            issue_card(
                card_id=self.waiting.pk, facts=make.issue_facts(self.waiting),
                papers=make.ISSUE_PAPERS, told=("pick_up",), images=(), by=clerk, at=self.at,
                key=make.key(),
            )  # fmt: skip
        elif hour == 20:
            write_down(self.lost, by=clerk, at=self.at)
            self.activate(self.waiting)
        elif hour == 30:
            lift(self.found, by=self.operator, at=self.at)
            answer = send("card.cancel", self.ended, by=clerk, **WISH)
            assert answer.status_code == 302, refused_with(answer)

    def activate(self, *cards: Card) -> None:
        """The social function is put to use."""
        for card in cards:
            answer = send("social.activate", card, by=self.city.here.clerk, asked_by="holder")
            assert answer.status_code == 302, refused_with(answer)

    def carry(self) -> None:
        """The worker's turn."""
        deliver_all(party=Party.PROVINCE, switchboard=self.board, clock=lambda: self.at)

    def pass_hour(self, hour: int) -> None:
        """An hour of work, in which the worker tries again and again."""
        self.at = self.begun + timedelta(hours=hour)
        with time_machine.travel(self.at, tick=False):
            self.work(hour)
        self.carry()


def _noon() -> datetime:
    """Tomorrow by the database: rows are owed by its clock, and the hours come after it."""
    return database_clock() + timedelta(days=1)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """An installation's folder."""
    environment = Environment(data=tmp_path, demo=False, debug=False, hosts=())
    monkeypatch.setattr(settings, "ENVIRONMENT", environment)
    yield tmp_path


def test_the_windows_go_on_and_afterwards_everything_is_told_once_in_order(
    city: City, folder: Path
) -> None:
    province = Remembering()
    with province.server() as desk:
        port = int(desk.url.rstrip("/").rpartition(":")[2])
    alone = Alone(city, folder=folder, port=port)
    # The first day nobody listens at all; the second it is there and out of order.
    for hour in range(1, HOURS // 2 + 1):
        alone.pass_hour(hour)
        nothing_is_told_as_done()
    with province.server(port):
        for hour in range(HOURS // 2 + 1, HOURS + 1):
            alone.pass_hour(hour)
            nothing_is_told_as_done()
        acts_were_done(alone)
        the_pages_say_since_when(alone)
        province.faults.rates_off()
        for _ in range(20):
            alone.at += timedelta(minutes=10)
            alone.carry()
    everything_arrived_once_in_order(alone, province)
    all_promises_hold()


def nothing_is_told_as_done() -> None:
    """Every message waits as it was owed: no answer, no number, nobody is told it is done."""
    told = Message.objects.filter(party="province").exclude(
        state="owed", answered_at=None, external_reference=""
    )
    assert list(told.values_list("kind", "state", "answer_words")) == []


def acts_were_done(alone: Alone) -> None:
    """Losses, issues, cancellations: the book has them all."""
    acts = set(Event.objects.values_list("act", flat=True))
    assert acts >= {
        "loss.report", "loss.formal", "loss.lift", "card.issue", "social.activate", "card.cancel",
    }  # fmt: skip
    stands = {
        card.pk: (card.social, card.hold)
        for card in Card.objects.filter(county=alone.city.here.county)
    }
    assert stands[alone.lost.pk] == ("active", "formal_loss")
    assert stands[alone.found.pk] == stands[alone.waiting.pk] == ("active", "none")
    assert stands[alone.ended.pk][0] == "cancelled"


def the_pages_say_since_when(alone: Alone) -> None:
    """The page of messages and the doctor name who is silent, since when, and what to do."""
    first = alone.begun + timedelta(hours=1)
    with time_machine.travel(alone.at, tick=False):
        page = signed_in(alone.city.here.keeper).get("/messages/").content.decode()
    assert f"{first.astimezone(LOCAL):%m-%d %H:%M} 起没有应答" in page
    for card in (alone.lost, alone.found, alone.used):
        assert card.number in page
    finding = doctor.messages(now=lambda: alone.at)
    assert finding.level == "wrong" and f"已 {HOURS - 1} 小时没有应答" in finding.said
    assert "请联系对方" in finding.remedy


def everything_arrived_once_in_order(alone: Alone, province: Remembering) -> None:
    """What its interface carries is done, each once and as it happened; the rest waits by hand."""
    sent = Message.objects.filter(party="province", kind__in=CARRIED)
    # What was done without an answer is asked about, not done again.
    assert set(sent.values_list("state", flat=True)) == {"done", "already_so"}
    assert not sent.filter(state="done", external_reference="").exists()
    in_order: dict[str, list[str]] = defaultdict(list)
    numbers = dict(Card.objects.values_list("pk", "number"))
    for message in sent.order_by("sequence", "id"):
        in_order[numbers[message.card_id or 0]].append(message.kind)
    assert in_order == province.done and sum(map(len, in_order.values())) == sent.count()
    assert province.effects.total() == sent.count()
    assert province.cards[alone.lost.number] is Standing.FORMAL_LOSS
    assert province.cards[alone.found.number] is Standing.NORMAL
    rest = Message.objects.filter(party="province").exclude(kind__in=CARRIED)
    assert set(rest.values_list("state", flat=True)) == {"owed"}
    assert MessageKind.PROVINCE_CANCEL in set(rest.values_list("kind", flat=True))
