"""A replacement taken down: what the reason decides, what is owed, who may not (Art. 25, 26)."""

from datetime import date, datetime, timedelta

import pytest

from cardbook.cards.models import Application
from cardbook.cards.states import Fee, Hold, Progress, Social, Stage
from cardbook.chapters.usage.captured import open_captured
from cardbook.chapters.usage.models import FeeReceipt
from cardbook.chapters.usage.production.commands import (
    Answer,
    AnswerKind,
    answer_applications,
    withdraw_application,
)
from cardbook.chapters.usage.replacement import fee_commands as fees
from cardbook.chapters.usage.replacement.commands import take_replacement
from cardbook.chapters.usage.replacement.reasons import refuse_misfit
from cardbook.chapters.usage.replacement.receipts import Payment
from cardbook.chapters.usage.replacement.tests import windows as at_the
from cardbook.chapters.usage.replacement.tests.windows import CASH, Windows, taken, windows
from cardbook.law.fees import charge_for
from cardbook.ledger.models import Event
from cardbook.lib.clock import LOCAL, local_day
from cardbook.lifecycle.acts import act
from cardbook.lifecycle.facts import (
    ApplyReason,
    FeeTaken,
    PayWay,
    Signer,
    Signing,
)
from cardbook.lifecycle.judge import Presented
from cardbook.lifecycle.perform import Step, perform
from cardbook.lifecycle.refusals import Refused
from cardbook.people.models import Person
from cardbook.testing import factories as make

pytestmark = [pytest.mark.django_db, pytest.mark.article(26)]
FREE = (
    ApplyReason.EXPIRED,
    ApplyReason.DATA_CHANGED,
    ApplyReason.BANK_CHANGED,
    ApplyReason.DEFECT,
)


@pytest.fixture
def there() -> Windows:
    return windows()


def codes(refused: pytest.ExceptionInfo[Refused]) -> list[str]:
    return [one.code for one in refused.value.refusals]


def acts_of(kind: str, subject_id: int) -> list[str]:
    found = Event.objects.filter(subject_kind=kind, subject_id=subject_id).order_by("seq")
    return list(found.values_list("act", flat=True))


