"""Our half is put to use at the window, the bank's at the bank; neither answers for the other."""

import json
import re
from datetime import UTC, date, timedelta
from functools import partial
from io import BytesIO

import pytest
import time_machine
from django.urls import reverse
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries
from python_calamine import CalamineWorkbook

from cardbook.chapters.issuance.proxy.commands import Comer
from cardbook.chapters.issuance.proxy.mandate_commands import register_mandate, revoke_mandate
from cardbook.chapters.mandates import mandate_step
from cardbook.chapters.representatives import MandateTerms, remembered
from cardbook.chapters.usage.activation import queries
from cardbook.chapters.usage.activation.queries import SORTS, WAITING_SORTS, half_done, waiting_at
from cardbook.chapters.usage.models import BankVisit, ProxyErrand
from cardbook.chapters.usage.tests.calling import call, codes
from cardbook.chapters.usage.tests.sending import refused_with, send
from cardbook.insight.check import recount
from cardbook.law.roles import Role
from cardbook.ledger.models import Event
from cardbook.lifecycle.acts import act
from cardbook.lifecycle.facts import BankReported
from cardbook.lifecycle.perform import Step, perform
from cardbook.orgs.actors import Actor
from cardbook.orgs.models import Kind, Organization
from cardbook.people.holders import holder_of
from cardbook.people.models import Mandate, Person
from cardbook.testing import factories as make
from cardbook.testing.clients import signed_in
from cardbook.testing.factories import City
from cardbook.testing.races import together

pytestmark = pytest.mark.article(22)


def sheet_rows(content: bytes) -> str:
    """All cells of a workbook's first sheet."""
    book = CalamineWorkbook.from_filelike(BytesIO(content))
    return str(book.get_sheet_by_index(0).to_python())


def outlet_of(city: City, name: str = "示范支行") -> tuple[Organization, Actor]:
    outlet = make.organization(name, Kind.BRANCH, parent=city.bank)
    Organization.objects.filter(pk=outlet.pk).update(region=city.here.county.region)
    return outlet, make.worker("柜员", Role.BANK_TELLER, outlet)


def a_proxy(**changes: object) -> dict[str, object]:
    """Somebody comes with a mandate that was signed today, for a month."""
    today = timezone.localdate()
    usual = {
        "asked_by": "proxy", "paper_agent_id": "on",
        "agent_name": "李小红", "agent_number": make.citizen_number(),
        "agent_relation": "child", "mandate_reason": "health",
        "mandate_signed_on": today, "mandate_until": today + timedelta(days=30),
    }  # fmt: skip
    return usual | changes


