"""Two at once: at two banks' windows, and a card found again while another is ordered (26, 28)."""

import pytest

from cardbook.cards.models import Application
from cardbook.cards.states import Hold, Social
from cardbook.chapters.usage.models import FeeReceipt, RefusedCharge
from cardbook.chapters.usage.replacement.fee_commands import take_fee
from cardbook.chapters.usage.replacement.tests import windows as at_the
from cardbook.chapters.usage.replacement.tests.windows import taken, windows
from cardbook.lifecycle.acts import act
from cardbook.lifecycle.facts import ApplyReason, LossLifted, RequestChannel, Signer
from cardbook.lifecycle.judge import Presented
from cardbook.lifecycle.perform import Step, perform
from cardbook.orgs.actors import Actor
from cardbook.testing import factories as make
from cardbook.testing.races import in_words, together

pytestmark = pytest.mark.article(26)


def test_of_two_banks_one_wins(fresh_database: str) -> None:
    there = windows()
    card = at_the.lost_or_worn(there)
    answers = together(
        lambda: taken(there, card, by=there.teller),
        lambda: taken(there, card, by=there.clerk, bank_id=there.other_bank.pk),
    )
    assert sorted(in_words(answers, done=lambda _: "done")) == ["APPLICATION_OPEN", "done"]
    assert Application.objects.count() == FeeReceipt.objects.count() == 1


@pytest.mark.article(28)
def test_a_card_is_not_found_again_while_another_is_ordered(fresh_database: str) -> None:
    there = windows()
    card = at_the.lost_or_worn(there)

    def found() -> object:
        facts = LossLifted(
            channel=RequestChannel.WINDOW, asked_by=Signer.HOLDER, document_seen=True,
            card_seen=True,
        )  # fmt: skip
        step = Step(
            act=act("loss.lift_formal"), facts=facts, subject_ids=[card.pk],
            papers=(Presented(kind="id_card_original"),), told=("found",),
        )  # fmt: skip
        return perform(step, by=there.clerk, at=make.NOON, key=make.key())

    answers = together(lambda: taken(there, card, ApplyReason.LOST), found)
    assert in_words(answers, done=lambda _: "done").count("done") == 1
    card.refresh_from_db()
    assert (card.hold, card.social) == (Hold.FORMAL_LOSS, Social.CANCELLED)


@pytest.mark.article(32)
def test_two_who_charge_for_what_is_free_take_nothing_and_both_are_on_record(
    fresh_database: str,
) -> None:
    there = windows()
    done = taken(there, at_the.lost_or_worn(there), ApplyReason.DEFECT, payment=None)

    def charge(by: Actor) -> object:
        return take_fee(
            application_id=done.application_id, payment=at_the.CASH, by=by, at=make.NOON,
            key=make.key(),
        )  # fmt: skip

    answers = together(lambda: charge(there.clerk), lambda: charge(there.teller))
    assert in_words(answers, done=lambda _: "done") == ["CARD_IS_FREE", "CARD_IS_FREE"]
    assert RefusedCharge.objects.count() == 2
    assert not FeeReceipt.objects.exists()
