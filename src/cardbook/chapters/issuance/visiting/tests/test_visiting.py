"""A card is taken to its holder's home: two carry it, both sign, what stays over comes back."""

from datetime import date, datetime, timedelta
from functools import partial

import pytest
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from cardbook.cards.models import Card
from cardbook.chapters.issuance.individual.commands import undo_issue
from cardbook.chapters.issuance.individual.queries import last_hand_over
from cardbook.chapters.issuance.individual.register_rows import pick_ups
from cardbook.chapters.issuance.visiting.commands import bring_back, issue_home, take_out
from cardbook.chapters.issuance.visiting.queries import late_count, on_visits
from cardbook.chapters.row_by_row import Outcome
from cardbook.custody.models import Position
from cardbook.custody.places import Place
from cardbook.insight.check import recount
from cardbook.law import notices
from cardbook.law.roles import Role
from cardbook.ledger.models import Event
from cardbook.lib.clock import local_day, months_away
from cardbook.lifecycle.acts import act
from cardbook.lifecycle.facts import CardIssuedAtHome, StockMissed, VisitReason
from cardbook.lifecycle.perform import Done, Step, perform
from cardbook.lifecycle.refusals import Refused
from cardbook.orgs.actors import Actor
from cardbook.orgs.models import User
from cardbook.outbox.models import Message
from cardbook.testing import factories as make
from cardbook.testing.clients import signed_in
from cardbook.testing.factories import NOON, PASSWORD, City
from cardbook.testing.races import in_words, together

pytestmark = pytest.mark.article(7)
OUT = NOON - timedelta(days=1)
TODAY = local_day(NOON)
SHOWN = make.usual_papers("card.issue_home")
TOLD = (notices.PICK_UP.code,)


def go(
    city: City,
    *cards: Card,
    by: Actor | None = None,
    second: Actor | None = None,
    reason: VisitReason = VisitReason.HEALTH,
    planned_on: date = date(2026, 11, 20),
    words: str = "",
    at: datetime = OUT,
    key: str = "",
) -> Done:
    return take_out(
        card_ids=[card.pk for card in cards], reason=reason, planned_on=planned_on, words=words,
        by=by or city.here.clerk, second=second or city.here.other_clerk, at=at,
        key=key or make.key(),
    )  # fmt: skip


def facts(card: Card, **changes: object) -> CardIssuedAtHome:
    seen = make.issue_facts(card)
    given = {name: getattr(seen, name) for name in type(seen).__dataclass_fields__}
    return CardIssuedAtHome(**(given | {"way": "home", "handed_on": TODAY} | changes))  # type: ignore[arg-type]


def give(
    city: City,
    card: Card,
    *,
    by: Actor | None = None,
    second: Actor | None = None,
    key: str = "",
    **changes: object,
) -> Done:
    shown = changes.pop("papers", SHOWN)
    told = changes.pop("told", TOLD)
    return issue_home(
        card_id=card.pk, facts=facts(card, **changes), papers=shown, told=told,  # type: ignore[arg-type]
        by=by or city.here.clerk, second=second or city.here.other_clerk, at=NOON,
        key=key or make.key(),
    )  # fmt: skip


def back(city: City, *cards: Card, by: Actor | None = None, words: str = "家中无人") -> Outcome:
    return bring_back(
        card_ids=[card.pk for card in cards], words=words, by=by or city.here.clerk, at=NOON,
        key=make.key(),
    )  # fmt: skip


def codes(refused: pytest.ExceptionInfo[Refused]) -> set[str]:
    return {refusal.code for refusal in refused.value.refusals}


def card_out(city: City, **who: object) -> Card:
    (card,) = make.received_cards(city, city.here, people=[make.person(**who)])  # type: ignore[arg-type]
    go(city, card)
    return card


def place(card: Card) -> str:
    return Position.objects.get(card=card).account.kind


def username(actor: Actor) -> str:
    return User.objects.get(pk=actor.user_id).username


