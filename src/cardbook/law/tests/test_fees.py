"""The tariff: what is always free, what is asked, by which document and since when."""

from datetime import date

import pytest

from cardbook.law.fees import TARIFF, charge_for
from cardbook.law.parameters import parameter
from cardbook.lifecycle.facts import ApplyReason

DAY = date(2026, 11, 20)


@pytest.mark.article(4)
@pytest.mark.parametrize("reason", ["first", "transfer_in"])
def test_a_first_card_is_free_by_the_regulation_itself(reason: str) -> None:
    charge = charge_for(reason, on=DAY)
    assert charge.is_free
    assert charge.confirmed
    assert "实施细则" in charge.document


@pytest.mark.article(9)
def test_a_defect_is_free_by_the_regulation_itself() -> None:
    charge = charge_for("defect", on=DAY)
    assert (charge.is_free, charge.confirmed) == (True, True)
    assert charge.words("质量问题") == "不收费（质量问题）"


@pytest.mark.article(15)
def test_a_slip_of_ours_is_free_and_the_holders_own_change_is_not() -> None:
    assert charge_for("error", on=DAY).is_free
    assert not charge_for("own_change", on=DAY).is_free


@pytest.mark.article(26)
@pytest.mark.parametrize("reason", ["lost", "damaged"])
def test_personal_causes_cost_what_the_dated_parameter_says(reason: str) -> None:
    charge, rule = charge_for(reason, on=DAY), parameter("personal_replacement_fee_fen")
    assert charge.fee_fen == rule.on(DAY).value
    assert charge.yuan == f"{charge.fee_fen / 100:.2f}"
    assert (charge.since, charge.document) == (rule.on(DAY).since, rule.on(DAY).document)
    assert not charge.confirmed
    assert charge.words("丢失") == f"工本费 {charge.yuan} 元（丢失，依据{charge.document}）"


@pytest.mark.article(26)
def test_every_reason_to_ask_for_a_card_has_its_line() -> None:
    assert {str(one) for one in ApplyReason} < set(TARIFF)
