"""The screens of a stock-take (Art. 20): who opens them, blind until the end, then two people."""

import io
import re
from datetime import timedelta
from zipfile import ZipFile

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from cardbook.chapters.safekeeping.models import Finding, Scan, Stocktake
from cardbook.chapters.safekeeping.stocktaking.closing import close_findings
from cardbook.chapters.safekeeping.stocktaking.due_queries import (
    due_offices,
    due_places,
    offices_to_count,
)
from cardbook.chapters.safekeeping.stocktaking.tests.counts import (
    a_box,
    begin,
    boxed,
    ended,
    numbers,
    scan,
    verdict,
)
from cardbook.custody.places import Place
from cardbook.custody.postings import account_of
from cardbook.lib.clock import local_day
from cardbook.orgs.models import Kind, Organization, User
from cardbook.testing import factories as make
from cardbook.testing.clients import signed_in
from cardbook.testing.factories import NOON, PASSWORD, City
from cardbook.testing.workbooks import cells_of

pytestmark = pytest.mark.article(20)
HTMX = {"HTTP_HX_REQUEST": "true"}


def name_of(city: City) -> str:
    return User.objects.get(pk=city.here.reviewer.user_id).username


def counted(city: City) -> tuple[Stocktake, list[str]]:
    """An ended count of a box of three: one missing, one too many."""
    box, cards = boxed(city, city.here, 3)
    take = begin(city.here, box)
    scan(take, city.here, box, *numbers(cards[:2]), "Z00000001")
    ended(take, city.here)
    return take, numbers(cards)


class TestWhoMayOpen:
    def addresses(self, take: Stocktake) -> list[str]:
        return [
            reverse("stocktake.list"),
            reverse("stocktake.show", args=[take.pk]),
            reverse("register.stocktake"),
            reverse("stocktake.start"),
        ]

    def test_the_keeper_opens_every_page_with_its_article(self, city: City) -> None:
        take, _ = counted(city)
        client = signed_in(city.here.keeper)
        for address in self.addresses(take):
            page = client.get(address)
            assert page.status_code == 200, address
            assert "第二十条" in page.content.decode(), address

    @pytest.mark.parametrize("who", ["reviewer", "auditor"])
    def test_who_signs_or_supervises_looks_but_does_not_count(self, city: City, who: str) -> None:
        take, _ = counted(city)
        client = signed_in(getattr(city.here, who))
        statuses = [client.get(address).status_code for address in self.addresses(take)]
        assert statuses == [200, 200, 200, 403]

    def test_a_window_clerk_has_no_business_here(self, city: City) -> None:
        take, _ = counted(city)
        client = signed_in(city.here.clerk)
        assert {client.get(address).status_code for address in self.addresses(take)} == {403}

    @pytest.mark.article(5)
    def test_a_closed_office_is_offered_only_while_cards_lie_there(self, city: City) -> None:
        box, _ = boxed(city, city.here, 1)
        empty = make.organization("甲县旧窗口", Kind.WINDOW, parent=city.here.card_body)
        account_of(organization_id=empty.pk, kind=Place.DRAWER)
        page = signed_in(city.here.keeper).get(reverse("stocktake.start")).content.decode()
        assert f'value="{empty.pk}"' in page
        for office in (empty, box.organization):
            Organization.objects.filter(pk=office.pk).update(
                valid_to=local_day(NOON), in_force=False
            )
        offered = [id_ for id_, _ in offices_to_count(city.here.keeper)]
        assert empty.pk not in offered and box.organization_id in offered

    @pytest.mark.article(5)
    def test_the_neighbour_county_finds_nothing(self, city: City) -> None:
        take, _ = counted(city)
        client = signed_in(city.neighbour.keeper)
        assert client.get(reverse("stocktake.show", args=[take.pk])).status_code == 404
        assert client.get(reverse("stocktake.count", args=[take.pk])).status_code == 404
        for name in ("scan", "end", "settle", "close"):
            address = reverse(f"stocktake.{name}", args=[take.pk])
            assert client.post(address, {"number": "X00000000"}).status_code == 404, name
        assert take.number not in client.get(reverse("stocktake.list")).content.decode()

    def test_the_list_is_ordered_and_exported_as_seen_and_blind(self, city: City) -> None:
        take, _ = counted(city)
        box, _ = boxed(city, city.here, 31)
        running = begin(city.here, box)
        client, address = signed_in(city.here.keeper), reverse("stocktake.list")
        for sort, order in (
            ("-id", [running.pk, take.pk]), ("id", [take.pk, running.pk]),
            ("organization__code", [running.pk, take.pk]), ("odd", [running.pk, take.pk]),
        ):  # fmt: skip
            rows = client.get(address, {"sort": sort}).context["rows"]
            assert [row.id for row in rows] == order, sort
        seen = cells_of(client.get(address, {"export": "xlsx"}).content)
        assert take.number in seen and running.number in seen
        chosen = {"export": "xlsx", "pick": [str(running.pk)]}
        seen = cells_of(client.get(address, chosen).content)
        assert take.number not in seen and "31" not in seen and "结束后显示" in seen
        foreign = signed_in(city.neighbour.keeper).get(address, {"export": "xlsx"})
        assert take.number not in cells_of(foreign.content)

    def test_a_visitor_signs_in_first(self, city: City) -> None:
        take, _ = counted(city)
        for address in self.addresses(take):
            assert Client().get(address).status_code == 302


