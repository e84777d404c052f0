"""Whoever takes a file with whole numbers that is no issued document is on record (Art. 32)."""

import pytest
from django.db import transaction
from django.urls import reverse

from cardbook.law.roles import Role
from cardbook.ledger.models import Event
from cardbook.lib.sm import sm3
from cardbook.registers.models import Matter, TakenFile
from cardbook.registers.taking import note_taking
from cardbook.testing import factories as make
from cardbook.testing.clients import signed_in
from cardbook.testing.factories import City
from cardbook.testing.files import text_of

pytestmark = [pytest.mark.django_db, pytest.mark.article(32)]


def took(city: City, name: str = "到货_错误清单.csv", rows: int = 3) -> TakenFile:
    """A keeper took a sheet with what is wrong in it."""
    return note_taking(
        Matter.ERROR_SHEET, name=name, rows=rows, content=name.encode(), by=city.here.keeper,
        at=make.NOON,
    )  # fmt: skip


def test_says_who_when_what_for_and_how_many_in_the_ledger_too(city: City) -> None:
    made = took(city)
    assert (made.taken_by_id, made.taken_at, made.rows) == (
        city.here.keeper.user_id, make.NOON, 3,
    )  # fmt: skip
    assert made.digest == sm3(made.name.encode()).hex()
    event = Event.objects.get(subject_kind="taken_file", subject_id=made.pk)
    assert (event.act, event.seq, event.actor_id) == ("file.take", 1, made.taken_by_id)
    assert made.digest in event.facts and made.name not in event.facts


def test_is_on_record_altogether_or_not_at_all(city: City) -> None:
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        took(city)
        _ = 1 / 0
    assert not TakenFile.objects.exists() and not Event.objects.filter(act="file.take").exists()


def test_the_list_is_searched_sorted_and_exported_as_seen(city: City) -> None:
    first, second = took(city, rows=9), took(city, name="期初_错误清单.csv")
    client, address = signed_in(city.here.auditor), reverse("document.taken")

    def seen(**wanted: str) -> list[int]:
        return [row.pk for row in client.get(address, wanted).context["found"]]

    assert seen() == seen(sort="gibberish") == [second.pk, first.pk]
    assert seen(sort="rows") == [first.pk, second.pk]
    assert seen(q="期初") == [second.pk] and seen(matter="accounts") == []
    assert seen(q=city.here.keeper.name) == [second.pk, first.pk]
    ticked = client.get(address, {"export": "xlsx", "pick": first.pk})
    assert first.name in text_of(ticked.content) and second.name not in text_of(ticked.content)


def test_is_for_those_who_answer_for_it(city: City) -> None:
    took(city)
    address = reverse("document.taken")
    assert signed_in(city.here.clerk).get(address).status_code == 403
    for county, taken in ((city.here, 1), (city.neighbour, 0)):
        head = make.worker("县区负责人", Role.COUNTY_MANAGER, county.county)
        assert len(signed_in(head).get(address).context["found"]) == taken
