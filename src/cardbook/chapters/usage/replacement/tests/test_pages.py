"""The screen of a replacement: its tariff, whom it shows to whom, a new photo (Art. 25, 26)."""

import json
import re
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from cardbook.cards.models import Application
from cardbook.chapters.usage.replacement.tests import windows as at_the
from cardbook.chapters.usage.replacement.tests.windows import Windows, taken, windows
from cardbook.ledger.models import Event
from cardbook.lifecycle.facts import ApplyReason
from cardbook.people.holders import holder_of
from cardbook.people.models import Person
from cardbook.testing import factories as make
from cardbook.testing.clients import signed_in
from cardbook.testing.parameters import ruled
from cardbook.testing.pictures import head_and_shoulders

pytestmark = [pytest.mark.django_db, pytest.mark.article(26)]
DESK = "/replacement/"


@pytest.fixture
def there(tmp_path: Path, settings: object) -> Windows:
    settings.PAPERS_ROOT = tmp_path  # type: ignore[attr-defined]
    return windows()


def photo(**changes: Any) -> SimpleUploadedFile:
    """A JPEG that fits the rules, but for the changes."""
    content = head_and_shoulders(**changes)
    return SimpleUploadedFile("a.jpg", content, content_type="image/jpeg")


def filled(card_id: int, bank_id: int, **changes: object) -> dict[str, object]:
    usual: dict[str, object] = {
        "key": make.key(), "filled": "1", "card": card_id, "reason": "defect", "bank": bank_id,
        "delivery": "window", "photo_ok": "1", "id_seen": "on", "signer": "holder",
        "signing": "paper", "q": "", "defect": "unreadable", "reading": "silent",
        "verdict": "made",
    }  # fmt: skip
    return usual | changes


class TestDesk:
    def test_shows_the_tariff_with_its_document(self, there: Windows) -> None:
        number = holder_of(at_the.lost_or_worn(there).person).number
        html = signed_in(there.teller).post(DESK, {"q": number}).content.decode()
        assert html.count("data-free") == 4
        assert html.count('<td class="cb-number">20.00') == 2
        assert "陕人社发〔2012〕97号" in html
        assert number not in html

    def test_reads_out_what_it_costs_and_by_which_document(self, there: Windows) -> None:
        number = holder_of(at_the.lost_or_worn(there).person).number
        for by, rest in (
            (there.clerk, "；到期、关键信息变更、更换服务银行、质量问题不收费"),
            (there.teller, ""),
        ):
            html = signed_in(by).post(DESK, {"q": number}).content.decode()
            assert f"费用：丢失、损坏 20.00 元（依据陕人社发〔2012〕97号）{rest}。" in html

    def test_what_is_no_number_stays_in_the_field(self, there: Windows) -> None:
        page = signed_in(there.clerk).post(DESK, {"q": "99999919"})
        assert 'value="99999919"' in page.content.decode()

    def test_an_open_application_is_shown_instead_of_a_form(self, there: Windows) -> None:
        card = at_the.lost_or_worn(there)
        done = taken(there, card)
        number = holder_of(card.person).number
        html = signed_in(there.clerk).post(DESK, {"q": number}).content.decode()
        taken_at = f"申请 {done.application_id}，2026-11-20 {there.clerk.org_name}受理，已提交"
        assert taken_at in html
        assert 'name="filled"' not in html

    @pytest.mark.article(25)
    def test_a_case_of_the_banks_window_shows_promise_clock_and_late_stage_at_both(
        self, there: Windows
    ) -> None:
        done = taken(there, at_the.lost_or_worn(there), by=there.teller)
        promised = at_the.the_application(done).detail.promised_on
        with time_machine.travel(make.NOON + timedelta(days=30), tick=False):
            for by in (there.teller, there.clerk):
                client = signed_in(by)
                shown = client.get(reverse("application.show", args=[done.application_id]))
                listed = client.get(reverse("application.list"))
                assert re.search(r"制卡银行 <span [^>]+>超 \d+ 天", listed.content.decode())
                assert 'data-late="bank"' in shown.content.decode()
                assert "现在由制卡银行办理" in shown.content.decode()
                for page in (shown, listed):
                    assert f"{promised}" in page.content.decode()

    def test_a_case_at_another_bank_is_named_without_a_way_into_it(self, there: Windows) -> None:
        card = at_the.lost_or_worn(there)
        done = taken(there, card, ApplyReason.BANK_CHANGED)
        number = holder_of(card.person).number
        html = signed_in(there.teller).post(DESK, {"q": number}).content.decode()
        assert f"申请 {done.application_id}" in html and "请持卡人到受理的窗口" in html
        assert reverse("application.show", args=[done.application_id]) not in html

    def test_a_card_out_of_reach_is_not_found(self, there: Windows) -> None:
        card = at_the.lost_or_worn(there)
        for stranger in (there.other_teller, there.city.neighbour.clerk):
            page = signed_in(stranger).post(DESK, filled(card.pk, there.city.bank.pk))
            assert page.status_code == 404
        assert signed_in(there.city.here.auditor).get(DESK).status_code == 403
        assert not Application.objects.exists()

    @pytest.mark.article(28)
    def test_a_bank_cannot_be_made_another(self, there: Windows) -> None:
        card = at_the.lost_or_worn(there)
        page = signed_in(there.teller).post(DESK, filled(card.pk, there.other_bank.pk))
        assert page.status_code == 422
        assert "没有这家银行" in page.content.decode()

    @pytest.mark.article(9)
    def test_a_banks_window_shows_who_takes_what_it_does_not(self, there: Windows) -> None:
        card = at_the.lost_or_worn(there)
        number = holder_of(card.person).number
        at_bank = signed_in(there.teller).post(DESK, {"q": number}).content.decode()
        assert at_bank.count("data-shut") == 4
        assert "由综合服务窗口受理，本窗口不受理" in at_bank
        assert 'name="verdict"' not in at_bank
        at_office = signed_in(there.clerk).post(DESK, {"q": number}).content.decode()
        assert "data-shut" not in at_office
        assert 'name="verdict"' in at_office
        forced = signed_in(there.teller).post(DESK, filled(card.pk, there.city.bank.pk))
        assert forced.status_code == 409
        assert 'data-refusal="REASON_OF_OTHER_WINDOW"' in forced.content.decode()
        assert not Application.objects.exists()