def nothing_is_broken() -> bool:
    return [one for one in recount().findings if not one.holds] == []


@pytest.mark.django_db
class TestTakeOut:
    @pytest.mark.article(20)
    def test_a_round_of_cards_goes_with_two_and_is_not_issued(self, city: City) -> None:
        cards = make.received_cards(city, city.here, count=3)
        go(city, *cards)
        assert {place(card) for card in cards} == {Place.VISIT}
        assert {Card.objects.get(pk=card.pk).stage for card in cards} == {"in_custody"}
        event = Event.objects.filter(act="card.take_out").latest("id")
        assert event.second_id == city.here.other_clerk.user_id
        assert event.facts == '{"planned_on":"2026-11-20","reason":"health","words":""}'
        assert nothing_is_broken()

    @pytest.mark.parametrize(
        ("change", "code"),
        [
            ({"reason": VisitReason.OTHER}, "VISIT_UNEXPLAINED"),
            ({"planned_on": date(2026, 11, 18)}, "VISIT_DAY_PAST"),
        ],
        ids=["other_unexplained", "yesterday"],
    )
    def test_refuses_one_thing_wrong(
        self, city: City, change: dict[str, object], code: str
    ) -> None:
        (card,) = make.received_cards(city, city.here)
        with pytest.raises(Refused) as refused:
            go(city, card, **change)  # type: ignore[arg-type]
        assert codes(refused) == {code} and place(card) == Place.STORE
        go(city, card, reason=VisitReason.OTHER, words="独居，无人陪同")

    @pytest.mark.article(20)
    def test_nobody_goes_alone_nor_with_himself(self, city: City) -> None:
        (card,) = make.received_cards(city, city.here)
        clerk = city.here.clerk
        for second, code in (
            (None, "SECOND_PERSON_MISSING"),
            (clerk, "SECOND_PERSON_SAME"),
            (city.here.auditor, "SECOND_PERSON_MAY_NOT"),
            (city.neighbour.clerk, "SECOND_PERSON_MAY_NOT"),
        ):
            with pytest.raises(Refused) as refused:
                take_out(
                    card_ids=[card.pk], reason=VisitReason.AGE, planned_on=TODAY, by=clerk,
                    second=second, at=OUT, key=make.key(),
                )  # fmt: skip
            assert codes(refused) == {code}
        go(city, card, second=city.here.keeper)

    @pytest.mark.article(11)
    @pytest.mark.article(17)
    def test_one_card_that_cannot_go_holds_back_the_round(self, city: City) -> None:
        people = [
            make.person(), make.person(died_on=date(2026, 11, 1)),
            make.person(born_on=date(2016, 3, 1)), make.person(born_on=date(2010, 3, 1)),
        ]  # fmt: skip
        grown, dead, child, of_16 = make.received_cards(city, city.here, people=people)
        with pytest.raises(Refused) as refused:
            go(city, grown, dead, child, of_16)
        assert [(one.subject_id, one.code) for one in refused.value.refusals] == [
            (dead.pk, "HOLDER_DEAD"), (child.pk, "CHILD_NOT_VISITED"),
        ]  # fmt: skip
        assert refused.value.refusals[1].way_out == "请监护人持户口簿等证明到窗口代为领取。"
        assert place(grown) == Place.STORE

    def test_refuses_the_neighbour_other_roles_and_what_is_out_already(self, city: City) -> None:
        card = card_out(city)
        (kept,) = make.received_cards(city, city.here)
        neighbour = city.neighbour
        for one, by, second, code in (
            (kept, neighbour.clerk, neighbour.keeper, "OUT_OF_REACH"),
            (kept, city.here.keeper, city.here.clerk, "ROLE_MAY_NOT"),
            (card, city.here.clerk, city.here.keeper, "CARD_AWAY"),
        ):
            with pytest.raises(Refused) as refused:
                go(city, one, by=by, second=second)
            assert code in codes(refused)

    def test_cannot_be_handed_out_at_the_window_meanwhile(self, city: City) -> None:
        card = card_out(city)
        with pytest.raises(Refused) as refused:
            perform(make.issue_step(card), by=city.here.clerk, at=NOON, key=make.key())
        assert codes(refused) == {"CARD_AWAY"}

    def test_the_same_request_again_is_one(self, city: City) -> None:
        (card,) = make.received_cards(city, city.here)
        go(city, card, key="once")
        assert go(city, card, key="once").repeated

    @pytest.mark.article(20)
    def test_lost_on_the_way_it_is_missed_like_any_other(self, city: City) -> None:
        card = card_out(city)
        step = Step(
            act=act("stock.miss"), facts=StockMissed(words="途中遗失"), subject_ids=[card.pk]
        )
        here = city.here
        perform(step, by=here.keeper, second=here.reviewer, at=NOON, key=make.key())
        assert place(card) == Place.MISSING and nothing_is_broken()


