"""The pages of receiving (Art. 6): who sees what, what a blind count hides, what is never lost."""

from datetime import timedelta
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries, Settings

from cardbook.chapters.intake.models import Count, Delivery
from cardbook.chapters.intake.receive.commands import scan_card, start_count
from cardbook.chapters.intake.receive.tests.deliveries import Arrived, arrive, counted
from cardbook.custody.models import Position
from cardbook.custody.places import Place
from cardbook.ledger.models import Event
from cardbook.orgs.actors import Actor
from cardbook.orgs.models import User
from cardbook.testing import factories as make
from cardbook.testing import pictures
from cardbook.testing.clients import signed_in
from cardbook.testing.factories import NOON, PASSWORD, City

pytestmark = [pytest.mark.django_db, pytest.mark.article(6)]
# Sums nobody can mistake for a date, an id or a number of a card.
IN_BOX, IN_OTHER = 7, 3


@pytest.fixture
def arrived(city: City) -> Arrived:
    return arrive(city, city.here, {"1-1": IN_BOX, "1-2": IN_OTHER})


@pytest.fixture
def keeper(city: City) -> Client:
    return signed_in(city.here.keeper)


def name_of(actor: Actor) -> str:
    return User.objects.get(pk=actor.user_id).username


def count_url(arrived: Arrived, box: str = "1-1") -> str:
    return reverse("delivery.receive", args=[arrived.box_of(box).pk])


def running(city: City, arrived: Arrived, numbers: list[str]) -> Count:
    count = start_count(box_id=arrived.box_of("1-1").pk, by=city.here.keeper, at=NOON)
    for number in numbers:
        scan_card(count_id=count.pk, text=number, by=city.here.keeper)
    return count


def signature(count: Count, second: Actor, **changes: str) -> dict[str, str]:
    given = {
        "count": str(count.pk),
        "key": make.key(),
        "second_name": name_of(second),
        "second_password": PASSWORD,
    }
    return given | changes


class TestWhoMayOpen:
    def addresses(self, arrived: Arrived) -> list[str]:
        return [
            reverse("delivery.list"),
            reverse("delivery.show", args=[arrived.delivery.pk]),
            reverse("delivery.differences"),
            count_url(arrived),
        ]

    def test_the_keeper_opens_every_page_with_its_article(
        self, keeper: Client, arrived: Arrived
    ) -> None:
        for address in self.addresses(arrived):
            page = keeper.get(address)
            assert page.status_code == 200, address
            assert "依据：第六条" in page.content.decode(), address

    @pytest.mark.parametrize("who", ["reviewer", "auditor"])
    def test_who_signs_or_supervises_looks_but_does_not_count(
        self, city: City, arrived: Arrived, who: str
    ) -> None:
        client = signed_in(getattr(city.here, who))
        statuses = [client.get(address).status_code for address in self.addresses(arrived)]
        assert statuses == [200, 200, 200, 403]

    def test_a_window_clerk_has_no_business_here(self, city: City, arrived: Arrived) -> None:
        client = signed_in(city.here.clerk)
        assert {client.get(address).status_code for address in self.addresses(arrived)} == {403}

    def test_a_visitor_signs_in_first(self, arrived: Arrived) -> None:
        for address in self.addresses(arrived):
            assert Client().get(address).status_code == 302

    @pytest.mark.article(5)
    def test_the_neighbour_county_finds_nothing(self, city: City, arrived: Arrived) -> None:
        count = counted(city.here, arrived.box_of("1-2"), arrived.numbers("1-2"))
        client = signed_in(city.neighbour.keeper)
        for address in (
            reverse("delivery.show", args=[arrived.delivery.pk]),
            count_url(arrived),
            reverse("delivery.count", args=[count.pk]),
        ):
            assert client.get(address).status_code == 404
        assert arrived.delivery.code not in client.get(reverse("delivery.list")).content.decode()
        scan = reverse("delivery.scan", args=[count.pk])
        assert client.post(scan, {"number": "X00000000"}).status_code == 404


