"""Where the bank of a card is said to be when it is handed over (Art. 12, 22; domain.md 8.2)."""

import io

import pytest
from django.urls import reverse
from pypdf import PdfReader

from cardbook.cards.models import Card
from cardbook.chapters.bank_outlets import outlets_told
from cardbook.chapters.issuance.collective.tests.bundles import out
from cardbook.chapters.issuance.individual.register import slip_pdf
from cardbook.chapters.issuance.posting.tests.test_posting import post
from cardbook.chapters.issuance.visiting.tests.test_visiting import go
from cardbook.chapters.usage.tests.sending import send
from cardbook.orgs.models import Kind, Organization
from cardbook.people.holders import holder_of
from cardbook.testing import factories as make
from cardbook.testing.clients import signed_in
from cardbook.testing.factories import NOON, City

pytestmark = [pytest.mark.django_db, pytest.mark.article(12, 1), pytest.mark.article(22)]
REGION = "999101"
HOURS, PHONE = "周一至周五 8:00—17:30（中午不休息）", "0914-1000262"


@pytest.fixture(autouse=True)
def county_has_a_region(city: City) -> None:
    Organization.objects.filter(pk=city.here.county.pk).update(region=REGION)


def outlet(city: City, name: str, *, region: str = REGION) -> Organization:
    made = make.organization(name, Kind.BRANCH, parent=city.bank)
    Organization.objects.filter(pk=made.pk).update(
        region=region, address=f"示范路一号{name}旁",
        hours=HOURS, phone=PHONE,
    )  # fmt: skip
    return made


class TestOutletsTold:
    def test_are_those_of_the_county_with_address_hours_and_phone(self, city: City) -> None:
        card = make.issued_card(city, city.here)
        outlet(city, "远支行", region="999102")
        near = outlet(city, "近支行")
        told = outlets_told(card_id=card.pk, by=city.here.clerk)
        assert told.lines == (f"{near.name}，示范路一号{near.name}旁，{HOURS}，{PHONE}",)
        assert told.title == "银行功能到这里启用" and not told.rest

    def test_are_the_citys_where_the_county_has_none(self, city: City) -> None:
        card = make.issued_card(city, city.here)
        outlet(city, "远支行", region="999102")
        (only,) = outlets_told(card_id=card.pk, by=city.here.clerk).lines
        assert only.startswith("远支行，")

    def test_name_only_the_one_the_holder_chose(self, city: City) -> None:
        card = make.issued_card(city, city.here)
        outlet(city, "近支行")
        chosen = outlet(city, "另一支行")
        send("bank.direct", card, by=city.here.clerk, outlet=chosen.pk)
        told = outlets_told(card_id=card.pk, by=city.here.clerk)
        assert [line.split("，")[0] for line in told.lines] == ["另一支行"]
        assert "您选的" in told.title

    def test_say_nothing_of_what_nobody_entered(self, city: City) -> None:
        card = make.issued_card(city, city.here)
        assert outlets_told(card_id=card.pk, by=city.here.clerk).lines == ()
        bare = make.organization("无址支行", Kind.BRANCH, parent=city.bank)
        assert outlets_told(card_id=card.pk, by=city.here.clerk).lines == (bare.name,)


class TestAtTheWindow:
    def test_are_read_out_before_the_card_is_handed_over(self, city: City) -> None:
        (card,) = make.received_cards(city, city.here)
        near = outlet(city, "近支行")
        page = signed_in(city.here.clerk).post(reverse("card.issue"), {"show": card.pk})
        assert f"{near.name}，示范路一号" in page.content.decode()

    def test_stand_on_the_slip_and_it_stays_one_page(self, city: City) -> None:
        made = make.issued_card(city, city.here, holder=make.person(name="阿卜杜" * 8))
        for name in ("一", "二", "三", "四"):
            outlet(city, f"示范农村商业银行甲县第{name}支行")
        card = Card.objects.select_related("person").get(pk=made.pk)
        pages = PdfReader(io.BytesIO(slip_pdf(card=card, by=city.here.clerk, at=NOON))).pages
        (text,) = ["".join(page.extract_text().split()) for page in pages]
        assert "甲县第三支行" in text and "甲县第四支行" not in text
        assert f"社保功能{card.get_social_display()}" in text
        assert "另有1处网点" in text and PHONE in text and "第二十二条" in text


class TestOnOtherWays:
    def test_the_notice_of_a_bundle_names_the_outlets_of_its_banks_and_no_holder(
        self, city: City
    ) -> None:
        near = outlet(city, "近支行")
        given = out(city, count=2)
        page = signed_in(city.here.clerk).get(reverse("bundle.notice", args=[given.bundle.pk]))
        (text,) = [
            "".join(one.extract_text().split())
            for one in PdfReader(io.BytesIO(b"".join(page))).pages  # type: ignore[arg-type]
        ]
        assert f"{near.name}，示范路一号{near.name}旁" in text and PHONE in text
        assert f"{city.bank.name}的卡" in text and "第二十二条" in text
        assert all(holder_of(card.person).name not in text for card in given.cards)
        stranger = signed_in(city.neighbour.clerk)
        answer = stranger.get(reverse("bundle.notice", args=[given.bundle.pk]))
        assert answer.status_code == 404

    @pytest.mark.article(7)
    def test_stand_where_a_parcel_or_a_visit_is_entered(self, city: City) -> None:
        near = outlet(city, "近支行")
        posted, visited = make.received_cards(city, city.here, count=2)
        post(posted, by=city.here.clerk)
        go(city, visited)
        client = signed_in(city.here.clerk)
        for name, card in (("card.issue_posted", posted), ("card.issue_home", visited)):
            shown = client.get(reverse(name, args=[card.pk])).content.decode()
            assert f"{near.name}，示范路一号" in shown and "请读给持卡人听" in shown
        slip = reverse("card.issue.slip", args=[visited.pk])
        assert slip in client.get(reverse("visiting.list")).content.decode()
        (paper,) = PdfReader(io.BytesIO(client.get(slip).content)).pages
        assert near.name in "".join(paper.extract_text().split())
