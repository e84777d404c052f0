"""Cards that cannot be read are reported by their place, and named by a count (Art. 20, 21)."""

from functools import partial

import pytest
from django.urls import reverse

from cardbook.cards.models import Card
from cardbook.chapters.intake.distribution.tests import sending
from cardbook.chapters.issuance.collective.tests.bundles import out
from cardbook.chapters.safekeeping.harm import commands, naming
from cardbook.chapters.safekeeping.harm.commands import Harm
from cardbook.chapters.safekeeping.harm.naming import Count
from cardbook.chapters.safekeeping.harm.tests.test_harm import harm, kept_by, tell
from cardbook.chapters.safekeeping.models import HarmCard, HarmReport, Incident
from cardbook.chapters.safekeeping.places.incident_commands import report_incident
from cardbook.chapters.safekeeping.places.tests.test_incidents import report as incident_of
from cardbook.custody.models import Position
from cardbook.insight.check import recount
from cardbook.law.roles import Role
from cardbook.ledger.models import Event
from cardbook.lib.clock import local_day
from cardbook.lifecycle.refusals import Refused
from cardbook.orgs.actors import Actor
from cardbook.orgs.models import Kind, Organization
from cardbook.testing import factories as make
from cardbook.testing.clients import signed_in
from cardbook.testing.factories import NOON, City
from cardbook.testing.races import in_words, together

pytestmark = [pytest.mark.article(20), pytest.mark.article(21)]


def codes(refused: pytest.ExceptionInfo[Refused]) -> set[str]:
    return {refusal.code for refusal in refused.value.refusals}


def burnt(**changes: object) -> Harm:
    """What is told of a box nobody can read a card of."""
    return harm([], unread=True, cause="fire", words="柜子着火，卡面烧坏", **changes)


def account_of(cards: list[Card]) -> int:
    return Position.objects.get(card=cards[0]).account_id


def name(
    report: HarmReport, numbers: list[Card], by: Actor, *, sound: bool = True, key: str = ""
) -> HarmReport:
    count = Count(numbers=[card.number for card in numbers], sound=sound)
    return naming.name_harmed(
        report_id=report.pk, count=count, by=by, at=NOON, key=key or make.key()
    )


@pytest.fixture
def box(city: City) -> list[Card]:
    """Four cards at a window."""
    return kept_by(city, city.here.window, city.here.clerk, 4)


@pytest.mark.django_db
class TestReport:
    def test_by_place_and_count_changes_and_names_no_card(
        self, city: City, box: list[Card]
    ) -> None:
        before = list(Position.objects.order_by("pk").values())
        made = tell(city.here.clerk, burnt(account_id=account_of(box), count=3))
        assert (made.unread, made.told_count, made.county_id) == (True, 3, city.here.county.pk)
        assert not HarmCard.objects.exists()
        assert not Event.objects.filter(act__startswith="harm.").exists()
        assert list(Position.objects.order_by("pk").values()) == before and recount().holds

    def test_how_many_and_where_may_be_unknown(self, city: City, box: list[Card]) -> None:
        made = tell(city.here.clerk, burnt())
        assert made.account_id is None and made.told_count is None

    def test_by_a_village_and_an_employer_too(self, city: City) -> None:
        office = make.ready_unit(city.here, name="甲县某村", kind=Kind.VILLAGE)
        by = make.worker("村干部", Role.VILLAGE_HELPER, office)
        given = out(city, unit=office)
        made = tell(by, burnt(account_id=account_of(list(given.cards))))
        named = name(made, [], city.here.keeper)
        assert named.lines.count() == len(given.cards) and recount().holds

    def test_of_a_place_that_is_not_the_offices_or_is_empty_is_refused(
        self, city: City, box: list[Card]
    ) -> None:
        theirs = kept_by(city, city.neighbour.window, city.neighbour.clerk, county=city.neighbour)
        for by, account in (
            (city.here.clerk, account_of(theirs)),
            (city.here.other_clerk, account_of(box)),
        ):
            with pytest.raises(Refused) as refused:
                tell(by, burnt(account_id=account))
            assert codes(refused) == {"HARM_PLACE_UNKNOWN"}
        for one in box:
            tell(city.here.clerk, harm([one]))
        assert HarmReport.objects.filter(unread=True).count() == 0

    def test_says_something_and_the_same_form_twice_is_one(
        self, city: City, box: list[Card]
    ) -> None:
        with pytest.raises(Refused) as refused:
            tell(city.here.clerk, harm([], unread=True, words=" "))
        assert codes(refused) == {"REASON_MISSING"}
        first = tell(city.here.clerk, burnt(), key="once")
        assert tell(city.here.clerk, burnt(), key="once").pk == first.pk
        with pytest.raises(Refused) as refused:
            tell(city.here.clerk, harm([], unread=True, words="另一回事"), key="once")
        assert codes(refused) == {"KEY_REUSED"}

    @pytest.mark.article(6)
    def test_at_an_outlet_each_county_hears_of_its_own(
        self, city: City, outlet: Organization, teller: Actor
    ) -> None:
        ours = kept_by(city, outlet, teller, 2)
        kept_by(city, outlet, teller, county=city.neighbour)
        made = commands.report_harm(harm=burnt(), by=teller, at=NOON, key=make.key())
        assert {one.county_id for one in made} == {
            city.here.county.pk, city.neighbour.county.pk
        }  # fmt: skip
        mine = next(one for one in made if one.county_id == city.here.county.pk)
        with pytest.raises(HarmReport.DoesNotExist):
            name(mine, [], city.neighbour.keeper)
        named = name(mine, ours[:1], city.here.keeper)
        assert list(named.lines.values_list("card", flat=True)) == [ours[1].pk]
        assert named.book_count == 2

    @pytest.mark.article(6)
    def test_cards_of_two_counties_are_two_reports(
        self, city: City, outlet: Organization, teller: Actor
    ) -> None:
        ours = kept_by(city, outlet, teller)
        theirs = kept_by(city, outlet, teller, county=city.neighbour)
        told = harm([*ours, *theirs])
        made = commands.report_harm(harm=told, by=teller, at=NOON, key="once")
        again = commands.report_harm(harm=told, by=teller, at=NOON, key="once")
        assert len(made) == 2 and [one.pk for one in made] == [one.pk for one in again]
        assert {line.card.county_id == line.report.county_id for line in HarmCard.objects.all()}


