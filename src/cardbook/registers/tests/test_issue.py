"""Issued documents: one number, one event, the same bytes for ever (Art. 7, 8)."""

import io
import json
import threading
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from django.db import DatabaseError, connections, transaction
from pypdf import PdfReader

from cardbook.ledger.models import Event
from cardbook.ledger.requests import KeyReused
from cardbook.lib.sm import sm3
from cardbook.papers.models import Paper
from cardbook.registers import issue
from cardbook.registers.issue import NotIntact, NotYours, document_bytes, issue_document
from cardbook.registers.models import IssuedDocument, RunningNumber
from cardbook.registers.pdf import render_pdf
from cardbook.registers.tests.sheets import AT, office, row, sheet
from cardbook.registers.xlsx import render_xlsx
from cardbook.testing import factories


@pytest.fixture
def place(db: None) -> factories.City:
    """A city with two counties."""
    return factories.city()


@pytest.fixture(autouse=True)
def store(tmp_path: Path, settings: object) -> Path:
    """A store of papers of the test's own."""
    settings.PAPERS_ROOT = tmp_path  # type: ignore[attr-defined]
    return tmp_path


@pytest.mark.article(8, 4)
class TestIssueDocument:
    def test_numbers_run_by_form_office_and_year(self, place: factories.City) -> None:
        window, clerk = place.here.window, place.here.clerk
        given = sheet(row(1), office=office(window))
        next_year = AT + timedelta(days=60)

        def number(**changes: object) -> str:
            at = changes.pop("at", AT)
            made = replace(given, **changes)  # type: ignore[arg-type]
            return issue_document(sheet=made, by=clerk, at=at, key=factories.key()).number  # type: ignore[arg-type]

        other = office(place.here.other_window)
        assert number() == f"CSBD-{window.code}-2026-0001"
        assert number() == f"CSBD-{window.code}-2026-0002"
        assert number(office=other) == f"CSBD-{other.code}-2026-0001"
        assert number(at=next_year) == f"CSBD-{window.code}-2027-0001"
        assert number(form=replace(given.form, code="other_form", prefix="QTBD")) == (
            f"QTBD-{window.code}-2026-0001"
        )

    def test_freezes_bytes_digests_and_one_event(self, place: factories.City) -> None:
        given = sheet(row(1), office=office(place.here.window))
        made = issue_document(sheet=given, by=place.here.clerk, at=AT, key="k")
        pdf, xlsx = document_bytes(made, "pdf"), document_bytes(made, "xlsx")
        assert pdf == render_pdf(given, number=made.number)
        assert xlsx == render_xlsx(given, number=made.number)
        assert (made.pdf_digest, made.xlsx_digest) == (sm3(pdf).hex(), sm3(xlsx).hex())
        assert (made.digest, made.rows, made.issued_at) == (given.digest, 1, AT)
        event = Event.objects.get(subject_kind="document", subject_id=made.pk)
        assert (event.act, event.seq, event.actor_id) == (
            "document.issue", 1, place.here.clerk.user_id,
        )  # fmt: skip
        assert event.basis == "第八条第四款、第十二条"
        assert json.loads(event.facts)["digest"] == given.digest
        assert event.papers == [f"issued_pdf:{made.pdf_digest}", f"issued_xlsx:{made.xlsx_digest}"]

    def test_a_double_click_gives_one_document(self, place: factories.City) -> None:
        given = sheet(row(1), office=office(place.here.window))
        first = issue_document(sheet=given, by=place.here.clerk, at=AT, key="k")
        # Between the clicks a minute passed and another card was handed over.
        later = replace(given, rows=(row(1), row(2)), printed_at=AT + timedelta(minutes=1))
        second = issue_document(
            sheet=later, by=place.here.clerk, at=AT + timedelta(minutes=1), key="k"
        )
        assert second == first
        assert IssuedDocument.objects.count() == 1
        assert RunningNumber.objects.get().last == 1

    def test_the_key_of_another_sheet_or_person_is_refused(self, place: factories.City) -> None:
        given = sheet(row(1), office=office(place.here.window))
        issue_document(sheet=given, by=place.here.clerk, at=AT, key="k")
        for other, by in (
            (replace(given, covers="2026-11-21"), place.here.clerk),
            (given, place.here.other_clerk),
        ):
            with pytest.raises(KeyReused):
                issue_document(sheet=other, by=by, at=AT, key="k")
        assert IssuedDocument.objects.count() == 1

    def test_a_neighbour_county_cannot_issue_ours(self, place: factories.City) -> None:
        given = sheet(row(1), office=office(place.here.window))
        with pytest.raises(NotYours):
            issue_document(sheet=given, by=place.neighbour.clerk, at=AT, key="k")
        assert not IssuedDocument.objects.exists()
        assert not RunningNumber.objects.exists()

    def test_a_failure_while_printing_uses_up_no_number(
        self, place: factories.City, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        given = sheet(row(1), office=office(place.here.window))

        def broken(*_: object, **__: object) -> bytes:
            raise OSError("磁盘已满")

        monkeypatch.setattr(issue, "render_xlsx", broken)
        with pytest.raises(OSError, match="磁盘已满"):
            issue_document(sheet=given, by=place.here.clerk, at=AT, key="k")
        monkeypatch.undo()
        assert not RunningNumber.objects.exists()
        assert not Event.objects.filter(subject_kind="document").exists()
        made = issue_document(sheet=given, by=place.here.clerk, at=AT, key="k")
        assert made.number.endswith("-0001")

    def test_the_database_refuses_to_change_a_document(self, place: factories.City) -> None:
        given = sheet(row(1), office=office(place.here.window))
        issue_document(sheet=given, by=place.here.clerk, at=AT, key="k")
        for change in (
            lambda: IssuedDocument.objects.update(number="X-1"),
            lambda: IssuedDocument.objects.all().delete(),
        ):
            with pytest.raises(DatabaseError), transaction.atomic():
                change()


class TestDocumentBytes:
    def test_an_altered_file_is_named_not_printed(
        self, place: factories.City, store: Path
    ) -> None:
        given = sheet(row(1), office=office(place.here.window))
        made = issue_document(sheet=given, by=place.here.clerk, at=AT, key="k")
        path = store / made.pdf_digest[:2] / made.pdf_digest
        content = bytearray(path.read_bytes())
        content[100] ^= 1
        path.write_bytes(content)
        with pytest.raises(NotIntact, match="备份"):
            document_bytes(made, "pdf")

    def test_a_file_swapped_for_another_sealed_one_is_noticed(
        self, place: factories.City, store: Path
    ) -> None:
        given = sheet(row(1), office=office(place.here.window))
        made = issue_document(sheet=given, by=place.here.clerk, at=AT, key="k")
        other = store / made.xlsx_digest[:2] / made.xlsx_digest
        (store / made.pdf_digest[:2] / made.pdf_digest).write_bytes(other.read_bytes())
        with pytest.raises(NotIntact):
            document_bytes(made, "pdf")

    def test_a_lost_file_is_named(self, place: factories.City, store: Path) -> None:
        given = sheet(row(1), office=office(place.here.window))
        made = issue_document(sheet=given, by=place.here.clerk, at=AT, key="k")
        (store / made.xlsx_digest[:2] / made.xlsx_digest).unlink()
        with pytest.raises(NotIntact, match="不在存档"):
            document_bytes(made, "xlsx")

    def test_papers_know_the_document(self, place: factories.City) -> None:
        given = sheet(row(1), office=office(place.here.window))
        made = issue_document(sheet=given, by=place.here.clerk, at=AT, key="k")
        paper = Paper.objects.get(digest=made.pdf_digest)
        assert (paper.kind, paper.media_type) == ("issued_pdf", "application/pdf")
        assert made.number in paper.title


@pytest.mark.races
class TestTwoAtOnce:
    def _together(self, work: list[tuple[object, str]], by: object) -> list[str]:
        numbers: list[str] = []
        barrier = threading.Barrier(len(work))

        def run(given: object, key: str) -> None:
            try:
                barrier.wait(timeout=20)
                made = issue_document(sheet=given, by=by, at=AT, key=key)  # type: ignore[arg-type]
                numbers.append(made.number)
            finally:
                connections.close_all()

        threads = [threading.Thread(target=run, args=pair) for pair in work]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(timeout=60)
        return numbers

    def test_one_key_gives_one_number(self, fresh_database: str) -> None:
        place = factories.city()
        given = sheet(row(1), office=office(place.here.window))
        numbers = self._together([(given, "same")] * 4, place.here.clerk)
        assert len(numbers) == 4 and len(set(numbers)) == 1
        assert IssuedDocument.objects.count() == 1

    def test_numbers_of_different_requests_have_no_gap(self, fresh_database: str) -> None:
        place = factories.city()
        given = sheet(row(1), office=office(place.here.window))
        numbers = self._together([(given, f"key-{n}") for n in range(6)], place.here.clerk)
        code = place.here.window.code
        assert sorted(numbers) == [f"CSBD-{code}-2026-{n:04d}" for n in range(1, 7)]


@pytest.mark.article(8, 4)
class TestTwoThousandRows:
    def test_a_full_sheet_is_printed_to_its_last_row(self) -> None:
        given = sheet(*(row(place) for place in range(1, 2001)))
        pages = PdfReader(io.BytesIO(render_pdf(given, number="N-1"))).pages
        assert "2000" in pages[-1].extract_text() or "2000" in pages[-2].extract_text()
