"""What is open over a card is asked and written down; a new card is made no more (Art. 29, 30)."""

import json
from datetime import timedelta

import pytest
from django.urls import reverse

from cardbook.cards.models import Application, Card
from cardbook.chapters.usage.cancellation.register import CANCEL_REQUESTS
from cardbook.chapters.usage.cancellation.tests.test_cancellation import WISH, is_clean
from cardbook.chapters.usage.cancellation.tests.test_reasons import signed
from cardbook.chapters.usage.replacement.tests import windows as at_the
from cardbook.chapters.usage.replacement.tests.windows import Windows, taken, windows
from cardbook.chapters.usage.temporary.tests.lending import lent
from cardbook.chapters.usage.tests.sending import answers, refused_with, send
from cardbook.law.papers import ID_CARD_ORIGINAL
from cardbook.ledger.models import Event
from cardbook.lib.clock import local_day
from cardbook.outbox.models import Message
from cardbook.outbox.states import State
from cardbook.people.models import Person
from cardbook.ports.messages import MessageKind
from cardbook.testing import factories as make
from cardbook.testing.clients import signed_in
from cardbook.testing.factories import NOON, City

pytestmark = [pytest.mark.django_db, pytest.mark.article(29)]
ORDER, STOP = MessageKind.BANK_PRODUCTION_ORDER, MessageKind.BANK_PRODUCTION_STOP
DIED = {"died_on": (local_day(NOON) + timedelta(days=1)).isoformat(), "source": "certificate"}
MOVED = {"reason": "transfer", "to_place": "西安市", "plastic": "none"}


@pytest.fixture
def there() -> Windows:
    return windows()


def ordered(there: Windows) -> tuple[Card, Application]:
    """A worn card with a new one on order at the bank."""
    card = at_the.lost_or_worn(there)
    application = at_the.the_application(taken(there, card, by=there.clerk))
    assert application.progress == "submitted"
    return card, application


def progress(application: Application) -> str:
    application.refresh_from_db()
    return application.progress


def left(kind: MessageKind) -> None:
    """The letter is on its way: the other side may have it."""
    Message.objects.filter(kind=kind).update(state=State.DONE)


def owed(kind: MessageKind) -> list[str]:
    return list(Message.objects.filter(kind=kind).values_list("state", flat=True))


class TestANewCardOnOrder:
    def test_is_made_no_more_and_the_bank_hears_of_it(self, there: Windows) -> None:
        card, application = ordered(there)
        left(ORDER)
        assert send("card.cancel", card, by=there.clerk, **WISH).status_code == 302
        assert progress(application) == "withdrawn"
        stopped = Event.objects.get(act="application.stop", subject_id=application.pk)
        assert stopped.batch == Event.objects.get(act="card.cancel").batch
        assert stopped.facts == '{"reason":"wish"}'
        assert owed(STOP) == ["owed"] and is_clean()

    def test_that_never_left_is_withdrawn_and_nobody_hears_of_it(self, there: Windows) -> None:
        card, application = ordered(there)
        assert send("card.cancel", card, by=there.clerk, **WISH).status_code == 302
        assert progress(application) == "withdrawn"
        assert owed(ORDER) == ["withdrawn"] and owed(STOP) == []
        assert owed(MessageKind.PROVINCE_PRODUCTION) == ["withdrawn"]

    def test_stays_ordered_when_the_cancellation_is_refused(self, there: Windows) -> None:
        card, application = ordered(there)
        untold = send("card.cancel", card, by=there.clerk, told_cancel=None, **WISH)
        assert refused_with(untold) == {"NOTICE_NOT_GIVEN"}
        assert progress(application) == "submitted"

    @pytest.mark.article(17)
    def test_is_made_no_more_for_the_dead(self, there: Windows) -> None:
        card, application = ordered(there)
        left(ORDER)
        asked = DIED | signed(there.city.here.reviewer)
        assert send("holder.note_death", card, by=there.clerk, **asked).status_code == 302
        assert progress(application) == "withdrawn" and owed(STOP) == ["owed"]
        assert Person.objects.get(pk=card.person_id).died_on is not None and is_clean()

    @pytest.mark.article(30)
    def test_is_made_no_more_for_whoever_moved_away(self, there: Windows) -> None:
        card, application = ordered(there)
        left(ORDER)
        assert send("relation.end", card, by=there.clerk, **MOVED).status_code == 302
        assert progress(application) == "withdrawn" and owed(STOP) == ["owed"] and is_clean()

    def test_is_stopped_once_however_often_the_form_is_sent(self, there: Windows) -> None:
        card, _ = ordered(there)
        form, client = answers("card.cancel", **WISH), signed_in(there.clerk)
        for _ in range(2):
            assert client.post(f"/cancellation/{card.pk}/", form).status_code == 302
        assert Event.objects.filter(act="application.stop").count() == 1

    def test_is_named_before_it_is_stopped(self, there: Windows) -> None:
        card, application = ordered(there)
        for code in ("card.cancel", "relation.end", "holder.note_death"):
            page = signed_in(there.clerk).get(reverse(code, args=[card.pk])).content.decode()
            assert f"办理中的制卡申请：SQ{application.pk}（已提交）" in page