@pytest.mark.django_db
class TestName:
    def test_what_is_not_sound_is_harmed(self, city: City, box: list[Card]) -> None:
        told = tell(city.here.clerk, burnt(account_id=account_of(box), count=3))
        named = name(told, box[:1], city.here.keeper, key="once")
        assert set(named.lines.values_list("card", flat=True)) == {card.pk for card in box[1:]}
        assert named.book_count == 4
        assert Event.objects.filter(act="harm.name").count() == 3
        assert set(Card.objects.values_list("stage", flat=True)) == {"in_custody"}
        assert name(told, box[:1], city.here.keeper, key="once").pk == named.pk
        assert recount().holds

    def test_or_what_is_scanned_as_harmed(self, city: City, box: list[Card]) -> None:
        told = tell(city.here.clerk, burnt())
        named = name(told, box[:1], city.here.keeper, sound=False)
        assert [line.card_id for line in named.lines.all()] == [box[0].pk]

    def test_what_is_on_its_way_to_the_office_is_not_in_its_rooms(
        self, city: City, box: list[Card]
    ) -> None:
        coming = make.received_cards(city, city.here, count=2)
        sending.sent(city.here.keeper, city.here.window, coming)
        told = tell(city.here.clerk, burnt())
        named = name(told, box[:3], city.here.keeper)
        assert [line.card_id for line in named.lines.all()] == [box[3].pk]
        assert named.book_count == 4
        other = tell(city.here.clerk, burnt(account_id=account_of(coming)))
        assert name(other, [], city.here.keeper).lines.count() == 2

    def test_then_it_is_settled_like_any_other(self, city: City, box: list[Card]) -> None:
        told = tell(city.here.clerk, burnt())
        settle = partial(report_incident, by=city.here.keeper, second=city.here.reviewer, at=NOON)
        with pytest.raises(Refused) as refused:
            settle(report=incident_of(box, harm_id=told.pk), key=make.key())
        assert codes(refused) == {"HARM_NOT_NAMED"} and not Incident.objects.exists()
        name(told, box[:2], city.here.keeper)
        made = settle(report=incident_of(box[2:], harm_id=told.pk), key=make.key())
        told.refresh_from_db()
        assert told.incident_id == made.pk and recount().holds
        assert set(Card.objects.filter(pk__in=[one.pk for one in box[2:]]).values_list(
            "stage", flat=True
        )) == {"recalled"}  # fmt: skip

    def test_once_by_the_countys_keeper_alone(self, city: City, box: list[Card]) -> None:
        told = tell(city.here.clerk, burnt())
        for by in (city.here.clerk, city.here.reviewer, city.here.auditor):
            with pytest.raises(Refused) as refused:
                name(told, box[:1], by)
            assert codes(refused) == {"ROLE_MAY_NOT"}
        with pytest.raises(HarmReport.DoesNotExist):
            name(told, box[:1], city.neighbour.keeper)
        name(told, box[:1], city.here.keeper)
        with pytest.raises(Refused) as refused:
            name(told, box[:2], city.here.keeper)
        assert codes(refused) == {"HARM_NAMED"}
        with pytest.raises(Refused) as refused:
            name(tell(city.here.clerk, harm(box[:1])), [], city.here.keeper)
        assert codes(refused) == {"HARM_NAMED"}

    def test_a_scan_that_does_not_lie_there_is_named(self, city: City, box: list[Card]) -> None:
        (stray,) = kept_by(city, city.here.other_window, city.here.other_clerk)
        told = tell(city.here.clerk, burnt())
        with pytest.raises(Refused) as refused:
            name(told, [stray, *make.received_cards(city, city.here)], city.here.keeper)
        assert codes(refused) == {"CARDS_NOT_HERE"} and not HarmCard.objects.exists()

    def test_nothing_harmed_is_closed_and_not_named(self, city: City, box: list[Card]) -> None:
        waits = tell(city.here.clerk, harm(box[:1]))
        told = tell(city.here.clerk, burnt())
        with pytest.raises(Refused) as refused:
            name(told, box[1:], city.here.keeper)
        assert codes(refused) == {"HARM_NONE"}
        with pytest.raises(Refused) as refused:
            name(told, box[:1], city.here.keeper, sound=False)
        assert codes(refused) == {"HARM_REPORTED"} and waits.number in str(refused.value)
        closed = commands.close_harm(
            report_id=told.pk, words="只烧了空盒", by=city.here.keeper, at=NOON
        )
        assert closed.settled_words == "只烧了空盒"
        with pytest.raises(Refused) as refused:
            name(told, box[:1], city.here.keeper)
        assert codes(refused) == {"HARM_SETTLED"}


