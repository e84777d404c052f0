"""Who sees which page of the shell, what stands on it, how many questions it asks (Art. 5, 32)."""

import io

import pytest
from django.core.exceptions import RequestDataTooBig
from django.test import Client, RequestFactory
from django.urls import URLResolver, get_resolver, resolve, reverse
from openpyxl import load_workbook

from cardbook.cards.models import Batch, Card
from cardbook.cards.states import Subject
from cardbook.chapters.card_heads import act_address
from cardbook.chapters.safekeeping.stocktaking.tests.counts import begin, boxed
from cardbook.custody.models import Position
from cardbook.custody.places import Place
from cardbook.custody.postings import Destination, account_of
from cardbook.law.roles import SEES_PEOPLE, Role
from cardbook.lifecycle.acts import act, acts_on
from cardbook.lifecycle.births import GivenRows
from cardbook.lifecycle.facts import DeliveryReceived, DeliveryRegistered
from cardbook.lifecycle.perform import Step, perform
from cardbook.papers.storage import add_paper
from cardbook.people.models import Person
from cardbook.testing import factories
from cardbook.testing.pictures import png
from cardbook.web import pages, queries
from cardbook.web.context import can_be_opened

pytestmark = pytest.mark.article(5, 1)
PAGES = ("home", "search", "card.list")
PEOPLE_PAGES = ("search", "card.list")


def misrouted_card(place):
    """A card of 乙县 that was sent to 甲县."""
    holder = factories.person()
    batch, _ = Batch.objects.get_or_create(code="P-TEST", bank=place.bank)
    outside = account_of(organization_id=place.maker.pk, kind=Place.OUTSIDE)
    transit = account_of(organization_id=place.here.card_body.pk, kind=Place.TRANSIT)
    births = GivenRows(
        columns=("number", "person_id", "county_id", "batch_id", "bank_org_id"),
        rows=(("TMIS00001", holder.pk, place.neighbour.county.pk, batch.pk, place.bank.pk),),
        source=Destination(outside.pk),
        target=Destination(transit.pk),
    )
    facts = DeliveryRegistered(manifest="test", receiver=1)
    step = Step(act=act("delivery.register"), facts=facts, births=births)
    done = perform(step, by=place.here.keeper, at=factories.NOON, key=factories.key())
    return Card.objects.get(pk=done.subject_ids[0])


def said_in(answer):
    """Everything a workbook says, cell by cell."""
    sheet = load_workbook(io.BytesIO(answer.content)).active
    return "\n".join(str(cell.value) for row in sheet.iter_rows() for cell in row if cell.value)


def exported(answer):
    """The heads of a workbook and its rows of cards."""
    sheet = load_workbook(io.BytesIO(answer.content)).active
    lines = list(sheet.iter_rows(values_only=True))
    (start,) = (place for place, line in enumerate(lines) if line[0] == "姓名")
    return lines[start], [line for line in lines[start + 1 :] if line[3]]


class TestWhoMayOpen:
    @pytest.mark.parametrize("name", PAGES)
    def test_visitors_are_sent_to_sign_in(self, db, name):
        answer = Client().get(reverse(name))
        assert answer.status_code == 302
        assert answer.headers["Location"].startswith("/account/login/?next=")

    @pytest.mark.parametrize("role", list(Role))
    def test_each_role_opens_what_it_may(self, place, card, signed_in, role):
        client = signed_in(factories.worker("某人", role, place.here.card_body))
        addresses = [reverse(name) for name in PEOPLE_PAGES]
        addresses.append(reverse("card.show", args=[card.pk]))
        assert client.get(reverse("home")).status_code == 200
        expected = 200 if role in SEES_PEOPLE else 403
        assert [client.get(address).status_code for address in addresses] == [expected] * 3

    def test_a_refusal_says_who_may(self, place, signed_in):
        admin = factories.worker("管理员", Role.SYSTEM_ADMIN, place.city)
        answer = signed_in(admin).get(reverse("search"))
        assert "系统管理员”不办理此项业务" in answer.content.decode()

    def test_a_card_of_the_neighbour_is_not_there(self, place, card, signed_in):
        answer = signed_in(place.neighbour.clerk).get(reverse("card.show", args=[card.pk]))
        assert answer.status_code == 404
        assert card.number not in answer.content.decode()

    def test_whoever_holds_a_card_sees_it(self, place, signed_in):
        """A card sent to the wrong county lies there until it is sent on."""
        card = misrouted_card(place)
        for actor in (place.here.keeper, place.neighbour.keeper):
            address = reverse("card.show", args=[card.pk])
            assert signed_in(actor).get(address).status_code == 200


