"""Damaged and lost stock: reported by two, off the shelf at once, told upward (Art. 20, 21, 9)."""

from functools import partial
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from cardbook.cards.models import Application, Card
from cardbook.chapters.safekeeping.models import Incident
from cardbook.chapters.safekeeping.places import incident_register
from cardbook.chapters.safekeeping.places.incident_commands import (
    Report,
    report_incident,
    tell_incident,
)
from cardbook.custody.models import Position
from cardbook.custody.places import Place
from cardbook.insight.check import recount
from cardbook.law.roles import Role
from cardbook.ledger.models import Event
from cardbook.lib.clock import local_day
from cardbook.lifecycle.refusals import Refused
from cardbook.orgs.models import User
from cardbook.registers.pdf import render_pdf
from cardbook.testing import factories as make
from cardbook.testing.clients import signed_in
from cardbook.testing.factories import NOON, PASSWORD, City
from cardbook.testing.workbooks import cells_of

pytestmark = [pytest.mark.article(20), pytest.mark.article(21)]


@pytest.fixture(autouse=True)
def papers(settings: Any, tmp_path: Path) -> None:
    settings.PAPERS_ROOT = tmp_path


def codes(refused: pytest.ExceptionInfo[Refused]) -> set[str]:
    return {refusal.code for refusal in refused.value.refusals}


def report(cards: list[Card], **changes: object) -> Report:
    given = {
        "kind": "damaged", "cause": "water", "happened_on": local_day(NOON),
        "words": "水管爆裂，柜底进水", "numbers": [card.number for card in cards],
    }  # fmt: skip
    return Report(**(given | changes))  # type: ignore[arg-type]


def send(city: City, told: Report, **changes: object) -> Incident:
    given = {
        "by": city.here.keeper, "second": city.here.reviewer, "at": NOON, "key": make.key(),
    }  # fmt: skip
    return report_incident(report=told, **(given | changes))  # type: ignore[arg-type]


