"""The pages of sorting (Art. 6, 20): piles, boxes and slots, for those whose business it is."""

import re

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from cardbook.chapters.intake.receive.tests.deliveries import Arrived, received
from cardbook.chapters.intake.sort.commands import open_box
from cardbook.chapters.intake.sort.forms import read_slots
from cardbook.custody.models import Account, Position
from cardbook.custody.places import Place
from cardbook.ledger.models import Event
from cardbook.people.holders import holder_of
from cardbook.registers.codes import scan_code
from cardbook.testing import factories as make
from cardbook.testing.clients import signed_in
from cardbook.testing.factories import City
from cardbook.testing.workbooks import cells_of

pytestmark = [pytest.mark.django_db, pytest.mark.article(6), pytest.mark.article(20)]
PILE = "甲县城关镇 东关村"
OTHER = "甲县城关镇 北街村"


@pytest.fixture
def arrived(city: City) -> Arrived:
    return received(city, city.here, 6, village="东关村")


@pytest.fixture
def keeper(city: City) -> Client:
    return signed_in(city.here.keeper)


@pytest.fixture
def box(city: City) -> Account:
    return open_box(cabinet="A", shelf="1", box="01", capacity=40, label=PILE, by=city.here.keeper)


def pile_form(**changes: object) -> dict[str, object]:
    given: dict[str, object] = {
        "key": make.key(),
        "order": "town",
        "pile": PILE,
        "account": "",
        "count": 6,
    }
    return given | changes


def in_boxes() -> int:
    return Position.objects.filter(account__kind=Place.BOX).count()


class TestWhoMayOpen:
    def test_the_keeper_opens_every_page_with_its_article(
        self, keeper: Client, box: Account
    ) -> None:
        for address in (
            reverse("card.sort"),
            reverse("box.list"),
            reverse("box.show", args=[box.pk]),
        ):
            page = keeper.get(address)
            assert page.status_code == 200, address
            assert "依据：第六条、第二十条" in page.content.decode()

    def test_a_window_clerk_looks_into_a_box_but_does_not_sort(
        self, city: City, box: Account
    ) -> None:
        clerk = signed_in(city.here.clerk)
        page = clerk.get(reverse("box.show", args=[box.pk]))
        assert page.status_code == 200
        assert "扫描卡号" not in page.content.decode()
        assert clerk.get(reverse("card.sort")).status_code == 403
        for name in ("box.put", "box.move"):
            assert clerk.post(reverse(name, args=[box.pk]), {}).status_code == 403

    @pytest.mark.article(5)
    def test_the_neighbour_finds_no_box(self, city: City, box: Account) -> None:
        neighbour = signed_in(city.neighbour.keeper)
        assert neighbour.get(reverse("box.show", args=[box.pk])).status_code == 404
        put = {"key": make.key(), "number": "X00000000"}
        assert neighbour.post(reverse("box.put", args=[box.pk]), put).status_code == 404
        assert box.code not in neighbour.get(reverse("box.list")).content.decode()

    def test_a_visitor_signs_in_first(self, box: Account) -> None:
        assert Client().get(reverse("box.show", args=[box.pk])).status_code == 302


