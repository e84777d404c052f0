"""Why a card dies is shown before it does: by whom, by which other card, by a death on record."""

from datetime import date, timedelta
from functools import partial

import pytest
from django.http import HttpResponseBase
from django.urls import reverse

from cardbook.cards.models import Card
from cardbook.chapters.usage.cancellation.tests.test_cancellation import WISH, is_clean
from cardbook.chapters.usage.ending_form import EndingForm
from cardbook.chapters.usage.tests.desks import desk
from cardbook.chapters.usage.tests.sending import answers, refused_with, send
from cardbook.ledger.models import Event
from cardbook.lib.clock import local_day
from cardbook.lifecycle.facts import OpenMatter
from cardbook.orgs.actors import Actor
from cardbook.orgs.models import User
from cardbook.people.holders import holder_of
from cardbook.people.models import Person
from cardbook.ports.province import ProvinceCard
from cardbook.ports.standings import Standing
from cardbook.ports.tests.desk import DeskInMemory
from cardbook.testing import factories as make
from cardbook.testing.clients import signed_in
from cardbook.testing.factories import NOON, PASSWORD, City
from cardbook.testing.races import together

pytestmark = pytest.mark.article(29)
__all__ = ["desk"]
DUPLICATE = WISH | {"reason": "duplicate"}
HEIR = {
    "asker": "successor", "reason": "death", "plastic": "none",
    "paper_successor_proof": "on",
}  # fmt: skip
DIED_ON = local_day(NOON) + timedelta(days=1)


def signed(by: Actor) -> dict[str, str]:
    name = User.objects.get(pk=by.user_id).get_username()
    return {"second_name": name, "second_password": PASSWORD}


def by_office(city: City, card: Card, *, second: Actor | None = None, **given: object) -> HttpResponseBase:  # fmt: skip # noqa: E501
    asked = {"reason": "other", "plastic": "none", "words": "清理", **given}
    return send(
        "card.cancel_by_office", card, by=city.here.clerk,
        **signed(second or city.here.reviewer), **asked,
    )  # fmt: skip


def facts_of(card: Card, act: str = "card.cancel") -> str:
    return Event.objects.get(subject_kind="card", subject_id=card.pk, act=act).facts


def two_cards(city: City) -> tuple[Card, Card]:
    holder = make.person()
    one, other = (make.issued_card(city, city.here, holder=holder) for _ in range(2))
    return one, other


def shown_form(city: City, card: Card, code: str) -> EndingForm:
    """The form a page of this kind shows."""
    page = signed_in(city.here.clerk).get(reverse(code, args=[card.pk]))
    form = page.context["form"]
    assert isinstance(form, EndingForm)
    return form


@pytest.mark.django_db
class TestAnOffice:
    def test_shows_its_letter_and_signs_with_a_second_person(self, city: City) -> None:
        card = make.issued_card(city, city.here)
        bare = by_office(city, card, paper_office_letter=None)
        assert refused_with(bare) == {"PAPER_MISSING"}
        alone = by_office(city, card, second=city.here.clerk)
        assert refused_with(alone) == {"SECOND_PERSON_SAME"}
        assert by_office(city, card).status_code == 302
        event = Event.objects.get(act="card.cancel_by_office")
        assert event.second_id == city.here.reviewer.user_id and '"asker":"office"' in event.facts
        card.refresh_from_db()
        assert card.social == "cancelled" and is_clean()

    def test_cancels_nobody_who_lives_as_dead(self, city: City) -> None:
        card = make.issued_card(city, city.here)
        assert refused_with(by_office(city, card, reason="death")) == {"DEATH_NOT_RECORDED"}
        known = by_office(city, card, reason="death", died_on=DIED_ON.isoformat())
        assert known.status_code == 302
        assert Person.objects.get(pk=card.person_id).died_on == DIED_ON
        acts = Event.objects.filter(subject_kind="card", subject_id=card.pk).order_by("seq")
        told = list(acts.values_list("act", flat=True))
        assert told[-2:] == ["holder.note_death", "card.cancel_by_office"] and is_clean()

    def test_is_a_page_for_windows_and_keepers_of_the_county(self, city: City) -> None:
        address = f"/cancellation/{make.issued_card(city, city.here).pk}/office/"
        assert signed_in(city.here.keeper).get(address).status_code == 200
        assert signed_in(city.neighbour.keeper).get(address).status_code == 404
        assert signed_in(city.here.reviewer).get(address).status_code == 403

    def test_has_no_other_way_in(self, city: City) -> None:
        card = make.issued_card(city, city.here)
        asked = WISH | {"asker": "office", "reason": "other", "words": "清理"}
        assert send("card.cancel", card, by=city.here.clerk, **asked).status_code == 422