@pytest.mark.races
def test_two_count_one_report_and_one_is_told(fresh_database: str) -> None:
    city = make.city()
    box = kept_by(city, city.here.window, city.here.clerk, 2)
    told = tell(city.here.clerk, burnt())
    other = make.worker("卡管乙", Role.CARD_KEEPER, city.here.card_body)
    works = (partial(name, told, box[:1], by) for by in (city.here.keeper, other))
    words = in_words(together(*works), done=lambda _: "done")
    assert words.count("done") == 1 and HarmCard.objects.count() == 1


@pytest.mark.django_db
class TestPages:
    def test_from_the_burnt_box_to_the_named_cards(self, city: City, box: list[Card]) -> None:
        clerk, keeper = signed_in(city.here.clerk), signed_in(city.here.keeper)
        said = {
            "key": make.key(), "kind": "damaged", "cause": "fire",
            "happened_on": f"{local_day(NOON)}", "words": "柜子着火",
            "place": f"{account_of(box)}", "count": "3",
        }  # fmt: skip
        form = clerk.get(reverse("harm.report")).content.decode()
        assert "账面 4 张" in form and "不清楚在哪一处" in form
        shown = clerk.post(reverse("harm.report"), said, follow=True).content.decode()
        assert "等待卡管员到场清点" in shown
        told = HarmReport.objects.get()
        listed = keeper.get(reverse("harm.list")).content.decode()
        assert "待清点" in listed
        show, address = (reverse(f"harm.{one}", args=[told.pk]) for one in ("show", "name"))
        seen = keeper.get(show).content.decode()
        assert address in seen and reverse("incident.report") not in seen
        assert "账面 4 张" in keeper.get(address).content.decode()
        counted = {"key": make.key(), "sound": "yes", "numbers": box[0].number}
        named = keeper.post(address, counted, follow=True).content.decode()
        assert "账面 4 张 = 其余 1 张 + 损坏 3 张" in named and box[1].number in named
        assert f"{reverse('incident.report')}?harm={told.pk}" in named
        assert keeper.post(address, {**counted, "key": make.key()}).status_code == 409
        history = keeper.get(reverse("card.show", args=[box[1].pk])).content.decode()
        assert "点明受损、丢失的卡" in history

    def test_cards_or_a_place_is_said_and_not_both(self, city: City, box: list[Card]) -> None:
        clerk, url = signed_in(city.here.clerk), reverse("harm.report")
        said = {
            "key": make.key(), "kind": "damaged", "cause": "fire",
            "happened_on": f"{local_day(NOON)}", "words": "柜子着火",
        }  # fmt: skip
        neither = clerk.post(url, said)
        assert neither.status_code == 422 and "在下面选卡在哪一处" in neither.content.decode()
        both = clerk.post(url, {**said, "numbers": box[0].number, "place": "office"})
        assert both.status_code == 422 and "另报一份" in both.content.decode()
        no_number = clerk.post(url, {**said, "place": "office", "count": "0"})
        assert no_number.status_code == 422 and "不清楚的留空" in no_number.content.decode()

    def test_a_neighbour_finds_no_page(self, city: City, box: list[Card]) -> None:
        told = tell(city.here.clerk, burnt())
        client = signed_in(city.neighbour.keeper)
        assert client.get(reverse("harm.name", args=[told.pk])).status_code == 404
