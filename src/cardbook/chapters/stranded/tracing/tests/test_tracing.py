"""The radar, contact attempts, call sheet and poster (Art. 16)."""

import io
import itertools
from datetime import date, datetime, time, timedelta
from io import BytesIO

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from openpyxl import load_workbook
from pypdf import PdfReader
from pytest_django import DjangoAssertNumQueries

from cardbook.chapters.stranded.contacts import contacts_of
from cardbook.chapters.stranded.scope import paths_like
from cardbook.chapters.stranded.tests import line as on
from cardbook.chapters.stranded.tests.line import Line, line_of, offences
from cardbook.chapters.stranded.tests.moving import moved_to_unit
from cardbook.chapters.stranded.tracing import queries
from cardbook.chapters.stranded.tracing.commands import contact_holders
from cardbook.chapters.stranded.tracing.letters import letters_of
from cardbook.chapters.stranded.tracing.poster import masked_entry
from cardbook.custody.places import Place
from cardbook.law.roles import Role
from cardbook.ledger.models import Event
from cardbook.lib.clock import LOCAL, local_day
from cardbook.lifecycle.acts import ACTS
from cardbook.lifecycle.acts.rows import ON_SHELF
from cardbook.lifecycle.facts import Channel, ContactResult, HolderContacted
from cardbook.lifecycle.refusals import Refused
from cardbook.orgs.models import Kind
from cardbook.people.holders import holder_of
from cardbook.testing import factories as make
from cardbook.testing.clients import signed_in
from cardbook.testing.factories import NOON, City
from cardbook.testing.workbooks import cells_of

pytestmark = [pytest.mark.django_db, pytest.mark.article(16)]
CALLED = HolderContacted(channel=Channel.CALL, result=ContactResult.NO_ANSWER)


@pytest.fixture
def line(city: City) -> Line:
    return line_of(city)


class TestContact:
    def test_is_an_event_of_each_card(self, line: Line) -> None:
        cards = on.waiting(line, 2)
        outcome = contact_holders(
            card_ids=[card.pk for card in cards], facts=CALLED, by=line.county.clerk, at=NOON,
            key=make.key(),
        )  # fmt: skip
        assert len(outcome.done) == 2
        tried = contacts_of([cards[0].pk])[cards[0].pk]
        assert (tried.attempts, tried.channels) == (1, {"call"})
        assert tried.text == "1 次，末次电话 2026-11-20 无人接听"
        assert not offences()

    def test_of_a_selection_tells_who_could_not_be_served(self, line: Line) -> None:
        (left,) = on.waiting(line)
        taken = make.issued_card(line.city, line.county)
        outcome = contact_holders(
            card_ids=[left.pk, taken.pk], facts=CALLED, by=line.clerk, at=NOON, key=make.key()
        )
        assert outcome.done == (left.pk,)
        assert outcome.refused[taken.pk].code == "ALREADY_ISSUED"

    def test_the_same_request_twice_counts_once(self, line: Line) -> None:
        (card,) = on.waiting(line)
        key = make.key()
        for _ in range(2):
            contact_holders(card_ids=[card.pk], facts=CALLED, by=line.clerk, at=NOON, key=key)
        assert Event.objects.filter(act="card.contact").count() == 1

    def test_not_by_a_stranger_and_not_of_the_neighbours_cards(self, line: Line) -> None:
        (card,) = on.waiting(line)
        caller = make.worker("话务员", Role.HOTLINE_OPERATOR, line.centre)
        with pytest.raises(Refused) as refused:
            contact_holders(card_ids=[card.pk], facts=CALLED, by=caller, at=NOON, key=make.key())
        assert refused.value.refusals[0].code == "ROLE_MAY_NOT"
        outcome = contact_holders(
            card_ids=[card.pk], facts=CALLED, by=line.city.neighbour.keeper, at=NOON,
            key=make.key(),
        )  # fmt: skip
        assert outcome.refused[card.pk].code == "OUT_OF_REACH"
        with pytest.raises(Refused) as refused:
            contact_holders(card_ids=[], facts=CALLED, by=line.clerk, at=NOON, key=make.key())
        assert refused.value.refusals[0].code == "NOTHING_CHOSEN"


