"""Who asks in the place of a holder stands in the book and on the register (Art. 29)."""

import json
from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from cardbook.cards.models import Card
from cardbook.chapters.issuance.telling.register import NOTICES_TOLD
from cardbook.chapters.usage.cancellation.register import CANCEL_REQUESTS
from cardbook.chapters.usage.tests.sending import answers, refused_with, send
from cardbook.ledger.models import Event
from cardbook.lib.clock import local_day
from cardbook.lib.masking import mask_number
from cardbook.lifecycle.acts import act
from cardbook.lifecycle.facts import Asker, CancelledOnRequest, EndReason, Plastic
from cardbook.lifecycle.perform import Step, perform
from cardbook.lifecycle.refusals import Refused
from cardbook.people import vault
from cardbook.people.models import Person
from cardbook.testing import factories as make
from cardbook.testing.clients import signed_in
from cardbook.testing.factories import NOON, City

pytestmark = [pytest.mark.article(29), pytest.mark.django_db]

HEIR = {
    "asker": "successor", "reason": "death", "plastic": "none",
    "paper_successor_proof": "on",
}  # fmt: skip
GUARDIAN = {
    "asker": "guardian", "reason": "wish", "plastic": "none", "asker_relation": "parent",
    "paper_guardian_id": "on",
    "paper_household_book_community_certificate_relation_proof": "household_book",
}  # fmt: skip


def of_the_dead(city: City) -> Card:
    card = make.issued_card(city, city.here)
    Person.objects.filter(pk=card.person_id).update(died_on=date(2026, 11, 22))
    return card


def named(number: str) -> dict[str, object]:
    return {"asker_name": "王大山", "asker_number": number, "asker_relation": "child"}


def known(number: str) -> Person | None:
    return Person.objects.filter(number_index=vault.number_index(number)).first()


def row_of(city: City, *, masked: bool) -> dict[str, str]:
    at = Event.objects.get(act="card.cancel").happened_at
    span = {"since": at - timedelta(days=1), "until": at + timedelta(days=1)}
    chosen = {"start": local_day(span["since"]), "end": local_day(span["until"]), **span}
    sheet = CANCEL_REQUESTS.sheet(
        chosen={"office": city.city, **chosen}, masked=masked, printed_by="某人",
        printed_at=at, limit=10,
    )  # fmt: skip
    (row,) = sheet.rows
    return dict(zip([one.key for one in sheet.form.columns], row, strict=True))


class TestRecorded:
    def test_a_successor_by_reference_and_never_by_name(self, city: City) -> None:
        card, number = of_the_dead(city), make.citizen_number()
        given = HEIR | named(number)
        assert send("card.cancel", card, by=city.here.clerk, **given).status_code == 302
        event, person = Event.objects.get(act="card.cancel"), known(number)
        assert person is not None
        facts = json.loads(event.facts)
        assert (facts["applicant"], facts["relation"]) == (person.pk, "child")
        assert number not in event.facts and "王大山" not in event.facts

    def test_nobody_where_the_holder_asks_himself(self, city: City) -> None:
        card, number = make.issued_card(city, city.here), make.citizen_number()
        own = {"asker": "holder", "reason": "wish", "plastic": "none"} | named(number)
        assert send("card.cancel", card, by=city.here.clerk, **own).status_code == 302
        facts = json.loads(Event.objects.get(act="card.cancel").facts)
        assert facts["applicant"] is None and known(number) is None

    def test_once_however_often_the_form_is_sent(self, city: City) -> None:
        card, number = of_the_dead(city), make.citizen_number()
        form, client = answers("card.cancel", **HEIR | named(number)), signed_in(city.here.clerk)
        for _ in range(2):
            assert client.post(f"/cancellation/{card.pk}/", form).status_code == 302
        assert Event.objects.filter(act="card.cancel").count() == 1

    def test_of_a_card_nobody_fetched_as_well(self, city: City) -> None:
        (card,) = make.received_cards(city, city.here)
        Person.objects.filter(pk=card.person_id).update(died_on=date(2026, 11, 22))
        number = make.citizen_number()
        given = HEIR | named(number) | {"plastic": "good"}
        sent = send("card.cancel_unissued", card, by=city.here.clerk, **given)
        assert sent.status_code == 302 and known(number) is not None


