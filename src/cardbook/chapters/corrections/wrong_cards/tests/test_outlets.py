"""A bank's outlet takes back, explains and lists the wrong cards among its own stock (Art. 13)."""

import json

import pytest
from django.test import Client
from django.urls import reverse

from cardbook.cards.models import Card, Correction
from cardbook.chapters.corrections.wrong_cards.commands import Telling, drop_error, explain_error
from cardbook.chapters.corrections.wrong_cards.tests import wrong
from cardbook.chapters.intake.distribution.tests.sending import place_of, received, sent
from cardbook.custody.places import Place
from cardbook.insight.check import recount
from cardbook.law import notices
from cardbook.law.roles import Role
from cardbook.ledger.models import Event
from cardbook.lib.clock import local_day
from cardbook.lifecycle.facts import ErrorExplained
from cardbook.lifecycle.refusals import Refused
from cardbook.orgs.actors import Actor
from cardbook.orgs.models import Kind, Organization
from cardbook.people.holders import holder_of
from cardbook.testing import factories as make
from cardbook.testing.clients import signed_in
from cardbook.testing.factories import NOON, City
from cardbook.testing.races import in_words, together

pytestmark = pytest.mark.article(13)
LATER = Telling(facts=ErrorExplained(told="holder", way="phone", words="姓名不对，卡已收回。"))
GIVEN = {
    "found": "issuing", "reported": "holder", "fault": "capture", "proof": "id_card",
    "pick_name": "on", "face_name": "王小朋", "right_name": "王小明", "is_told": "on",
}  # fmt: skip


@pytest.fixture
def beside(city: City) -> Actor:
    """A teller of another outlet of the same bank."""
    other = make.organization("示范银行乙县支行", Kind.BRANCH, parent=city.bank)
    return make.worker("柜员乙", Role.BANK_TELLER, other)


@pytest.fixture
def given(city: City, outlet: Organization, teller: Actor) -> list[Card]:
    """Two cards the outlet acknowledged."""
    cards = make.received_cards(city, city.here, count=2)
    received(sent(city.here.keeper, outlet, cards), teller, *(card.number for card in cards))
    return cards


def codes(refused: pytest.ExceptionInfo[Refused]) -> set[str]:
    return {one.code for one in refused.value.refusals}


def explained(correction: Correction, *, by: Actor) -> None:
    explain_error(
        correction_id=correction.pk, telling=LATER, told=(notices.WRONG_CARD.code,), by=by,
        at=NOON, key=make.key(),
    )  # fmt: skip


