"""A card goes by post: not issued without the signed receipt, back into the store without one."""

from dataclasses import replace
from datetime import date, timedelta
from functools import partial
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from cardbook.cards.models import Card
from cardbook.chapters.issuance.posting.commands import (
    Guardian,
    post_card,
    receive_receipt,
    take_parcel_back,
)
from cardbook.custody.models import Position
from cardbook.custody.places import Place
from cardbook.insight.check import recount
from cardbook.law.roles import Role
from cardbook.ledger.models import Event
from cardbook.lifecycle.facts import Relation, Signer
from cardbook.lifecycle.judge import Presented
from cardbook.lifecycle.perform import Done
from cardbook.lifecycle.refusals import Refused
from cardbook.orgs.actors import Actor
from cardbook.people.holders import holder_of
from cardbook.people.models import Person, PickUp
from cardbook.testing import factories as make
from cardbook.testing.clients import signed_in
from cardbook.testing.factories import NOON, City
from cardbook.testing.races import in_words, together

pytestmark = pytest.mark.article(7)
PARCEL = "EX123456789CN"
POSTED = NOON - timedelta(days=2)
ASKED = make.usual_papers("card.post")
RECEIPT = make.usual_papers("card.issue_posted")


def post(card: Card, *, by: Actor, parcel: str = PARCEL, key: str = "") -> Done:
    return post_card(
        card_id=card.pk, parcel=parcel, papers=ASKED, by=by, at=POSTED, key=key or make.key()
    )


def receive(
    card: Card,
    *,
    by: Actor,
    parcel: str = PARCEL,
    on: date = date(2026, 11, 19),
    signed_by: Signer = Signer.HOLDER,
    guardian: Guardian | None = None,
    papers: tuple[Presented, ...] = RECEIPT,
    told: tuple[str, ...] = ("pick_up",),
    key: str = "",
) -> Done:
    return receive_receipt(
        card_id=card.pk, parcel=parcel, received_on=on, signed_by=signed_by, guardian=guardian,
        papers=papers, told=told, by=by, at=NOON, key=key or make.key(),
    )  # fmt: skip


def guardian(
    *, born_on: date = date(1986, 3, 8), relation: Relation = Relation.PARENT, words: str = "",
    number: str = "",
) -> Guardian:  # fmt: skip
    """Who signed at the door for a child: a mother, unless said otherwise."""
    number = number or make.citizen_number(born_on=born_on)
    return Guardian(name="张桂兰", number=number, relation=relation, words=words)


def back(card: Card, *, by: Actor, parcel: str = PARCEL, words: str = "无人签收") -> Done:
    return take_parcel_back(
        card_id=card.pk, parcel=parcel, words=words, by=by, at=NOON, key=make.key()
    )


def codes(refused: pytest.ExceptionInfo[Refused]) -> set[str]:
    return {refusal.code for refusal in refused.value.refusals}


def posted_card(city: City, **who: object) -> Card:
    (card,) = make.received_cards(city, city.here, people=[make.person(**who)])  # type: ignore[arg-type]
    post(card, by=city.here.clerk)
    card.refresh_from_db()
    return card


def place(card: Card) -> str:
    return Position.objects.get(card=card).account.kind