class TestHome:
    def test_counts_the_countys_cards_and_opens_their_rows(self, place, signed_in):
        factories.received_cards(place, place.here, count=3)
        factories.received_cards(place, place.neighbour, count=1)
        client = signed_in(place.here.keeper)
        tiles = {tile.title: tile for tile in client.get(reverse("home")).context["tiles"]}
        assert tiles["待分类"].value == 3
        rows = client.get(tiles["待分类"].url)
        assert len(rows.context["rows"]) == 3

    def test_every_figure_equals_its_rows(self, place, card, signed_in):
        factories.cards_in_transit(place, place.here, count=2)
        client = signed_in(place.here.auditor)
        for tile in client.get(reverse("home")).context["tiles"]:
            assert client.get(tile.url).context["page"].paginator.count == tile.value

    def test_shows_each_role_its_own_work(self, place, signed_in):
        factories.received_cards(place, place.here)
        waiting = signed_in(place.here.keeper).get(reverse("home")).context["waiting"]
        assert reverse("card.sort") in [one.url for one in waiting]
        waiting = signed_in(place.here.clerk).get(reverse("home")).context["waiting"]
        assert reverse("card.sort") not in [one.url for one in waiting]

    def test_asks_the_same_few_questions_whatever_the_number_of_cards(
        self, place, signed_in, django_assert_max_num_queries
    ):
        factories.received_cards(place, place.here, count=12)
        client = signed_in(place.here.keeper)
        client.get(reverse("home"))
        # One asks whether stock is being counted blind, so that its number is not shown; one each
        # counts wrong cards under way, sheets of units, letters to banks, stock-takes, places not
        # counted in time, checks that are due, harm that was reported, incidents not told upward,
        # bad cards too long at outlets, temporary cards out too long, messages the other side
        # refused, cards nobody fetched for too long, cards wanted elsewhere, cards a bank enabled
        # before they were issued, batches with bad cards, lots too long at a bank and guidance to
        # be signed. Where nothing is on its way or cancelled, nobody asks whose.
        with django_assert_max_num_queries(24):
            client.get(reverse("home"))
        # With cards on their way: deliveries, hand-overs, returns, bad cards, one each.
        factories.cards_in_transit(place, place.here, count=3)
        with django_assert_max_num_queries(28):
            client.get(reverse("home"))


