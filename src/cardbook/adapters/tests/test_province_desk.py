"""What the province answers at once: the web service against the sandbox, the fake alike."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date

import pytest

from cardbook.adapters.province_web import ProvinceWeb
from cardbook.adapters.sandbox.faults import Fault
from cardbook.adapters.sandbox.province import Province
from cardbook.adapters.tests.letters import NUMBER, letter
from cardbook.ports.messages import MessageKind, Unreachable
from cardbook.ports.province import (
    ProvinceApplication,
    ProvinceCard,
    ProvinceDesk,
    ProvincePerson,
    Span,
)
from cardbook.ports.standings import Standing
from cardbook.ports.tests.desk import DeskInMemory

pytestmark = pytest.mark.article(25)
NAME, PHOTO = "王小明", b"\xff\xd8\xff\xe0jpeg"
SPAN = Span(since=date(2026, 10, 1), until=date(2026, 11, 30), office="611002")


@dataclass
class Side:
    """A desk, and how to fall silent."""

    desk: ProvinceDesk
    fall_silent: Callable[[], None]


@pytest.fixture(params=["memory", "web"])
def side(request: pytest.FixtureRequest) -> Iterator[Side]:
    if request.param == "memory":
        memory = DeskInMemory(
            cards={NUMBER: [ProvinceCard(number="B00000001", standing=Standing.NORMAL)]},
            applications={NUMBER: [ProvinceApplication(replacement=True)]},
            people={NUMBER: ProvincePerson(name=NAME, sex="1", nation="01")},
            photos={NUMBER: PHOTO},
        )
        yield Side(memory, lambda: setattr(memory, "silent", True))
        return
    province = Province(licence="L")
    province.register(NUMBER, NAME, photo=PHOTO, xb="1", mz="01")
    with province.server() as server:
        web = ProvinceWeb(url=server.url, licence="L", timeout_seconds=0.4)
        list(web.tell([letter(MessageKind.PROVINCE_ACTIVATE)]))
        list(web.tell([letter(MessageKind.PROVINCE_PRODUCTION, facts={"reason": "lost"})]))
        yield Side(web, lambda: province.faults.ask(Fault.DOWN))


class TestEveryDesk:
    def test_knows_the_cards_of_a_person_in_our_words(self, side: Side) -> None:
        (card,) = side.desk.cards_of(name=NAME, number=NUMBER)
        assert (card.number, card.standing, card.lives) == ("B00000001", Standing.NORMAL, True)
        assert not side.desk.cards_of(name="李小红", number="999999199001010016")

    def test_knows_what_is_in_hand_and_for_whom(self, side: Side) -> None:
        (one,) = side.desk.applications_of(number=NUMBER, span=SPAN)
        assert one.replacement
        assert not side.desk.applications_of(number="999999199001010016", span=SPAN)

    def test_knows_a_person_under_his_name_alone(self, side: Side) -> None:
        person = side.desk.person_of(name=NAME, number=NUMBER)
        assert person is not None and (person.sex, person.nation) == ("1", "01")
        assert side.desk.person_of(name="李小红", number=NUMBER) is None
        assert side.desk.person_of(name=NAME, number="999999199001010016") is None

    def test_has_a_photo_or_none(self, side: Side) -> None:
        assert side.desk.photo_of(name=NAME, number=NUMBER) == PHOTO
        assert side.desk.photo_of(name="李小红", number=NUMBER) is None

    @pytest.mark.parametrize("question", ["cards_of", "person_of", "photo_of"])
    def test_says_so_when_nobody_answers(self, side: Side, question: str) -> None:
        side.fall_silent()
        with pytest.raises(Unreachable):
            getattr(side.desk, question)(name=NAME, number=NUMBER)


def test_a_question_is_never_so_already() -> None:
    """Or who has a card elsewhere would have none, and be given a second one (Art. 4)."""
    province = Province(licence="L")
    with province.server() as server:
        web = ProvinceWeb(url=server.url, licence="L", timeout_seconds=0.4)
        list(web.tell([letter(MessageKind.PROVINCE_ACTIVATE)]))
        province.faults.ask(Fault.ALREADY_SO)
        with pytest.raises(Unreachable, match="没有内容"):
            web.cards_of(name=NAME, number=NUMBER)
        assert web.cards_of(name=NAME, number=NUMBER)


def test_a_dead_card_does_not_live() -> None:
    dead = (Standing.VOID, Standing.CANCELLED)
    lives = {one for one in Standing if ProvinceCard(number="B00000001", standing=one).lives}
    assert lives == set(Standing) - set(dead)
