"""Rows of the 领卡登记表 for cards others fetched: proxy, guardian, post, unit (Art. 10, 11)."""

from datetime import date, timedelta

import pytest

from cardbook.chapters.issuance.individual.commands import undo_issue
from cardbook.chapters.issuance.individual.register import slip_pdf
from cardbook.chapters.issuance.individual.tests.test_register import cell, sheet
from cardbook.chapters.issuance.posting.commands import Guardian, post_card, receive_receipt
from cardbook.chapters.issuance.proxy.tests.cases import child, comer, to_guardian, to_proxy
from cardbook.ledger.models import Event
from cardbook.lib.masking import mask_number
from cardbook.lifecycle.facts import (
    Relation,
    Signer,
)
from cardbook.lifecycle.judge import Presented
from cardbook.people.models import Mandate
from cardbook.registers.pdf import render_pdf
from cardbook.testing import factories as make
from cardbook.testing.factories import NOON, City

pytestmark = pytest.mark.django_db


@pytest.mark.article(10)
def test_a_proxy_is_named_with_number_relation_and_mandate(city: City) -> None:
    (card,) = make.received_cards(city, city.here)
    who = comer()
    to_proxy(card, by=city.here.clerk, who=who)
    filled = sheet(city.here.window)
    assert cell(filled, 0, "way") == "代领"
    assert (cell(filled, 0, "name"), cell(filled, 0, "receiver")) == ("王小明", "李代领")
    assert cell(filled, 0, "document") == f"居民身份证 {who.number}"
    assert cell(filled, 0, "relation") == "子女"
    number = f"委托书（{Mandate.objects.get().pk} 号）"
    assert number in cell(filled, 0, "papers") and "直系亲属" in cell(filled, 0, "papers")
    masked = sheet(city.here.window, masked=True)
    assert cell(masked, 0, "document") == f"居民身份证 {mask_number(who.number)}"
    assert who.number not in str(masked.rows)
    assert render_pdf(filled, number="LKDJ-1").startswith(b"%PDF")


@pytest.mark.article(11)
def test_a_guardian_is_named_and_no_copy_kept(city: City) -> None:
    (card,) = make.received_cards(city, city.here, people=[child()])
    to_guardian(
        card, by=city.here.clerk, who=comer("王奶奶"), relation=Relation.GRANDPARENT,
        words="父母已去世",
    )  # fmt: skip
    filled = sheet(city.here.window)
    assert (cell(filled, 0, "way"), cell(filled, 0, "receiver")) == ("监护人", "王奶奶")
    assert cell(filled, 0, "relation") == "祖父母（外祖父母）"
    assert "户口簿" in cell(filled, 0, "papers") and cell(filled, 0, "copy_kept") == "否"


@pytest.mark.article(7)
def test_a_posted_card_is_there_when_its_receipt_came(city: City) -> None:
    (card,) = make.received_cards(city, city.here)
    clerk, sent = city.here.clerk, NOON - timedelta(days=1)
    post_card(
        card_id=card.pk, parcel="EX1", papers=make.usual_papers("card.post"), by=clerk, at=sent,
        key=make.key(),
    )  # fmt: skip
    assert not sheet(city.here.window).rows
    receive_receipt(
        card_id=card.pk, parcel="EX1", received_on=date(2026, 11, 20), signed_by=Signer.HOLDER,
        papers=make.usual_papers("card.issue_posted"), told=("pick_up",), by=clerk, at=NOON,
        key=make.key(),
    )  # fmt: skip
    filled = sheet(city.here.window)
    assert cell(filled, 0, "way") == "邮寄" and cell(filled, 0, "receiver") == "王小明"
    assert cell(filled, 0, "papers") == "邮政签收回执（邮件 EX1）"
    assert cell(filled, 0, "face") == "—"


@pytest.mark.article(11)
def test_a_childs_posted_card_names_the_guardian_who_signed(city: City) -> None:
    child = make.person(name="王小明", born_on=date(2016, 3, 1))
    (card,) = make.received_cards(city, city.here, people=[child])
    clerk, sent = city.here.clerk, NOON - timedelta(days=1)
    post_card(
        card_id=card.pk, parcel="EX1", papers=make.usual_papers("card.post"), by=clerk, at=sent,
        key=make.key(),
    )  # fmt: skip
    mother = Guardian(name="张桂兰", number=make.citizen_number(), relation=Relation.PARENT)
    receive_receipt(
        card_id=card.pk, parcel="EX1", received_on=date(2026, 11, 20), signed_by=Signer.GUARDIAN,
        guardian=mother, told=("pick_up",), by=clerk, at=NOON, key=make.key(),
        papers=(*make.usual_papers("card.issue_posted"), Presented(kind="household_book")),
    )  # fmt: skip
    filled = sheet(city.here.window)
    assert cell(filled, 0, "receiver") == "张桂兰" and cell(filled, 0, "relation") == "父母"
    assert cell(filled, 0, "document").startswith("居民身份证")


@pytest.mark.article(7)
def test_taken_back_it_says_so_and_the_slip_is_plain_again(city: City) -> None:
    (card,) = make.received_cards(city, city.here)
    to_proxy(card, by=city.here.clerk)
    with_hand_over = slip_pdf(card=card, by=city.here.clerk, at=NOON)
    event = Event.objects.get(act="card.issue_proxy")
    undo_issue(
        card_id=card.pk, event_id=event.pk, words="登错", by=city.here.clerk,
        second=city.here.reviewer, at=NOON, key=make.key(),
    )  # fmt: skip
    assert cell(sheet(city.here.window), 0, "remarks") == "已撤销"
    assert slip_pdf(card=card, by=city.here.clerk, at=NOON) != with_hand_over
