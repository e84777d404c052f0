"""A relation ends while a card of its holder was not handed over yet (Art. 19, 30)."""

from datetime import date, timedelta
from functools import partial

import pytest
from django.urls import reverse
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from cardbook.cards.models import Application, Card
from cardbook.chapters.issuance.collective.tests.bundles import out
from cardbook.chapters.issuance.posting.tests.test_posting import back, posted_card
from cardbook.chapters.usage.cancellation.tests.test_cancellation import is_clean, place
from cardbook.chapters.usage.models import TransferIn
from cardbook.chapters.usage.replacement.tests.test_collecting import made_anew
from cardbook.chapters.usage.replacement.tests.windows import lost_or_worn, taken, windows
from cardbook.chapters.usage.temporary.tests.lending import waiting
from cardbook.chapters.usage.tests.sending import answers, refused_with, send
from cardbook.chapters.usage.transfer.commands import settle_incoming
from cardbook.chapters.usage.transfer.left_behind import count_left_behind, left_behind
from cardbook.chapters.usage.transfer.move_files import FILES
from cardbook.chapters.usage.transfer.register import TRANSFERS, TRANSFERS_OUT
from cardbook.chapters.usage.transfer.tests.test_leaving import line, listed, posted
from cardbook.chapters.usage.transfer.tests.test_move_files import brought as came
from cardbook.chapters.usage.transfer.tests.test_move_files import line as came_line
from cardbook.chapters.usage.transfer.tests.test_move_files import number_of
from cardbook.chapters.usage.values import Decision
from cardbook.custody.places import Place
from cardbook.ledger.models import Event
from cardbook.lib.clock import local_day
from cardbook.lifecycle.acts import act
from cardbook.lifecycle.facts import ApplyReason
from cardbook.lifecycle.guards.way_back import ARRIVES_BY, BRINGS_BACK
from cardbook.orgs.actors import Actor
from cardbook.outbox.models import Message
from cardbook.people.models import Person
from cardbook.testing import factories as make
from cardbook.testing.clients import signed_in
from cardbook.testing.factories import City
from cardbook.testing.races import together

pytestmark = [pytest.mark.article(30), pytest.mark.article(19)]
CODE = "relation.end_unissued"
MOVED = {"reason": "transfer", "to_place": "示范省示范市", "list_number": "ZC-07"}
SOUND = MOVED | {"plastic": "good"}
HERE = MOVED | {"plastic": "none"}


def in_stock(city: City, holder: Person | None = None, made_on: date | None = None) -> Card:
    """A card in the county's store."""
    people = [holder] if holder else None
    (card,) = make.received_cards(city, city.here, people=people, made_on=made_on)
    return card


def two_cards(city: City) -> tuple[Card, Card]:
    """A card its holder has, and another on the shelf for him."""
    holder = make.person()
    return make.issued_card(city, city.here, holder=holder), in_stock(city, holder)


def page_of(code: str, card: Card, city: City) -> str:
    return signed_in(city.here.clerk).get(reverse(code, args=[card.pk])).content.decode()


