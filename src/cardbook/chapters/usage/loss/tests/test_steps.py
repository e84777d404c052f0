"""The pages that go on with a loss: renewed, put in writing, taken off (Art. 28)."""

import json
from dataclasses import replace
from datetime import date, timedelta
from functools import partial

import pytest
import time_machine
from django.test import Client
from django.utils import timezone

from cardbook.cards.models import Card
from cardbook.chapters.issuance.proxy.mandate_commands import revoke_mandate
from cardbook.chapters.usage.activation.tests.test_activation import a_proxy
from cardbook.chapters.usage.loss.commands import lift_loss
from cardbook.chapters.usage.loss.tests.lost import (
    ANSWERED,
    BY_PHONE,
    holder_with_phone,
    hotline,
    lose,
    teller,
    write_down,
)
from cardbook.chapters.usage.models import ProxyErrand, RefusedLift
from cardbook.chapters.usage.tests.sending import refused_with
from cardbook.chapters.usage.tests.sending import send as activate
from cardbook.law.notices import FOUND
from cardbook.ledger.models import Event
from cardbook.lifecycle.facts import Signer
from cardbook.lifecycle.refusals import Refused
from cardbook.orgs.actors import Actor
from cardbook.people.holders import holder_of
from cardbook.people.models import Mandate, Person
from cardbook.testing import factories as make
from cardbook.testing.clients import signed_in
from cardbook.testing.factories import City
from cardbook.testing.races import together

pytestmark = pytest.mark.article(28)
AGENT_NUMBER = make.citizen_number()


@pytest.fixture
def city() -> City:
    """A small city."""
    return make.city()


@pytest.fixture
def operator(city: City) -> Actor:
    """Who answers 12333."""
    return hotline(city)


@pytest.fixture
def lost(city: City, operator: Actor) -> Card:
    """A card reported lost just now."""
    card = make.issued_card(city, city.here, holder=holder_with_phone())
    lose(card, by=operator, at=timezone.now())
    return card


def send(client: Client, address: str, **given: object) -> object:
    """Fill in the form of a step as it was shown, and send it."""
    form = client.get(address).context["form"]
    begun = {
        "key": form["key"].value(),
        "seed": form["seed"].value(),
        "caller": "holder",
        "questions": list(ANSWERED),
    }
    if "card" in form.fields:
        begun["card"] = form["card"].value()
    return client.post(address, begun | given, follow=True)


def sent_by_agent(by: Actor, card: Card, **changes: str) -> object:
    """Somebody came to a window for the holder, with a mandate."""
    today = timezone.localdate()
    agent = {
        "agent_name": "李小红", "agent_number": AGENT_NUMBER, "agent_relation": "child",
        "mandate_reason": "health", "mandate_signed_on": f"{today}",
        "mandate_until": f"{today + timedelta(days=30)}", "paper_agent_id": "on",
        "paper_lifting_mandate": "on",
    }  # fmt: skip
    given = agent | {"caller": "proxy", "document_seen": "on", "card_seen": "on"} | changes
    return send(signed_in(by), f"/loss/{card.pk}/lift/", questions=[], told_found="on", **given)


def lost_cards(city: City, *, by: Actor, count: int) -> list[Card]:
    """Cards of different people, each reported lost just now."""
    cards = [
        make.issued_card(city, city.here, holder=holder_with_phone(phone=f"1002000010{place}"))
        for place in range(count)
    ]
    for card in cards:
        lose(card, by=by, at=timezone.now())
    return cards


