"""Whoever applied for a card is told once that the province did not take the application."""

from datetime import datetime, timedelta

import pytest
from django.utils import timezone

from cardbook.adapters.sms_texts import MOST_CHARACTERS, text_of
from cardbook.cards.models import Application
from cardbook.chapters.exchange.messages.commands import send_again, settle
from cardbook.chapters.exchange.reminders.commands import remind_holders
from cardbook.chapters.exchange.reminders.queries import REMINDERS
from cardbook.chapters.exchange.reminders.tests.test_applications import PHONE, again, applied
from cardbook.chapters.usage.captured import Captured
from cardbook.chapters.usage.production.commands import AnswerKind
from cardbook.chapters.usage.production.tests.test_commands import answer, first_card, submitted
from cardbook.chapters.usage.replacement.tests.windows import Windows, windows
from cardbook.lib.clock import LOCAL, local_day
from cardbook.lifecycle.facts import ApplyReason
from cardbook.outbox.deliver import deliver
from cardbook.outbox.letters import letters_of
from cardbook.outbox.models import Message
from cardbook.outbox.reminding import Reminded
from cardbook.outbox.tests.other_side import NO, OtherSide
from cardbook.people.models import Person
from cardbook.ports.messages import MessageKind, Party
from cardbook.testing import factories as make
from cardbook.testing.clients import signed_in
from cardbook.testing.factories import NOON
from cardbook.testing.parameters import ruled
from cardbook.testing.races import together

pytestmark = pytest.mark.article(25)
STOPPED = MessageKind.SMS_APPLICATION_STOPPED
SENT = (MessageKind.PROVINCE_TRANSFER_IN, MessageKind.PROVINCE_PRODUCTION)


@pytest.fixture
def there() -> Windows:
    return windows()


def province(there: Windows, side: OtherSide | None = None) -> None:
    """The province answers what was sent to it: it takes nothing, unless told otherwise."""
    deliver(
        party=Party.PROVINCE, recipient_id=there.city.here.county.pk,
        correspondent=side or OtherSide(lambda letter: NO),
        clock=lambda: timezone.now() + timedelta(seconds=5),
    )  # fmt: skip


def by_day(days: int = 1) -> datetime:
    """Ten in the morning of a day to come."""
    day = timezone.now().astimezone(LOCAL) + timedelta(days=days)
    return day.replace(hour=10, minute=0)


def remind(there: Windows, *, at: datetime | None = None, gateway: bool = True) -> Reminded:
    counties = [there.city.here.county.pk] if gateway else []
    given = {due.kind: counties for due in REMINDERS}
    return remind_holders(at=at or by_day(), counties=given)[STOPPED]


def refused_ids() -> list[int]:
    found = Message.objects.filter(kind__in=SENT, state="refused")
    return list(found.values_list("pk", flat=True))


@pytest.mark.django_db
class TestToldOnce:
    def test_however_often_one_looks(self, there: Windows) -> None:
        application = applied(there)
        assert remind(there).owed == 0
        province(there)
        assert [remind(there).owed for _ in range(3)] == [1, 0, 0]
        assert Message.objects.get(kind=STOPPED).subject_id == application.pk

    def test_for_one_submission_of_which_both_messages_were_refused(self, there: Windows) -> None:
        person = Captured(name="李新生", number=make.citizen_number(), sex="1", phone=PHONE)
        submitted(there, first_card(there, captured=person, reason=ApplyReason.TRANSFER_IN))
        for _ in SENT:
            province(there)
            remind(there)
            Message.objects.filter(kind=STOPPED).update(state="done")
            send_again(
                message_ids=list(
                    Message.objects.filter(kind=SENT[1]).values_list("pk", flat=True)
                ),
                by=there.city.here.keeper, at=timezone.now(),
            )  # fmt: skip
        province(there)
        assert remind(there).owed == 0 and Message.objects.filter(kind=STOPPED).count() == 1

    def test_of_each_submission_anew(self, there: Windows) -> None:
        application = applied(there)
        province(there)
        remind(there)
        Message.objects.filter(kind=STOPPED).update(state="done")
        answer(application, AnswerKind.REFUSE, there.teller, words="照片不合格")
        again(there, application)
        assert remind(there).owed == 0
        Message.objects.filter(kind=SENT[1], state="refused").update(state="withdrawn")
        province(there)
        assert [remind(there).owed for _ in range(2)] == [1, 0]

    def test_names_no_number_and_nobody(self, there: Windows) -> None:
        applied(there)
        province(there)
        remind(there)
        message = Message.objects.get(kind=STOPPED)
        (letter,) = letters_of([message.pk])
        said = text_of(letter)
        assert letter.about.phone == PHONE and len(said) <= MOST_CHARACTERS
        assert letter.about.name not in said and letter.about.number not in said
        page = signed_in(there.city.here.keeper).get("/messages/").content.decode()
        assert STOPPED.label in page and PHONE not in page


@pytest.mark.django_db
class TestToldNobody:
    def test_once_the_office_sent_it_again_or_settled_it(self, there: Windows) -> None:
        keeper = there.city.here.keeper
        applied(there)
        province(there)
        assert remind(there).owed == 1
        send_again(message_ids=refused_ids(), by=keeper, at=timezone.now())
        assert remind(there).withdrawn == 1
        province(there)
        assert remind(there).owed == 1
        settle(
            message_ids=refused_ids(), reference="SX-1", words="省窗口办结", by=keeper,
            at=timezone.now(),
        )  # fmt: skip
        assert remind(there).withdrawn == 1

    def test_whose_application_the_province_took(self, there: Windows) -> None:
        applied(there)
        province(there, OtherSide())
        assert remind(there).owed == 0

    def test_whose_card_is_made_or_whose_application_went_back(self, there: Windows) -> None:
        made, sent_back = applied(there), applied(there)
        province(there)
        answer(made, AnswerKind.MADE, there.teller)
        answer(sent_back, AnswerKind.REFUSE, there.teller, words="照片不合格")
        assert remind(there).owed == 0

    def test_without_a_phone_a_gateway_or_a_life(self, there: Windows) -> None:
        applied(there, phone="")
        dead = applied(there)
        Person.objects.filter(pk=dead.person_id).update(died_on=local_day(NOON))
        province(there)
        assert remind(there).owed == 0
        applied(there)
        province(there)
        assert remind(there, gateway=False).owed == 0
        assert remind(there).owed == 1

    def test_by_night_or_days_later_or_where_the_city_wants_none(self, there: Windows) -> None:
        applied(there)
        province(there)
        assert remind(there, at=by_day() + timedelta(hours=13)).owed == 0
        assert remind(there, at=by_day(5)).owed == 0
        with ruled("application_text_days", 0):
            assert remind(there).owed == 0
        assert remind(there).owed == 1


def test_two_workers_at_once_tell_once(fresh_database: str) -> None:
    there = windows()
    application: Application = applied(there)
    province(there)
    told = together(*[lambda: remind(there).owed] * 2)
    assert sorted(map(str, told)) == ["0", "1"]
    assert Message.objects.get(kind=STOPPED).subject_id == application.pk