@pytest.mark.django_db
class TestACardOnTheShelf:
    @pytest.mark.parametrize("reason", ["transfer", "termination"])
    def test_ends_with_the_relation_and_waits_to_be_destroyed(
        self, city: City, reason: str
    ) -> None:
        card = in_stock(city)
        ended = send(CODE, card, by=city.here.clerk, **SOUND | {"reason": reason})
        assert ended.status_code == 302
        card.refresh_from_db()
        assert (card.stage, card.social, place(card)) == ("cancelled", "cancelled", Place.SCRAP)
        event = Event.objects.get(act=CODE)
        assert event.told == ["transfer/1"] and is_clean()
        told = Message.objects.filter(event_id=event.pk).values_list("kind", flat=True)
        assert sorted(told) == ["bank.transfer_notice", "province.transfer_out"]

    def test_is_refused_without_proof_untold_and_unseen(self, city: City) -> None:
        card = in_stock(city)
        bare = send(CODE, card, by=city.here.clerk, paper_transfer_proof=None, **SOUND)
        assert refused_with(bare) == {"PAPER_MISSING"}
        untold = send(CODE, card, by=city.here.clerk, told_transfer=None, **SOUND)
        assert refused_with(untold) == {"NOTICE_NOT_GIVEN"}
        unseen = send(CODE, card, by=city.here.clerk, **SOUND | {"plastic": "none"})
        assert unseen.status_code == 422
        card.refresh_from_db()
        assert (card.stage, card.social) == ("in_custody", "sealed")

    def test_what_its_holder_has_ends_in_the_other_way(self, city: City) -> None:
        card = make.issued_card(city, city.here)
        answer = send(CODE, card, by=city.here.clerk, **SOUND)
        assert refused_with(answer) == {"ALREADY_ISSUED"}

    def test_a_neighbour_finds_no_card_and_a_keeper_no_page(self, city: City) -> None:
        card = in_stock(city)
        assert send(CODE, card, by=city.neighbour.clerk, **SOUND).status_code == 404
        assert send(CODE, card, by=city.here.keeper, **SOUND).status_code == 403

    def test_the_same_form_twice_is_one_ending(self, city: City) -> None:
        card = in_stock(city)
        form, client = answers(CODE, **SOUND), signed_in(city.here.clerk)
        for _ in range(2):
            assert client.post(reverse(CODE, args=[card.pk]), form).status_code == 302
        assert Event.objects.filter(act=CODE).count() == 1

    def test_stands_in_both_registers(self, city: City) -> None:
        card = in_stock(city)
        send(CODE, card, by=city.here.clerk, **SOUND)
        at = Event.objects.get(act=CODE).happened_at
        span = {"since": at - timedelta(days=1), "until": at + timedelta(days=1)}
        days = {"start": local_day(span["since"]), "end": local_day(span["until"]), "place": ""}
        for register in (TRANSFERS, TRANSFERS_OUT):
            sheet = register.sheet(
                chosen={"office": city.city, **days, **span}, masked=True, printed_by="某人",
                printed_at=at, limit=10,
            )  # fmt: skip
            (row,) = sheet.rows
            assert card.number in row and any(cell in ("注销", "已注销") for cell in row)

    def test_the_register_names_the_reason_and_the_card_that_takes_its_place(
        self, city: City
    ) -> None:
        gone, moved = in_stock(city), in_stock(city)
        other = make.issued_card(city, city.here, holder=moved.person)
        for card in (gone, moved):
            send(CODE, card, by=city.here.clerk, **SOUND)
        at = Event.objects.filter(act=CODE).latest("id").happened_at
        span = {"since": at - timedelta(days=1), "until": at + timedelta(days=1)}
        days = {"start": local_day(span["since"]), "end": local_day(span["until"])}
        sheet = TRANSFERS.sheet(
            chosen={"office": city.city, **days, **span}, masked=True, printed_by="某人",
            printed_at=at, limit=10,
        )  # fmt: skip
        heads = [one.key for one in sheet.form.columns]
        rows = [dict(zip(heads, row, strict=True)) for row in sheet.rows]
        assert {row["number"]: row["new_card"] for row in rows} == {
            gone.number: "本市没有别的卡", moved.number: other.number,
        }  # fmt: skip
        assert all(row["reason"] for row in rows)

    def test_a_list_of_those_who_leave_leads_there(self, city: City) -> None:
        card = in_stock(city)
        posted(line(number_of(card.person)), by=city.here.clerk)
        (row,) = listed(city.here.clerk)
        address = f"{reverse(CODE, args=[card.pk])}?from={row.id}"
        client = signed_in(city.here.clerk)
        assert address in client.get(reverse("move.out_list")).content.decode()
        assert 'value="ZC-07"' in client.get(address).content.decode()
        send(CODE, card, by=city.here.clerk, **SOUND)
        assert listed(city.here.clerk) == []


