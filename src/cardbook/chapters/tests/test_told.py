"""What an act records as told stood on its page, every line of it (Art. 12, 15, 22, 25 to 30)."""

import re
from collections.abc import Callable
from html import unescape
from pathlib import Path

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from cardbook.chapters.corrections.wrong_cards.tests import wrong
from cardbook.chapters.issuance.collective.tests import bundles
from cardbook.chapters.issuance.posting.tests.test_posting import posted_card
from cardbook.chapters.issuance.proxy.scanning import sealed
from cardbook.chapters.issuance.proxy.tests.cases import child, comer
from cardbook.chapters.issuance.visiting.tests.test_visiting import card_out
from cardbook.chapters.telling import RELEASE, RELEASE_OF_FORMAL
from cardbook.chapters.usage.loss.tests import lost
from cardbook.chapters.usage.replacement.tests import windows as at_the
from cardbook.chapters.usage.replacement.tests.test_collecting import made_anew
from cardbook.chapters.usage.temporary.tests.lending import stock, waiting
from cardbook.law.notices import Notice, notice
from cardbook.lifecycle.acts import ACTS, act
from cardbook.lifecycle.facts import ApplyReason
from cardbook.people.holders import holder_of
from cardbook.testing import factories as make
from cardbook.testing.clients import signed_in
from cardbook.testing.factories import City
from cardbook.testing.parameters import ruled

pytestmark = [pytest.mark.django_db, pytest.mark.article(12)]
_BLANK = re.compile(r"\{\w+\}")


@pytest.fixture(autouse=True)
def store(tmp_path: Path, settings: object) -> None:
    settings.PAPERS_ROOT = tmp_path  # type: ignore[attr-defined]


def lines_missing(text: Notice, page: str) -> list[str]:
    """Lines of a notice a page does not show; a blank must be filled with something."""
    shown = unescape(re.sub(r"<[^>]+>", "", page))
    patterns = {
        line: "[^{}]+?".join(re.escape(part) for part in _BLANK.split(line)) for line in text.lines
    }
    return [line for line, pattern in patterns.items() if not re.search(pattern, shown)]


def seen(client: Client, name: str, *args: object) -> str:
    return client.get(reverse(name, args=args)).content.decode()


def of_an_issued_card(code: str) -> Callable[[City], str]:
    """The page of an act on a card its holder has."""

    def page(city: City) -> str:
        card = make.issued_card(city, city.here)
        return seen(signed_in(city.here.clerk), code, card.pk)

    return page


def of_a_card_in_stock(code: str) -> Callable[[City], str]:
    """The page of an act on a card nobody fetched."""

    def page(city: City) -> str:
        (card,) = make.received_cards(city, city.here)
        return seen(signed_in(city.here.clerk), code, card.pk)

    return page


def after_a_loss(city: City) -> str:
    """What brings the notice of a loss: said, and ticked line by line, on a page of its own."""
    card = make.issued_card(city, city.here)
    lost.lose(card, by=lost.hotline(city), at=timezone.now())
    return seen(signed_in(city.here.clerk), "loss.tell", card.pk)


def lifted(city: City) -> str:
    card = make.issued_card(city, city.here)
    lost.lose(card, by=lost.hotline(city), at=timezone.now())
    return seen(signed_in(city.here.clerk), "loss.lift", card.pk)


def lifted_in_writing(city: City) -> str:
    card = make.issued_card(city, city.here)
    lost.write_down(card, by=city.here.clerk, at=timezone.now())
    return seen(signed_in(city.here.clerk), "loss.lift_formal", card.pk)


def desk(city: City) -> str:
    (card,) = make.received_cards(city, city.here)
    number = holder_of(card.person).number
    return signed_in(city.here.clerk).post("/desk/", {"q": number}).content.decode()


def comes_for(code: str) -> Callable[[City], str]:
    def page(city: City) -> str:
        person = child() if code.endswith("guardian") else make.person()
        (card,) = make.received_cards(city, city.here, people=[person])
        given = {"card": card.pk, "agent": sealed(comer())}
        return signed_in(city.here.clerk).post(reverse(code), given).content.decode()

    return page


def sheet(city: City) -> str:
    out = bundles.out(city)
    return seen(signed_in(city.here.clerk), "bundle.show", out.bundle.pk)


def posted(city: City) -> str:
    return seen(signed_in(city.here.clerk), "card.issue_posted", posted_card(city).pk)


def at_home(city: City) -> str:
    return seen(signed_in(city.here.clerk), "card.issue_home", card_out(city).pk)