@pytest.mark.django_db
class TestIssueHome:
    @pytest.mark.article(8, 4)
    def test_issues_the_card_with_both_signatures(self, city: City) -> None:
        card = card_out(city)
        give(city, card)
        card.refresh_from_db()
        assert card.stage == "issued" and place(card) == Place.HOLDER
        event = Event.objects.get(act="card.issue_home")
        assert event.second_id == city.here.other_clerk.user_id
        assert Message.objects.filter(kind="province.issued", subject_id=card.pk).exists()
        assert nothing_is_broken()

    @pytest.mark.parametrize(
        ("change", "code"),
        [
            ({"papers": SHOWN[1:]}, "PAPER_MISSING"),
            ({"told": ()}, "NOTICE_NOT_GIVEN"),
            ({"original_seen": False}, "ID_NOT_SEEN"),
            ({"face_matches": False}, "FACE_NOT_CHECKED"),
            ({"reads": False}, "CARD_UNREADABLE"),
            ({"scanned": "T99999999"}, "WRONG_CARD_SCANNED"),
            ({"handed_on": date(2026, 11, 18)}, "HANDED_ON_OUT_OF_TIME"),
            ({"handed_on": date(2026, 11, 21)}, "HANDED_ON_OUT_OF_TIME"),
        ],
        ids=[
            "no_original", "not_told", "id_unseen", "face", "unreadable", "other_card", "before",
            "tomorrow",
        ],
    )  # fmt: skip
    def test_refuses_one_thing_wrong(
        self, city: City, change: dict[str, object], code: str
    ) -> None:
        card = card_out(city)
        with pytest.raises(Refused) as refused:
            give(city, card, **change)  # type: ignore[arg-type]
        assert codes(refused) == {code}
        card.refresh_from_db()
        assert card.stage == "in_custody" and place(card) == Place.VISIT

    @pytest.mark.article(20)
    def test_is_registered_by_those_who_carried_it(self, city: City) -> None:
        card = card_out(city)
        with pytest.raises(Refused) as refused:
            give(city, card, by=make.worker("窗口丙", Role.WINDOW_CLERK, city.here.window),
                 second=city.here.reviewer)  # fmt: skip
        assert codes(refused) == {"VISITED_BY_OTHERS"}
        assert "窗口甲、窗口乙" in refused.value.refusals[0].sentence
        give(city, card, by=city.here.other_clerk, second=city.here.reviewer)

    @pytest.mark.article(11)
    def test_who_is_16_says_that_he_lives_on_his_work(self, city: City) -> None:
        card = card_out(city, born_on=date(2010, 3, 1))
        with pytest.raises(Refused) as refused:
            give(city, card)
        assert codes(refused) == {"CHILD_NOT_VISITED"}
        assert "查验后勾选" in refused.value.refusals[0].way_out
        give(city, card, self_supporting=True)

    @pytest.mark.article(17)
    def test_who_died_after_the_visit_had_his_card(self, city: City) -> None:
        before, after = card_out(city), card_out(city)
        for card, died_on in ((before, TODAY - timedelta(days=1)), (after, TODAY)):
            card.person.died_on = died_on
            card.person.save()
        with pytest.raises(Refused) as refused:
            give(city, before)
        assert codes(refused) == {"HOLDER_DEAD"}
        give(city, after, handed_on=TODAY - timedelta(days=1))

    def test_refuses_what_was_never_taken_out(self, city: City) -> None:
        (card,) = make.received_cards(city, city.here)
        with pytest.raises(Refused) as refused:
            give(city, card)
        assert codes(refused) == {"PLACE_DOES_NOT_FIT"}

    def test_refuses_the_neighbour_and_other_roles(self, city: City) -> None:
        card = card_out(city)
        for by, second, code in (
            (city.neighbour.clerk, city.neighbour.keeper, "OUT_OF_REACH"),
            (city.here.reviewer, city.here.clerk, "ROLE_MAY_NOT"),
        ):
            with pytest.raises(Refused) as refused:
                give(city, card, by=by, second=second)
            assert code in codes(refused)

    def test_the_same_request_again_is_one(self, city: City) -> None:
        card = card_out(city)
        give(city, card, key="once")
        assert give(city, card, key="once").repeated

    def test_a_mistaken_entry_is_taken_back_like_one_of_the_window(self, city: City) -> None:
        card = card_out(city)
        give(city, card)
        last = last_hand_over(card.pk)
        assert last is not None
        undo_issue(
            card_id=card.pk, event_id=last.event, words="登错了人", by=city.here.clerk,
            second=city.here.reviewer, at=NOON, key=make.key(),
        )  # fmt: skip
        card.refresh_from_db()
        assert card.stage == "in_custody" and place(card) == Place.DRAWER

    @pytest.mark.article(8, 4)
    def test_stands_in_the_register_as_handed_over_at_home(self, city: City) -> None:
        give(city, card_out(city))
        (row,) = pick_ups(
            office_path=city.here.county.path, start=NOON - timedelta(days=3),
            end=NOON + timedelta(days=1), masked=True,
        )  # fmt: skip
        assert (row.way, row.remarks, row.second) == ("上门", "2026-11-20 上门交卡", "窗口乙")