@pytest.mark.django_db
class TestTheOtherCardOfWhoeverLeaves:
    def test_ends_in_one_go_when_it_was_taken_from_the_shelf(self, city: City) -> None:
        card, new = two_cards(city)
        page = page_of("relation.end", card, city)
        assert f"还没有发放的卡 {new.number}" in page and "在保管处" in page
        ended = send("relation.end", card, by=city.here.clerk, **HERE, unfetched="good")
        assert ended.status_code == 302
        for one, where in ((card, Place.HOLDER), (new, Place.SCRAP)):
            one.refresh_from_db()
            assert (one.social, place(one)) == ("cancelled", where)
        first, second = Event.objects.filter(act__startswith="relation.").order_by("id")
        assert first.batch == second.batch and is_clean()
        assert left_behind(within=city.here.county.path) == []

    def test_has_to_be_answered_for(self, city: City) -> None:
        card, new = two_cards(city)
        assert send("relation.end", card, by=city.here.clerk, **HERE).status_code == 422
        new.refresh_from_db()
        assert new.stage == "in_custody"

    def test_that_was_not_taken_out_is_on_the_list_until_it_ends(self, city: City) -> None:
        card, new = two_cards(city)
        send("relation.end", card, by=city.here.clerk, **HERE, unfetched="none")
        (left,) = left_behind(within=city.here.county.path)
        assert (left.card.id, left.card.at_hand, left.ends_by) == (new.pk, True, CODE)
        page = signed_in(city.here.clerk).get(reverse("move.out_list")).content.decode()
        assert reverse(CODE, args=[new.pk]) in page
        assert left_behind(within=city.neighbour.county.path) == []
        assert send(CODE, new, by=city.here.clerk, **SOUND).status_code == 302
        assert left_behind(within=city.here.county.path) == []

    def test_in_the_post_delays_nothing_comes_back_and_ends(self, city: City) -> None:
        new = posted_card(city)
        card = make.issued_card(city, city.here, holder=new.person)
        page = page_of("relation.end", card, city)
        assert "邮寄途中" in page and reverse("card.post_back", args=[new.pk]) in page
        assert send("relation.end", card, by=city.here.clerk, **HERE).status_code == 302
        (left,) = left_behind(within=city.here.county.path)
        assert (left.card.at_hand, left.card.back) == (False, "card.post_back")
        client = signed_in(city.here.clerk)
        listing = client.get(reverse("move.out_list")).content.decode()
        assert reverse("card.post_back", args=[new.pk]) in listing
        early = send(CODE, new, by=city.here.clerk, **SOUND)
        assert refused_with(early) == {"CARD_AWAY"}
        back(new, by=city.here.clerk)
        assert send(CODE, new, by=city.here.clerk, **SOUND).status_code == 302
        assert left_behind(within=city.here.county.path) == [] and is_clean()

    def test_the_same_form_twice_is_one_ending_of_both(self, city: City) -> None:
        card, _ = two_cards(city)
        form = answers("relation.end", **HERE, unfetched="broken")
        for _ in range(2):
            sent = signed_in(city.here.clerk).post(reverse("relation.end", args=[card.pk]), form)
            assert sent.status_code == 302
        assert Event.objects.filter(act__startswith="relation.end").count() == 2

    def test_a_card_made_in_place_of_his_ends_with_its_application(self) -> None:
        there = windows()
        old, new, application = made_anew(there, ApplyReason.DAMAGED)
        sent = send("relation.end", old, by=there.clerk, **HERE, unfetched="good")
        assert sent.status_code == 302
        new.refresh_from_db()
        assert new.stage == "cancelled"
        assert Application.objects.get(pk=application.pk).progress == "withdrawn" and is_clean()

    @pytest.mark.article(29)
    def test_of_two_cards_the_one_that_is_kept_is_on_no_list(self, city: City) -> None:
        card, _ = two_cards(city)
        asked = {"asker": "holder", "reason": "duplicate", "plastic": "none"}
        assert send("card.cancel", card, by=city.here.clerk, **asked).status_code == 302
        assert left_behind(within=city.here.county.path) == []

    @pytest.mark.article(29)
    def test_of_whoever_wants_none_any_more_is_on_the_list(self, city: City) -> None:
        card, new = two_cards(city)
        asked = {"asker": "holder", "reason": "wish", "plastic": "none"}
        assert new.number in page_of("card.cancel", card, city)
        assert send("card.cancel", card, by=city.here.clerk, **asked).status_code == 302
        (left,) = left_behind(within=city.here.county.path)
        assert (left.card.id, left.ends_by) == (new.pk, "card.cancel_unissued")