@pytest.mark.django_db
class TestActivate:
    def test_our_half_works_and_the_bank_is_still_unknown(self, city: City) -> None:
        card = make.issued_card(city, city.here)
        answer = send("social.activate", card, by=city.here.clerk, asked_by="holder")
        card.refresh_from_db()
        assert answer["Location"] == reverse("bank.direct", args=[card.pk])
        assert (card.social, card.bank) == ("active", "unknown")
        assert [one for one in recount().findings if not one.holds] == []

    def test_a_card_still_in_custody_is_not_put_to_use(self, city: City) -> None:
        (card,) = make.received_cards(city, city.here)
        answer = send("social.activate", card, by=city.here.clerk, asked_by="holder")
        card.refresh_from_db()
        assert answer.status_code == 409 and card.social == "sealed"

    def test_needs_the_card_the_document_and_the_telling(self, city: City) -> None:
        card = make.issued_card(city, city.here)
        for missing, code in (
            ({"paper_social_card": None}, {"CARD_NOT_SEEN", "PAPER_MISSING"}),
            ({"paper_id_card_original": None}, {"PAPER_MISSING"}),
            ({"told_activation": None}, {"NOTICE_NOT_GIVEN"}),
        ):
            sent = send("social.activate", card, by=city.here.clerk, asked_by="holder", **missing)
            assert refused_with(sent) == code

    def test_a_minor_does_not_ask_himself(self, city: City) -> None:
        card = make.issued_card(city, city.here)
        type(card.person).objects.filter(pk=card.person_id).update(born_on=date(2010, 5, 1))
        alone = send("social.activate", card, by=city.here.clerk, asked_by="holder")
        assert refused_with(alone) == {"HOLDER_IS_MINOR"}
        guarded = send(
            "social.activate", card, by=city.here.clerk, asked_by="guardian",
            paper_household_book_community_certificate_relation_proof="household_book",
            paper_guardian_id="on",
        )  # fmt: skip
        assert guarded.status_code == 302

    @pytest.mark.parametrize(
        ("asks", "own"),
        [
            ("holder", "paper_id_card_original"), ("guardian", "paper_guardian_id"),
            ("guardian", "paper_household_book_community_certificate_relation_proof"),
            ("proxy", "paper_agent_id"), ("proxy", "paper_activation_mandate"),
        ],
    )  # fmt: skip
    def test_whoever_asks_shows_his_own_document(self, city: City, asks: str, own: str) -> None:
        card = make.issued_card(city, city.here)
        given = a_proxy(asked_by=asks) | {own: None}
        sent = send("social.activate", card, by=city.here.clerk, **given)
        assert refused_with(sent) == {"PAPER_MISSING"}

    def test_a_password_is_not_set_for_a_messenger(self, city: City) -> None:
        card = make.issued_card(city, city.here)
        send("social.activate", card, by=city.here.clerk, asked_by="holder")
        reset = {"terminal": "T1", "result": "done"}
        messenger = {"paper_id_card_original_guardian_id": "agent_id"}
        sent = send("pin.reset", card, by=city.here.clerk, **reset, **messenger)
        assert sent.status_code == 422
        assert send("pin.reset", card, by=city.here.clerk, **reset).status_code == 302

    def test_one_person_has_one_card_in_use(self, city: City) -> None:
        holder = make.person()
        first = make.issued_card(city, city.here, holder=holder)
        send("social.activate", first, by=city.here.clerk, asked_by="holder")
        second = make.issued_card(city, city.here, holder=holder)
        sent = send("social.activate", second, by=city.here.clerk, asked_by="holder")
        assert refused_with(sent) == {"OTHER_CARD_WORKS"}

    def test_a_neighbour_and_a_keeper_do_not(self, city: City) -> None:
        card = make.issued_card(city, city.here)
        assert send("social.activate", card, by=city.neighbour.clerk).status_code == 404
        assert send("social.activate", card, by=city.here.keeper).status_code == 403


