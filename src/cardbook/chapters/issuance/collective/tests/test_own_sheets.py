"""A unit's own sheets: what its handler sees, reads back and reports; the office files (8 ¶3)."""

import uuid
from datetime import timedelta
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from cardbook.cards.models import Card
from cardbook.cards.states import Stage
from cardbook.chapters.issuance.collective.naming import named_in
from cardbook.chapters.issuance.collective.own_sheets import report_sheet, take_report_back
from cardbook.chapters.issuance.collective.tests.bundles import (
    Out,
    add_pages,
    file,
    out,
    tick,
)
from cardbook.chapters.issuance.models import Bundle, BundleFiling, BundlePage
from cardbook.law.roles import Role
from cardbook.ledger.models import Event
from cardbook.lifecycle import refusals as no
from cardbook.lifecycle.refusals import Refused
from cardbook.orgs.actors import Actor
from cardbook.registers.codes import DOCUMENT, scan_code
from cardbook.testing import factories as make
from cardbook.testing.clients import signed_in
from cardbook.testing.factories import City
from cardbook.testing.pictures import png
from cardbook.testing.workbooks import cells_of

pytestmark = [pytest.mark.django_db, pytest.mark.article(8, 3)]


@pytest.fixture(autouse=True)
def store(tmp_path: Path, settings: object) -> None:
    settings.PAPERS_ROOT = tmp_path  # type: ignore[attr-defined]


@pytest.fixture
def given(city: City) -> Out:
    """A sheet that went out just now."""
    return out(city, count=4, at=timezone.now())


@pytest.fixture
def handler(given: Out) -> Actor:
    """Whoever fetches cards for the unit that has the sheet."""
    return make.worker("单位经办人", Role.UNIT_HANDLER, given.bundle.unit)


@pytest.fixture
def phone(handler: Actor) -> Client:
    return signed_in(handler)


def url(name: str, bundle: Bundle, *more: object) -> str:
    return reverse(name, args=[bundle.pk, *more])


def said(client: Client, name: str, bundle: Bundle, **data: object) -> str:
    return client.post(url(name, bundle), data, follow=True).content.decode()


def codes(refused: Refused) -> set[str]:
    return {one.reason.code for one in refused.refusals}


def read_back(bundle: Bundle, *, by: Actor) -> None:
    """Three signed, one moved away; the page is photographed."""
    today = timezone.localdate()
    tick(bundle, "除4;4=1", by=by, on=today)
    add_pages(bundle, by=by)