@pytest.mark.races
@pytest.mark.article(31)
def test_of_two_windows_one_takes_an_agents_last_of_the_day(fresh_database: str) -> None:
    city = make.city()
    *before, one, other = lost_cards(city, by=hotline(city), count=4)
    for card in before:
        sent_by_agent(city.here.clerk, card)
    sent = [
        # Keys of their own: the test client's context is shared between threads.
        partial(sent_by_agent, by, card, key=make.key())
        for card, by in ((one, city.here.clerk), (other, city.here.other_clerk))
    ]
    answers = sorted(together(*sent), key=lambda answer: answer.status_code)
    assert [answer.status_code for answer in answers] == [200, 409]
    assert refused_with(answers[1]) == {"LIFT_AGENT_LIMIT"}
    assert ProxyErrand.objects.count() == 3
    assert Card.objects.filter(hold="oral_loss").count() == 1


@pytest.mark.django_db
class TestRenew:
    def test_begins_anew_and_what_must_be_said_is_on_the_screen(
        self, lost: Card, operator: Actor
    ) -> None:
        before = lost.hold_until
        page = send(signed_in(operator), f"/loss/{lost.pk}/renew/")
        assert 'id="tell"' in page.content.decode()  # type: ignore[attr-defined]
        lost.refresh_from_db()
        assert lost.hold_until is not None and (before is None or lost.hold_until > before)

    def test_shows_the_telephone_number_to_whoever_calls_back(
        self, lost: Card, operator: Actor
    ) -> None:
        page = signed_in(operator).get(f"/loss/{lost.pk}/renew/").content.decode()
        assert holder_of(lost.person).phone in page

    def test_an_unverified_voice_renews_nothing(self, lost: Card, operator: Actor) -> None:
        page = send(signed_in(operator), f"/loss/{lost.pk}/renew/", questions=["bank"])
        assert page.status_code == 409  # type: ignore[attr-defined]
        assert not Event.objects.filter(act="loss.renew").exists()


