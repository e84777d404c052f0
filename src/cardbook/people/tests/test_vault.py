"""Personal data: sealed in its field, found by blind index, in clear nowhere (PIPL 51, P5)."""

from datetime import date

import pytest
from django.conf import LazySettings
from django.db import IntegrityError, connection

from cardbook.lib.sm import Damaged
from cardbook.people import vault
from cardbook.people.holders import find_by_number, find_by_phone, holder_of
from cardbook.people.models import Person
from cardbook.testing import factories as make

PHONE = "13900000001"


def known(*, name: str, number: str, phone: str = "", address: str = "") -> Person:
    """A person with everything the book may know of him."""
    person = make.person(name=name, number=number)
    Person.objects.filter(pk=person.pk).update(
        phone_sealed=vault.seal_text(phone, context=vault.PHONE) if phone else None,
        phone_index=vault.phone_index(phone) if phone else None,
        address_sealed=vault.seal_text(address, context=vault.ADDRESS) if address else None,
    )
    return Person.objects.get(pk=person.pk)


def search(terms: list[str]) -> list[Person]:
    """People who carry all the keys that are asked for."""
    return list(Person.objects.filter(search_keys__contains=vault.query_keys(terms)))


class TestSealText:
    @pytest.mark.parametrize("text", ["王小明", "䶮㛃𬭎𠮷", "阿卜杜拉·买买提", ""])
    def test_opens_to_what_was_sealed(self, text: str) -> None:
        sealed = vault.seal_text(text, context=vault.NAME)
        assert vault.open_text(sealed, context=vault.NAME) == text
        assert not text or text.encode() not in sealed

    def test_never_seals_the_same_text_alike(self) -> None:
        one, other = (vault.seal_text("王小明", context=vault.NAME) for _ in range(2))
        assert one != other

    @pytest.mark.trust("P7")
    @pytest.mark.parametrize("place", [0, 1, 14, -1])
    def test_one_flipped_bit_is_noticed(self, place: int) -> None:
        sealed = bytearray(vault.seal_text("王小明", context=vault.NAME))
        sealed[place] ^= 1
        with pytest.raises(Damaged):
            vault.open_text(bytes(sealed), context=vault.NAME)

    def test_a_value_moved_to_another_field_does_not_open(self) -> None:
        sealed = vault.seal_text("王小明", context=vault.NAME)
        with pytest.raises(Damaged):
            vault.open_text(sealed, context=vault.ADDRESS)

    @pytest.mark.trust("P6")
    def test_after_a_new_key_the_old_values_still_open(self, settings: LazySettings) -> None:
        old = vault.seal_text("王小明", context=vault.NAME)
        settings.VAULT_KEYS = {**settings.VAULT_KEYS, 2: b"k" * 16}
        new = vault.seal_text("王小明", context=vault.NAME)
        assert (old[0], new[0]) == (1, 2)
        assert vault.open_text(old, context=vault.NAME) == "王小明"
        settings.VAULT_KEYS = {2: b"k" * 16}
        assert vault.open_text(new, context=vault.NAME) == "王小明"
        with pytest.raises(Damaged, match="第 1 版密钥"):
            vault.open_text(old, context=vault.NAME)


class TestBlindIndex:
    def test_is_no_plain_digest_and_changes_with_the_key(self, settings: LazySettings) -> None:
        number = make.citizen_number()
        before = vault.number_index(number)
        assert before == vault.number_index(number) and len(before) == 32
        assert before != vault.phone_index(number), "each field has its own indexes"
        settings.INDEX_KEY = b"x" * 32
        assert vault.number_index(number) != before


@pytest.mark.django_db
class TestFind:
    def test_by_number_and_by_phone(self) -> None:
        number = make.citizen_number()
        person = known(name="王小明", number=number, phone=PHONE)
        make.person(name="别人")
        assert find_by_number(number) == person
        assert find_by_phone(PHONE) == [person]
        assert find_by_number(make.citizen_number()) is None

    @pytest.mark.parametrize(
        "terms",
        [["王小明"], ["wxm"], ["WXM"], ["{tail}"], ["王小明", "{tail}"], ["wxm", "{tail}"]],
    )
    def test_by_name_initials_or_last_four(self, terms: list[str]) -> None:
        number = make.citizen_number()
        person = known(name="王小明", number=number)
        make.person(name="李大海")
        asked = [term.format(tail=number[-4:]) for term in terms]
        assert person in search(asked)
        assert not any(holder_of(found).name == "李大海" for found in search(["王小明"]))

    def test_all_terms_must_match(self) -> None:
        person = known(name="王小明", number=make.citizen_number())
        assert search(["王小明", "李大海"]) == []
        assert search(["王小明"]) == [person]

    def test_a_rare_character_is_found_as_written(self) -> None:
        person = known(name="王𬭎䶮", number=make.citizen_number())
        assert search(["王𬭎䶮"]) == [person]
        assert holder_of(person).name == "王𬭎䶮"

    def test_a_number_is_known_once(self) -> None:
        number = make.citizen_number()
        make.person(number=number)
        with pytest.raises(IntegrityError, match="person_number_once"):
            make.person(number=number)


@pytest.mark.django_db
class TestTheRawTable:
    @pytest.mark.trust("P5")
    @pytest.mark.article(32)
    def test_shows_no_name_number_phone_or_address_in_any_column(self) -> None:
        number = make.citizen_number()
        secret = {
            "name": "欧阳锋刃",
            "number": number,
            "phone": PHONE,
            "address": "某镇某村七组",
        }
        known(**secret)
        with connection.cursor() as cursor:
            cursor.execute("SELECT p::text FROM people_person p")
            rows = "".join(row for (row,) in cursor.fetchall())
        for clear in secret.values():
            assert clear not in rows and clear.encode().hex() not in rows
        assert number[-4:].encode().hex() not in rows

    @pytest.mark.trust("P7")
    def test_one_damaged_field_leaves_the_others_readable(self) -> None:
        hurt = known(name="王小明", number=make.citizen_number(), phone=PHONE)
        whole = known(name="李大海", number=make.citizen_number())
        sealed = bytes(hurt.phone_sealed or b"")
        bent = bytes([*sealed[:-1], sealed[-1] ^ 1])
        Person.objects.filter(pk=hurt.pk).update(phone_sealed=bent)
        hurt.refresh_from_db()
        with pytest.raises(Damaged):
            holder_of(hurt)
        assert vault.open_text(hurt.name_sealed, context=vault.NAME) == "王小明"
        assert holder_of(whole).name == "李大海"


class TestHolder:
    @pytest.mark.django_db
    def test_is_masked_unless_asked_otherwise(self) -> None:
        number = make.citizen_number()
        holder = holder_of(known(name="王小明", number=number, phone=PHONE))
        assert holder.masked_number == f"{number[:6]}{'*' * 8}{number[-4:]}"
        assert holder.masked_phone == "139****0001"
        assert holder.number == number

    @pytest.mark.trust("T5")
    @pytest.mark.django_db
    @pytest.mark.article(11)
    @pytest.mark.parametrize(
        ("on", "age"),
        [(date(2026, 2, 27), 17), (date(2026, 2, 28), 17), (date(2026, 3, 1), 18)],
    )
    def test_a_leap_day_child_comes_of_age_on_the_first_of_march(self, on: date, age: int) -> None:
        holder = holder_of(make.person(born_on=date(2008, 2, 29)))
        assert holder.age(on=on) == age