@pytest.mark.django_db
class TestPostCard:
    def test_is_in_the_post_and_not_issued(self, city: City) -> None:
        card = posted_card(city)
        assert card.stage == "in_custody" and place(card) == Place.POST
        event = Event.objects.get(act="card.post")
        assert event.facts == f'{{"parcel":"{PARCEL}"}}' and "post_request:" in event.papers
        assert [one for one in recount().findings if not one.holds] == []

    def test_refuses_without_request_or_parcel(self, city: City) -> None:
        (card,) = make.received_cards(city, city.here)
        for papers, parcel, code in ((ASKED[:1], PARCEL, "PAPER_MISSING"), (ASKED, " ", "PARCEL")):
            with pytest.raises(Refused) as refused:
                post_card(
                    card_id=card.pk, parcel=parcel, papers=papers, by=city.here.clerk, at=POSTED,
                    key=make.key(),
                )  # fmt: skip
            assert code in next(iter(codes(refused)))
        assert place(card) == Place.STORE

    def test_refuses_the_dead_the_neighbour_and_other_roles(self, city: City) -> None:
        dead = make.person(died_on=date(2026, 11, 1))
        card, of_dead = make.received_cards(city, city.here, people=[make.person(), dead])
        for one, by, code in (
            (of_dead, city.here.clerk, "HOLDER_DEAD"),
            (card, city.neighbour.clerk, "OUT_OF_REACH"),
            (card, city.here.keeper, "ROLE_MAY_NOT"),
        ):
            with pytest.raises(Refused) as refused:
                post(one, by=by)
            assert code in codes(refused) and place(one) == Place.STORE

    def test_cannot_be_handed_out_meanwhile(self, city: City) -> None:
        card = posted_card(city)
        from cardbook.lifecycle.perform import perform

        with pytest.raises(Refused) as refused:
            perform(make.issue_step(card), by=city.here.clerk, at=NOON, key=make.key())
        assert codes(refused) == {"CARD_AWAY"}

    def test_the_same_request_again_is_one(self, city: City) -> None:
        (card,) = make.received_cards(city, city.here)
        post(card, by=city.here.clerk, key="once")
        assert post(card, by=city.here.clerk, key="once").repeated


