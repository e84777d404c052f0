"""A printed mandate is scanned where a card is put to use: who comes and until when (Art. 22)."""

from datetime import date, timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from cardbook.cards.models import Card
from cardbook.chapters.mandates import Matter
from cardbook.chapters.printed_mandates import PrintedMandate, mandate_code, read_mandate
from cardbook.chapters.usage.tests.sending import answers, send
from cardbook.lifecycle.facts import ProxyReason, Relation
from cardbook.people.holders import holder_of
from cardbook.people.models import Mandate
from cardbook.registers.codes import MANDATE, scan_code
from cardbook.testing import factories as make
from cardbook.testing.clients import signed_in
from cardbook.testing.factories import City

pytestmark = [pytest.mark.django_db, pytest.mark.article(22), pytest.mark.article(10)]
SCAN = "/activation/scan/"
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


class TestScan:
    def test_leads_to_the_holders_card_with_everything_filled_in(self, city: City) -> None:
        card, client = make.issued_card(city, city.here), signed_in(city.here.clerk)
        answer = client.post(SCAN, {"scan": printed(card)})
        assert answer["Location"] == reverse("social.activate", args=[card.pk])
        page = client.get(answer["Location"])
        form = page.context["form"]
        names = ("asked_by", "agent_name", "agent_number", "agent_relation", "mandate_reason")
        assert [form[name].value() for name in names] == [
            "proxy", "李小红", AGENT, "child", "away",
        ]  # fmt: skip
        assert form["mandate_until"].value() == timezone.localdate() + timedelta(days=30)
        assert holder_of(card.person).name in page.content.decode()
        assert form["agent_name"].value() not in client.get(answer["Location"]).content.decode()

    def test_what_was_filled_in_activates_and_registers_the_mandate(self, city: City) -> None:
        card, client = make.issued_card(city, city.here), signed_in(city.here.clerk)
        form = client.post(SCAN, {"scan": printed(card)}, follow=True).context["form"]
        filled = {name: form[name].value() for name in form.fields if name.startswith("agent_")}
        filled |= {
            name: f"{form[name].value()}" for name in form.fields if name.startswith("mandate_")
        }
        shown = {"paper_id_card_original_guardian_id_agent_id": "agent_id"}
        sent = answers("social.activate", asked_by="proxy", **filled, **shown)
        address = reverse("social.activate", args=[card.pk])
        assert client.post(address, sent).status_code == 302
        assert Mandate.objects.get().matter == Matter.ACTIVATE

    def test_on_the_page_of_a_card_it_has_to_be_its_holders(self, city: City) -> None:
        card, other = make.issued_card(city, city.here), make.issued_card(city, city.here)
        client = signed_in(city.here.clerk)
        assert 'name="scan"' in client.get(f"/activation/{card.pk}/").content.decode()
        wrong = scanned(client, printed(other), card=card.pk)
        assert "不是这张卡的持卡人" in wrong and AGENT not in wrong
        assert AGENT in scanned(client, printed(card), card=card.pk)

    def test_of_another_matter_is_named(self, city: City) -> None:
        card, client = make.issued_card(city, city.here), signed_in(city.here.clerk)
        for matter in (Matter.PICK_UP, Matter.BORROW, Matter.LIFT):
            assert f"委托的是“{matter.label}”" in scanned(client, printed(card, matter=matter))

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

    def test_whoever_has_no_card_to_activate_is_said(self, city: City) -> None:
        client = signed_in(city.here.clerk)
        (unfetched,) = make.received_cards(city, city.here)
        active = make.issued_card(city, city.here)
        send("social.activate", active, by=city.here.clerk, asked_by="holder")
        for card in (unfetched, active):
            assert "没有这位持卡人已领取、还没有激活的卡" in scanned(client, printed(card))

    def test_a_neighbour_finds_no_card_and_a_keeper_no_page(self, city: City) -> None:
        card = make.issued_card(city, city.here)
        neighbour = signed_in(city.neighbour.clerk)
        assert "没有这位持卡人" in scanned(neighbour, printed(card))
        assert "不是这张卡的持卡人" in scanned(neighbour, printed(card), card=card.pk)
        assert signed_in(city.here.keeper).post(SCAN, {"scan": "x"}).status_code == 403

    def test_the_number_stands_in_no_address_and_waits_sealed(self, city: City) -> None:
        card, client = make.issued_card(city, city.here), signed_in(city.here.clerk)
        answer = client.post(SCAN, {"scan": printed(card)})
        assert AGENT not in answer["Location"] and AGENT not in str(dict(client.session))

    def test_waits_for_its_own_card_alone(self, city: City) -> None:
        card, other = make.issued_card(city, city.here), make.issued_card(city, city.here)
        client = signed_in(city.here.clerk)
        client.post(SCAN, {"scan": printed(card)})
        assert AGENT not in client.get(f"/activation/{other.pk}/").content.decode()


def test_a_code_from_before_matters_were_named_is_for_fetching() -> None:
    name = "李小红".encode().hex().upper()
    text = scan_code(MANDATE, "7", AGENT, name, "AWAY", "CHILD", "2026-11-01", "2026-12-01")
    found = read_mandate(text)
    assert not isinstance(found, str)
    assert (found.holder_id, found.name, found.matter) == (7, "李小红", Matter.PICK_UP)
