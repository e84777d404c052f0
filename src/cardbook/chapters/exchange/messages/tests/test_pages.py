"""The page of what others are owed: who sees it, who may settle it, and who comes too late."""

import io
import uuid
from collections.abc import Sequence

import pytest
from django.urls import reverse
from openpyxl import load_workbook
from pytest_django import DjangoAssertNumQueries

from cardbook.cards.models import Card
from cardbook.cards.states import Subject
from cardbook.law.roles import Role
from cardbook.outbox.leasing import note_interface
from cardbook.outbox.models import Line, Message
from cardbook.outbox.owing import owe
from cardbook.outbox.states import State
from cardbook.ports.messages import MessageKind, Party
from cardbook.testing import factories as make
from cardbook.testing.clients import signed_in
from cardbook.testing.factories import NOON, City

pytestmark = [pytest.mark.django_db, pytest.mark.article(14), pytest.mark.article(28)]
URL = "/messages/"
LOSS = (MessageKind.PROVINCE_ORAL_LOSS, MessageKind.BANK_LOSS_NOTICE)


@pytest.fixture
def card(city: City) -> Card:
    """A card whose loss the province and the bank still have to hear of."""
    (made,) = make.received_cards(city, city.here)
    owe(LOSS, subject=Subject.CARD, ids=[made.pk])
    return made


def with_interface(city: City) -> None:
    note_interface(
        party=Party.PROVINCE, recipient_id=city.here.county.pk,
        carries=[MessageKind.PROVINCE_ORAL_LOSS],
    )  # fmt: skip


def of(kind: MessageKind) -> Message:
    return Message.objects.get(kind=kind)


def ids(*kinds: MessageKind) -> Sequence[int]:
    return [of(kind).pk for kind in kinds]


class TestTheList:
    def test_says_what_whom_and_since_when(self, city: City, card: Card) -> None:
        page = signed_in(city.here.keeper).get(URL).content.decode()
        assert "临时挂失" in page and "社保功能已挂失" in page and card.number in page
        assert "第二十八条" in page and page.count("待人工登记") == 2

    def test_says_that_the_e_card_follows_and_is_not_in_the_message(
        self, city: City, card: Card
    ) -> None:
        words = "只报卡的社保功能；电子社保卡由省系统随卡停用"
        client = signed_in(city.here.keeper)
        assert client.get(URL).content.decode().count(words) == 1
        told = {one["title"]: one["electronic"] for one in
                client.get("/api/v1/messages").json()["items"]}  # fmt: skip
        assert told == {"临时挂失": words, "社保功能已挂失": ""}

    def test_says_that_an_interface_will_carry_it(self, city: City, card: Card) -> None:
        with_interface(city)
        page = signed_in(city.here.keeper).get(URL).content.decode()
        assert page.count("待人工登记") == 1

    def test_says_since_when_nobody_answers(self, city: City, card: Card) -> None:
        Line.objects.create(
            party="province", recipient=city.here.county, silent_since=NOON, failures=7
        )
        page = signed_in(city.here.keeper).get(URL).content.decode()
        assert "11-20 12:00 起没有应答，已试 7 次" in page

    def test_says_what_must_be_settled_before_it_can_leave(self, city: City, card: Card) -> None:
        stop, release = MessageKind.PROVINCE_ORAL_LOSS, MessageKind.PROVINCE_RELEASE_LOSS
        note_interface(
            party=Party.PROVINCE, recipient_id=city.here.county.pk, carries=[stop, release]
        )
        client, waits = signed_in(city.here.keeper), "等前面的“临时挂失”先办结"
        owe((release,), subject=Subject.CARD, ids=[card.pk])
        assert waits not in client.get(URL).content.decode()
        Message.objects.filter(kind=stop).update(state=State.REFUSED)
        page = client.get(URL).content.decode()
        assert page.count(waits) == 1
        assert page.count("查明原因后勾选“再送一次”") == 1
        # Another stop leaves all the same (Art. 28).
        owe((stop,), subject=Subject.CARD, ids=[card.pk])
        assert client.get(URL).content.decode().count(waits) == 1

    @pytest.mark.article(25)
    def test_says_what_to_do_about_a_row_a_bank_left_out(self, city: City, card: Card) -> None:
        Message.objects.filter(kind=MessageKind.BANK_LOSS_NOTICE).update(state=State.SENT)
        page = signed_in(city.here.keeper).get(URL, {"view": "sent"}).content.decode()
        assert "已送出，等回执" in page and "请银行把缺的补回来" in page

    def test_finds_a_card_a_kind_and_a_party(self, city: City, card: Card) -> None:
        client = signed_in(city.here.keeper)
        assert client.get(URL, {"q": card.number}).context["found"].paginator.count == 2
        assert client.get(URL, {"party": "bank"}).context["found"].paginator.count == 1
        assert client.get(URL, {"kind": "sms.stranded"}).context["found"].paginator.count == 0
        assert client.get(URL, {"view": "stuck"}).context["found"].paginator.count == 0

    def test_is_read_page_by_page_and_says_once_what_all_leave_out(
        self, city: City, card: Card
    ) -> None:
        others = make.received_cards(city, city.here, count=12)
        owe(LOSS, subject=Subject.CARD, ids=[one.pk for one in others])
        client = signed_in(city.here.keeper)
        first, second = client.get(URL), client.get(URL, {"page": "2"})
        assert (len(first.context["rows"]), len(second.context["rows"])) == (20, 6)
        page = first.content.decode()
        assert "26 条，第 1 页" in page and page.count("电子社保卡由省系统随卡停用") == 1

    def test_asks_the_same_number_of_queries_for_any_number(
        self, city: City, card: Card, django_assert_num_queries: DjangoAssertNumQueries
    ) -> None:
        client = signed_in(city.here.keeper)
        client.get(URL)
        others = make.received_cards(city, city.here, count=20)
        owe(LOSS, subject=Subject.CARD, ids=[one.pk for one in others])
        with django_assert_num_queries(13):
            client.get(URL)

    def test_is_a_workbook_without_people(self, city: City, card: Card) -> None:
        answer = signed_in(city.here.keeper).get(reverse("message.export"))
        book = load_workbook(io.BytesIO(answer.content))
        rows = list(book.active.values)
        assert len(rows) == 3 and card.number in rows[1]
        assert "王小明" not in str(rows)