@pytest.mark.django_db
class TestReceiveReceipt:
    def test_issues_the_card(self, city: City) -> None:
        card = posted_card(city)
        receive(card, by=city.here.clerk)
        card.refresh_from_db()
        assert card.stage == "issued" and place(card) == Place.HOLDER
        assert [one for one in recount().findings if not one.holds] == []

    @pytest.mark.parametrize(
        ("change", "code"),
        [
            ({"papers": ()}, "PAPER_MISSING"),
            ({"told": ()}, "NOTICE_NOT_GIVEN"),
            ({"parcel": "EX000000000CN"}, "PARCEL_IS_ANOTHER"),
            ({"on": date(2026, 11, 17)}, "RECEIVED_OUT_OF_TIME"),
            ({"on": date(2026, 11, 21)}, "RECEIVED_OUT_OF_TIME"),
            ({"signed_by": Signer.PROXY}, "RECEIVED_BY_ANOTHER"),
        ],
        ids=["no_receipt", "not_told", "other_parcel", "before", "tomorrow", "proxy"],
    )
    def test_refuses_one_thing_wrong(
        self, city: City, change: dict[str, object], code: str
    ) -> None:
        card = posted_card(city)
        with pytest.raises(Refused) as refused:
            receive(card, by=city.here.clerk, **change)  # type: ignore[arg-type]
        assert codes(refused) == {code}
        card.refresh_from_db()
        assert card.stage == "in_custody" and place(card) == Place.POST

    @pytest.mark.article(11)
    def test_a_minors_receipt_is_the_guardians(self, city: City) -> None:
        card = posted_card(city, born_on=date(2016, 3, 1))
        with pytest.raises(Refused) as refused:
            receive(card, by=city.here.clerk)
        assert codes(refused) == {"HOLDER_IS_MINOR"}
        with pytest.raises(Refused) as refused:
            receive(card, by=city.here.clerk, signed_by=Signer.GUARDIAN, guardian=guardian())
        assert codes(refused) == {"PAPER_MISSING"}
        assert "户口簿" in refused.value.refusals[0].way_out
        for proof in ("household_book", "community_certificate", "relation_proof"):
            shown = (*RECEIPT, Presented(kind=proof))
            other = posted_card(city, born_on=date(2016, 3, 1))
            mother = guardian()
            receive(
                other, by=city.here.clerk, signed_by=Signer.GUARDIAN, papers=shown,
                guardian=mother,
            )  # fmt: skip
            event = Event.objects.get(act="card.issue_posted", subject_id=other.pk)
            assert any(one.startswith(f"{proof}:") for one in event.papers)
            came = PickUp.objects.get(holder=other.person)
            assert came.as_guardian and came.relation == "parent"
            assert holder_of(came.agent).number == mother.number
            assert f'"guardian":{came.agent_id}' in event.facts
            assert mother.number not in event.facts

    @pytest.mark.article(11)
    @pytest.mark.parametrize(
        ("change", "code"),
        [
            ({"born_on": date(2009, 1, 1)}, "GUARDIAN_IS_MINOR"),
            ({"relation": Relation.GRANDPARENT}, "GUARDIAN_ORDER_UNEXPLAINED"),
            ({"relation": Relation.GRANDPARENT, "words": "父母外出务工"}, ""),
            ({"relation": Relation.SPOUSE}, "GUARDIAN_RELATION_MISFIT"),
            ({}, ""),
        ],
    )
    def test_who_signed_for_a_child_is_a_guardian_as_at_the_window(
        self, city: City, change: dict[str, Any], code: str
    ) -> None:
        card = posted_card(city, born_on=date(2016, 3, 1))
        given = {
            "signed_by": Signer.GUARDIAN,
            "papers": (*RECEIPT, Presented(kind="household_book")),
        }
        if not code:
            receive(card, by=city.here.clerk, guardian=guardian(**change), **given)
            card.refresh_from_db()
            assert card.stage == "issued"
            return
        with pytest.raises(Refused) as refused:
            receive(card, by=city.here.clerk, guardian=guardian(**change), **given)
        assert codes(refused) == {code}
        assert not PickUp.objects.exists()

    @pytest.mark.article(11)
    def test_nobody_unnamed_signs_for_a_child(self, city: City) -> None:
        card = posted_card(city, born_on=date(2016, 3, 1))
        shown = (*RECEIPT, Presented(kind="household_book"))
        with pytest.raises(Refused) as refused:
            receive(card, by=city.here.clerk, signed_by=Signer.GUARDIAN, papers=shown)
        assert codes(refused) == {"GUARDIAN_NOT_NAMED"}

    @pytest.mark.article(11)
    def test_a_known_number_under_another_name_or_of_the_dead_signs_for_nobody(
        self, city: City
    ) -> None:
        card = posted_card(city, born_on=date(2016, 3, 1))
        known = make.person(name="李秀英")
        shown = (*RECEIPT, Presented(kind="household_book"))
        given = {"signed_by": Signer.GUARDIAN, "papers": shown, "by": city.here.clerk}
        other = guardian(number=holder_of(known).number)
        with pytest.raises(Refused) as refused:
            receive(card, guardian=other, **given)
        assert codes(refused) == {"AGENT_NAME_DIFFERS"}
        Person.objects.filter(pk=known.pk).update(died_on=date(2026, 1, 1))
        with pytest.raises(Refused) as refused:
            receive(card, guardian=replace(other, name="李秀英"), **given)
        assert codes(refused) == {"AGENT_DEAD"}

    @pytest.mark.article(11)
    def test_the_page_asks_for_the_guardians_paper_and_keeps_what_was_chosen(
        self, city: City
    ) -> None:
        card = posted_card(city, born_on=date(2016, 3, 1))
        desk = signed_in(city.here.clerk)
        address = reverse("card.issue_posted", args=[card.pk])
        page = desk.get(address).content.decode()
        assert 'data-only-field="signed_by" data-only-values="guardian"' in page
        said = {
            "key": make.key(), "parcel": PARCEL, "received_on": f"{timezone.localdate()}",
            "signed_by": "guardian", "receipt": "on", "told_pick_up": "on",
        }  # fmt: skip
        unnamed = desk.post(address, said)
        assert unnamed.status_code == 422
        for what in ("姓名", "证件号码", "关系"):
            assert f"填写监护人的{what}" in unnamed.content.decode()
        wrong = desk.post(address, {**said, "guardian_number": "12"})
        assert "应为" in wrong.content.decode() or "位" in wrong.content.decode()
        said |= {
            "guardian_name": "张桂兰", "guardian_number": guardian().number,
            "guardian_relation": "parent",
        }  # fmt: skip
        refused = desk.post(address, said)
        assert refused.status_code == 409 and "PAPER_MISSING" in refused.content.decode()
        (field,) = (one for one in refused.context["form"].fields if "household_book" in one)
        done = desk.post(address, {**said, field: "household_book"}, follow=True)
        assert "已签收" in done.content.decode()
        event = Event.objects.get(act="card.issue_posted", subject_id=card.pk)
        assert any(one.startswith("household_book:") for one in event.papers)

    @pytest.mark.article(11)
    def test_an_adult_has_no_guardian_at_the_door(self, city: City) -> None:
        card = posted_card(city)
        shown = (*RECEIPT, Presented(kind="household_book"))
        with pytest.raises(Refused) as refused:
            receive(card, by=city.here.clerk, signed_by=Signer.GUARDIAN, papers=shown)
        assert codes(refused) == {"NO_GUARDIAN_NEEDED"}
        card.refresh_from_db()
        assert card.stage == "in_custody" and place(card) == Place.POST

    def test_refuses_a_card_that_was_never_posted(self, city: City) -> None:
        (card,) = make.received_cards(city, city.here)
        with pytest.raises(Refused) as refused:
            receive(card, by=city.here.clerk)
        assert codes(refused) == {"PLACE_DOES_NOT_FIT"}

    def test_refuses_the_neighbour_and_other_roles(self, city: City) -> None:
        card = posted_card(city)
        for by, code in (
            (city.neighbour.clerk, "OUT_OF_REACH"), (city.here.reviewer, "ROLE_MAY_NOT"),
        ):  # fmt: skip
            with pytest.raises(Refused) as refused:
                receive(card, by=by)
            assert code in codes(refused)

    def test_the_same_request_again_is_one(self, city: City) -> None:
        card = posted_card(city)
        receive(card, by=city.here.clerk, key="once")
        assert receive(card, by=city.here.clerk, key="once").repeated