class TestWhatIsOpen:
    def test_is_written_down_with_whose_word_it_is(self, city: City) -> None:
        holder = make.person()
        card = make.issued_card(city, city.here, holder=holder)
        lent(city, holder=holder)
        said = {"deposit": "open", "deposit_said_by": "bank", "subsidy": "unknown"}
        assert send("card.cancel", card, by=city.here.clerk, **(WISH | said)).status_code == 302
        items = json.loads(Event.objects.get(act="card.cancel").facts)["open_items"]
        found = {one["item"]: (one["state"], one["said_by"]) for one in items}
        assert found == {
            "temporary": ("open", "book"), "application": ("open", "book"),
            "loss": ("none", "book"), "correction": ("none", "book"), "fee": ("none", "book"),
            "benefits": ("none", "asker"), "deposit": ("open", "bank"),
            "subsidy": ("unknown", "asker"),
        }  # fmt: skip

    def test_is_not_left_unasked(self, city: City) -> None:
        card = make.issued_card(city, city.here)
        answer = send("card.cancel", card, by=city.here.clerk, benefits=None, **WISH)
        assert (
            answer.status_code == 422 and "请问明“社保待遇发到这张卡”" in answer.content.decode()
        )

    def test_is_printed_as_it_was_asked(self, city: City) -> None:
        card = make.issued_card(city, city.here)
        said = {"deposit": "open", "deposit_said_by": "bank"}
        send("card.cancel", card, by=city.here.clerk, **(WISH | said))
        at = Event.objects.get(act="card.cancel").happened_at
        span = {"since": at - timedelta(days=1), "until": at + timedelta(days=1)}
        days = {"start": local_day(span["since"]), "end": local_day(span["until"])}
        sheet = CANCEL_REQUESTS.sheet(
            chosen={"office": city.city, **days, **span}, masked=True, printed_by="某人",
            printed_at=at, limit=10,
        )  # fmt: skip
        (row,) = sheet.rows
        cells = dict(zip([one.key for one in sheet.form.columns], row, strict=True))
        assert ID_CARD_ORIGINAL.title in cells["papers"].split("、")
        assert cells["open"].split("；") == [
            "台账核对：没有未了事项", "社保待遇发到这张卡：没有（申请人）",
            "银行账户余额：有，已提示（银行）", "惠民惠农补贴发到这张卡：没有（申请人）",
        ]  # fmt: skip

    def test_is_in_the_history_in_words(self, city: City) -> None:
        card = make.issued_card(city, city.here)
        send("card.cancel", card, by=city.here.clerk, **WISH)
        page = signed_in(city.here.clerk).get(reverse("card.show", args=[card.pk]))
        assert "社保待遇发到这张卡 申请人 没有" in page.content.decode()


def test_a_fee_that_has_to_be_paid_back_is_named(there: Windows) -> None:
    card, application = ordered(there)
    assert application.fee == "paid"
    page = signed_in(there.clerk).get(reverse("card.cancel", args=[card.pk])).content.decode()
    assert f"未交、未退的工本费：SQ{application.pk} 已收" in page
