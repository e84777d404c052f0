"""A printed mandate is scanned once; it leads to the page of its matter, filled in (Art. 10)."""

from datetime import date, timedelta
from typing import Any, ClassVar

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from cardbook.cards.models import Card
from cardbook.chapters.mandates import Matter
from cardbook.chapters.printed_mandates import PrintedMandate, mandate_code, read_mandate
from cardbook.chapters.scanned_mandates import WAYS
from cardbook.chapters.usage.loss.tests.lost import holder_with_phone, hotline, lose
from cardbook.chapters.usage.temporary.tests.lending import PAPERS, stock, waiting
from cardbook.chapters.usage.tests.sending import answers, send
from cardbook.lifecycle.facts import ProxyReason, Relation
from cardbook.people.holders import holder_of
from cardbook.people.models import Mandate
from cardbook.registers.codes import MANDATE, scan_code
from cardbook.testing import factories as make
from cardbook.testing.clients import signed_in
from cardbook.testing.factories import City

pytestmark = [pytest.mark.django_db, *map(pytest.mark.article, (10, 22, 27, 28))]
SCAN = "/mandates/scan/"
AGENT = make.citizen_number(born_on=date(1986, 3, 8))


def printed(card: Card, *, matter: Matter = Matter.ACTIVATE, holder_id: int = 0) -> str:
    """The code of a mandate from the holder of a card, good for a month from today."""
    today = timezone.localdate()
    return mandate_code(
        PrintedMandate(
            holder_id=holder_id or card.person_id, number=AGENT, name="李小红",
            reason=ProxyReason.AWAY, relation=Relation.CHILD, since=today,
            until=today + timedelta(days=30), matter=matter,
        )
    )  # fmt: skip


def scanned(client: Client, text: str, **more: object) -> str:
    """What is on the screen after a scan, wherever it led."""
    return client.post(SCAN, {"scan": text, **more}, follow=True).content.decode()


def scanned_from(client: Client, text: str, code: str, subject: int) -> str:
    """What is on the screen after a scan on the page of an act."""
    return scanned(client, text, act=code, of=subject)


class Matters:
    """One holder for each matter, and what his mandate leads to."""

    def __init__(self, city: City) -> None:
        """A card to fetch, one to put to use, one that is waited for, one reported lost."""
        (self.to_fetch,) = make.received_cards(city, city.here)
        self.to_use = make.issued_card(city, city.here)
        self.application = waiting(city)
        self.lost = make.issued_card(city, city.here, holder=holder_with_phone())
        lose(self.lost, by=hotline(city), at=timezone.now())

    def of(self, matter: Matter) -> tuple[Card, str, int]:
        """The card whose holder signed, the act it leads to, and what that is done to."""
        awaited = self.application.old_card
        assert awaited is not None
        return {
            Matter.PICK_UP: (self.to_fetch, "card.issue_proxy", self.to_fetch.pk),
            Matter.ACTIVATE: (self.to_use, "social.activate", self.to_use.pk),
            Matter.BORROW: (awaited, "temporary.lend", self.application.pk),
            Matter.LIFT: (self.lost, "loss.lift", self.lost.pk),
        }[matter]


