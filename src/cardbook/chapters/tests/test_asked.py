"""Whoever changes a row of the table changes its form: papers, notices, a second signature."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponse
from django.test import Client

from cardbook.cards.models import Card
from cardbook.chapters.asked import asked_of
from cardbook.chapters.issuance.individual.tests.windows import filled_in
from cardbook.law import notices, papers
from cardbook.law.papers import PaperKind, PaperRule
from cardbook.law.roles import Role
from cardbook.ledger.models import Event
from cardbook.lifecycle.acts import ACTS, act
from cardbook.orgs.models import User
from cardbook.papers.models import Paper
from cardbook.people.holders import holder_of
from cardbook.testing import factories as make
from cardbook.testing.clients import signed_in
from cardbook.testing.factories import City
from cardbook.testing.pictures import png

pytestmark = [pytest.mark.django_db, pytest.mark.article(7)]
REPORT_OR_PHOTO = "paper_defect_report_defect_photo"


@dataclass(frozen=True)
class Screen:
    """A page of an act: where it is shown, where it is sent, and what a careful clerk sends."""

    code: str

    def given(self, card: Card) -> dict[str, object]:
        if self.code == "card.issue":
            return dict(filled_in(card))
        return {"key": make.key(), "defect": "soiled", "told_defect": "on"}

    def shown(self, client: Client, card: Card) -> str:
        if self.code == "card.issue":
            number = holder_of(card.person).number
            return client.post("/desk/", {"q": number}).content.decode()
        return client.get(f"/cards/{card.pk}/defect/").content.decode()

    def sent(self, client: Client, card: Card, **more: object) -> HttpResponse:
        address = "/desk/" if self.code == "card.issue" else f"/cards/{card.pk}/defect/"
        return client.post(address, self.given(card) | more)


def change_row(monkeypatch: pytest.MonkeyPatch, code: str, **changes: object) -> None:
    monkeypatch.setitem(ACTS, code, replace(act(code), **changes))  # type: ignore[arg-type]


def with_group(code: str, *group: PaperKind) -> PaperRule:
    rule = act(code).papers
    return PaperRule((*(rule.groups if rule else ()), group))


def signature(city: City, **changes: str) -> Mapping[str, str]:
    name = User.objects.get(pk=city.here.reviewer.user_id).username
    return {"second_name": name, "second_password": make.PASSWORD} | changes


@pytest.fixture(params=["card.issue", "defect.record"])
def screen(request: pytest.FixtureRequest) -> Screen:
    return Screen(request.param)


class TestARowWithOnePaperMore:
    def test_its_form_offers_it_refuses_without_and_accepts_with(
        self, city: City, screen: Screen, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        (card,) = make.received_cards(city, city.here)
        client = signed_in(city.here.clerk)
        assert "paper_household_book" not in screen.shown(client, card)
        change_row(monkeypatch, screen.code, papers=with_group(screen.code, papers.HOUSEHOLD_BOOK))
        assert 'name="paper_household_book"' in screen.shown(client, card)
        refused = screen.sent(client, card)
        assert refused.status_code == 409 and "缺少材料：户口簿" in refused.content.decode()
        assert screen.sent(client, card, paper_household_book="1").status_code == 302
        assert "household_book:" in Event.objects.get(act=screen.code).papers

    def test_of_alternatives_one_is_chosen_and_a_picture_is_kept(
        self, city: City, screen: Screen, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        (card,) = make.received_cards(city, city.here)
        client = signed_in(city.here.clerk)
        rule = with_group(screen.code, papers.DEFECT_REPORT, papers.DEFECT_PHOTO)
        change_row(monkeypatch, screen.code, papers=rule)
        text = screen.shown(client, card)
        assert f'name="{REPORT_OR_PHOTO}"' in text and 'name="image_defect_photo"' in text
        said = screen.sent(client, card, **{REPORT_OR_PHOTO: "defect_photo"})
        assert said.status_code == 409 and "没有收到图像" in said.content.decode()
        no_picture = SimpleUploadedFile("photo.png", b"not a picture")
        wrong = screen.sent(client, card, image_defect_photo=no_picture)
        assert wrong.status_code == 422 and "不是 JPG 或 PNG" in wrong.content.decode()
        assert not Paper.objects.exists()
        photo = SimpleUploadedFile("photo.png", png())
        assert screen.sent(client, card, image_defect_photo=photo).status_code == 302
        kept = Paper.objects.get(kind="defect_photo")
        assert f"defect_photo:{kept.digest}" in Event.objects.get(act=screen.code).papers


def test_a_row_with_one_notice_more_has_it_told(
    city: City, screen: Screen, monkeypatch: pytest.MonkeyPatch
) -> None:
    (card,) = make.received_cards(city, city.here)
    client = signed_in(city.here.clerk)
    change_row(monkeypatch, screen.code, notices=(*act(screen.code).notices, notices.FOUND))
    text = screen.shown(client, card)
    assert 'name="told_found"' in text and notices.FOUND.lines[0] in text
    refused = screen.sent(client, card)
    assert refused.status_code == 409 and "还没有告知：解挂告知" in refused.content.decode()
    assert screen.sent(client, card, told_found="on").status_code == 302
    assert "found/1" in Event.objects.get(act=screen.code).told


def test_a_row_with_a_second_person_has_him_sign(
    city: City, screen: Screen, monkeypatch: pytest.MonkeyPatch
) -> None:
    (card,) = make.received_cards(city, city.here)
    client = signed_in(city.here.clerk)
    change_row(monkeypatch, screen.code, second=frozenset({Role.REVIEWER}))
    text = screen.shown(client, card)
    assert 'name="second_name"' in text and "本县区另一名复核员" in text
    assert screen.sent(client, card).status_code == 422
    wrong = screen.sent(client, card, **signature(city, second_password="wrong"))
    assert wrong.status_code == 409 and "复核人的用户名或密码不对" in wrong.content.decode()
    assert screen.sent(client, card, **signature(city)).status_code == 302
    assert Event.objects.get(act=screen.code).second_id == city.here.reviewer.user_id


class TestTheDesk:
    def test_every_further_demand_has_a_key_of_its_own(
        self, city: City, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        (card,) = make.received_cards(city, city.here)
        client, desk = signed_in(city.here.clerk), Screen("card.issue")
        assert "<kbd>1</kbd>–<kbd>6</kbd>" in desk.shown(client, card)
        change_row(
            monkeypatch,
            "card.issue",
            papers=with_group("card.issue", papers.HOUSEHOLD_BOOK),
            notices=(*act("card.issue").notices, notices.FOUND),
        )
        text = desk.shown(client, card)
        assert "<kbd>1</kbd>–<kbd>8</kbd>" in text and "<kbd>8</kbd>" in text

    def test_asks_no_more_for_what_the_row_gave_up(
        self, city: City, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        (card,) = make.received_cards(city, city.here)
        client, desk = signed_in(city.here.clerk), Screen("card.issue")
        rule = act("card.issue").papers
        assert rule is not None
        original, _, signed = rule.groups
        change_row(monkeypatch, "card.issue", papers=PaperRule((original, signed)), notices=())
        text = desk.shown(client, card)
        assert 'name="copy_kept"' not in text and 'name="told"' not in text
        assert desk.sent(client, card, copy_kept="", told="").status_code == 302


def test_a_group_with_one_kind_the_form_knows_not_is_offered_whole() -> None:
    rule = PaperRule(((papers.ID_CARD_ORIGINAL, papers.HOUSEHOLD_BOOK), (papers.MANDATE,)))
    row = replace(act("card.issue"), papers=rule)
    asked = asked_of(row, own_papers=frozenset({papers.ID_CARD_ORIGINAL, papers.MANDATE}))
    assert [paper.title for paper in asked.papers] == ["本人有效身份证件原件或户口簿"]
