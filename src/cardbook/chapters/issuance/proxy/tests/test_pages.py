"""The screens of proxies and guardians below the browser: read, shown, refused (Art. 10)."""

import json
from dataclasses import replace
from datetime import date, timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
import time_machine
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from cardbook.cards.models import Card
from cardbook.chapters.issuance.proxy.scanning import (
    read_scan,
    sealed,
)
from cardbook.chapters.issuance.proxy.tests.cases import child, comer, manager
from cardbook.chapters.printed_mandates import PrintedMandate, mandate_code
from cardbook.ledger.models import Event
from cardbook.lifecycle.facts import IdentityReading, ProxyReason, Relation
from cardbook.orgs.models import User
from cardbook.people.holders import holder_of
from cardbook.people.models import Mandate, Person, PickUp
from cardbook.testing import factories as make
from cardbook.testing.clients import signed_in
from cardbook.testing.factories import PASSWORD, City
from cardbook.testing.parameters import decide
from cardbook.testing.workbooks import cells_of

pytestmark = [pytest.mark.django_db, pytest.mark.article(10)]
TYPED = IdentityReading.TYPED
_STATEMENTS = ("original_seen", "face_person", "face_card", "reads", "told_pick_up")


def today() -> date:
    return timezone.localdate()


def proxy_form(card: Card, who: object = None, **changes: str) -> dict[str, str]:
    """The whole form as a careful clerk fills it in; an empty change takes a field away."""
    given = {
        "filled": "1", "key": make.key(), "card": str(card.pk), "agent": sealed(who or comer()),  # type: ignore[arg-type]
        "name": "李代领", "scanned": card.number, "signing": "paper", "reason": "away",
        "relation": "child", "since": str(today()), "until": str(today() + timedelta(days=9)),
        "signed_on": str(today()), "mandate_seen": "1", "paper_agent_id": "1",
        "paper_id_card_copy_id_card_image": "id_card_copy",
        "paper_relative_proof_unit_proof_household_book": "relative_proof",
        **dict.fromkeys(_STATEMENTS, "1"),
    }  # fmt: skip
    return {name: value for name, value in (given | changes).items() if value}


def guardian_form(card: Card, who: object = None, **changes: str) -> dict[str, str]:
    """The same of a guardian."""
    given = {
        "filled": "1", "key": make.key(), "card": str(card.pk), "agent": sealed(who or comer()),  # type: ignore[arg-type]
        "name": "王母", "scanned": card.number, "signing": "paper", "relation": "parent",
        "paper_guardian_id": "1",
        "paper_household_book_community_certificate_relation_proof": "household_book",
        **dict.fromkeys(_STATEMENTS, "1"),
    }  # fmt: skip
    return {name: value for name, value in (given | changes).items() if value}


def printed(holder: Person, number: str, name: str = "李代领") -> str:
    return mandate_code(
        PrintedMandate(
            holder_id=holder.pk, number=number, name=name, reason=ProxyReason.HEALTH,
            relation=Relation.CHILD, since=today(), until=today() + timedelta(days=30),
        )
    )  # fmt: skip


class TestReadScan:
    @pytest.mark.parametrize("shape", ["{}", "{},张三", "张三 {}", "{}|张三", " {} "])
    def test_takes_a_number_with_or_without_its_name(self, shape: str) -> None:
        number = make.citizen_number()
        found = read_scan(shape.format(number), today=date(2026, 11, 20)).comer
        assert found is not None and found.number == number
        assert found.name == ("张三" if "张三" in shape else "")

    def test_a_printed_mandate_says_it_all(self, city: City) -> None:
        holder, number = make.person(), make.citizen_number()
        found = read_scan(printed(holder, number, "买买提·伊敏"), today=today()).mandate
        assert found is not None
        assert (found.holder_id, found.number, found.name) == (holder.pk, number, "买买提·伊敏")
        assert (found.reason, found.relation) == (ProxyReason.HEALTH, Relation.CHILD)

    @pytest.mark.parametrize(
        "text",
        ["", "王小明", "12345", "~MND:1/2/3:0000", "~SLIP:T00000001/1:0000", "~" + "x" * 40],
    )
    def test_says_what_is_wrong_with_anything_else(self, text: str) -> None:
        assert read_scan(text, today=today()).problem