class TestBlind:
    def test_no_page_tells_what_is_expected_while_a_box_is_counted(
        self, city: City, keeper: Client, arrived: Arrived
    ) -> None:
        running(city, arrived, arrived.numbers("1-1")[:2])
        page = keeper.get(count_url(arrived))
        html = page.content.decode()
        for number in arrived.numbers("1-1")[2:]:
            assert number not in html
        assert f"{IN_BOX} 张" not in html and f">{IN_BOX}<" not in html
        assert "应到" not in html
        for address in (
            reverse("delivery.list"),
            reverse("delivery.show", args=[arrived.delivery.pk]),
        ):
            html = keeper.get(address).content.decode()
            assert "清点后显示" in html
            for told in (IN_BOX, IN_OTHER, IN_BOX + IN_OTHER):
                assert f">{told}<" not in html and f"{told} 张" not in html, address

    def test_the_answer_to_a_scan_is_the_same_for_expected_and_stranger(
        self, city: City, keeper: Client, arrived: Arrived
    ) -> None:
        count = running(city, arrived, [])
        address = reverse("delivery.scan", args=[count.pk])
        answers = []
        for number in (arrived.numbers("1-1")[0], "X00000000"):
            answer = keeper.post(address, {"number": number}, headers={"HX-Request": "true"})
            html = answer.content.decode()
            answers.append(html[html.index("in-last") : html.index("</p>")])
            keeper.post(address, {"remove": number}, headers={"HX-Request": "true"})
        assert answers[0] == answers[1]

    def test_a_counted_box_shows_its_sums(
        self, city: City, keeper: Client, arrived: Arrived
    ) -> None:
        counted(city.here, arrived.box_of("1-1"), arrived.numbers("1-1")[:-1])
        html = keeper.get(reverse("delivery.show", args=[arrived.delivery.pk])).content.decode()
        assert f'<td class="cb-number">{IN_BOX}</td>' in html
        assert "1 张在途" in html


class TestScanning:
    def scan(self, client: Client, count: Count, **said: str) -> str:
        address = reverse("delivery.scan", args=[count.pk])
        return client.post(address, said, headers={"HX-Request": "true"}).content.decode()

    def test_shows_the_last_number_big(self, city: City, keeper: Client, arrived: Arrived) -> None:
        html = self.scan(keeper, running(city, arrived, []), number="X00000000")
        assert '<p class="in-last-number">X00000000</p>' in html
        assert 'data-last="new"' in html and "已扫 <strong>1</strong> 张" in html

    def test_says_a_duplicate_and_counts_it_once(
        self, city: City, keeper: Client, arrived: Arrived
    ) -> None:
        html = self.scan(keeper, running(city, arrived, ["X00000000"]), number="x00000000")
        assert 'data-last="twice"' in html and "已扫过，不重复计数" in html
        assert "已扫 <strong>1</strong> 张" in html

    def test_says_what_is_wrong_with_a_text(
        self, city: City, keeper: Client, arrived: Arrived
    ) -> None:
        html = self.scan(keeper, running(city, arrived, []), number="1234")
        assert 'data-last="wrong"' in html and "应为 9 位" in html and "没有计数" in html

    def test_takes_a_scan_back(self, city: City, keeper: Client, arrived: Arrived) -> None:
        html = self.scan(keeper, running(city, arrived, ["X00000000"]), remove="X00000000")
        assert "已删除 X00000000" in html and "已扫 <strong>0</strong> 张" in html

    def test_says_that_a_scan_came_too_late(
        self, city: City, keeper: Client, arrived: Arrived
    ) -> None:
        count = counted(city.here, arrived.box_of("1-1"), arrived.numbers("1-1"))
        address = reverse("delivery.scan", args=[count.pk])
        late = keeper.post(address, {"number": "X00000000"}, headers={"HX-Request": "true"})
        assert late.status_code == 409
        assert "“X00000000”没有计入" in late.content.decode()
        plain = keeper.post(address, {"number": "X00000000"}, follow=True)
        assert plain.redirect_chain[-1][0] == reverse("delivery.count", args=[count.pk])
        assert "“X00000000”没有计入" in plain.content.decode()

    def test_works_without_javascript(self, city: City, keeper: Client, arrived: Arrived) -> None:
        count = running(city, arrived, [])
        address = reverse("delivery.scan", args=[count.pk])
        page = keeper.post(address, {"number": "X00000000"}, follow=True)
        assert page.redirect_chain == [(count_url(arrived), 302)]
        assert '<p class="in-last-number">X00000000</p>' in page.content.decode()
        page = keeper.post(address, {"number": "X00000000"}, follow=True)
        assert "已扫过，不重复计数" in page.content.decode()

    def test_a_scan_takes_few_queries(
        self,
        city: City,
        keeper: Client,
        arrived: Arrived,
        django_assert_max_num_queries: DjangoAssertNumQueries,
    ) -> None:
        count = running(city, arrived, arrived.numbers("1-1"))
        self.scan(keeper, count, number="X00000001")  # the session's first answer writes it
        with django_assert_max_num_queries(13):
            self.scan(keeper, count, number="X00000000")