class TestCardList:
    @pytest.mark.parametrize("kind", sorted(set(Place) - {Place.OUTSIDE, Place.DESTROYED}))
    def test_every_place_a_tile_can_name_has_its_list(self, place, signed_in, kind):
        page = signed_in(place.here.keeper).get("/cards/", {"place": str(kind)})
        assert page.status_code == 200

    def test_an_unknown_place_is_not_there(self, place, signed_in):
        assert signed_in(place.here.clerk).get("/cards/?place=moon").status_code == 404

    def test_asks_the_same_few_questions_whatever_the_number_of_cards(
        self, place, signed_in, django_assert_max_num_queries
    ):
        factories.received_cards(place, place.here, count=20)
        client = signed_in(place.here.clerk)
        client.get("/cards/?place=store")
        with django_assert_max_num_queries(6):
            assert len(client.get("/cards/?place=store").context["rows"]) == 20

    @pytest.mark.article(32)
    def test_what_is_seen_is_exported_masked_for_whoever_sees_people(self, place, signed_in):
        cards = factories.received_cards(place, place.here, count=3)
        factories.received_cards(place, place.neighbour, count=1)
        client, address = signed_in(place.here.clerk), "/cards/?place=store&export=xlsx"
        page = client.get("/cards/?place=store")
        assert "导出所见" in page.content.decode()
        answer = client.get(address)
        assert (
            "no-store" in answer["Cache-Control"] and "attachment" in answer["Content-Disposition"]
        )
        heads, rows = exported(answer)
        shown = page.context["rows"]
        assert heads == (
            "姓名",
            "社会保障号码",
            "电话",
            "卡号",
            "状态",
            "在哪里",
            "自何时",
            "批次",
        )
        assert [row[3] for row in rows] == [row.number for row in shown]
        assert {row[3] for row in rows} == {card.number for card in cards}
        assert [row[:2] for row in rows] == [
            (row.holder.name, row.holder.masked_number) for row in shown
        ]
        assert all("********" in row[1] and row[5] == shown[0].where for row in rows)
        _, theirs = exported(signed_in(place.neighbour.clerk).get(address))
        assert len(theirs) == 1 and not {row[3] for row in theirs} & {row[3] for row in rows}
        admin = factories.worker("管理员", Role.SYSTEM_ADMIN, place.city)
        assert signed_in(admin).get(address).status_code == 403

    def test_no_more_is_exported_than_one_file_carries_and_both_say_so(
        self, place, signed_in, monkeypatch
    ):
        monkeypatch.setattr(pages, "MOST_EXPORTED", 2)
        factories.received_cards(place, place.here, count=3)
        client = signed_in(place.here.clerk)
        listed = client.get("/cards/?place=store")
        assert "一次导出前 2 张" in listed.content.decode()
        answer = client.get("/cards/?place=store&export=xlsx")
        _, rows = exported(answer)
        assert [row[3] for row in rows] == [row.number for row in listed.context["rows"]][:2]
        assert "待分类 2 张（共 3 张" in said_in(answer)

    @pytest.mark.article(5)
    def test_cards_are_found_ordered_and_ticked_for_export(self, place, signed_in):
        people = [factories.person(name=name) for name in ("王先到", "李后到")]
        old, new = factories.received_cards(place, place.here, people=people)
        (theirs,) = factories.received_cards(place, place.neighbour)
        client = signed_in(place.here.clerk)

        def seen(**asked):
            page = client.get("/cards/", {"place": "store", **asked})
            return [row.number for row in page.context["rows"]]

        assert seen() == [old.number, new.number]
        assert seen(sort="new") == [new.number, old.number]
        asked = {"to": "/cards/", "place": "store", "q": "李后到", "sort": "old"}
        found = client.post("/asked/", asked, follow=True)
        assert [row.number for row in found.context["rows"]] == [new.number]
        assert "李后到" not in found.redirect_chain[-1][0]
        assert seen(q=old.number) == [old.number] and seen(q=theirs.number) == []
        picks = {"place": "store", "export": "xlsx", "pick": [new.pk, theirs.pk]}
        _, rows = exported(client.get("/cards/", picks))
        assert [row[3] for row in rows] == [new.number]
        _, rows = exported(client.get("/cards/", {**picks, "pick": [theirs.pk]}))
        assert rows == []

    @pytest.mark.article(20)
    def test_what_is_being_counted_blind_is_not_exported(self, place, signed_in):
        box, cards = boxed(place, place.here, 2)
        begin(place.here, box)
        answer = signed_in(place.here.keeper).get("/cards/?place=box&export=xlsx")
        assert "正在盲盘" in answer.content.decode()
        assert not any(card.number in answer.content.decode() for card in cards)

    def test_an_export_asks_the_same_few_questions_whatever_the_number_of_cards(
        self, place, signed_in, django_assert_num_queries
    ):
        client = signed_in(place.here.clerk)
        client.get("/cards/?place=store")
        for count in (1, 20):
            factories.received_cards(place, place.here, count=count)
            with django_assert_num_queries(6):
                assert client.get("/cards/?place=store&export=xlsx").status_code == 200

    @pytest.mark.parametrize("newest", [False, True])
    def test_pages_from_either_end_are_parts_of_one_order(self, place, newest):
        """A late page is read from the end; nothing is left out or shown twice."""
        for county in (place.here, place.neighbour, place.here):
            factories.received_cards(place, county, count=3)
        manager = factories.worker("某人", Role.CITY_MANAGER, place.city)
        for by, count in ((place.here.keeper, 6), (manager, 9)):
            cards = queries.CardsAt(by, Place.STORE, newest=newest)
            whole = list(
                Position.objects.filter(
                    account__kind=Place.STORE,
                    account__organization__path__startswith=by.county_path,
                )
                .order_by("since", "card_id")
                .values_list("card_id", flat=True)
            )
            assert cards.count() == len(whole) == count
            whole = whole[::-1] if newest else whole
            for size in (1, 2, 4, 50):
                parts = [cards[start : start + size] for start in range(0, count, size)]
                assert [id_ for part in parts for id_ in part] == whole