class TestWhatTheUnitSees:
    def test_its_own_sheets_and_no_others(self, city: City, given: Out, phone: Client) -> None:
        other = make.worker("邻单位", Role.UNIT_HANDLER, make.unit(city.here, name="邻单位"))
        shown = phone.get(reverse("sheet.mine")).content.decode()
        assert given.bundle.number in shown
        assert given.bundle.number not in (
            signed_in(other).get(reverse("sheet.mine")).content.decode()
        )

    @pytest.mark.parametrize("name", ["sheet.own", "sheet.copy"])
    def test_somebody_elses_sheet_is_not_there(self, city: City, given: Out, name: str) -> None:
        neighbour = make.worker(
            "邻县经办", Role.UNIT_HANDLER, make.unit(city.neighbour, name="邻县单位")
        )
        other = make.worker("同县经办", Role.VILLAGE_HELPER, make.unit(city.here, name="同县单位"))
        for stranger in (neighbour, other):
            assert signed_in(stranger).get(url(name, given.bundle)).status_code == 404

    def test_the_window_has_its_own_page_and_the_unit_not_the_windows(
        self, city: City, given: Out, phone: Client
    ) -> None:
        window = signed_in(city.here.clerk)
        assert window.get(url("sheet.own", given.bundle)).status_code == 403
        assert phone.get(url("bundle.show", given.bundle)).status_code == 403
        assert phone.post(url("bundle.file", given.bundle)).status_code == 403

    def test_a_scanned_page_opens_its_sheet(self, given: Out, phone: Client) -> None:
        code = scan_code(DOCUMENT, given.bundle.number, "1")
        answer = phone.get(reverse("sheet.mine"), {"q": code})
        assert answer["Location"] == url("sheet.own", given.bundle)

    def test_a_scanned_page_of_another_unit_is_unknown(self, city: City, given: Out) -> None:
        other = make.worker("邻单位", Role.UNIT_HANDLER, make.unit(city.here, name="邻单位"))
        code = scan_code(DOCUMENT, given.bundle.number, "1")
        answer = signed_in(other).get(reverse("sheet.mine"), {"q": code})
        assert "没有这份签字明细表" in answer.content.decode()

    def test_numbers_of_people_are_masked(self, given: Out, phone: Client) -> None:
        from cardbook.people.holders import holder_of

        shown = phone.get(url("sheet.own", given.bundle)).content.decode()
        for card in given.cards:
            holder = holder_of(Card.objects.get(pk=card.pk).person)
            assert holder.name in shown and holder.number not in shown

    def test_the_list_asks_as_often_for_ten_sheets_as_for_one(
        self, given: Out, phone: Client
    ) -> None:
        phone.get(reverse("sheet.mine"))
        with CaptureQueriesContext(connection) as few:
            phone.get(reverse("sheet.mine"))
        original = Bundle.objects.get(pk=given.bundle.pk)
        for _ in range(9):
            original.pk, original.batch = None, uuid.uuid4()
            original.save(force_insert=True)
        with CaptureQueriesContext(connection) as many:
            shown = phone.get(reverse("sheet.mine")).content.decode()
        assert shown.count("QZMX0") >= 10
        assert len(many) == len(few) <= 12


class TestReadingBack:
    def test_rows_are_ticked_and_counted(self, given: Out, phone: Client) -> None:
        answer = said(
            phone, "sheet.tick", given.bundle, text="1-3;4=1", on=str(timezone.localdate())
        )
        assert "已登记 4 行" in answer
        results = list(given.bundle.rows.order_by("row").values_list("result", flat=True))
        assert results == ["signed", "signed", "signed", "open"]

    def test_chosen_rows_get_one_mark(self, given: Out, phone: Client) -> None:
        said(phone, "sheet.tick", given.bundle, row=[2, 3], mark="3t",
             on=str(timezone.localdate()))  # fmt: skip
        assert given.bundle.rows.filter(result="returned").count() == 2

    def test_a_proxy_is_written_down_in_full(self, given: Out, phone: Client) -> None:
        given_row = {
            "result": "signed", "signer": "proxy", "signed_on": str(timezone.localdate()),
            "agent_name": "李四", "agent_number": make.citizen_number(),
            "agent_relation": "child", "agent_proof": "relative_proof",
        }  # fmt: skip
        answer = phone.post(url("sheet.row", given.bundle, 2), given_row, follow=True)
        assert "第 2 行已登记" in answer.content.decode()
        row = given.bundle.rows.get(row=2)
        assert row.signer == "proxy" and named_in(vars(row)).name == "李四"

    def test_photos_of_pages_are_kept_once(self, given: Out, phone: Client) -> None:
        for _ in range(2):
            image = SimpleUploadedFile("p.png", png(width=4, height=4), "image/png")
            said(phone, "sheet.pages", given.bundle, page="1", images=[image])
        kept = BundlePage.objects.get(bundle=given.bundle)
        assert phone.get(url("sheet.page", given.bundle, kept.digest)).status_code == 200

    def test_a_photo_of_another_unit_is_not_shown(self, city: City, given: Out) -> None:
        add_pages(given.bundle, by=city.here.clerk)
        digest = BundlePage.objects.get(bundle=given.bundle).digest
        other = make.worker("邻单位", Role.UNIT_HANDLER, make.unit(city.here, name="邻单位"))
        answer = signed_in(other).get(url("sheet.page", given.bundle, digest))
        assert answer.status_code == 404


