"""Two files with the same cards, posted at the same moment (Art. 6; trust-and-ux.md D1, D5)."""

from functools import partial
from pathlib import Path

import pytest

from cardbook.cards.models import Card
from cardbook.chapters.intake.models import Delivery
from cardbook.chapters.intake.receive import importer
from cardbook.chapters.intake.receive.tests.manifests import cards_of, staged, written
from cardbook.demo.manifests import Family
from cardbook.imports.models import ImportFile, Stage
from cardbook.testing import factories as make
from cardbook.testing.factories import NOON, City
from cardbook.testing.races import in_words, together


def at_once(files: list[int], city: City) -> list[str]:
    def post(file_id: int) -> str:
        file = ImportFile.objects.get(pk=file_id)
        posted = importer.post(file=file, by=city.here.keeper, at=NOON)
        return "known" if posted.repeated else "posted"

    return in_words(together(*(partial(post, file_id) for file_id in files)), done=str)


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
    said = at_once([file.pk for file in files], city)
    assert said.count("posted") == 1
    assert set(said) - {"posted"} <= {"CARD_NUMBER_TAKEN", "known"}
    assert Card.objects.count() == 30


@pytest.mark.races
def test_two_people_posting_one_file_at_once_give_one_delivery(
    fresh_database: str, tmp_path: Path
) -> None:
    city = make.city()
    file = staged(written(tmp_path, cards_of(30))[0], city.here)
    said = at_once([file.pk] * 4, city)
    assert said.count("posted") == 1
    assert set(said) <= {"posted", "known", "FILE_NOT_CHECKED"}
    assert Delivery.objects.count() == 1
    assert ImportFile.objects.get().stage == Stage.POSTED
