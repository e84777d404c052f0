"""One bank account on one card: asked for in the whole book (Art. 2, 6)."""

from dataclasses import replace
from importlib import import_module
from pathlib import Path
from types import SimpleNamespace

import pytest
from django.db import connection
from django.db.models import F

from cardbook.cards.models import Card
from cardbook.chapters.intake.account_keys import account_key
from cardbook.chapters.intake.card_accounts import CardAccount
from cardbook.chapters.intake.opening.tests.ledgers import row, taken_over
from cardbook.chapters.intake.receive import importer
from cardbook.chapters.intake.receive.tests.manifests import cards_of, imported, staged, written
from cardbook.chapters.staged_files import RowsWrong
from cardbook.demo.manifests import Family, ManifestCard
from cardbook.people import vault
from cardbook.testing.factories import NOON, City

pytestmark = [pytest.mark.django_db, pytest.mark.article(6)]


@pytest.mark.article(2)
class TestOneAccountOnOneCard:
    """The account is asked for in the whole book, not in the file alone."""

    ACCOUNT = "6299990000000001234"

    def manifest(self, folder: Path, card: ManifestCard, *, account: str = ACCOUNT) -> Path:
        path = folder / f"{card.card_number}.csv"
        path.write_text(
            "姓名,社会保障号码,社保卡号,批次号,银行账号\n"
            f"{card.name},{card.number},{card.card_number},{card.batch},{account}\n",
            encoding="utf-8",
        )
        return path

    def test_an_account_on_a_living_card_of_another_is_refused(
        self, city: City, tmp_path: Path
    ) -> None:
        first, second = cards_of(2)
        imported(self.manifest(tmp_path, first), city)
        file = staged(self.manifest(tmp_path, second), city.neighbour)
        (found,) = file.problems.all()
        assert (found.row, found.field, found.code) == (2, "银行卡号", "account_taken")
        assert f"卡 {first.card_number}（{city.here.county.name}，另一人）" in found.sentence
        assert self.ACCOUNT not in found.sentence and found.remedy
        with pytest.raises(RowsWrong):
            importer.post(file=file, by=city.neighbour.keeper, at=NOON)

    def test_a_holders_own_account_may_come_again_on_the_card_made_anew(
        self, city: City, tmp_path: Path
    ) -> None:
        first, second = cards_of(2)
        imported(self.manifest(tmp_path, first), city)
        anew = replace(first, card_number=second.card_number)
        file = staged(self.manifest(tmp_path, anew), city.here)
        assert {one.code for one in file.problems.all()} == {"account_kept", "has_another_card"}
        assert importer.post(file=file, by=city.here.keeper, at=NOON).cards == 1

    @pytest.mark.parametrize(
        ("state", "place", "errors"), [("在库", "库房", 1), ("已销毁", "", 0)]
    )
    def test_a_card_that_was_there_before_this_book_counts_while_it_lives(
        self, city: City, tmp_path: Path, state: str, place: str, errors: int
    ) -> None:
        before = row("Q00000001", 状态=state, 存放地点=place, 金融账号=self.ACCOUNT)
        assert taken_over(city, [before]).cards == 1
        file = staged(self.manifest(tmp_path, cards_of(1)[0]), city.here)
        assert file.errors == errors
        assert [one.code for one in file.problems.all()] == ["account_taken"] * errors

    def test_an_account_taken_since_the_check_stops_the_file(
        self, city: City, tmp_path: Path
    ) -> None:
        first, second = cards_of(2)
        late = staged(self.manifest(tmp_path, second), city.here)
        imported(self.manifest(tmp_path, first), city)
        assert late.errors == 0
        with pytest.raises(RowsWrong):
            importer.post(file=late, by=city.here.keeper, at=NOON)
        assert late.problems.get().code == "account_taken"
        assert Card.objects.count() == 1

    def test_the_key_tells_nothing_and_every_account_has_one(
        self, city: City, tmp_path: Path
    ) -> None:
        imported(written(tmp_path, cards_of(5), family=Family.F2)[0], city)
        keys = CardAccount.objects.values_list("account_key", flat=True)
        sealed = Card.objects.exclude(bank_account_sealed=None).values_list(
            "bank_account_sealed", flat=True
        )
        accounts = [vault.open_text(one, context=vault.BANK) for one in sealed]
        assert len(accounts) == 5
        known = {account_key(one, index=vault.number_index) for one in accounts}
        assert set(keys) == known
        # Books that are older than the table get the same keys when they are brought up to date.
        # No row is ever deleted: those that are there step aside.
        CardAccount.objects.update(account_key=F("account_key") * -1)
        data = import_module("cardbook.chapters.intake.migrations.0005_card_accounts_data")
        data.keep_keys(None, SimpleNamespace(connection=connection))
        assert set(keys.all()) == known | {-key for key in known}
