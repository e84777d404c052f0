"""What nobody entered does not lie in staging for ever; what has to be read stays (Art. 32)."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from cardbook.chapters.intake.models import ManifestRow
from cardbook.chapters.intake.receive import importer
from cardbook.chapters.intake.receive.manifest_job import MANIFESTS
from cardbook.chapters.intake.receive.tests.manifests import cards_of, staged, written
from cardbook.config.purging import purge
from cardbook.imports import engine, runs
from cardbook.imports.models import ImportFile, Stage, Work
from cardbook.law.parameters import whole_number
from cardbook.lib.clock import local_day
from cardbook.lifecycle.refusals import Refused
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