class TestTakeReplacement:
    def test_a_damaged_card_is_paid_for_and_ordered_in_one_request(self, there: Windows) -> None:
        card = at_the.lost_or_worn(there)
        done = taken(there, card)
        made = at_the.the_application(done)
        assert done.submitted
        assert (made.progress, made.fee) == (Progress.SUBMITTED, Fee.PAID)
        assert made.fee_fen == charge_for("damaged", on=date(2026, 11, 20)).fee_fen > 0
        assert acts_of("application", made.pk) == [
            "replacement.capture", "application.confirm", "fee.take", "application.submit",
        ]  # fmt: skip
        receipt = FeeReceipt.objects.get()
        assert (receipt.application_id, receipt.fee_fen) == (made.pk, made.fee_fen)
        assert receipt.number.startswith("SJ20261120")
        captured = open_captured(made.detail.captured_sealed)
        assert captured.phone == "13900000000"
        assert made.detail.submitted_digest
        assert bytes(made.detail.captured_sealed).find(captured.number.encode()) == -1
        card.refresh_from_db()
        assert (card.stage, card.social) == (Stage.ISSUED, Social.SEALED)

    @pytest.mark.article(28)
    def test_a_lost_card_goes_on_formal_loss_and_dies_with_the_order(self, there: Windows) -> None:
        card = at_the.lost_or_worn(there)
        taken(there, card, ApplyReason.LOST)
        card.refresh_from_db()
        assert (card.hold, card.social) == (Hold.FORMAL_LOSS, Social.CANCELLED)
        assert acts_of("card", card.pk)[-2:] == ["loss.formal", "old_card.void"]

    def test_a_lost_card_lives_until_the_fee_is_settled(self, there: Windows) -> None:
        card = at_the.lost_or_worn(there)
        done = taken(there, card, ApplyReason.LOST, payment=None)
        made = at_the.the_application(done)
        card.refresh_from_db()
        assert not done.submitted
        assert (made.progress, made.fee) == (Progress.CONFIRMED, Fee.DUE)
        assert (card.hold, card.social) == (Hold.FORMAL_LOSS, Social.SEALED)

    @pytest.mark.article(28)
    def test_a_lost_card_not_on_formal_loss_is_refused(self, there: Windows) -> None:
        card = at_the.lost_or_worn(there)
        with pytest.raises(Refused) as refused:
            take_replacement(
                card_id=card.pk, wanted=at_the.wanted(card, ApplyReason.LOST),
                signed=at_the.signed(), by=there.clerk, at=make.NOON, key=make.key(),
            )  # fmt: skip
        assert codes(refused) == ["OLD_CARD_NOT_ON_LOSS"]
        assert not Application.objects.exists()

    @pytest.mark.article(9)
    @pytest.mark.parametrize("reason", FREE)
    def test_what_is_free_takes_no_money_even_when_offered(
        self, there: Windows, reason: ApplyReason
    ) -> None:
        done = taken(there, at_the.lost_or_worn(there), reason, payment=CASH)
        made = at_the.the_application(done)
        assert (made.fee, made.fee_fen, made.progress) == (Fee.FREE, 0, Progress.SUBMITTED)
        assert acts_of("application", made.pk) == [
            "replacement.capture_free", "application.confirm", "fee.refuse", "application.submit",
        ]  # fmt: skip
        assert done.not_owed
        assert not FeeReceipt.objects.exists()
        with pytest.raises(Refused) as refused:
            fees.take_fee(
                application_id=made.pk, payment=CASH, by=there.clerk, at=make.NOON, key=make.key()
            )
        assert codes(refused) == ["CARD_IS_FREE"]

    def test_the_bank_takes_its_own_card(self, there: Windows) -> None:
        done = taken(there, at_the.lost_or_worn(there), ApplyReason.LOST, by=there.teller)
        assert at_the.the_application(done).detail.entry == "bank"
        assert done.submitted

    def test_another_bank_does_not(self, there: Windows) -> None:
        card = at_the.lost_or_worn(there)
        with pytest.raises(Refused) as refused:
            taken(there, card, by=there.other_teller, bank_id=there.other_bank.pk)
        assert codes(refused) == ["OUT_OF_REACH"]
        with pytest.raises(Refused) as refused:
            taken(there, card, by=there.other_teller)
        assert codes(refused) == ["DESTINATION_OUT_OF_REACH"]

    def test_a_neighbour_county_does_not(self, there: Windows) -> None:
        with pytest.raises(Refused) as refused:
            taken(there, at_the.lost_or_worn(there), by=there.city.neighbour.clerk)
        assert codes(refused) == ["DESTINATION_OUT_OF_REACH"]

    def test_an_auditor_does_not(self, there: Windows) -> None:
        with pytest.raises(Refused) as refused:
            taken(there, at_the.lost_or_worn(there), by=there.city.here.auditor)
        assert codes(refused) == ["ROLE_MAY_NOT"]

    def test_the_dead_get_no_card(self, there: Windows) -> None:
        card = at_the.lost_or_worn(there)
        Person.objects.filter(pk=card.person_id).update(died_on=date(2026, 10, 1))
        with pytest.raises(Refused) as refused:
            taken(there, card)
        assert "APPLICANT_DEAD" in codes(refused)

    @pytest.mark.article(11)
    def test_for_a_minor_the_guardian_signs(self, there: Windows) -> None:
        card = at_the.lost_or_worn(there)
        Person.objects.filter(pk=card.person_id).update(born_on=date(2014, 5, 17))
        with pytest.raises(Refused) as refused:
            taken(there, card)
        assert codes(refused) == ["HOLDER_IS_MINOR"]
        done = take_replacement(
            card_id=card.pk, wanted=at_the.wanted(card, ApplyReason.DAMAGED),
            signed=at_the.signed(Signer.GUARDIAN), payment=CASH, by=there.clerk, at=make.NOON,
            key=make.key(),
        )  # fmt: skip
        assert done.submitted

    def test_without_a_signature_nothing_is_taken(self, there: Windows) -> None:
        card = at_the.lost_or_worn(there)
        with pytest.raises(Refused) as refused:
            take_replacement(
                card_id=card.pk, wanted=at_the.wanted(card, ApplyReason.DAMAGED),
                signed=at_the.signed(signing=Signing.NONE), payment=CASH, by=there.clerk,
                at=make.NOON, key=make.key(),
            )  # fmt: skip
        assert codes(refused) == ["SIGNATURE_MISSING"]
        assert not FeeReceipt.objects.exists()

    @pytest.mark.article(25)
    def test_a_name_the_file_cannot_write_waits_confirmed(self, there: Windows) -> None:
        card = at_the.lost_or_worn(there)
        done = taken(there, card, captured=at_the.named(card, "王𠮷"))
        assert not done.submitted
        assert at_the.the_application(done).progress == Progress.CONFIRMED

    @pytest.mark.article(25)
    def test_a_card_is_renewed_only_near_its_end(self, there: Windows) -> None:
        card = at_the.lost_or_worn(there)
        card.expires_on = date(2027, 3, 1)
        with pytest.raises(Refused) as refused:
            refuse_misfit(card, ApplyReason.EXPIRED, at=datetime(2026, 12, 30, 12, tzinfo=LOCAL))
        assert codes(refused) == ["RENEWAL_TOO_EARLY"]
        assert "2026-12-31" in refused.value.refusals[0].way_out
        refuse_misfit(card, ApplyReason.EXPIRED, at=datetime(2026, 12, 31, 12, tzinfo=LOCAL))

    @pytest.mark.article(25)
    def test_a_card_without_a_last_day_ends_by_its_age(self, there: Windows) -> None:
        card = at_the.lost_or_worn(there)
        card.made_on = date(2016, 2, 29)
        with pytest.raises(Refused) as refused:
            refuse_misfit(card, ApplyReason.EXPIRED, at=datetime(2025, 6, 1, 12, tzinfo=LOCAL))
        assert "2026-02-28" in refused.value.refusals[0].sentence
        refuse_misfit(card, ApplyReason.EXPIRED, at=datetime(2026, 1, 31, 12, tzinfo=LOCAL))

    @pytest.mark.article(28)
    def test_a_card_whose_oral_loss_lapsed_is_replaced_like_any_other(
        self, there: Windows
    ) -> None:
        """It lapsed by time alone: no row was written, and none is needed."""
        card = at_the.lost_or_worn(there)
        card.hold, card.hold_until = "oral_loss", make.NOON - timedelta(days=1)
        refuse_misfit(card, ApplyReason.DAMAGED, at=make.NOON)
        with pytest.raises(Refused) as refused:
            refuse_misfit(card, ApplyReason.DAMAGED, at=make.NOON - timedelta(days=2))
        assert "口头挂失" in refused.value.refusals[0].sentence

    def test_a_card_on_loss_is_not_merely_worn(self, there: Windows) -> None:
        card = at_the.lost_or_worn(there)
        at_the.lose_formally(there, card)
        with pytest.raises(Refused) as refused:
            taken(there, card, ApplyReason.DAMAGED)
        assert codes(refused) == ["NO_CARD_TO_REPLACE"]
        assert "正式挂失" in refused.value.refusals[0].sentence

    @pytest.mark.parametrize("bank_first", [True, False])
    def test_both_windows_meet_in_one_case_and_the_second_is_told_of_the_first(
        self, there: Windows, bank_first: bool
    ) -> None:
        card = at_the.lost_or_worn(there)
        first, second = there.teller, there.clerk
        if not bank_first:
            first, second = second, first
        done = taken(there, card, by=first)
        with pytest.raises(Refused) as refused:
            taken(there, card, by=second)
        assert codes(refused) == ["APPLICATION_OPEN"]
        said = f"申请 {done.application_id}，2026-11-20 {first.org_name}受理，已提交"
        assert said in refused.value.refusals[0].sentence
        assert Application.objects.count() == 1

    @pytest.mark.parametrize("reason", [ApplyReason.LOST, ApplyReason.DAMAGED])
    def test_the_same_request_again_is_done_once(
        self, there: Windows, reason: ApplyReason
    ) -> None:
        card, key = at_the.lost_or_worn(there), make.key()
        first = taken(there, card, reason, key=key)
        again = taken(there, card, reason, key=key)
        assert again.repeated
        assert again.application_id == first.application_id
        assert FeeReceipt.objects.count() == 1