@pytest.mark.django_db
class TestADeath:
    def test_is_recorded_in_the_same_breath_and_signed_by_two(self, city: City) -> None:
        card = make.issued_card(city, city.here)
        asked = HEIR | {"died_on": DIED_ON.isoformat()}
        unsigned = send("card.cancel", card, by=city.here.clerk, **asked)
        assert unsigned.status_code == 422 and "由复核人本人输入" in unsigned.content.decode()
        sent = send("card.cancel", card, by=city.here.clerk, **asked, **signed(city.here.reviewer))
        assert sent.status_code == 302
        assert Person.objects.get(pk=card.person_id).died_on == DIED_ON
        assert f'"died_on":"{DIED_ON}"' in facts_of(card) and is_clean()

    def test_on_record_is_not_recorded_twice(self, city: City) -> None:
        card = make.issued_card(city, city.here)
        Person.objects.filter(pk=card.person_id).update(died_on=date(2026, 11, 21))
        asked = HEIR | {"died_on": DIED_ON.isoformat()} | signed(city.here.reviewer)
        again = send("card.cancel", card, by=city.here.clerk, **asked)
        assert "DEATH_NOTED_ALREADY" in refused_with(again)

    def test_belongs_to_no_other_reason(self, city: City) -> None:
        card = make.issued_card(city, city.here)
        asked = WISH | {"died_on": DIED_ON.isoformat()} | signed(city.here.reviewer)
        answer = send("card.cancel", card, by=city.here.clerk, **asked)
        assert answer.status_code == 422 and "只有因死亡注销" in answer.content.decode()


@pytest.mark.django_db
class TestOneOfTwo:
    def test_is_named_by_our_book(self, city: City) -> None:
        one, other = two_cards(city)
        assert send("card.cancel", one, by=city.here.clerk, **DUPLICATE).status_code == 302
        assert f'"other_card":"{other.number}","other_source":"本台账"' in facts_of(one)

    def test_is_refused_to_an_only_card_whatever_the_clerk_types(
        self, city: City, desk: DeskInMemory
    ) -> None:
        card = make.issued_card(city, city.here)
        typed = DUPLICATE | {"other_card": "X00000009"}
        answer = send("card.cancel", card, by=city.here.clerk, **typed)
        assert refused_with(answer) == {"NO_SECOND_CARD"}
        assert "没有另外的卡" in answer.content.decode()

    @pytest.mark.article(30)
    def test_is_named_by_the_province(self, city: City, desk: DeskInMemory) -> None:
        card = make.issued_card(city, city.here)
        there = ProvinceCard(number="E00000001", standing=Standing.NORMAL)
        desk.cards[holder_of(card.person).number] = [there]
        assert send("card.cancel", card, by=city.here.clerk, **DUPLICATE).status_code == 302
        assert '"other_card":"E00000001","other_source":"省系统 ' in facts_of(card)

    def test_is_read_off_its_screen_while_the_province_is_silent(self, city: City) -> None:
        card = make.issued_card(city, city.here)
        bare = send("card.cancel", card, by=city.here.clerk, **DUPLICATE)
        assert refused_with(bare) == {"NO_SECOND_CARD"} and "没有接口" in bare.content.decode()
        typed = DUPLICATE | {"other_card": "e00000001"}
        assert send("card.cancel", card, by=city.here.clerk, **typed).status_code == 302
        assert '"other_card":"E00000001","other_source":"经办人在省系统页面' in facts_of(card)

    def test_sent_again_asks_nobody(self, city: City, desk: DeskInMemory) -> None:
        card = make.issued_card(city, city.here)
        number = holder_of(card.person).number
        desk.cards[number] = [ProvinceCard(number="E00000001", standing=Standing.NORMAL)]
        form, client = answers("card.cancel", **DUPLICATE), signed_in(city.here.clerk)
        for _ in range(2):
            assert client.post(f"/cancellation/{card.pk}/", form).status_code == 302
            desk.cards.clear()
        assert Event.objects.filter(act="card.cancel").count() == 1