class TestReport:
    def test_damaged_cards_are_recalled_and_made_anew(self, city: City) -> None:
        cards = make.received_cards(city, city.here, count=2)
        made = send(city, report(cards))
        places = set(Position.objects.values_list("account__kind", flat=True))
        assert places == {Place.DEFECT}
        assert set(Card.objects.values_list("stage", flat=True)) == {"recalled"}
        event = Event.objects.filter(act="stock.damage").first()
        assert event is not None and f'"incident":{made.pk}' in event.facts
        assert made.lines.count() == 2
        assert recount().holds
        page = signed_in(city.here.keeper).get(reverse("incident.show", args=[made.pk]))
        text = page.content.decode()
        applications = list(Application.objects.order_by("pk"))
        assert {one.old_card_id for one in applications} == {card.pk for card in cards}
        assert {(one.reason, one.fee_fen) for one in applications} == {("defect", 0)}
        assert all(f"补换申请 {one.pk} 号办理中" in text for one in applications)
        opened = Event.objects.filter(act="replacement.open_free")
        assert all(f'"incident":{made.pk}' in one.facts for one in opened)
        assert {one.batch for one in opened} == {made.batch} and "尚未上报" in text

    @pytest.mark.article(9)
    def test_who_has_a_card_under_way_gets_no_second(self, city: City) -> None:
        holder = make.person()
        old, new = make.received_cards(city, city.here, people=[holder, holder])
        made = send(city, report([old, new]))
        assert Application.objects.get().old_card_id == old.pk
        assert made.lines.count() == 2 and recount().holds

    def test_the_dead_get_no_new_card(self, city: City) -> None:
        dead = make.person(died_on=local_day(NOON))
        made = send(city, report(make.received_cards(city, city.here, people=[dead])))
        page = signed_in(city.here.keeper).get(reverse("incident.show", args=[made.pk]))
        assert not Application.objects.exists() and "已故，不补换" in page.content.decode()

    def test_lost_cards_are_missing(self, city: City) -> None:
        cards = make.received_cards(city, city.here, count=2)
        send(city, report(cards, kind="lost", cause="theft"))
        assert set(Card.objects.values_list("stage", flat=True)) == {"missing"}
        assert Event.objects.filter(act="stock.miss").count() == 2
        assert recount().holds

    def test_damaged_cards_that_are_lost_are_set_aside_ones(self, city: City) -> None:
        cards = make.received_cards(city, city.here)
        send(city, report(cards))
        send(city, report(cards, kind="lost"))
        assert Event.objects.filter(act="stock.miss_set_aside").count() == 1
        assert recount().holds

    def test_the_same_form_twice_is_one_report(self, city: City) -> None:
        cards = make.received_cards(city, city.here)
        first = send(city, report(cards), key="once")
        assert send(city, report(cards), key="once").pk == first.pk
        assert Application.objects.count() == 1
        assert Incident.objects.count() == 1

    def test_numbers_that_are_not_the_countys_are_named(self, city: City) -> None:
        (mine,) = make.received_cards(city, city.here)
        (theirs,) = make.received_cards(city, city.neighbour)
        told = report([mine], numbers=[mine.number, theirs.number, "Z00000001", "?"])
        with pytest.raises(Refused) as refused:
            send(city, told)
        assert codes(refused) == {"CARDS_NOT_NAMED"}
        assert theirs.number in str(refused.value) and mine.number not in str(refused.value)
        with pytest.raises(Refused):
            send(city, report([], numbers=[]))
        assert not Incident.objects.exists()

    def test_a_card_its_holder_has_is_no_stock(self, city: City) -> None:
        card = make.issued_card(city, city.here)
        with pytest.raises(Refused) as refused:
            send(city, report([card]))
        assert codes(refused) == {"ALREADY_ISSUED"}
        assert not Incident.objects.exists()

    def test_takes_two_people_and_the_keepers_post(self, city: City) -> None:
        cards = make.received_cards(city, city.here)
        for changes, code in (
            ({"second": city.here.keeper}, "SECOND_PERSON_SAME"),
            ({"second": None}, "SECOND_PERSON_MISSING"),
            ({"by": city.here.clerk}, "ROLE_MAY_NOT"),
            ({"by": city.neighbour.keeper, "second": city.neighbour.reviewer}, "CARDS_NOT_NAMED"),
        ):
            with pytest.raises(Refused) as refused:
                send(city, report(cards), **changes)
            assert code in codes(refused)
        assert not Incident.objects.exists()


class TestTell:
    def test_notes_to_whom_it_was_reported_once(self, city: City) -> None:
        made = send(city, report(make.received_cards(city, city.here)))
        by = city.here.keeper
        told = tell_incident(
            incident_id=made.pk, office="市局信息中心 值班员", words="已知悉", by=by, at=NOON
        )
        again = tell_incident(
            incident_id=made.pk, office="市局信息中心 值班员", words="", by=by, at=NOON
        )
        assert (again.told_at, again.told_words) == (told.told_at, "已知悉")
        with pytest.raises(Refused) as refused:
            tell_incident(incident_id=made.pk, office="县局", words="", by=by, at=NOON)
        assert codes(refused) == {"INCIDENT_TOLD"}

    def test_names_somebody_and_is_the_countys_own(self, city: City) -> None:
        made = send(city, report(make.received_cards(city, city.here)))
        with pytest.raises(Refused):
            tell_incident(incident_id=made.pk, office=" ", words="", by=city.here.keeper, at=NOON)
        with pytest.raises(Incident.DoesNotExist):
            tell_incident(
                incident_id=made.pk, office="市局", words="", by=city.neighbour.keeper, at=NOON
            )

    @pytest.mark.article(5)
    def test_is_the_managers_too_who_answers_for_the_county(self, city: City) -> None:
        made = send(city, report(make.received_cards(city, city.here)))
        theirs, ours = (
            make.worker("负责人", Role.COUNTY_MANAGER, one.county)
            for one in (city.neighbour, city.here)
        )
        told = partial(tell_incident, incident_id=made.pk, office="市局", words="", at=NOON)
        with pytest.raises(Incident.DoesNotExist):
            told(by=theirs)
        with pytest.raises(Refused) as refused:
            told(by=city.here.reviewer)
        assert codes(refused) == {"ROLE_MAY_NOT"}
        assert told(by=ours).told_by_id == ours.user_id