@pytest.mark.article(10)
@pytest.mark.django_db
class TestByProxy:
    """Who is charged with it shows a paper that holds today (Art. 22; Civil Code 165, 173)."""

    def test_is_recorded_with_who_came_and_until_when_he_may(self, city: City) -> None:
        card, given = make.issued_card(city, city.here), a_proxy()
        assert send("social.activate", card, by=city.here.clerk, **given).status_code == 302
        facts = json.loads(Event.objects.get(act="social.activate").facts)
        agent = Person.objects.get(pk=facts["agent"])
        assert holder_of(agent).number == given["agent_number"]
        assert facts["mandate_until"] == f"{given['mandate_until']}"

    @pytest.mark.parametrize(
        "left_out",
        ["agent_name", "agent_number", "agent_relation", "mandate_reason", "mandate_until"],
    )
    def test_says_who_he_is_and_until_when(self, city: City, left_out: str) -> None:
        card = make.issued_card(city, city.here)
        answer = send("social.activate", card, by=city.here.clerk, **a_proxy(**{left_out: ""}))
        assert answer.status_code == 422 and "由他人代办的，请填写" in answer.content.decode()

    @pytest.mark.parametrize(
        ("signed", "until", "said"),
        [(-40, -1, "到期"), (1, 30, "在今天之后")],
    )
    def test_a_paper_of_another_time_opens_nothing(
        self, city: City, signed: int, until: int, said: str
    ) -> None:
        card, today = make.issued_card(city, city.here), timezone.localdate()
        days = {
            "mandate_signed_on": today + timedelta(days=signed),
            "mandate_until": today + timedelta(days=until),
        }
        answer = send("social.activate", card, by=city.here.clerk, **a_proxy(**days))
        assert refused_with(answer) == {"MANDATE_DOES_NOT_COVER"}
        assert said in answer.content.decode()
        assert not Event.objects.filter(act="social.activate").exists()

    def test_on_the_last_day_it_holds(self, city: City) -> None:
        card = make.issued_card(city, city.here)
        given = a_proxy(mandate_until=timezone.localdate())
        assert send("social.activate", card, by=city.here.clerk, **given).status_code == 302

    def test_a_paper_that_was_revoked_is_revoked_for_this_too(self, city: City) -> None:
        card, today = make.issued_card(city, city.here), timezone.localdate()
        number = make.citizen_number()
        agent = remembered(number=number, name="李小红", today=today)
        terms = MandateTerms(
            since=today, until=today + timedelta(days=30), signed_on=today, reason="health",
            relation="child",
        )  # fmt: skip
        mandate_id, step = mandate_step(
            principal_id=card.person_id, agent_id=agent.pk, terms=terms, by=city.here.clerk
        )
        perform(step, by=city.here.clerk, at=timezone.now(), key=make.key())
        revoke_mandate(
            mandate_id=mandate_id, words="本人收回", by=city.here.clerk, at=timezone.now(),
            key=make.key(),
        )  # fmt: skip
        given = a_proxy(agent_number=number)
        answer = send("social.activate", card, by=city.here.clerk, **given)
        assert refused_with(answer) == {"MANDATE_DOES_NOT_COVER"}
        assert "撤销" in answer.content.decode()

    def test_ends_with_the_death_of_either(self, city: City) -> None:
        card, number = make.issued_card(city, city.here), make.citizen_number()
        agent = remembered(number=number, name="李小红", today=timezone.localdate())
        for who, code in ((agent.pk, "AGENT_DEAD"), (card.person_id, "HOLDER_DEAD")):
            Person.objects.filter(pk=who).update(died_on=date(2026, 11, 1))
            answer = send(
                "social.activate", card, by=city.here.clerk, **a_proxy(agent_number=number)
            )
            assert code in refused_with(answer)
            Person.objects.filter(pk=who).update(died_on=None)

    def test_the_paper_is_registered_as_one_of_this_matter_and_shown_again_is_the_same(
        self, city: City
    ) -> None:
        holder, given = make.person(), a_proxy()
        cards = [make.issued_card(city, city.here, holder=holder) for _ in range(2)]
        assert send("social.activate", cards[0], by=city.here.clerk, **given).status_code == 302
        mandate = Mandate.objects.get()
        assert (mandate.matter, mandate.relation, mandate.reason, mandate.standing) == (
            "activate", "child", "health", "registered",
        )  # fmt: skip
        assert mandate.since == given["mandate_signed_on"]
        facts = json.loads(Event.objects.get(act="social.activate").facts)
        assert facts["mandate"] == mandate.pk
        (row,) = signed_in(city.here.clerk).get("/mandates/").context["rows"]
        assert (row.matter, row.used) == ("激活社保功能", 1)
        send("card.cancel", cards[0], by=city.here.clerk, asker="holder", reason="wish",
             plastic="none")  # fmt: skip
        assert send("social.activate", cards[1], by=city.here.clerk, **given).status_code == 302
        assert Mandate.objects.count() == 1

    def test_one_of_a_later_day_on_file_holds_not_before_it(self, city: City) -> None:
        card, today, number = (
            make.issued_card(city, city.here), timezone.localdate(), make.citizen_number()
        )  # fmt: skip
        register_mandate(
            principal_id=card.person_id, comer=Comer(number=number, name="李小红"),
            terms=MandateTerms(
                since=today + timedelta(days=3), until=today + timedelta(days=30),
                signed_on=today, reason="health", relation="child",
                matter=Mandate.Matter.ACTIVATE,
            ),
            by=city.here.clerk, at=timezone.now(), key=make.key(),
        )  # fmt: skip
        answer = send("social.activate", card, by=city.here.clerk, **a_proxy(agent_number=number))
        assert refused_with(answer) == {"MANDATE_DOES_NOT_COVER"}
        assert "起才有效" in answer.content.decode()

    @pytest.mark.article(31)
    @time_machine.travel(make.NOON, tick=False)  # of a 1st of January no day of the year is past
    def test_one_person_does_it_for_few_on_a_day_and_in_a_year(self, city: City) -> None:
        number, today = make.citizen_number(), timezone.localdate()
        cards = [make.issued_card(city, city.here) for _ in range(4)]
        answers = [
            send("social.activate", card, by=city.here.clerk, **a_proxy(agent_number=number))
            for card in cards
        ]
        assert [one.status_code for one in answers] == [302, 302, 302, 409]
        assert refused_with(answers[-1]) == {"ACTIVATION_AGENT_LIMIT"}
        assert "今天已为他人激活 3 张" in answers[-1].content.decode()
        earlier = ProxyErrand.objects.first()
        assert earlier is not None
        ProxyErrand.objects.update(on=date(today.year, 1, 1))
        ProxyErrand.objects.bulk_create(
            ProxyErrand(
                agent_id=earlier.agent_id, mandate_id=earlier.mandate_id,
                on=date(today.year, 1, 1),
            )
            for _ in range(7)
        )  # fmt: skip
        late = send(
            "social.activate", cards[-1], by=city.here.clerk, **a_proxy(agent_number=number)
        )
        assert "今年已为他人激活 10 张" in late.content.decode()

    @pytest.mark.article(11)
    def test_a_child_charges_nobody_and_nobody_himself(self, city: City) -> None:
        card = make.issued_card(city, city.here)
        own = a_proxy(agent_number=holder_of(card.person).number)
        answer = send("social.activate", card, by=city.here.clerk, **own)
        assert refused_with(answer) == {"PROXY_IS_HOLDER"}
        Person.objects.filter(pk=card.person_id).update(born_on=date(2014, 5, 1))
        answer = send("social.activate", card, by=city.here.clerk, **a_proxy())
        assert refused_with(answer) == {"HOLDER_IS_MINOR"}