@pytest.mark.races
def test_of_two_cards_called_the_duplicate_of_each_other_one_lives(fresh_database: str) -> None:
    city = make.city()
    for _ in range(5):
        cards = two_cards(city)
        results = together(
            *(partial(send, "card.cancel", card, by=by, **DUPLICATE)
              for card, by in zip(cards, (city.here.clerk, city.here.other_clerk), strict=True))
        )  # fmt: skip
        assert sorted(one.status_code for one in results) == [302, 409]  # type: ignore[attr-defined]
        living = Card.objects.filter(pk__in=[one.pk for one in cards], social="sealed")
        assert living.count() == 1
    assert is_clean()


@pytest.mark.django_db
class TestTheScreen:
    """What only one choice asks for says so; without scripts all of it stands there."""

    def test_says_which_choice_asks_for_a_field(self, city: City) -> None:
        card = make.issued_card(city, city.here)
        form = shown_form(city, card, "card.cancel")
        only = {one.field.name: one.only for one in [*form.before, *form.after] if one.only}
        assert {name: (when.field, when.said) for name, when in only.items()} == {
            **dict.fromkeys(
                ("asker_name", "asker_number", "asker_relation"), ("asker", "guardian successor")
            ),
            "died_on": ("reason", "death"), "other_card": ("reason", "duplicate"),
            "box": ("plastic", "broken good"),
            "paper_id_card_original": ("asker", "holder"),
            "paper_successor_proof": ("asker", "successor"),
            "paper_guardian_id": ("asker", "guardian"),
            "paper_household_book_community_certificate_relation_proof": ("asker", "guardian"),
            "paper_death_proof": ("reason", "death"),
            "paper_emigration_proof": ("reason", "emigration"),
            "second_name": ("reason", "death"), "second_password": ("reason", "death"),
        }  # fmt: skip

    @pytest.mark.parametrize("code", ["card.cancel", "card.cancel_by_office", "relation.end"])
    def test_shows_every_field_once_and_hides_none_by_itself(self, city: City, code: str) -> None:
        card = make.issued_card(city, city.here)
        form = shown_form(city, card, code)
        page = signed_in(city.here.clerk).get(reverse(code, args=[card.pk])).content.decode()
        for field in form.visible_fields():
            controls = len(list(field)) if hasattr(field.field, "choices") else 1
            expected = 1 if "<select" in str(field) else controls
            assert page.count(f'name="{field.name}"') == expected, field.name
        main = page.split("<main")[1]
        assert " hidden" not in main and " disabled" not in main

    def test_the_second_person_of_an_office_always_signs(self, city: City) -> None:
        card = make.issued_card(city, city.here)
        form = shown_form(city, card, "card.cancel_by_office")
        assert {one.field.name for one in form.after if one.only is None} >= {
            "second_name", "second_password", "paper_office_letter",
        }  # fmt: skip

    def test_a_matter_is_a_row_with_its_own_words(self, city: City) -> None:
        card = make.issued_card(city, city.here)
        answer = send("card.cancel", card, by=city.here.clerk, **WISH | {"benefits": None})
        html = answer.content.decode()
        assert answer.status_code == 422
        assert html.count('<tr class="en-wrong">') == 1 and 'href="#id_benefits"' in html
        assert 'id="id_benefits"' in html
        assert f'<span class="visually-hidden">{OpenMatter.BENEFITS.label}：</span>' in html
