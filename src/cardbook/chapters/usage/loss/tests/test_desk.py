"""The screen of a loss: found by one number, three questions, stopped with one Enter (Art. 28)."""

import pytest
from django.test import Client
from django.urls import reverse

from cardbook.cards.models import Card
from cardbook.chapters.usage import province_asking
from cardbook.chapters.usage.loss.tests.lost import (
    PHONE,
    holder_with_phone,
    hotline,
    lose,
    teller,
    write_down,
)
from cardbook.chapters.usage.models import OutsideCall
from cardbook.law.roles import Role
from cardbook.ledger.models import Event
from cardbook.outbox.models import Line
from cardbook.people.holders import holder_of
from cardbook.ports.messages import Party
from cardbook.ports.tests.desk import DeskInMemory
from cardbook.testing import factories as make
from cardbook.testing.clients import signed_in
from cardbook.testing.factories import NOON, City

pytestmark = [pytest.mark.django_db, pytest.mark.article(28)]


@pytest.fixture
def city() -> City:
    """A small city."""
    return make.city()


def number_of(card: Card) -> str:
    return holder_of(card.person).number


def asked(page: object) -> list[str]:
    """The codes of the questions a page asks first."""
    return [one.code for _, one, _ in page.context["asked"]]  # type: ignore[attr-defined]


def stop(client: Client, card: Card, **change: object) -> object:
    """Find the holder, tick what is asked, press Enter."""
    page = client.post("/loss/", {"q": number_of(card)})
    form = page.context["form"]
    given = {
        "key": form["key"].value(),
        "seed": form["seed"].value(),
        "card": card.pk,
        "caller": "holder",
        "questions": asked(page),
        "document_seen": "on",
    }
    return client.post("/loss/", given | change, follow=True)