@pytest.mark.django_db
class TestTakeParcelBack:
    def test_puts_the_card_into_the_store(self, city: City) -> None:
        card = posted_card(city)
        back(card, by=city.here.clerk)
        card.refresh_from_db()
        assert card.stage == "in_custody" and place(card) == Place.STORE
        assert [one for one in recount().findings if not one.holds] == []

    def test_posted_again_the_new_parcel_counts(self, city: City) -> None:
        card = posted_card(city)
        back(card, by=city.here.clerk)
        post(card, by=city.here.clerk, parcel="EX2")
        with pytest.raises(Refused) as refused:
            receive(card, by=city.here.clerk)
        assert codes(refused) == {"PARCEL_IS_ANOTHER"}
        # Mistyped when it was sent, it comes back under the number that was written down.
        assert "照登记的号码先登记邮件退回" in refused.value.refusals[0].way_out
        receive(card, by=city.here.clerk, parcel="ex 2")

    @pytest.mark.parametrize(
        ("change", "code"),
        [({"words": " "}, "REASON_MISSING"), ({"parcel": "EX9"}, "PARCEL_IS_ANOTHER")],
    )
    def test_refuses_one_thing_wrong(self, city: City, change: dict[str, str], code: str) -> None:
        card = posted_card(city)
        with pytest.raises(Refused) as refused:
            back(card, by=city.here.clerk, **change)
        assert codes(refused) == {code} and place(card) == Place.POST


@pytest.mark.races
def test_receipt_and_parcel_at_the_same_moment(fresh_database: str) -> None:
    city = make.city()
    card = posted_card(city)
    answers = together(
        partial(receive, card, by=city.here.clerk), partial(back, card, by=city.here.other_clerk)
    )
    assert "done" in in_words(answers, done=lambda _: "done")
    assert sum(isinstance(answer, Refused) for answer in answers) == 1


