"""Handed over and put to use in one request, both or neither (Art. 8 para. 4, 22)."""

import json
from datetime import date

import pytest

from cardbook.cards.models import Card
from cardbook.chapters.intake.distribution.tests.sending import received, sent
from cardbook.chapters.issuance.individual.commands import issue_card
from cardbook.chapters.issuance.individual.tests.windows import filled_in
from cardbook.chapters.usage.activation.register import ACTIVATIONS
from cardbook.chapters.usage.activation.tests.test_chip import said_by
from cardbook.chapters.usage.tests.sending import send
from cardbook.ledger.models import Event
from cardbook.lifecycle.perform import Done
from cardbook.lifecycle.refusals import Refused
from cardbook.orgs.actors import Actor
from cardbook.orgs.models import Organization
from cardbook.outbox.models import Message
from cardbook.people.holders import holder_of
from cardbook.testing import factories as make
from cardbook.testing.clients import signed_in
from cardbook.testing.factories import NOON, City
from cardbook.testing.parameters import ruled

pytestmark = [pytest.mark.django_db, pytest.mark.article(8, 4), pytest.mark.article(22)]


@pytest.fixture
def card(city: City) -> Card:
    return make.received_cards(city, city.here)[0]


def both(card: Card, *, by: Actor, key: str = "", **changes: object) -> Done:
    return issue_card(
        card_id=card.pk, facts=make.issue_facts(card, **changes), papers=make.ISSUE_PAPERS,
        told=("pick_up",), activate=True, by=by, at=NOON, key=key or make.key(),
    )  # fmt: skip


def refused(card: Card, *, by: Actor, **changes: object) -> set[str]:
    before = (card.stage, card.social, card.version)
    with pytest.raises(Refused) as refused:
        both(card, by=by, **changes)
    card.refresh_from_db()
    assert (card.stage, card.social, card.version) == before, "half of it was done"
    return {refusal.code for refusal in refused.value.refusals}


class TestBoth:
    def test_are_two_events_of_one_request(self, city: City, card: Card) -> None:
        both(card, by=city.here.clerk)
        card.refresh_from_db()
        assert (card.stage, card.social) == ("issued", "active")
        issued, active = Event.objects.filter(
            subject_kind="card", subject_id=card.pk, act__in=("card.issue", "social.activate")
        ).order_by("id")
        assert (issued.act, active.act) == ("card.issue", "social.activate")
        assert issued.batch == active.batch and issued.transaction == active.transaction
        assert active.papers == ["id_card_original:", "social_card:"]
        assert [text.partition("/")[0] for text in active.told] == ["activation"]

    def test_tell_the_province_of_both(self, city: City, card: Card) -> None:
        both(card, by=city.here.clerk)
        told = set(Message.objects.filter(subject_id=card.pk).values_list("kind", flat=True))
        assert {"province.issued", "province.activate"} <= told

    def test_sent_twice_are_done_once(self, city: City, card: Card) -> None:
        key = make.key()
        both(card, by=city.here.clerk, key=key)
        assert both(card, by=city.here.clerk, key=key).repeated
        assert Event.objects.filter(act="social.activate").count() == 1

    @pytest.mark.article(11)
    def test_a_youth_who_lives_on_his_work_may_have_both(self, city: City) -> None:
        youth = make.person(born_on=date(2009, 8, 1))
        (card,) = make.received_cards(city, city.here, people=[youth])
        assert refused(card, by=city.here.clerk) == {"HOLDER_IS_MINOR"}
        both(card, by=city.here.clerk, self_supporting=True)
        card.refresh_from_db()
        assert card.social == "active"


class TestNeither:
    def test_when_another_card_of_the_holder_works(self, city: City, card: Card) -> None:
        first = make.issued_card(city, city.here)
        assert send("social.activate", first, by=city.here.clerk, asked_by="holder")
        (second,) = make.received_cards(city, city.here, people=[first.person])
        assert refused(second, by=city.here.clerk) == {"OTHER_CARD_WORKS"}
        assert not Event.objects.filter(act="card.issue", subject_id=second.pk).exists()

    def test_when_the_hand_over_is_refused(self, city: City, card: Card) -> None:
        assert refused(card, by=city.here.clerk, reads=False) == {"CARD_UNREADABLE"}
        assert refused(card, by=city.neighbour.clerk) == {"OUT_OF_REACH"}
        assert refused(card, by=city.here.auditor) == {"ROLE_MAY_NOT"}

    def test_when_an_outlet_asks_that_hands_out_and_puts_nothing_to_use(
        self, city: City, card: Card, outlet: Organization, teller: Actor
    ) -> None:
        received(sent(city.here.keeper, outlet, [card]), teller, card.number)
        card.refresh_from_db()
        assert refused(card, by=teller) == {"ROLE_MAY_NOT"}
        page = signed_in(teller).post("/desk/", {"show": card.pk}).content.decode()
        assert 'id="scanned"' in page and 'name="activate"' not in page


