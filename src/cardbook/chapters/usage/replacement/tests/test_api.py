"""A replacement, its fee and the old card, asked for by a bank's own software (Art. 26)."""

from functools import partial
from typing import Any

import pytest

from cardbook.cards.models import Application, Card
from cardbook.cards.states import Fee, Progress, Stage
from cardbook.chapters.usage.models import RefusedCharge
from cardbook.chapters.usage.replacement.tests import windows as at_the
from cardbook.chapters.usage.replacement.tests.windows import Windows, taken, windows
from cardbook.chapters.usage.tests.calling import call, codes
from cardbook.law.roles import Role
from cardbook.lifecycle.facts import ApplyReason
from cardbook.orgs.actors import Actor
from cardbook.orgs.models import User
from cardbook.testing import factories as make
from cardbook.testing.clients import signed_in
from cardbook.testing.races import together

pytestmark = pytest.mark.article(26)


@pytest.fixture
def there() -> Windows:
    return windows()


def given(there: Windows, reason: str = "damaged", **changes: object) -> dict[str, object]:
    usual: dict[str, object] = {
        "reason": reason, "bank": there.city.bank.pk, "delivery": "window", "photo_ok": True,
        "id_seen": True, "signer": "holder", "signing": "paper",
    }  # fmt: skip
    return usual | changes


def capture(card: Card) -> str:
    return f"cards/{card.number}/replacement.capture"


@pytest.mark.django_db
class TestReplace:
    def test_both_windows_open_the_same_case(self, there: Windows) -> None:
        for by in (there.clerk, there.teller):
            card = at_the.lost_or_worn(there)
            answer = call(capture(card), given(there, pay="cash"), by=by)
            assert answer.status_code == 200, answer.json()
            found = Application.objects.get(pk=int(answer.json()["number"]))
            assert (found.old_card_id, found.progress) == (card.pk, Progress.SUBMITTED)
            assert (found.fee, found.fee_fen) == (Fee.PAID, 2000)

    def test_a_lost_card_goes_on_loss_with_it(self, there: Windows) -> None:
        card = at_the.lost_or_worn(there)
        body = given(there, "lost", report_loss=True, pay="cash")
        assert call(capture(card), body, by=there.clerk).status_code == 200
        card.refresh_from_db()
        assert (card.hold, card.social) == ("formal_loss", "cancelled")

    def test_no_amount_can_be_sent(self, there: Windows) -> None:
        card = at_the.lost_or_worn(there)
        answer = call(capture(card), given(there, fee_fen=100), by=there.clerk)
        assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, "body.fee_fen")

    def test_one_key_is_one_application_and_a_second_is_refused(self, there: Windows) -> None:
        card, key = at_the.lost_or_worn(there), make.key()
        body = given(there, pay="cash")
        first, again = (
            call(capture(card), body, by=there.clerk, key=key).json() for _ in range(2)
        )
        assert first["number"] == again["number"] and again["repeated"]
        other = call(capture(card), body, by=there.teller)
        assert other.status_code == 409 and "APPLICATION_OPEN" in codes(other)

    def test_another_banks_customer_is_nobody(self, there: Windows) -> None:
        card = at_the.lost_or_worn(there)
        for stranger in (there.other_teller, there.city.neighbour.clerk):
            assert call(capture(card), given(there), by=stranger).status_code == 404
        assert call(capture(card), given(there), by=there.city.here.auditor).status_code == 403
        assert not Application.objects.exists()


@pytest.mark.django_db
class TestFee:
    def test_is_taken_once(self, there: Windows) -> None:
        done = taken(there, at_the.lost_or_worn(there), payment=None)
        path = f"applications/{done.application_id}/fee.take"
        assert call(path, {"way": "cash"}, by=there.clerk).status_code == 200
        again = call(path, {"way": "cash"}, by=there.clerk)
        assert again.status_code == 409
        assert at_the.the_application(done).fee == Fee.PAID

    def test_is_waived_by_two(self, there: Windows) -> None:
        done = taken(there, at_the.lost_or_worn(there), payment=None)
        path = f"applications/{done.application_id}/fee.waive"
        reviewer = User.objects.get(pk=there.city.here.reviewer.user_id).username
        body = {
            "words": "特困人员", "second_name": reviewer, "second_password": make.PASSWORD,
        }  # fmt: skip
        wrong = call(path, {**body, "second_password": "x"}, by=there.clerk)
        assert wrong.status_code == 409
        assert call(path, body, by=there.clerk).status_code == 200
        assert at_the.the_application(done).fee == Fee.WAIVED

    def test_asked_for_what_is_free_is_written_down(self, there: Windows) -> None:
        done = taken(there, at_the.lost_or_worn(there), ApplyReason.DEFECT)
        path = f"applications/{done.application_id}/fee.refuse"
        said = {"amount": "20.00", "words": "窗口要求先交二十元"}
        assert call(path, {**said, "amount": "20,5"}, by=there.clerk).status_code == 422
        assert call(path, said, by=there.clerk).status_code == 200

    def test_of_an_application_out_of_reach_is_not_found(self, there: Windows) -> None:
        done = taken(there, at_the.lost_or_worn(there), payment=None)
        path = f"applications/{done.application_id}/fee.take"
        for number in (path, "applications/999999/fee.take", "applications/x/fee.take"):
            answer = call(number, {"way": "cash"}, by=there.other_teller)
            assert answer.status_code == 404