@pytest.mark.races
def test_of_two_windows_one_activates(fresh_database: str) -> None:
    city = make.city()
    card = make.issued_card(city, city.here)
    sent = [
        partial(send, "social.activate", card, by=by, asked_by="holder")
        for by in (city.here.clerk, city.here.other_clerk)
    ]
    assert sorted(one.status_code for one in together(*sent)) == [302, 409]
    assert Event.objects.filter(act="social.activate").count() == 1


@pytest.mark.races
@pytest.mark.article(31)
def test_of_two_windows_one_takes_an_agents_last_of_the_day(fresh_database: str) -> None:
    city, number = make.city(), make.citizen_number()
    *before, one, other = [make.issued_card(city, city.here) for _ in range(4)]
    for card in before:
        send("social.activate", card, by=city.here.clerk, **a_proxy(agent_number=number))
    sent = [
        partial(send, "social.activate", card, by=by, **a_proxy(agent_number=number))
        for card, by in ((one, city.here.clerk), (other, city.here.other_clerk))
    ]
    done, refused = sorted(together(*sent), key=lambda answer: answer.status_code)
    assert (done.status_code, refused_with(refused)) == (302, {"ACTIVATION_AGENT_LIMIT"})
    assert ProxyErrand.objects.count() == 3


@pytest.mark.django_db
class TestOutlets:
    def offered(self, city: City) -> str:
        card = make.issued_card(city, city.here)
        page = signed_in(city.here.clerk).get(reverse("bank.direct", args=[card.pk]))
        return page.content.decode()

    def in_region(self, office: Organization, region: str) -> None:
        Organization.objects.filter(pk=office.pk).update(region=region)

    def test_of_the_county_are_offered_alone(self, city: City) -> None:
        (own, _), (other, _) = outlet_of(city, "甲县支行"), outlet_of(city, "乙县支行")
        self.in_region(city.here.county, "611002")
        self.in_region(own, "611002")
        self.in_region(other, "611021")
        page = self.offered(city)
        assert "甲县支行" in page and "乙县支行" not in page and "没有该行网点" not in page

    def test_elsewhere_are_offered_where_the_county_has_none(self, city: City) -> None:
        other, _ = outlet_of(city, "外县支行")
        self.in_region(city.here.county, "611002")
        self.in_region(other, "611021")
        page = self.offered(city)
        assert "外县支行" in page and "本县区没有该行网点" in page

    def test_that_nobody_entered_are_asked_for(self, city: City) -> None:
        page = self.offered(city)
        assert "没有登记营业网点" in page and "请市局管理员在“机构”页面设立网点" in page