class TestScreen:
    def test_goes_from_agent_to_holder_to_mandate(self, city: City) -> None:
        (card,) = make.received_cards(city, city.here)
        who, client = comer(), signed_in(city.here.clerk)
        first = client.post("/proxy/", {"q": who.number})
        text = first.content.decode()
        assert who.number not in text and f"{who.number[:6]}********" in text
        given = {"agent": first.context["form"].initial["agent"]}
        second = client.post("/proxy/", given | {"q": holder_of(card.person).number})
        assert "王小明" in second.content.decode() and card.number in second.content.decode()
        form = second.context["form"]
        given |= {"filled": "1", "card": str(card.pk), "key": form.initial["key"]}
        third = client.post("/proxy/", given | {"q": printed(card.person, who.number)})
        form = third.context["form"]
        assert form["name"].value() == "李代领" and form["relation"].value() == "child"
        assert form["reason"].value() == "health" and form["until"].value()

    @pytest.mark.parametrize(
        ("address", "years", "said"),
        [
            ("/proxy/", 15, "未满 16 周岁，不能受托代领"),
            ("/guardian/", 17, "未满 18 周岁，不能担任监护人"),
        ],
    )
    @pytest.mark.article(11)
    def test_who_is_too_young_is_told_when_his_document_is_read(
        self, city: City, address: str, years: int, said: str
    ) -> None:
        client = signed_in(city.here.clerk)
        for age, is_told in ((years, True), (years + 1, False)):
            born_on = today().replace(year=today().year - age, day=1)
            answer = client.post(address, {"q": make.citizen_number(born_on=born_on)})
            assert (said in answer.content.decode()) is is_told, age

    def test_a_mandate_for_somebody_else_is_named(self, city: City) -> None:
        card, other = make.received_cards(city, city.here, count=2)
        who, client = comer(), signed_in(city.here.clerk)
        given = {"agent": sealed(who), "card": str(card.pk), "filled": "1", "key": make.key()}
        stranger = client.post(
            "/proxy/", given | {"q": printed(card.person, make.citizen_number())}
        )
        assert "受托人不是这位代领人" in stranger.content.decode()
        wrong = client.post("/proxy/", given | {"q": printed(other.person, who.number)})
        assert "委托人不是这位持卡人" in wrong.content.decode()

    def test_each_document_is_known_for_whose_it_is(self, city: City) -> None:
        card, other = make.received_cards(city, city.here, count=2)
        number, client = holder_of(card.person).number, signed_in(city.here.clerk)
        given = {"card": str(card.pk)}
        mixed_up = client.post("/proxy/", given | {"q": number}).content.decode()
        assert "这是持卡人的证件" in mixed_up
        given |= {"agent": sealed(comer())}
        again = client.post("/proxy/", given | {"q": number})
        assert again.context["problem"] == ""
        strange = client.post("/proxy/", given | {"q": holder_of(other.person).number})
        assert "不是这位持卡人的证件" in strange.context["problem"]
        own = comer()
        twice = client.post("/proxy/", {"agent": sealed(own), "q": own.number})
        assert "自己的证件" in twice.context["problem"]

    def test_a_number_in_another_county_names_nobody(self, city: City) -> None:
        (card,) = make.received_cards(city, city.neighbour)
        given = {"agent": sealed(comer()), "q": holder_of(card.person).number}
        text = signed_in(city.here.clerk).post("/proxy/", given).content.decode()
        assert "王小明" not in text and card.number not in text and "本县区没有" in text
        assert signed_in(city.here.clerk).get(f"/proxy/{card.pk}/").status_code == 404

    def test_a_stranger_to_the_county_gives_no_name(self, city: City) -> None:
        stranger = make.person(name="外县人")
        make.received_cards(city, city.neighbour, people=[stranger])
        client = signed_in(city.here.clerk)
        text = client.post("/proxy/", {"q": holder_of(stranger).number}).content.decode()
        assert "外县人" not in text

    def test_the_window_of_the_desk_leads_here(self, city: City) -> None:
        grown, small = make.received_cards(city, city.here, people=[make.person(), child()])
        client = signed_in(city.here.clerk)
        for card, offered in ((grown, f"/proxy/{grown.pk}/"), (small, f"/guardian/{small.pk}/")):
            page = client.post("/desk/", {"q": holder_of(card.person).number})
            assert offered in [one.address for one in page.context["desk"].card.others]
            assert client.get(offered).status_code == 200

    @pytest.mark.parametrize("who", ["keeper", "reviewer", "auditor"])
    def test_is_the_windows_alone(self, city: City, who: str) -> None:
        client = signed_in(getattr(city.here, who))
        assert client.get("/proxy/").status_code == 403
        assert client.get("/guardian/").status_code == 403

    def test_asks_few_questions(
        self, city: City, django_assert_max_num_queries: DjangoAssertNumQueries
    ) -> None:
        (card,) = make.received_cards(city, city.here)
        client = signed_in(city.here.clerk)
        client.get("/proxy/")
        given = {"agent": sealed(comer()), "q": holder_of(card.person).number}
        with django_assert_max_num_queries(18):
            client.post("/proxy/", given)

    @pytest.mark.article(11)
    def test_says_that_no_copy_of_a_childs_papers_is_kept(self, city: City) -> None:
        (card,) = make.received_cards(city, city.here, people=[child()])
        given = {"agent": sealed(comer("王母")), "q": holder_of(card.person).number}
        page = signed_in(city.here.clerk).post("/guardian/", given)
        text = page.content.decode()
        assert "不满十四周岁" in text and 'type="file"' not in text
        assert "判决书" not in "".join(str(field) for _, field in page.context["papers"])