@pytest.mark.django_db
class TestPages:
    def give(self, city: City, card: Card, parcel: str = PARCEL) -> None:
        given = {"key": make.key(), "parcel": parcel, "paper_id_card_original": "1",
                 "paper_post_request": "1"}  # fmt: skip
        page = signed_in(city.here.clerk).post(f"/posting/{card.pk}/post/", given, follow=True)
        assert "已交邮寄" in page.content.decode()

    def test_a_card_goes_and_its_receipt_comes(self, city: City) -> None:
        (card,) = make.received_cards(city, city.here)
        self.give(city, card)
        client = signed_in(city.here.clerk)
        assert PARCEL in client.get("/posting/").content.decode()
        today = timezone.localdate()
        given = {"key": make.key(), "parcel": PARCEL, "received_on": str(today),
                 "signed_by": "holder", "told_pick_up": "1"}  # fmt: skip
        page = client.post(f"/posting/{card.pk}/received/", given)
        assert page.status_code == 409 and "缺少材料：邮政签收回执" in page.content.decode()
        page = client.post(f"/posting/{card.pk}/received/", given | {"receipt": "1"}, follow=True)
        assert "已签收" in page.content.decode()
        card.refresh_from_db()
        assert card.stage == "issued"

    def test_a_parcel_comes_back(self, city: City) -> None:
        (card,) = make.received_cards(city, city.here)
        self.give(city, card)
        given = {"key": make.key(), "parcel": PARCEL, "words": "地址不详"}
        client = signed_in(city.here.clerk)
        page = client.post(f"/posting/{card.pk}/back/", given, follow=True)
        assert "已收回入库" in page.content.decode() and place(card) == Place.STORE

    def test_several_receipts_at_once_each_with_its_result(self, city: City) -> None:
        grown, child = make.received_cards(
            city, city.here, people=[make.person(), make.person(born_on=date(2016, 3, 1))]
        )
        self.give(city, grown, "EX1")
        self.give(city, child, "EX2")
        client, today = signed_in(city.here.clerk), str(timezone.localdate())
        given = {"key": make.key(), "received_on": today, "card": [grown.pk, child.pk]}
        assert client.post("/posting/", given).status_code == 422
        page = client.post("/posting/", given | {"receipt": "1", "told": "1"})
        results = dict(page.context["results"])
        assert "已签收" in results[grown.number] and "未满" in results[child.number]

    def test_finds_sorts_exports(self, city: City) -> None:
        one, other = make.received_cards(city, city.here, count=2)
        self.give(city, one, "EX1")
        self.give(city, other, "EX2")
        client = signed_in(city.here.clerk)
        found = client.get("/posting/", {"q": "ex2"}).context["page"].object_list
        assert [row.number for row in found] == [other.number]
        newest = client.get("/posting/", {"sort": "newest"}).context["page"].object_list
        assert [row.parcel for row in newest] == ["EX2", "EX1"]
        assert not client.get("/posting/", {"only": "late"}).context["page"].object_list
        assert client.get("/posting/export/").content.startswith(b"PK")

    def test_reach_and_roles(self, city: City) -> None:
        (card,) = make.received_cards(city, city.here)
        self.give(city, card)
        neighbour = signed_in(city.neighbour.clerk)
        assert not neighbour.get("/posting/").context["page"].object_list
        for address in ("post", "received", "back"):
            assert neighbour.get(f"/posting/{card.pk}/{address}/").status_code == 404
        manager = make.worker("负责人", Role.COUNTY_MANAGER, city.here.county)
        page = signed_in(manager).get("/posting/")
        assert page.status_code == 200 and page.context["form"] is None
        assert signed_in(city.here.keeper).get("/posting/").status_code == 403

    def test_asks_as_much_for_one_as_for_many(
        self, city: City, django_assert_max_num_queries: DjangoAssertNumQueries
    ) -> None:
        for card in make.received_cards(city, city.here, count=3):
            self.give(city, card, f"EX{card.pk}")
        client = signed_in(city.here.clerk)
        with django_assert_max_num_queries(8):
            client.get("/posting/")