@pytest.mark.django_db
class TestTakingBack:
    def test_the_outlet_keeps_the_card_and_its_county_leads_the_handling_on(
        self, city: City, given: list[Card], teller: Actor, outlet: Organization
    ) -> None:
        card, other = given
        done = wrong.record(card, by=teller)
        card.refresh_from_db()
        assert (card.stage, card.hold) == ("recalled", "error")
        assert place_of(card) == (Place.ERROR, outlet.pk)
        assert place_of(other) == (Place.STORE, outlet.pk)
        correction = Correction.objects.get(pk=done.subject_ids[1])
        assert correction.county_id == city.here.county.pk
        acts = Event.objects.filter(batch=done.batch).order_by("id").values_list("act", flat=True)
        assert [*acts] == ["error.record", "error.open", "error.explain"]
        wrong.recheck(correction, by=city.here.reviewer)
        wrong.enter(correction, by=city.here.keeper)
        correction.refresh_from_db()
        assert correction.progress == "entered" and recount().holds

    def test_a_card_found_wrong_while_it_is_acknowledged_is_taken_back_at_once(
        self, city: City, outlet: Organization, teller: Actor
    ) -> None:
        (card,) = make.received_cards(city, city.here)
        shipment = sent(city.here.keeper, outlet, [card])
        with pytest.raises(Refused) as refused:
            wrong.record(card, by=teller)
        assert codes(refused) == {"NOT_RECEIVED"}
        counting = signed_in(teller)
        counting.post(
            reverse("handover.scan", args=[shipment.pk]),
            {"number": card.number, "key": make.key()},
        )
        page = counting.get(reverse("handover.receive", args=[shipment.pk])).content.decode()
        assert "data-wrong-card" in page, "F4 is offered beside the last scan"
        wrong.record(card, by=teller)
        assert place_of(card) == (Place.ERROR, outlet.pk)

    @pytest.mark.article(5)
    def test_only_what_lies_with_the_outlet(
        self, city: City, given: list[Card], teller: Actor, beside: Actor
    ) -> None:
        (at_home,) = make.received_cards(city, city.here)
        taken_home = make.issued_card(city, city.here)
        for card, by in (
            (at_home, teller), (taken_home, teller), (given[0], beside),
            (given[0], make.worker("总行柜员", Role.BANK_TELLER, city.bank)),
            (given[0], city.neighbour.clerk), (given[0], city.here.clerk),
        ):  # fmt: skip
            with pytest.raises(Refused) as refused:
                wrong.record(card, by=by)
            assert codes(refused) == {"OUT_OF_REACH"}
        assert not Correction.objects.exists()

    def test_an_auditor_and_a_hotline_do_not_take_back(
        self, city: City, given: list[Card]
    ) -> None:
        for role in (Role.AUDITOR, Role.HOTLINE_OPERATOR):
            with pytest.raises(Refused) as refused:
                wrong.record(given[0], by=make.worker("外人", role, city.city))
            assert "ROLE_MAY_NOT" in codes(refused)

    def test_asked_again_with_the_same_key_it_answers_and_does_nothing(
        self, given: list[Card], teller: Actor
    ) -> None:
        first = wrong.record(given[0], by=teller, key="once")
        again = wrong.record(given[0], by=teller, key="once")
        assert again.repeated and again.subject_ids == first.subject_ids
        assert Correction.objects.count() == 1

    def test_a_card_taken_back_already_is_not_taken_back_again(
        self, given: list[Card], teller: Actor
    ) -> None:
        wrong.record(given[0], by=teller)
        with pytest.raises(Refused) as refused:
            wrong.record(given[0], by=teller)
        assert codes(refused) == {"CARD_RECALLED"}

    def test_what_was_entered_by_mistake_the_city_gives_back_to_the_outlet(
        self, city: City, given: list[Card], teller: Actor, outlet: Organization
    ) -> None:
        correction = Correction.objects.get(pk=wrong.record(given[0], by=teller).subject_ids[1])
        manager = make.worker("市局管理员", Role.CITY_MANAGER, city.city)
        second = make.worker("市局复核员", Role.REVIEWER, city.city)
        drop_error(
            correction_id=correction.pk, words="看错了", by=manager, second=second, at=NOON,
            key=make.key(),
        )  # fmt: skip
        assert place_of(given[0]) == (Place.STORE, outlet.pk) and recount().holds


def test_two_tellers_at_once_take_it_back_once(fresh_database: str) -> None:
    city = make.city()
    branch = make.organization("示范银行甲县支行", Kind.BRANCH, parent=city.bank)
    first, other = (make.worker(name, Role.BANK_TELLER, branch) for name in ("柜员甲", "柜员乙"))
    (card,) = make.received_cards(city, city.here)
    received(sent(city.here.keeper, branch, [card]), first, card.number)
    answers = together(lambda: wrong.record(card, by=first), lambda: wrong.record(card, by=other))
    assert sorted(in_words(answers, done=lambda _: "taken")) == ["CARD_RECALLED", "taken"]
    assert Correction.objects.count() == 1


@pytest.mark.django_db
class TestExplaining:
    def test_the_outlet_explains_later_what_it_took_back(
        self, given: list[Card], teller: Actor
    ) -> None:
        done = wrong.record(given[0], by=teller, telling=None)
        explained(Correction.objects.get(pk=done.subject_ids[1]), by=teller)
        facts = json.loads(Event.objects.get(act="error.explain").facts)
        assert facts["way"] == "phone"

    @pytest.mark.article(5)
    def test_not_what_another_outlet_or_the_county_took_back(
        self, city: City, given: list[Card], teller: Actor, beside: Actor
    ) -> None:
        theirs = wrong.record(given[0], by=teller, telling=None)
        (card,) = make.received_cards(city, city.here)
        countys = wrong.record(card, by=city.here.clerk, telling=None)
        for done, by in ((theirs, beside), (countys, teller)):
            with pytest.raises(Refused) as refused:
                explained(Correction.objects.get(pk=done.subject_ids[1]), by=by)
            assert codes(refused) == {"OUT_OF_REACH"}

    @pytest.mark.article(14)
    def test_what_the_office_above_does_the_outlet_does_not(
        self, given: list[Card], teller: Actor, desk: Client
    ) -> None:
        number = wrong.record(given[0], by=teller).subject_ids[1]
        correction = Correction.objects.get(pk=number)
        for step in (wrong.recheck, wrong.enter, wrong.confirm, wrong.resume):
            with pytest.raises(Refused) as refused:
                step(correction, by=teller)
            assert "ROLE_MAY_NOT" in codes(refused)
        assert desk.get(reverse("error.recheck", args=[number])).status_code == 403


