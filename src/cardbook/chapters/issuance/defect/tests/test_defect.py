"""A defective card comes back; its replacement is free, asked for once or ten times (Art. 9)."""

from functools import partial

import pytest
from django.db import IntegrityError
from django.urls import reverse

from cardbook.cards.models import Application, Card
from cardbook.chapters.issuance.defect.commands import record_defect
from cardbook.chapters.usage.production.commands import withdraw_application
from cardbook.custody.models import Position
from cardbook.custody.places import Place
from cardbook.insight.check import recount
from cardbook.law import notices
from cardbook.law.roles import Role
from cardbook.ledger.models import Event
from cardbook.lifecycle.acts import act
from cardbook.lifecycle.births import GivenRows
from cardbook.lifecycle.facts import Defect, DefectRecorded, FreeReplacementOpened
from cardbook.lifecycle.perform import Done, Step, perform
from cardbook.lifecycle.refusals import Refused
from cardbook.orgs.actors import Actor
from cardbook.testing import factories as make
from cardbook.testing.clients import signed_in
from cardbook.testing.factories import NOON, City
from cardbook.testing.races import together

pytestmark = pytest.mark.article(9)
UNREADABLE = DefectRecorded(defect=Defect.UNREADABLE, reader_tried=True)


def record(
    card: Card,
    *,
    by: Actor,
    facts: DefectRecorded = UNREADABLE,
    told: tuple[str, ...] = (notices.DEFECT.code,),
    key: str = "",
) -> Done:
    return record_defect(
        card_id=card.pk, facts=facts, told=told, by=by, at=NOON, key=key or make.key()
    )


def codes(refused: pytest.ExceptionInfo[Refused]) -> set[str]:
    return {refusal.code for refusal in refused.value.refusals}


def untouched(card: Card) -> bool:
    before = (card.stage, card.version)
    card.refresh_from_db()
    return (card.stage, card.version) == before and not Application.objects.exists()


@pytest.mark.django_db
class TestRecordDefect:
    def test_takes_the_card_back_and_opens_a_free_replacement(self, city: City) -> None:
        (card,) = make.received_cards(city, city.here)
        record(card, by=city.here.clerk)
        card.refresh_from_db()
        assert card.stage == "recalled"
        account = Position.objects.get(card=card).account
        assert (account.kind, account.organization_id) == (Place.DEFECT, city.here.window.pk)
        opened = Application.objects.get()
        assert (opened.person_id, opened.old_card_id) == (card.person_id, card.pk)
        assert (opened.reason, opened.fee_fen, opened.progress) == ("defect", 0, "captured")
        recorded = Event.objects.get(act="defect.record")
        assert '"reader_tried":true' in recorded.facts and "第九条" in recorded.basis
        born = Event.objects.get(act="replacement.open_free", subject_id=opened.pk)
        assert born.batch == recorded.batch

    def test_takes_back_a_card_the_holder_brings(self, city: City) -> None:
        card = make.issued_card(city, city.here)
        record(card, by=city.here.clerk)
        card.refresh_from_db()
        assert card.stage == "recalled"

    def test_goes_on_with_the_application_that_is_open(self, city: City) -> None:
        holder = make.person()
        first, second = make.received_cards(city, city.here, people=[holder, holder])
        record(first, by=city.here.clerk)
        done = record(second, by=city.here.clerk)
        assert done.subject_ids == (second.pk,)
        assert Application.objects.get().old_card_id == first.pk

    def test_asked_again_with_the_same_key_it_answers_and_does_nothing(self, city: City) -> None:
        (card,) = make.received_cards(city, city.here)
        first = record(card, by=city.here.clerk, key="once")
        again = record(card, by=city.here.clerk, key="once")
        assert again.repeated and again.subject_ids == first.subject_ids
        assert Application.objects.count() == 1

    def test_a_recalled_card_is_not_recalled_again(self, city: City) -> None:
        (card,) = make.received_cards(city, city.here)
        record(card, by=city.here.clerk)
        with pytest.raises(Refused) as refused:
            record(card, by=city.here.clerk)
        assert codes(refused) == {"CARD_RECALLED"}
        assert Application.objects.count() == 1

    def test_another_problem_is_described_in_words(self, city: City) -> None:
        (card,) = make.received_cards(city, city.here)
        silent = DefectRecorded(defect=Defect.OTHER, reader_tried=False, words=" ")
        with pytest.raises(Refused) as refused:
            record(card, by=city.here.clerk, facts=silent)
        assert codes(refused) == {"DEFECT_NOT_NAMED"} and untouched(card)

    def test_the_holder_is_told_that_it_is_free(self, city: City) -> None:
        (card,) = make.received_cards(city, city.here)
        with pytest.raises(Refused) as refused:
            record(card, by=city.here.clerk, told=())
        assert codes(refused) == {"NOTICE_NOT_GIVEN"} and untouched(card)

    def test_refuses_a_card_that_was_not_counted_yet(self, city: City) -> None:
        (card,) = make.cards_in_transit(city, city.here)
        with pytest.raises(Refused) as refused:
            record(card, by=city.here.keeper)
        assert codes(refused) == {"NOT_RECEIVED"} and untouched(card)

    def test_refuses_the_neighbour_county_and_an_auditor(self, city: City) -> None:
        (card,) = make.received_cards(city, city.here)
        for by, code in (
            (city.neighbour.clerk, "OUT_OF_REACH"),
            (city.here.auditor, "ROLE_MAY_NOT"),
        ):
            with pytest.raises(Refused) as refused:
                record(card, by=by)
            assert code in codes(refused) and untouched(card)


