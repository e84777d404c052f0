"""Breaks what the book promises of fees, and sees `check` name the offender (Art. 26, 32)."""

import pytest

from cardbook.chapters.usage.models import FeeReceipt
from cardbook.chapters.usage.replacement.tests import windows as at_the
from cardbook.chapters.usage.replacement.tests.windows import taken, windows
from cardbook.insight.check import recount
from cardbook.insight.tests.test_check import broken
from cardbook.ledger.models import Event
from cardbook.ledger.tests.tampering import tamper
from cardbook.testing.sealing import seal_everything

pytestmark = [pytest.mark.article(32), pytest.mark.article(26)]


@pytest.fixture
def receipt(fresh_database: str) -> FeeReceipt:
    """A fee that was paid, everything sealed and in order."""
    there = windows()
    taken(there, at_the.lost_or_worn(there))
    seal_everything()
    assert recount().holds
    return FeeReceipt.objects.get()


def test_a_receipt_of_another_amount_is_named(receipt: FeeReceipt) -> None:
    tamper(f"UPDATE usage_feereceipt SET fee_fen = fee_fen + 500 WHERE id = {receipt.pk}")
    event = Event.objects.get(act="fee.take")
    assert broken(recount()) == {
        "n4_fee_has_receipt": (
            f"制卡申请 {receipt.application_id}："
            f"票据 {receipt.number} 的金额与台账记录 {event.pk} 不符"
        )
    }


def test_a_receipt_beside_the_book_is_named(receipt: FeeReceipt) -> None:
    tamper(
        "INSERT INTO usage_feereceipt "
        "(application_id, office_id, number, fee_fen, way, refund, taken_on, batch) "
        "SELECT application_id, office_id, 'X1', 500, way, true, taken_on, batch "
        "FROM usage_feereceipt"
    )
    assert "票据 X1 没有台账记录" in broken(recount())["n4_fee_has_receipt"]


def test_a_fee_without_a_receipt_is_named(receipt: FeeReceipt) -> None:
    tamper("DELETE FROM usage_feereceipt")
    assert "没有票据" in broken(recount())["n4_fee_has_receipt"]
