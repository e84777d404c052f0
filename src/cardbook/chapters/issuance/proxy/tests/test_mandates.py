"""A mandate is registered and revoked by acts: in the ledger, once, by those who may (Art. 10)."""

import io
import json
from dataclasses import replace
from datetime import date
from functools import partial

import pytest
from django.db import IntegrityError, ProgrammingError, connection, transaction
from django.urls import reverse
from pypdf import PdfReader

from cardbook.cards.models import Card
from cardbook.chapters.issuance.proxy.commands import Comer
from cardbook.chapters.issuance.proxy.forms import SCOPE
from cardbook.chapters.issuance.proxy.list_queries import mandate_rows
from cardbook.chapters.issuance.proxy.mandate_commands import register_mandate, revoke_mandate
from cardbook.chapters.issuance.proxy.tests.cases import TERMS, codes, comer, manager, to_proxy
from cardbook.chapters.representatives import MandateTerms
from cardbook.insight.check import recount
from cardbook.ledger.models import Event
from cardbook.lib.clock import local_day
from cardbook.lifecycle.facts import Signing
from cardbook.lifecycle.perform import Done
from cardbook.lifecycle.refusals import Refused
from cardbook.orgs.actors import Actor
from cardbook.people.holders import find_by_number, holder_of
from cardbook.people.models import Mandate, Person
from cardbook.testing import factories as make
from cardbook.testing.clients import signed_in
from cardbook.testing.factories import NOON, City
from cardbook.testing.races import in_words, together
from cardbook.web.history import history_of

pytestmark = pytest.mark.article(10)


def register(
    card: Card,
    *,
    by: Actor,
    who: Comer | None = None,
    key: str = "",
    terms: MandateTerms = TERMS,
) -> int:
    return register_mandate(
        principal_id=card.person_id, comer=who or comer(), terms=terms, by=by, at=NOON,
        key=key or make.key(),
    )  # fmt: skip


def revoke(mandate_id: int, *, by: Actor, words: str = "不再委托", key: str = "") -> Done:
    return revoke_mandate(
        mandate_id=mandate_id, words=words, by=by, at=NOON, key=key or make.key()
    )


def events_of(mandate_id: int) -> list[Event]:
    return list(
        Event.objects.filter(subject_kind="mandate", subject_id=mandate_id).order_by("seq")
    )


def all_promises_hold() -> bool:
    return [one for one in recount().findings if not one.holds] == []


