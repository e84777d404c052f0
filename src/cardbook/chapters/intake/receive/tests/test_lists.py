"""Lists of deliveries and differences (Art. 6, 20): found, ordered, taken along, row by row."""

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from cardbook.cards.models import Card
from cardbook.chapters.intake.models import CountScan, OddNote
from cardbook.chapters.intake.receive.odd_commands import note_odd
from cardbook.chapters.intake.receive.tests.deliveries import Arrived, arrive, counted
from cardbook.chapters.intake.receive.tests.test_pages import name_of
from cardbook.custody.models import Position
from cardbook.custody.places import Place
from cardbook.law.roles import Role
from cardbook.lifecycle.refusals import Refused
from cardbook.people.holders import holder_of
from cardbook.testing import factories as make
from cardbook.testing.clients import signed_in
from cardbook.testing.factories import NOON, PASSWORD, City
from cardbook.testing.workbooks import cells_of

pytestmark = [pytest.mark.django_db, pytest.mark.article(6), pytest.mark.article(20)]


@pytest.fixture
def arrived(city: City) -> Arrived:
    """Box 1-1 lacks its last two cards, box 1-2 its only one."""
    arrived = arrive(city, city.here, {"1-1": 5, "1-2": 1})
    counted(city.here, arrived.box_of("1-1"), arrived.numbers("1-1")[:3])
    counted(city.here, arrived.box_of("1-2"), ["X00000000"])
    return arrived


@pytest.fixture
def keeper(city: City) -> Client:
    return signed_in(city.here.keeper)


def short_of_the_neighbour(city: City) -> Card:
    other = arrive(city, city.neighbour, {"5-1": 1})
    counted(city.neighbour, other.box_of("5-1"), [], called_empty=True)
    return other.cards["5-1"][0]


class TestListOfDifferences:
    address = "delivery.differences"

    def numbers(self, client: Client, **asked: str) -> list[str]:
        page = client.get(reverse(self.address), asked)
        return [row.number for row in page.context["rows"]]

    def test_a_card_is_found_by_number_holder_and_box(
        self, keeper: Client, arrived: Arrived
    ) -> None:
        first, second = arrived.cards["1-1"][3:]
        alone = arrived.cards["1-2"][0]
        assert self.numbers(keeper, q=first.number.lower()) == [first.number]
        assert self.numbers(keeper, q="1-2") == [alone.number]
        assert second.number in self.numbers(keeper, q=holder_of(second.person).name)
        assert self.numbers(keeper, q="没有这个人") == []
        assert (
            "没有符合条件的卡"
            in keeper.get(reverse(self.address), {"q": "没有这个人"}).content.decode()
        )

    def test_is_ordered_as_asked(self, keeper: Client, arrived: Arrived) -> None:
        short = [card.number for card in (*arrived.cards["1-1"][3:], arrived.cards["1-2"][0])]
        assert self.numbers(keeper) == short
        assert self.numbers(keeper, sort="number") == sorted(short)
        assert self.numbers(keeper, sort="newest")[0] == short[-1]
        assert self.numbers(keeper, sort="made up") == short

    def test_what_is_seen_is_taken_along_masked(self, keeper: Client, arrived: Arrived) -> None:
        seen = {"q": "1-1", "export": "xlsx"}
        cells = cells_of(keeper.get(reverse(self.address), seen).content)
        card, holder = arrived.cards["1-1"][3], holder_of(arrived.cards["1-1"][3].person)
        assert card.number in cells and holder.masked_number in cells
        assert arrived.cards["1-2"][0].number not in cells

    def test_odd_scans_are_found_ordered_and_taken_along(
        self, keeper: Client, arrived: Arrived
    ) -> None:
        odd = {"kind": "odd", "q": "x00000000", "sort": "number"}
        assert self.numbers(keeper, **odd) == ["X00000000"]
        assert self.numbers(keeper, kind="odd", q="1-1") == []
        cells = cells_of(keeper.get(reverse(self.address), odd | {"export": "xlsx"}).content)
        assert "X00000000" in cells and arrived.numbers("1-1")[3] not in cells

    def test_what_was_done_with_an_odd_card_is_noted_row_by_row(
        self, city: City, keeper: Client, arrived: Arrived
    ) -> None:
        other = arrive(city, city.here, {"3-1": 1})
        counted(city.here, other.box_of("3-1"), [*other.numbers("3-1"), "X00000001"])
        theirs = arrive(city, city.neighbour, {"5-1": 1})
        counted(city.neighbour, theirs.box_of("5-1"), [*theirs.numbers("5-1"), "X00000002"])
        scans = dict(CountScan.objects.filter(number__startswith="X").values_list("number", "pk"))
        url, words = f"{reverse('delivery.note_odd')}?kind=odd", "封存在保险柜，已问制卡厂"
        first = keeper.post(url, {"card": [scans["X00000000"]], "words": words})
        assert first.context["results"] == (("X00000000", "已登记处理情况。"),)
        again = signed_in(make.worker("卡管员乙", Role.CARD_KEEPER, city.here.card_body))
        answer = again.post(url, {"card": list(scans.values()), "words": "又查了一次"})
        said = dict(answer.context["results"])
        assert (
            said["X00000000"].startswith("没有登记：")
            and city.here.keeper.name in said["X00000000"]
        )
        assert said["X00000001"] == "已登记处理情况。"
        assert "不在本县区" in said[f"第 {scans['X00000002']} 行"]
        assert set(OddNote.objects.values_list("scan__number", "words")) == {
            ("X00000000", words), ("X00000001", "又查了一次"),
        }  # fmt: skip
        rows = {row.number: row for row in answer.context["rows"]}
        assert words in rows["X00000000"].noted
        assert self.numbers(keeper, kind="odd", sort="open")[-1] in scans
        ticked = {"card": [scans["X00000001"]], "export": "xlsx"}
        address = f"{reverse(self.address)}?kind=odd"
        cells = cells_of(keeper.post(address, ticked).content)
        assert "X00000001" in cells and "X00000000" not in cells and "又查了一次" in "".join(cells)

    def test_an_odd_card_is_noted_in_words_by_the_keeper_alone(
        self, city: City, keeper: Client, arrived: Arrived
    ) -> None:
        url = f"{reverse('delivery.note_odd')}?kind=odd"
        scan = CountScan.objects.get(number="X00000000")
        assert keeper.post(url, {"card": [scan.pk], "words": " "}).status_code == 422
        nothing = keeper.post(url, {"words": "封存"})
        assert "没有勾选卡片" in nothing.content.decode()
        for by in (city.here.auditor, city.here.reviewer):
            assert signed_in(by).post(url, {"card": [scan.pk], "words": "封存"}).status_code == 403
        for words, by, code in (
            (" ", city.here.keeper, "REASON_MISSING"), ("封存", city.here.clerk, "ROLE_MAY_NOT"),
        ):  # fmt: skip
            with pytest.raises(Refused) as refused:
                note_odd(scan_ids=[scan.pk], words=words, by=by, at=NOON)
            assert [one.code for one in refused.value.refusals] == [code]
        assert not OddNote.objects.exists()

    def test_the_neighbour_takes_nothing_along(self, city: City, arrived: Arrived) -> None:
        answer = signed_in(city.neighbour.keeper).get(reverse(self.address), {"export": "xlsx"})
        assert not {*arrived.numbers("1-1"), *arrived.numbers("1-2")} & {*cells_of(answer.content)}

    def test_takes_the_same_queries_for_many_cards(
        self, city: City, keeper: Client, django_assert_num_queries: DjangoAssertNumQueries
    ) -> None:
        many = arrive(city, city.here, {"9-1": 30})
        counted(city.here, many.box_of("9-1"), many.numbers("9-1")[:1])
        with django_assert_num_queries(10):
            keeper.get(reverse(self.address), {"q": "9-1", "sort": "oldest"})