class TestBlind:
    """Until the scanning has ended nothing tells how many cards the book has in a place."""

    STOCK = 37

    def texts(self, client: Client, *addresses: str) -> str:
        pages = [client.get(address, follow=True).content.decode() for address in addresses]
        return re.sub(r"<[^>]+>|csrf\w+|\d{4}-\d\d-\d\d[ \d:]*", " ", " ".join(pages))

    def test_no_page_the_keeper_comes_to_tells_the_expected_number(self, city: City) -> None:
        box, cards = boxed(city, city.here, self.STOCK)
        take = begin(city.here)
        scan(take, city.here, box, cards[0].number)
        shown = self.texts(
            signed_in(city.here.keeper),
            reverse("home"),
            reverse("stocktake.list"),
            reverse("stocktake.start"),
            reverse("stocktake.count", args=[take.pk]),
            reverse("stocktake.show", args=[take.pk]),
            reverse("register.stocktake") + f"?stocktake={take.pk}",
            reverse("card.list") + "?place=box",
            reverse("card.sort"),
            reverse("box.list"),
            reverse("box.show", args=[box.pk]),
            reverse("figures.board"),
        )
        assert (
            re.findall(rf"(?<!\d){self.STOCK}(?!\d)|(?<!\d){100 - self.STOCK}(?!\d)", shown) == []
        )
        assert not any(card.number in shown for card in cards[1:])
        assert "盘点中" in shown

    def test_whoever_signs_as_second_is_as_blind(self, city: City) -> None:
        box, _ = boxed(city, city.here, self.STOCK)
        take = begin(city.here, box)
        shown = self.texts(
            signed_in(city.here.reviewer),
            reverse("home"), reverse("stocktake.show", args=[take.pk]),
            reverse("box.show", args=[box.pk]), reverse("card.list") + "?place=box",
        )  # fmt: skip
        assert re.findall(rf"(?<!\d){self.STOCK}(?!\d)", shown) == []

    def test_the_end_shows_everything_again(self, city: City) -> None:
        box, cards = boxed(city, city.here, self.STOCK)
        take = begin(city.here, box)
        scan(take, city.here, box, *numbers(cards))
        ended(take, city.here)
        shown = self.texts(signed_in(city.here.keeper), reverse("home"))
        assert re.findall(rf"(?<!\d){self.STOCK}(?!\d)", shown)

    def test_windows_and_neighbours_go_on_seeing_their_own(self, city: City) -> None:
        boxed(city, city.here, self.STOCK)
        boxed(city, city.neighbour, 23)
        begin(city.here)
        assert str(self.STOCK) in self.texts(signed_in(city.here.clerk), reverse("home"))
        assert "23" in self.texts(signed_in(city.neighbour.keeper), reverse("home"))

    def test_the_answer_to_a_scan_is_the_same_for_right_and_wrong(self, city: City) -> None:
        box, (card,) = boxed(city, city.here, 1)
        take = begin(city.here, box)
        client = signed_in(city.here.keeper)
        answers = []
        for number in (card.number, "Z00000001"):
            answer = client.post(
                reverse("stocktake.scan", args=[take.pk]),
                {"account": box.pk, "number": number, "age": "0"}, **HTMX,
            )  # fmt: skip
            Scan.objects.all().delete()
            text = re.sub(r'value="\w*"', "", answer.content.decode())
            answers.append(text.replace(number, "NUMBER"))
        assert answers[0] == answers[1]