@pytest.mark.django_db
@pytest.mark.article(5)
class TestTheCityManager:
    """He reaches every county's cards; a card he records stays in the county that has it."""

    def manager(self, city: City) -> Actor:
        return make.worker("市局管理员", Role.CITY_MANAGER, city.city)

    def test_leaves_a_defective_card_with_the_office_that_has_it(self, city: City) -> None:
        (card,) = make.received_cards(city, city.neighbour)
        record(card, by=self.manager(city))
        account = Position.objects.get(card=card).account
        keeper = city.neighbour.card_body.pk
        assert (account.kind, account.organization_id) == (Place.DEFECT, keeper)

    def test_puts_a_card_its_holder_took_home_into_the_holders_county(self, city: City) -> None:
        card = make.issued_card(city, city.here)
        record(card, by=self.manager(city))
        account = Position.objects.get(card=card).account
        assert (account.kind, account.organization_id) == (Place.DEFECT, city.here.county.pk)

    def test_splits_cards_of_two_counties_by_who_has_them(self, city: City) -> None:
        mine, theirs = (
            make.received_cards(city, county)[0] for county in (city.here, city.neighbour)
        )
        step = Step(
            act=act("defect.record"),
            facts=UNREADABLE,
            subject_ids=[mine.pk, theirs.pk],
            told=(notices.DEFECT.code,),
        )
        perform(step, by=self.manager(city), at=NOON, key=make.key())
        offices = {
            position.card_id: position.account.organization_id
            for position in Position.objects.filter(card__in=[mine, theirs])
        }
        assert offices == {
            mine.pk: city.here.card_body.pk,
            theirs.pk: city.neighbour.card_body.pk,
        }
        assert recount().holds


@pytest.mark.django_db
class TestFreeReplacement:
    def open_for(self, card: Card, county_id: int, *, by: Actor, fee_fen: int = 0) -> None:
        columns = ("person_id", "county_id", "kind", "reason", "old_card_id", "fee_fen")
        row = (card.person_id, county_id, "replacement", "defect", card.pk, fee_fen)
        step = Step(
            act=act("replacement.open_free"),
            facts=FreeReplacementOpened(old_card=card.pk, defect=Defect.SOILED),
            births=GivenRows(columns, (row,)),
        )
        perform(step, by=by, at=NOON, key=make.key())

    def test_is_free_by_the_schema_whatever_the_code_says(self, city: City) -> None:
        (card,) = make.received_cards(city, city.here)
        with pytest.raises(IntegrityError, match="application_defect_is_free"):
            self.open_for(card, card.county_id, by=city.here.clerk, fee_fen=2000)

    def test_is_not_opened_for_another_county(self, city: City) -> None:
        (card,) = make.received_cards(city, city.here)
        with pytest.raises(Refused) as refused:
            self.open_for(card, city.neighbour.county.pk, by=city.here.clerk)
        assert codes(refused) == {"DESTINATION_OUT_OF_REACH"} and untouched(card)


