"""A made card's number, as the maker returned it, beside the card that came (Art. 6, 25, 31)."""

from pathlib import Path

import pytest
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from cardbook.adapters.bank_sheets import read
from cardbook.adapters.sandbox.bank import Bank as SandboxBank
from cardbook.cards.models import Application
from cardbook.cards.states import Progress
from cardbook.chapters.usage.made import made_cards
from cardbook.chapters.usage.production.made_compared import other_numbers
from cardbook.chapters.usage.production.tests.test_bank_files import sandbox, take, to_and_fro
from cardbook.chapters.usage.production.tests.test_commands import bank_of, submitted
from cardbook.chapters.usage.replacement.tests.windows import Windows, windows
from cardbook.people.holders import holder_of
from cardbook.testing import factories as make
from cardbook.testing.clients import signed_in

pytestmark = [pytest.mark.django_db, pytest.mark.article(25)]
__all__ = ["sandbox"]


@pytest.fixture
def there() -> Windows:
    return windows()


def made_by(bank: SandboxBank, there: Windows, *, count: int = 1) -> list[Application]:
    """Applications the sandbox's bank takes and whose cards its maker returns."""
    applications = [submitted(there) for _ in range(count)]
    to_and_fro(bank)
    assert bank.bring(make.NOON) == 1
    (returned,) = (path for path in (bank.folder / "in").iterdir() if path.name.startswith("HP"))
    taken = take(there, returned.read_bytes(), name=returned.name)
    assert taken.entered and taken.rows == count
    return applications


def test_the_sandboxs_maker_names_every_card_it_made(
    there: Windows, sandbox: SandboxBank, tmp_path: Path
) -> None:
    one, two = made_by(sandbox, there, count=2)
    found = made_cards([one.pk, two.pk])
    assert len({found[one.pk].number, found[two.pk].number}) == 2
    for card in found.values():
        assert len(card.number) == 9 and len(card.account) == 19
        assert card.chip_code and card.reset and card.voucher
    one.refresh_from_db()
    assert one.progress == Progress.PRODUCED


def test_under_the_number_the_province_gave(there: Windows, tmp_path: Path) -> None:
    row = {"name": "王小明", "number": make.citizen_number()}
    bank = SandboxBank(tmp_path, numbers={row["number"]: "S00000007"}.get)
    bank._to_make["0123456789ab"] = row
    bank.bring(make.NOON)
    (path,) = (tmp_path / "in").iterdir()
    sheet = read(path.read_bytes())
    assert sheet is not None and sheet.orders[0].made is not None
    assert sheet.orders[0].made.number == "S00000007"


@pytest.mark.article(31)
def test_a_card_that_came_under_another_number_is_named(
    there: Windows, sandbox: SandboxBank, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    (one,) = made_by(sandbox, there)
    bank = bank_of(there.city.bank)
    keeper = there.city.here.keeper
    assert other_numbers(by=keeper, bank=bank) == []
    (card,) = make.received_cards(there.city, there.city.here, people=[one.person])
    with django_assert_num_queries(3):
        (found,) = other_numbers(by=keeper, bank=bank)
    made = made_cards([one.pk])[one.pk].number
    assert (found.application_id, found.made, found.came) == (one.pk, made, (card.number,))
    html = signed_in(keeper).get(reverse("application.maker")).content.decode()
    assert "data-other-numbers" in html and card.number in html and made in html
    assert holder_of(one.person).number not in html
    assert other_numbers(by=there.city.neighbour.keeper, bank=bank) == []