@pytest.mark.django_db
class TestBringBack:
    @pytest.mark.article(20)
    def test_puts_the_card_into_the_drawer(self, city: City) -> None:
        card = card_out(city)
        back(city, card)
        card.refresh_from_db()
        assert card.stage == "in_custody" and place(card) == Place.DRAWER
        assert nothing_is_broken()

    def test_taken_out_again_the_new_round_counts(self, city: City) -> None:
        card = card_out(city)
        back(city, card)
        go(city, card, second=city.here.keeper, at=NOON)
        (row,) = on_visits(by=city.here.clerk, today=TODAY)
        assert (row.companion, row.out_on) == ("卡管员", TODAY)

    def test_says_why(self, city: City) -> None:
        card = card_out(city)
        outcome = back(city, card, words=" ")
        assert [one.code for one in outcome.refused.values()] == ["REASON_MISSING"]
        assert place(card) == Place.VISIT

    def test_leaves_out_what_was_handed_over_meanwhile(self, city: City) -> None:
        given, left = card_out(city), card_out(city)
        give(city, given)
        outcome = back(city, given, left)
        assert outcome.done == (left.pk,)
        assert {id_: one.code for id_, one in outcome.refused.items()} == {
            given.pk: "ALREADY_ISSUED"
        }

    def test_is_not_the_neighbours(self, city: City) -> None:
        card = card_out(city)
        outcome = back(city, card, by=city.neighbour.clerk)
        assert [one.code for one in outcome.refused.values()] == ["OUT_OF_REACH"]


@pytest.mark.races
def test_handed_over_and_brought_back_at_the_same_moment(fresh_database: str) -> None:
    city = make.city()
    card = card_out(city)

    def bring() -> Outcome:
        outcome = back(city, card, by=city.here.other_clerk)
        if outcome.refused:
            raise Refused(list(outcome.refused.values()))
        return outcome

    answers = together(partial(give, city, card), bring)
    assert "done" in in_words(answers, done=lambda _: "done")
    assert sum(isinstance(answer, Refused) for answer in answers) == 1
    assert nothing_is_broken()