class TestRefused:
    @pytest.mark.parametrize("missing", ["asker_name", "asker_number", "asker_relation"])
    def test_while_it_is_not_said_who_asks(self, city: City, missing: str) -> None:
        card, number = of_the_dead(city), make.citizen_number()
        given = HEIR | named(number) | {missing: ""}
        answer = send("card.cancel", card, by=city.here.clerk, **given)
        assert answer.status_code == 422 and "由他人申请的，请填写" in answer.content.decode()
        assert known(number) is None

    def test_a_number_that_is_nobodys_is_named(self, city: City) -> None:
        given = HEIR | named("999999198603080000")
        answer = send("card.cancel", of_the_dead(city), by=city.here.clerk, **given)
        assert answer.status_code == 422 and not Event.objects.filter(act="card.cancel").exists()

    def test_the_holder_in_another_dress(self, city: City) -> None:
        number = make.citizen_number(born_on=date(1980, 1, 1))
        card = make.issued_card(city, city.here, holder=make.person(number=number))
        given = GUARDIAN | {"asker_number": number}
        answer = send("card.cancel", card, by=city.here.clerk, **given)
        assert refused_with(answer) == {"ASKER_IS_HOLDER"}

    def test_a_guardian_who_is_a_child_himself(self, city: City) -> None:
        card = make.issued_card(city, city.here)
        young = make.citizen_number(born_on=date(2012, 1, 1))
        answer = send(
            "card.cancel", card, by=city.here.clerk, **GUARDIAN | {"asker_number": young}
        )
        assert refused_with(answer) == {"GUARDIAN_IS_MINOR"} and known(young) is None

    def test_the_dead_ask_for_nobody(self, city: City) -> None:
        card, number = of_the_dead(city), make.citizen_number()
        gone = make.person(number=number)
        Person.objects.filter(pk=gone.pk).update(died_on=date(2026, 11, 1))
        answer = send("card.cancel", card, by=city.here.clerk, **HEIR | named(number))
        assert refused_with(answer) == {"ASKER_DEAD"}

    @pytest.mark.parametrize("asker", [Asker.GUARDIAN, Asker.SUCCESSOR])
    def test_by_the_table_whoever_sends_it(self, city: City, asker: Asker) -> None:
        card = make.issued_card(city, city.here)
        facts = CancelledOnRequest(asker=asker, reason=EndReason.WISH, plastic=Plastic.NONE)
        step = Step(act=act("card.cancel"), facts=facts, subject_ids=[card.pk])
        with pytest.raises(Refused) as refused:
            perform(step, by=city.here.clerk, at=NOON, key=make.key())
        assert "ASKER_UNKNOWN" in {one.code for one in refused.value.refusals}

    def test_a_neighbour_enters_nobody_and_an_auditor_neither(self, city: City) -> None:
        card, number = of_the_dead(city), make.citizen_number()
        given = HEIR | named(number)
        assert send("card.cancel", card, by=city.neighbour.clerk, **given).status_code == 404
        assert send("card.cancel", card, by=city.here.auditor, **given).status_code == 403
        assert known(number) is None


class TestThePaper:
    def test_names_who_asked_as_what_and_hides_the_number(self, city: City) -> None:
        card, number = of_the_dead(city), make.citizen_number()
        send("card.cancel", card, by=city.here.clerk, **HEIR | named(number))
        row = row_of(city, masked=True)
        assert (row["applicant"], row["asker"], row["applicant_citizen"]) == (
            "王大山", "权益继承人（子女）", mask_number(number),
        )  # fmt: skip
        assert row_of(city, masked=False)["applicant_citizen"] == number

    def test_of_the_holder_himself_it_is_his_own(self, city: City) -> None:
        card = make.issued_card(city, city.here)
        own = {"asker": "holder", "reason": "wish", "plastic": "none"}
        send("card.cancel", card, by=city.here.clerk, **own)
        row = row_of(city, masked=True)
        assert (row["applicant"], row["asker"], row["applicant_citizen"]) == (
            row["name"], "本人", row["citizen"],
        )  # fmt: skip

    def test_takes_one_query_however_many_asked(self, city: City) -> None:
        for _ in range(3):
            send("card.cancel", of_the_dead(city), by=city.here.clerk,
                 **HEIR | named(make.citizen_number()))  # fmt: skip
        at = Event.objects.filter(act="card.cancel").latest("id").happened_at
        span = {"since": at - timedelta(days=1), "until": at + timedelta(days=1)}
        chosen = {"start": local_day(span["since"]), "end": local_day(span["until"]), **span}
        with CaptureQueriesContext(connection) as queries:
            sheet = CANCEL_REQUESTS.sheet(
                chosen={"office": city.city, **chosen}, masked=True, printed_by="某人",
                printed_at=at, limit=10,
            )  # fmt: skip
        assert len(sheet.rows) == 3 and len(queries) == 1

    def test_the_notice_names_him_too(self, city: City) -> None:
        card, number = of_the_dead(city), make.citizen_number()
        send("card.cancel", card, by=city.here.clerk, **HEIR | named(number))
        day = local_day(Event.objects.get(act="card.cancel").happened_at)
        form = NOTICES_TOLD.choose(
            {"office": city.here.county.code, "start": day - timedelta(days=1), "end": day},
            by=city.here.keeper, today=day,
        )  # fmt: skip
        assert form.is_valid(), form.errors
        sheet = NOTICES_TOLD.sheet(
            chosen=form.cleaned_data, masked=True, printed_by="甲", printed_at=NOON, limit=9
        )
        whom = [one.title for one in sheet.form.columns].index("告知对象")
        assert "权益继承人 王大山" in {row[whom] for row in sheet.rows}