class TestSortPage:
    def test_proposes_the_box_of_the_same_label(
        self, keeper: Client, arrived: Arrived, box: Account
    ) -> None:
        html = keeper.get(reverse("card.sort")).content.decode()
        assert f"入柜 6 张：{PILE}，放入 A-1-01" in html

    def test_one_click_puts_a_pile_away(
        self, keeper: Client, arrived: Arrived, box: Account
    ) -> None:
        page = keeper.post(reverse("card.sort"), pile_form(account=box.pk), follow=True)
        assert "6 张卡已入柜，放在盒 A-1-01" in page.content.decode()
        assert in_boxes() == 6

    def test_without_a_box_the_next_is_opened(self, keeper: Client, arrived: Arrived) -> None:
        page = keeper.post(reverse("card.sort"), pile_form(count=4), follow=True)
        assert "4 张卡已入柜，放在盒 A-1-01" in page.content.decode()
        assert Account.objects.get(kind=Place.BOX).label == PILE

    def test_a_second_click_moves_no_more(self, keeper: Client, arrived: Arrived) -> None:
        form = pile_form(count=2)
        for _ in range(2):
            page = keeper.post(reverse("card.sort"), form, follow=True)
            assert "2 张卡已入柜" in page.content.decode()
        assert Event.objects.filter(act="card.sort").count() == 2

    def test_another_box_or_number_can_be_chosen(
        self, keeper: Client, arrived: Arrived, box: Account
    ) -> None:
        html = keeper.get(reverse("card.sort"), {"order": "town", "pile": PILE}).content.decode()
        assert f"把“{PILE}”放入" in html
        assert f'<option value="{box.pk}" selected>' in html

    def test_a_full_box_is_said_with_the_way_out(self, city: City, arrived: Arrived) -> None:
        small = open_box(
            cabinet="B", shelf="1", box="01", capacity=3, label="", by=city.here.keeper
        )
        client = signed_in(city.here.keeper)
        page = client.post(reverse("card.sort"), pile_form(account=small.pk), follow=True)
        html = page.content.decode()
        assert "盒 B-1-01 只有 3 个空位，放不下 6 张。请分放到其他盒。" in html
        assert in_boxes() == 0

    @pytest.mark.parametrize("count", ["", "0", "many", "5000"])
    def test_a_wrong_number_of_cards_is_said(
        self, keeper: Client, arrived: Arrived, count: str
    ) -> None:
        page = keeper.post(reverse("card.sort"), pile_form(count=count), follow=True)
        assert "张数：" in page.content.decode()
        assert in_boxes() == 0

    def test_an_unknown_order_is_not_found(self, keeper: Client) -> None:
        assert keeper.get(reverse("card.sort"), {"order": "name"}).status_code == 404

    def test_nothing_to_sort_is_told(self, keeper: Client) -> None:
        assert "没有待分类的卡" in keeper.get(reverse("card.sort")).content.decode()

    def test_takes_the_same_queries_for_many_boxes(
        self,
        city: City,
        keeper: Client,
        arrived: Arrived,
        django_assert_max_num_queries: DjangoAssertNumQueries,
    ) -> None:
        for number in range(1, 9):
            open_box(
                cabinet="A",
                shelf="1",
                box=f"{number:02d}",
                capacity=9,
                label="",
                by=city.here.keeper,
            )
        keeper.get(reverse("home"))
        with django_assert_max_num_queries(10):
            keeper.get(reverse("card.sort"))


class TestTickedPiles:
    """Two piles: six cards of one village, four of another."""

    @pytest.fixture
    def two(self, city: City, arrived: Arrived) -> None:
        received(city, city.here, 4, village="北街村")

    def rows(self, keeper: Client, **asked: str) -> list[str]:
        page = keeper.get(reverse("card.sort"), asked)
        return [pile.label for pile, _ in page.context["rows"]]

    def ticked(self, keeper: Client, *piles: str) -> dict[str, object]:
        """The form as the page sends it, with these piles ticked."""
        page = keeper.get(reverse("card.sort"))
        boxes = re.findall(r'name="row" value="([^"]+)"', page.content.decode())
        rows = [one for one in boxes if one.split("|")[3] in piles]
        return {"key": page.context["form_key"], "order": "town", "row": rows}

    def test_piles_are_sought_and_put_into_order(self, keeper: Client, two: None) -> None:
        assert self.rows(keeper, sort="most") == [PILE, OTHER]
        assert self.rows(keeper, sort="fewest") == [OTHER, PILE]
        assert self.rows(keeper, q="北街") == [OTHER]
        page = keeper.get(reverse("card.sort"), {"q": "无此村"}).content.decode()
        assert "没有符合条件的分类" in page

    def test_each_ticked_pile_goes_where_its_row_proposes(
        self, keeper: Client, two: None, box: Account
    ) -> None:
        form = self.ticked(keeper, PILE, OTHER)
        page = keeper.post(reverse("card.sort_ticked"), form)
        assert page.status_code == 200
        assert dict(page.context["results"]) == {
            PILE: "6 张已入柜，放在盒 A-1-01。",
            OTHER: "4 张已入柜，放在盒 A-1-02。",
        }
        assert in_boxes() == 10
        again = keeper.post(reverse("card.sort_ticked"), form)
        assert again.context["results"] == page.context["results"]
        assert Event.objects.filter(act="card.sort").count() == 10

    def test_what_does_not_fit_is_told_and_the_others_are_put_away(
        self, city: City, keeper: Client, two: None, box: Account
    ) -> None:
        form = self.ticked(keeper, PILE, OTHER)
        Account.objects.filter(pk=box.pk).update(capacity=5)
        page = keeper.post(reverse("card.sort_ticked"), form)
        said = dict(page.context["results"])
        assert page.status_code == 409
        assert said[PILE].startswith("没有入柜：盒 A-1-01 只有 5 个空位")
        assert said[OTHER] == "4 张已入柜，放在盒 A-1-02。"
        assert in_boxes() == 4

    def test_nothing_ticked_is_said_and_a_reload_comes_back(
        self, keeper: Client, two: None
    ) -> None:
        form = {"key": make.key(), "order": "town"}
        page = keeper.post(reverse("card.sort_ticked"), form, follow=True)
        assert "没有勾选，请先勾选要入柜的分类。" in page.content.decode()
        back = keeper.get(reverse("card.sort_ticked"), {"order": "unit"})
        assert back.url == f"{reverse('card.sort')}?order=unit"

    def test_only_who_sorts_puts_ticked_piles_away(self, city: City, two: None) -> None:
        clerk = signed_in(city.here.clerk)
        assert clerk.post(reverse("card.sort_ticked"), {"key": "k"}).status_code == 403
        neighbour = signed_in(city.neighbour.keeper)
        form = {"key": make.key(), "order": "town", "row": [f"1||6|{PILE}"]}
        page = neighbour.post(reverse("card.sort_ticked"), form)
        assert page.status_code == 409
        assert in_boxes() == 0

    def test_what_is_seen_is_taken_along_with_the_boxes_proposed(
        self, keeper: Client, two: None, box: Account
    ) -> None:
        url = reverse("card.sort")
        all_ = cells_of(keeper.get(url, {"export": "xlsx"}).content)
        assert {PILE, OTHER, "A-1-01", "A-1-02"} <= set(all_)
        assert any("10 张" in cell for cell in all_)
        some = cells_of(keeper.post(url, self.ticked(keeper, OTHER) | {"export": "xlsx"}).content)
        assert OTHER in some and PILE not in some

    def test_the_search_stays_when_a_pile_was_put_away(self, keeper: Client, two: None) -> None:
        page = keeper.post(f"{reverse('card.sort')}?q=村&sort=most", pile_form())
        assert page.url == f"{reverse('card.sort')}?q=%E6%9D%91&sort=most&order=town"


