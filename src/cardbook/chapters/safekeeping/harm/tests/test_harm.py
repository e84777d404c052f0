"""Whoever has cards reports what befell them; a keeper settles it with a second (Art. 20, 21)."""

from functools import partial
from pathlib import Path
from typing import Any

import pytest
from django.urls import reverse

from cardbook.cards.models import Card
from cardbook.chapters.intake.distribution.tests import sending
from cardbook.chapters.issuance.collective.tests.bundles import out
from cardbook.chapters.safekeeping.harm import commands
from cardbook.chapters.safekeeping.harm.commands import Harm
from cardbook.chapters.safekeeping.models import HarmReport, Incident
from cardbook.chapters.safekeeping.places.incident_commands import report_incident
from cardbook.chapters.safekeeping.places.tests.test_incidents import report as incident_of
from cardbook.chapters.stranded.bring_home.commands import send_home
from cardbook.custody.models import Position
from cardbook.custody.places import Place
from cardbook.insight.check import recount
from cardbook.law.papers import INCIDENT_PHOTO
from cardbook.law.roles import Role
from cardbook.ledger.models import Event
from cardbook.lib.clock import local_day
from cardbook.lifecycle.acts import act
from cardbook.lifecycle.facts import StockDamaged, StockFound
from cardbook.lifecycle.perform import Step, perform
from cardbook.lifecycle.refusals import Refused
from cardbook.orgs.actors import Actor
from cardbook.orgs.models import Kind, Organization, User
from cardbook.papers.pictures import kept_image
from cardbook.testing import factories as make
from cardbook.testing.clients import signed_in
from cardbook.testing.factories import NOON, PASSWORD, City, County
from cardbook.testing.pictures import png
from cardbook.testing.races import in_words, together

pytestmark = [pytest.mark.article(20), pytest.mark.article(21)]


@pytest.fixture(autouse=True)
def papers(settings: Any, tmp_path: Path) -> None:
    settings.PAPERS_ROOT = tmp_path


def codes(refused: pytest.ExceptionInfo[Refused]) -> set[str]:
    return {refusal.code for refusal in refused.value.refusals}


def kept_by(
    city: City, office: Organization, by: Actor, count: int = 1, county: County | None = None
) -> list[Card]:
    """Cards an office acknowledged, of the county here or another."""
    whose = county or city.here
    cards = make.received_cards(city, whose, count=count)
    shipment = sending.sent(whose.keeper, office, cards)
    sending.received(shipment, by, *(card.number for card in cards))
    return cards


def harm(cards: list[Card], **changes: object) -> Harm:
    given = {
        "kind": "damaged", "cause": "water", "happened_on": local_day(NOON),
        "words": "屋顶漏水，抽屉里的卡湿了", "numbers": [card.number for card in cards],
    }  # fmt: skip
    return Harm(**(given | changes))  # type: ignore[arg-type]


def tell(by: Actor, told: Harm, key: str = "") -> HarmReport:
    (made,) = commands.report_harm(harm=told, by=by, at=NOON, key=key or make.key())
    return made


@pytest.fixture
def wet(city: City, outlet: Organization, teller: Actor) -> list[Card]:
    """Two cards at an outlet of the bank."""
    return kept_by(city, outlet, teller, 2)


@pytest.fixture
def drawer(city: City) -> list[Card]:
    """Two cards at a window."""
    return kept_by(city, city.here.window, city.here.clerk, 2)