class TestHandOver:
    def test_registers_and_shows_nobody_any_more(self, city: City) -> None:
        (card,) = make.received_cards(city, city.here)
        page = signed_in(city.here.clerk).post("/proxy/", proxy_form(card), follow=True)
        text = page.content.decode()
        assert "已发放给代领人" in text and "王小明" not in text and "李代领" not in text
        card.refresh_from_db()
        assert card.stage == "issued" and Mandate.objects.count() == 1

    def test_the_same_form_sent_twice_is_one(self, city: City) -> None:
        (card,) = make.received_cards(city, city.here)
        client, given = signed_in(city.here.clerk), proxy_form(card)
        client.post("/proxy/", given)
        client.post("/proxy/", given)
        assert Event.objects.filter(act="card.issue_proxy").count() == 1
        assert PickUp.objects.count() == 1

    @pytest.mark.parametrize(
        ("change", "sentence", "status"),
        [
            ({"relation": ""}, "请选择代领人与持卡人的关系", 422),
            ({"until": ""}, "请照委托书填写", 422),
            ({"until": "2020-01-01"}, "截止日早于起始日", 422),
            ({"name": ""}, "请照证件填写姓名", 422),
            ({"agent": "forged"}, "请重新扫描来人的身份证", 422),
            ({"mandate_seen": ""}, "缺少材料：委托书", 409),
            ({"paper_agent_id": ""}, "缺少材料：代领人有效身份证件", 409),
            ({"paper_id_card_copy_id_card_image": ""}, "缺少材料：身份证件复印件", 409),
            (
                {"paper_relative_proof_unit_proof_household_book": ""},
                "缺少材料：直系亲属出具的证明",
                409,
            ),
            ({"relation": "unit"}, "缺少材料：原单位出具的证明", 409),
            ({"signing": ""}, "还没有签字", 409),
            ({"scanned": "Z00000001"}, "不是这位持卡人的卡", 409),
            ({"face_person": ""}, "人、证、卡面一致", 409),
            ({"told_pick_up": ""}, "还没有告知", 409),
            ({"reason": "other"}, "没有写明代领原因", 409),
        ],
    )
    def test_says_what_is_missing_and_changes_nothing(
        self, city: City, change: dict[str, str], sentence: str, status: int
    ) -> None:
        (card,) = make.received_cards(city, city.here)
        page = signed_in(city.here.clerk).post("/proxy/", proxy_form(card, **change))
        assert page.status_code == status and sentence in page.content.decode()
        card.refresh_from_db()
        assert card.stage == "in_custody" and not PickUp.objects.exists()

    def test_a_mandate_on_file_needs_no_dates(self, city: City) -> None:
        holder, who = make.person(), comer()
        card, later = make.received_cards(city, city.here, people=[holder, holder])
        client = signed_in(city.here.clerk)
        client.post("/proxy/", proxy_form(card, who))
        given = {"agent": sealed(who), "card": str(later.pk), "q": " "}
        page = client.post("/proxy/", given)
        mandate = page.context["mandate"]
        assert mandate is not None and page.context["form"]["relation"].value() == "child"
        form = proxy_form(later, who, since="", until="", signed_on="", mandate=str(mandate.id))
        assert client.post("/proxy/", form).status_code == 302
        assert Mandate.objects.count() == 1

    @time_machine.travel(make.NOON, tick=False)  # of a 1st of January no day of the year is past
    def test_over_the_years_limit_the_manager_signs_on_the_page(self, city: City) -> None:
        (card, more) = make.received_cards(city, city.here, count=2)
        who, client, boss = comer(), signed_in(city.here.clerk), manager(city.here)
        client.post("/proxy/", proxy_form(card, who))
        one = PickUp.objects.get()
        for _ in range(9):
            one.pk, one.on = None, date(today().year, 1, 1)
            one.save(force_insert=True)
        page = client.post("/proxy/", proxy_form(more, who))
        text = page.content.decode()
        assert page.status_code == 409 and "须经批准" in text and "id_approver_name" in text
        signed = {
            "approver_name": User.objects.get(pk=boss.user_id).username,
            "approver_password": make.PASSWORD,
        }
        assert client.post("/proxy/", proxy_form(more, who, **signed)).status_code == 302

    @pytest.mark.article(11)
    def test_a_guardian_takes_a_childs_card(self, city: City) -> None:
        (card,) = make.received_cards(city, city.here, people=[child()])
        page = signed_in(city.here.clerk).post("/guardian/", guardian_form(card), follow=True)
        assert "已发放给监护人" in page.content.decode()
        event = Event.objects.get(act="card.issue_guardian")
        assert '"proof":"household_book"' in event.facts and '"copy_kept":""' in event.facts

    @pytest.mark.article(11)
    def test_a_grandmother_says_why(self, city: City) -> None:
        (card,) = make.received_cards(city, city.here, people=[child()])
        client = signed_in(city.here.clerk)
        page = client.post("/guardian/", guardian_form(card, relation="grandparent"))
        assert page.status_code == 409 and "不由父母监护" in page.content.decode()
        again = guardian_form(card, relation="grandparent", words="父母已去世")
        assert client.post("/guardian/", again).status_code == 302