class TestBoxPage:
    def filled(self, keeper: Client, box: Account) -> str:
        keeper.post(reverse("card.sort"), pile_form(account=box.pk))
        return reverse("box.show", args=[box.pk])

    def test_shows_slots_and_cards_masked(
        self, keeper: Client, arrived: Arrived, box: Account
    ) -> None:
        html = keeper.get(self.filled(keeper, box)).content.decode()
        assert html.count('class="in-full"') == 6
        assert html.count("位：空") == 34
        holder = holder_of(arrived.cards["1-1"][0].person)
        assert holder.masked_number in html and holder.number not in html

    def test_a_scanned_card_goes_into_the_next_slot(
        self, keeper: Client, arrived: Arrived, box: Account
    ) -> None:
        number = arrived.numbers("1-1")[3]
        put = {"key": make.key(), "number": number}
        page = keeper.post(reverse("box.put", args=[box.pk]), put, follow=True)
        assert f"{number} 已放入 A-1-01 第 1 位" in page.content.decode()

    @pytest.mark.parametrize(
        ("text", "sentence"), [("12", "没有放入"), ("X00000000", "台账没有卡号 X00000000")]
    )
    def test_a_wrong_scan_is_said(
        self, keeper: Client, box: Account, text: str, sentence: str
    ) -> None:
        put = {"key": make.key(), "number": text}
        page = keeper.post(reverse("box.put", args=[box.pk]), put, follow=True)
        assert sentence in page.content.decode()

    def test_cards_in_the_wrong_box_are_moved(
        self, city: City, keeper: Client, arrived: Arrived, box: Account
    ) -> None:
        self.filled(keeper, box)
        right = open_box(
            cabinet="A", shelf="1", box="02", capacity=40, label="", by=city.here.keeper
        )
        code = scan_code("BOX", city.here.card_body.code, "A-1-02")
        form = {"key": make.key(), "slots": "1-2，5", "target": code}
        page = keeper.post(reverse("box.move", args=[box.pk]), form, follow=True)
        assert "3 张卡已移到盒 A-1-02" in page.content.decode()
        assert right.positions.count() == 3

    @pytest.mark.parametrize(
        ("changes", "sentence"),
        [
            ({"slots": "三"}, "“三”不是位号"),
            ({"target": "Z-9-99"}, "本县区没有这个盒"),
            ({"target": "A-1-01"}, "请选择另一个盒"),
            ({"target": "~BOX:X/A-1-01:0000"}, "没有读全"),
        ],
    )
    def test_a_wrong_move_is_said_and_nothing_typed_is_lost(
        self,
        keeper: Client,
        arrived: Arrived,
        box: Account,
        changes: dict[str, str],
        sentence: str,
    ) -> None:
        self.filled(keeper, box)
        form = {"key": make.key(), "slots": "1-2", "target": "A-1-02"} | changes
        page = keeper.post(reverse("box.move", args=[box.pk]), form)
        html = page.content.decode()
        assert page.status_code == 422
        assert sentence in html and f'value="{form["slots"]}"' in html
        assert box.positions.count() == 6
        reloaded = keeper.get(reverse("box.move", args=[box.pk]))
        assert reloaded["Location"] == reverse("box.show", args=[box.pk])

    def test_labels_are_printed(self, keeper: Client, box: Account) -> None:
        page = keeper.get(reverse("box.labels"), {"pick": box.pk})
        assert page["Content-Type"] == "application/pdf"
        assert page.content.startswith(b"%PDF-")

    def test_labels_without_a_box_lead_back(self, keeper: Client) -> None:
        page = keeper.get(reverse("box.labels"), follow=True)
        assert "还没有盒" in page.content.decode()