@pytest.mark.django_db
class TestACardThatComesLater:
    def test_is_on_the_list_while_nothing_says_that_its_holder_is_back(self, city: City) -> None:
        card = make.issued_card(city, city.here)
        send("relation.end", card, by=city.here.clerk, **HERE)
        assert left_behind(within=city.here.county.path) == []
        late = in_stock(city, card.person)
        (left,) = left_behind(within=city.here.county.path)
        assert (left.card.id, left.ends_by) == (late.pk, CODE)
        assert left_behind(within=city.neighbour.county.path) == []

    def test_is_on_no_list_when_its_holder_came_back_by_a_list(self, city: City) -> None:
        card = make.issued_card(city, city.here)
        send("relation.end", card, by=city.here.clerk, **HERE)
        in_stock(city, card.person)
        keeper = city.here.keeper
        file = came(came_line(number_of(card.person)), by=keeper)
        FILES.post(file=file, by=keeper, at=make.NOON)
        settle_incoming(
            incoming=TransferIn.objects.get().pk, decision=Decision.HERE, words="转回本市",
            by=city.here.clerk, at=timezone.now(),
        )  # fmt: skip
        assert left_behind(within=city.here.county.path) == []

    def test_is_on_no_list_when_he_asked_for_it_after_the_end(self, city: City) -> None:
        card = make.issued_card(city, city.here)
        send("relation.end", card, by=city.here.clerk, **HERE)
        waiting(city, card.person)
        assert left_behind(within=city.here.county.path) == []

    @pytest.mark.parametrize(("days", "listed"), [(-1, 1), (0, 1), (1, 0)])
    def test_that_was_made_after_the_end_is_a_new_relations(
        self, city: City, days: int, listed: int
    ) -> None:
        card = make.issued_card(city, city.here)
        send("relation.end", card, by=city.here.clerk, **HERE)
        in_stock(city, card.person, timezone.localdate() + timedelta(days=days))
        assert len(left_behind(within=city.here.county.path)) == listed

    def test_of_an_order_that_was_stopped_is_on_the_list_whenever_it_was_made(self) -> None:
        there = windows()
        old = lost_or_worn(there)
        taken(there, old, ApplyReason.DAMAGED)
        assert send("relation.end", old, by=there.clerk, **HERE).status_code == 302
        assert Application.objects.get().progress == "withdrawn"
        made_on = timezone.localdate() + timedelta(days=9)
        late = in_stock(there.city, old.person, made_on)
        (left,) = left_behind(within=there.city.here.county.path)
        assert left.card.id == late.pk

    @pytest.mark.parametrize("came_later", [False, True])
    def test_that_is_kept_is_on_the_list_no_more(self, city: City, came_later: bool) -> None:
        holder = make.person()
        card = make.issued_card(city, city.here, holder=holder)
        other = None if came_later else in_stock(city, holder)
        send("relation.end", card, by=city.here.clerk, **HERE, unfetched="none")
        other = other or in_stock(city, holder)
        list_page = signed_in(city.here.clerk).get(reverse("move.out_list")).content.decode()
        assert f'href="{reverse("relation.keep", args=[other.pk])}"' in list_page
        kept = {"to_place": "示范省示范市", "list_number": "", "words": "已转回本市"}
        assert send("relation.keep", other, by=city.here.clerk, **kept).status_code == 302
        assert left_behind(within=city.here.county.path) == [] and is_clean()
        other.refresh_from_db()
        assert (other.stage, other.social) == ("in_custody", "sealed")