class TestFind:
    def test_a_number_finds_the_one_holder_masked_over_the_whole_city(self, city: City) -> None:
        card = make.issued_card(city, city.neighbour, holder=make.person(name="王小明"))
        page = signed_in(hotline(city)).post("/loss/", {"q": number_of(card)})
        text = page.content.decode()
        assert page.status_code == 200 and "王*明" in text and card.number in text
        assert "王小明" not in text and number_of(card) not in text

    def test_a_phone_number_finds_him_and_leaves_the_end_of_his_number_to_be_asked(
        self, city: City
    ) -> None:
        person = holder_with_phone()
        make.issued_card(city, city.here, holder=person)
        page = signed_in(hotline(city)).post("/loss/", {"q": PHONE})
        number = holder_of(person).number
        every = {
            one.code: one.answer for _, one, _ in [*page.context["asked"], *page.context["spare"]]
        }
        assert every["tail"] == number[-4:] and "phone" not in every
        assert page.context["desk"].masked_number == f"{number[:6]}{'*' * 12}"

    def test_what_stands_in_the_number_is_no_question(self, city: City) -> None:
        card = make.issued_card(city, city.here, holder=holder_with_phone())
        page = signed_in(hotline(city)).post("/loss/", {"q": number_of(card)})
        every = [one.code for _, one, _ in [*page.context["asked"], *page.context["spare"]]]
        assert sorted(every) == ["bank", "phone", "pick_up_office", "picked_up"]
        assert len(page.context["asked"]) == 3

    def test_a_phone_of_several_people_lists_nobody(self, city: City) -> None:
        for name in ("王小明", "王大明"):
            make.issued_card(city, city.here, holder=holder_with_phone(name))
        page = signed_in(hotline(city)).post("/loss/", {"q": PHONE})
        text = page.content.decode()
        assert page.status_code == 422 and "登记了 2 位持卡人" in text and "王" not in text

    def test_a_name_finds_nobody(self, city: City) -> None:
        make.issued_card(city, city.here, holder=make.person(name="王小明"))
        page = signed_in(hotline(city)).post("/loss/", {"q": "王小明"})
        assert page.status_code == 422 and page.context["desk"].card is None

    def test_the_hotline_has_no_search_by_name_and_no_card_page(self, city: City) -> None:
        card = make.issued_card(city, city.here)
        client = signed_in(hotline(city))
        assert client.get("/search/").status_code == 403
        assert client.get(f"/cards/{card.pk}/").status_code == 403

    def test_the_neighbour_window_sees_the_holder_only_by_his_number(self, city: City) -> None:
        card = make.issued_card(city, city.here)
        client = signed_in(city.neighbour.clerk)
        assert client.get(f"/loss/{card.pk}/").status_code == 404
        assert client.post("/loss/", {"show": card.pk}).status_code == 404
        page = client.post("/loss/", {"q": number_of(card)})
        text = page.content.decode()
        assert page.context["desk"].card.may_report
        assert page.context["asked"] == [] and "王小明" not in text
        assert f"/cards/{card.pk}/" not in text
        assert client.get(f"/loss/{card.pk}/").status_code == 200

    def test_a_card_on_written_loss_is_said_to_stay_so_and_leads_to_a_new_one(
        self, city: City
    ) -> None:
        card = make.issued_card(city, city.here)
        write_down(card, by=city.here.clerk)
        for actor, may_replace in (
            (city.here.clerk, True), (teller(city), True), (hotline(city), False),
        ):  # fmt: skip
            text = signed_in(actor).post("/loss/", {"q": number_of(card)}).content.decode()
            assert "已经正式挂失，不会自动解除" in text
            assert (f'href="{reverse("replacement.capture")}">补换卡' in text) is may_replace

    def test_a_bank_finds_its_own_cards_alone(self, city: City) -> None:
        card = make.issued_card(city, city.here)
        page = signed_in(teller(city)).post("/loss/", {"q": number_of(card)})
        assert [one.code for one in page.context["desk"].card.others] == ["loss.formal"]
        from cardbook.orgs.models import Kind

        other = make.organization("另一银行", Kind.BANK, parent=city.city)
        stranger = make.worker("柜员", Role.BANK_TELLER, other)
        page = signed_in(stranger).post("/loss/", {"q": number_of(card)})
        assert page.context["desk"].card is None

    @pytest.mark.parametrize("role", [Role.CARD_KEEPER, Role.SYSTEM_ADMIN, Role.AGENCY_CLERK])
    def test_other_posts_do_not_open_it(self, city: City, role: Role) -> None:
        other = make.worker("别人", role, city.here.card_body)
        assert signed_in(other).get("/loss/").status_code == 403

    def test_asks_the_database_little(
        self, city: City, django_assert_max_num_queries: object
    ) -> None:
        card = make.issued_card(city, city.here)
        client = signed_in(hotline(city))
        client.get("/loss/")
        with django_assert_max_num_queries(20):  # type: ignore[operator]
            client.post("/loss/", {"q": number_of(card)})