@pytest.mark.django_db
class TestLift:
    def test_takes_the_stop_off_by_telephone(self, lost: Card, operator: Actor) -> None:
        page = send(
            signed_in(operator), f"/loss/{lost.pk}/lift/", told_found="on", words="在家找到"
        )
        text = page.content.decode()  # type: ignore[attr-defined]
        assert "已解挂，恢复为挂失前的状态" in text and "以银行答复为准" in text
        lost.refresh_from_db()
        assert lost.hold == "none"
        assert Event.objects.get(act="loss.lift").told == ["found/1"]

    def test_at_the_window_the_document_is_enough(self, city: City, lost: Card) -> None:
        send(
            signed_in(city.here.clerk), f"/loss/{lost.pk}/lift/", questions=[],
            document_seen="on", card_seen="on", told_found="on",
        )  # fmt: skip
        lost.refresh_from_db()
        assert lost.hold == "none"

    def test_a_proxy_on_the_telephone_is_told_who_may_and_his_call_is_kept(
        self, city: City, lost: Card, operator: Actor
    ) -> None:
        asked = {"caller": "proxy", "call": "T077", "told_found": "on"}
        page = send(signed_in(operator), f"/loss/{lost.pk}/lift/", **asked)
        text = page.content.decode()  # type: ignore[attr-defined]
        assert page.status_code == 409  # type: ignore[attr-defined]
        assert "代办人在电话里不能解除口头挂失" in text
        assert "持卡人本人来电" in text and "带委托书" in text
        lost.refresh_from_db()
        assert lost.hold == "oral_loss" and not Event.objects.filter(act="loss.lift").exists()
        kept = RefusedLift.objects.get()
        assert (kept.card_id, kept.call, kept.handled_by_id) == (
            lost.pk, "T077", operator.user_id,
        )  # fmt: skip
        later = signed_in(city.here.clerk).get(f"/loss/{lost.pk}/lift/").content.decode()
        assert "代办人曾来电要求解挂，没有办理" in later and "通话 T077" in later

    def test_a_proxy_at_the_window_is_served_on_his_mandate(self, city: City, lost: Card) -> None:
        page = sent_by_agent(city.here.clerk, lost)
        assert page.status_code == 200  # type: ignore[attr-defined]
        lost.refresh_from_db()
        assert lost.hold == "none" and not RefusedLift.objects.exists()
        mandate = Mandate.objects.get()
        assert (mandate.matter, mandate.principal_id) == ("lift", lost.person_id)
        registered = Event.objects.get(act="mandate.register")
        lifted = Event.objects.get(act="loss.lift")
        assert registered.papers == ["lifting_mandate:"] and registered.batch == lifted.batch
        facts = json.loads(lifted.facts)
        assert (facts["asked_by"], facts["agent"], facts["mandate"]) == (
            "proxy", mandate.agent_id, mandate.pk,
        )  # fmt: skip
        assert sorted(lifted.papers) == ["agent_id:", "lifting_mandate:"]
        (row,) = signed_in(city.here.clerk).get("/mandates/").context["rows"]
        assert (row.matter, row.used) == ("解除挂失", 1)

    @pytest.mark.parametrize(
        ("changes", "code"),
        [
            ({"paper_lifting_mandate": ""}, "PAPER_MISSING"),
            ({"paper_agent_id": ""}, "PAPER_MISSING"),
            ({"mandate_signed_on": "2026-01-01", "mandate_until": "2026-02-01"}, "NOT_COVER"),
            ({"mandate_signed_on": "2099-01-01", "mandate_until": "2099-02-01"}, "NOT_COVER"),
        ],
        ids=["no paper", "no document", "over", "unsigned"],
    )
    def test_a_proxy_without_a_paper_that_holds_frees_nothing(
        self, city: City, lost: Card, changes: dict[str, str], code: str
    ) -> None:
        page = sent_by_agent(city.here.clerk, lost, **changes)
        assert page.status_code == 409  # type: ignore[attr-defined]
        assert code in page.content.decode()  # type: ignore[attr-defined]
        lost.refresh_from_db()
        assert lost.hold == "oral_loss" and not Mandate.objects.exists()

    def test_a_proxy_says_who_he_is_and_what_his_paper_says(self, city: City, lost: Card) -> None:
        page = sent_by_agent(city.here.clerk, lost, agent_name="", mandate_until="")
        text = page.content.decode()  # type: ignore[attr-defined]
        assert page.status_code == 422  # type: ignore[attr-defined]
        assert "请填写代办人姓名" in text and "请填写委托期限至" in text

    def test_a_mandate_that_was_revoked_frees_nothing(self, city: City, lost: Card) -> None:
        sent_by_agent(city.here.clerk, lost)
        revoke_mandate(
            mandate_id=Mandate.objects.get().pk, words="本人收回", by=city.here.clerk,
            at=timezone.now(), key=make.key(),
        )  # fmt: skip
        lose(lost, by=city.here.clerk, at=timezone.now())
        page = sent_by_agent(city.here.clerk, lost)
        assert "已于" in page.content.decode() and "撤销" in page.content.decode()  # type: ignore[attr-defined]
        lost.refresh_from_db()
        assert lost.hold == "oral_loss"

    @pytest.mark.article(31)
    @time_machine.travel(make.NOON, tick=False)  # of a 1st of January no day of the year is past
    def test_one_person_does_it_for_few_on_a_day_and_in_a_year(
        self, city: City, lost: Card, operator: Actor
    ) -> None:
        clerk, today = city.here.clerk, timezone.localdate()
        others = lost_cards(city, by=operator, count=3)
        answers = [sent_by_agent(clerk, card) for card in (*others, lost)]
        assert [one.status_code for one in answers] == [200, 200, 200, 409]  # type: ignore[attr-defined]
        text = answers[-1].content.decode()  # type: ignore[attr-defined]
        assert 'data-refusal="LIFT_AGENT_LIMIT"' in text and "今天已为他人解除挂失 3 张" in text
        assert "请持卡人本人来电或到窗口解挂" in text
        lost.refresh_from_db()
        assert lost.hold == "oral_loss" and Mandate.objects.count() == 3
        first = ProxyErrand.objects.first()
        assert first is not None
        ProxyErrand.objects.update(on=date(today.year, 1, 1))
        ProxyErrand.objects.bulk_create(
            ProxyErrand(
                agent_id=first.agent_id, mandate_id=first.mandate_id, on=date(today.year, 1, 1)
            )
            for _ in range(7)
        )  # fmt: skip
        late = sent_by_agent(clerk, lost).content.decode()  # type: ignore[attr-defined]
        assert "今年已为他人解除挂失 10 张" in late

    def test_whoever_put_cards_to_use_may_still_lift_a_loss(self, city: City, lost: Card) -> None:
        for _ in range(3):
            card = make.issued_card(city, city.here)
            activate(
                "social.activate", card, by=city.here.clerk, **a_proxy(agent_number=AGENT_NUMBER)
            )
        assert ProxyErrand.objects.count() == 3
        assert sent_by_agent(city.here.clerk, lost).status_code == 200  # type: ignore[attr-defined]

    def test_the_same_enter_twice_counts_once(self, city: City, lost: Card) -> None:
        key = make.key()
        for _ in range(2):
            sent_by_agent(city.here.clerk, lost, key=key)
        assert ProxyErrand.objects.count() == 1

    def test_the_hotline_is_shown_no_papers(self, lost: Card, operator: Actor) -> None:
        page = signed_in(operator).get(f"/loss/{lost.pk}/lift/").content.decode()
        assert "代办人和委托书" not in page

    def test_one_refused_call_is_kept_once(self, lost: Card, operator: Actor) -> None:
        heard, key = replace(BY_PHONE, caller=Signer.PROXY), make.key()
        for _ in range(2):
            with pytest.raises(Refused):
                lift_loss(
                    card_id=lost.pk, heard=heard, card_seen=False, told=(FOUND.code,),
                    by=operator, at=timezone.now(), key=key,
                )  # fmt: skip
        assert RefusedLift.objects.count() == 1

    def test_without_the_notice_nothing_is_lifted(self, lost: Card, operator: Actor) -> None:
        page = send(signed_in(operator), f"/loss/{lost.pk}/lift/")
        assert page.status_code == 409  # type: ignore[attr-defined]
        assert "还没有告知" in page.content.decode()  # type: ignore[attr-defined]

    def test_what_is_not_lost_says_so_before_anybody_fills_it_in(self, city: City) -> None:
        card = make.issued_card(city, city.here)
        page = signed_in(city.here.clerk).get(f"/loss/{card.pk}/lift/")
        assert page.status_code == 200 and "不能办理" in page.content.decode()