@pytest.mark.django_db
class TestGreenChannel:
    def test_the_bank_says_what_became_of_its_half(self, city: City) -> None:
        outlet, teller = outlet_of(city)
        card = make.issued_card(city, city.here)
        send("bank.direct", card, by=city.here.clerk, outlet=outlet.pk)
        slip = signed_in(city.here.clerk).get(reverse("bank.slip", args=[card.pk]))
        assert outlet.name in slip.content.decode()
        (waiting,) = waiting_at(by=teller, at=timezone.now() + timedelta(minutes=7))
        assert waiting.minutes is None and waiting.number == card.number
        came = {"visit": waiting.id, "key": make.key(), "step": "arrived"}
        signed_in(teller).post(reverse("bank.queue"), came)
        (waiting,) = waiting_at(by=teller, at=timezone.now() + timedelta(minutes=7))
        assert waiting.minutes == 7
        sent = {"visit": waiting.id, "key": make.key(), "step": "active"}
        signed_in(teller).post(reverse("bank.queue"), sent)
        card.refresh_from_db()
        assert (card.bank, card.bank_source) == ("active", outlet.name)
        assert waiting_at(by=teller, at=timezone.now()) == []
        assert [one for one in recount().findings if not one.holds] == []

    def test_the_list_is_searched_and_taken_along(self, city: City) -> None:
        outlet, teller = outlet_of(city)
        first, second = (make.issued_card(city, city.here) for _ in range(2))
        for card in (first, second):
            send("bank.direct", card, by=city.here.clerk, outlet=outlet.pk)
        client, found = signed_in(teller), {"q": second.number}
        shown = client.get(reverse("bank.queue"), found).content.decode()
        assert second.number in shown and first.number not in shown
        rows = sheet_rows(client.get(reverse("bank.queue_export"), found).content)
        assert second.number in rows and first.number not in rows
        for sort in WAITING_SORTS:
            shown = waiting_at(by=teller, at=timezone.now(), sort=sort)
            assert {row.number for row in shown} == {first.number, second.number}
        ticked = {"pick": BankVisit.objects.get(card=first).pk}
        rows = sheet_rows(client.get(reverse("bank.queue_export"), ticked).content)
        assert first.number in rows and second.number not in rows

    def test_another_bank_neither_sees_nor_settles_it(self, city: City) -> None:
        outlet, _ = outlet_of(city)
        other_bank = make.organization("另一银行", Kind.BANK, parent=city.city)
        stranger = make.worker("他行柜员", Role.BANK_TELLER, other_bank)
        card = make.issued_card(city, city.here)
        send("bank.direct", card, by=city.here.clerk, outlet=outlet.pk)
        assert waiting_at(by=stranger, at=timezone.now()) == []
        visit = BankVisit.objects.get()
        sent = {"visit": visit.pk, "key": make.key(), "step": "active"}
        signed_in(stranger).post(reverse("bank.queue"), sent)
        card.refresh_from_db()
        assert card.bank == "unknown" and BankVisit.objects.get().settled_at is None

    def test_a_card_cancelled_meanwhile_waits_for_nothing(self, city: City) -> None:
        outlet, teller = outlet_of(city)
        card = make.issued_card(city, city.here)
        send("bank.direct", card, by=city.here.clerk, outlet=outlet.pk)
        assert [queries.waiting_count(by=by) for by in (teller, city.here.clerk)] == [1, 1]
        wish = {"asker": "holder", "reason": "wish", "plastic": "broken"}
        assert send("card.cancel", card, by=city.here.clerk, **wish).status_code == 302
        assert [queries.waiting_count(by=by) for by in (teller, city.here.clerk)] == [0, 0]

    def test_who_could_not_be_served_is_told_why(self, city: City) -> None:
        outlet, teller = outlet_of(city)
        card = make.issued_card(city, city.here)
        send("bank.direct", card, by=city.here.clerk, outlet=outlet.pk)
        visit, client = BankVisit.objects.get(), signed_in(teller)
        for words, result in (("", ""), ("身份证过期", "refused")):
            sent = {"visit": visit.pk, "key": make.key(), "step": "refused", "words": words}
            client.post(reverse("bank.queue"), sent)
            visit.refresh_from_db()
            assert visit.result == result

    def test_a_second_slip_takes_the_place_of_the_first(self, city: City) -> None:
        outlet, _ = outlet_of(city)
        other, _ = outlet_of(city, "第二支行")
        card = make.issued_card(city, city.here)
        for one in (outlet, other):
            send("bank.direct", card, by=city.here.clerk, outlet=one.pk)
        assert BankVisit.objects.get(settled_at=None).outlet_id == other.pk

    def test_settled_twice_is_settled_once(self, city: City) -> None:
        outlet, teller = outlet_of(city)
        card = make.issued_card(city, city.here)
        send("bank.direct", card, by=city.here.clerk, outlet=outlet.pk)
        sent = {"visit": BankVisit.objects.get().pk, "key": "once", "step": "active"}
        for _ in range(2):
            signed_in(teller).post(reverse("bank.queue"), sent)
        assert Event.objects.filter(act="bank.report").count() == 1


