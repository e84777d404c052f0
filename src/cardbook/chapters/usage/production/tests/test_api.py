"""An application by API from its capture to the finished card; where it stands (Art. 4, 25)."""

import pytest
import time_machine
from django.test import Client

from cardbook.cards.models import Application
from cardbook.cards.states import Progress
from cardbook.chapters.usage.replacement.tests.windows import Windows, windows
from cardbook.chapters.usage.tests.calling import call, codes
from cardbook.testing import factories as make
from cardbook.testing.clients import signed_in

pytestmark = [pytest.mark.django_db, pytest.mark.article(25)]
ANSWER = {"source": "银行接口", "answered_on": "2026-11-20"}


@pytest.fixture
def there() -> Windows:
    return windows()


def given(there: Windows, **changes: object) -> dict[str, object]:
    usual: dict[str, object] = {
        "number": make.citizen_number(), "name": "李新生", "reason": "first", "ground": "medical",
        "ground_source": "参保证明", "bank": there.city.bank.pk, "delivery": "window",
        "photo_ok": True, "id_seen": True, "signer": "holder", "signing": "paper",
    }  # fmt: skip
    return usual | changes


def captured(there: Windows, **changes: object) -> str:
    answer = call("applications/application.capture", given(there, **changes), by=there.clerk)
    assert answer.status_code == 200, answer.json()
    number: str = answer.json()["number"]
    return number


@pytest.mark.article(4)
class TestCapture:
    def test_takes_a_first_card_signed(self, there: Windows) -> None:
        assert Application.objects.get(pk=captured(there)).progress == Progress.CONFIRMED

    def test_who_has_one_under_way_is_refused(self, there: Windows) -> None:
        number = make.citizen_number()
        captured(there, number=number)
        body = given(there, number=number)
        answer = call("applications/application.capture", body, by=there.clerk)
        assert answer.status_code == 409 and "APPLICATION_OPEN" in codes(answer)

    def test_names_every_field_that_is_wrong(self, there: Windows) -> None:
        body = given(there, number="610000", ground="")
        answer = call("applications/application.capture", body, by=there.clerk)
        assert answer.status_code == 422
        assert {one["field"] for one in answer.json()["errors"]} == {"number", "ground"}

    def test_one_key_is_one_application(self, there: Windows) -> None:
        body, key = given(there), make.key()
        numbers = [
            call("applications/application.capture", body, by=there.clerk, key=key).json()
            for _ in range(2)
        ]
        assert numbers[0]["number"] == numbers[1]["number"] and numbers[1]["repeated"]


class TestLife:
    def test_goes_to_the_bank_comes_back_is_mended_and_made(self, there: Windows) -> None:
        number = captured(there)
        steps: list[tuple[str, dict[str, object], object]] = [
            ("submit", {}, there.clerk),
            ("refuse", {**ANSWER, "words": "照片不清"}, there.teller),
            ("correct", {"bank": there.city.bank.pk, "delivery": "window", "photo_ok": True},
             there.clerk),
            ("confirm", {"id_seen": True, "signer": "holder", "signing": "paper"}, there.clerk),
            ("submit", {}, there.clerk),
            ("accept", {**ANSWER, "reference": "YH-1"}, there.teller),
            ("produce", ANSWER, there.teller),
            ("made", ANSWER, there.teller),
        ]  # fmt: skip
        with time_machine.travel(make.NOON, tick=False):
            for code, body, by in steps:
                answer = call(f"applications/{number}/application.{code}", body, by=by)  # type: ignore[arg-type]
                assert answer.status_code == 200, (code, answer.json())
        assert Application.objects.get(pk=number).progress == Progress.PRODUCED

    def test_a_refusal_needs_its_reason(self, there: Windows) -> None:
        number = captured(there)
        call(f"applications/{number}/application.submit", {}, by=there.clerk)
        answer = call(f"applications/{number}/application.refuse", ANSWER, by=there.teller)
        assert answer.status_code == 409

    def test_is_taken_back_with_a_reason(self, there: Windows) -> None:
        path = f"applications/{captured(there)}/application.withdraw"
        assert call(path, {}, by=there.clerk).status_code == 422
        assert call(path, {"words": "本人不办了"}, by=there.clerk).status_code == 200

    def test_another_bank_answers_nothing(self, there: Windows) -> None:
        number = captured(there)
        call(f"applications/{number}/application.submit", {}, by=there.clerk)
        path = f"applications/{number}/application.accept"
        assert call(path, ANSWER, by=there.other_teller).status_code == 404


class TestState:
    def test_says_whose_turn_it_is_and_names_nobody(self, there: Windows) -> None:
        number = captured(there, name="赵小满")
        answer = signed_in(there.clerk).get(f"/api/v1/applications/{number}")
        found = answer.json()
        assert found["progress"] == "confirmed"
        assert [one["party"] for one in found["parties"] if one["now"]] == ["受理窗口"]
        assert "赵小满" not in answer.content.decode()

    def test_is_shown_to_its_bank_and_county_alone(self, there: Windows) -> None:
        address = f"/api/v1/applications/{captured(there)}"
        assert signed_in(there.teller).get(address).status_code == 200
        for stranger in (there.other_teller, there.city.neighbour.clerk):
            assert signed_in(stranger).get(address).status_code == 404
        assert Client().get(address).status_code == 401