@pytest.mark.django_db
class TestReport:
    def test_is_on_record_and_the_card_stays_as_it_is(
        self, city: City, drawer: list[Card]
    ) -> None:
        before = dict(Position.objects.values_list("card_id", "account_id"))
        photo = kept_image(png(), INCIDENT_PHOTO)
        made = tell(city.here.clerk, harm(drawer, photo=photo))
        assert made.lines.count() == 2 and made.photo == photo.digest
        assert (made.organization_id, made.settled_at) == (city.here.window.pk, None)
        events = Event.objects.filter(act="harm.report")
        assert events.count() == 2 and all(f'"report":{made.pk}' in one.facts for one in events)
        assert dict(Position.objects.values_list("card_id", "account_id")) == before
        assert set(Card.objects.values_list("stage", flat=True)) == {"in_custody"}
        assert recount().holds

    def test_everybody_who_has_cards_reports_his_own(self, city: City) -> None:
        agency, clerk = sending.agency(city)
        (card,) = kept_by(city, agency, clerk)
        assert tell(clerk, harm([card])).organization_id == agency.pk
        for name, kind, role in (
            ("甲县某村", Kind.VILLAGE, Role.VILLAGE_HELPER),
            ("甲县某厂", Kind.UNIT, Role.UNIT_HANDLER),
        ):
            office = make.ready_unit(city.here, name=name, kind=kind)
            by, given = make.worker(f"{name}经办", role, office), out(city, unit=office)
            made = tell(by, harm(given.cards, cause="transport"))
            assert {line.account.kind for line in made.lines.all()} == {Place.UNIT}

    def test_a_teller_reports_what_lies_at_his_outlet(
        self, wet: list[Card], teller: Actor
    ) -> None:
        assert tell(teller, harm(wet, kind="lost", cause="theft")).lines.count() == 2

    def test_what_lies_elsewhere_or_with_its_holder_is_named(
        self, city: City, drawer: list[Card], wet: list[Card]
    ) -> None:
        with_holder = make.issued_card(city, city.here)
        (theirs,) = make.received_cards(city, city.neighbour)
        for by, stray in (
            (city.here.clerk, wet[0]), (city.here.clerk, with_holder), (city.here.clerk, theirs),
            (city.here.other_clerk, drawer[0]), (city.neighbour.clerk, drawer[0]),
        ):  # fmt: skip
            with pytest.raises(Refused) as refused:
                tell(by, harm([stray]))
            assert codes(refused) == {"CARDS_NOT_HERE"} and stray.number in str(refused.value)
        with pytest.raises(Refused) as refused:
            tell(city.here.clerk, harm(drawer, numbers=[drawer[0].number, "?"]))
        assert codes(refused) == {"CARDS_NOT_HERE"}
        with pytest.raises(Refused) as refused:
            tell(city.here.clerk, harm([]))
        assert codes(refused) == {"HARM_PLACE_UNKNOWN"} and not HarmReport.objects.exists()

    def test_the_keeper_the_reviewer_and_who_watches_do_not(
        self, city: City, drawer: list[Card]
    ) -> None:
        for by in (city.here.keeper, city.here.reviewer, city.here.auditor):
            with pytest.raises(Refused) as refused:
                tell(by, harm(drawer))
            assert codes(refused) == {"ROLE_MAY_NOT"}

    def test_something_is_said(self, city: City, drawer: list[Card]) -> None:
        with pytest.raises(Refused) as refused:
            tell(city.here.clerk, harm(drawer, words=" "))
        assert codes(refused) == {"REASON_MISSING"} and not HarmReport.objects.exists()

    def test_the_same_form_twice_is_one_report(self, city: City, drawer: list[Card]) -> None:
        first = tell(city.here.clerk, harm(drawer), key="once")
        assert tell(city.here.clerk, harm(drawer), key="once").pk == first.pk
        assert HarmReport.objects.count() == 1

    def test_a_card_that_waits_in_a_report_is_not_reported_again(
        self, city: City, drawer: list[Card]
    ) -> None:
        first = tell(city.here.clerk, harm(drawer[:1]))
        with pytest.raises(Refused) as refused:
            tell(city.here.clerk, harm(drawer))
        assert codes(refused) == {"HARM_REPORTED"} and first.number in str(refused.value)
        commands.close_harm(report_id=first.pk, words="已擦干", by=city.here.keeper, at=NOON)
        assert tell(city.here.clerk, harm(drawer)).lines.count() == 2