class TestExplainRowByRow:
    def explain(self, client: Client, city: City, *ids: int, **changes: object) -> str:
        given = {
            "card": ids, "words": "夹在清单中间", "key": make.key(),
            "second_name": name_of(city.here.reviewer), "second_password": PASSWORD,
        }  # fmt: skip
        address = f"{reverse('delivery.explain_found')}?kind=short"
        return client.post(address, given | changes, follow=True).content.decode()

    def place(self, card_id: int) -> str:
        return Position.objects.get(card=card_id).account.kind

    def test_who_can_be_served_is_and_each_other_card_says_why_not(
        self, city: City, keeper: Client, arrived: Arrived
    ) -> None:
        gone, lies = arrived.cards["1-1"][3:]
        counted(city.here, arrived.box_of("1-1"), [gone.number])
        theirs = short_of_the_neighbour(city)
        key = make.key()
        html = self.explain(keeper, city, gone.pk, lies.pk, theirs.pk, key=key)
        assert "1 张卡" in html, html
        assert "已接收入库" in html
        assert f"<strong>{gone.number}</strong>" in html
        assert theirs.number not in html and f"第 {theirs.pk} 号" in html
        assert self.place(lies.pk) == Place.STORE
        assert self.place(theirs.pk) == Place.TRANSIT
        again = self.explain(keeper, city, gone.pk, lies.pk, theirs.pk, key=key)
        assert "1 张卡" in again and f"<strong>{lies.number}</strong>" not in again

    def test_a_card_never_counted_leaves_the_others_as_they_are(
        self, city: City, keeper: Client, arrived: Arrived
    ) -> None:
        other = arrive(city, city.here, {"7-1": 1}).cards["7-1"][0]
        lies = arrived.cards["1-1"][3]
        html = self.explain(keeper, city, other.pk, lies.pk)
        assert f"<strong>{other.number}</strong>" in html
        assert (self.place(other.pk), self.place(lies.pk)) == (Place.TRANSIT, Place.STORE)


class TestListOfDeliveries:
    address = "delivery.list"

    def codes(self, client: Client, **asked: str) -> list[str]:
        page = client.get(reverse(self.address), asked)
        return [row.code for row in page.context["rows"]]

    def test_is_found_and_ordered_as_asked(
        self, city: City, keeper: Client, arrived: Arrived
    ) -> None:
        other = arrive(city, city.here, {"8-1": 1}).delivery.code
        mine = arrived.delivery.code
        assert self.codes(keeper) == [other, mine]
        assert self.codes(keeper, sort="oldest") == [mine, other]
        assert self.codes(keeper, q=mine.lower()) == [mine]
        assert self.codes(keeper, q="没有这一批") == []

    def test_what_is_seen_is_taken_along_and_stays_blind(
        self, city: City, keeper: Client, arrived: Arrived
    ) -> None:
        other = arrive(city, city.here, {"8-1": 3}).delivery
        cells = cells_of(keeper.get(reverse(self.address), {"export": "xlsx"}).content)
        assert {other.code, arrived.delivery.code} <= {*cells}
        assert cells.count("清点后显示") == 2
        one = {"export": "xlsx", "pick": str(other.pk)}
        cells = cells_of(keeper.get(reverse(self.address), one).content)
        assert other.code in cells and arrived.delivery.code not in cells

    def test_the_neighbour_takes_nothing_along(self, city: City, arrived: Arrived) -> None:
        answer = signed_in(city.neighbour.keeper).get(reverse(self.address), {"export": "xlsx"})
        assert arrived.delivery.code not in cells_of(answer.content)
