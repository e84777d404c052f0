"""Every figure: what it counts, that its list has as many rows, that all of them add up."""

import re
from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.db import connection
from django.db.utils import OperationalError

from cardbook.cards.models import Card
from cardbook.cards.states import CLOSED_APPLICATIONS
from cardbook.chapters.intake.distribution.arrival_commands import finish_count
from cardbook.chapters.intake.distribution.tests.sending import received as arrived_again
from cardbook.chapters.intake.distribution.tests.sending import scanned, sent
from cardbook.chapters.intake.opening.commands import Signed, confirm_living
from cardbook.chapters.intake.opening.tests import ledgers
from cardbook.chapters.intake.receive.difference_queries import short_cards
from cardbook.custody.models import Shipment
from cardbook.custody.places import Place
from cardbook.insight.figures import counting
from cardbook.insight.figures.board import Board, make_board
from cardbook.insight.figures.catalogue import BY_CODE, FIGURES
from cardbook.insight.figures.choice import Choice, NotAChoice, Reach, read_choice
from cardbook.insight.figures.rows import Line, page_of_lines
from cardbook.insight.figures.tests.lives import LATER, Life, live
from cardbook.testing import factories as make
from cardbook.testing.factories import NOON, City

pytestmark = [pytest.mark.django_db, pytest.mark.article(6)]


@pytest.fixture
def life(city: City) -> Life:
    return live(city)


def whole_city() -> Reach:
    return counting.reach_of("")


def board(*, by: str = "county", per: str = "day", reach: Reach | None = None) -> Board:
    scope = Choice(figure=BY_CODE["registered"])
    return make_board(scope=scope, by=by, per=per, reach=reach or whole_city(), as_of=LATER)


def figures_of(made: Board) -> dict[str, int]:
    return {number.choice.figure.code: number.count for number in made.numbers}


class TestCounts:
    def test_each_figure_counts_what_its_sentence_says(self, life: Life) -> None:
        assert figures_of(board()) == {
            "received": 6,
            "in_transit": 4,
            "in_custody": 3,
            "issued": 2,
            "defective": 1,
            "missing": 1,
            "differences": 1,
            "handed_short": 0,
            "claims_open": 0,
            "replacements": 1,
            "stranded": 3,
        }

    def test_what_was_registered_is_the_sum_of_all_places(self, life: Life) -> None:
        balance = board().balance
        assert balance.registered.count == 11 == sum(part.count for part in balance.parts)
        assert balance.wrong == ()

    @pytest.mark.parametrize("by", ["county", "office", "town", "people", "bank"])
    def test_rows_of_a_table_add_up_to_the_whole(self, life: Life, by: str) -> None:
        made = board(by=by)
        columns = {
            title: sum(row.cells[place].count for row in made.table.rows)
            for place, title in enumerate(made.table.columns)
        }
        if by == "office":
            assert sum(columns.values()) == 11 + 3  # the last column counts the stranded again
        else:
            assert columns["登记入账"] == 11
            assert columns["已接收"] == 6
            assert columns["短少未说明"] == 1

    def test_a_county_with_nothing_yet_has_its_row(self, city: City) -> None:
        make.received_cards(city, city.here)
        rows = {row.title: row.cells[0].count for row in board().table.rows}
        assert rows == {"甲县人社局": 1, "乙县人社局": 0}

    def test_short_cards_are_those_of_the_page_of_differences(self, life: Life) -> None:
        found = page_of_lines(
            Choice(figure=BY_CODE["differences"]), reach=whole_city(), as_of=LATER, first=0, most=9
        )
        expected = short_cards(life.city.here.keeper)
        assert [line.card_id for line in found] == [life.short.pk] == [c.pk for c in expected]

    @pytest.mark.article(16)
    def test_age_counts_from_the_first_receipt(self, life: Life) -> None:
        bands = {band.title: band.count for band in board().bands}
        assert bands == {"30–59 天": 3, "60–89 天": 0, "90–179 天": 0, "180 天以上": 0}

    def test_issued_by_day_follows_the_claimed_time(self, life: Life) -> None:
        scope = Choice(figure=BY_CODE["registered"])
        made = make_board(
            scope=scope, by="county", per="day", reach=whole_city(),
            as_of=make.NOON + timedelta(days=10),
        )  # fmt: skip
        assert {span.title: span.count for span in made.spans if span.count} == {
            "11-21": 1,
            "11-23": 1,
        }
        assert (made.waiting.count, made.waiting.median, made.waiting.most) == (2, 1, 3)

    def test_a_week_holds_its_seven_days(self, life: Life) -> None:
        spans = {span.title: span.count for span in board(per="week").spans if span.count}
        assert spans == {"11-16 至 11-22": 1, "11-23 至 11-29": 1}

    def test_an_undone_issue_is_not_counted(self, life: Life) -> None:
        from cardbook.chapters.issuance.individual.commands import undo_issue
        from cardbook.chapters.issuance.individual.queries import last_hand_over

        hand_over = last_hand_over(life.issued.pk)
        assert hand_over is not None
        undo_issue(
            card_id=life.issued.pk, event_id=hand_over.event, words="扫错了卡",
            by=life.city.here.clerk, second=life.city.here.reviewer, at=LATER, key=make.key(),
        )  # fmt: skip
        assert figures_of(board())["issued"] == 1