@pytest.mark.django_db
class TestRegisterMandate:
    def test_is_an_act_in_the_ledger(self, city: City) -> None:
        (card,) = make.received_cards(city, city.here)
        who = comer()
        number = register(card, by=city.here.clerk, who=who)
        mandate = Mandate.objects.get(pk=number)
        (event,) = events_of(number)
        facts = json.loads(event.facts)
        agent = find_by_number(who.number)
        assert (mandate.standing, mandate.version) == ("registered", 1)
        assert agent is not None and facts["agent"] == agent.pk == mandate.agent_id
        assert (facts["since"], facts["until"]) == (str(TERMS.since), str(TERMS.until))
        assert (event.act, event.actor_id) == ("mandate.register", city.here.clerk.user_id)
        assert event.papers == ["mandate:"] and all_promises_hold()

    def test_matter_scope_term_signing_and_witness_are_facts(self, city: City) -> None:
        (card,) = make.received_cards(city, city.here)
        terms = replace(TERMS, signing=Signing.THUMB, witness="赵见证")
        number = register(card, by=city.here.clerk, terms=terms)
        (event,) = events_of(number)
        facts = json.loads(event.facts)
        assert facts["matter"] == "pick_up" and facts["scope"] == TERMS.scope
        assert (facts["since"], facts["until"], facts["given_on"]) == (
            str(TERMS.since), str(TERMS.until), str(TERMS.signed_on)
        )  # fmt: skip
        assert (facts["holder_signing"], facts["witnessed"]) == ("thumb", True)
        # Who he is stands sealed with the mandate and nowhere in the ledger.
        assert "赵见证" not in event.facts and all_promises_hold()
        (row,) = mandate_rows(Mandate.objects.filter(pk=number), on=local_day(NOON))
        assert (row.matter, row.scope) == ("领取社保卡", TERMS.scope)
        assert (row.signing, row.witness) == ("按手印", "赵见证")

    def test_the_history_of_the_card_tells_them_in_words(self, city: City) -> None:
        (card,) = make.received_cards(city, city.here)
        terms = replace(TERMS, signing=Signing.THUMB, witness="赵见证")
        register(card, by=city.here.clerk, terms=terms)
        told = dict(history_of(card.pk)[0].facts)
        assert told["委托事项"] == "领取社保卡" and told["权限"] == TERMS.scope
        assert (told["委托人签名"], told["有见证人签名"]) == ("按手印", "是")

    @pytest.mark.parametrize("witness", ["", "李代领"], ids=["nobody", "the agent himself"])
    def test_a_thumb_print_nobody_else_saw_is_refused(self, city: City, witness: str) -> None:
        (card,) = make.received_cards(city, city.here)
        terms = replace(TERMS, signing=Signing.THUMB, witness=witness)
        for refuse in (
            lambda: register(card, by=city.here.clerk, who=comer("李代领"), terms=terms),
            lambda: to_proxy(card, by=city.here.clerk, who=comer("李代领"), mandate=terms),
        ):
            with pytest.raises(Refused) as refused:
                refuse()
            assert codes(refused) == {"MANDATE_NOT_WITNESSED"}
        assert not Mandate.objects.exists()

    def test_sent_twice_a_witnessed_one_is_the_same(self, city: City) -> None:
        (card,) = make.received_cards(city, city.here)
        terms = replace(TERMS, signing=Signing.THUMB, witness="赵见证")
        who, key = comer(), make.key()
        first = register(card, by=city.here.clerk, who=who, terms=terms, key=key)
        assert register(card, by=city.here.clerk, who=who, terms=terms, key=key) == first
        assert len(events_of(first)) == 1

    def test_the_form_asks_for_the_witness(self, city: City) -> None:
        (card,) = make.received_cards(city, city.here)
        given = {
            "key": make.key(), "principal": holder_of(card.person).number,
            "number": make.citizen_number(), "name": "李代领", "relation": "child",
            "reason": "health", "since": "2026-11-01", "until": "2026-12-01",
            "signed_on": "2026-11-01", "holder_signing": "thumb", "seen": "on",
        }  # fmt: skip
        client, address = signed_in(city.here.clerk), reverse("mandate.register")
        asked = client.post(address, given)
        assert asked.status_code == 422 and "请照委托书填写见证人姓名" in asked.content.decode()
        assert client.post(address, given | {"witness": "赵见证"}).status_code == 302
        listed = client.get(reverse("mandate.list")).content.decode()
        assert "见证人 赵见证" in listed and "按手印" in listed

    def test_is_printed_with_matter_scope_term_and_witness(self, city: City) -> None:
        (card,) = make.received_cards(city, city.here)
        given = {
            "principal": holder_of(card.person).number, "number": make.citizen_number(),
            "name": "李代领", "relation": "child", "reason": "health", "since": "2026-11-01",
            "until": "2026-12-01", "witness": "赵见证",
        }  # fmt: skip
        answer = signed_in(city.here.clerk).post(reverse("mandate.print"), given)
        (page,) = PdfReader(io.BytesIO(answer.content)).pages
        text = "".join(page.extract_text().split())
        for words in (
            "领取社会保障卡", SCOPE, "自2026年11月1日至2026年12月1日", "见证人（赵见证）签名",
            "签署日期", "李代领",
        ):  # fmt: skip
            assert words in text, words

    def test_shown_at_the_window_it_is_registered_with_the_hand_over(self, city: City) -> None:
        (card,) = make.received_cards(city, city.here)
        done = to_proxy(card, by=city.here.clerk)
        mandate = Mandate.objects.get()
        assert [one.act for one in events_of(mandate.pk)] == ["mandate.register"]
        assert done.subject_ids == (mandate.pk, card.pk)
        assert {one.batch for one in events_of(mandate.pk)} == {done.batch} and all_promises_hold()

    def test_the_same_paper_is_the_same_mandate(self, city: City) -> None:
        (card,) = make.received_cards(city, city.here)
        who = comer()
        first = register(card, by=city.here.clerk, who=who)
        assert register(card, by=city.here.other_clerk, who=who) == first
        to_proxy(card, by=city.here.clerk, who=who)
        assert len(events_of(first)) == 1 and Mandate.objects.count() == 1

    def test_the_same_request_again_is_one(self, city: City) -> None:
        (card,) = make.received_cards(city, city.here)
        who = comer()
        first = register(card, by=city.here.clerk, who=who, key="once")
        assert register(card, by=city.here.clerk, who=who, key="once") == first
        assert len(events_of(first)) == 1

    def test_of_two_terms_each_is_a_mandate(self, city: City) -> None:
        (card,) = make.received_cards(city, city.here)
        who = comer()
        register(card, by=city.here.clerk, who=who)
        register_mandate(
            principal_id=card.person_id, comer=who, by=city.here.clerk, at=NOON, key=make.key(),
            terms=replace(TERMS, signed_on=TERMS.since),
        )  # fmt: skip
        assert Event.objects.filter(act="mandate.register").count() == Mandate.objects.count()

    def test_refuses_a_holder_who_is_said_to_be_dead(self, city: City) -> None:
        (card,) = make.received_cards(city, city.here)
        Person.objects.filter(pk=card.person_id).update(said_dead_by="银行清单 第 3 行")
        with pytest.raises(Refused) as refused:
            register(card, by=city.here.clerk)
        assert codes(refused) == {"HOLDER_SAID_DEAD"}
        assert not Mandate.objects.exists()

    def test_refuses_an_agent_under_sixteen(self, city: City) -> None:
        holder = make.person()
        with pytest.raises(Refused) as refused:
            register_mandate(
                principal_id=holder.pk, comer=comer("李小弟", born_on=date(2016, 1, 1)),
                terms=TERMS, by=city.here.clerk, at=NOON, key=make.key(),
            )  # fmt: skip
        assert [one.code for one in refused.value.refusals] == ["MANDATE_DOES_NOT_COVER"]
        assert not Mandate.objects.exists()

    def test_refuses_other_roles(self, city: City) -> None:
        (card,) = make.received_cards(city, city.here)
        for by in (city.here.keeper, city.here.auditor, manager(city.here)):
            with pytest.raises(Refused) as refused:
                register(card, by=by)
            assert codes(refused) == {"ROLE_MAY_NOT"}
        assert not Mandate.objects.exists()