class TestBands:
    def test_have_a_name_each_and_leave_no_gap(self) -> None:
        bands = queries.bands(on=local_day(NOON))
        assert bands.titles == (
            "不满 30 天", "30–59 天", "60–89 天", "90–179 天", "180 天以上",
        )  # fmt: skip
        assert bands.span(bands.stranded, at=NOON) == (
            bands.span(4, at=NOON)[0], bands.span(1, at=NOON)[1],
        )  # fmt: skip
        spans = [bands.span(band, at=NOON) for band in range(5)]
        assert all(young[0] == old[1] for young, old in itertools.pairwise(spans))
        assert bands.confirmed is False

    @pytest.mark.parametrize("moment", [time(0, 0), time(23, 59)])
    @pytest.mark.parametrize(("days", "band"), [(1, 0), (29, 0), (30, 1), (89, 2), (180, 4)])
    def test_count_and_list_agree_on_both_ends_of_a_day(
        self, line: Line, days: int, band: int, moment: time
    ) -> None:
        on.waiting(line)  # received four days before noon
        day = local_day(NOON) + timedelta(days=days - 4)
        at = datetime.combine(day, moment, tzinfo=LOCAL)
        (row,) = queries.radar(by=line.clerk, under=None, at=at)
        assert [place for place, count in enumerate(row.counts) if count] == [band]
        for each in range(5):
            ids = queries.waiting_ids(by=line.clerk, under=None, alone=False, band=each, at=at)
            assert len(ids) == row.counts[each]
        ids = queries.waiting_ids(by=line.clerk, under=None, alone=False, band=None, at=at)
        assert [one.days for one in queries.waiting_rows(ids, at=at)] == [days]


class TestExport:
    def test_takes_what_is_ticked_or_found_and_nothing_foreign(self, line: Line) -> None:
        first, second = on.waiting(line, 2)
        (foreign,) = make.received_cards(line.city, line.city.neighbour)
        client, url = signed_in(line.clerk), reverse("stranded.waiting_export")

        ticked = cells_of(client.post(url, {"card": [second.pk, foreign.pk]}).content)
        assert second.number in ticked
        assert first.number not in ticked and foreign.number not in ticked
        found = cells_of(client.post(f"{url}?q={first.number}").content)
        assert first.number in found and second.number not in found
        holder = holder_of(first.person)
        assert holder.masked_number in found and holder.number not in found

    def test_nothing_ticked_names_the_way_to_all(self, line: Line) -> None:
        on.waiting(line)
        answer = signed_in(line.clerk).post(reverse("stranded.waiting_export"), follow=True)
        assert "导出通知名单" in answer.content.decode()
        assert "没有勾选卡" in answer.content.decode()