def every_choice(made: Board) -> Iterator[tuple[str, int, Choice]]:
    """Every number the page shows, with the choice its link carries."""
    for number in (
        made.balance.registered, *made.balance.parts, *made.numbers, *made.bands, *made.spans
    ):  # fmt: skip
        yield number.title, number.count, number.choice
    yield "waiting", made.waiting.count, made.waiting_choice
    for row in made.table.rows:
        for title, cell in zip(made.table.columns, row.cells, strict=True):
            yield f"{row.title} {title}", cell.count, cell.choice


def rows_of(code: str, *, reach: Reach | None = None) -> list[Line]:
    choice = Choice(figure=BY_CODE[code])
    return page_of_lines(choice, reach=reach or whole_city(), as_of=LATER, first=0, most=1000)


class TestDifferencesOpen:
    """Short from the maker, short at a hand-over, disputed by an opening balance: each opens."""

    CODES = ("differences", "handed_short", "claims_open")

    def test_the_sum_of_the_views_is_the_sum_of_the_rows(self, life: Life) -> None:
        city, who = life.city, make.citizen_number()
        shipment, cards = self.handed_short(city)
        ledgers.taken_over(
            city, [ledgers.row("Q00000001", who=who), ledgers.row("Q00000002", 状态="死亡")]
        )
        ledgers.taken_over(
            city,
            [ledgers.row("Q00000001", who=who, 状态="在库", 存放地点="A-1-03")],
            source="省平台",
        )
        ledgers.taken_over(
            city, [ledgers.row("Q00000003"), ledgers.row("Q00000003")], source="两人一卡"
        )
        found = figures_of(board())
        assert [found[code] for code in self.CODES] == [1, 1, 4]
        lines = {code: rows_of(code) for code in self.CODES}
        assert sum(found[code] for code in self.CODES) == sum(map(len, lines.values()))
        assert [line.card_id for line in lines["handed_short"]] == [cards[1].pk]
        assert [line.number for line in lines["claims_open"]][:2] == ["Q00000001", "Q00000002"]
        assert [line.state for line in lines["claims_open"]][2:] == ["期初没有登记"] * 2
        theirs = counting.reach_of(city.neighbour.keeper.county_path)
        assert not [line for code in self.CODES for line in rows_of(code, reach=theirs)]
        assert shipment.pk

    def handed_short(self, city: City) -> tuple[Shipment, list[Card]]:
        """Two cards sent to a window that saw one of them."""
        cards = make.received_cards(city, city.here, count=2)
        shipment = sent(city.here.keeper, city.here.window, cards)
        count = scanned(shipment, city.here.clerk, cards[0].number)
        finish_count(
            count_id=count.pk, words="盒中少一张", by=city.here.clerk, second=city.here.reviewer,
            at=NOON, key=make.key(),
        )  # fmt: skip
        return shipment, cards

    def test_what_turned_up_or_was_found_out_is_no_difference_any_more(self, city: City) -> None:
        shipment, cards = self.handed_short(city)
        ledgers.taken_over(city, [ledgers.row("Q00000002", 状态="死亡")])
        assert len(rows_of("handed_short")) == len(rows_of("claims_open")) == 1
        arrived_again(shipment, city.here.clerk, cards[1].number)
        dead = Card.objects.get(number="Q00000002")
        signed = Signed(
            by=city.here.keeper, second=city.here.reviewer, at=NOON, words="电话问过", key="alive"
        )
        confirm_living(card_ids=[dead.pk], signed=signed)
        assert rows_of("handed_short") == rows_of("claims_open") == []