@pytest.mark.article(25)
class TestPhoto:
    def test_a_new_photo_is_kept_sealed_and_shown_from_then_on(
        self, there: Windows, tmp_path: Path
    ) -> None:
        card = at_the.lost_or_worn(there)
        client, address = signed_in(there.clerk), reverse("replacement.photo", args=[card.pk])
        assert client.get(address).status_code == 404
        given = filled(
            card.pk, there.city.bank.pk, photo=photo(), photo_ok="", photo_compared="on"
        )
        assert client.post(DESK, given).status_code == 302
        person = Person.objects.get(pk=card.person_id)
        application = Application.objects.get()
        assert person.photo_digest == application.detail.photo != ""
        sealed = (tmp_path / person.photo_digest[:2] / person.photo_digest).read_bytes()
        assert b"JFIF" not in sealed
        shown = client.get(address)
        assert (shown.status_code, shown["Content-Type"]) == (200, "image/jpeg")
        assert client.get(reverse("application.photo", args=[application.pk])).status_code == 200
        assert signed_in(there.other_teller).get(address).status_code == 404

    @pytest.mark.parametrize(
        ("changes", "said"),
        [
            ({"rough": False}, "须在 20 至 300 KB 之间"),
            ({"width": 300, "height": 370}, "太小"),
            ({"width": 441}, "比例不符"),
            ({"mode": "L"}, "须是彩色照片"),
        ],
    )
    def test_a_photo_that_does_not_fit_is_said_why(
        self, there: Windows, changes: dict[str, Any], said: str
    ) -> None:
        card = at_the.lost_or_worn(there)
        given = filled(card.pk, there.city.bank.pk, photo=photo(**changes))
        page = signed_in(there.clerk).post(DESK, given)
        assert page.status_code == 422
        assert said in page.content.decode()

    def test_a_new_photo_is_held_against_the_frame_and_it_is_recorded(
        self, there: Windows
    ) -> None:
        card = at_the.lost_or_worn(there)
        given = filled(card.pk, there.city.bank.pk, photo=photo())
        page = signed_in(there.clerk).post(DESK, given)
        assert page.status_code == 422 and "请对照框线看头部大小" in page.content.decode()
        assert not Application.objects.exists()
        given = filled(card.pk, there.city.bank.pk, photo=photo(), photo_compared="on")
        assert signed_in(there.clerk).post(DESK, given).status_code == 302
        event = Event.objects.get(act__startswith="replacement.capture")
        assert json.loads(event.facts)["photo_compared"] is True
        shown = reverse("application.show", args=[Application.objects.get().pk])
        assert "新照片已按框线比对" in signed_in(there.clerk).get(shown).content.decode()

    def test_of_a_kept_photo_nobody_says_he_compared_it(self, there: Windows) -> None:
        card = at_the.lost_or_worn(there)
        given = filled(card.pk, there.city.bank.pk, photo_compared="on")
        assert signed_in(there.clerk).post(DESK, given).status_code == 302
        event = Event.objects.get(act__startswith="replacement.capture")
        assert json.loads(event.facts)["photo_compared"] is False

    def test_where_the_city_takes_grey_ones_they_are_taken(self, there: Windows) -> None:
        card = at_the.lost_or_worn(there)
        given = filled(card.pk, there.city.bank.pk, photo=photo(mode="L"), photo_compared="on")
        with ruled("photo_in_colour", False):
            assert signed_in(there.clerk).post(DESK, given).status_code == 302
