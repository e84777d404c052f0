"""Two files with the same cards, posted at the same moment (Art. 6; trust-and-ux.md D1, D5)."""

import threading
from pathlib import Path

import pytest
from django.db import connections

from cardbook.cards.models import Card
from cardbook.chapters.intake.models import Delivery
from cardbook.chapters.intake.receive import importer
from cardbook.chapters.intake.receive.tests.manifests import cards_of, staged, written
from cardbook.demo.manifests import Family
from cardbook.imports.models import ImportFile, Stage
from cardbook.lifecycle.refusals import Refused
from cardbook.testing import factories as make
from cardbook.testing.factories import NOON


@pytest.mark.races
def test_two_files_with_the_same_cards_posted_at_once_give_one_set_of_cards(
    fresh_database: str, tmp_path: Path
) -> None:
    city = make.city()
    cards = cards_of(30)
    files = [
        staged(written(tmp_path, cards, name="甲")[0], city.here),
        staged(written(tmp_path, cards, family=Family.F2, name="乙")[0], city.here),
    ]
    said: list[str] = []

    def post(file: ImportFile) -> None:
        try:
            posted = importer.post(file=file, by=city.here.keeper, at=NOON)
            said.append("known" if posted.repeated else "posted")
        except Refused as refused:
            said.append(refused.refusals[0].code)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=post, args=(file,)) for file in files]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert said.count("posted") == 1
    assert set(said) - {"posted"} <= {"CARD_NUMBER_TAKEN", "known"}
    assert Card.objects.count() == 30


@pytest.mark.races
def test_two_people_posting_one_file_at_once_give_one_delivery(
    fresh_database: str, tmp_path: Path
) -> None:
    city = make.city()
    file = staged(written(tmp_path, cards_of(30))[0], city.here)
    said: list[str] = []

    def post() -> None:
        try:
            mine = ImportFile.objects.get(pk=file.pk)
            posted = importer.post(file=mine, by=city.here.keeper, at=NOON)
            said.append("known" if posted.repeated else "posted")
        except Refused as refused:
            said.append(refused.refusals[0].code)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=post) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert said.count("posted") == 1
    assert set(said) <= {"posted", "known", "FILE_NOT_CHECKED"}
    assert Delivery.objects.count() == 1
    assert ImportFile.objects.get().stage == Stage.POSTED
