"""Two sources with the same cards, posted at the same moment (Art. 6; trust-and-ux.md D1, D5)."""

from functools import partial

import pytest

from cardbook.cards.models import Card
from cardbook.chapters.intake.models import OpeningClaim, OpeningSource
from cardbook.chapters.intake.opening import importer
from cardbook.chapters.intake.opening.tests.ledgers import row, staged
from cardbook.imports.models import ImportFile
from cardbook.testing import factories as make
from cardbook.testing.factories import NOON, City
from cardbook.testing.races import in_words, together


def at_once(files: list[int], city: City) -> list[str]:
    def post(file_id: int) -> str:
        file = ImportFile.objects.select_related("organization").get(pk=file_id)
        posted = importer.post(file=file, by=city.here.keeper, at=NOON)
        return "repeated" if posted.repeated else f"posted {posted.cards}"

    return in_words(together(*(partial(post, file_id) for file_id in files)), done=str)


@pytest.mark.races
def test_two_sources_posted_at_once_give_one_set_of_cards_and_both_are_heard(
    fresh_database: str,
) -> None:
    city = make.city()
    rows = [row(f"Q{place:08d}") for place in range(30)]
    other = [{**one, "状态": "在库", "存放地点": ""} for one in rows]
    files = [staged(city, rows, source="纸").pk, staged(city, other, source="省").pk]
    said = at_once(files, city)
    assert sorted(said) == ["posted 0", "posted 30"]
    assert Card.objects.count() == 30 and OpeningSource.objects.count() == 2
    assert OpeningClaim.objects.filter(registered=True).count() == 30
    assert OpeningClaim.objects.exclude(differs=[]).count() == 30


@pytest.mark.races
def test_one_file_posted_by_four_at_once_is_one_source(fresh_database: str) -> None:
    city = make.city()
    file = staged(city, [row(f"Q{place:08d}") for place in range(30)])
    said = at_once([file.pk] * 4, city)
    assert said.count("posted 30") == 1
    assert set(said) <= {"posted 30", "repeated", "FILE_NOT_CHECKED"}
    assert OpeningSource.objects.count() == 1 and OpeningClaim.objects.count() == 30