class TestStop:
    def test_stops_at_once_and_reads_out_the_bank_afterwards(self, city: City) -> None:
        card = make.issued_card(city, city.here)
        from cardbook.orgs.models import Organization

        Organization.objects.filter(pk=city.bank.pk).update(phone="96000")
        page = stop(signed_in(hotline(city)), card)
        text = page.content.decode()  # type: ignore[attr-defined]
        card.refresh_from_db()
        assert card.hold == "oral_loss" and (card.stage, card.social) == ("issued", "sealed")
        assert "社保功能已停用" in text and "96000" in text
        assert "没有及时挂失造成的损失，由您自己承担。" in text
        event = Event.objects.get(act="loss.report")
        assert event.told == [] and card.hold_until is not None

    def test_says_that_the_province_has_not_heard_while_nobody_answers_there(
        self, city: City, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(province_asking, "desk_of", lambda county_id: DeskInMemory())
        one, other, third = (make.issued_card(city, city.here) for _ in range(3))
        client = signed_in(hotline(city))
        assert "data-province-silent" not in stop(client, one).content.decode()
        line = Line.objects.create(
            party=Party.PROVINCE, recipient=city.here.county, silent_since=NOON
        )
        page = stop(client, other).content.decode()
        assert "省系统 11-20 12:00 起没有应答：社保功能在本市已经停用" in page
        assert "电子社保卡和外地可能还能用" in page
        assert Card.objects.get(pk=other.pk).hold == "oral_loss"
        Line.objects.filter(pk=line.pk).update(silent_since=None)
        monkeypatch.setattr(province_asking, "desk_of", lambda county_id: None)
        assert "省系统没有接口：社保功能在本市已经停用" in stop(client, third).content.decode()

    def test_nothing_is_read_out_before_the_stop(self, city: City) -> None:
        card = make.issued_card(city, city.here)
        page = signed_in(hotline(city)).post("/loss/", {"q": number_of(card)})
        assert "tell_form" not in page.context and 'id="tell"' not in page.content.decode()

    def test_the_same_enter_twice_is_one_report(self, city: City) -> None:
        card = make.issued_card(city, city.here)
        client = signed_in(hotline(city))
        stop(client, card, key="the-same-key")
        page = client.post(
            "/loss/",
            {"key": "the-same-key", "seed": "x", "card": card.pk, "caller": "holder",
             "questions": ["bank", "picked_up", "pick_up_office"]},
            follow=True,
        )  # fmt: skip
        assert "没有重复登记" in page.content.decode()
        assert Event.objects.filter(act="loss.report").count() == 1

    def test_two_answers_are_not_enough(self, city: City) -> None:
        card = make.issued_card(city, city.here)
        page = stop(signed_in(hotline(city)), card, questions=["bank", "picked_up"])
        assert page.status_code == 409  # type: ignore[attr-defined]
        assert "答对 2 个核验问题，规定至少 3 个" in page.content.decode()  # type: ignore[attr-defined]
        card.refresh_from_db()
        assert card.hold == "none"

    def test_a_document_is_not_shown_over_the_telephone(self, city: City) -> None:
        card = make.issued_card(city, city.here)
        page = stop(signed_in(hotline(city)), card, questions=[])
        assert page.status_code == 409  # type: ignore[attr-defined]

    def test_an_answer_the_book_cannot_judge_counts_for_nothing(self, city: City) -> None:
        card = make.issued_card(city, city.here)
        page = stop(signed_in(hotline(city)), card, questions=["bank", "picked_up", "tail"])
        assert page.status_code == 422  # type: ignore[attr-defined]

    def test_a_card_is_not_stopped_by_its_id_alone(self, city: City) -> None:
        card = make.issued_card(city, city.here)
        given = {"key": make.key(), "card": card.pk, "caller": "holder", "document_seen": "on"}
        assert signed_in(city.neighbour.clerk).post("/loss/", given).status_code == 404
        card.refresh_from_db()
        assert card.hold == "none"

    def test_a_window_of_another_county_stops_it_with_the_document(self, city: City) -> None:
        card = make.issued_card(city, city.here)
        stop(signed_in(city.neighbour.clerk), card, questions=[])
        card.refresh_from_db()
        assert card.hold == "oral_loss"
        facts = Event.objects.get(act="loss.report").facts
        assert '"channel":"window"' in facts and '"document_seen":true' in facts

    def test_a_window_asks_whoever_is_on_the_telephone(self, city: City) -> None:
        card = make.issued_card(city, city.here)
        client = signed_in(city.here.clerk)
        page = client.post("/loss/", {"q": number_of(card), "by_phone": "on"})
        assert len(page.context["asked"]) == 3

    def test_a_teller_does_not_take_an_oral_loss(self, city: City) -> None:
        card = make.issued_card(city, city.here)
        client = signed_in(teller(city))
        client.post("/loss/", {"q": number_of(card)})
        given = {"key": make.key(), "card": card.pk, "caller": "holder", "document_seen": "on"}
        page = client.post("/loss/", given)
        assert page.status_code == 409 and "ROLE_MAY_NOT" in page.content.decode()

    def test_a_card_on_loss_already_says_until_when(self, city: City) -> None:
        card = make.issued_card(city, city.here)
        operator = hotline(city)
        from django.utils import timezone

        lose(card, by=operator, at=timezone.now())
        page = signed_in(operator).post("/loss/", {"q": number_of(card)})
        assert "有效到" in page.content.decode() and 'id="stop"' not in page.content.decode()
        assert [one.code for one in page.context["desk"].card.others] == [
            "loss.renew",
            "loss.lift",
        ]


class TestTell:
    def test_what_was_read_out_is_written_down(self, city: City) -> None:
        card = make.issued_card(city, city.here)
        client = signed_in(hotline(city))
        stop(client, card)
        given = {"key": make.key(), "lines": ["1", "2", "3", "4"]}
        page = client.post(f"/loss/{card.pk}/tell/", given, follow=True)
        assert "已告知" in page.content.decode()
        assert Event.objects.get(act="loss.tell").told == ["loss/1"]

    def test_half_a_notice_is_no_notice(self, city: City) -> None:
        card = make.issued_card(city, city.here)
        client = signed_in(hotline(city))
        stop(client, card)
        page = client.post(f"/loss/{card.pk}/tell/", {"key": make.key(), "lines": ["1", "2"]})
        assert page.status_code == 422 and "还有 2 句没有告知" in page.content.decode()
        assert not Event.objects.filter(act="loss.tell").exists()


class TestOutside:
    def note(self, client: Client, number: str, **change: str) -> object:
        page = client.post("/loss/", {"q": number})
        form = page.context["outside_form"]
        given = {
            "key": form["key"].value(),
            "number": form["number"].value(),
            "matter": "lost",
            "name": "杜外地",
            "place": "西安市",
            "hotline": "029-12333",
            "call": "T9",
        }
        return client.post("/loss/outside/", given | change, follow=True)

    def test_keeps_the_call_and_where_the_caller_was_sent(self, city: City) -> None:
        number, client = make.citizen_number(), signed_in(hotline(city))
        page = self.note(client, number)
        assert "报省系统办理" in page.content.decode()  # type: ignore[attr-defined]
        call = OutsideCall.objects.get()
        assert (call.place, call.hotline, call.matter) == ("西安市", "029-12333", "lost")
        assert number.encode() not in bytes(call.number_sealed)

    def test_the_next_operator_reads_of_it_and_nothing_else_is_offered(self, city: City) -> None:
        number, operator = make.citizen_number(), hotline(city)
        self.note(signed_in(operator), number)
        page = signed_in(city.here.clerk).post("/loss/", {"q": number})
        text = page.content.decode()
        assert "西安市" in text and "029-12333" in text and number not in text
        assert 'id="stop"' not in text and "发卡地" in text

    def test_sent_twice_is_one_call(self, city: City) -> None:
        number, client = make.citizen_number(), signed_in(hotline(city))
        self.note(client, number, key="k")
        self.note(client, number, key="k")
        assert OutsideCall.objects.count() == 1

    def test_without_a_telephone_for_the_caller_nothing_is_kept(self, city: City) -> None:
        page = self.note(signed_in(hotline(city)), make.citizen_number(), hotline="")
        assert page.status_code == 422  # type: ignore[attr-defined]
        assert "请把发卡地的挂失电话告诉来电人" in page.content.decode()  # type: ignore[attr-defined]
        assert not OutsideCall.objects.exists()

    def test_a_number_nobody_sealed_is_not_taken(self, city: City) -> None:
        page = signed_in(hotline(city)).post("/loss/outside/", {"number": "MTIz", "key": "k"})
        assert page.status_code == 302 and not OutsideCall.objects.exists()
