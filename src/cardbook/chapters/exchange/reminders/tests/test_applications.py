"""Whoever applied for a card is told that it went to the bank and that the bank took it on."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from cardbook.adapters.sms_texts import MOST_CHARACTERS, text_of
from cardbook.cards.models import Application
from cardbook.chapters.exchange.reminders.commands import remind_holders
from cardbook.chapters.exchange.reminders.queries import REMINDERS
from cardbook.chapters.usage.captured import Captured, open_captured
from cardbook.chapters.usage.production import commands
from cardbook.chapters.usage.production.commands import AnswerKind
from cardbook.chapters.usage.production.tests.test_commands import (
    answer,
    first_card,
    submitted,
)
from cardbook.chapters.usage.replacement.tests.windows import Windows, signed, windows
from cardbook.lib.clock import local_day
from cardbook.outbox.letters import letters_of
from cardbook.outbox.models import Message
from cardbook.outbox.reminding import Reminded
from cardbook.people.models import Person
from cardbook.ports.messages import MessageKind
from cardbook.testing import factories as make
from cardbook.testing.clients import signed_in
from cardbook.testing.factories import NOON
from cardbook.testing.parameters import ruled
from cardbook.testing.races import together

pytestmark = pytest.mark.article(25)
SUBMITTED = MessageKind.SMS_APPLICATION_SUBMITTED
ACCEPTED = MessageKind.SMS_APPLICATION_ACCEPTED
PHONE = "13900000000"


@pytest.fixture
def there() -> Windows:
    return windows()


def remind(
    there: Windows, after: timedelta = timedelta(minutes=20), *, gateway: bool = True
) -> dict[MessageKind, Reminded]:
    counties = [there.city.here.county.pk] if gateway else []
    return remind_holders(at=NOON + after, counties={due.kind: counties for due in REMINDERS})


def applied(there: Windows, *, phone: str = PHONE) -> Application:
    """Somebody with a phone applied for his first card, and it went to the bank at noon."""
    person = Captured(name="李新生", number=make.citizen_number(), sex="1", phone=phone)
    return submitted(there, first_card(there, captured=person))


def again(there: Windows, application: Application) -> None:
    """What the bank sent back is mended, signed and submitted once more."""
    application.detail.refresh_from_db()
    known = open_captured(application.detail.captured_sealed)
    commands.correct_application(
        application_id=application.pk, wanted=first_card(there, captured=known),
        fields=("照片",), by=there.clerk, at=NOON, key=make.key(),
    )  # fmt: skip
    commands.confirm_application(
        application_id=application.pk, signed=signed(), by=there.clerk, at=NOON, key=make.key()
    )
    found = commands.submit_applications([application.pk], by=there.clerk, at=NOON, key=make.key())
    assert found.done == (application.pk,)


def waiting(kind: MessageKind) -> list[int]:
    found = Message.objects.filter(kind=kind, state="owed").order_by("id")
    return list(found.values_list("subject_id", flat=True))


@pytest.mark.django_db
class TestSubmitted:
    def test_is_told_once_however_often_one_looks(self, there: Windows) -> None:
        application = applied(there)
        assert [remind(there)[SUBMITTED].owed for _ in range(3)] == [1, 0, 0]
        assert waiting(SUBMITTED) == [application.pk]

    def test_names_no_number_and_nobody(self, there: Windows) -> None:
        applied(there)
        remind(there)
        message = Message.objects.get(kind=SUBMITTED)
        (letter,) = letters_of([message.pk])
        said = text_of(letter)
        assert letter.about.phone == PHONE and len(said) <= MOST_CHARACTERS
        assert letter.about.name not in said and letter.about.number not in said
        assert PHONE not in f"{message.payload}{message.reference}{said}"

    def test_stands_on_the_page_of_messages(self, there: Windows) -> None:
        applied(there)
        remind(there)
        page = signed_in(there.city.here.keeper).get("/messages/").content.decode()
        assert SUBMITTED.label in page and PHONE not in page
        theirs = signed_in(there.city.neighbour.keeper).get("/messages/").content.decode()
        assert f"<td>{SUBMITTED.label}" not in theirs

    def test_to_nobody_without_a_phone_a_gateway_or_a_life(self, there: Windows) -> None:
        applied(there, phone="")
        dead = applied(there)
        Person.objects.filter(pk=dead.person_id).update(died_on=local_day(NOON))
        assert remind(there)[SUBMITTED].owed == 0
        applied(there)
        assert remind(there, gateway=False)[SUBMITTED].owed == 0
        assert remind(there)[SUBMITTED].owed == 1

    def test_not_by_night_and_not_days_later(self, there: Windows) -> None:
        applied(there)
        assert remind(there, timedelta(hours=10))[SUBMITTED].owed == 0
        assert remind(there, timedelta(days=4))[SUBMITTED].owed == 0
        assert remind(there, timedelta(days=2))[SUBMITTED].owed == 1

    def test_to_nobody_where_the_city_wants_none(self, there: Windows) -> None:
        application = applied(there)
        with ruled("application_text_days", 0):
            assert remind(there)[SUBMITTED].owed == 0
            answer(application, AnswerKind.ACCEPT, there.teller)
            assert remind(there)[ACCEPTED].owed == 0


@pytest.mark.django_db
class TestAccepted:
    def test_is_told_instead_of_what_was_before_it(self, there: Windows) -> None:
        application = applied(there)
        assert remind(there)[SUBMITTED].owed == 1
        answer(application, AnswerKind.ACCEPT, there.teller)
        told = remind(there)
        assert (told[SUBMITTED].withdrawn, told[ACCEPTED].owed) == (1, 1)
        assert (waiting(SUBMITTED), waiting(ACCEPTED)) == ([], [application.pk])

    def test_beside_what_had_left_already(self, there: Windows) -> None:
        application = applied(there)
        remind(there)
        Message.objects.filter(kind=SUBMITTED).update(state="done")
        answer(application, AnswerKind.ACCEPT, there.teller)
        told = remind(there)
        assert (told[SUBMITTED].withdrawn, told[ACCEPTED].owed) == (0, 1)

    def test_of_each_submission_anew(self, there: Windows) -> None:
        application = applied(there)
        remind(there)
        Message.objects.filter(kind=SUBMITTED).update(state="done")
        answer(application, AnswerKind.REFUSE, there.teller, words="照片不合格")
        assert remind(there)[SUBMITTED].owed == 0
        texts = Message.objects.filter(kind=MessageKind.SMS_APPLICATION_REFUSED)
        assert [one.subject_id for one in texts] == [application.pk]
        again(there, application)
        assert [remind(there)[SUBMITTED].owed for _ in range(2)] == [1, 0]
        assert Message.objects.filter(kind=SUBMITTED).count() == 2

    @pytest.mark.parametrize("many", [1, 4])
    def test_of_many_takes_as_many_queries_as_of_one(self, there: Windows, many: int) -> None:
        for _ in range(many):
            applied(there)
        with CaptureQueriesContext(connection) as queries:
            assert remind(there)[SUBMITTED].owed == many
        assert len([one for one in queries if "application.submit" in one["sql"]]) == 2


def test_two_workers_at_once_tell_once(fresh_database: str) -> None:
    there = windows()
    applied(there)
    told = together(*[lambda: remind(there)[SUBMITTED].owed] * 2)
    assert sorted(map(str, told)) == ["0", "1"]
