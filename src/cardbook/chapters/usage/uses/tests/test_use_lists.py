"""Cards nobody uses, and uses that should not have been: found, explained, one click away."""

import io
from datetime import date, datetime, timedelta

import openpyxl
import pytest
from django.http import HttpResponseBase
from django.urls import reverse
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from cardbook.cards.models import Card
from cardbook.chapters.usage.loss.tests import lost
from cardbook.chapters.usage.models import CardUse
from cardbook.chapters.usage.tests.sending import send
from cardbook.chapters.usage.uses import use_lists
from cardbook.chapters.usage.uses.tests.test_use_files import a_use, brought, row
from cardbook.chapters.usage.uses.use_files import FILES
from cardbook.law.roles import Role
from cardbook.lib.clock import LOCAL, local_day, months_away
from cardbook.orgs.actors import Actor
from cardbook.people.models import Person
from cardbook.testing import factories as make
from cardbook.testing.clients import signed_in
from cardbook.testing.factories import NOON, City

DAY = local_day(NOON)
AT = {days: NOON + timedelta(days=days) for days in range(-20, 20)}


@pytest.fixture
def clinic(city: City) -> CardUse:
    return a_use(city)


def used(city: City, card: Card, use: CardUse, at: datetime | date) -> None:
    """A use comes in by a file, with its moment or with its day alone."""
    moment = isinstance(at, datetime)
    when = f"{at.astimezone(LOCAL):%Y-%m-%d %H:%M}" if moment else f"{at}"  # type: ignore[union-attr]
    manager = make.worker("市局导入", Role.CITY_MANAGER, city.city)
    later = max(AT[19], timezone.now() + timedelta(hours=1))
    file = brought(row(card, use, when), by=manager, at=later, name=f"{when}.csv")
    FILES.post(file=file, by=manager, at=later)


def found(by: Actor, **more: str) -> list[tuple[int, str]]:
    seen = use_lists.suspicious(
        by=by, since=DAY - timedelta(days=60), until=DAY + timedelta(days=60), **more
    )
    return [(one.card_id, one.reason) for one in seen]


def titles(answer: HttpResponseBase) -> list[tuple[object, ...]]:
    book = openpyxl.load_workbook(io.BytesIO(b"".join(answer)))  # type: ignore[arg-type, call-overload]
    return list(book.active.iter_rows(values_only=True))


@pytest.mark.article(31)
class TestSuspicious:
    def test_a_use_in_its_holders_hands_is_none(self, city: City, clinic: CardUse) -> None:
        used(city, make.issued_card(city, city.here), clinic, AT[1])
        assert found(city.here.keeper) == []

    def test_a_card_that_lay_with_an_office_is_one(self, city: City, clinic: CardUse) -> None:
        (kept,) = make.received_cards(city, city.here)
        used(city, kept, clinic, AT[0])
        issued = make.issued_card(city, city.here)
        used(city, issued, clinic, AT[-1])
        assert sorted(found(city.here.keeper)) == sorted(
            [(kept.pk, "custody"), (issued.pk, "custody")]
        )

    def test_only_a_use_while_the_loss_stood_is_one(self, city: City, clinic: CardUse) -> None:
        card = make.issued_card(city, city.here)
        lost.lose(card, by=lost.hotline(city), at=AT[2])
        used(city, card, clinic, AT[1])
        used(city, card, clinic, local_day(AT[2]))
        assert found(city.here.keeper) == []
        used(city, card, clinic, AT[3])
        used(city, card, clinic, local_day(AT[4]))
        assert found(city.here.keeper) == [(card.pk, "lost")] * 2
        before_the_book_knew_it = AT[-18]
        used(city, card, clinic, before_the_book_knew_it)
        assert len(found(city.here.keeper)) == 2

    def test_after_an_oral_loss_has_lapsed_none(self, city: City, clinic: CardUse) -> None:
        card = make.issued_card(city, city.here)
        lost.lose(card, by=lost.hotline(city), at=AT[1])
        used(city, card, clinic, AT[9])
        assert found(city.here.keeper) == []
        used(city, card, clinic, AT[7])
        assert found(city.here.keeper) == [(card.pk, "lost")]

    @pytest.mark.article(29)
    def test_after_death_and_after_cancellation(self, city: City, clinic: CardUse) -> None:
        dead, ended = make.issued_card(city, city.here), make.issued_card(city, city.here)
        used(city, dead, clinic, AT[2])
        used(city, ended, clinic, AT[1])
        assert found(city.here.keeper) == []
        Person.objects.filter(pk=dead.person_id).update(died_on=DAY + timedelta(days=1))
        assert found(city.here.keeper) == [(dead.pk, "dead")]
        wish = {"asker": "holder", "reason": "wish", "plastic": "none"}
        assert send("card.cancel", ended, by=city.here.clerk, **wish).status_code == 302
        used(city, ended, clinic, timezone.now() + timedelta(minutes=1))
        assert found(city.here.keeper, reason="cancelled") == [(ended.pk, "cancelled")]

    def test_is_seen_by_its_county_and_found_by_number_and_name(
        self, city: City, clinic: CardUse
    ) -> None:
        (kept,) = make.received_cards(city, city.here)
        used(city, kept, clinic, AT[0])
        assert found(city.neighbour.keeper) == []
        for text in (kept.number, "王小明"):
            assert found(city.here.keeper, text=text) == [(kept.pk, "custody")]
        assert found(city.here.keeper, text="没有的人") == []

    def test_leads_to_the_stop_with_its_words_and_to_the_card(
        self, city: City, clinic: CardUse
    ) -> None:
        card = make.issued_card(city, city.here)
        assert (
            send("social.activate", card, by=city.here.clerk, asked_by="holder").status_code == 302
        )
        used(city, card, clinic, AT[-1])
        client, days = signed_in(city.here.keeper), {"since": f"{DAY - timedelta(days=9)}"}
        page = client.get(reverse("use.suspicious"), days).content.decode()
        assert reverse("card.show", args=[card.pk]) in page
        freeze = reverse("card.freeze", args=[card.pk])
        address = next(part for part in page.split('"') if part.startswith(freeze))
        assert "卡不在持卡人手中" in client.get(address).content.decode()

    def test_the_chosen_go_out_as_a_report(self, city: City, clinic: CardUse) -> None:
        cards = make.received_cards(city, city.here, count=2)
        for card in cards:
            used(city, card, clinic, AT[0])
        client, address = signed_in(city.here.keeper), reverse("use.suspicious_export")
        days = f"?since={DAY - timedelta(days=9)}"
        listed = titles(client.post(address + days, {"card": cards[0].pk}))
        cells = {cell for line in listed for cell in line}
        assert cards[0].number in cells and cards[1].number not in cells
        assert signed_in(city.here.clerk).get(address).status_code == 403