class TestMandates:
    def register(self, client: Client, holder: Person, agent: str, **changes: str) -> object:
        given = {
            "principal": holder_of(holder).number, "number": agent, "name": "李代领",
            "relation": "child", "reason": "away", "since": str(today()),
            "until": str(today() + timedelta(days=30)), "signed_on": str(today()), "seen": "1",
            "key": make.key(),
        }  # fmt: skip
        return client.post("/mandates/new/", given | changes, follow=True)

    def test_is_registered_listed_found_and_revoked(self, city: City) -> None:
        (card,) = make.received_cards(city, city.here)
        client, number = signed_in(city.here.clerk), make.citizen_number()
        self.register(client, card.person, number)
        mandate = Mandate.objects.get()
        text = client.get("/mandates/").content.decode()
        assert "李代领" in text and number not in text and "有效" in text
        assert len(client.get("/mandates/", {"q": number}).context["rows"]) == 1
        assert len(client.get("/mandates/", {"q": "李代领"}).context["rows"]) == 1
        assert not client.get("/mandates/", {"q": "王五"}).context["rows"]
        for words, said in (
            ("", "写明撤销原因"),
            ("不再委托", "已撤销"),
            ("再一次", "已撤销”，不能办理"),
        ):
            given = {"mandate": [mandate.pk], "words": words, "key": make.key()}
            page = client.post("/mandates/", given)
            assert said in str(page.context["results"])
        mandate.refresh_from_db()
        assert mandate.standing == "revoked" and mandate.version == 2
        (row,) = client.get("/mandates/", {"status": "revoked"}).context["rows"]
        assert f"{today()}" in row.note and "不再委托" in row.note

    def test_the_neighbour_neither_sees_nor_revokes(self, city: City) -> None:
        (card,) = make.received_cards(city, city.here)
        self.register(signed_in(city.here.clerk), card.person, make.citizen_number())
        client = signed_in(city.neighbour.clerk)
        assert not client.get("/mandates/").context["rows"]
        client.post(
            "/mandates/",
            {"mandate": [Mandate.objects.get().pk], "words": "不该", "key": make.key()},
        )
        assert Mandate.objects.get().standing == "registered"
        page = self.register(client, card.person, make.citizen_number())
        assert page.status_code == 422 and "本县区没有这位持卡人" in page.content.decode()  # type: ignore[attr-defined]

    def test_those_who_only_look_revoke_nothing(self, city: City) -> None:
        (card,) = make.received_cards(city, city.here)
        self.register(signed_in(city.here.clerk), card.person, make.citizen_number())
        page = signed_in(city.here.reviewer).post(
            "/mandates/",
            {"mandate": [Mandate.objects.get().pk], "words": "不该", "key": make.key()},
        )
        assert "不办理" in str(page.context["results"])
        assert Mandate.objects.get().standing == "registered"
        assert signed_in(city.here.keeper).get("/mandates/").status_code == 403

    @pytest.mark.parametrize(
        ("change", "sentence"),
        [
            ({"until": "2020-01-01"}, "截止日早于起始日"),
            ({"signed_on": "2099-01-01"}, "在今天之后"),
            ({"seen": ""}, "没有查验原件"),
            ({"number": "123"}, "18 位"),
        ],
    )
    def test_says_what_is_wrong(self, city: City, change: dict[str, str], sentence: str) -> None:
        (card,) = make.received_cards(city, city.here)
        client = signed_in(city.here.clerk)
        page = self.register(client, card.person, make.citizen_number(), **change)
        assert page.status_code == 422 and sentence in page.content.decode()  # type: ignore[attr-defined]
        assert not Mandate.objects.exists()

    def test_it_dies_with_either_of_them(self, city: City) -> None:
        (card,) = make.received_cards(city, city.here)
        client = signed_in(city.here.clerk)
        self.register(client, card.person, make.citizen_number())
        Person.objects.filter(pk=card.person_id).update(died_on=today())
        (row,) = client.get("/mandates/").context["rows"]
        assert row.status == "dead" and not row.may_revoke

    def test_is_printed_filled_in_and_blank(self, city: City) -> None:
        (card,) = make.received_cards(city, city.here)
        client = signed_in(city.here.clerk)
        given = {
            "principal": holder_of(card.person).number, "number": make.citizen_number(),
            "name": "李代领", "relation": "child", "reason": "health", "since": str(today()),
            "until": str(today()),
        }  # fmt: skip
        for page in (client.post("/mandates/print/", given), client.get("/mandates/blank.pdf")):
            assert page.status_code == 200 and page.content.startswith(b"%PDF")
        assert not Mandate.objects.exists()

    def test_is_exported_as_seen(self, city: City) -> None:
        (card,) = make.received_cards(city, city.here)
        client = signed_in(city.here.clerk)
        self.register(client, card.person, make.citizen_number())
        page = client.get("/mandates/export/", {"status": "valid"})
        assert page.status_code == 200 and page.content.startswith(b"PK")

    def test_the_list_asks_as_much_for_one_as_for_many(
        self, city: City, django_assert_max_num_queries: DjangoAssertNumQueries
    ) -> None:
        client = signed_in(city.here.clerk)
        for card in make.received_cards(city, city.here, count=4):
            self.register(client, card.person, make.citizen_number())
        with django_assert_max_num_queries(8):
            client.get("/mandates/")


