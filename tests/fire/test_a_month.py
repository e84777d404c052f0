"""After a month of faults every saga is finished or stands on a list, and nothing was told twice.

Issue: "the sandbox's faults switched on at random during a simulated month" (Art. 14, 22, 25-30).
"""

import os
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings

from cardbook.adapters.province_web import DUPLICATE, NOTHING_TO_STOP, OPERATIONS
from cardbook.cards.models import Card
from cardbook.cards.states import Bank, Hold, Social
from cardbook.chapters.exchange.messages.following import next_steps
from cardbook.chapters.exchange.messages.queries import messages
from cardbook.chapters.usage.activation.queries import half_done
from cardbook.chapters.usage.production.bank_rows import offered
from cardbook.chapters.usage.production.queries import ApplicationsWanted, applications
from cardbook.config.environment import Environment
from cardbook.insight.check import recount
from cardbook.ledger.models import Event
from cardbook.lib.clock import local_day
from cardbook.outbox.models import Message
from cardbook.outbox.states import OPEN
from cardbook.ports.messages import MessageKind
from tests.fire.month import LEADS, Month

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.article(14), pytest.mark.article(22), pytest.mark.article(25),
    pytest.mark.article(26), pytest.mark.article(28), pytest.mark.article(29),
]  # fmt: skip
FINISHED = ("done", "already_so")
SEEDS = (1, pytest.param(2, marks=pytest.mark.soak))
LONG = tuple(range(3, 5 if os.environ.get("CARDBOOK_SOAK_FACTOR", "1") == "1" else 23))


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """An installation's folder."""
    environment = Environment(data=tmp_path, demo=False, debug=False, hosts=())
    monkeypatch.setattr(settings, "ENVIRONMENT", environment)
    yield tmp_path


@pytest.mark.parametrize("seed", SEEDS)
def test_a_month_of_faults(seed: int, folder: Path) -> None:
    judge(lived(seed, folder, people=8))


@pytest.mark.soak
@pytest.mark.parametrize("seed", LONG)
def test_a_month_of_a_larger_county(seed: int, folder: Path) -> None:
    judge(lived(seed, folder, people=30))


def lived(seed: int, folder: Path, *, people: int) -> Month:
    month = Month(seed, folder=folder, people=people)
    month.live(30)
    return month


def judge(month: Month) -> None:
    """Everything a month must leave behind."""
    assert month.met["killed"] and month.met["lose"] and month.met["offered"] and month.met["made"]
    nothing_is_on_its_way_for_ever(month)
    whatever_is_open_is_listed(month)
    nothing_was_told_twice(month)
    the_province_stands_where_it_was_told(month)
    no_repeat_was_taken_for_a_second_wish(month)
    assert [one for one in recount().findings if not one.holds] == []


def nothing_is_on_its_way_for_ever(month: Month) -> None:
    assert [(one.reference, one.state, one.attempts) for one in month.under_way()] == []
    keeper = month.there.city.here.keeper
    # What came from a bank was entered, or is offered: it lies nowhere unseen.
    assert offered(by=keeper) == []
    lying = {path.name for path in (month.bank.folder / "in" / "people").glob("*")}
    assert {name: month.refused_files.get(name) for name in lying} == {}


def whatever_is_open_is_listed(month: Month) -> None:
    keeper = month.there.city.here.keeper
    owed = messages(by=keeper, steps=next_steps(by=keeper), view="open")
    still = Message.objects.filter(state__in=OPEN).values_list("pk", flat=True)
    assert set(owed.values_list("pk", flat=True)) == set(still)
    listed = {one.card_id for one in half_done(by=keeper, at=month.at)}
    assert {card.pk for card in Card.objects.all() if is_half_done(card, month)} == listed
    wanted = ApplicationsWanted(state="open")
    found = applications(wanted, by=keeper, today=local_day(month.at), limit=1000)
    assert {one.id for one in found} == month.open_applications()


def is_half_done(card: Card, month: Month) -> bool:
    """Read off Articles 22, 28, 29 and 30: our side ended or stopped and the bank did not say so
    too, the bank stopped, not begun or silent while ours works, or begun before anybody was handed
    the card. Who takes his insurance elsewhere is sent to ask his bank: whatever it says
    afterwards is its answer."""
    own = Event.objects.filter(subject_kind="card", subject_id=card.pk)
    moved = own.filter(act="relation.end").first()
    if moved and card.bank_as_of and card.bank_as_of >= moved.happened_at:
        return False
    if card.stage in ("cancelled", "destroyed"):
        return card.bank != Bank.CLOSED and own.filter(act__startswith="card.issue").exists()
    if card.stage in ("in_custody", "missing"):
        return card.bank == Bank.ACTIVE
    if card.stage != "issued":
        return False
    if card.social == Social.CANCELLED and card.bank != Bank.CLOSED:
        return True
    oral = card.hold == Hold.ORAL_LOSS and card.hold_until is not None
    stopped = card.hold == Hold.FORMAL_LOSS or (oral and card.hold_until > month.at)
    if stopped:
        return card.bank not in (Bank.LOSS_REPORTED, Bank.CLOSED)
    return card.bank == Bank.LOSS_REPORTED or (
        card.social == Social.ACTIVE and card.bank in (Bank.INACTIVE, Bank.UNKNOWN)
    )


def nothing_was_told_twice(month: Month) -> None:
    sent = Counter(Message.objects.exclude(state="withdrawn").values_list("kind", flat=True))
    for kind, operation in OPERATIONS.items():
        effects = month.province.effects[operation.name]
        assert effects <= sent[str(kind)], f"{operation.name}: {effects} times"
    # One effect for one order, one note for one notice, one text for one occasion.
    orders = Message.objects.filter(kind=MessageKind.BANK_PRODUCTION_ORDER)
    assert len(month.bank.orders) <= orders.count()
    assert set(month.bank.notices) <= set(
        Message.objects.filter(party="bank").values_list("reference", flat=True)
    )
    texts = Message.objects.filter(party="sms", reference__in=list(month.gateway.texts))
    assert texts.count() == len(month.gateway.texts)
    assert set(texts.values_list("state", flat=True)) <= {*FINISHED, "parked", "refused"}


def the_province_stands_where_it_was_told(month: Month) -> None:
    """The last message it accepted of a card is how it has the card.

    A loss of what was never put to use changes nothing over there: there is nothing to stop.
    """
    told = Message.objects.filter(
        party="province", state__in=(*FINISHED, "by_hand"), kind__in=list(LEADS)
    ).exclude(answer_words=NOTHING_TO_STOP)
    last = {one.card_id: one.kind for one in told.order_by("sequence", "id")}
    doubtful = Message.objects.filter(party="province", state__in=OPEN, maybe_arrived=True)
    sure = Card.objects.filter(pk__in=last).exclude(pk__in=doubtful.values("card_id"))
    stands = {card.number: month.province.cards[card.number] for card in sure}
    assert stands and stands == {card.number: LEADS[last[card.pk]] for card in sure}


def no_repeat_was_taken_for_a_second_wish(month: Month) -> None:
    """Whoever applied once is not refused as a duplicate of himself (domain.md 9.3, rule 3)."""
    asked = Counter(
        Message.objects.filter(kind=MessageKind.PROVINCE_PRODUCTION).values_list(
            "person_id", flat=True
        )
    )
    refused = Message.objects.filter(
        kind=MessageKind.PROVINCE_PRODUCTION, answer_code=DUPLICATE, state="refused"
    )
    assert not [one.reference for one in refused if asked[one.person_id] == 1]