@pytest.mark.article(23)
class TestUnused:
    def wanted(self, city: City, today: date, **more: str) -> list[str]:
        what = use_lists.wanted(by=city.here.keeper, today=today, **more)
        by = city.here.keeper
        rows = use_lists.unused(what, by=by, today=today, first=0, most=50)
        assert use_lists.unused_count(what, by=by, today=today) == len(rows)
        return [one.number for one in rows]

    def test_a_card_is_listed_after_the_months_and_until_it_is_used(
        self, city: City, clinic: CardUse
    ) -> None:
        card, other = make.issued_card(city, city.here), make.issued_card(city, city.here)
        make.issued_card(city, city.neighbour)
        make.received_cards(city, city.here)
        later = months_away(DAY, 6)
        assert self.wanted(city, later) == []
        assert self.wanted(city, later + timedelta(days=1)) == [card.number, other.number]
        used(city, card, clinic, AT[3])
        assert self.wanted(city, later + timedelta(days=1)) == [other.number]
        assert self.wanted(city, later + timedelta(days=9)) == [card.number, other.number]

    def test_is_narrowed_by_unit_name_and_number_and_sorted(self, city: City) -> None:
        cards = [make.issued_card(city, city.here) for _ in range(2)]
        later = months_away(DAY, 7)
        assert self.wanted(city, later, text=cards[1].number) == [cards[1].number]
        assert self.wanted(city, later, sort="number", text="王小明") == [
            one.number for one in cards
        ]
        assert self.wanted(city, later, unit="没有的单位") == []

    @pytest.mark.article(5)
    def test_the_city_chooses_a_county_and_a_county_sees_its_own(self, city: City) -> None:
        mine = make.issued_card(city, city.here)
        theirs = make.issued_card(city, city.neighbour)
        manager = make.worker("市局", Role.CITY_MANAGER, city.city)
        today, code = months_away(DAY, 7), city.neighbour.county.code
        for by, county, numbers in (
            (manager, "", [mine.number, theirs.number]),
            (manager, code, [theirs.number]),
            (city.here.keeper, code, [mine.number]),
        ):
            what = use_lists.wanted(by=by, today=today, county=county, sort="number")
            rows = use_lists.unused(what, by=by, today=today, first=0, most=50)
            assert [one.number for one in rows] == sorted(numbers)
        assert (
            len(use_lists.counties(manager)) == 2
            and len(use_lists.counties(city.here.keeper)) == 1
        )
        page = signed_in(manager).get(reverse("use.unused")).content.decode()
        assert 'id="find-county"' in page

    def test_the_dead_use_nothing(self, city: City) -> None:
        card = make.issued_card(city, city.here)
        Person.objects.filter(pk=card.person_id).update(died_on=DAY)
        assert self.wanted(city, months_away(DAY, 7)) == []

    def test_units_add_up_to_the_list(self, city: City) -> None:
        for _ in range(3):
            make.issued_card(city, city.here)
        today, by = months_away(DAY, 7), city.here.keeper
        units = use_lists.unused_units(use_lists.wanted(by=by, today=today), by=by, today=today)
        assert sum(row["cards"] for row in units) == 3

    def test_pages_show_it_to_the_county_and_to_nobody_else(self, city: City) -> None:
        make.issued_card(city, city.here)
        client = signed_in(city.here.keeper)
        for name in ("use.unused", "use.unused_units", "use.unused_export"):
            assert client.get(reverse(name)).status_code == 200
            assert (
                signed_in(make.worker("柜员", Role.BANK_TELLER, city.bank))
                .get(reverse(name))
                .status_code
                == 403
            )

    def test_lists_ask_as_often_however_long_they_are(
        self, city: City, clinic: CardUse, django_assert_num_queries: DjangoAssertNumQueries
    ) -> None:
        for _ in range(3):
            used(city, make.issued_card(city, city.here), clinic, AT[-1])
        today, by = months_away(DAY, 8), city.here.keeper
        what = use_lists.wanted(by=by, today=today)
        with django_assert_num_queries(2):
            assert len(use_lists.unused(what, by=by, today=today, first=0, most=50)) == 3
        with django_assert_num_queries(1):
            assert len(found(by)) == 3
