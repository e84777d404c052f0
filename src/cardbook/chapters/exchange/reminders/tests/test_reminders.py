"""Who is written to before a day comes, once, and not at all when it is no longer so."""

from datetime import datetime, timedelta

import pytest

from cardbook.cards.models import Card, TemporaryCard
from cardbook.chapters.exchange.reminders.commands import remind_holders
from cardbook.chapters.exchange.reminders.queries import REMINDERS
from cardbook.chapters.usage.activation.tests.test_activation import outlet_of
from cardbook.chapters.usage.loss.commands import lift_loss
from cardbook.chapters.usage.loss.tests.lost import (
    BY_PHONE,
    days,
    holder_with_phone,
    hotline,
    lose,
    renew,
)
from cardbook.chapters.usage.replacement.tests.windows import taken, the_application, windows
from cardbook.chapters.usage.temporary.register import temporary_sheet
from cardbook.chapters.usage.temporary.tests.lending import lend, stock
from cardbook.chapters.usage.tests.sending import send
from cardbook.law import notices
from cardbook.ledger.models import Event
from cardbook.lib.clock import local_day
from cardbook.lifecycle.acts import act
from cardbook.lifecycle.facts import DrawerFilled
from cardbook.lifecycle.perform import Step, perform
from cardbook.orgs.models import Organization
from cardbook.outbox.letters import letters_of
from cardbook.outbox.models import Message
from cardbook.outbox.reminding import Reminded
from cardbook.people.models import Person
from cardbook.ports.messages import LiesAt, MessageKind
from cardbook.testing import factories as make
from cardbook.testing.factories import NOON, City
from cardbook.testing.races import together

STRANDED, LAPSING = MessageKind.SMS_STRANDED, MessageKind.SMS_LOSS_LAPSING
SEALED, BANK = MessageKind.SMS_NOT_ACTIVATED, MessageKind.SMS_BANK_NOT_ACTIVATED
READY, DUE = MessageKind.SMS_READY_FOR_PICK_UP, MessageKind.SMS_TEMPORARY_DUE


def remind(city: City, at: datetime, *, gateway: bool = True) -> dict[MessageKind, Reminded]:
    counties = [city.here.county.pk, city.neighbour.county.pk] if gateway else []
    return remind_holders(at=at, counties={due.kind: counties for due in REMINDERS})


def owed(kind: MessageKind, *, state: str = "owed") -> list[str]:
    """What the reminders of a kind name after the dot and the subject."""
    found = Message.objects.filter(kind=kind, state=state).order_by("id")
    return [one.reference.rpartition("/")[2] for one in found]


def waiting(city: City, holder: Person | None = None) -> Card:
    """A card in the county's store since four days before noon."""
    (card,) = make.received_cards(city, city.here, people=[holder or holder_with_phone()])
    return card


