"""Files nobody has seen before are read right or refused in words; none breaks an office.

I10, I12, I15, I18. Each seed is another program and clerk; `make soak` plays two hundred.
"""

import pytest

from cardbook.cards.models import Card
from cardbook.chapters.intake.models import ManifestRow
from cardbook.chapters.intake.receive import importer
from cardbook.imports.models import ImportFile, Stage
from cardbook.imports.reading import FileRefused
from cardbook.testing.factories import NOON, City
from tests.fire.strangers import Stranger, stranger

pytestmark = [pytest.mark.django_db, pytest.mark.article(6)]
IN_THE_SUITE, IN_THE_SOAK = 12, 200
SEEDS = [
    pytest.param(seed, marks=() if seed < IN_THE_SUITE else pytest.mark.soak)
    for seed in range(IN_THE_SOAK)
]


@pytest.mark.trust("I10", "I12", "I15", "I18")
@pytest.mark.parametrize("seed", SEEDS)
def test_a_file_of_a_stranger_is_read_right_or_refused_in_words(city: City, seed: int) -> None:
    given = stranger(seed)
    try:
        file = checked(given, city)
    except FileRefused as refused:
        assert given.is_burnt, (given.name, refused.code, refused.sentence)
        assert refused.sentence.endswith("。") and refused.remedy.endswith("。")
        assert not ManifestRow.objects.exists()
        return
    problems = list(file.problems.filter(is_error=True))
    assert all(problem.sentence and problem.remedy for problem in problems)
    if not given.is_burnt:
        said = [(one.row, one.field, one.sentence) for one in problems]
        assert {one.row for one in problems if one.row} == set(given.wrong), (given.wrong, said)
        assert file.rows == len(given.cards)
    if not file.errors:
        importer.post(file=file, by=city.here.keeper, at=NOON)
        assert ImportFile.objects.get(pk=file.pk).stage == Stage.POSTED
        found = set(Card.objects.values_list("number", flat=True))
        assert given.is_burnt or found == {tidy(number) for number in given.cards}
    else:
        assert not Card.objects.exists()


def checked(given: Stranger, city: City) -> ImportFile:
    file = importer.upload(
        name=given.name, content=given.content, receiver=city.here.card_body,
        by=city.here.keeper, at=NOON,
    )  # fmt: skip
    return importer.check(file=file, at=NOON)


def tidy(number: str) -> str:
    """A card number without the dress that does it no harm."""
    return "".join(sign for sign in number if sign.isascii() and sign.isalnum())
