"""A card nobody fetched ends because somebody with the right to it asks (Art. 19, 29)."""

from datetime import timedelta
from functools import partial

import pytest

from cardbook.cards.models import Application, Card
from cardbook.chapters.exchange.reminders.tests.test_reminders import READY, owed, remind
from cardbook.chapters.usage.cancellation.register import CANCEL_REQUESTS
from cardbook.chapters.usage.cancellation.tests.test_cancellation import is_clean, place
from cardbook.chapters.usage.cancellation.tests.test_reasons import DIED_ON, HEIR, signed
from cardbook.chapters.usage.cancellation.tests.test_what_ends import progress
from cardbook.chapters.usage.loss.tests.lost import days, holder_with_phone
from cardbook.chapters.usage.replacement.tests.test_collecting import hand_over, made_anew
from cardbook.chapters.usage.replacement.tests.windows import windows
from cardbook.chapters.usage.tests.sending import answers, refused_with, send
from cardbook.custody.places import Place
from cardbook.ledger.models import Event
from cardbook.lib.clock import local_day
from cardbook.lifecycle.facts import ApplyReason
from cardbook.lifecycle.refusals import Refused
from cardbook.outbox.models import Message
from cardbook.people.models import Person
from cardbook.testing import factories as make
from cardbook.testing.clients import signed_in
from cardbook.testing.factories import City
from cardbook.testing.races import together

pytestmark = pytest.mark.article(29)
CODE = "card.cancel_unissued"
REFUSED = {"asker": "holder", "reason": "wish", "plastic": "good"}


def in_stock(city: City, holder: Person | None = None) -> Card:
    """A card in the county's store."""
    (card,) = make.received_cards(city, city.here, people=[holder] if holder else None)
    return card