class TestCardPage:
    def test_shows_who_where_and_both_halves(self, place, signed_in):
        person = factories.person(name="王小明")
        (card,) = factories.received_cards(place, place.here, people=[person])
        page = signed_in(place.here.clerk).get(reverse("card.show", args=[card.pk]))
        text = page.content.decode()
        for part in ("王小明", "甲县卡管中心 待分类库", "封存（未激活）", "银行尚未反馈"):
            assert part in text
        number = page.context["holder"].number
        assert number not in text
        assert f"999999********{number[-4:]}" in text

    def test_what_is_grey_says_why_under_which_article(self, place, card, signed_in):
        page = signed_in(place.here.clerk).get(reverse("card.show", args=[card.pk]))
        shown = {button.act.code: button for button in page.context["buttons"]}
        assert shown["issue.undo"].act.allowed
        assert shown["issue.undo"].url == reverse("issue.undo", args=[card.pk])
        assert not shown["card.issue"].act.allowed
        assert "该卡已由甲县一号窗口于" in page.content.decode()
        assert "（第八条第四款）" in page.content.decode()

    def test_who_only_looks_sees_no_button(self, place, card, signed_in):
        page = signed_in(place.here.auditor).get(reverse("card.show", args=[card.pk]))
        assert page.context["buttons"] == []
        assert "只能查看" in page.content.decode()

    def test_every_button_of_a_misrouted_card_leads_to_its_page(self, place, signed_in):
        stray = misrouted_card(place)
        counted = DeliveryReceived(delivery=1, count=1, box="1", seal_intact=True)
        step = Step(act=act("delivery.receive"), facts=counted, subject_ids=[stray.pk])
        keeper, reviewer = place.here.keeper, place.here.reviewer
        perform(step, by=keeper, second=reviewer, at=factories.NOON, key=factories.key())
        client = signed_in(place.here.clerk)
        page = client.get(reverse("card.show", args=[stray.pk]))
        addresses = [one.url for one in page.context["buttons"] if one.act.allowed]
        assert reverse("defect.record", args=[stray.pk]) in addresses
        assert {client.get(address).status_code for address in addresses} == {200}

    @pytest.mark.article(8, 4)
    def test_shows_the_photo_to_whoever_compares_faces_alone(self, place, card, signed_in):
        address = reverse("card.photo", args=[card.pk])
        keeper = signed_in(place.here.keeper)
        assert keeper.get(address).status_code == 404
        photo = add_paper(
            kind="holder_photo", content=png(), media_type="image/png", title="照片",
            by=place.here.clerk,
        )  # fmt: skip
        Person.objects.filter(pk=card.person_id).update(photo_digest=photo.digest)
        shown = keeper.get(address)
        assert (shown.content, shown["Content-Type"]) == (png(), "image/png")
        assert "no-store" in shown["Cache-Control"]
        page = reverse("card.show", args=[card.pk])
        assert address in keeper.get(page).content.decode()
        auditor = signed_in(place.here.auditor)
        assert address not in auditor.get(page).content.decode()
        assert auditor.get(address).status_code == 403
        assert signed_in(place.neighbour.keeper).get(address).status_code == 404

    @pytest.mark.parametrize("row", acts_on(Subject.CARD), ids=lambda row: row.code)
    def test_every_act_done_by_hand_has_a_page_of_the_card_or_of_many(self, row):
        address = act_address(code=row.code, card_id=1)
        assert row.batch_only or address
        # Not of a list, a lot or a report that happens to have the card's number.
        assert not address or resolve(address).kwargs.keys() <= {"card_id"}

    def test_asks_few_questions(self, place, card, signed_in, django_assert_max_num_queries):
        client = signed_in(place.here.clerk)
        address = reverse("card.show", args=[card.pk])
        client.get(address)
        # One of them keeps that he looked (Art. 32 item 3).
        with django_assert_max_num_queries(8):
            client.get(address)