@pytest.mark.django_db
class TestTheHomePage:
    def count(self, city: City, by: Actor) -> list[int | None]:
        waiting_now = signed_in(by).get(reverse("home")).context["waiting"]
        return [one.count for one in waiting_now if one.url.startswith(reverse("move.out_list"))]

    def test_says_how_many_the_list_has_to_whoever_ends_them(self, city: City) -> None:
        card, _ = two_cards(city)
        assert self.count(city, city.here.clerk) == []
        send("relation.end", card, by=city.here.clerk, **HERE, unfetched="none")
        assert self.count(city, city.here.clerk) == [1]
        assert self.count(city, city.neighbour.clerk) == []
        assert self.count(city, city.here.keeper) == []

    def test_asks_one_question_for_it(
        self, city: City, django_assert_num_queries: DjangoAssertNumQueries
    ) -> None:
        with django_assert_num_queries(1):
            assert count_left_behind(within=city.here.county.path) == 0


def _in_post(city: City) -> Card:
    return posted_card(city)


def _at_unit(city: City) -> Card:
    return out(city, count=1).cards[0]


def _on_visit(city: City) -> Card:
    card = in_stock(city)
    make.take_out(card, by=city.here.clerk, second=city.here.reviewer)
    return card


def _on_its_way(city: City) -> Card:
    (card,) = make.cards_in_transit(city, city.here)
    return card


@pytest.mark.django_db
@pytest.mark.article(29)
@pytest.mark.parametrize("code", [CODE, "card.cancel_unissued"])
@pytest.mark.parametrize(
    ("lies", "refusal", "words", "remedy"),
    [
        (_in_post, "CARD_AWAY", "邮寄途中", "card.post_back"),
        (_at_unit, "CARD_AWAY", "示范小学", "bundle.list"),
        (_on_visit, "CARD_AWAY", "上门途中", "card.bring_back"),
        (_on_its_way, "NOT_RECEIVED", "仍在途", ""),
    ],
)
def test_a_card_elsewhere_is_named_with_its_place_and_what_brings_it_back(
    city: City, code: str, lies: object, refusal: str, words: str, remedy: str
) -> None:
    card = lies(city)  # type: ignore[operator]
    address = ""
    if remedy:
        address = reverse(remedy, args=[] if remedy == "bundle.list" else [card.pk])
    asked = SOUND if code == CODE else {"asker": "holder", "reason": "wish", "plastic": "good"}
    sent = send(code, card, by=city.here.clerk, **asked)
    shown = page_of(code, card, city)
    assert refused_with(sent) == {refusal}
    for page in (sent.content.decode(), shown):
        assert words in page and f'data-refusal="{refusal}"' in page
        assert not address or f'href="{address}"' in page
    card.refresh_from_db()
    assert (card.stage, card.social) == ("in_custody", "sealed")


def test_what_brings_a_card_back_leads_from_there_onto_a_shelf() -> None:
    for place_, code in BRINGS_BACK.items():
        move = act(code).move
        assert move is not None and place_ in move.sources and move.target.is_store
    for code in ARRIVES_BY.values():
        move = act(code).move
        assert move is not None and move.sources == {Place.TRANSIT} and move.target.is_store


@pytest.mark.races
def test_of_two_windows_one_ends_it(fresh_database: str) -> None:
    city = make.city()
    card = in_stock(city)
    sent = [
        partial(send, CODE, card, by=by, **SOUND)
        for by in (city.here.clerk, city.here.other_clerk)
    ]
    results = together(*sent)
    assert sorted(one.status_code for one in results) == [302, 409] and is_clean()


@pytest.mark.races
def test_a_card_that_is_handed_over_just_then_ends_nothing_by_halves(fresh_database: str) -> None:
    from cardbook.lifecycle.perform import perform

    city = make.city()
    card, new = two_cards(city)
    step, now = make.issue_step(new), timezone.now()
    works = (
        partial(send, "relation.end", card, by=city.here.clerk, **HERE, unfetched="good"),
        partial(perform, step, by=city.here.other_clerk, at=now, key=make.key()),
    )
    together(*works)
    for one in (card, new):
        one.refresh_from_db()
    ended = Event.objects.filter(act=CODE).exists()
    assert (new.stage, card.social) in {("cancelled", "cancelled"), ("issued", "sealed")}
    assert ended == (new.stage == "cancelled") and is_clean()
