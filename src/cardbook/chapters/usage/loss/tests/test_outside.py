"""A card of another city: asked about, its loss sent to the province, nothing else (Art. 28)."""

import io
from collections.abc import Iterator

import pytest
from django.urls import reverse
from openpyxl import load_workbook

from cardbook.cards.models import Card
from cardbook.chapters.usage import province_asking
from cardbook.chapters.usage.loss.outside import ELSEWHERE, outside_calls, outside_rows
from cardbook.chapters.usage.loss.outside_commands import OutsideCard, note_outside_call
from cardbook.chapters.usage.loss.tests.test_desk import hotline
from cardbook.chapters.usage.models import OutsideCall
from cardbook.chapters.usage.production.tests.test_to_the_province import carried, province
from cardbook.lifecycle.refusals import Refused
from cardbook.orgs.actors import Actor
from cardbook.outbox.letters import letters_of
from cardbook.outbox.models import Message
from cardbook.ports.province import ProvinceCard
from cardbook.ports.standings import Standing
from cardbook.ports.tests.desk import DeskInMemory
from cardbook.testing import factories as make
from cardbook.testing.clients import signed_in
from cardbook.testing.factories import City

pytestmark = [pytest.mark.django_db, pytest.mark.article(28)]
__all__ = ["province"]
NAME = "杜外地"


@pytest.fixture
def operator(city: City) -> Iterator[Actor]:
    yield hotline(city)


def noted(operator: Actor, *, number: str, matter: str = "lost", key: str = "") -> int:
    said = OutsideCard(
        matter=matter, number=number, name=NAME, place="西安市", hotline="029-12333"
    )
    return note_outside_call(said=said, by=operator, at=make.NOON, key=key or make.key())


class TestALoss:
    def test_is_owed_to_the_province_before_everything_else(self, operator: Actor) -> None:
        number, key = make.citizen_number(), make.key()
        first = noted(operator, number=number, key=key)
        assert noted(operator, number=number, key=key) == first
        message = Message.objects.get()
        assert (message.kind, message.state, message.urgent) == (
            "province.oral_loss", "owed", True,
        )  # fmt: skip
        (letter,) = letters_of([message.pk])
        assert (letter.about.number, letter.about.name) == (number, NAME)
        assert (letter.card_number, letter.clerk) == ("", operator.name)
        assert number not in message.payload and NAME not in message.payload
        assert not Card.objects.exists()

    def test_stops_the_card_there_and_keeps_the_answer(
        self, operator: Actor, province: object
    ) -> None:
        number = make.citizen_number()
        province.cards["E00000001"] = Standing.NORMAL  # type: ignore[attr-defined]
        province.owners["E00000001"] = number  # type: ignore[attr-defined]
        noted(operator, number=number)
        carried()
        assert province.cards["E00000001"] is Standing.ORAL_LOSS  # type: ignore[attr-defined]
        (row,) = outside_rows(outside_calls(by=operator))
        assert row.answer.startswith("临时挂失：对方已办") and "流水号 SX" in row.answer

    def test_are_found_by_number_or_place_and_exported_as_seen(self, operator: Actor) -> None:
        number = make.citizen_number()
        noted(operator, number=number)
        noted(operator, number=make.citizen_number())
        client, address = signed_in(operator), reverse("loss.outside")

        def shown(**asked: object) -> list[int]:
            return [row.id for row in client.get(address, asked).context["rows"]]

        newest, first = shown()
        assert shown(q=number) == [first] and shown(sort="old") == [first, newest]
        assert shown(q="没有的地方") == []
        sheet = client.get(address, {"export": "xlsx", "pick": first})
        rows = list(load_workbook(io.BytesIO(sheet.content)).active.values)
        assert [row[0] for row in rows[1:]] == [first] and number not in str(rows)

    def test_of_a_card_nobody_has_is_answered_in_words(
        self, operator: Actor, province: object
    ) -> None:
        noted(operator, number=make.citizen_number())
        carried()
        (row,) = outside_rows(outside_calls(by=operator))
        assert "对方不受理" in row.answer and "没有此人" in row.answer

    def test_waits_where_there_is_no_interface_and_is_on_the_list(
        self, city: City, operator: Actor
    ) -> None:
        noted(operator, number=make.citizen_number())
        (row,) = outside_rows(outside_calls(by=operator))
        assert row.answer == "临时挂失：待送"
        text = signed_in(operator).get(reverse("loss.outside")).content.decode()
        assert "临时挂失：待送" in text and NAME not in text


class TestAQuestion:
    def test_is_answered_at_once_and_owes_nothing(
        self, operator: Actor, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        number = make.citizen_number()
        desk = DeskInMemory(
            cards={number: [ProvinceCard(number="E00000001", standing=Standing.FORMAL_LOSS)]}
        )
        monkeypatch.setattr(province_asking, "desk_of", lambda county_id: desk)
        noted(operator, number=number, matter="asked")
        assert OutsideCall.objects.get().answer == (
            "省系统 2026-11-20 12:00：E00000001（正式挂失）"
        )
        desk.silent = True
        noted(operator, number=number, matter="asked")
        assert "没有答复" in OutsideCall.objects.latest("id").answer
        assert not Message.objects.exists()

    def test_without_an_interface_says_so(self, operator: Actor) -> None:
        noted(operator, number=make.citizen_number(), matter="asked")
        assert OutsideCall.objects.get().answer == "省系统没有接口，未查"


@pytest.mark.parametrize("matter", list(ELSEWHERE))
def test_everything_else_is_refused_with_where_it_is_done(
    city: City, operator: Actor, matter: str
) -> None:
    with pytest.raises(Refused) as refused:
        noted(operator, number=make.citizen_number(), matter=matter)
    (why,) = refused.value.refusals
    assert why.code == "CARD_OF_ANOTHER_CITY"
    assert ELSEWHERE[matter] in why.sentence and "发卡地" in why.way_out
    assert not OutsideCall.objects.exists() and not Message.objects.exists()


def test_a_refused_wish_leaves_the_form_as_it_was(city: City, operator: Actor) -> None:
    client = signed_in(operator)
    form = client.post("/loss/", {"q": make.citizen_number()}).context["outside_form"]
    given = {
        "key": form["key"].value(), "number": form["number"].value(), "matter": "lift",
        "name": NAME, "place": "西安市", "hotline": "029-12333",
    }  # fmt: skip
    page = client.post(reverse("loss.outside"), given)
    text = page.content.decode()
    assert page.status_code == 409 and 'data-refusal="CARD_OF_ANOTHER_CITY"' in text
    assert "西安市" in text and not OutsideCall.objects.exists()


def test_another_post_may_not(city: City) -> None:
    with pytest.raises(Refused):
        noted(city.here.auditor, number=make.citizen_number())