class TestAgents:
    def test_one_who_fetches_for_strangers_comes_first(self, city: City) -> None:
        boss, client = manager(city.here), signed_in(city.here.clerk)
        son, helper = comer("孝子"), comer("热心人")
        for who, relation, count in ((son, "child", 2), (helper, "other", 2)):
            for card in make.received_cards(city, city.here, count=count):
                given = proxy_form(card, who, name=who.name, relation=relation, words="同村")
                assert client.post("/proxy/", given).status_code == 302
        rows = list(signed_in(boss).get("/agents/").context["rows"])
        assert [(row.name, row.unrelated, row.month) for row in rows] == [
            ("热心人", 2, 2), ("孝子", 0, 2),
        ]  # fmt: skip
        assert "非亲属" in rows[0].look and not rows[1].look
        assert not signed_in(manager(city.neighbour)).get("/agents/").context["rows"].object_list
        assert signed_in(city.here.clerk).get("/agents/").status_code == 403
        assert signed_in(boss).get("/agents/export/").content.startswith(b"PK")
        address = f"/agents/{rows[0].id}/"
        assert "王小明" in signed_in(boss).get(address).content.decode()
        fetched = signed_in(boss).get(address, {"sort": "old"}).context["rows"]
        assert len(fetched) == 2
        tail = fetched[1].holder_number[-4:]
        one = signed_in(boss).get(address, {"q": tail}).context["rows"]
        assert fetched[1].id in {row.id for row in one}
        gone = signed_in(boss).get(address, {"q": "没有这人"}).content.decode()
        assert "没有这样的持卡人" in gone
        book = signed_in(boss).get(address, {"export": "1", "pick": fetched[0].id}).content
        assert cells_of(book).count("儿子、女儿") + cells_of(book).count("其他") == 1
        assert signed_in(manager(city.neighbour)).get(address).status_code == 404
        found = signed_in(boss).get("/agents/", {"q": "孝", "sort": "year"}).context["rows"]
        assert [row.name for row in found] == ["孝子"]

    def test_what_chosen_people_still_hold_is_revoked_each_with_a_result(self, city: City) -> None:
        boss, client = manager(city.here), signed_in(city.here.clerk)
        both = (comer("热心人"), comer("孝子"))
        for who in both:
            (card,) = make.received_cards(city, city.here)
            given = proxy_form(card, who, name=who.name, relation="other", words="同村")
            assert client.post("/proxy/", given).status_code == 302
        held, _ = Mandate.objects.order_by("id")
        data = {"agent": [held.agent_id], "words": "一人代领过多，核实后撤销", "key": make.key()}
        page = signed_in(boss).post("/agents/", data)
        assert page.context["results"] == [
            ("热心人", "已撤销 1 份委托书，自今天起不能再凭它代领。")
        ]
        held.refresh_from_db()
        assert held.standing == "revoked"
        assert Mandate.objects.filter(standing="registered").count() == 1
        again = signed_in(boss).post("/agents/", data | {"key": make.key()}).context["results"]
        assert again[0][0] == "热心人" and "没有还有效的委托书" in again[0][1]

    def test_those_who_only_look_and_the_neighbour_revoke_nothing_of_anybodys(
        self, city: City
    ) -> None:
        (card,) = make.received_cards(city, city.here)
        who = comer("热心人")
        signed_in(city.here.clerk).post("/proxy/", proxy_form(card, who, name=who.name))
        data = {"agent": [Mandate.objects.get().agent_id], "words": "不该", "key": make.key()}
        page = signed_in(city.here.reviewer).post("/agents/", data)
        assert "不办理" in str(page.context["results"])
        signed_in(manager(city.neighbour)).post("/agents/", data)
        signed_in(manager(city.here)).post("/agents/", data | {"words": ""})
        assert Mandate.objects.get().standing == "registered"

    def test_the_window_is_warned_and_not_stopped(self, city: City) -> None:
        client, helper = signed_in(city.here.clerk), comer("热心人")
        for card in make.received_cards(city, city.here, count=2):
            client.post("/proxy/", proxy_form(card, helper, relation="other", words="同村"))
        page = client.post("/proxy/", {"q": helper.number})
        assert "本月已为 2 名非亲属领卡" in page.content.decode()
        assert "今天已代领 2 张" in page.content.decode()