@pytest.mark.article(13)
class TestTheChip:
    def test_is_recorded_with_the_activation_without_its_data(
        self, city: City, card: Card
    ) -> None:
        client = signed_in(city.here.clerk)
        sent = client.post("/desk/", filled_in(card, activate="1", chip=said_by(card)))
        assert sent.status_code == 302
        event = Event.objects.get(act="social.activate")
        assert json.loads(event.facts)["chip"] == "agrees"
        holder = holder_of(card.person)
        assert holder.number not in event.facts and holder.name not in event.facts

    def test_is_said_to_be_unread_where_there_is_no_reader(self, city: City, card: Card) -> None:
        both(card, by=city.here.clerk)
        assert json.loads(Event.objects.get(act="social.activate").facts)["chip"] == "not_read"

    @pytest.mark.parametrize("activate", ["1", ""], ids=["to be put to use", "handed over only"])
    def test_of_somebody_else_keeps_the_card_here_and_leads_to_the_wrong_cards(
        self, city: City, card: Card, activate: str
    ) -> None:
        theirs = said_by(card, name="王大山", card_number="Z99999999")
        given = filled_in(card, activate=activate, chip=theirs)
        answer = signed_in(city.here.clerk).post("/desk/", given)
        page = answer.content.decode()
        assert answer.status_code == 409
        assert page.count('data-refusal="CHIP_DIFFERS"') == 2
        assert f"/wrong-cards/{card.pk}/?from=desk" in page or "from=desk" in page
        card.refresh_from_db()
        assert (card.stage, card.social) == ("in_custody", "sealed")

    def test_that_differs_stays_in_the_form_until_somebody_reads_again(
        self, city: City, card: Card
    ) -> None:
        theirs, client = said_by(card, name="王大山"), signed_in(city.here.clerk)
        page = client.post("/desk/", filled_in(card, chip=theirs)).content.decode()
        assert f'value="{theirs}"' in page
        assert client.post("/desk/", filled_in(card, chip=said_by(card))).status_code == 302

    @pytest.mark.parametrize("text", ["你好", "6A82"])
    def test_that_is_no_reading_is_read_again(self, city: City, card: Card, text: str) -> None:
        answer = signed_in(city.here.clerk).post("/desk/", filled_in(card, chip=text))
        page = answer.content.decode()
        assert answer.status_code == 422 and 'data-refusal="FORM_chip"' in page
        card.refresh_from_db()
        assert card.stage == "in_custody"


class TestDesk:
    def test_leaves_it_unticked_unless_the_city_says_otherwise(
        self, city: City, card: Card
    ) -> None:
        client = signed_in(city.here.clerk)
        page = client.post("/desk/", {"show": card.pk, "identity": "reader"}).content.decode()
        assert 'id="activate" value="1">' in page
        with ruled("activate_at_pick_up", True):
            page = client.post("/desk/", {"show": card.pk, "identity": "reader"})
        assert 'id="activate" value="1" checked>' in page.content.decode()

    def test_says_that_both_were_done_and_leads_to_the_bank(self, city: City, card: Card) -> None:
        client = signed_in(city.here.clerk)
        page = client.post("/desk/", filled_in(card, activate="1"), follow=True).content.decode()
        assert "已发放，社保功能已激活。" in page and f"/activation/{card.pk}/bank/" in page
        assert "登错了，撤销" not in page
        card.refresh_from_db()
        assert card.social == "active"

    def test_names_the_activation_where_it_is_what_hinders(self, city: City) -> None:
        first = make.issued_card(city, city.here)
        send("social.activate", first, by=city.here.clerk, asked_by="holder")
        (card,) = make.received_cards(city, city.here, people=[first.person])
        client = signed_in(city.here.clerk)
        page = client.post("/desk/", filled_in(card, activate="1"))
        text = page.content.decode()
        assert page.status_code == 409
        assert 'id="activate-note" data-refusal="OTHER_CARD_WORKS"' in text
        assert first.number in text and "取消勾选再按回车" in text
        assert client.post("/desk/", filled_in(card)).status_code == 302


def test_the_activation_register_lists_it(city: City, card: Card) -> None:
    both(card, by=city.here.clerk)
    day = "2026-11-20"
    form = ACTIVATIONS.choose(
        {"office": city.here.window.code, "start": day, "end": day}, by=None,
        today=date(2026, 11, 20),
    )  # fmt: skip
    assert form.is_valid(), form.errors
    sheet = ACTIVATIONS.sheet(
        chosen=form.cleaned_data, masked=True, printed_by="甲", printed_at=NOON, limit=None
    )
    assert [row for row in sheet.rows if card.number in row]