@pytest.mark.django_db
class TestPages:
    def out(self, city: City, *cards: Card, **change: str) -> None:
        page = self.send_out(city, *cards, **change)
        assert f"{len(cards)} 张卡已登记带出" in page

    def send_out(self, city: City, *cards: Card, **change: str) -> str:
        given = {
            "key": make.key(), "numbers": "\n".join(card.number for card in cards),
            "reason": "health", "planned_on": str(timezone.localdate()), "words": "",
            "second_name": username(city.here.other_clerk), "second_password": PASSWORD,
        }  # fmt: skip
        client = signed_in(city.here.clerk)
        return client.post("/visiting/take-out/", given | change, follow=True).content.decode()

    def hand_over(self, city: City, card: Card, **change: str) -> str:
        given = {
            "key": make.key(), "handed_on": str(timezone.localdate()), "scanned": card.number,
            "original_seen": "1", "face_person": "1", "face_card": "1", "reads": "1",
            "signing": "paper", "paper_id_card_copy_id_card_image": "id_card_copy",
            "told_pick_up": "1", "second_name": username(city.here.other_clerk),
            "second_password": PASSWORD,
        }  # fmt: skip
        client = signed_in(city.here.clerk)
        answer = client.post(f"/visiting/{card.pk}/hand-over/", given | change, follow=True)
        return answer.content.decode()

    def test_a_round_goes_out_and_is_handed_over(self, city: City) -> None:
        one, other = make.received_cards(city, city.here, count=2)
        self.out(city, one, other)
        listed = signed_in(city.here.clerk).get("/visiting/").content.decode()
        assert one.number in listed and "窗口甲、窗口乙" in listed
        assert "没有确认人、证、卡面一致" in self.hand_over(city, one, face_card="")
        assert "已上门发放给本人" in self.hand_over(city, one)
        one.refresh_from_db()
        assert one.stage == "issued" and place(other) == Place.VISIT

    @pytest.mark.article(11)
    def test_who_was_17_at_the_visit_is_asked_for_his_work(self, city: City) -> None:
        today = timezone.localdate()
        eighteen_today = months_away(today, -18 * 12)
        (card,) = make.received_cards(
            city, city.here, people=[make.person(born_on=eighteen_today)]
        )
        yesterday = today - timedelta(days=1)
        go(city, card, at=timezone.now() - timedelta(days=1), planned_on=yesterday)
        assert "不上门发放给本人" in self.hand_over(city, card, handed_on=str(yesterday))
        key, given = make.key(), {"handed_on": str(yesterday), "self_supporting": "1"}
        for _ in range(2):
            assert "已上门发放给本人" in self.hand_over(city, card, key=key, **given)
        assert Event.objects.filter(act="card.issue_home").count() == 1

    def test_names_every_line_that_is_no_card_of_the_county(self, city: City) -> None:
        (card,) = make.received_cards(city, city.here)
        (foreign,) = make.received_cards(city, city.neighbour)
        page = self.send_out(city, numbers=f"{card.number}\nX1\n{card.number}")
        assert "第 2 行“X1”" in page and f"第 3 行“{card.number}”重复" in page
        page = self.send_out(city, numbers=f"{card.number}\n{foreign.number}\nZZZZZZZZ9")
        assert f"第 2 张“{foreign.number}”：本县区没有这张卡" in page and "第 3 张" in page
        assert place(card) == Place.STORE

    def test_names_the_card_that_holds_back_the_round(self, city: City) -> None:
        people = [make.person(), make.person(born_on=date(2018, 3, 1))]
        card, childs = make.received_cards(city, city.here, people=people)
        page = self.send_out(city, card, childs)
        assert f"{childs.number}</span>" in page and "不上门发放给本人" in page
        assert f'<span class="cb-code">{card.number}</span>　' not in page

    def test_a_wrong_password_of_the_companion_changes_nothing(self, city: City) -> None:
        (card,) = make.received_cards(city, city.here)
        page = self.send_out(city, card, second_password="不对")
        assert "登记没有变动" in page and place(card) == Place.STORE

    def test_from_the_card_its_number_is_there_already(self, city: City) -> None:
        (card,) = make.received_cards(city, city.here)
        page = signed_in(city.here.clerk).get(f"/visiting/{card.pk}/take-out/").content.decode()
        assert f">\n{card.number}</textarea>" in page

    def test_a_card_comes_back(self, city: City) -> None:
        (card,) = make.received_cards(city, city.here)
        self.out(city, card)
        client = signed_in(city.here.clerk)
        given = {"key": make.key(), "words": "已外出"}
        page = client.post(f"/visiting/{card.pk}/back/", given, follow=True)
        assert "已带回，放入窗口抽屉" in page.content.decode() and place(card) == Place.DRAWER

    def test_several_come_back_each_with_its_result(self, city: City) -> None:
        one, other, left = make.received_cards(city, city.here, count=3)
        self.out(city, one, other, left)
        client = signed_in(city.here.clerk)
        given = {"key": make.key(), "card": [one.pk, other.pk]}
        assert client.post("/visiting/", given).status_code == 422
        page = client.post("/visiting/", given | {"words": "家中无人"})
        assert dict(page.context["results"]) == dict.fromkeys(
            (one.number, other.number), "已带回，放入窗口抽屉。"
        )
        assert place(left) == Place.VISIT

    def test_what_is_late_is_marked_found_and_waits_on_the_home_page(self, city: City) -> None:
        late, fresh = make.received_cards(city, city.here, count=2)
        go(city, late, at=timezone.now() - timedelta(days=2), planned_on=timezone.localdate())
        self.out(city, fresh)
        client = signed_in(city.here.clerk)
        found = client.get("/visiting/", {"only": "late"}).context["page"].object_list
        assert [row.number for row in found] == [late.number]
        assert late_count(by=city.here.clerk, today=timezone.localdate()) == 1
        home = client.get("/").content.decode()
        assert "张卡上门带出，逾期未登记结果" in home and "上门途中" in home

    def test_finds_sorts_exports(self, city: City) -> None:
        one, other = make.received_cards(city, city.here, count=2)
        self.out(city, one)
        self.out(city, other)
        client = signed_in(city.here.clerk)
        found = client.get("/visiting/", {"q": other.number}).context["page"].object_list
        assert [row.number for row in found] == [other.number]
        newest = client.get("/visiting/", {"sort": "newest"}).context["page"].object_list
        assert [row.number for row in newest] == [other.number, one.number]
        assert len(client.get("/visiting/", {"q": "窗口乙"}).context["page"].object_list) == 2
        assert client.get("/visiting/export/").content.startswith(b"PK")

    def test_reach_and_roles(self, city: City) -> None:
        (card,) = make.received_cards(city, city.here)
        self.out(city, card)
        neighbour = signed_in(city.neighbour.clerk)
        assert not neighbour.get("/visiting/").context["page"].object_list
        for address in ("take-out", "hand-over", "back"):
            assert neighbour.get(f"/visiting/{card.pk}/{address}/").status_code == 404
        manager = make.worker("负责人", Role.COUNTY_MANAGER, city.here.county)
        page = signed_in(manager).get("/visiting/")
        assert page.status_code == 200 and page.context["form"] is None
        assert signed_in(city.here.keeper).get("/visiting/").status_code == 403

    def test_asks_as_much_for_one_as_for_many(
        self, city: City, django_assert_max_num_queries: DjangoAssertNumQueries
    ) -> None:
        self.out(city, *make.received_cards(city, city.here, count=3))
        client = signed_in(city.here.clerk)
        with django_assert_max_num_queries(9):
            client.get("/visiting/")