class TestEveryNumberOpensItsRows:
    @pytest.mark.parametrize("by", ["county", "office", "town", "people", "bank"])
    @pytest.mark.parametrize("per", ["day", "week"])
    def test_the_list_has_as_many_rows_as_the_number_says(
        self, life: Life, by: str, per: str
    ) -> None:
        reach = whole_city()
        seen = set()
        for said, number, choice in every_choice(board(by=by, per=per)):
            # What travels is the address: it must read back as the same choice.
            query = dict(pair.split("=") for pair in choice.query().split("&"))
            assert read_choice(query) == choice
            lines = page_of_lines(choice, reach=reach, as_of=LATER, first=0, most=1000)
            assert len(lines) == number == counting.count(choice, reach=reach, as_of=LATER), said
            seen.add(choice.figure.code)
        assert seen >= {figure.code for figure in FIGURES} - {"differences"}

    def test_the_neighbour_county_counts_only_its_own(self, life: Life) -> None:
        reach = counting.reach_of(life.city.neighbour.keeper.county_path)
        made = board(reach=reach)
        assert made.balance.registered.count == 3
        assert [row.title for row in made.table.rows] == ["乙县人社局"]
        foreign = Choice(figure=BY_CODE["registered"], county=str(life.city.here.county.pk))
        assert counting.count(foreign, reach=reach, as_of=LATER) == 0


class TestTheViews:
    def test_the_migration_makes_every_figure_and_says_what_it_is(self, city: City) -> None:
        said = counting.definitions()
        assert list(said) and set(said) == {figure.code for figure in FIGURES}
        assert all(sentence.endswith("。") or "）" in sentence for sentence in said.values())
        assert len(set(said.values())) == len(FIGURES)

    def test_kinds_of_place_in_sql_are_those_of_the_house(self, city: City) -> None:
        shelf = set(re.findall(r"'(\w+)'", _kinds("figures_in_custody")))
        assert shelf == {str(place) for place in Place if place.is_store}
        closed = counting.question_of("figures_replacements")
        assert all(f"'{state}'" in closed for state in CLOSED_APPLICATIONS)

    def test_nobody_writes_through_a_view(self, life: Life) -> None:
        with (
            pytest.raises(OperationalError, match="cannot update view"),
            connection.cursor() as cursor,
        ):
            cursor.execute("UPDATE figures_registered SET place = 'holder'")

    def test_a_view_shows_no_more_than_its_reader_may_see(self, city: City) -> None:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT relname FROM pg_class WHERE relname LIKE 'figures%' AND relkind = 'v' "
                "AND 'security_invoker=true' = ANY(reloptions)"
            )
            assert {name for (name,) in cursor.fetchall()} == {one.view for one in FIGURES}


def _kinds(view: str) -> str:
    return counting.question_of(view).partition("WHERE")[2]


class TestReadChoice:
    @pytest.mark.parametrize(
        "given",
        [
            {},
            {"figure": "people_person"},
            {"figure": "issued; DROP TABLE cards_card"},
            {"figure": "issued", "county": "1 OR 1=1"},
            {"figure": "issued", "county": "٣"},
            {"figure": "issued", "office": "9" * 30},
            {"figure": "issued", "place": "moon"},
            {"figure": "issued", "people": "a b"},
            {"figure": "issued", "start": "2026-13-01"},
            {"figure": "stranded", "days_from": "-1"},
            {"figure": "stranded", "days_from": "99999"},
        ],
    )
    def test_refuses_what_cannot_be_counted(self, given: dict[str, str]) -> None:
        with pytest.raises(NotAChoice) as refused:
            read_choice(given)
        assert str(refused.value).endswith("。")