@pytest.mark.django_db
class TestRevokeMandate:
    def test_is_an_act_in_the_ledger(self, city: City) -> None:
        (card,) = make.received_cards(city, city.here)
        number = register(card, by=city.here.clerk)
        revoke(number, by=manager(city.here), words=" 本人来领 ")
        mandate, event = Mandate.objects.get(pk=number), events_of(number)[-1]
        assert (mandate.standing, mandate.version) == ("revoked", 2)
        assert event.act == "mandate.revoke" and json.loads(event.facts) == {"words": "本人来领"}
        assert all_promises_hold()

    def test_refuses_what_was_revoked_the_neighbour_and_a_word_left_out(self, city: City) -> None:
        (card,) = make.received_cards(city, city.here)
        number = register(card, by=city.here.clerk)
        for by, words, code in (
            (city.neighbour.clerk, "不该", "OUT_OF_REACH"),
            (city.here.keeper, "不该", "ROLE_MAY_NOT"),
            (city.here.clerk, " ", "REASON_MISSING"),
        ):
            with pytest.raises(Refused) as refused:
                revoke(number, by=by, words=words)
            assert codes(refused) == {code}
        revoke(number, by=city.here.clerk)
        with pytest.raises(Refused) as refused:
            revoke(number, by=city.here.other_clerk)
        assert codes(refused) == {"STATE_DOES_NOT_FIT"} and len(events_of(number)) == 2
        with pytest.raises(Refused) as refused:
            revoke(987654, by=city.here.clerk)
        assert codes(refused) == {"SUBJECT_UNKNOWN"}

    def test_the_same_request_again_is_one(self, city: City) -> None:
        (card,) = make.received_cards(city, city.here)
        number = register(card, by=city.here.clerk)
        assert not revoke(number, by=city.here.clerk, key="once").repeated
        assert revoke(number, by=city.here.clerk, key="once").repeated
        assert len(events_of(number)) == 2

    def test_one_revoked_is_not_registered_again(self, city: City) -> None:
        (card,) = make.received_cards(city, city.here)
        who = comer()
        revoke(register(card, by=city.here.clerk, who=who), by=city.here.clerk)
        with pytest.raises(Refused) as refused:
            register(card, by=city.here.clerk, who=who)
        assert codes(refused) == {"MANDATE_DOES_NOT_COVER"}
        assert "2026-11-20 撤销" in refused.value.refusals[0].sentence


@pytest.mark.django_db
def test_the_holders_card_tells_of_it(city: City) -> None:
    (card,) = make.received_cards(city, city.here)
    number = register(card, by=city.here.clerk)
    revoke(number, by=city.here.clerk, words="本人来领")
    revoked, registered, *_ = history_of(card.pk)
    assert (revoked.title, registered.title) == ("撤销委托书", "登记委托书")
    assert ("说明", "本人来领") in revoked.facts
    assert ("与持卡人关系", "子女") in registered.facts and registered.papers == ("委托书",)


@pytest.mark.django_db
@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE people_mandate SET standing = 'revoked'",
        "UPDATE people_mandate SET until = until + 300",
        "DELETE FROM people_mandate",
    ],
)
def test_no_mandate_changes_without_its_event(city: City, statement: str) -> None:
    (card,) = make.received_cards(city, city.here)
    number = register(card, by=city.here.clerk)
    with (
        pytest.raises((IntegrityError, ProgrammingError)),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(statement)
    assert Mandate.objects.get(pk=number).standing == "registered"


@pytest.mark.races
def test_two_who_revoke_at_once_are_one_and_a_refusal(fresh_database: str) -> None:
    city = make.city()
    (card,) = make.received_cards(city, city.here)
    number = register(card, by=city.here.clerk)
    answers = together(
        partial(revoke, number, by=city.here.clerk),
        partial(revoke, number, by=city.here.other_clerk),
    )
    said = sorted(in_words(answers, done=lambda _: "revoked"))
    assert said == ["STATE_DOES_NOT_FIT", "revoked"] and len(events_of(number)) == 2


@pytest.mark.races
def test_two_windows_that_enter_one_paper_make_one_mandate(fresh_database: str) -> None:
    city = make.city()
    (card,) = make.received_cards(city, city.here)
    who = comer()
    answers = together(
        partial(register, card, by=city.here.clerk, who=who),
        partial(register, card, by=city.here.other_clerk, who=who),
    )
    said = set(in_words(answers, done=lambda _: "registered"))
    assert said <= {"registered", "MANDATE_JUST_REGISTERED"} and "registered" in said
    assert (
        Mandate.objects.count() == 1 and Event.objects.filter(act="mandate.register").count() == 1
    )
