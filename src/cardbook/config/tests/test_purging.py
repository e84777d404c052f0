"""What nobody entered does not lie in staging for ever; what has to be read stays (Art. 32)."""

import os
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from pytest_django import Settings

from cardbook.chapters.intake.models import ManifestRow
from cardbook.chapters.intake.receive import importer
from cardbook.chapters.intake.receive.manifest_job import MANIFESTS
from cardbook.chapters.intake.receive.tests.manifests import cards_of, staged, written
from cardbook.config.purging import purge, purge_files
from cardbook.imports import engine, runs
from cardbook.imports.models import ImportFile, Stage, Work
from cardbook.imports.reading import FileRefused
from cardbook.law.parameters import whole_number
from cardbook.lib.clock import local_day
from cardbook.lifecycle.refusals import Refused
from cardbook.papers.models import Paper
from cardbook.papers.storage import add_paper
from cardbook.testing.clients import signed_in
from cardbook.testing.factories import NOON, City

pytestmark = [pytest.mark.django_db, pytest.mark.article(32)]


@pytest.fixture
def good(city: City, tmp_path: Path) -> ImportFile:
    """A file that could be entered and never was."""
    return staged(written(tmp_path, cards_of(3))[0], city.here)


@pytest.fixture
def refused(city: City, tmp_path: Path) -> ImportFile:
    """A file with one wrong row of three."""
    cards = cards_of(3, seed=2, prefix="R")
    cards[1] = replace(cards[1], name="王?")
    return staged(written(tmp_path, cards, name="有错")[0], city.here)


def after(file: ImportFile, *, days: int) -> int:
    """Purge so many days after the file came; how many files were cleared."""
    file.refresh_from_db()
    return purge(at=file.uploaded_at + timedelta(days=days, minutes=1))


def keep_days(file: ImportFile) -> int:
    return whole_number("staged_rows_keep_days", on=local_day(file.uploaded_at))


def test_nothing_goes_before_its_time(good: ImportFile) -> None:
    assert after(good, days=keep_days(good) - 1) == 0
    assert ManifestRow.objects.filter(file=good).count() == 3


def test_the_rows_of_a_refused_file_go_and_its_faults_stay(refused: ImportFile) -> None:
    faults = list(refused.problems.values_list("row", "sentence", "remedy"))
    assert faults and ManifestRow.objects.filter(file=refused).count() == 2
    assert after(refused, days=keep_days(refused)) == 1
    refused.refresh_from_db()
    assert not ManifestRow.objects.exists()
    assert (refused.stage, refused.errors) == (Stage.CHECKED, 1)
    assert list(refused.problems.values_list("row", "sentence", "remedy")) == faults
    assert "含“?”" in engine.annotated_file(refused)[0].decode("gb18030")


def test_a_file_in_order_is_checked_anew_before_it_is_entered(
    city: City, good: ImportFile
) -> None:
    assert after(good, days=keep_days(good)) == 1
    good.refresh_from_db()
    assert good.stage == Stage.STAGED and "已按期清除" in good.notes[0]
    with pytest.raises(Refused):
        importer.post(file=good, by=city.here.keeper, at=NOON)
    checked = importer.check(file=good, at=NOON)
    assert not any("已按期清除" in note for note in checked.notes)
    assert importer.post(file=checked, by=city.here.keeper, at=NOON).cards == 3


def test_a_file_in_the_hands_of_a_worker_is_left_alone(city: City, good: ImportFile) -> None:
    runs.ask(file=good, work=Work.POST, job=MANIFESTS.job, by=city.here.keeper, at=NOON)
    assert after(good, days=keep_days(good)) == 0
    assert ManifestRow.objects.filter(file=good).count() == 3


def test_the_second_time_there_is_nothing_left_to_do(
    good: ImportFile, refused: ImportFile
) -> None:
    assert after(refused, days=keep_days(good)) == 2
    with CaptureQueriesContext(
        connection,
    ) as asked:
        assert after(refused, days=keep_days(good)) == 0
    assert len(asked) <= 20