class TestScan:
    # What each page calls who came, and the field that says the holder sent him.
    FIELDS: ClassVar = {
        Matter.PICK_UP: (None, "name", None, "relation", "reason", "until"),
        Matter.ACTIVATE: (
            "asked_by", "agent_name", "agent_number", "agent_relation", "mandate_reason",
            "mandate_until",
        ),
        Matter.BORROW: (
            "received_by", "comer_name", "comer_number", "relation", "mandate_reason",
            "mandate_until",
        ),
        Matter.LIFT: (
            "caller", "agent_name", "agent_number", "agent_relation", "mandate_reason",
            "mandate_until",
        ),
    }  # fmt: skip

    def test_every_matter_a_mandate_can_name_has_a_page(self) -> None:
        assert set(WAYS) == set(Matter) == set(self.FIELDS)

    @pytest.mark.parametrize("matter", list(Matter))
    @pytest.mark.parametrize("way", [SCAN, "/search/"])
    def test_leads_to_the_page_of_its_matter_with_everything_filled_in(
        self, city: City, matter: Matter, way: str
    ) -> None:
        card, code, subject = Matters(city).of(matter)
        client = signed_in(city.here.clerk)
        box = "scan" if way == SCAN else "q"
        answer = client.post(way, {box: printed(card, matter=matter)})
        assert answer["Location"] == reverse(code, args=[subject])
        page = client.get(answer["Location"])
        form = page.context["form"]
        until = timezone.localdate() + timedelta(days=30)
        said = ("proxy", "李小红", AGENT, "child", "away", until)
        filled = [
            (form[name].value(), word)
            for name, word in zip(self.FIELDS[matter], said, strict=True) if name
        ]  # fmt: skip
        assert [value for value, _ in filled] == [word for _, word in filled]
        text = page.content.decode()
        assert holder_of(card.person).name in text or card.number in text
        assert "李小红" not in client.get(answer["Location"]).content.decode()

    def test_what_was_filled_in_activates_and_registers_the_mandate(self, city: City) -> None:
        card, client = make.issued_card(city, city.here), signed_in(city.here.clerk)
        form = client.post(SCAN, {"scan": printed(card)}, follow=True).context["form"]
        shown = {"paper_agent_id": "on"}
        sent = answers("social.activate", asked_by="proxy", **filled_in(form), **shown)
        address = reverse("social.activate", args=[card.pk])
        assert client.post(address, sent).status_code == 302
        assert Mandate.objects.get().matter == Matter.ACTIVATE

    def test_what_was_filled_in_lends_a_temporary_card(self, city: City) -> None:
        card, code, subject = Matters(city).of(Matter.BORROW)
        stock("L0001", by=city.here.keeper)
        client = signed_in(city.here.clerk)
        scan = {"scan": printed(card, matter=Matter.BORROW)}
        form = client.post(SCAN, scan, follow=True).context["form"]
        given = filled_in(form) | {"received_by": "proxy", "number": "L0001", **PAPERS}
        sent = answers(code, **given)
        assert client.post(reverse(code, args=[subject]), sent).status_code == 302
        assert Mandate.objects.get().matter == Matter.BORROW

    def test_what_was_filled_in_lifts_a_loss(self, city: City) -> None:
        card, code, subject = Matters(city).of(Matter.LIFT)
        client = signed_in(city.here.clerk)
        scan = {"scan": printed(card, matter=Matter.LIFT)}
        form = client.post(SCAN, scan, follow=True).context["form"]
        ticks = ("document_seen", "card_seen", "paper_agent_id", "paper_lifting_mandate")
        given = filled_in(form) | dict.fromkeys((*ticks, "told_found"), "on")
        sent = given | {"key": form["key"].value(), "caller": "proxy"}
        assert client.post(reverse(code, args=[subject]), sent).status_code == 302
        assert Mandate.objects.get().matter == Matter.LIFT

    @pytest.mark.parametrize("matter", [Matter.ACTIVATE, Matter.BORROW, Matter.LIFT])
    def test_on_a_page_it_has_to_be_its_holders(self, city: City, matter: Matter) -> None:
        card, code, subject = Matters(city).of(matter)
        other, client = make.issued_card(city, city.here), signed_in(city.here.clerk)
        assert 'name="scan"' in client.get(reverse(code, args=[subject])).content.decode()
        wrong = scanned_from(client, printed(other, matter=matter), code, subject)
        assert "不是这位持卡人" in wrong and AGENT not in wrong
        assert AGENT in scanned_from(client, printed(card, matter=matter), code, subject)

    def test_on_a_page_of_another_matter_it_leads_to_its_own(self, city: City) -> None:
        card = make.issued_card(city, city.here, holder=holder_with_phone())
        lose(card, by=hotline(city), at=timezone.now())
        client = signed_in(city.here.clerk)
        text = printed(card, matter=Matter.LIFT)
        answer = client.post(SCAN, {"scan": text, "act": "social.activate", "of": card.pk})
        assert answer["Location"] == reverse("loss.lift", args=[card.pk])

    def test_whose_work_it_is_not_is_told_whose(self, city: City) -> None:
        card, _, _ = Matters(city).of(Matter.LIFT)
        said = scanned(signed_in(city.here.keeper), printed(card, matter=Matter.LIFT))
        assert "委托的是“解除挂失”，本岗位不办理" in said and "窗口" in said

    @pytest.mark.parametrize(
        ("text", "said"),
        [
            ("", "不是本系统的二维码"),
            ("999999", "不是本系统的二维码"),
            ("~BOX:A/1:0000", "没有读全"),
        ],
    )
    def test_what_is_no_mandate_is_said(self, city: City, text: str, said: str) -> None:
        answer = signed_in(city.here.clerk).post(SCAN, {"scan": text})
        assert answer.status_code == 422 and said in answer.content.decode()

    @pytest.mark.parametrize(
        ("matter", "said"),
        [
            (Matter.PICK_UP, "没有这位持卡人还没有领的卡"),
            (Matter.ACTIVATE, "没有这位持卡人已领取、还没有激活的卡"),
            (Matter.BORROW, "没有这位持卡人正在等新卡的申请"),
            (Matter.LIFT, "没有这位持卡人口头挂失的卡"),
        ],
    )
    def test_whoever_needs_nothing_is_told_what_is_not_there(
        self, city: City, matter: Matter, said: str
    ) -> None:
        active = make.issued_card(city, city.here)
        send("social.activate", active, by=city.here.clerk, asked_by="holder")
        text = scanned(signed_in(city.here.clerk), printed(active, matter=matter))
        assert said in text and "李小红" not in text

    @pytest.mark.parametrize("matter", list(Matter))
    def test_a_neighbour_finds_nothing(self, city: City, matter: Matter) -> None:
        card, code, subject = Matters(city).of(matter)
        neighbour, text = signed_in(city.neighbour.clerk), printed(card, matter=matter)
        for answer in (scanned(neighbour, text), scanned_from(neighbour, text, code, subject)):
            assert AGENT not in answer and holder_of(card.person).name not in answer

    def test_the_hotline_is_shown_no_paper(self, city: City) -> None:
        assert signed_in(hotline(city)).get(SCAN).status_code == 403

    def test_the_number_stands_in_no_address_and_waits_sealed(self, city: City) -> None:
        card, client = make.issued_card(city, city.here), signed_in(city.here.clerk)
        answer = client.post(SCAN, {"scan": printed(card)})
        assert AGENT not in answer["Location"] and AGENT not in str(dict(client.session))

    def test_waits_for_its_own_page_alone(self, city: City) -> None:
        card, other = make.issued_card(city, city.here), make.issued_card(city, city.here)
        client = signed_in(city.here.clerk)
        client.post(SCAN, {"scan": printed(card)})
        assert AGENT not in client.get(f"/activation/{other.pk}/").content.decode()