def explained(city: City) -> str:
    card = make.issued_card(city, city.here)
    row = wrong.recorded(card, city.here, telling=None)
    return seen(signed_in(city.here.clerk), "error.explain", row.pk)


def replaced(city: City) -> str:
    number = holder_of(make.issued_card(city, city.here).person).number
    client = signed_in(city.here.clerk)
    return client.post(reverse("replacement.capture"), {"q": number}).content.decode()


def lent(city: City) -> str:
    stock("L0000001", by=city.here.keeper)
    return seen(signed_in(city.here.clerk), "temporary.lend", waiting(city).pk)


PAGES: dict[str, Callable[[City], str]] = {
    "card.issue": desk,
    "card.issue_proxy": comes_for("card.issue_proxy"),
    "card.issue_guardian": comes_for("card.issue_guardian"),
    "card.issue_collective": sheet,
    "card.issue_posted": posted,
    "card.issue_home": at_home,
    "defect.record": of_an_issued_card("defect.record"),
    "error.explain": explained,
    "application.capture": lambda city: seen(signed_in(city.here.clerk), "application.capture"),
    "replacement.capture": replaced,
    "replacement.capture_free": replaced,
    "temporary.lend": lent,
    "social.activate": of_an_issued_card("social.activate"),
    "loss.report": after_a_loss,
    "loss.renew": after_a_loss,
    "loss.tell": after_a_loss,
    "loss.formal": after_a_loss,
    "loss.lift": lifted,
    "loss.lift_formal": lifted_in_writing,
    "card.cancel": of_an_issued_card("card.cancel"),
    "card.cancel_unissued": of_a_card_in_stock("card.cancel_unissued"),
    "card.cancel_by_office": of_an_issued_card("card.cancel_by_office"),
    "relation.end": of_an_issued_card("relation.end"),
    "relation.end_unissued": of_a_card_in_stock("relation.end_unissued"),
    "relation.keep": of_an_issued_card("relation.keep"),
}


def test_every_act_that_tells_something_is_here() -> None:
    assert set(PAGES) == {code for code, row in ACTS.items() if row.notices}


@pytest.mark.article(8)
@pytest.mark.article(22)
@pytest.mark.article(25)
@pytest.mark.article(27)
@pytest.mark.article(29)
@pytest.mark.article(30)
@pytest.mark.parametrize("code", sorted(PAGES))
def test_all_it_records_as_told_stands_on_its_page(code: str, city: City) -> None:
    page = PAGES[code](city)
    for one in act(code).notices:
        text = notice(one.code, on=timezone.localdate())
        assert lines_missing(text, page) == [], f"{code} records {text.text_id} as told"


@pytest.mark.article(28)
class TestALossAmongOtherThings:
    """A loss recorded by the way is told as fully as one that was called in."""

    def test_at_the_desk_of_replacements(self, city: City) -> None:
        text = notice("loss", on=timezone.localdate())
        assert lines_missing(text, replaced(city)) == []

    def test_at_the_hand_over_of_a_new_card_whose_old_one_is_said_to_be_lost(self) -> None:
        there = at_the.windows()
        _, new, _ = made_anew(there, ApplyReason.DAMAGED)
        number = holder_of(new.person).number
        page = signed_in(there.clerk).post("/desk/", {"q": number}).content.decode()
        assert lines_missing(notice("loss", on=timezone.localdate()), page) == []

    def test_and_not_where_no_loss_is_recorded(self, city: City) -> None:
        text = notice("loss", on=timezone.localdate())
        assert lines_missing(text, desk(city)) == list(text.lines)


@pytest.mark.article(28)
class TestHowALossIsTakenBack:
    """Nobody is told to free a card the city's rule does not let him free."""

    def test_a_report_by_word_of_mouth_is_taken_back_at_the_window_and_the_bank(
        self, city: City
    ) -> None:
        assert RELEASE in after_a_loss(city)

    @pytest.mark.parametrize("rule", sorted(RELEASE_OF_FORMAL))
    def test_one_in_writing_as_the_citys_rule_has_it(self, city: City, rule: str) -> None:
        card = make.issued_card(city, city.here)
        lost.write_down(card, by=city.here.clerk, at=timezone.now())
        with ruled("formal_loss_releasable_until", rule):
            page = seen(signed_in(city.here.clerk), "loss.tell", card.pk)
        assert RELEASE_OF_FORMAL[rule] in page
        assert rule != "never" or RELEASE not in page

    def test_an_old_card_lost_on_the_way_to_a_new_one_is_not_taken_back(self, city: City) -> None:
        page = replaced(city)
        assert RELEASE_OF_FORMAL["never"] in page and RELEASE not in page