class TestRadar:
    def test_counts_by_place_and_opens_its_rows(self, line: Line) -> None:
        here, there = on.waiting(line, 2)
        moved_to_unit(line, there, line.county.town)
        make.received_cards(line.city, line.city.neighbour)
        make.issued_card(line.city, line.county)
        client = signed_in(line.clerk)
        page = client.get(reverse("stranded.radar")).content.decode()
        assert "甲县卡管中心" in page and "甲县城关镇" in page and "乙县" not in page
        rows = client.get(reverse("card.contact"), {"under": line.county.town.code})
        assert [row.number for row in rows.context["rows"]] == [there.number]
        rows = client.get(reverse("card.contact"), {"under": line.county.card_body.code})
        assert [row.number for row in rows.context["rows"]] == [here.number]

    def test_the_city_sees_counties_and_opens_one(self, line: Line) -> None:
        on.waiting(line)
        client = signed_in(line.manager)
        page = client.get(reverse("stranded.radar"))
        assert [row.name for row in page.context["rows"]] == ["甲县人社局"]
        page = client.get(reverse("stranded.radar"), {"under": line.county.county.code})
        assert [row.name for row in page.context["rows"]] == ["甲县卡管中心"]

    @pytest.mark.article(16)
    def test_offices_are_ordered_and_taken_along_as_seen(self, line: Line) -> None:
        *_, moved = on.waiting(line, 3)
        moved_to_unit(line, moved, line.county.town)
        client, asked = signed_in(line.clerk), {"sort": "total"}
        rows = client.get(reverse("stranded.radar"), asked).context["rows"]
        assert [(row.name, row.total) for row in rows] == [("甲县卡管中心", 2), ("甲县城关镇", 1)]
        sheet = client.get(reverse("stranded.radar"), asked | {"export": "xlsx"})
        head, *seen = load_workbook(io.BytesIO(sheet.content)).active.values
        assert (head[0], head[-1]) == ("机构", "合计")
        assert [(row[0], row[-1]) for row in seen] == [(row.name, row.total) for row in rows]
        ticked = asked | {"export": "xlsx", "pick": rows[1].id}
        sheet = client.get(reverse("stranded.radar"), ticked)
        _, *seen = load_workbook(io.BytesIO(sheet.content)).active.values
        assert [row[0] for row in seen] == [rows[1].name]

    @pytest.mark.article(5)
    def test_the_neighbour_opens_nothing(self, line: Line) -> None:
        on.waiting(line)
        client = signed_in(line.city.neighbour.keeper)
        assert "没有未发出的卡" in client.get(reverse("stranded.radar")).content.decode()
        code = line.county.card_body.code
        for name in ("stranded.radar", "card.contact", "stranded.poster"):
            assert client.get(reverse(name), {"under": code}).status_code == 404

    def test_a_village_sees_its_own_alone(self, line: Line) -> None:
        village = make.organization("东关村", Kind.VILLAGE, parent=line.county.town)
        helper = make.worker("协办员", Role.VILLAGE_HELPER, village)
        mine, _ = on.waiting(line, 2)
        moved_to_unit(line, mine, village)
        assert paths_like(helper) == village.path
        client = signed_in(helper)
        rows = client.get(reverse("card.contact")).context["rows"]
        assert [row.number for row in rows] == [mine.number]
        assert (
            client.get(reverse("card.contact"), {"under": line.county.card_body.code}).status_code
            == 404
        )
        sheet = client.get(reverse("register.call_sheet"))
        assert sheet.status_code == 200 and "甲县卡管中心" not in sheet.content.decode()

    def test_a_units_shelf_adds_no_earlier_day_for_its_cards_come_from_an_offices(self) -> None:
        ways = {one.move.sources for one in ACTS.values() if one.move and not one.move.stays
                and one.move.target is Place.UNIT}  # fmt: skip
        # A row signed in error goes back to the unit that had the card before.
        assert {place for way in ways for place in way} == ON_SHELF | {Place.HOLDER}

    def test_reads_any_number_of_rows_with_the_same_queries(
        self, line: Line, django_assert_num_queries: DjangoAssertNumQueries
    ) -> None:
        on.waiting(line, 6)
        with django_assert_num_queries(3):
            queries.radar(by=line.clerk, under=None, at=NOON)
        with django_assert_num_queries(1):
            ids = queries.waiting_ids(by=line.clerk, under=None, alone=False, band=None, at=NOON)
        with django_assert_num_queries(2):
            assert len(queries.waiting_rows(ids, at=NOON)) == 6

    def test_a_visitor_and_a_foreign_post_stay_outside(self, line: Line) -> None:
        assert Client().get(reverse("stranded.radar")).status_code == 302
        caller = make.worker("话务员", Role.HOTLINE_OPERATOR, line.centre)
        assert signed_in(caller).get(reverse("stranded.radar")).status_code == 403

    def test_finds_a_card_by_number_and_name(self, line: Line) -> None:
        person = make.person(name="解䶮")
        (card,) = on.waiting(line, people=[person])
        on.waiting(line)
        client = signed_in(line.clerk)
        for text in (card.number, holder_of(person).number):
            rows = client.get(reverse("card.contact"), {"q": text}).context["rows"]
            assert [row.number for row in rows] == [card.number]
        assert (
            "没有找到待领取的卡"
            in client.get(reverse("card.contact"), {"q": "Z00000000"}).content.decode()
        )

    def test_sorts_both_ways_and_turns_pages(self, line: Line) -> None:
        on.waiting(line, 53)
        client = signed_in(line.clerk)
        first = client.get(reverse("card.contact"))
        second = client.get(reverse("card.contact"), {"page": "2"})
        assert (len(first.context["rows"]), len(second.context["rows"])) == (50, 3)
        newest = client.get(reverse("card.contact"), {"sort": "newest"})
        assert newest.context["rows"][0].id == second.context["rows"][-1].id
        assert client.get(reverse("card.contact"), {"band": "99"}).status_code == 404

    @pytest.mark.parametrize("page", ["9" * 20, "²", "-1", "0", "x"])
    def test_a_page_that_cannot_be_is_the_first(self, line: Line, page: str) -> None:
        answer = signed_in(line.clerk).get(reverse("card.contact"), {"page": page})
        assert (answer.status_code, answer.context["page"]) == (200, 1)