class TestCounting:
    def test_a_label_on_the_start_page_opens_its_box(self, city: City) -> None:
        box, _ = boxed(city, city.here, 1)
        client = signed_in(city.here.keeper)
        answer = client.post(reverse("stocktake.start"), {"label": box.code})
        take = Stocktake.objects.get()
        assert answer.url == reverse("stocktake.count", args=[take.pk])  # type: ignore[attr-defined]
        assert (take.scope, take.account_id) == ("place", box.pk)

    def test_what_is_no_label_of_ours_is_said(self, city: City) -> None:
        client = signed_in(city.here.keeper)
        answer = client.post(reverse("stocktake.start"), {"label": "Q-9-99"})
        assert answer.status_code == 422
        assert "没有这个盒" in answer.content.decode()
        assert client.post(reverse("stocktake.start"), {}).status_code == 422

    def test_a_batch_is_kept_in_its_order_and_says_what_was_wrong(self, city: City) -> None:
        box, (card,) = boxed(city, city.here, 1)
        other = a_box(city.here, "02")
        take = begin(city.here)
        answer = signed_in(city.here.keeper).post(
            reverse("stocktake.scan", args=[take.pk]),
            {"account": "", "number": [box.code, card.number, "???", other.code, "Z00000001"],
             "age": ["900", "700", "500", "300", "100"]},
            **HTMX,
        )  # fmt: skip
        text = answer.content.decode()
        assert answer.status_code == 200
        assert "既不是九位卡号" in text
        assert f'data-account="{other.pk}"' in text
        assert Scan.objects.count() == 2

    def test_works_without_scripts(self, city: City) -> None:
        box, (card,) = boxed(city, city.here, 1)
        take = begin(city.here, box)
        client = signed_in(city.here.keeper)
        address = reverse("stocktake.scan", args=[take.pk])
        answer = client.post(address, {"account": box.pk, "number": card.number}, follow=True)
        assert card.number in answer.content.decode()
        client.post(address, {"remove": Scan.objects.get().pk, "account": box.pk})
        assert not Scan.objects.exists()

    def test_a_late_batch_is_named_and_not_counted(self, city: City) -> None:
        box, (card,) = boxed(city, city.here, 1)
        take = begin(city.here, box)
        ended(take, city.here)
        answer = signed_in(city.here.keeper).post(
            reverse("stocktake.scan", args=[take.pk]),
            {"account": box.pk, "number": card.number, "age": "0"}, **HTMX,
        )  # fmt: skip
        assert answer.status_code == 409
        assert "已经结束" in answer.content.decode() and card.number in answer.content.decode()

    def test_ends_on_its_result(self, city: City) -> None:
        box, (card, gone) = boxed(city, city.here, 2)
        take = begin(city.here, box)
        client = signed_in(city.here.keeper)
        end = reverse("stocktake.end", args=[take.pk])
        assert "还没有扫描一张卡" in client.post(end, follow=True).content.decode()
        scan(take, city.here, box, card.number)
        page = client.post(end, follow=True).content.decode()
        assert gone.number in page and "短缺" in page

    def test_a_recount_names_the_first_count(self, city: City) -> None:
        take, _ = counted(city)
        client = signed_in(city.here.keeper)
        client.post(reverse("stocktake.start"), {"account": take.account_id, "again": take.pk})
        again = Stocktake.objects.get(again=take)
        whole = begin(city.here)
        ended(whole, city.here)
        client.post(
            reverse("stocktake.start"), {"office": city.here.card_body.pk, "again": whole.pk}
        )
        assert Stocktake.objects.get(again=whole).scope == "office"
        page = client.get(reverse("stocktake.count", args=[again.pk])).content.decode()
        assert take.number in page