class TestReportSheet:
    def test_a_reported_sheet_waits_for_the_office_and_issues_nothing(
        self, given: Out, handler: Actor, phone: Client
    ) -> None:
        read_back(given.bundle, by=handler)
        assert "已报送" in said(phone, "sheet.report", given.bundle)
        given.bundle.refresh_from_db()
        assert given.bundle.sent_by_id == handler.user_id and given.bundle.filed_at is None
        assert not Card.objects.filter(stage=Stage.ISSUED).exists()
        assert not Event.objects.filter(act="card.issue_collective").exists()

    def test_rows_without_result_and_missing_pages_are_named(
        self, given: Out, handler: Actor, phone: Client
    ) -> None:
        tick(given.bundle, "1-2", by=handler, on=timezone.localdate())
        with pytest.raises(Refused) as refused:
            report_sheet(bundle_id=given.bundle.pk, by=handler, at=timezone.now())
        assert codes(refused.value) == {
            "SHEET_UNBALANCED", "SHEET_PAGES_MISSING", "ROW_REASON_MISSING"
        }  # fmt: skip
        answer = phone.post(url("sheet.report", given.bundle))
        assert answer.status_code == 409
        assert "第 3 行没有签字" in answer.content.decode()
        given.bundle.refresh_from_db()
        assert given.bundle.sent_at is None

    def test_a_wrong_card_is_reported_before_the_office_has_registered_it(
        self, given: Out, handler: Actor
    ) -> None:
        tick(given.bundle, "1-3;4=c", by=handler, on=timezone.localdate())
        add_pages(given.bundle, by=handler)
        report_sheet(bundle_id=given.bundle.pk, by=handler, at=timezone.now())
        given.bundle.refresh_from_db()
        assert given.bundle.sent_at is not None

    def test_reported_twice_is_reported_once(self, given: Out, handler: Actor) -> None:
        read_back(given.bundle, by=handler)
        first = report_sheet(bundle_id=given.bundle.pk, by=handler, at=timezone.now())
        later = timezone.now() + timedelta(hours=1)
        again = report_sheet(bundle_id=given.bundle.pk, by=handler, at=later)
        assert again.sent_at == first.sent_at

    def test_what_is_reported_is_not_changed_until_it_is_taken_back(
        self, given: Out, handler: Actor, phone: Client
    ) -> None:
        read_back(given.bundle, by=handler)
        report_sheet(bundle_id=given.bundle.pk, by=handler, at=timezone.now())
        with pytest.raises(Refused) as refused:
            tick(given.bundle, "4", by=handler)
        assert codes(refused.value) == {"SHEET_SENT"}
        assert "已撤回" in said(phone, "sheet.report", given.bundle, back="1")
        assert tick(given.bundle, "4", by=handler) == 1

    def test_what_does_not_wait_cannot_be_taken_back(self, given: Out, handler: Actor) -> None:
        with pytest.raises(Refused) as refused:
            take_report_back(bundle_id=given.bundle.pk, by=handler)
        assert codes(refused.value) == {"SHEET_NOT_SENT"}

    def test_an_office_reports_to_nobody(self, city: City, given: Out) -> None:
        with pytest.raises(Refused) as refused:
            report_sheet(bundle_id=given.bundle.pk, by=city.here.clerk, at=timezone.now())
        assert codes(refused.value) == {"ROLE_MAY_NOT"}

    def test_another_unit_cannot_report_it(self, city: City, given: Out) -> None:
        other = make.worker("邻单位", Role.UNIT_HANDLER, make.unit(city.here, name="邻单位"))
        with pytest.raises(Bundle.DoesNotExist):
            report_sheet(bundle_id=given.bundle.pk, by=other, at=timezone.now())


