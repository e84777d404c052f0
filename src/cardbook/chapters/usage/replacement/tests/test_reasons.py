"""Every reason at every window, and what each presupposes (Art. 9, 15, 25, 26).

The table is read from the articles here, apart from `law/replacing.py`.
"""

from dataclasses import replace

import pytest

from cardbook.cards.models import Application, Card
from cardbook.chapters.usage.replacement.tests import windows as at_the
from cardbook.chapters.usage.replacement.tests.windows import TESTED, Windows, taken, windows
from cardbook.law.replacing import RULES
from cardbook.law.roles import Role
from cardbook.ledger.models import Event
from cardbook.lifecycle.facts import ApplyKind, ApplyReason, Defect, Reading
from cardbook.lifecycle.refusals import Refused
from cardbook.orgs.actors import Actor
from cardbook.testing import factories as make
from cardbook.testing.parameters import ruled

pytestmark = [pytest.mark.django_db, pytest.mark.article(26)]

# Art. 25: the office's window takes everything; Art. 26: the bank's only personal loss and damage;
# Art. 13 to 15: a wrong face comes from the wrong card alone. Everybody else takes nothing.
OFFICE = frozenset({Role.WINDOW_CLERK, Role.AGENCY_CLERK})
TAKES = {
    ApplyReason.LOST: OFFICE | {Role.BANK_TELLER},
    ApplyReason.DAMAGED: OFFICE | {Role.BANK_TELLER},
    ApplyReason.EXPIRED: OFFICE,
    ApplyReason.DATA_CHANGED: OFFICE,
    ApplyReason.BANK_CHANGED: OFFICE,
    ApplyReason.DEFECT: OFFICE,
    ApplyReason.ERROR: frozenset(),
}
# Art. 26 says of these neither that a bank takes them nor that it does not; another bank is
# another bank's business.
LEFT_OPEN = {ApplyReason.EXPIRED, ApplyReason.DATA_CHANGED}


@pytest.fixture
def there() -> Windows:
    return windows()


def at_post(role: Role, there: Windows) -> Actor:
    org = there.city.bank if role is Role.BANK_TELLER else there.city.here.window
    return make.worker(f"在{role.label}岗", role, org)


def refusal_of(there: Windows, card: Card, reason: ApplyReason, **changes: object) -> str:
    with pytest.raises(Refused) as refused:
        taken(there, card, reason, **changes)  # type: ignore[arg-type] # columns of the value
    (one,) = refused.value.refusals
    assert one.sentence and one.way_out and "{" not in one.sentence + one.way_out
    return one.code


def test_the_table_has_every_reason_for_another_card() -> None:
    kinds = {one for one in ApplyReason if one.kind is ApplyKind.REPLACEMENT}
    assert set(RULES) == {str(one) for one in kinds} == {str(one) for one in TAKES}


@pytest.mark.article(25)
@pytest.mark.parametrize("reason", TAKES)
def test_a_reason_is_taken_where_the_articles_say_and_nowhere_else(
    there: Windows, reason: ApplyReason
) -> None:
    for role in Role:
        card, by = at_the.lost_or_worn(there), at_post(role, there)
        if reason is ApplyReason.LOST:
            at_the.lose_formally(there, card)
        if role in TAKES[reason]:
            assert taken(there, card, reason, by=by, on_loss=True).submitted, role
            continue
        code = refusal_of(there, card, reason, by=by, on_loss=True)
        if role not in OFFICE | {Role.BANK_TELLER}:
            assert code == "ROLE_MAY_NOT", role
        elif reason is ApplyReason.ERROR:
            assert code == "REASON_FROM_WRONG_CARD", role
        else:
            assert code == "REASON_OF_OTHER_WINDOW", role
        assert not Application.objects.filter(old_card=card).exists()


@pytest.mark.article(25)
@pytest.mark.article(33)
@pytest.mark.parametrize("reason", TAKES)
def test_a_city_may_let_the_bank_take_what_the_articles_leave_open(
    there: Windows, reason: ApplyReason
) -> None:
    card, teller = at_the.lost_or_worn(there), at_post(Role.BANK_TELLER, there)
    if reason is ApplyReason.LOST:
        at_the.lose_formally(there, card)
    with ruled("exchange_window", "both"):
        if Role.BANK_TELLER in TAKES[reason] or reason in LEFT_OPEN:
            assert taken(there, card, reason, by=teller, on_loss=True).submitted
            return
        assert refusal_of(there, card, reason, by=teller, on_loss=True) in {
            "REASON_OF_OTHER_WINDOW", "REASON_FROM_WRONG_CARD",
        }  # fmt: skip


@pytest.mark.article(9)
class TestDefect:
    def test_is_not_taken_without_a_test(self, there: Windows) -> None:
        card = at_the.lost_or_worn(there)
        assert refusal_of(there, card, ApplyReason.DEFECT, tested=None) == "DEFECT_NOT_TESTED"

    @pytest.mark.parametrize("reading", [Reading.EYE, Reading.SOUND])
    def test_is_no_unreadable_card_unless_a_reader_failed(
        self, there: Windows, reading: Reading
    ) -> None:
        card, tested = at_the.lost_or_worn(there), replace(TESTED, reading=reading)
        assert refusal_of(there, card, ApplyReason.DEFECT, tested=tested) == "DEFECT_NOT_PROVEN"
        soiled = replace(tested, defect=Defect.SOILED)
        assert taken(there, card, ApplyReason.DEFECT, tested=soiled).submitted

    def test_of_another_kind_is_described(self, there: Windows) -> None:
        card, other = at_the.lost_or_worn(there), replace(TESTED, defect=Defect.OTHER)
        assert refusal_of(there, card, ApplyReason.DEFECT, tested=other) == "DEFECT_NOT_NAMED"
        assert taken(there, card, ApplyReason.DEFECT, tested=other, words="起泡").submitted

    def test_leaves_its_test_in_the_ledger(self, there: Windows) -> None:
        done = taken(there, at_the.lost_or_worn(there), ApplyReason.DEFECT)
        event = Event.objects.get(act="replacement.capture_free", subject_id=done.application_id)
        for said in ("unreadable", "silent", "made"):
            assert f'"{said}"' in event.facts


class TestOtherReasons:
    def test_another_bank_is_not_the_same_bank(self, there: Windows) -> None:
        card, reason = at_the.lost_or_worn(there), ApplyReason.BANK_CHANGED
        outlet = make.organization("示范银行东街支行", make.Kind.BRANCH, parent=there.city.bank)
        for same in (there.city.bank, outlet):
            assert refusal_of(there, card, reason, bank_id=same.pk) == "SAME_BANK"
        assert taken(there, card, reason, bank_id=there.other_bank.pk).submitted

    @pytest.mark.article(15)
    def test_a_change_is_said_by_a_new_name_or_in_words(self, there: Windows) -> None:
        card, reason = at_the.lost_or_worn(there), ApplyReason.DATA_CHANGED
        assert refusal_of(there, card, reason, words=" ") == "CHANGE_NOT_SAID"
        renamed = at_the.named(card, "王新名")
        assert taken(there, card, reason, words="", captured=renamed).submitted