class TestResult:
    def settle(self, client: Client, city: City, take: Stocktake, **changes: object) -> object:
        given: dict[str, object] = {
            "finding": list(Finding.objects.filter(stocktake=take).values_list("pk", flat=True)),
            "outcome": "noted", "words": "翻找后查明", "key": make.key(),
            "second_name": name_of(city), "second_password": PASSWORD,
        }  # fmt: skip
        return client.post(reverse("stocktake.settle", args=[take.pk]), given | changes)

    def test_lists_searches_and_sorts_the_differences(self, city: City) -> None:
        take, (_, _, gone) = counted(city)
        client = signed_in(city.here.keeper)
        address = reverse("stocktake.show", args=[take.pk])
        assert gone in client.get(address).content.decode()
        assert gone not in client.get(address + "?kind=unknown").content.decode()
        assert gone in client.get(address + f"?q={gone}&sort=number").content.decode()
        assert "没有符合条件" in client.get(address + "?state=told").content.decode()

    def test_exports_what_is_seen(self, city: City) -> None:
        take, (_, _, gone) = counted(city)
        answer = signed_in(city.here.keeper).get(
            reverse("stocktake.show", args=[take.pk]) + "?kind=missing&format=xlsx"
        )
        book = ZipFile(io.BytesIO(answer.content))
        text = book.read("xl/sharedStrings.xml").decode()
        assert gone in text and "Z00000001" not in text

    def test_says_of_each_row_why_not(self, city: City) -> None:
        take, (_, _, gone) = counted(city)
        client = signed_in(city.here.keeper)
        answer = self.settle(client, city, take, outcome="missed")
        text = answer.content.decode()  # type: ignore[attr-defined]
        assert answer.status_code == 409  # type: ignore[attr-defined]
        assert "Z00000001 是“台账没有的卡号”，不能“登记短缺”" in text
        assert not Finding.objects.filter(closed_at__isnull=False).exists()
        assert gone in text

    def test_two_sign_the_reasons_and_then_the_whole(self, city: City) -> None:
        take, _ = counted(city)
        client = signed_in(city.here.keeper)
        assert self.settle(client, city, take).status_code == 302  # type: ignore[attr-defined]
        close = reverse("stocktake.close", args=[take.pk])
        signed = {
            "close-second_name": name_of(city), "close-second_password": PASSWORD,
        }  # fmt: skip
        page = client.post(close, signed, follow=True).content.decode()
        assert "已办结，可以出具盘点表" in page

    def test_open_differences_stand_in_the_way_of_the_close(self, city: City) -> None:
        take, _ = counted(city)
        signed = {
            "close-second_name": name_of(city), "close-second_password": PASSWORD,
        }  # fmt: skip
        page = signed_in(city.here.keeper).post(
            reverse("stocktake.close", args=[take.pk]), signed, follow=True
        )
        assert "还有 2 项差异没有说明" in page.content.decode()

    def test_nothing_ticked_or_no_words_is_said(self, city: City) -> None:
        take, _ = counted(city)
        client = signed_in(city.here.keeper)
        for changes in ({"finding": []}, {"words": ""}, {"second_password": ""}):
            assert self.settle(client, city, take, **changes).status_code == 422  # type: ignore[attr-defined]

    def test_a_neighbours_card_is_a_number_and_no_more(self, city: City) -> None:
        box, _ = boxed(city, city.here, 1)
        holder = make.person(name="欧阳晓静")
        (theirs,) = make.received_cards(city, city.neighbour, people=[holder])
        take = begin(city.here, box)
        scan(take, city.here, box, theirs.number)
        ended(take, city.here)
        text = (
            signed_in(city.here.keeper)
            .get(reverse("stocktake.show", args=[take.pk]))
            .content.decode()
        )
        assert theirs.number in text and "外县区的卡（乙县人社局）" in text
        assert "欧阳晓静" not in text and reverse("card.show", args=[theirs.pk]) not in text

    def test_asks_few_questions_however_many_differences(
        self, city: City, django_assert_max_num_queries: DjangoAssertNumQueries
    ) -> None:
        box, cards = boxed(city, city.here, 30)
        take = begin(city.here, box)
        scan(take, city.here, box, cards[0].number)
        ended(take, city.here)
        client = signed_in(city.here.keeper)
        address = reverse("stocktake.show", args=[take.pk])
        client.get(address)
        with django_assert_max_num_queries(12):
            client.get(address)
        with django_assert_max_num_queries(12):
            client.get(reverse("stocktake.list"))
        other = begin(city.here)
        with django_assert_max_num_queries(16):
            client.get(reverse("stocktake.count", args=[other.pk]))


class TestDue:
    def test_lists_what_was_not_counted_for_longer_than_the_cycle(self, city: City) -> None:
        box, cards = boxed(city, city.here, 2)
        assert due_places(city.here.keeper, at=NOON + timedelta(days=1)) == []
        later = NOON + timedelta(days=32)
        (due,) = due_places(city.here.keeper, at=later)
        assert (due.place, due.counted_at) == (box.code, None)
        assert [one.places for one in due_offices([due])] == [1]
        assert due_places(city.neighbour.keeper, at=later) == []
        take = begin(city.here)
        scan(take, city.here, box, *numbers(cards))
        ended(take, city.here)
        assert due_places(city.here.keeper, at=timezone.now() + timedelta(days=29)) == []


class TestFound:
    def test_a_missing_card_is_registered_as_found_from_its_page(self, city: City) -> None:
        take, (_, _, gone) = counted(city)
        finding = Finding.objects.get(kind="missing")
        close_findings(
            take_id=take.pk, finding_ids=[finding.pk], verdict=verdict(city.here, "missed")
        )
        client = signed_in(city.here.keeper)
        address = reverse("stock.find", args=[finding.card_id])
        assert address in client.get(reverse("card.show", args=[finding.card_id])).content.decode()
        said = {
            "key": make.key(), "words": "在复印机旁找到", "second_name": name_of(city),
            "second_password": PASSWORD,
        }  # fmt: skip
        page = client.post(address, said, follow=True).content.decode()
        assert f"卡 {gone} 已登记找到" in page
        assert signed_in(city.neighbour.keeper).get(address).status_code == 404
        stopped = reverse("stock.find_stopped", args=[finding.card_id])
        assert client.get(stopped).url == address  # type: ignore[attr-defined]