@pytest.mark.django_db
def test_an_old_card_comes_back(there: Windows) -> None:
    card = at_the.lost_or_worn(there)
    taken(there, card)
    path = f"cards/{card.number}/old_card.hand_in"
    assert call(path, {"plastic": "broken"}, by=there.clerk).status_code == 200
    card.refresh_from_db()
    assert card.stage == Stage.CANCELLED


@pytest.mark.races
def test_two_banks_windows_at_once_open_one_case(fresh_database: str) -> None:
    there = windows()
    card = at_the.lost_or_worn(there)
    calls = [
        partial(call, capture(card), given(there, pay="cash"), by=by)
        for by in (there.clerk, there.teller)
    ]
    assert sorted(one.status_code for one in together(*calls)) == [200, 409]
    assert Application.objects.count() == 1


@pytest.mark.article(32)
@pytest.mark.django_db
class TestRefusedCharges:
    """What nobody owed is entered, listed and cleared up by API as on the page (Art. 32)."""

    @pytest.fixture
    def head(self, there: Windows) -> Actor:
        return make.worker("县负责人", Role.COUNTY_MANAGER, there.city.here.county)

    def charged(self, there: Windows, words: str = "网点先要二十元") -> RefusedCharge:
        """A bank's window asked for money for a card that is free; somebody enters it."""
        done = taken(there, at_the.lost_or_worn(there), ApplyReason.DEFECT, payment=None)
        body = {"amount": "20.00", "words": words}
        answer = call(f"applications/{done.application_id}/fee.refuse", body, by=there.clerk)
        assert answer.status_code == 200, answer.json()
        return RefusedCharge.objects.latest("id")

    def settle(self, row: RefusedCharge, by: Actor, **changes: object) -> Any:
        body = {"outcome": "returned", "words": "已核实", "returned": "20", "receipt": "tf-1"}
        return call(f"refused-charges/{row.pk}/settle", body | changes, by=by)

    def listed(self, by: Actor, **asked: object) -> Any:
        return signed_in(by).get("/api/v1/refused-charges", asked)

    def test_are_listed_to_the_head_and_the_auditor_alone(
        self, there: Windows, head: Actor
    ) -> None:
        one, other = self.charged(there), self.charged(there, "窗口要了工本费")
        for reader in (head, there.city.here.auditor):
            found = self.listed(reader, q="二十元").json()
            assert found["total"] == 1
            (row,) = found["items"]
            assert (row["id"], row["asked_yuan"], row["outcome"]) == (one.pk, "20.00", "")
        assert self.listed(head, most=1).json()["items"][0]["id"] == other.pk
        assert self.listed(there.clerk).status_code == 403
        neighbour = make.worker("邻县", Role.COUNTY_MANAGER, there.city.neighbour.county)
        assert self.listed(neighbour).json() == {"total": 0, "items": []}
        assert self.listed(head, stat="open").status_code == 422

    def test_one_is_cleared_up_once_and_sent_again_it_is_the_same(
        self, there: Windows, head: Actor
    ) -> None:
        row = self.charged(there)
        first, again = (self.settle(row, head).json() for _ in range(2))
        assert (first["repeated"], again["repeated"]) == (False, True)
        assert first["charge"] == again["charge"]
        assert (first["charge"]["returned_yuan"], first["charge"]["settled_by"]) == (
            "20.00", "县负责人",
        )  # fmt: skip
        other = self.settle(row, head, words="另一种说法")
        assert (other.status_code, codes(other)) == (409, {"CHARGE_SETTLED"})
        assert self.listed(head, state="open").json()["total"] == 0

    def test_what_does_not_fit_is_said_and_nothing_is_settled(
        self, there: Windows, head: Actor
    ) -> None:
        row = self.charged(there)
        assert self.settle(row, head, returned=None).status_code == 422
        assert self.settle(row, head, outcome="not_taken").status_code == 422
        assert self.settle(row, head, returned="twenty").status_code == 422
        assert self.settle(row, there.city.here.auditor).status_code == 403
        neighbour = make.worker("邻县", Role.COUNTY_MANAGER, there.city.neighbour.county)
        assert self.settle(row, neighbour).status_code == 404
        row.refresh_from_db()
        assert row.settled_at is None