class TestStarting:
    def test_begins_with_the_seal(self, keeper: Client, arrived: Arrived) -> None:
        page = keeper.post(count_url(arrived), {"seal_number": "F-1"}, follow=True)
        assert "F-1" in page.content.decode()
        assert Count.objects.get().seal_number == "F-1"

    def test_a_broken_seal_needs_words_and_a_picture(
        self, keeper: Client, arrived: Arrived
    ) -> None:
        page = keeper.post(count_url(arrived), {"seal_broken": "on"})
        html = page.content.decode()
        assert page.status_code == 422
        assert "请写明破损情况" in html and "请拍照上传" in html
        assert not Count.objects.exists()

    def test_keeps_the_picture_sealed_and_shows_it_with_the_result(
        self,
        city: City,
        keeper: Client,
        arrived: Arrived,
        settings: Settings,
        tmp_path: Path,
    ) -> None:
        settings.PAPERS_ROOT = tmp_path
        picture = pictures.jpeg()
        camera = pictures.jpeg_note(0xE1, b"Exif\0\0 place, device, time")
        keeper.post(
            count_url(arrived),
            {
                "seal_broken": "on",
                "remarks": "封条撕开",
                "photo": SimpleUploadedFile("seal.jpg", pictures.jpeg(camera)),
            },
        )
        count = Count.objects.get()
        assert picture not in b"".join(p.read_bytes() for p in tmp_path.rglob("*") if p.is_file())
        for number in arrived.numbers("1-1"):
            scan_card(count_id=count.pk, text=number, by=city.here.keeper)
        keeper.post(count_url(arrived), signature(count, city.here.reviewer))
        address = reverse("delivery.count", args=[count.pk])
        assert "封条撕开" in keeper.get(address).content.decode()
        shown = keeper.get(f"{address}?photo=1")
        assert (shown.content, shown["Content-Type"]) == (picture, "image/jpeg")
        assert signed_in(city.neighbour.keeper).get(f"{address}?photo=1").status_code == 404

    def test_refuses_what_is_no_picture(self, keeper: Client, arrived: Arrived) -> None:
        given = {
            "seal_broken": "on",
            "remarks": "封条撕开",
            "photo": SimpleUploadedFile("seal.png", b"<html>"),
        }
        page = keeper.post(count_url(arrived), given)
        assert "不是 JPG 或 PNG 图像" in page.content.decode()

    def test_says_that_the_rule_of_broken_seals_is_not_confirmed(
        self, keeper: Client, arrived: Arrived
    ) -> None:
        html = keeper.get(count_url(arrived)).content.decode()
        assert "拍照并写明情况" in html and "待市局确认" in html

    def test_abandons_a_count_begun_by_mistake(
        self, city: City, keeper: Client, arrived: Arrived
    ) -> None:
        count = running(city, arrived, [])
        page = keeper.post(count_url(arrived), {"abandon": str(count.pk)}, follow=True)
        assert "已放弃" in page.content.decode()
        assert not Count.objects.exists()