def test_addresses_carry_no_number(city: City) -> None:
    (card,) = make.received_cards(city, city.here)
    page = signed_in(city.here.clerk).post("/proxy/", proxy_form(card))
    assert not parse_qs(urlsplit(page.headers["Location"]).query)


@pytest.mark.article(8, 4)
class TestTypedNumber:
    """Whoever came typed in by hand is checked once more; read by a scanner he is not."""

    def shown(self, client: Client, card: Card, number: str, address: str, read: str) -> str:
        first = client.post(address, {"q": number, "identity": read})
        given = {"agent": first.context["form"].initial["agent"], "identity": "reader"}
        second = client.post(address, given | {"q": holder_of(card.person).number})
        return second.content.decode()

    def test_the_screen_asks_only_for_what_was_typed(self, city: City) -> None:
        client, number = signed_in(city.here.clerk), comer().number
        for card, address in (
            (make.received_cards(city, city.here)[0], "/proxy/"),
            (make.received_cards(city, city.here, people=[child()])[0], "/guardian/"),
        ):
            typed = self.shown(client, card, number, address, "typed")
            assert 'name="number_again"' in typed and "待确认" in typed
            assert 'name="number_again"' not in self.shown(client, card, number, address, "reader")

    def test_a_document_read_after_all_leaves_nothing_to_check(self, city: City) -> None:
        (card,) = make.received_cards(city, city.here)
        client, who = signed_in(city.here.clerk), replace(comer(), identity=TYPED)
        given = {"agent": sealed(who), "card": str(card.pk), "filled": "1"}
        assert "number_again" in client.post("/proxy/", given | {"q": "x"}).content.decode()
        for scanned in (who.number, printed(card.person, who.number)):
            page = client.post("/proxy/", given | {"q": scanned, "identity": "reader"})
            assert "number_again" not in page.content.decode(), scanned

    @pytest.mark.parametrize(("again", "status"), [("", 409), ("0000", 409), ("own", 302)])
    def test_a_proxy_and_a_guardian_are_checked_alike(
        self, city: City, again: str, status: int
    ) -> None:
        client, who = signed_in(city.here.clerk), replace(comer(), identity=TYPED)
        digits = who.number[10:14] if again == "own" else again
        (old,) = make.received_cards(city, city.here)
        (young,) = make.received_cards(city, city.here, people=[child()])
        for address, form, act in (
            ("/proxy/", proxy_form(old, who, number_again=digits), "card.issue_proxy"),
            ("/guardian/", guardian_form(young, who, number_again=digits), "card.issue_guardian"),
        ):
            page = client.post(address, form)
            assert page.status_code == status, page.content.decode()
            done = Event.objects.filter(act=act).first()
            assert (done is not None) is (status == 302)
            if done is None:
                said = "还没有复核" if not again else "与来人的证件号码不一致"
                assert said in page.content.decode()
            else:
                facts = json.loads(done.facts)
                assert (facts["identity"], facts["recheck"]) == ("typed", "again")

    def test_where_another_looks_at_the_document_he_signs(
        self, city: City, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        decide(monkeypatch, "typed_number_check", "second")
        (card,) = make.received_cards(city, city.here, people=[child()])
        client, who = signed_in(city.here.clerk), replace(comer(), identity=TYPED)
        refused = client.post("/guardian/", guardian_form(card, who))
        assert refused.status_code == 409 and "请另一名" in refused.content.decode()
        assert 'name="second_password"' in refused.content.decode()
        other = User.objects.get(pk=city.here.other_clerk.user_id)
        signed = {"second_name": other.username, "second_password": PASSWORD}
        assert client.post("/guardian/", guardian_form(card, who, **signed)).status_code == 302
        assert Event.objects.get(act="card.issue_guardian").second_id == other.pk

    def test_who_approves_a_full_year_has_looked_at_it(
        self, city: City, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        decide(monkeypatch, "typed_number_check", "second")
        (card,) = make.received_cards(city, city.here)
        who, head = replace(comer(), identity=TYPED), manager(city.here)
        username = User.objects.get(pk=head.user_id).username
        signed = {"approver_name": username, "approver_password": PASSWORD}
        page = signed_in(city.here.clerk).post("/proxy/", proxy_form(card, who, **signed))
        assert page.status_code == 302
        assert Event.objects.get(act="card.issue_proxy").second_id == head.user_id