@pytest.mark.django_db
class TestCancelUnissued:
    @pytest.mark.article(19)
    def test_whoever_will_not_have_it_ends_it_and_the_plastic_waits_to_be_destroyed(
        self, city: City
    ) -> None:
        card = in_stock(city)
        assert send(CODE, card, by=city.here.clerk, **REFUSED).status_code == 302
        card.refresh_from_db()
        assert (card.stage, card.social, place(card)) == ("cancelled", "cancelled", Place.SCRAP)
        event = Event.objects.get(act=CODE)
        assert event.told == ["cancel/1"] and is_clean()
        told = Message.objects.filter(event_id=event.pk).values_list("kind", flat=True)
        assert sorted(told) == ["bank.cancel_notice", "province.cancel"]
        (waits,) = signed_in(city.here.keeper).get("/destruction/").context["rows"]
        assert waits.number == card.number

    def test_a_heir_ends_it_with_his_proofs_and_the_death_is_recorded_along(
        self, city: City
    ) -> None:
        card = in_stock(city)
        asked = HEIR | {"plastic": "good"}
        early = send(CODE, card, by=city.here.clerk, **asked)
        assert refused_with(early) == {"SUCCESSOR_TOO_EARLY"}
        died = asked | {"died_on": DIED_ON.isoformat()}
        assert send(CODE, card, by=city.here.clerk, **died).status_code == 422
        unproved = send(
            CODE, card, by=city.here.clerk, paper_death_proof=None, **died,
            **signed(city.here.reviewer),
        )  # fmt: skip
        assert "PAPER_MISSING" in refused_with(unproved)
        done = send(CODE, card, by=city.here.clerk, **died, **signed(city.here.reviewer))
        assert done.status_code == 302
        card.refresh_from_db()
        assert (card.stage, card.person.died_on) == ("cancelled", DIED_ON) and is_clean()

    def test_is_given_to_nobody_afterwards(self, city: City) -> None:
        card = in_stock(city)
        send(CODE, card, by=city.here.clerk, **REFUSED)
        page = signed_in(city.here.clerk).get(f"/cards/{card.pk}/").content.decode()
        assert "待销毁卡存放处" in page
        with pytest.raises(Refused) as refused:
            hand_over(windows(city), card, None)
        assert refused.value.refusals[0].code == "CARD_CANCELLED"

    def test_what_is_not_looked_at_or_told_is_refused(self, city: City) -> None:
        card = in_stock(city)
        absent = send(CODE, card, by=city.here.clerk, **(REFUSED | {"plastic": "none"}))
        assert absent.status_code == 422
        untold = send(CODE, card, by=city.here.clerk, told_cancel=None, **REFUSED)
        assert refused_with(untold) == {"NOTICE_NOT_GIVEN"}

    def test_what_lies_with_others_is_brought_home_first(self, city: City) -> None:
        (under_way,) = make.cards_in_transit(city, city.here)
        answer = send(CODE, under_way, by=city.here.clerk, **REFUSED)
        assert refused_with(answer) == {"NOT_RECEIVED"}
        carried = in_stock(city)
        make.take_out(carried, by=city.here.clerk, second=city.here.reviewer)
        answer = send(CODE, carried, by=city.here.clerk, **REFUSED)
        assert refused_with(answer) == {"CARD_AWAY"}

    def test_what_its_holder_has_ends_in_the_other_way(self, city: City) -> None:
        card = make.issued_card(city, city.here)
        answer = send(CODE, card, by=city.here.clerk, **REFUSED)
        assert refused_with(answer) == {"ALREADY_ISSUED"}

    def test_a_neighbour_finds_no_card_and_a_keeper_no_page(self, city: City) -> None:
        card = in_stock(city)
        assert send(CODE, card, by=city.neighbour.clerk, **REFUSED).status_code == 404
        assert send(CODE, card, by=city.here.keeper, **REFUSED).status_code == 403

    def test_the_same_form_twice_is_one_cancellation(self, city: City) -> None:
        card = in_stock(city)
        form, client = answers(CODE, **REFUSED), signed_in(city.here.clerk)
        for _ in range(2):
            sent = client.post(f"/cancellation/{card.pk}/unissued/", form)
            assert sent.status_code == 302
        assert Event.objects.filter(act=CODE).count() == 1

    def test_stands_in_the_register_of_requests(self, city: City) -> None:
        card = in_stock(city)
        send(CODE, card, by=city.here.clerk, **REFUSED)
        at = Event.objects.get(act=CODE).happened_at
        span = {"since": at - timedelta(days=1), "until": at + timedelta(days=1)}
        chosen = {"start": local_day(span["since"]), "end": local_day(span["until"]), **span}
        sheet = CANCEL_REQUESTS.sheet(
            chosen={"office": city.city, **chosen}, masked=True, printed_by="某人",
            printed_at=at, limit=10,
        )  # fmt: skip
        (row,) = sheet.rows
        said = dict(zip([one.key for one in sheet.form.columns], row, strict=True))
        assert (said["number"], said["reason"], said["plastic"], said["told"]) == (
            card.number, "本人不再使用", "好卡", "☑",
        )  # fmt: skip

    def test_a_message_that_it_is_here_is_withdrawn(self, city: City) -> None:
        there = windows(city)
        holder = holder_with_phone()
        assert holder.phone_sealed is not None
        _, new, application = made_anew(there, ApplyReason.DAMAGED)
        Person.objects.filter(pk=new.person_id).update(phone_sealed=holder.phone_sealed)
        remind(city, days(1))
        assert owed(READY) == [f"application-{application.pk}"]
        assert send(CODE, new, by=city.here.clerk, **REFUSED).status_code == 302
        assert progress(application) == "withdrawn"
        remind(city, days(1) + timedelta(minutes=5))
        assert owed(READY) == [] and owed(READY, state="withdrawn")

    def test_of_two_cards_the_other_is_still_made(self) -> None:
        there = windows()
        old, new, application = made_anew(there, ApplyReason.DAMAGED)
        twice = REFUSED | {"reason": "duplicate"}
        assert send(CODE, new, by=there.clerk, **twice).status_code == 302
        assert progress(application) == "produced"
        assert Application.objects.get().old_card_id == old.pk


@pytest.mark.races
def test_of_two_windows_one_ends_it(fresh_database: str) -> None:
    city = make.city()
    card = in_stock(city)
    sent = [
        partial(send, CODE, card, by=by, **REFUSED)
        for by in (city.here.clerk, city.here.other_clerk)
    ]
    results = together(*sent)
    assert sorted(one.status_code for one in results) == [302, 409] and is_clean()