class TestTheOfficeFiles:
    def test_filing_keeps_who_reported_it(self, city: City, given: Out, handler: Actor) -> None:
        read_back(given.bundle, by=handler)
        report_sheet(bundle_id=given.bundle.pk, by=handler, at=timezone.now())
        file(given.bundle, by=city.here.clerk, at=timezone.now())
        filing = BundleFiling.objects.get(bundle=given.bundle)
        assert filing.sent_by_id == handler.user_id and filing.signed == 3
        given.bundle.refresh_from_db()
        assert given.bundle.sent_at is None and given.bundle.filed_at is not None
        assert Card.objects.filter(stage=Stage.ISSUED).count() == 3

    def test_a_late_signature_is_reported_again(
        self, city: City, given: Out, handler: Actor
    ) -> None:
        read_back(given.bundle, by=handler)
        file(given.bundle, by=city.here.clerk, at=timezone.now())
        with pytest.raises(Refused) as refused:
            report_sheet(bundle_id=given.bundle.pk, by=handler, at=timezone.now())
        assert codes(refused.value) == {"SHEET_FILED"}
        tick(given.bundle, "4", by=handler, on=timezone.localdate())
        add_pages(given.bundle, by=handler, width=9)
        report_sheet(bundle_id=given.bundle.pk, by=handler, at=timezone.now())
        file(given.bundle, by=city.here.clerk, at=timezone.now())
        assert Card.objects.filter(stage=Stage.ISSUED).count() == 4

    def test_what_must_be_mended_goes_back_with_words(
        self, city: City, given: Out, handler: Actor, phone: Client
    ) -> None:
        read_back(given.bundle, by=handler)
        report_sheet(bundle_id=given.bundle.pk, by=handler, at=timezone.now())
        clerk = signed_in(city.here.clerk)
        assert given.bundle.number in (
            clerk.get(reverse("bundle.list"), {"state": "sent"}).content.decode()
        )
        assert "没有写明原因" in said(clerk, "bundle.send_back", given.bundle, words=" ")
        assert "退回" in said(clerk, "bundle.send_back", given.bundle, words="第 2 行字迹不清")
        shown = phone.get(url("sheet.own", given.bundle)).content.decode()
        assert "第 2 行字迹不清" in shown and "报送备案" in shown

    def test_a_neighbour_cannot_send_it_back(self, city: City, given: Out, handler: Actor) -> None:
        read_back(given.bundle, by=handler)
        report_sheet(bundle_id=given.bundle.pk, by=handler, at=timezone.now())
        answer = signed_in(city.neighbour.clerk).post(
            url("bundle.send_back", given.bundle), {"words": "不对"}
        )
        assert answer.status_code == 404


class TestListOfOwnSheets:
    def test_ticked_sheets_are_reported_each_with_its_result(
        self, city: City, given: Out, handler: Actor, phone: Client
    ) -> None:
        read_back(given.bundle, by=handler)
        theirs = out(city, unit=make.ready_unit(city.here, name="邻单位"), count=1).bundle
        lacking = out(city, unit=given.bundle.unit, count=1).bundle
        ticked = {"bundle": [given.bundle.pk, theirs.pk, lacking.pk]}
        shown = phone.post(reverse("sheet.mine"), ticked)
        results = dict(shown.context["results"])
        assert results.keys() == {given.bundle.number, lacking.number}
        assert "已报送" in results[given.bundle.number]
        assert results[lacking.number].startswith("没有报送：")
        for bundle in (given.bundle, lacking, theirs):
            bundle.refresh_from_db()
        assert (given.bundle.sent_at, lacking.sent_at, theirs.sent_at)[1:] == (None, None)
        assert given.bundle.sent_at is not None
        assert "请先勾选" in phone.post(reverse("sheet.mine")).content.decode()

    def test_is_found_by_the_office_ordered_and_taken_along(
        self, city: City, given: Out, phone: Client
    ) -> None:
        address, office = reverse("sheet.mine"), given.bundle.office.name
        other = out(city, unit=given.bundle.unit, count=2).bundle
        newest = phone.get(address, {"sort": "new", "q": office}).context["lines"]
        assert [line.number for line in newest] == [other.number, given.bundle.number]
        assert phone.get(address, {"q": "没有这个机构"}).context["lines"] == []
        seen = cells_of(phone.post(address, {"export": "xlsx", "bundle": other.pk}).content)
        assert other.number in seen and given.bundle.number not in seen


def test_the_code_of_a_reported_sheet_names_its_way_out() -> None:
    assert "撤回" in no.SHEET_SENT.way_out