@pytest.mark.django_db
class TestSettle:
    def register(self, city: City, cards: list[Card], harm_id: int, **changes: Any) -> Incident:
        given = {
            "by": city.here.keeper, "second": city.here.reviewer, "at": NOON, "key": make.key(),
        }  # fmt: skip
        return report_incident(report=incident_of(cards, harm_id=harm_id), **(given | changes))

    def test_by_an_incident_with_a_second_person(self, city: City, drawer: list[Card]) -> None:
        told = tell(city.here.clerk, harm(drawer))
        made = self.register(city, drawer, told.pk, key="once")
        again = self.register(city, drawer, told.pk, key="once")
        told.refresh_from_db()
        assert made.pk == again.pk == told.incident_id
        assert told.settled_by_id == city.here.keeper.user_id
        assert set(Position.objects.values_list("account__kind", flat=True)) == {Place.DEFECT}
        assert recount().holds

    def test_once(self, city: City, drawer: list[Card]) -> None:
        told = tell(city.here.clerk, harm(drawer))
        commands.close_harm(report_id=told.pk, words="擦干可用", by=city.here.keeper, at=NOON)
        with pytest.raises(Refused) as refused:
            self.register(city, drawer, told.pk)
        assert codes(refused) == {"HARM_SETTLED"} and not Incident.objects.exists()
        assert set(Card.objects.values_list("stage", flat=True)) == {"in_custody"}
        manager = make.worker("负责人", Role.COUNTY_MANAGER, city.here.county)
        with pytest.raises(Refused) as refused:
            commands.close_harm(report_id=told.pk, words="重复", by=manager, at=NOON)
        assert codes(refused) == {"HARM_SETTLED"} and city.here.keeper.name in str(refused.value)
        same = commands.close_harm(
            report_id=told.pk, words="擦干可用", by=city.here.keeper, at=NOON
        )
        assert same.settled_words == "擦干可用"

    def test_closing_says_why_and_is_not_the_reporters(
        self, city: City, drawer: list[Card]
    ) -> None:
        told = tell(city.here.clerk, harm(drawer))
        for by, words, code in (
            (city.here.keeper, " ", "REASON_MISSING"),
            (city.here.clerk, "没事", "ROLE_MAY_NOT"),
            (city.here.reviewer, "没事", "ROLE_MAY_NOT"),
        ):
            with pytest.raises(Refused) as refused:
                commands.close_harm(report_id=told.pk, words=words, by=by, at=NOON)
            assert codes(refused) == {code}
        with pytest.raises(HarmReport.DoesNotExist):
            commands.close_harm(report_id=told.pk, words="没事", by=city.neighbour.keeper, at=NOON)

    @pytest.mark.article(6)
    def test_what_befell_cards_at_an_outlet_their_countys_keeper_registers(
        self, city: City, wet: list[Card], teller: Actor, outlet: Organization
    ) -> None:
        """Spoilt they lie at the outlet until it gives them home; the holder gets a new card."""
        told = tell(teller, harm(wet))
        with pytest.raises(Refused) as refused:
            self.register(city, wet, told.pk, by=teller, second=teller)
        assert codes(refused) == {"ROLE_MAY_NOT"}
        with pytest.raises(HarmReport.DoesNotExist):
            self.register(
                city, wet, told.pk, by=city.neighbour.keeper, second=city.neighbour.reviewer
            )
        made = self.register(city, wet, told.pk)
        told.refresh_from_db()
        assert told.incident_id == made.pk and made.organization_id == city.here.keeper.org_id
        lying = {(one.account.kind, one.account.organization_id) for one in Position.objects.all()}
        assert lying == {(Place.DEFECT, outlet.pk)} and recount().holds
        send_home(
            card_ids=[card.pk for card in wet], receiver_id=city.here.keeper.org_id, words="",
            by=teller, at=NOON, key=make.key(),
        )  # fmt: skip
        assert Position.objects.filter(account__kind=Place.TRANSIT).count() == 2

    @pytest.mark.article(6)
    def test_what_an_outlet_lost_the_county_looks_for_and_finds(
        self, city: City, wet: list[Card], teller: Actor
    ) -> None:
        told = tell(teller, harm(wet, kind="lost", cause="theft"))
        report = incident_of(wet, kind="lost", harm_id=told.pk)
        report_incident(
            report=report, by=city.here.keeper, second=city.here.reviewer, at=NOON, key=make.key()
        )
        places = {one.account.organization_id for one in Position.objects.all()}
        assert set(Card.objects.values_list("stage", flat=True)) == {"missing"}
        assert places == {city.here.county.pk} and recount().holds
        step = Step(
            act=act("stock.find"), facts=StockFound(words="银行找到"), subject_ids=[wet[0].pk]
        )
        perform(step, by=city.here.keeper, second=city.here.reviewer, at=NOON, key=make.key())
        assert Card.objects.get(pk=wet[0].pk).stage == "in_custody" and recount().holds

    def test_a_countys_card_elsewhere_is_not_the_keepers(self, city: City) -> None:
        """Nor is another county's card at an outlet where his own lie as well."""
        theirs = make.received_cards(city, city.neighbour)
        told = tell(city.here.clerk, harm(kept_by(city, city.here.window, city.here.clerk)))
        with pytest.raises(Refused) as refused:
            self.register(city, theirs, told.pk)
        assert codes(refused) == {"CARDS_NOT_NAMED"}
        step = Step(
            act=act("stock.damage"), facts=StockDamaged(kind="water", words="漏水"),
            subject_ids=[theirs[0].pk],
        )  # fmt: skip
        with pytest.raises(Refused) as refused:
            perform(step, by=city.here.keeper, second=city.here.reviewer, at=NOON, key=make.key())
        assert codes(refused) == {"OUT_OF_REACH"}

    def test_the_city_may_settle_any(self, city: City) -> None:
        centre = make.organization("市局信息中心", Kind.INFO_CENTRE, parent=city.city)
        manager, other = (make.worker(name, Role.CITY_MANAGER, centre) for name in ("甲", "乙"))
        told = tell(
            city.here.clerk, harm(cards := kept_by(city, city.here.window, city.here.clerk))
        )
        self.register(city, cards, told.pk, by=manager, second=other)
        told.refresh_from_db()
        assert told.settled_by_id == manager.user_id and recount().holds