def filled_in(form: Any) -> dict[str, object]:
    """What a scan has put into a form, as a browser would send it."""
    names = ("agent_", "mandate_", "comer_", "relation")
    return {name: f"{form[name].value() or ''}" for name in form.fields if name.startswith(names)}


@pytest.mark.article(10)
class TestTheDeskThatHandsOver:
    def test_scanned_first_the_paper_says_who_comes_and_for_whom(self, city: City) -> None:
        (card,) = make.received_cards(city, city.here)
        paper = printed(card, matter=Matter.PICK_UP)
        page = signed_in(city.here.clerk).post("/proxy/", {"q": paper})
        form = page.context["form"]
        assert page.context["problem"] == "" and form["name"].value() == "李小红"
        assert form.initial["card"] == card.pk and form["relation"].value() == "child"

    def test_the_document_of_whom_the_paper_names_follows(self, city: City) -> None:
        (card,) = make.received_cards(city, city.here)
        client = signed_in(city.here.clerk)
        client.post(SCAN, {"scan": printed(card, matter=Matter.PICK_UP)})
        form = client.get(f"/proxy/{card.pk}/").context["form"]
        given = {
            "filled": "1", "agent": form.initial["agent"], "card": card.pk, "name": "李小红",
        }  # fmt: skip
        seen = [
            client.post("/proxy/", given | {"q": text}).context["problem"]
            for text in (f"{AGENT},李小红", f"{AGENT},李大红", make.citizen_number())
        ]
        assert seen[0] == "" and "与委托书上写的不一致" in seen[1] and "也不是代领人的" in seen[2]

    def test_a_paper_for_something_else_is_named(self, city: City) -> None:
        (card,) = make.received_cards(city, city.here)
        said = signed_in(city.here.clerk).post("/proxy/", {"q": printed(card)})
        assert "没有委托领卡" in said.context["problem"]
        assert f"“{Matter.ACTIVATE.label}”" in said.context["problem"]


def test_a_code_from_before_matters_were_named_is_for_fetching() -> None:
    name = "李小红".encode().hex().upper()
    text = scan_code(MANDATE, "7", AGENT, name, "AWAY", "CHILD", "2026-11-01", "2026-12-01")
    found = read_mandate(text)
    assert not isinstance(found, str)
    assert (found.holder_id, found.name, found.matter) == (7, "李小红", Matter.PICK_UP)