@pytest.mark.django_db
@pytest.mark.article(25)
class TestWithdraw:
    def opened(self, city: City) -> Application:
        (card,) = make.received_cards(city, city.here)
        record(card, by=city.here.clerk)
        return Application.objects.get()

    def withdraw(
        self, application: Application, *, by: Actor, words: str = "持卡人不要了"
    ) -> Done:
        return withdraw_application(
            application_id=application.pk, words=words, by=by, at=NOON, key=make.key()
        )

    def test_closes_the_application_with_its_reason(self, city: City) -> None:
        application = self.opened(city)
        self.withdraw(application, by=city.here.clerk)
        application.refresh_from_db()
        assert application.progress == "withdrawn"
        event = Event.objects.get(act="application.withdraw")
        assert "持卡人不要了" in event.facts

    def test_says_why_or_is_refused(self, city: City) -> None:
        application = self.opened(city)
        with pytest.raises(Refused) as refused:
            self.withdraw(application, by=city.here.clerk, words="")
        assert codes(refused) == {"REASON_MISSING"}

    def test_refuses_the_neighbour_county(self, city: City) -> None:
        application = self.opened(city)
        with pytest.raises(Refused) as refused:
            self.withdraw(application, by=city.neighbour.clerk)
        assert codes(refused) == {"OUT_OF_REACH"}


@pytest.mark.django_db
class TestPages:
    def given(self, **changes: str) -> dict[str, str]:
        usual = {"key": make.key(), "defect": "soiled", "reader_tried": "on", "told_defect": "on"}
        return usual | changes

    def test_the_window_takes_the_card_back_on_one_form(self, city: City) -> None:
        (card,) = make.received_cards(city, city.here)
        address = reverse("defect.record", args=[card.pk])
        page = signed_in(city.here.clerk).post(address, self.given(), follow=True)
        assert f"卡 {card.number} 已收回，免费补换申请已开具，不收费。" in page.content.decode()

    def test_what_is_missing_is_said_beside_the_form_and_nothing_is_lost(self, city: City) -> None:
        (card,) = make.received_cards(city, city.here)
        given = self.given(defect="other", words="  ")
        page = signed_in(city.here.clerk).post(reverse("defect.record", args=[card.pk]), given)
        html = page.content.decode()
        assert page.status_code == 409 and given["key"] in html
        assert "第九条" in html and untouched(card)

    def test_the_neighbour_county_finds_nothing_there(self, city: City) -> None:
        (card,) = make.received_cards(city, city.here)
        page = signed_in(city.neighbour.clerk).get(reverse("defect.record", args=[card.pk]))
        assert page.status_code == 404

    def test_the_list_shows_what_is_open_and_lets_it_be_taken_back(self, city: City) -> None:
        (card,) = make.received_cards(city, city.here)
        record(card, by=city.here.clerk)
        application = Application.objects.get()
        client = signed_in(city.here.clerk)
        address = reverse("application.withdraw", args=[application.pk])
        listed = client.get(reverse("application.list")).content.decode()
        assert card.number in listed and "0.00" in listed and address in listed
        empty = client.post(address, {"key": make.key(), "words": ""})
        assert empty.status_code == 422 and "请写明撤回原因" in empty.content.decode()
        client.post(address, {"key": make.key(), "words": "另行申请"})
        assert card.number not in client.get(reverse("application.list")).content.decode()
        other = signed_in(city.neighbour.clerk)
        assert other.get(address).status_code == 404


class TestTwoAtOnce:
    def test_of_two_windows_one_takes_the_card_back(self, fresh_database: str) -> None:
        city = make.city()
        (card,) = make.received_cards(city, city.here)
        clerks = (city.here.clerk, city.here.other_clerk)
        answers = together(*(partial(record, card, by=by) for by in clerks))
        assert sorted(type(answer).__name__ for answer in answers) == ["Done", "Refused"]
        assert Application.objects.count() == 1
        assert all(finding.holds for finding in recount().findings)