class TestClosing:
    def test_two_people_sign_and_the_result_is_shown(
        self, city: City, keeper: Client, arrived: Arrived
    ) -> None:
        count = running(city, arrived, arrived.numbers("1-1")[:-1])
        page = keeper.post(count_url(arrived), signature(count, city.here.reviewer), follow=True)
        assert page.redirect_chain == [(reverse("delivery.count", args=[count.pk]), 302)]
        html = page.content.decode()
        assert f"应到 {IN_BOX} ＝ 实到 {IN_BOX - 1} ＋ 短少 1" in html
        assert "卡管员、复核员" in html
        assert arrived.numbers("1-1")[-1] in html

    @pytest.mark.parametrize(
        ("changes", "sentence"),
        [
            ({"second_password": "wrong"}, "第二人的用户名或密码不对"),
            ({"second_name": "nobody"}, "第二人的用户名或密码不对"),
        ],
    )
    def test_a_wrong_password_is_said_and_the_count_is_not_lost(
        self,
        city: City,
        keeper: Client,
        arrived: Arrived,
        changes: dict[str, str],
        sentence: str,
    ) -> None:
        count = running(city, arrived, arrived.numbers("1-1"))
        page = keeper.post(count_url(arrived), signature(count, city.here.reviewer, **changes))
        html = page.content.decode()
        assert page.status_code == 409
        assert sentence in html and f"已扫 <strong>{IN_BOX}</strong> 张" in html
        assert PASSWORD not in html and 'value="wrong' not in html
        count.refresh_from_db()
        assert count.closed_at is None

    @pytest.mark.parametrize(
        ("second", "sentence"),
        [
            ("keeper", "不能是同一人"),
            ("clerk", "不能作为第二人在“清点接收”上签名"),
        ],
    )
    def test_a_second_who_may_not_sign_is_refused_kindly(
        self, city: City, keeper: Client, arrived: Arrived, second: str, sentence: str
    ) -> None:
        count = running(city, arrived, arrived.numbers("1-1"))
        page = keeper.post(count_url(arrived), signature(count, getattr(city.here, second)))
        assert page.status_code == 409
        assert sentence in page.content.decode()
        assert not Event.objects.filter(act="delivery.receive").exists()

    def test_a_second_click_shows_the_receipt_and_begins_no_recount(
        self, city: City, keeper: Client, arrived: Arrived
    ) -> None:
        count = running(city, arrived, arrived.numbers("1-1"))
        form = signature(count, city.here.reviewer)
        for _ in range(2):
            page = keeper.post(count_url(arrived), form)
            assert page["Location"] == reverse("delivery.count", args=[count.pk])
        assert Count.objects.count() == 1
        assert Event.objects.filter(act="delivery.receive").count() == IN_BOX

    def test_another_pair_that_comes_too_late_is_told_and_sees_the_result(
        self, city: City, keeper: Client, arrived: Arrived
    ) -> None:
        count = counted(city.here, arrived.box_of("1-1"), arrived.numbers("1-1"))
        other = make.worker("库管员", city.here.keeper.role, city.here.card_body)
        page = signed_in(other).post(
            count_url(arrived), signature(count, city.here.reviewer), follow=True
        )
        assert page.redirect_chain == [(reverse("delivery.count", args=[count.pk]), 302)]
        assert "这次清点已经结束" in page.content.decode()

    def test_an_incomplete_signature_keeps_the_count(
        self, city: City, keeper: Client, arrived: Arrived
    ) -> None:
        count = running(city, arrived, arrived.numbers("1-1"))
        page = keeper.post(
            count_url(arrived), signature(count, city.here.reviewer, second_name="")
        )
        assert page.status_code == 422
        assert f"已扫 <strong>{IN_BOX}</strong> 张" in page.content.decode()

    def test_closes_in_few_queries(
        self,
        city: City,
        keeper: Client,
        arrived: Arrived,
        django_assert_max_num_queries: DjangoAssertNumQueries,
    ) -> None:
        count = running(city, arrived, arrived.numbers("1-1")[:-1])
        form = signature(count, city.here.reviewer)
        # Some 35 of them count the second person's password towards the lock all processes share.
        with django_assert_max_num_queries(86):
            assert keeper.post(count_url(arrived), form).status_code == 302


class TestLists:
    def test_an_empty_county_is_told_what_to_do(self, keeper: Client) -> None:
        html = keeper.get(reverse("delivery.list")).content.decode()
        assert "还没有到货批次" in html and reverse("import.list") in html
        html = keeper.get(reverse("delivery.differences")).content.decode()
        assert "没有待说明的短少" in html

    def test_a_scanned_label_opens_its_box_and_a_wrong_one_is_said(
        self, keeper: Client, arrived: Arrived
    ) -> None:
        for address in (
            reverse("delivery.list"),
            reverse("delivery.show", args=[arrived.delivery.pk]),
        ):
            found = keeper.get(address, {"label": "1-2"})
            assert found["Location"] == count_url(arrived, "1-2")
            page = keeper.get(address, {"label": "9-9"})
            assert "没有箱盒号或到货编号为“9-9”的到货" in page.content.decode()
        by_code = keeper.get(reverse("delivery.list"), {"label": arrived.delivery.code})
        assert by_code["Location"] == reverse("delivery.show", args=[arrived.delivery.pk])

    def test_says_what_is_overdue_in_transit(self, keeper: Client, arrived: Arrived) -> None:
        Delivery.objects.update(registered_at=timezone.now() - timedelta(days=6))
        assert "未收完，请尽快" not in keeper.get(reverse("delivery.list")).content.decode()
        Delivery.objects.update(registered_at=timezone.now() - timedelta(days=8))
        html = keeper.get(reverse("delivery.list")).content.decode()
        assert "超过 7 天仍未收完" in html and "提醒天数待市局确认" in html
        assert "已 8 天未收完" in html

    def test_filters_by_state(self, city: City, keeper: Client, arrived: Arrived) -> None:
        done = arrive(city, city.here, {"5-1": 1})
        counted(city.here, done.box_of("5-1"), done.numbers("5-1"))
        address = reverse("delivery.list")
        for state, codes in {
            "": {arrived.delivery.code, done.delivery.code},
            "open": {arrived.delivery.code},
            "done": {done.delivery.code},
            "overdue": set(),
        }.items():
            rows = keeper.get(address, {"state": state}).context["rows"]
            assert {row.code for row in rows} == codes

    def test_filters_boxes_by_how_they_were_counted(
        self, city: City, keeper: Client, arrived: Arrived
    ) -> None:
        counted(city.here, arrived.box_of("1-1"), arrived.numbers("1-1")[:-1])
        address = reverse("delivery.show", args=[arrived.delivery.pk])
        for state, boxes in {"waiting": ["1-2"], "different": ["1-1"], "right": []}.items():
            shown = keeper.get(address, {"state": state}).context["boxes"]
            assert [box.code for box in shown] == boxes

    def test_the_list_takes_the_same_queries_for_many_deliveries(
        self, city: City, keeper: Client, django_assert_max_num_queries: DjangoAssertNumQueries
    ) -> None:
        holder = make.person()
        for _ in range(4):
            arrive(city, city.here, {"1-1": 1, "1-2": 1}, holder=holder)
        with django_assert_max_num_queries(12):
            keeper.get(reverse("delivery.list"))
        with django_assert_max_num_queries(12):
            keeper.get(reverse("delivery.show", args=[Delivery.objects.latest("pk").pk]))