@pytest.mark.django_db
@pytest.mark.article(28)
class TestALossThatLapses:
    def test_is_told_in_its_last_days_once_and_names_the_day(self, city: City) -> None:
        card = make.issued_card(city, city.here, holder=holder_with_phone())
        lose(card, by=hotline(city))
        assert remind(city, days(4))[LAPSING] == Reminded(owed=0, withdrawn=0)
        assert [remind(city, days(6))[LAPSING].owed for _ in range(3)] == [1, 0, 0]
        message = Message.objects.get(kind=LAPSING)
        assert (message.payload, message.card_id) == ('{"until":"2026-11-27"}', card.pk)
        assert (message.recipient_id, message.event_id) == (city.here.county.pk, None)

    def test_that_was_renewed_is_told_again_before_the_new_day(self, city: City) -> None:
        card = make.issued_card(city, city.here, holder=holder_with_phone())
        operator = hotline(city)
        lose(card, by=operator)
        remind(city, days(6))
        Message.objects.filter(kind=LAPSING).update(state="done")
        renew(card, by=operator, at=days(6.5))
        remind(city, days(6.6))
        remind(city, days(12))
        assert [owed(LAPSING, state=state) for state in ("done", "owed")] == [
            ["20261127040000"], ["20261203160000"],
        ]  # fmt: skip

    def test_that_was_lifted_is_not_told_and_what_left_stays(self, city: City) -> None:
        card = make.issued_card(city, city.here, holder=holder_with_phone())
        operator = hotline(city)
        lose(card, by=operator)
        remind(city, days(6))
        lift_loss(
            card_id=card.pk, heard=BY_PHONE, card_seen=False, told=(notices.FOUND.code,),
            by=operator, at=days(6.1), key=make.key(),
        )  # fmt: skip
        assert remind(city, days(6.1))[LAPSING] == Reminded(owed=0, withdrawn=1)
        assert not owed(LAPSING)

    def test_by_night_nobody_is_written_to(self, city: City) -> None:
        lose(make.issued_card(city, city.here, holder=holder_with_phone()), by=hotline(city))
        assert remind(city, days(6) - timedelta(hours=8))[LAPSING].owed == 0
        assert remind(city, days(6))[LAPSING].owed == 1

    def test_without_a_number_or_a_gateway_the_lists_of_the_office_have_to_do(
        self, city: City
    ) -> None:
        operator = hotline(city)
        lose(make.issued_card(city, city.here), by=operator)
        with_phone = make.issued_card(city, city.here, holder=holder_with_phone())
        lose(with_phone, by=operator)
        assert remind(city, days(6), gateway=False)[LAPSING].owed == 0
        assert remind(city, days(6))[LAPSING].owed == 1
        # The gateway is given up: what waits for it waits in vain.
        assert remind(city, days(6), gateway=False)[LAPSING].withdrawn == 1
        assert remind(city, days(6))[LAPSING].owed == 1
        assert Message.objects.filter(kind=LAPSING).count() == 1


@pytest.mark.article(28)
def test_two_workers_at_once_remind_once(fresh_database: None) -> None:
    city = make.city()
    lose(make.issued_card(city, city.here, holder=holder_with_phone()), by=hotline(city))
    answers = together(*[lambda: remind(city, days(6))[LAPSING].owed] * 2)
    assert sorted(map(str, answers)) == ["0", "1"]
    assert len(owed(LAPSING)) == 1


@pytest.mark.django_db
@pytest.mark.article(16)
class TestACardNobodyFetched:
    def test_is_told_of_once_in_each_band_of_waiting(self, city: City) -> None:
        waiting(city)
        told = [remind(city, days(day))[STRANDED] for day in (20, 27, 50, 57, 90)]
        assert [one.owed for one in told] == [0, 1, 0, 1, 1]
        # An earlier text that never left is not sent beside a later one.
        assert [one.withdrawn for one in told] == [0, 0, 0, 1, 1]
        assert owed(STRANDED) == ["days-90"]

    def test_for_years_is_not_written_to_on_the_first_day(self, city: City) -> None:
        waiting(city)
        assert remind(city, days(400))[STRANDED].owed == 0

    def test_of_a_dead_holder_or_fetched_meanwhile_is_not_told_of(self, city: City) -> None:
        dead = holder_with_phone()
        waiting(city, dead)
        fetched = waiting(city)
        assert remind(city, days(30))[STRANDED].owed == 2
        Person.objects.filter(pk=dead.pk).update(died_on=local_day(NOON))
        make.perform(make.issue_step(fetched), by=city.here.clerk, at=days(30), key=make.key())
        assert remind(city, days(31))[STRANDED] == Reminded(owed=0, withdrawn=2)