@pytest.mark.django_db
class TestFormal:
    paper = "paper_id_card_original_guardian_id"

    @pytest.mark.parametrize("who", ["window", "bank"])
    def test_is_written_down_with_the_document_and_told_afterwards(
        self, city: City, lost: Card, who: str
    ) -> None:
        by = city.here.clerk if who == "window" else teller(city)
        page = send(
            signed_in(by), f"/loss/{lost.pk}/formal/", questions=[],
            **{self.paper: "id_card_original"},
        )  # fmt: skip
        assert 'id="tell"' in page.content.decode()  # type: ignore[attr-defined]
        assert "补办新卡为止" in page.content.decode()  # type: ignore[attr-defined]
        lost.refresh_from_db()
        assert (lost.hold, lost.hold_until) == ("formal_loss", None)
        given = {"key": make.key(), "lines": ["1", "2", "3", "4"]}
        signed_in(by).post(f"/loss/{lost.pk}/tell/", given)
        assert Event.objects.get(act="loss.tell").told == ["loss/1"]

    @pytest.mark.article(32)
    def test_whoever_asks_for_another_shows_who_he_is(self, city: City, lost: Card) -> None:
        client, address = signed_in(city.here.clerk), f"/loss/{lost.pk}/formal/"
        given = {
            "questions": [], "caller": "proxy", self.paper: "id_card_original",
            "agent_name": "李小红", "agent_number": AGENT_NUMBER,
        }  # fmt: skip
        page = send(client, address, **given)
        assert page.status_code == 409  # type: ignore[attr-defined]
        assert "缺少材料：代领人有效身份证件" in page.content.decode()  # type: ignore[attr-defined]
        send(client, address, **given, paper_agent_id="on")
        lost.refresh_from_db()
        assert lost.hold == "formal_loss"
        agent = json.loads(Event.objects.get(act="loss.formal").facts)["agent"]
        assert holder_of(Person.objects.get(pk=agent)).name == "李小红"

    def test_a_proxy_without_a_name_writes_nothing_down(self, city: City, lost: Card) -> None:
        given = {"questions": [], "caller": "proxy", self.paper: "id_card_original"}
        page = send(
            signed_in(city.here.clerk), f"/loss/{lost.pk}/formal/", paper_agent_id="on", **given
        )
        text = page.content.decode()  # type: ignore[attr-defined]
        assert "由他人代办的，请填写代办人姓名。" in text and "请填写代办人证件号码。" in text
        lost.refresh_from_db()
        assert lost.hold == "oral_loss"

    def test_the_holder_himself_is_no_proxy_of_his(self, city: City, lost: Card) -> None:
        holder = holder_of(lost.person)
        page = send(
            signed_in(city.here.clerk), f"/loss/{lost.pk}/formal/", questions=[], caller="proxy",
            agent_name=holder.name, agent_number=holder.number, paper_agent_id="on",
            **{self.paper: "id_card_original"},
        )  # fmt: skip
        assert refused_with(page) == {"PROXY_IS_HOLDER"}  # type: ignore[arg-type]
        lost.refresh_from_db()
        assert lost.hold == "oral_loss"

    def test_without_a_document_it_is_refused(self, city: City, lost: Card) -> None:
        page = send(signed_in(city.here.clerk), f"/loss/{lost.pk}/formal/", questions=[])
        assert page.status_code == 409  # type: ignore[attr-defined]
        lost.refresh_from_db()
        assert lost.hold == "oral_loss"

    def test_a_written_loss_that_cannot_be_lifted_says_why_at_once(
        self, city: City, lost: Card
    ) -> None:
        write_down(lost, by=city.here.clerk, at=timezone.now())
        page = signed_in(city.here.clerk).get(f"/loss/{lost.pk}/lift-formal/")
        assert "正式挂失一经办理不可撤销，不能解挂" in page.content.decode()