class TestFees:
    def test_another_amount_is_refused(self, there: Windows) -> None:
        made = at_the.the_application(taken(there, at_the.lost_or_worn(there), payment=None))
        step = Step(
            act=act("fee.take"),
            facts=FeeTaken(fee_fen=made.fee_fen + 500, receipt="A1", way=PayWay.CASH),
            subject_ids=[made.pk], papers=(Presented(kind="fee_receipt"),),
        )  # fmt: skip
        with pytest.raises(Refused) as refused:
            perform(step, by=there.clerk, at=make.NOON, key=make.key())
        assert codes(refused) == ["FEE_IS_ANOTHER"]
        assert "20.00 元" in str(refused.value)

    def test_a_fee_is_taken_once(self, there: Windows) -> None:
        made = at_the.the_application(taken(there, at_the.lost_or_worn(there), payment=None))
        given = {"application_id": made.pk, "payment": CASH, "by": there.clerk, "at": make.NOON}
        fees.take_fee(**given, key=make.key())  # type: ignore[arg-type]
        with pytest.raises(Refused) as refused:
            fees.take_fee(**given, key=make.key())  # type: ignore[arg-type]
        assert codes(refused) == ["FEE_PAID_ALREADY"]

    def test_a_receipt_number_serves_once_in_an_office(self, there: Windows) -> None:
        paper = Payment(way=PayWay.SCAN, receipt="no-77")
        taken(there, at_the.lost_or_worn(there), payment=paper)
        with pytest.raises(Refused) as refused:
            taken(there, at_the.lost_or_worn(there), payment=paper)
        assert codes(refused) == ["RECEIPT_TAKEN"]
        assert FeeReceipt.objects.get().number == "NO-77"
        assert Application.objects.count() == 1

    @pytest.mark.article(32)
    def test_nobody_lets_a_holder_off_alone(self, there: Windows) -> None:
        made = at_the.the_application(taken(there, at_the.lost_or_worn(there), payment=None))
        for second, code in ((None, "SECOND_PERSON_MISSING"), (there.clerk, "SECOND_PERSON_SAME")):
            with pytest.raises(Refused) as refused:
                fees.waive_fee(
                    application_id=made.pk, words="低保户", by=there.clerk, second=second,
                    at=make.NOON, key=make.key(),
                )  # fmt: skip
            assert codes(refused) == [code]
        fees.waive_fee(
            application_id=made.pk, words="低保户", by=there.clerk,
            second=there.city.here.reviewer, at=make.NOON, key=make.key(),
        )  # fmt: skip
        made.refresh_from_db()
        assert made.fee == Fee.WAIVED

    @pytest.mark.article(32)
    def test_two_give_it_back_the_way_it_came(self, there: Windows) -> None:
        card = at_the.lost_or_worn(there)
        made = at_the.the_application(taken(there, card, payment=Payment(way=PayWay.SCAN)))
        given = {
            "application_id": made.pk, "receipt": "", "words": "多收", "by": there.clerk,
            "at": make.NOON,
        }  # fmt: skip
        with pytest.raises(Refused) as refused:
            fees.refund_fee(**given, second=None, key=make.key())  # type: ignore[arg-type]
        assert codes(refused) == ["SECOND_PERSON_MISSING"]
        fees.refund_fee(**given, second=there.city.here.reviewer, key=make.key())  # type: ignore[arg-type]
        back = FeeReceipt.objects.get(refund=True)
        assert (back.fee_fen, back.way) == (made.fee_fen, PayWay.SCAN)

    def test_is_not_taken_again_while_that_of_a_withdrawn_one_is_still_here(
        self, there: Windows
    ) -> None:
        card = at_the.lost_or_worn(there)
        first = at_the.the_application(taken(there, card, ApplyReason.DAMAGED, payment=CASH))
        refused = Answer(application_id=first.pk, kind=AnswerKind.REFUSE, words="照片不清")
        answer_applications(
            [refused], source="柜员登记", answered_on=local_day(make.NOON), by=there.teller,
            at=make.NOON, key=make.key(),
        )  # fmt: skip
        withdraw_application(
            application_id=first.pk, words="不办了", by=there.clerk, at=make.NOON, key=make.key()
        )
        with pytest.raises(Refused) as second:
            taken(there, card, ApplyReason.DAMAGED, payment=CASH)
        assert codes(second) == ["FEE_NOT_RETURNED"]
        assert FeeReceipt.objects.count() == 1
        fees.refund_fee(
            application_id=first.pk, receipt="", words="撤回", by=there.clerk,
            second=there.city.here.reviewer, at=make.NOON, key=make.key(),
        )  # fmt: skip
        assert taken(there, card, ApplyReason.DAMAGED, payment=CASH).submitted

    @pytest.mark.article(32)
    def test_who_asks_money_for_what_is_free_is_on_record(self, there: Windows) -> None:
        free = at_the.the_application(taken(there, at_the.lost_or_worn(there), ApplyReason.DEFECT))
        fees.refuse_charge(
            application_id=free.pk, asked_fen=2000, words="网点柜员要求先交 20 元", by=there.clerk,
            at=make.NOON, key=make.key(),
        )  # fmt: skip
        assert acts_of("application", free.pk)[-1] == "fee.refuse"
        owed = at_the.the_application(taken(there, at_the.lost_or_worn(there), payment=None))
        with pytest.raises(Refused) as refused:
            fees.refuse_charge(
                application_id=owed.pk, asked_fen=2000, words="照收", by=there.clerk,
                at=make.NOON, key=make.key(),
            )  # fmt: skip
        assert codes(refused) == ["FEE_NOT_TAKEN"]
