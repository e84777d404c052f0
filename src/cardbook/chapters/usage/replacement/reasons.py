"""Judges a reason: may this window take it, is what it presupposes so (Art. 9, 15, 25, 26, 28).

The rows are the law's (`law/replacing.py`); what concerns one card is asked with it locked.
"""

from datetime import date, datetime, timedelta

from cardbook.cards.models import Card
from cardbook.cards.states import Hold, Social, Stage, hold_at
from cardbook.chapters.usage.applying import Tested, Wanted
from cardbook.law.parameters import quoted, whole_number
from cardbook.law.replacing import ReasonRule, rule_of
from cardbook.lib.clock import local_day, months_away
from cardbook.lifecycle import refusals as no
from cardbook.lifecycle.facts import ApplyReason, Defect, Reading
from cardbook.lifecycle.refusals import Refusal, Refused
from cardbook.orgs.actors import Actor
from cardbook.orgs.models import Organization
from cardbook.orgs.reach import bank_of
from cardbook.people.holders import holder_of


def refusal_of_window(rule: ReasonRule, *, by: Actor, on: date) -> Refusal | None:
    """This function will say why this window does not take a reason, or None when it does."""
    if by.role in rule.takers_on(on):
        return None
    reason = ApplyReason(rule.reason)
    if not rule.takers:
        return Refusal(no.REASON_FROM_WRONG_CARD, {"reason": reason.label})
    basis = "、".join(one.label for one in rule.basis)
    values = {"reason": reason.label, "window": rule.window_on(on)}
    return Refusal(no.REASON_OF_OTHER_WINDOW, values, None, basis)


def refuse_window(reason: ApplyReason, *, by: Actor, on: date) -> None:
    """This function will refuse a reason at a window that does not take it.

    :raises Refused: naming the window that does.
    """
    refusal = refusal_of_window(rule_of(reason), by=by, on=on)
    if refusal is not None:
        raise Refused([refusal])


def refuse_unfit(card: Card, wanted: Wanted, *, at: datetime) -> None:
    """This function will refuse what the reason presupposes and is not so.

    :raises Refused: naming the card's state, the test, the change or the bank that is missing.
    """
    refuse_misfit(card, wanted.reason, at=at)
    refusal = None
    if wanted.reason is ApplyReason.DEFECT:
        refusal = _untested(wanted.tested, words=wanted.words)
    elif wanted.reason is ApplyReason.BANK_CHANGED:
        refusal = _same_bank(card, wanted.bank_id)
    elif wanted.reason is ApplyReason.DATA_CHANGED:
        same = wanted.captured.name == holder_of(card.person).name
        refusal = Refusal(no.CHANGE_NOT_SAID) if same and not wanted.words.strip() else None
    if refusal is not None:
        raise Refused([refusal])


def _untested(tested: Tested | None, *, words: str) -> Refusal | None:
    """A quality problem is found by a test, not by what the holder says (Art. 9)."""
    if tested is None:
        return Refusal(no.DEFECT_NOT_TESTED)
    if tested.defect is Defect.OTHER and not words.strip():
        return Refusal(no.DEFECT_NOT_NAMED)
    by_reader = tested.reading in (Reading.SILENT, Reading.UNREADABLE)
    if tested.defect is Defect.UNREADABLE and not by_reader:
        return Refusal(no.DEFECT_NOT_PROVEN, {"reading": tested.reading.label})
    return None


def _same_bank(card: Card, bank_id: int) -> Refusal | None:
    """Another bank is another bank, not another outlet of the same."""
    old = card.bank_org
    new = Organization.objects.get(pk=bank_id)
    if old is None or bank_of(old.path) != bank_of(new.path):
        return None
    return Refusal(no.SAME_BANK, {"bank": old.name})


def refuse_misfit(card: Card, reason: ApplyReason, *, at: datetime) -> None:
    """This function will refuse a card that cannot be replaced for a reason (Art. 25, 26, 28).

    :raises Refused: when it is not in the holder's hands, works no more, is not on formal loss
        though lost, or is not near its end though said to have expired.
    """
    on, hold = local_day(at), hold_at(card.hold, until=card.hold_until, at=at)
    if reason is ApplyReason.LOST:
        if card.stage != Stage.ISSUED or hold is not Hold.FORMAL_LOSS:
            raise Refused([Refusal(no.OLD_CARD_NOT_ON_LOSS, {"number": card.number})])
        return
    dead = card.social == Social.CANCELLED
    held = hold is not Hold.NONE
    if card.stage != Stage.ISSUED or dead or held:
        state = (
            hold.label if held else card.get_social_display() if dead else card.get_stage_display()
        )
        values = {"number": card.number, "state": state, "reason": reason.label}
        raise Refused([Refusal(no.NO_CARD_TO_REPLACE, values)])
    if reason is ApplyReason.EXPIRED and (refusal := too_early(card, on=on)) is not None:
        raise Refused([refusal])


def too_early(card: Card, *, on: date) -> Refusal | None:
    """This function will say that a card is not near its end, or None; unknown ends are near."""
    expires_on = _end_of(card, on=on)
    if expires_on is None:
        return None
    days = whole_number("renewal_window_days", on=on)
    opens_on = expires_on - timedelta(days=days)
    if on >= opens_on:
        return None
    words = quoted("renewal_window_days", on=on)
    values = {"expires_on": expires_on, "days": words, "opens_on": opens_on}
    return Refusal(no.RENEWAL_TOO_EARLY, values)


def _end_of(card: Card, *, on: date) -> date | None:
    """The last day printed on the card, or so many years after it was made; None if unknown."""
    if card.expires_on is not None or card.made_on is None:
        return card.expires_on
    return months_away(card.made_on, 12 * whole_number("card_validity_years", on=on))