@pytest.mark.django_db
class TestHalfDone:
    @pytest.mark.article(28)
    def test_whose_money_is_not_stopped_comes_first_and_hears_his_banks_number(
        self, city: City
    ) -> None:
        in_use, lost = make.issued_card(city, city.here), make.issued_card(city, city.here)
        for card in (in_use, lost):
            send("social.activate", card, by=city.here.clerk, asked_by="holder")
        said = {"caller": "holder", "document_seen": True}
        call(f"cards/{lost.number}/loss.report", said, by=city.here.clerk)
        Organization.objects.filter(pk=city.bank.pk).update(phone="0914-1000261")
        first, second = half_done(by=city.here.clerk, at=timezone.now())
        assert (first.number, second.number) == (lost.number, in_use.number)
        assert "请马上打银行电话 0914-1000261 挂失" in first.words
        Organization.objects.filter(pk=city.bank.pk).update(phone="")
        assert "见卡背面" in half_done(by=city.here.clerk, at=timezone.now())[0].words

    def test_lists_what_one_side_did_and_the_other_did_not(
        self, city: City, django_assert_num_queries: DjangoAssertNumQueries
    ) -> None:
        card = make.issued_card(city, city.here)
        send("social.activate", card, by=city.here.clerk, asked_by="holder")
        reported = {"bank": "inactive", "source": "示范银行", "as_of": "2026-11-21T10:00"}
        assert send("bank.report", card, by=city.here.clerk, **reported).status_code == 302
        with django_assert_num_queries(1):
            (row,) = half_done(by=city.here.clerk, at=timezone.now())
        assert (row.what, row.number) == ("银行功能未启用", card.number)
        assert half_done(by=city.neighbour.clerk, at=timezone.now()) == []
        client = signed_in(city.here.clerk)
        assert row.words in client.get(reverse("halves.list")).content.decode()
        assert client.get(reverse("halves.export")).content[:2] == b"PK"
        assert row.number in sheet_rows(
            client.get(reverse("halves.export"), {"pick": card.pk}).content
        )
        assert row.number not in sheet_rows(
            client.get(reverse("halves.export"), {"pick": card.pk + 1}).content
        )
        for sort in SORTS:
            assert half_done(by=city.here.clerk, at=timezone.now(), sort=sort) == [row]

    def test_finds_whom_the_list_has_no_room_for(
        self, city: City, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        first, last = (make.issued_card(city, city.here) for _ in range(2))
        for card in (first, last):
            send("social.activate", card, by=city.here.clerk, asked_by="holder")
        monkeypatch.setattr(queries, "MOST", 1)
        found = partial(half_done, by=city.here.clerk, at=timezone.now())
        assert [row.number for row in found()] == [first.number]
        for text in (last.number.lower(), holder_of(last.person).number):
            assert [row.number for row in found(text=text)] == [last.number]
        name = holder_of(first.person).name
        assert [row.name for row in found(text=name)] == [name]
        assert found(text="没有这个人") == []

    def test_whoever_was_sent_to_the_bank_stays_listed_until_it_answers(self, city: City) -> None:
        outlet, teller = outlet_of(city)
        card = make.issued_card(city, city.here)
        send("social.activate", card, by=city.here.clerk, asked_by="holder")
        (never,) = half_done(by=city.here.clerk, at=timezone.now())
        assert (never.code, never.what) == ("bank_unasked", "没有引导到银行")
        send("bank.direct", card, by=city.here.clerk, outlet=outlet.pk)
        away = {"visit": BankVisit.objects.get().pk, "key": make.key(), "step": "stayed_away"}
        for _ in ("on his way", "stayed away"):
            (row,) = half_done(by=city.here.clerk, at=timezone.now(), only="bank_silent")
            assert row.number == card.number
            signed_in(teller).post(reverse("bank.queue"), away)

    @pytest.mark.article(30)
    def test_who_took_his_insurance_elsewhere_is_sent_to_ask_and_not_to_close_his_account(
        self, city: City
    ) -> None:
        card = make.issued_card(city, city.here)
        moved = {"reason": "transfer", "to_place": "示范省示范市", "plastic": "none"}
        assert send("relation.end", card, by=city.here.clerk, **moved).status_code == 302
        (row,) = half_done(by=city.here.clerk, at=timezone.now(), only="bank_silent_after_move")
        assert row.number == card.number and "咨询" in row.words and "销户" not in row.words
        assert half_done(by=city.here.clerk, at=timezone.now(), only="bank_not_closed") == []
        at = timezone.now()
        kept = BankReported(bank="active", bank_source="示范银行", bank_as_of=at)
        step = Step(act=act("bank.report"), facts=kept, subject_ids=[card.pk])
        perform(step, by=city.here.clerk, at=at, key=make.key())
        assert half_done(by=city.here.clerk, at=timezone.now()) == []

    def test_a_card_that_came_back_is_listed_until_its_account_is_closed(self, city: City) -> None:
        back, (kept,) = make.issued_card(city, city.here), make.received_cards(
            city, city.here
        )  # fmt: skip
        wish = {"asker": "holder", "reason": "wish", "plastic": "broken"}
        assert send("card.cancel", back, by=city.here.clerk, **wish).status_code == 302
        (row,) = half_done(by=city.here.clerk, at=timezone.now())
        assert (row.number, row.what) == (back.number, "银行账户未销")
        assert kept.number != row.number
        closed = {"bank": "closed", "source": "示范银行", "as_of": "2026-11-21T10:00"}
        assert send("bank.report", back, by=city.here.clerk, **closed).status_code == 302
        assert half_done(by=city.here.clerk, at=timezone.now()) == []

    def test_what_was_enabled_before_it_was_handed_over_is_said_and_listed_until_it_is(
        self, city: City
    ) -> None:
        by_page, by_call = make.received_cards(city, city.here, count=2)
        clerk, said = city.here.clerk, {"source": "示范银行", "as_of": "2026-11-21T10:00"}
        early = {"bank": "active", **said}
        shown = send("bank.report", by_page, by=clerk, follow=True, **early).content.decode()
        assert "银行已报启用，卡还没有发放" in shown and "由谁、凭什么证件启用" in shown
        asked = {"q": holder_of(by_page.person).number}
        desk = signed_in(clerk).post(reverse("card.issue"), asked).content.decode()
        assert "银行已报这张卡启用" in desk
        answer = call(f"cards/{by_call.number}/bank.report", early, by=clerk)
        assert "核对卡在不在存放处" in answer.json()["remarks"][0]
        home = signed_in(clerk).get("/").content.decode()
        assert re.search(r"2.{0,40}张卡没有发放，银行已报启用", home, re.DOTALL)
        listed = signed_in(clerk).get(reverse("halves.list"), {"only": "bank_early"})
        assert reverse("bank.report", args=[by_page.pk]) in listed.content.decode()
        shown = signed_in(clerk).get(reverse("card.show", args=[by_page.pk])).content.decode()
        assert "不能办理“激活社保功能”。卡还没有发放，在保管中" in shown
        corrected = {"bank": "inactive", "source": "示范银行", "as_of": "2026-11-22T10:00"}
        assert not call(f"cards/{by_call.number}/bank.report", corrected, by=clerk).json()[
            "remarks"
        ]
        perform(make.issue_step(by_page), by=clerk, at=timezone.now(), key=make.key())
        assert half_done(by=clerk, at=timezone.now()) == []

    def test_the_banks_word_needs_a_source_and_is_not_ahead(self, city: City) -> None:
        card = make.issued_card(city, city.here)
        ahead = {"bank": "active", "source": "示范银行", "as_of": "2199-01-01T10:00"}
        assert refused_with(send("bank.report", card, by=city.here.clerk, **ahead)) == {
            "BANK_NOT_NAMED"
        }


@pytest.mark.django_db
def test_a_reset_password_is_recorded_and_never_asked_for(city: City) -> None:
    card = make.issued_card(city, city.here)
    send("social.activate", card, by=city.here.clerk, asked_by="holder")
    sent = send("pin.reset", card, by=city.here.clerk, terminal="MM-01", result="done")
    assert sent.status_code == 302
    assert Event.objects.get(act="pin.reset").facts == '{"result":"done","terminal":"MM-01"}'


@pytest.mark.django_db
def test_an_older_word_of_the_bank_never_takes_the_place_of_a_newer(city: City) -> None:
    card = make.issued_card(city, city.here)
    lost = {"bank": "loss_reported", "source": "示范银行", "as_of": "2026-11-21T10:00"}
    key = make.key()
    assert send("bank.report", card, by=city.here.clerk, key=key, **lost).status_code == 302
    older = lost | {"bank": "active", "as_of": "2026-11-20T10:00"}
    sent = send("bank.report", card, by=city.here.clerk, **older)
    assert refused_with(sent) == {"BANK_WORD_OLDER"}
    assert "2026-11-21 10:00:00" in sent.content.decode()
    body = {**older, "reference": ""}
    by_api = call(f"cards/{card.number}/bank.report", body, by=city.here.clerk)
    assert codes(by_api) == {"BANK_WORD_OLDER"}
    card.refresh_from_db()
    assert card.bank == "loss_reported"
    newer = lost | {"bank": "closed", "as_of": "2026-11-21T11:00"}
    assert send("bank.report", card, by=city.here.clerk, **newer).status_code == 302
    again = send("bank.report", card, by=city.here.clerk, key=key, **lost)
    card.refresh_from_db()
    assert again.status_code == 302 and card.bank == "closed"


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("said", "kept"),
    [
        ("0940-05-08T05:12:27+22:59", ""),
        ("9999-12-31T23:59:59-23:00", ""),
        ("2026-11-21T05:00:00+22:00", "2026-11-20T07:00:00+00:00"),
        ("2026-11-21T10:00:00+08:00", "2026-11-21T02:00:00+00:00"),
    ],
)
def test_a_moment_of_the_bank_is_one_of_this_office(city: City, said: str, kept: str) -> None:
    card = make.issued_card(city, city.here)
    body = {"bank": "active", "as_of": said, "source": "示范银行", "reference": ""}
    answer = call(f"cards/{card.number}/bank.report", body, by=city.here.clerk)
    card.refresh_from_db()
    assert answer.status_code == (200 if kept else 422)
    assert (card.bank_as_of.astimezone(UTC).isoformat() if card.bank_as_of else "") == kept
