"""The blind stock-take and its comparison with the book as of each scan (Art. 20)."""

import pytest
from django.core.exceptions import ObjectDoesNotExist
from django.db import connection
from django.test.utils import CaptureQueriesContext

from cardbook.chapters.safekeeping.models import Finding, Scan, Stocktake
from cardbook.chapters.safekeeping.stocktaking import queries
from cardbook.chapters.safekeeping.stocktaking.commands import (
    Reading,
    abandon_stocktake,
    end_stocktake,
    remove_scan,
    scan_cards,
    start_stocktake,
)
from cardbook.chapters.safekeeping.stocktaking.tests.counts import (
    a_box,
    begin,
    boxed,
    differences,
    ended,
    numbers,
    put,
    scan,
)
from cardbook.law.roles import Role
from cardbook.lifecycle.perform import perform
from cardbook.lifecycle.refusals import Refused
from cardbook.registers.codes import BOX, scan_code
from cardbook.testing import factories as make
from cardbook.testing.factories import NOON, City

pytestmark = pytest.mark.article(20)


def codes(refused: pytest.ExceptionInfo[Refused]) -> set[str]:
    return {refusal.code for refusal in refused.value.refusals}


def lines(take: Stocktake) -> dict[str, tuple[int, int]]:
    """Book and count of each place."""
    return {line.place: (line.book, line.counted) for line in queries.lines_of(take.pk)}


class TestStart:
    def test_whoever_comes_second_joins(self, city: City) -> None:
        box, _ = boxed(city, city.here, 1)
        first = begin(city.here, box)
        assert begin(city.here, box).pk == first.pk
        assert begin(city.here).pk != first.pk

    @pytest.mark.parametrize("who", ["clerk", "reviewer", "auditor"])
    def test_is_refused_to_other_roles(self, city: City, who: str) -> None:
        box, _ = boxed(city, city.here, 1)
        with pytest.raises(Refused) as refused:
            start_stocktake(scope="place", account_id=box.pk, by=getattr(city.here, who))
        assert codes(refused) == {"ROLE_MAY_NOT"}
        assert not Stocktake.objects.exists()

    def test_knows_no_place_or_office_of_the_neighbour(self, city: City) -> None:
        box, _ = boxed(city, city.here, 1)
        with pytest.raises(ObjectDoesNotExist):
            start_stocktake(scope="place", account_id=box.pk, by=city.neighbour.keeper)
        with pytest.raises(ObjectDoesNotExist):
            start_stocktake(
                scope="office", organization_id=city.here.card_body.pk, by=city.neighbour.keeper
            )

    def test_a_slip_is_given_up_while_nothing_is_scanned(self, city: City) -> None:
        box, (card,) = boxed(city, city.here, 1)
        abandon_stocktake(take_id=begin(city.here, box).pk, by=city.here.keeper)
        take = begin(city.here, box)
        scan(take, city.here, box, card.number)
        with pytest.raises(Refused):
            abandon_stocktake(take_id=take.pk, by=city.here.keeper)