@pytest.mark.races
class TestAtOnce:
    def test_two_report_one_card_and_one_is_told(self, fresh_database: str) -> None:
        city = make.city()
        drawer = kept_by(city, city.here.window, city.here.clerk)
        other = make.worker("窗口丙", Role.WINDOW_CLERK, city.here.window)
        works = (partial(tell, by, harm(drawer)) for by in (city.here.clerk, other))
        words = in_words(together(*works), done=lambda _: "done")
        assert sorted(words) == ["HARM_REPORTED", "done"] and HarmReport.objects.count() == 1

    def test_two_settle_one_report_and_one_is_told(self, fresh_database: str) -> None:
        city = make.city()
        told = tell(city.here.clerk, harm(kept_by(city, city.here.window, city.here.clerk)))
        close = partial(commands.close_harm, report_id=told.pk, at=NOON)
        manager = make.worker("负责人", Role.COUNTY_MANAGER, city.here.county)
        answers = together(
            partial(close, words="擦干", by=city.here.keeper),
            partial(close, words="没事", by=manager),
        )
        assert sorted(in_words(answers, done=lambda _: "done")) == ["HARM_SETTLED", "done"]


@pytest.mark.django_db
class TestPages:
    def test_from_the_window_to_the_incident(self, city: City, drawer: list[Card]) -> None:
        clerk, keeper = signed_in(city.here.clerk), signed_in(city.here.keeper)
        said = {
            "key": make.key(), "kind": "damaged", "cause": "water",
            "happened_on": f"{local_day(NOON)}", "words": "漏水",
            "numbers": "\n".join(card.number for card in drawer),
        }  # fmt: skip
        assert clerk.get(reverse("harm.report")).status_code == 200
        done = clerk.post(reverse("harm.report"), said, follow=True)
        told = HarmReport.objects.get()
        assert f"{told.number} 已报告" in done.content.decode()
        home = keeper.get(reverse("home")).content.decode()
        assert "份受损、丢失报告等待处理" in home
        shown = keeper.get(reverse("harm.show", args=[told.pk])).content.decode()
        address = f"{reverse('incident.report')}?harm={told.pk}"
        assert address in shown and drawer[0].number in shown
        form = keeper.get(address).context["form"]
        assert form.initial["numbers"].split() == sorted(card.number for card in drawer)
        registered = keeper.post(
            reverse("incident.report"),
            {
                **said, "key": make.key(), "harm": told.pk,
                "second_name": self.name_of(city.here.reviewer), "second_password": PASSWORD,
            },
            follow=True,
        )  # fmt: skip
        made = Incident.objects.get()
        assert made.number in registered.content.decode()
        seen = clerk.get(reverse("harm.show", args=[told.pk])).content.decode()
        assert f"已登记事故 {made.number}" in seen
        history = keeper.get(reverse("card.show", args=[drawer[0].pk])).content.decode()
        assert "报告在管卡受损、丢失" in history and "水浸、受潮" in history

    def name_of(self, actor: Actor) -> str:
        return User.objects.get(pk=actor.user_id).username

    def test_what_is_missing_is_said_and_no_day_lies_ahead(
        self, city: City, drawer: list[Card]
    ) -> None:
        clerk = signed_in(city.here.clerk)
        empty = clerk.post(reverse("harm.report"), {"key": make.key()})
        assert empty.status_code == 422 and "请选损坏或丢失" in empty.content.decode()
        ahead = clerk.post(
            reverse("harm.report"),
            {
                "key": make.key(), "kind": "lost", "cause": "theft", "words": "柜门被撬",
                "happened_on": "2099-01-01", "numbers": drawer[0].number,
            },
        )  # fmt: skip
        assert ahead.status_code == 422 and "不能晚于今天" in ahead.content.decode()

    def test_the_keeper_closes_it_in_words(self, city: City, drawer: list[Card]) -> None:
        told = tell(city.here.clerk, harm(drawer))
        client, url = signed_in(city.here.keeper), reverse("harm.show", args=[told.pk])
        assert client.post(url, {"words": ""}).status_code == 422
        done = client.post(url, {"words": "擦干可用"}, follow=True).content.decode()
        assert "没有登记事故" in done and "擦干可用" in done
        assert client.post(url, {"words": "又一次"}).status_code == 409
        gone = client.get(reverse("incident.report"), {"harm": told.pk})
        assert gone.status_code == 404

    @pytest.mark.article(5)
    def test_each_office_sees_its_own_the_county_its_cards(
        self, city: City, drawer: list[Card], wet: list[Card], teller: Actor
    ) -> None:
        at_window, at_outlet = tell(city.here.clerk, harm(drawer)), tell(teller, harm(wet))
        for by, seen in (
            (city.here.clerk, {at_window.number}), (teller, {at_outlet.number}),
            (city.here.other_clerk, set()), (city.neighbour.keeper, set()),
            (city.here.keeper, {at_window.number, at_outlet.number}),
        ):  # fmt: skip
            client = signed_in(by)
            rows = client.get(reverse("harm.list")).context["rows"]
            assert {row.number for row in rows} == seen, by.name
            for one in (at_window, at_outlet):
                shown = client.get(reverse("harm.show", args=[one.pk])).status_code
                assert shown == (200 if one.number in seen else 404)

    def test_is_searched_narrowed_and_taken_along(self, city: City, drawer: list[Card]) -> None:
        told = tell(city.here.clerk, harm(drawer[:1]))
        tell(city.here.clerk, harm(drawer[1:], words="虫咬"))
        commands.close_harm(report_id=told.pk, words="没事", by=city.here.keeper, at=NOON)
        client, url = signed_in(city.here.keeper), reverse("harm.list")
        for asked, count in (
            ({}, 2), ({"state": "open"}, 1), ({"state": "done"}, 1), ({"q": told.number}, 1),
            ({"q": "虫咬"}, 1), ({"q": "没有这个"}, 0),
        ):  # fmt: skip
            assert len(client.get(url, asked).context["rows"]) == count, asked
        book = client.get(url, {"export": "xlsx", "pick": [told.pk]})
        assert book.headers["Content-Type"].endswith("sheet")