class TestOriginals:
    """The sealed file itself goes later than its rows; that it came, and what was wrong, stays."""

    @pytest.fixture(autouse=True)
    def store(self, settings: Settings, tmp_path: Path) -> Path:
        settings.PAPERS_ROOT = tmp_path / "store"
        return tmp_path / "store"

    def after(self, file: ImportFile, *, days: int) -> int:
        file.refresh_from_db()
        return purge_files(at=file.uploaded_at + timedelta(days=days, minutes=1))

    def kept(self, store: Path) -> list[str]:
        return [path.name for path in store.rglob("*") if path.is_file()]

    def days(self, file: ImportFile) -> int:
        return whole_number("refused_files_keep_days", on=local_day(file.uploaded_at))

    def test_nothing_goes_before_its_time(self, refused: ImportFile, store: Path) -> None:
        assert self.after(refused, days=self.days(refused) - 1) == 0
        assert self.kept(store) == [refused.digest]

    def test_the_bytes_go_and_digest_faults_and_day_stay(
        self, refused: ImportFile, store: Path
    ) -> None:
        faults = list(refused.problems.values_list("row", "sentence", "remedy"))
        digest, due = refused.digest, self.days(refused)
        assert self.after(refused, days=due) == 1
        assert self.kept(store) == [] and not ManifestRow.objects.exists()
        refused.refresh_from_db()
        day = local_day(refused.uploaded_at + timedelta(days=due, minutes=1))
        assert (refused.stage, refused.digest) == (Stage.DROPPED, digest)
        assert refused.original_purged_on == day and f"（{day}）" in refused.notes[0]
        assert Paper.objects.get().digest == digest
        assert list(refused.problems.values_list("row", "sentence", "remedy")) == faults
        assert self.after(refused, days=due) == 0

    def test_whoever_asks_for_it_afterwards_is_told_when_it_went(
        self, city: City, refused: ImportFile
    ) -> None:
        self.after(refused, days=self.days(refused))
        refused.refresh_from_db()
        with pytest.raises(FileRefused, match=f"已于 {refused.original_purged_on} 按期清除"):
            engine.annotated_file(refused)
        page = signed_in(city.here.keeper).get(reverse("import.show", args=[refused.pk]))
        text = page.content.decode()
        assert f"已按期清除（{refused.original_purged_on}）" in text
        assert refused.digest[:16] in text and "下载带错误信息的原表" not in text

    def test_an_entered_file_keeps_its_original(self, city: City, good: ImportFile) -> None:
        importer.post(file=good, by=city.here.keeper, at=NOON)
        assert self.after(good, days=self.days(good)) == 0
        assert engine.annotated_file(good)

    def test_bytes_that_came_again_wait_for_the_later_file(
        self, city: City, refused: ImportFile, store: Path
    ) -> None:
        with engine.working_copy(refused) as path:
            again = staged(path, city.here)
        due = self.days(refused)
        ImportFile.objects.filter(pk=again.pk).update(
            uploaded_at=refused.uploaded_at + timedelta(days=1)
        )
        assert self.after(refused, days=due) == 0 and self.kept(store) == [refused.digest]
        assert self.after(refused, days=due + 1) == 2 and self.kept(store) == []

    def test_bytes_that_somebody_just_brought_again_are_left(
        self, city: City, refused: ImportFile, store: Path
    ) -> None:
        """His row is not committed yet: only the file itself tells that it is wanted."""
        at = refused.uploaded_at + timedelta(days=self.days(refused), minutes=1)
        (sealed,) = [path for path in store.rglob("*") if path.is_file()]
        os.utime(sealed, (at.timestamp(), at.timestamp()))
        assert purge_files(at=at) == 0
        assert self.kept(store) == [refused.digest]
        refused.refresh_from_db()
        assert refused.original_purged_on is None

    def test_what_is_also_another_kind_of_paper_stays(
        self, city: City, refused: ImportFile, store: Path
    ) -> None:
        with engine.working_copy(refused) as path:
            add_paper(
                kind="scan", content=path.read_bytes(), media_type="text/csv", title="附件",
                by=city.here.keeper,
            )  # fmt: skip
        assert self.after(refused, days=self.days(refused)) == 0
        assert self.kept(store) == [refused.digest]

    def test_a_file_in_the_hands_of_a_worker_is_left_alone(
        self, city: City, good: ImportFile, store: Path
    ) -> None:
        runs.ask(file=good, work=Work.POST, job=MANIFESTS.job, by=city.here.keeper, at=NOON)
        assert self.after(good, days=self.days(good)) == 0
        assert self.kept(store) == [good.digest]