class TestScan:
    def test_a_card_read_twice_is_one_scan(self, city: City) -> None:
        box, (card, other) = boxed(city, city.here, 2)
        take = begin(city.here, box)
        kept = scan(take, city.here, box, card.number, other.number, card.number)
        assert [said.kind for said in kept.said] == ["new", "new", "twice"]
        assert Scan.objects.count() == 2

    def test_a_label_leads_to_its_box(self, city: City) -> None:
        box, (card,) = boxed(city, city.here, 1)
        other = a_box(city.here, "02")
        take = begin(city.here)
        label = scan_code(BOX, city.here.card_body.code, box.code)
        kept = scan(take, city.here, None, label, card.number, other.code, "Z00000001")
        assert [said.kind for said in kept.said] == ["place", "new", "place", "new"]
        assert kept.account_id == other.pk
        assert set(Scan.objects.values_list("account_id", "number")) == {
            (box.pk, card.number), (other.pk, "Z00000001"),
        }  # fmt: skip

    def test_says_what_is_neither_card_nor_label(self, city: City) -> None:
        box, (card,) = boxed(city, city.here, 1)
        take = begin(city.here)
        label = scan_code(BOX, city.here.card_body.code, box.code)
        kept = scan(take, city.here, None, card.number, label[:-1] + "Z", "hello", "")
        assert [said.kind for said in kept.said] == ["wrong"] * 4
        assert "请先扫描盒标签" in kept.said[0].sentence
        assert not Scan.objects.exists()

    def test_a_box_of_the_neighbour_is_no_place_of_this_count(self, city: City) -> None:
        theirs, _ = boxed(city, city.neighbour, 1)
        take = begin(city.here)
        label = scan_code(BOX, city.neighbour.card_body.code, theirs.code)
        assert scan(take, city.here, None, label).said[0].kind == "wrong"
        with pytest.raises(Refused) as refused:
            scan(take, city.here, theirs, "Z00000001")
        assert codes(refused) == {"PLACE_NOT_COUNTED"}

    def test_a_mistake_is_taken_back(self, city: City) -> None:
        box, (card,) = boxed(city, city.here, 1)
        take = begin(city.here, box)
        scan(take, city.here, box, card.number)
        found = Scan.objects.get()
        assert remove_scan(take_id=take.pk, scan_id=found.pk, by=city.here.keeper) == card.number
        assert remove_scan(take_id=take.pk, scan_id=found.pk, by=city.here.keeper) == ""

    def test_another_county_and_other_roles_scan_nothing(self, city: City) -> None:
        box, (card,) = boxed(city, city.here, 1)
        take = begin(city.here, box)
        readings = [Reading(card.number)]
        with pytest.raises(Stocktake.DoesNotExist):
            scan_cards(
                take_id=take.pk, account_id=box.pk, readings=readings, by=city.neighbour.keeper
            )
        with pytest.raises(Refused):
            scan_cards(take_id=take.pk, account_id=box.pk, readings=readings, by=city.here.clerk)
        assert not Scan.objects.exists()

    def test_comes_too_late_after_the_end(self, city: City) -> None:
        box, (card,) = boxed(city, city.here, 1)
        take = begin(city.here, box)
        ended(take, city.here)
        with pytest.raises(Refused) as refused:
            scan(take, city.here, box, card.number)
        assert codes(refused) == {"STOCKTAKE_ENDED"}

    def test_a_batch_costs_the_same_however_long(self, city: City) -> None:
        box, cards = boxed(city, city.here, 20)
        take = begin(city.here, box)
        with CaptureQueriesContext(
            connection,
        ) as few:
            scan(take, city.here, box, *numbers(cards[:1]))
        with CaptureQueriesContext(connection) as many:
            scan(take, city.here, box, *numbers(cards[1:]))
        assert len(few) == len(many) == 5


class TestAsOfEachScan:
    def test_what_is_there_and_in_the_book_is_no_difference(self, city: City) -> None:
        box, cards = boxed(city, city.here, 5)
        take = begin(city.here, box)
        scan(take, city.here, box, *numbers(cards))
        assert ended(take, city.here) == []
        assert lines(take) == {box.code: (5, 5)}

    def test_what_is_not_scanned_is_missing(self, city: City) -> None:
        box, (there, gone) = boxed(city, city.here, 2)
        take = begin(city.here, box)
        scan(take, city.here, box, there.number)
        assert ended(take, city.here) == [("missing", gone.number)]
        assert lines(take) == {box.code: (2, 1)}

    def test_a_card_issued_after_it_was_scanned_is_no_difference(self, city: City) -> None:
        box, (card, other) = boxed(city, city.here, 2)
        take = begin(city.here, box)
        scan(take, city.here, box, card.number, other.number)
        perform(make.issue_step(card), by=city.here.clerk, at=NOON, key=make.key())
        assert ended(take, city.here) == []
        assert lines(take) == {box.code: (2, 2)}

    def test_a_card_issued_during_the_count_is_not_missing(self, city: City) -> None:
        box, (card, other) = boxed(city, city.here, 2)
        take = begin(city.here, box)
        perform(make.issue_step(card), by=city.here.clerk, at=NOON, key=make.key())
        scan(take, city.here, box, other.number)
        assert ended(take, city.here) == []
        assert lines(take) == {box.code: (1, 1)}

    def test_a_card_still_there_after_it_was_issued_is_extra(self, city: City) -> None:
        box, (card,) = boxed(city, city.here, 1)
        take = begin(city.here, box)
        perform(make.issue_step(card), by=city.here.clerk, at=NOON, key=make.key())
        scan(take, city.here, box, card.number)
        assert ended(take, city.here) == [("extra", card.number)]
        assert lines(take) == {box.code: (0, 1)}

    def test_a_card_that_came_after_the_count_began_is_not_missing(self, city: City) -> None:
        box, (card,) = boxed(city, city.here, 1)
        take = begin(city.here)
        scan(take, city.here, box, card.number)
        late = make.received_cards(city, city.here)
        put(city.here, box, late)
        assert ended(take, city.here) == []

    def test_a_card_sorted_between_two_boxes_and_seen_in_both_is_right(self, city: City) -> None:
        first, (card,) = boxed(city, city.here, 1)
        second = a_box(city.here, "02")
        take = begin(city.here)
        scan(take, city.here, first, card.number)
        put(city.here, second, [card])
        scan(take, city.here, second, card.number)
        assert ended(take, city.here) == []
        assert lines(take) == {second.code: (1, 1)}

    def test_a_card_seen_in_two_boxes_though_nobody_moved_it_is_misplaced(
        self, city: City
    ) -> None:
        first, (card,) = boxed(city, city.here, 1)
        second = a_box(city.here, "02")
        take = begin(city.here)
        scan(take, city.here, first, card.number)
        scan(take, city.here, second, card.number)
        assert ended(take, city.here) == [("misplaced", card.number)]
        assert lines(take) == {first.code: (1, 1), second.code: (0, 1)}

    def test_a_card_in_the_wrong_box_is_misplaced_and_not_missing(self, city: City) -> None:
        first, (card,) = boxed(city, city.here, 1)
        second = a_box(city.here, "02")
        take = begin(city.here)
        scan(take, city.here, second, card.number)
        assert ended(take, city.here) == [("misplaced", card.number)]
        found = Finding.objects.get()
        assert (found.account_id, found.book_account_id) == (second.pk, first.pk)
        assert lines(take) == {first.code: (1, 0), second.code: (0, 1)}

    def test_unknown_and_foreign_numbers_are_told_apart(self, city: City) -> None:
        box, (card,) = boxed(city, city.here, 1)
        (theirs,) = make.received_cards(city, city.neighbour)
        take = begin(city.here, box)
        scan(take, city.here, box, card.number, theirs.number, "Z00000001")
        assert ended(take, city.here) == [("extra", theirs.number), ("unknown", "Z00000001")]
        assert lines(take) == {box.code: (1, 3)}

    def test_a_line_cut_for_a_while_keeps_the_moment_of_the_scan(self, city: City) -> None:
        """Scanned, then issued; the scan reaches the server last."""
        box, (card, _) = boxed(city, city.here, 2)
        take = begin(city.here, box)
        connection.cursor().execute("SELECT pg_sleep(0.2)")
        perform(make.issue_step(card), by=city.here.clerk, at=NOON, key=make.key())
        scan_cards(
            take_id=take.pk, account_id=box.pk, readings=[Reading(card.number, age_ms=150)],
            by=city.here.keeper,
        )  # fmt: skip
        assert ("extra", card.number) not in ended(take, city.here)

    def test_no_age_reaches_back_before_the_count_began(self, city: City) -> None:
        box, (card,) = boxed(city, city.here, 1)
        take = begin(city.here, box)
        scan_cards(
            take_id=take.pk, account_id=box.pk, by=city.here.keeper,
            readings=[Reading(card.number, age_ms=10**9)],
        )  # fmt: skip
        take.refresh_from_db()
        assert Scan.objects.get().scanned_at == take.begun_at

    def test_a_whole_county_is_counted_with_the_offices_below(self, city: City) -> None:
        box, (card, gone) = boxed(city, city.here, 2)
        boxed(city, city.neighbour, 1)
        take = start_stocktake(
            scope="county", organization_id=city.here.county.pk, by=city.here.keeper
        )
        scan(take, city.here, box, card.number)
        assert ended(take, city.here) == [("missing", gone.number)]