@pytest.mark.django_db
class TestPages:
    def test_from_the_desk_to_the_list_without_leaving_the_outlet(
        self, given: list[Card], desk: Client, outlet: Organization
    ) -> None:
        card = given[0]
        shown = desk.post("/desk/", {"q": holder_of(card.person).number}).content.decode()
        assert reverse("error.record", args=[card.pk]) in shown
        compared = desk.post(
            reverse("error.start"),
            {"number": holder_of(card.person).number, "card": card.number},
            follow=True,
        ).content.decode()
        assert "data-differing" in compared
        assert f'href="{reverse("card.show", args=[card.pk])}"' not in compared
        taken = desk.post(
            reverse("error.record", args=[card.pk]), {**GIVEN, "key": make.key()}, follow=True
        ).content.decode()
        assert "data-receipt" in taken and place_of(card) == (Place.ERROR, outlet.pk)
        correction = Correction.objects.get()
        listed = desk.get(reverse("error.list")).content.decode()
        assert card.number in listed and "办理中 <strong>1</strong>" in listed
        one = desk.get(reverse("error.show", args=[correction.pk])).content.decode()
        assert reverse("error.explain", args=[correction.pk]) in one
        assert reverse("error.recheck", args=[correction.pk]) not in one
        letter = desk.get(reverse("error.letter", args=[correction.pk]))
        assert letter.content.startswith(b"%PDF")
        assert "件错卡处理办理中" in desk.get("/").content.decode()

    def test_a_name_finds_only_what_the_outlet_took_back(
        self, city: City, given: list[Card], teller: Actor, desk: Client
    ) -> None:
        wrong.record(given[0], by=teller)
        (other,) = make.received_cards(city, city.here)
        wrong.record(other, by=city.here.clerk)
        name = holder_of(given[0].person).name
        found = desk.post(reverse("error.list"), {"q": name}, follow=True).content.decode()
        assert given[0].number in found and other.number not in found
        numbered = desk.post(
            reverse("error.list"), {"q": other.number}, follow=True
        ).content.decode()
        assert "没有符合条件的错卡" in numbered

    @pytest.mark.article(5)
    def test_nobody_elsewhere_reads_it_but_the_cards_county(
        self, city: City, given: list[Card], teller: Actor, beside: Actor
    ) -> None:
        number = wrong.record(given[0], by=teller).subject_ids[1]
        address = reverse("error.show", args=[number])
        for by, status in (
            (teller, 200), (city.here.keeper, 200), (beside, 404), (city.neighbour.keeper, 404),
        ):  # fmt: skip
            assert signed_in(by).get(address).status_code == status, by.name
        assert given[0].number not in signed_in(beside).get(reverse("error.list")).content.decode()
        county = signed_in(city.here.keeper).get(reverse("error.list")).content.decode()
        assert given[0].number in county

    def test_a_card_elsewhere_is_not_here(self, city: City, desk: Client) -> None:
        (card,) = make.received_cards(city, city.here)
        page = desk.post(reverse("error.start"), {"number": "", "card": card.number})
        assert page.status_code == 422 and "本网点没有这张卡" in page.content.decode()
        assert desk.get(reverse("error.record", args=[card.pk])).status_code == 404

    def test_outlet_and_county_both_print_it_in_their_lists(
        self, city: City, given: list[Card], teller: Actor, outlet: Organization
    ) -> None:
        wrong.record(given[0], by=teller)
        day = local_day(NOON).isoformat()
        for by, office, listed in (
            (teller, outlet.code, True), (city.here.keeper, city.here.county.code, True),
            (city.here.keeper, city.here.window.code, False),
            (city.neighbour.keeper, city.neighbour.county.code, False),
        ):  # fmt: skip
            page = signed_in(by).get(
                reverse("register.wrong_cards"), {"office": office, "start": day, "end": day}
            )
            assert page.status_code == 200
            assert (given[0].number in page.content.decode()) is listed, (by.name, office)