@pytest.mark.django_db
class TestWhoMayOpen:
    STEPS = ("tell", "renew", "formal", "lift", "lift-formal")

    def test_the_neighbour_window_finds_none_of_it(self, city: City, lost: Card) -> None:
        client = signed_in(city.neighbour.clerk)
        answers = {client.get(f"/loss/{lost.pk}/{step}/").status_code for step in self.STEPS}
        assert answers == {404}

    def test_after_an_exact_look_up_it_goes_on_with_it(self, city: City, lost: Card) -> None:
        client = signed_in(city.neighbour.clerk)
        client.post("/loss/", {"q": holder_of(lost.person).number})
        answers = {client.get(f"/loss/{lost.pk}/{step}/").status_code for step in self.STEPS}
        assert answers == {200}

    def test_each_post_opens_what_it_does(self, city: City, lost: Card, operator: Actor) -> None:
        def opened(by: Actor) -> list[int]:
            client = signed_in(by)
            return [client.get(f"/loss/{lost.pk}/{step}/").status_code for step in self.STEPS]

        assert opened(operator) == [200, 200, 403, 200, 403]
        assert opened(teller(city)) == [200, 403, 200, 403, 200]
        assert opened(city.here.keeper) == [403] * 5

    def test_the_hotline_opens_no_card_nobody_lost(self, city: City, operator: Actor) -> None:
        card = make.issued_card(city, city.here)
        assert signed_in(operator).get(f"/loss/{card.pk}/").status_code == 404