class TestEnd:
    def test_nothing_scanned_is_not_an_end_by_a_slip(self, city: City) -> None:
        box, (card,) = boxed(city, city.here, 1)
        take = begin(city.here, box)
        with pytest.raises(Refused) as refused:
            end_stocktake(take_id=take.pk, by=city.here.keeper)
        assert codes(refused) == {"NOTHING_SCANNED"}
        assert ended(take, city.here) == [("missing", card.number)]

    def test_twice_by_the_same_person_is_one_end(self, city: City) -> None:
        box, (_,) = boxed(city, city.here, 1)
        take = begin(city.here, box)
        first = ended(take, city.here)
        assert ended(take, city.here) == first == differences(take)

    def test_another_learns_that_it_has_ended(self, city: City) -> None:
        box, (_,) = boxed(city, city.here, 1)
        take = begin(city.here, box)
        ended(take, city.here)
        colleague = make.worker("库管员", Role.CARD_KEEPER, city.here.card_body)
        with pytest.raises(Refused) as refused:
            end_stocktake(take_id=take.pk, by=colleague)
        assert codes(refused) == {"STOCKTAKE_ENDED"}

    def test_other_roles_and_counties_end_nothing(self, city: City) -> None:
        box, (_,) = boxed(city, city.here, 1)
        take = begin(city.here, box)
        with pytest.raises(Refused):
            end_stocktake(take_id=take.pk, by=city.here.clerk, called_empty=True)
        with pytest.raises(Stocktake.DoesNotExist):
            end_stocktake(take_id=take.pk, by=city.neighbour.keeper, called_empty=True)

    def test_the_comparison_is_one_statement_however_many_scans(self, city: City) -> None:
        box, cards = boxed(city, city.here, 30)
        take = begin(city.here, box)
        scan(take, city.here, box, *numbers(cards[:29]))
        with CaptureQueriesContext(connection) as asked:
            end_stocktake(take_id=take.pk, by=city.here.keeper)
        assert sum("safekeeping_finding" in query["sql"] for query in asked.captured_queries) == 1
