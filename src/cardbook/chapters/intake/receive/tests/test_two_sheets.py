"""A workbook with people in two sheets waits for a person's choice, on its page too (Art. 6)."""

from pathlib import Path

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from cardbook.chapters.intake.receive import importer
from cardbook.chapters.intake.receive.tests.manifests import cards_of, written
from cardbook.demo.manifests import Family
from cardbook.imports import engine
from cardbook.imports.models import ImportFile, Stage
from cardbook.lib.clock import local_day
from cardbook.testing.clients import signed_in
from cardbook.testing.factories import NOON, City

pytestmark = [pytest.mark.django_db, pytest.mark.article(6), pytest.mark.trust("I12")]


def workbook(folder: Path, *, other: str, hidden: bool = True) -> SimpleUploadedFile:
    path, _ = written(folder, cards_of(3), family=Family.F2)
    book = openpyxl.load_workbook(path)
    page = book.create_sheet("旧表")
    page.append([other, "张伟"])
    page.sheet_state = "hidden" if hidden else "visible"
    book.save(path)
    return SimpleUploadedFile("明细.xlsx", path.read_bytes())


def test_a_hidden_sheet_of_people_is_asked_about_before_anything_is_checked(
    city: City, tmp_path: Path
) -> None:
    client = signed_in(city.here.keeper)
    sent = workbook(tmp_path, other="999999199001010014")
    answer = client.post(
        reverse("import.upload"), {"file": sent, "receiver": city.here.card_body.pk}, follow=True
    )
    file = ImportFile.objects.get()
    assert (file.stage, file.sheet) == (Stage.STAGED, "")
    page = answer.content.decode()
    assert "、旧表（隐藏）。" in page and "选择工作表" in page
    (shown,) = engine.sheets_of(file, layout=importer.layout_on(local_day(NOON)))
    client.post(reverse("import.mapping", args=[file.pk]), {"sheet": shown})
    file.refresh_from_db()
    assert (file.stage, file.sheet, file.rows, file.errors) == (Stage.CHECKED, shown, 3, 0)


@pytest.mark.parametrize("hidden", [True, False])
def test_a_sheet_of_words_is_no_question_and_the_own_sheet_still_comes_back(
    city: City, tmp_path: Path, hidden: bool
) -> None:
    client = signed_in(city.here.keeper)
    sent = workbook(tmp_path, other="填表说明", hidden=hidden)
    client.post(reverse("import.upload"), {"file": sent, "receiver": city.here.card_body.pk})
    file = ImportFile.objects.get()
    assert (file.stage, file.rows, file.errors) == (Stage.CHECKED, 3, 0)
    assert any("“旧表”" in note and "没有读取" in note for note in file.notes)
    assert file.sheet not in ("", "旧表")
    content, _ = engine.annotated_file(file)
    assert content[:2] == b"PK"