class TestWhoSeesIt:
    def test_the_neighbour_county_sees_nothing(self, city: City, card: Card) -> None:
        page = signed_in(city.neighbour.keeper).get(URL)
        assert page.context["found"].paginator.count == 0

    def test_a_window_does_not_open_it(self, city: City, card: Card) -> None:
        assert signed_in(city.here.clerk).get(URL).status_code == 403

    def test_an_auditor_sees_and_changes_nothing(self, city: City, card: Card) -> None:
        client = signed_in(city.here.auditor)
        assert client.get(URL).context["found"].paginator.count == 2
        client.post(URL, {"message": ids(LOSS[0]), "settle": "1", "reference": "X"})
        assert of(LOSS[0]).state == "owed"

    def test_the_city_sees_every_county(self, city: City, card: Card) -> None:
        manager = make.worker("市局", Role.CITY_MANAGER, city.city)
        assert signed_in(manager).get(URL).context["found"].paginator.count == 2


class TestSettlingByHand:
    def settle(self, city: City, *kinds: MessageKind, reference: str = "SX-9") -> int:
        client = signed_in(city.here.keeper)
        given = {
            "message": ids(*kinds),
            "settle": "1",
            "reference": reference,
            "words": "电话办理",
        }
        return client.post(URL, given).status_code

    def test_keeps_number_words_and_who(self, city: City, card: Card) -> None:
        assert self.settle(city, *LOSS) == 200
        for kind in LOSS:
            message = of(kind)
            assert (message.state, message.external_reference) == ("by_hand", "SX-9")
            assert message.settled_by_id == city.here.keeper.user_id
            assert message.settled_words == "电话办理"

    def test_asks_for_the_number(self, city: City, card: Card) -> None:
        assert self.settle(city, LOSS[0], reference="") == 422
        assert of(LOSS[0]).state == "owed"

    def test_settles_its_own_and_tells_why_not_another_countys(
        self, city: City, card: Card
    ) -> None:
        (other,) = make.received_cards(city, city.neighbour)
        owe(LOSS[:1], subject=Subject.CARD, ids=[other.pk])
        both = list(Message.objects.filter(kind=LOSS[0]).values_list("pk", flat=True))
        given = {"message": both, "settle": "1", "reference": "X"}
        answer = signed_in(city.here.keeper).post(URL, given)
        theirs = Message.objects.get(kind=LOSS[0], card_id=other.pk)
        assert (theirs.state, of_card(card).state) == ("owed", "by_hand")
        told = dict(answer.context["results"])
        assert told[f"第 {theirs.pk} 号消息"].startswith("没有改动：不在本机构范围内")
        assert [words for name, words in told.items() if card.number in name] == [
            "已按对方流水号 X 办结。"
        ]

    def test_comes_too_late_when_it_is_settled(self, city: City, card: Card) -> None:
        self.settle(city, LOSS[0])
        answer = signed_in(city.here.keeper).post(
            URL, {"message": ids(LOSS[0]), "settle": "1", "reference": "OTHER"}, follow=True
        )
        ((_, words),) = answer.context["results"]
        assert words == "没有改动：已手工办结，不用再办。"
        assert of(LOSS[0]).external_reference == "SX-9"

    def test_without_a_tick_says_so(self, city: City, card: Card) -> None:
        answer = signed_in(city.here.keeper).post(URL, {"send": "1"}, follow=True)
        assert "请先勾选" in answer.content.decode()


def of_card(card: Card) -> Message:
    return Message.objects.get(kind=LOSS[0], card_id=card.pk)


class TestSendingAgain:
    def test_lets_a_refused_one_leave_at_once_with_its_line(self, city: City, card: Card) -> None:
        with_interface(city)
        Line.objects.update(next_at=NOON.replace(year=2030))
        Message.objects.filter(kind=LOSS[0]).update(
            state="refused", attempts=3, answer_words="此人无卡", next_at=NOON.replace(year=2030)
        )
        signed_in(city.here.keeper).post(URL, {"message": ids(LOSS[0]), "send": "1"})
        message = of(LOSS[0])
        assert (message.state, message.attempts, message.answer_words) == ("owed", 0, "")
        now = Line.objects.get().next_at
        assert now is not None and now.year < 2030 and message.next_at.year < 2030

    def test_leaves_a_settled_one_alone(self, city: City, card: Card) -> None:
        Message.objects.filter(kind=LOSS[0]).update(state="done")
        answer = signed_in(city.here.keeper).post(URL, {"message": ids(LOSS[0]), "send": "1"})
        assert of(LOSS[0]).state == "done"
        ((_, words),) = answer.context["results"]
        assert words == "没有改动：对方已办，不用再办。"

    def test_one_that_is_just_leaving_is_left_alone(self, city: City, card: Card) -> None:
        Message.objects.filter(kind=LOSS[0]).update(
            state="leased", lease=uuid.uuid4(), leased_until=NOON
        )
        given = {"message": ids(LOSS[0]), "settle": "1", "reference": "X"}
        ((_, words),) = signed_in(city.here.keeper).post(URL, given).context["results"]
        assert words.startswith("没有改动：正在送出") and of(LOSS[0]).state == "leased"