class TestPages:
    def test_a_report_is_written_told_and_printed(self, city: City) -> None:
        (card,) = make.received_cards(city, city.here)
        client = signed_in(city.here.keeper)
        second = User.objects.get(pk=city.here.reviewer.user_id).username
        given = {
            "key": make.key(), "kind": "damaged", "cause": "crushing", "place": "",
            "happened_on": f"{timezone.localdate()}", "words": "盒上压重物",
            "numbers": card.number,
            "second_name": second, "second_password": PASSWORD,
        }  # fmt: skip
        page = client.post(reverse("incident.report"), given, follow=True)
        assert "请立即上报" in page.content.decode()
        made = Incident.objects.get()
        address = reverse("incident.show", args=[made.pk])
        page = client.post(address, {"office": "市局信息中心", "words": ""}, follow=True)
        assert "上报情况已登记" in page.content.decode()
        assert made.number in client.get(reverse("incident.list") + "?state=told").content.decode()
        assert client.get(reverse("register.incident")).status_code == 200

    @pytest.mark.article(5)
    def test_the_neighbour_and_the_window_find_nothing(self, city: City) -> None:
        made = send(city, report(make.received_cards(city, city.here)))
        theirs = signed_in(city.neighbour.keeper)
        assert theirs.get(reverse("incident.show", args=[made.pk])).status_code == 404
        assert made.number not in theirs.get(reverse("incident.list")).content.decode()
        clerk = signed_in(city.here.clerk)
        assert clerk.get(reverse("incident.list")).status_code == 403
        assert clerk.get(reverse("incident.report")).status_code == 403

    def test_the_list_is_searched_ordered_and_exported_as_seen(self, city: City) -> None:
        few = send(city, report(make.received_cards(city, city.here)))
        many = send(city, report(make.received_cards(city, city.here, count=2), words="鼠咬"))
        client, address = signed_in(city.here.keeper), reverse("incident.list")

        def listed(**query: object) -> list[int]:
            return [row.id for row in client.get(address, query).context["rows"]]

        assert listed() == [many.pk, few.pk] and listed(sort="id") == [few.pk, many.pk]
        assert listed(sort="-cards") == [many.pk, few.pk]
        assert listed(sort="odd; drop") == [many.pk, few.pk]
        assert listed(q="鼠咬") == [many.pk] and listed(q=few.number) == [few.pk]
        assert listed(state="told") == []
        seen = cells_of(client.get(address, {"export": "xlsx", "q": "鼠咬"}).content)
        assert many.number in seen and few.number not in seen and "尚未上报" in seen
        chosen = {"export": "xlsx", "pick": [str(few.pk)]}
        seen = cells_of(client.get(address, chosen).content)
        assert few.number in seen and many.number not in seen
        foreign = signed_in(city.neighbour.keeper).get(address, chosen)
        assert few.number not in cells_of(foreign.content)

    def test_the_list_asks_no_more_for_more(
        self, city: City, django_assert_num_queries: DjangoAssertNumQueries
    ) -> None:
        send(city, report(make.received_cards(city, city.here)))
        client, address = signed_in(city.here.keeper), reverse("incident.list")
        client.get(address)
        with CaptureQueriesContext(connection) as few:
            client.get(address)
        for _ in range(3):
            send(city, report(make.received_cards(city, city.here)))
        with django_assert_num_queries(len(few)):
            client.get(address)

    def test_the_report_lists_each_card(self, city: City) -> None:
        made = send(city, report(make.received_cards(city, city.here, count=2)))
        form = incident_register.IncidentChoice(None, by=city.here.keeper, today=local_day(NOON))
        assert form.is_valid(), form.errors
        sheet = incident_register.incident_sheet(
            chosen=form.cleaned_data, masked=True, printed_by="甲", printed_at=NOON, limit=5
        )
        assert sheet.covers == made.number
        numbers = Application.objects.values_list("pk", flat=True)
        said = {f"补换申请 {number} 号办理中" for number in numbers}
        assert len(sheet.rows) == 2 and {row[6] for row in sheet.rows} == said
        assert render_pdf(sheet, number="").startswith(b"%PDF")
