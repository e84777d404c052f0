"""Rows sent by a program are kept as a file of the same columns would be (Art. 23, 30)."""

from functools import partial
from typing import Any

import pytest

from cardbook.cards.models import Card
from cardbook.chapters.usage.models import CardUse, CardUsed, TransferIn
from cardbook.chapters.usage.row_file_api import MOST_ROWS
from cardbook.chapters.usage.tests.calling import call, codes
from cardbook.chapters.usage.uses.tests.test_use_files import a_use
from cardbook.imports.models import ImportFile
from cardbook.testing import factories as make
from cardbook.testing.factories import City
from cardbook.testing.races import together

pytestmark = pytest.mark.article(23)
COMER = {
    "number": make.citizen_number(), "name": "李四·买买提", "from_place": "示范省示范市",
    "moved_on": "2026-11-18",
}  # fmt: skip


def used(card: Card | str, of: CardUse, **changes: str) -> dict[str, str]:
    """A row of a use as an agency's program knows it."""
    number = card if isinstance(card, str) else card.number
    row = {"card_number": number, "agency": of.agency.code, "use": of.code}
    return {**row, "used_at": "2026-11-10 09:30", **changes}


def fields(answer: Any) -> set[str]:
    return {one["field"] for one in answer.json()["errors"]}


@pytest.mark.django_db
class TestUses:
    def test_are_kept_and_told_twice_change_nothing(self, city: City) -> None:
        card, clinic = make.issued_card(city, city.here), a_use(city)
        body = {"rows": [used(card, clinic), used(card, clinic, used_at="2026-11-09")]}
        first, again = (call("uses", body, by=city.here.keeper).json() for _ in range(2))
        assert (first["rows"], first["added"], first["repeated"]) == (2, 2, False)
        assert again == {"file": first["file"], "rows": 2, "added": 0, "repeated": True}
        assert CardUsed.objects.count() == 2

    def test_known_before_in_another_list_are_not_written_again(self, city: City) -> None:
        card, clinic = make.issued_card(city, city.here), a_use(city)
        one, other = used(card, clinic), used(card, clinic, used_at="2026-11-12")
        call("uses", {"rows": [one]}, by=city.here.keeper)
        more = call("uses", {"rows": [one, other]}, by=city.here.keeper).json()
        assert (more["rows"], more["added"], more["repeated"]) == (2, 1, False)

    def test_that_are_wrong_are_named_row_by_row_and_none_is_kept(self, city: City) -> None:
        card, elsewhere = (
            make.issued_card(city, city.here), make.issued_card(city, city.neighbour),
        )  # fmt: skip
        clinic = a_use(city)
        rows = [
            used(card, clinic), used("ZZ9999999", clinic), used(elsewhere, clinic),
            used(card, clinic, use="没有的事项"), used(card, clinic, used_at="昨天"),
        ]  # fmt: skip
        answer = call("uses", {"rows": rows}, by=city.here.keeper)
        assert answer.status_code == 422 and codes(answer) == {"INPUT_WRONG"}
        assert fields(answer) == {
            "rows.1.card_number", "rows.2.card_number", "rows.3.use", "rows.4.used_at",
        }  # fmt: skip
        assert all(one["way_out"] for one in answer.json()["errors"])
        assert not CardUsed.objects.exists()
        # What was refused is no open file that waits for somebody.
        assert set(ImportFile.objects.values_list("stage", flat=True)) == {"dropped"}

    @pytest.mark.parametrize(
        ("changes", "field"),
        [
            ({"card_number": ""}, "body.rows.0.card_number"),
            ({"card_number": "  "}, "body.rows.0.card_number"),
            ({"agency": "卫生院\n合计"}, "body.rows.0.agency"),
            ({"holder": "王小明"}, "body.rows.0.holder"),
        ],
    )
    def test_of_another_shape_are_refused_before_anything_is_kept(
        self, city: City, changes: dict[str, str], field: str
    ) -> None:
        row = used("T00000001", a_use(city)) | changes
        answer = call("uses", {"rows": [row]}, by=city.here.keeper)
        assert answer.status_code == 422 and fields(answer) == {field}
        assert not ImportFile.objects.exists()

    def test_a_line_of_totals_is_a_mistake_here(self, city: City) -> None:
        card, clinic = make.issued_card(city, city.here), a_use(city)
        rows = [used(card, clinic), used("合计", clinic, agency="1", use="1", used_at="1")]
        answer = call("uses", {"rows": rows}, by=city.here.keeper)
        assert answer.status_code == 422 and not CardUsed.objects.exists()

    def test_more_than_a_worker_is_for_come_as_a_file(self, city: City) -> None:
        rows = [used("T00000001", a_use(city))] * (MOST_ROWS + 1)
        answer = call("uses", {"rows": rows}, by=city.here.keeper)
        assert answer.status_code == 422 and fields(answer) == {"body.rows"}

    def test_are_taken_from_whoever_may_bring_a_file_and_from_nobody_else(
        self, city: City
    ) -> None:
        card, clinic = make.issued_card(city, city.here), a_use(city)
        body = {"rows": [used(card, clinic)]}
        assert call("uses", body, by=None).status_code == 401
        for stranger in (city.here.clerk, city.here.auditor):
            assert codes(call("uses", body, by=stranger)) == {"ROLE_NOT_ALLOWED"}
        neighbour = call("uses", body, by=city.neighbour.keeper)
        assert neighbour.status_code == 422 and "rows.0.card_number" in fields(neighbour)
        assert not CardUsed.objects.exists()


@pytest.mark.races
def test_the_same_rows_from_two_programs_at_once_are_kept_once(fresh_database: str) -> None:
    city = make.city()
    card, clinic = make.issued_card(city, city.here), a_use(city)
    body = {"rows": [used(card, clinic)]}
    answers = together(*[partial(call, "uses", body, by=city.here.keeper) for _ in range(2)])
    assert [one.status_code for one in answers] == [200, 200]
    assert sorted(one.json()["added"] for one in answers) == [0, 1]
    assert CardUsed.objects.count() == 1


@pytest.mark.article(30)
@pytest.mark.django_db
class TestIncoming:
    def test_people_are_listed_once_and_their_numbers_stay_sealed(self, city: City) -> None:
        for added in (1, 0):
            answer = call("transfers-in", {"rows": [COMER]}, by=city.here.clerk)
            assert answer.json()["added"] == added
            assert COMER["number"] not in answer.content.decode()
        assert TransferIn.objects.count() == 1

    def test_a_number_that_cannot_be_is_named_and_not_repeated(self, city: City) -> None:
        wrong = COMER | {"number": "999999199002300018"}
        answer = call("transfers-in", {"rows": [wrong]}, by=city.here.clerk)
        assert answer.status_code == 422 and fields(answer) == {"rows.0.number"}
        assert wrong["number"] not in answer.content.decode()
        assert not TransferIn.objects.exists()