class TestErrorPages:
    def test_a_lost_page_says_what_to_do(self, place, signed_in):
        answer = signed_in(place.here.clerk).get("/nothing/here/")
        assert answer.status_code == 404
        assert "没有这一页" in answer.content.decode()

    def test_a_stale_form_says_that_nothing_was_registered(self, place, signed_in):
        from cardbook.orgs.models import User

        client = Client(enforce_csrf_checks=True)
        client.force_login(User.objects.get(pk=place.here.clerk.user_id))
        answer = client.post(reverse("search"), {"q": "x"})
        assert answer.status_code == 403
        assert "登记没有变动" in answer.content.decode()

    def test_the_address_of_a_form_opened_by_itself_says_where_to_go(self, place, signed_in):
        answer = signed_in(place.here.keeper).get(reverse("import.upload"))
        assert (answer.status_code, answer["Allow"]) == (405, "POST")
        assert "只接收提交的内容" in answer.content.decode()

    @pytest.mark.parametrize("address", ["message.list", "offer.list", "stocktake.list", "search"])
    def test_a_character_no_row_can_hold_is_not_understood(self, place, signed_in, address):
        client = signed_in(place.here.keeper)
        for answer in (
            client.get(reverse(address), {"q": "a\0b"}),
            client.get(reverse(address), {"sort": "\0"}),
            client.post(reverse(address), {"q": "\0"}),
        ):
            assert answer.status_code == 400
            assert "登记没有变动" in answer.content.decode()

    def test_a_number_no_row_has_is_not_found(self, place, signed_in):
        client = signed_in(place.here.keeper)
        for name in ("error.show", "card.show", "box.show", "place.show"):
            assert client.get(reverse(name, args=[10**19])).status_code == 404

    def test_too_much_at_once_says_so(self, place, signed_in, settings):
        settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 100
        answer = signed_in(place.here.clerk).post(reverse("search"), {"q": "x" * 200})
        assert answer.status_code == 413
        assert "内容太大" in answer.content.decode()

    def test_what_cannot_be_read_is_a_bad_request(self, db):
        request = RequestFactory().get("/")
        assert pages.not_understood(request, ValueError()).status_code == 400
        assert pages.not_understood(request, RequestDataTooBig()).status_code == 413

    def test_a_broken_server_shows_no_trace(self, place, signed_in, monkeypatch):
        def broken(by):
            raise RuntimeError("secret detail")

        monkeypatch.setattr(pages.queries, "county_figures", broken)
        client = signed_in(place.here.clerk)
        client.raise_request_exception = False
        answer = client.get(reverse("home"))
        assert answer.status_code == 500
        assert "系统出错了" in answer.content.decode()
        assert "secret detail" not in answer.content.decode()
        assert "no-store" in answer.headers["Cache-Control"]


def views_of(resolver):
    for one in resolver.url_patterns:
        if isinstance(one, URLResolver):
            yield from views_of(one)
        else:
            yield one.callback


def test_what_cannot_be_opened_again_is_known_from_its_decorator():
    every = list(views_of(get_resolver()))
    closed = [view for view in every if not can_be_opened(view)]
    assert len(closed) > len(every) / 20 and len(closed) < len(every) / 2
    asked = RequestFactory().get("/")
    assert {view(asked).status_code for view in closed} == {405}
    for name, said in (("handover.take_back", "from"), ("handover.send", "here")):
        view = resolve(reverse(name, args=[1] if said == "from" else [])).func
        assert can_be_opened(view) is (said == "here")


def test_only_the_answer_to_a_form_says_how_it_is_come_back_to(place, signed_in):
    client = signed_in(place.here.clerk)
    assert "data-posted" not in client.get(reverse("elsewhere.find")).content.decode()
    asked = client.post(reverse("elsewhere.find"), {"number": "12"})
    assert 'data-posted="here"' in asked.content.decode()
