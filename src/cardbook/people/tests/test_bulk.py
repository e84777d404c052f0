"""The bulk vault is the vault, only faster: what one seals the other opens and finds (PIPL 51)."""

import pytest
from django.conf import settings

from cardbook.people import vault
from cardbook.people.bulk import BulkVault

NAMES = ("张伟", "单晓㛃", "阿卜杜热西提·买买提", "欧阳丽娜")


def bulk_vault() -> BulkVault:
    return BulkVault(keys=settings.VAULT_KEYS, index_key=settings.INDEX_KEY)


class TestBulkVault:
    @pytest.mark.parametrize("name", NAMES)
    def test_finds_a_person_by_the_keys_of_the_vault(self, name: str) -> None:
        number = "999999198001010014"
        assert bulk_vault().search_keys(name=name, number=number) == vault.search_keys(
            name=name, number=number
        )

    def test_indexes_numbers_and_phones_as_the_vault_does(self) -> None:
        bulk = bulk_vault()
        assert bulk.number_index("999999198001010014") == vault.number_index("999999198001010014")
        assert bulk.phone_index("10021234567") == vault.phone_index("10021234567")

    def test_seals_what_the_vault_opens_under_the_same_context_only(self) -> None:
        sealed = bulk_vault().seal("张伟", context=vault.NAME)
        assert vault.open_text(sealed, context=vault.NAME) == "张伟"
        with pytest.raises(Exception, match="校验失败"):
            vault.open_text(sealed, context=vault.PHONE)