class TestPage:
    def test_registers_a_call_for_what_was_ticked(self, line: Line) -> None:
        cards = on.waiting(line, 2)
        client = signed_in(line.clerk)
        given = {
            "key": make.key(), "channel": "visit", "result": "moved", "words": "邻居告知",
            "card": [str(card.pk) for card in cards],
        }  # fmt: skip
        page = client.post(reverse("card.contact"), given)
        assert "2 张卡已登记催领通知" in page.content.decode()
        assert Event.objects.filter(act="card.contact").count() == 2

    def test_says_what_is_wrong(self, line: Line) -> None:
        (card,) = on.waiting(line)
        client = signed_in(line.clerk)
        given = {"key": make.key(), "channel": "visit", "result": "moved"}
        assert client.post(reverse("card.contact"), given).status_code == 409
        given |= {"card": str(card.pk), "again_on": "2020-01-01"}
        page = client.post(reverse("card.contact"), given)
        assert page.status_code == 422 and "不能早于今天" in page.content.decode()
        assert client.post(reverse("card.contact"), {"channel": "smoke"}).status_code == 422


def band_of_noon() -> str:
    """The age band in which a card is today that came in when most tests act."""
    age = (timezone.localdate() - local_day(NOON)).days
    return f"{sum(age >= days for days in queries.bands(on=timezone.localdate()).days)}"


class TestPapers:
    def test_the_poster_hides_who_it_is(self, line: Line) -> None:
        assert masked_entry("王小明", "999999198005170013") == ("王**", "0013")
        on.waiting(line, 3)
        answer = signed_in(line.clerk).get(reverse("stranded.poster"))
        assert answer.content.startswith(b"%PDF")

    @pytest.mark.article(10)
    @pytest.mark.article(11)
    def test_a_letter_for_each_ticked_holder(self, line: Line) -> None:
        first, second = on.waiting(line, 2)
        client, address = signed_in(line.clerk), reverse("stranded.letters")
        one, both = (
            client.post(address, {"card": ids}).content
            for ids in ([first.pk], [first.pk, second.pk])
        )
        assert [len(PdfReader(BytesIO(pdf)).pages) for pdf in (one, both)] == [1, 2]
        (letter,) = letters_of([first.pk], by=line.clerk)
        said = f"{letter}"
        assert holder_of(first.person).name in said and first.number in said
        assert holder_of(first.person).number not in said
        noted = {"channel": "letter", "result": "told", "card": [first.pk], "key": make.key()}
        client.post(reverse("card.contact"), noted)
        assert contacts_of([first.pk])[first.pk].last_channel == "信函"

    def test_a_letter_goes_to_nobody_who_does_not_wait_or_is_the_neighbours(
        self, line: Line
    ) -> None:
        (card,) = on.waiting(line)
        taken = make.issued_card(line.city, line.county)
        address = reverse("stranded.letters")
        for by, ids in (
            (line.clerk, [taken.pk]), (line.clerk, []), (line.city.neighbour.keeper, [card.pk]),
        ):  # fmt: skip
            answer = signed_in(by).post(address, {"card": ids}, follow=True)
            assert "没有选择卡" in answer.content.decode()
        assert signed_in(line.county.auditor).post(address).status_code == 403

    @pytest.mark.article(17)
    def test_nobody_is_sent_to_tell_the_dead(self, line: Line) -> None:
        dead = make.person(died_on=date(2026, 9, 1))
        (card,) = on.waiting(line, people=[dead])
        client = signed_in(line.clerk)
        assert "2026-09-01 去世" in client.get(reverse("card.contact")).content.decode()
        assert letters_of([card.pk], by=line.clerk) == []
        asked = {"under": line.county.card_body.code, "band": band_of_noon()}
        sheet = client.get(reverse("register.call_sheet"), asked).content.decode()
        assert "已登记 2026-09-01 去世，不用通知" in sheet

    def test_both_sheets_as_page_and_workbook(self, line: Line) -> None:
        (card,) = on.waiting(line)
        contact_holders(
            card_ids=[card.pk], facts=CALLED, by=line.clerk, at=timezone.now(), key=make.key()
        )
        client = signed_in(line.clerk)
        for name, query in (
            ("register.contacts", {}),
            ("register.call_sheet", {"under": line.county.card_body.code, "band": band_of_noon()}),
        ):
            address = reverse(name)
            page = client.get(address, query)
            assert page.status_code == 200, address
            if name == "register.contacts":
                assert card.number in page.content.decode()
            book = client.get(address, query | {"format": "xlsx"})
            assert book.status_code == 200