@pytest.mark.django_db
@pytest.mark.article(25)
class TestACardThatWasAppliedFor:
    def test_is_told_of_when_it_lies_where_it_is_fetched(self, city: City) -> None:
        holder = holder_with_phone()
        old = make.issued_card(city, city.here, holder=holder)
        assert taken(windows(city), old).application_id
        assert remind(city, NOON)[READY].owed == 0
        new = waiting(city, holder)
        assert [remind(city, NOON)[READY].owed for _ in range(2)] == [1, 0]
        assert Message.objects.get(kind=READY).card_id == new.pk

    def test_names_the_office_where_the_card_lies_as_it_leaves(self, city: City) -> None:
        card = waiting(city)
        remind(city, days(27))
        (sent,) = Message.objects.filter(kind=STRANDED)
        body = city.here.card_body
        Organization.objects.filter(pk=body.pk).update(
            address="和平路 1 号", phone="0914-0000001", hours="工作日 8:30 至 17:30"
        )
        (letter,) = letters_of([sent.pk])
        assert letter.lies_at == LiesAt(
            name=body.name, address="和平路 1 号", phone="0914-0000001",
            hours="工作日 8:30 至 17:30",
        )  # fmt: skip
        taken_in = Step(
            act=act("drawer.fill"), facts=DrawerFilled(), subject_ids=[card.pk],
        )  # fmt: skip
        perform(taken_in, by=city.here.clerk, at=days(27), key=make.key())
        (letter,) = letters_of([sent.pk])
        assert letter.lies_at == LiesAt(name=city.here.window.name)
        make.take_out(card, by=city.here.clerk, second=city.here.reviewer)
        (letter,) = letters_of([sent.pk])
        assert letter.lies_at is None


@pytest.mark.django_db
@pytest.mark.article(22)
class TestAFunctionNotPutToUse:
    def test_of_ours_is_told_once_a_month_after_the_card_was_taken(self, city: City) -> None:
        make.issued_card(city, city.here, holder=holder_with_phone())
        told = [remind(city, days(day))[SEALED].owed for day in (29, 30, 45)]
        assert told == [0, 1, 0]
        assert remind(city, days(61))[SEALED].withdrawn == 1

    def test_of_the_bank_is_told_to_whoever_was_sent_and_did_not_come(self, city: City) -> None:
        outlet, _ = outlet_of(city)
        card = make.issued_card(city, city.here, holder=holder_with_phone())
        assert send("bank.direct", card, by=city.here.clerk, outlet=outlet.pk).status_code == 302
        sent_at = card.bank_visits.get().sent_at
        noon = sent_at.replace(hour=4)
        assert remind(city, noon + timedelta(days=28))[BANK].owed == 0
        assert remind(city, noon + timedelta(days=31))[BANK].owed == 1
        card.bank_visits.update(arrived_at=noon)
        assert remind(city, noon + timedelta(days=31))[BANK].withdrawn == 1


@pytest.mark.django_db
@pytest.mark.article(27)
class TestATemporaryCard:
    def test_is_asked_back_before_its_day(self, city: City) -> None:
        holder = holder_with_phone()
        application = the_application(
            taken(windows(city), make.issued_card(city, city.here, holder=holder))
        )
        stock("L0001", by=city.here.keeper)
        assert lend(application, "L0001", by=city.here.clerk).status_code == 302
        last = TemporaryCard.objects.get(number="L0001").valid_until
        assert last is not None
        noon = datetime(last.year, last.month, last.day, 4, tzinfo=NOON.tzinfo)
        told = [remind(city, noon - timedelta(days=day))[DUE].owed for day in (9, 7, 6)]
        assert told == [0, 1, 0]
        assert Message.objects.get(kind=DUE).payload == f'{{"until":"{last.isoformat()}"}}'
        sent_on = f"{noon - timedelta(days=7):%Y-%m-%d}"
        assert self.register(city) == f"短信 1 次，末次 {sent_on}（待送）"
        assert remind(city, noon + timedelta(days=1))[DUE].withdrawn == 1
        assert self.register(city) == "没有短信提醒"

    def register(self, city: City) -> str:
        """What the register of temporary cards says of the only one that is out."""
        at = Event.objects.get(act="temporary.lend").happened_at
        span = {"since": at - timedelta(days=1), "until": at + timedelta(days=1)}
        days = {"start": local_day(span["since"]), "end": local_day(span["until"])}
        sheet = temporary_sheet(
            chosen={"office": city.city, **days, **span}, masked=True, printed_by="某人",
            printed_at=at, limit=10,
        )  # fmt: skip
        (row,) = sheet.rows
        return dict(zip([one.key for one in sheet.form.columns], row, strict=True))["dunned"]