class TestBoxes:
    def test_a_new_box_is_opened_and_shown(self, keeper: Client) -> None:
        form = {"cabinet": "C", "shelf": "2", "box": "03", "capacity": 80, "label": "城关镇"}
        page = keeper.post(reverse("box.open"), form, follow=True)
        assert "盒 C-2-03 可以放卡了" in page.content.decode()

    def test_a_wrong_code_is_said_with_an_example(self, keeper: Client) -> None:
        form = {"cabinet": "柜", "shelf": "2", "box": "03", "capacity": 80}
        page = keeper.post(reverse("box.open"), form, follow=True)
        assert "例如 A" in page.content.decode()
        assert not Account.objects.filter(kind=Place.BOX).exists()

    def test_the_list_finds_by_code_and_label(self, keeper: Client, box: Account) -> None:
        for text, found in {"A-1": 1, "东关": 1, "Z": 0}.items():
            page = keeper.get(reverse("box.list"), {"q": text})
            assert len(page.context["found"].object_list) == found

    def test_a_label_opens_its_box(self, keeper: Client, box: Account) -> None:
        for address in (reverse("card.sort"), reverse("box.list")):
            opened = keeper.get(address, {"label": "a-1-01"})
            assert opened["Location"] == reverse("box.show", args=[box.pk])
            page = keeper.get(address, {"label": "Z-9-99"})
            assert "没有盒号为“Z-9-99”的盒" in page.content.decode()


class TestReadSlots:
    @pytest.mark.parametrize(
        ("text", "slots"),
        [
            ("1-3", (1, 2, 3)),
            ("3,5，8", (3, 5, 8)),
            ("1 2、2", (1, 2)),
            ("４－６", (4, 5, 6)),
            ("7至8", (7, 8)),
        ],
    )
    def test_reads_what_clerks_write(self, text: str, slots: tuple[int, ...]) -> None:
        assert read_slots(text) == slots

    @pytest.mark.parametrize("text", ["0", "5-3", "a", "1--2", "2001"])
    def test_says_what_is_no_slot(self, text: str) -> None:
        with pytest.raises(ValueError, match="位号"):
            read_slots(text)

    def test_boxes_are_found_ordered_and_taken_along(
        self, city: City, keeper: Client, arrived: Arrived, box: Account
    ) -> None:
        address, office, full = reverse("box.list"), city.here.card_body, box
        empty = open_box(
            cabinet="A", shelf="1", box="02", capacity=40, label="", by=city.here.keeper
        )
        keeper.post(reverse("card.sort"), pile_form(account=full.pk))
        order = {sort: self.codes(keeper, sort=sort) for sort in ("code", "emptiest", "fullest")}
        assert order["code"] == order["fullest"] == [full.code, empty.code]
        assert order["emptiest"] == [empty.code, full.code]
        assert self.codes(keeper, q="A-1-02") == [empty.code]
        assert self.codes(keeper, q=office.name) == [full.code, empty.code]
        seen = cells_of(keeper.get(address, {"export": "xlsx"}).content)
        assert {full.code, empty.code} <= {*seen}
        one = cells_of(keeper.get(address, {"export": "xlsx", "pick": full.pk}).content)
        assert full.code in one and empty.code not in one

    def codes(self, client: Client, **asked: str) -> list[str]:
        return [box.code for box in client.get(reverse("box.list"), asked).context["found"]]
