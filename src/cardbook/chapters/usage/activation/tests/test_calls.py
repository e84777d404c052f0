"""Holders whose card is not in full use are called, with a gateway or without (Art. 22)."""

import re
from datetime import timedelta
from html import unescape

import pytest
from django.urls import reverse
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from cardbook.cards.models import Card
from cardbook.chapters.usage.activation import calls
from cardbook.chapters.usage.activation.calls import ToCall, to_call
from cardbook.chapters.usage.loss.tests.lost import PHONE, holder_with_phone
from cardbook.chapters.usage.models import ActivationCall
from cardbook.chapters.usage.tests.sending import send
from cardbook.people.holders import holder_of
from cardbook.registers.models import IssuedDocument
from cardbook.testing import factories as make
from cardbook.testing.clients import signed_in
from cardbook.testing.factories import NOON, City
from cardbook.testing.parameters import ruled
from cardbook.testing.workbooks import cells_of

pytestmark = [pytest.mark.django_db, pytest.mark.article(22)]


@pytest.fixture(autouse=True)
def soon(monkeypatch: pytest.MonkeyPatch) -> None:
    """The cards of these tests were handed over some days ago: the city reminds after one."""
    monkeypatch.setattr(calls, "reminder_days", lambda at: 1)


def taken_home(city: City, *, unit: str = "") -> Card:
    """A card its holder took home and forgot."""
    return make.issued_card(city, city.here, holder=holder_with_phone(), unit=unit)


def listed(city: City, **more: object) -> list[ToCall]:
    return to_call(by=city.here.clerk, at=timezone.now(), **more)  # type: ignore[arg-type]


def test_our_half_is_asked_for_first_and_then_the_banks(city: City) -> None:
    card = taken_home(city)
    (row,) = listed(city)
    assert (row.kind, row.number, row.phone) == ("social", card.number, PHONE)
    send("social.activate", card, by=city.here.clerk, asked_by="holder")
    (row,) = listed(city)
    assert row.kind == "bank" and listed(city, kind="social") == []
    done = {"bank": "active", "source": "示范银行", "as_of": "2026-11-21T10:00"}
    assert send("bank.report", card, by=city.here.clerk, **done).status_code == 302
    assert listed(city) == []


def test_nobody_is_called_before_the_days_are_over(city: City) -> None:
    taken_home(city)
    assert to_call(by=city.here.clerk, at=NOON + timedelta(hours=23)) == []
    assert len(to_call(by=city.here.clerk, at=NOON + timedelta(hours=25))) == 1


def test_what_came_of_it_is_written_down_and_no_answer_is_called_again(city: City) -> None:
    card, client = taken_home(city), signed_in(city.here.clerk)
    for result, left in (("no_answer", 1), ("told", 0)):
        client.post(reverse("activation.calls"), {"card": [card.pk], "result": result})
        assert len(listed(city)) == left
    (row,) = listed(city, state="called")
    assert (row.result, row.called_by) == ("已告知", city.here.clerk.name)
    assert ActivationCall.objects.count() == 2
    client.post(reverse("activation.calls"), {"card": [card.pk]})
    assert ActivationCall.objects.count() == 2


def test_is_the_countys_own_and_its_callers(city: City) -> None:
    card = taken_home(city)
    sent = {"card": [card.pk], "result": "told"}
    signed_in(city.neighbour.clerk).post(reverse("activation.calls"), sent)
    assert not ActivationCall.objects.exists()
    reader = signed_in(city.here.reviewer)
    assert reader.get(reverse("activation.calls")).status_code == 200
    assert reader.post(reverse("activation.calls"), sent).status_code == 403
    asked = {"key": make.key()}
    assert reader.post(reverse("register.activation_calls"), asked).status_code == 403


def test_only_the_issued_call_sheet_has_the_number(city: City) -> None:
    taken_home(city)
    client, sheet = signed_in(city.here.clerk), reverse("register.activation_calls")
    page = client.get(reverse("activation.calls")).content.decode()
    link = re.search(rf'href="{sheet}\?([^"]*)"', page)
    assert link is not None
    found = f"{sheet}?{unescape(link[1])}"
    for address in (reverse("activation.calls"), found):
        assert PHONE not in client.get(address).content.decode()
    assert PHONE not in "".join(cells_of(client.get(f"{found}&format=xlsx").content))
    client.post(found, {"key": make.key()})
    made = IssuedDocument.objects.get()
    assert (made.form, made.rows) == ("activation_calls", 1)
    whole = client.get(reverse("document.xlsx", args=[made.pk])).content
    assert PHONE in "".join(cells_of(whole))


def test_the_ticked_are_taken_along_masked_in_any_order(city: City) -> None:
    first, last = taken_home(city), taken_home(city, unit="城关镇东街小学")
    client = signed_in(city.here.reviewer)
    for sort in calls.SORTS:
        assert {row.number for row in listed(city, sort=sort)} == {first.number, last.number}
    # By village or unit one searches: no index orders the cards of a county by them.
    assert [row.number for row in listed(city, text="东街小学")] == [last.number]
    cells = cells_of(client.post(reverse("activation.calls_export"), {"card": last.pk}).content)
    assert last.number in cells and first.number not in cells
    assert PHONE not in cells and holder_of(last.person).number not in cells


@pytest.mark.article(32)
def test_a_long_call_sheet_says_what_for(city: City) -> None:
    taken_home(city)
    client, sheet = signed_in(city.here.clerk), reverse("register.activation_calls")
    with ruled("export_warn_rows", 0):
        assert client.post(sheet, {"key": make.key()}).status_code == 422
        client.post(sheet, {"key": make.key(), "purpose": "逐户电话提醒"})
    assert IssuedDocument.objects.get().purpose == "逐户电话提醒"


def test_whom_the_list_has_no_room_for_is_found_all_the_same(
    city: City, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, last = taken_home(city), taken_home(city, unit="城关镇东街小学")
    monkeypatch.setattr(calls, "MOST", 1)
    assert [row.number for row in listed(city)] == [first.number]
    name, number = holder_of(last.person).name, holder_of(last.person).number
    for text in (last.number, number, number[-4:], "东街"):
        assert [row.number for row in listed(city, text=text)] == [last.number], text
    assert [row.name for row in listed(city, text=name)] == [name]
    assert listed(city, text="没有这个人") == []


def test_is_one_question_however_long(
    city: City, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for _ in range(4):
        taken_home(city)
    with django_assert_num_queries(1):
        assert len(listed(city)) == 4