class TestDifferencesPage:
    def explain(self, client: Client, city: City, arrived: Arrived, **changes: object) -> object:
        act = changes.pop("act", "delivery.explain_found")
        given = {
            "card": [arrived.cards["1-1"][-1].pk],
            "words": "夹在清单中间",
            "key": make.key(),
            "second_name": name_of(city.here.reviewer),
            "second_password": PASSWORD,
        }
        return client.post(f"{reverse(act)}?kind=short", given | changes, follow=True)

    @pytest.fixture(autouse=True)
    def counted_short(self, city: City, arrived: Arrived) -> None:
        counted(city.here, arrived.box_of("1-1"), arrived.numbers("1-1")[:-1])

    def place(self, arrived: Arrived) -> str:
        return Position.objects.get(card=arrived.cards["1-1"][-1]).account.kind

    def test_receives_what_was_found(self, city: City, keeper: Client, arrived: Arrived) -> None:
        page = self.explain(keeper, city, arrived)
        assert "已接收入库" in page.content.decode()  # type: ignore[attr-defined]
        assert self.place(arrived) == Place.STORE

    def test_a_missing_card_can_be_found_in_its_own_list(
        self, city: City, keeper: Client, arrived: Arrived
    ) -> None:
        self.explain(keeper, city, arrived, act="delivery.explain_missing")
        assert self.place(arrived) == Place.MISSING
        html = keeper.get(f"{reverse('delivery.differences')}?kind=missing").content.decode()
        assert arrived.numbers("1-1")[-1] in html and "登记找回" in html
        self.explain(keeper, city, arrived)
        assert self.place(arrived) == Place.STORE

    def test_a_refusal_keeps_ticks_and_words(
        self, city: City, keeper: Client, arrived: Arrived
    ) -> None:
        page = self.explain(keeper, city, arrived, second_password="wrong")
        html = page.content.decode()  # type: ignore[attr-defined]
        assert "第二人的用户名或密码不对" in html
        assert "夹在清单中间" in html and " checked" in html
        assert self.place(arrived) == Place.TRANSIT
        reloaded = keeper.get(f"{reverse('delivery.explain_found')}?kind=missing")
        assert reloaded["Location"] == f"{reverse('delivery.differences')}?kind=missing"

    def test_words_are_asked_for(self, city: City, keeper: Client, arrived: Arrived) -> None:
        page = self.explain(keeper, city, arrived, words=" ")
        assert "请写明情况" in page.content.decode()  # type: ignore[attr-defined]
        assert self.place(arrived) == Place.TRANSIT

    def test_ticking_nothing_is_said(self, city: City, keeper: Client, arrived: Arrived) -> None:
        page = self.explain(keeper, city, arrived, card=[])
        assert "没有勾选卡片" in page.content.decode()  # type: ignore[attr-defined]

    def test_an_auditor_sees_but_has_no_button(self, city: City) -> None:
        html = signed_in(city.here.auditor).get(reverse("delivery.differences")).content.decode()
        assert "第二人密码" not in html and "由卡管员说明差异" in html

    def test_lists_what_was_not_listed(self, city: City, keeper: Client, arrived: Arrived) -> None:
        counted(city.here, arrived.box_of("1-2"), [*arrived.numbers("1-2"), "X00000000"])
        html = keeper.get(f"{reverse('delivery.differences')}?kind=odd").content.decode()
        assert "X00000000" in html and "都没有这个卡号" in html
        assert keeper.get(f"{reverse('delivery.differences')}?kind=other").status_code == 404
