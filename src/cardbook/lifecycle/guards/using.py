"""Chapter 8: applications and their fee, the card in use, temporary cards (Art. 22 to 31)."""

from datetime import datetime, timedelta

from cardbook.cards.states import CLOSED_APPLICATIONS, Fee, Progress, Social
from cardbook.law.parameters import parameter, quoted, whole_number
from cardbook.lib.clock import full_years, local_day
from cardbook.lifecycle import refusals as no
from cardbook.lifecycle.cases import Case
from cardbook.lifecycle.facts import (
    ApplicationConfirmed,
    Asker,
    BankAnswered,
    BankReported,
    CancelledOnRequest,
    DeathNoted,
    EndReason,
    FeeRefunded,
    FeeTaken,
    FeeWaived,
    LossLifted,
    LossMadeFormal,
    LossReported,
    OldCardHandedIn,
    Plastic,
    RelationEnded,
    Signer,
    SocialActivated,
    TemporaryCardLent,
)
from cardbook.lifecycle.guards.any_act import dead_or_said_dead
from cardbook.lifecycle.guards.issuing import is_signed
from cardbook.lifecycle.guards.mandates import why_out_of_term
from cardbook.lifecycle.refusals import Refusal


def yuan(fen: int) -> str:
    """An amount of fen as it is said to a holder."""
    return f"{fen / 100:.2f} 元"


# Applications and their fee (Art. 4, 25, 26)


def fee_is_settled(case: Case, at: datetime) -> Refusal | None:
    """Nothing is ordered while the fee is owed (Art. 26)."""
    fee = case.regions["fee"]
    if fee in (Fee.FREE, Fee.PAID, Fee.WAIVED):
        return None
    return Refusal(no.FEE_NOT_SETTLED, {"state": Fee.of(fee).label}, case.id)


def fee_is_the_one_due(case: Case, facts: object) -> Refusal | None:
    """The amount is the computed one, never another (Art. 26, 32 item 2)."""
    given = facts.fee_fen if isinstance(facts, FeeTaken | FeeWaived | FeeRefunded) else -1
    if given == case.fee_fen:
        return None
    return Refusal(no.FEE_IS_ANOTHER, {"due": yuan(case.fee_fen), "given": yuan(given)}, case.id)


def applicant_signed(case: Case, facts: object) -> Refusal | None:
    """What was captured is confirmed by a signature (Art. 25)."""
    if isinstance(facts, ApplicationConfirmed) and is_signed(facts.signing, facts.signature):
        return None
    return Refusal(no.SIGNATURE_MISSING, {}, case.id)


def applicant_is_alive(case: Case, at: datetime) -> Refusal | None:
    """No card is ordered for the dead, nor for who is said to be (Art. 17, 25, 29)."""
    return dead_or_said_dead(case, dead=no.APPLICANT_DEAD, subject_id=case.id)


def applicant_may_sign(case: Case, facts: object) -> Refusal | None:
    """For a minor the guardian confirms, unless he earns his living (Art. 11, 25)."""
    if not isinstance(facts, ApplicationConfirmed) or facts.signer is not Signer.HOLDER:
        return None
    return _too_young(case, earns=facts.self_supporting)


def _too_young(case: Case, *, earns: bool) -> Refusal | None:
    """Under age on the day; from 16 on whoever earns his living is not (Civil Code art. 18)."""
    if case.at is None or case.born_on is None:
        return None
    today = local_day(case.at)
    age, adult = full_years(case.born_on, on=today), whole_number("minor_age", on=today)
    if age >= (whole_number("self_supporting_age", on=today) if earns else adult):
        return None
    return Refusal(no.HOLDER_IS_MINOR, {"age": age, "adult_age": adult}, case.id)


def bank_answer_has_source(case: Case, facts: object) -> Refusal | None:
    """Where the bank's answer came from, dated no later than today (Art. 25)."""
    if (
        isinstance(facts, BankAnswered)
        and facts.source.strip()
        and (case.at is None or facts.answered_on <= local_day(case.at))
    ):
        return None
    return Refusal(no.BANK_SILENT, {}, case.id)


# The card in use (Art. 22, 28 to 30)


def no_other_card_works(case: Case, at: datetime) -> Refusal | None:
    """One person, one card in use (Art. 22)."""
    if not case.other_card:
        return None
    return Refusal(no.OTHER_CARD_WORKS, {"number": case.other_card}, case.id)


def old_card_is_settled(case: Case, at: datetime) -> Refusal | None:
    """The old card is handed in or dead before the new one is handed over (Art. 26)."""
    if not case.old_card_out:
        return None
    return Refusal(no.OLD_CARD_OUT, {"number": case.old_card_out}, case.id)


def card_was_seen(case: Case, facts: object) -> Refusal | None:
    """The card itself lay on the desk (Art. 22)."""
    if isinstance(facts, SocialActivated | LossLifted) and facts.card_seen:
        return None
    return Refusal(no.CARD_NOT_SEEN, {}, case.id)


def who_activates_may(case: Case, facts: object) -> Refusal | None:
    """A minor's card is put to use by the guardian, unless he earns his living (Art. 11, 22).

    Only who is of age charges somebody with it (Civil Code art. 19).
    """
    if not isinstance(facts, SocialActivated) or facts.asked_by is Signer.GUARDIAN:
        return None
    return _too_young(case, earns=facts.self_supporting)


def agent_is_charged(case: Case, facts: object) -> Refusal | None:
    """Whoever comes for the holder was charged, by a paper that holds today (10, 22, 27, 28)."""
    if isinstance(facts, TemporaryCardLent):
        came, holder = facts.received_by, facts.person_id
    elif isinstance(facts, SocialActivated | LossLifted):
        came, holder = facts.asked_by, case.person_id or 0
    else:
        return None
    if came is not Signer.PROXY or (isinstance(facts, LossLifted) and not facts.document_seen):
        return None
    if facts.agent is not None and facts.agent == holder:
        return Refusal(no.PROXY_IS_HOLDER, {}, case.id)
    why = "没有写明受托人、签署日期或期限，也没有登记在案的"
    if facts.agent is not None and facts.mandate_signed_on and facts.mandate_until and case.at:
        why = why_out_of_term(
            signed_on=facts.mandate_signed_on, since=facts.mandate_signed_on,
            until=facts.mandate_until, on=local_day(case.at),
        )  # fmt: skip
    return Refusal(no.MANDATE_DOES_NOT_COVER, {"why": why}, case.id) if why else None


def bank_is_named(case: Case, facts: object) -> Refusal | None:
    """The bank's state carries whose word it is and when it was so, not ahead (Art. 22)."""
    if (
        isinstance(facts, BankReported)
        and facts.bank_source.strip()
        and (case.at is None or facts.bank_as_of <= case.at)
    ):
        return None
    return Refusal(no.BANK_NOT_NAMED, {}, case.id)


def caller_was_verified(case: Case, facts: object) -> Refusal | None:
    """Whoever speaks answered enough questions, or showed a document at the window (Art. 28)."""
    if not isinstance(facts, LossReported | LossLifted) or facts.document_seen:
        return None
    if case.at is None:
        return None
    key, on = "loss_questions_required", local_day(case.at)
    count = len(set(facts.questions))
    if count >= whole_number(key, on=on):
        return None
    values = {"count": count, "least": quoted(key, on=on)}
    return Refusal(no.CALLER_NOT_VERIFIED, values, case.id)


def proxy_is_there(case: Case, facts: object) -> Refusal | None:
    """Nobody frees another's card on the telephone: a charge is a paper, seen at a window (28)."""
    if not isinstance(facts, LossLifted) or facts.asked_by is not Signer.PROXY:
        return None
    return None if facts.document_seen else Refusal(no.PROXY_LIFTS_AT_WINDOW, {}, case.id)


def agent_is_named(case: Case, facts: object) -> Refusal | None:
    """Of whoever has a loss written down for another it is known who he is (Art. 28)."""
    if not isinstance(facts, LossMadeFormal) or facts.asked_by is not Signer.PROXY:
        return None
    if facts.agent is None:
        return Refusal(no.AGENT_UNKNOWN, {}, case.id)
    own = facts.agent == case.person_id
    return Refusal(no.PROXY_IS_HOLDER, {}, case.id) if own else None


def holder_lifts_himself(case: Case, facts: object) -> Refusal | None:
    """A loss in writing is not taken off by somebody else (Art. 28)."""
    by_proxy = isinstance(facts, LossLifted) and facts.asked_by is Signer.PROXY
    return Refusal(no.PROXY_LIFTS_NO_FORMAL, {}, case.id) if by_proxy else None


def loss_lasts_as_ruled(case: Case, facts: object) -> Refusal | None:
    """How long an oral loss holds is the rule's to say, nobody's to type (Art. 28)."""
    if not isinstance(facts, LossReported) or case.at is None:
        return None
    key, on = "temp_loss_valid_days", local_day(case.at)
    if facts.hold_until - case.at == timedelta(days=whole_number(key, on=on)):
        return None
    return Refusal(no.LOSS_TERM_MISFIT, {"days": quoted(key, on=on)}, case.id)


def no_replacement_under_way(case: Case, at: datetime) -> Refusal | None:
    """A card is not found again for use while another is ordered in its place (Art. 28)."""
    if case.replacement in ("", *CLOSED_APPLICATIONS):
        return None
    label = Progress.of(case.replacement).label
    return Refusal(no.REPLACEMENT_UNDER_WAY, {"progress": label}, case.id)


_NOT_YET_ACCEPTED = ("", Progress.CAPTURED, Progress.CONFIRMED, Progress.REFUSED)
_RULES = {
    "never": "一经办理不可撤销",
    "replacement_accepted": "在受理补卡之后",
    "replacement_completed": "在补卡完成之后",
}


def formal_loss_may_be_lifted(case: Case, at: datetime) -> Refusal | None:
    """Until when a written loss can be taken back is a rule of the city's (Art. 28)."""
    rule = str(parameter("formal_loss_releasable_until").on(local_day(at)).value)
    open_ = {
        "never": False,
        "replacement_accepted": case.replacement in _NOT_YET_ACCEPTED,
        "replacement_completed": case.replacement != Progress.COLLECTED,
    }[rule]
    return None if open_ else Refusal(no.LOSS_NOT_RELEASABLE, {"rule": _RULES[rule]}, case.id)


def death_is_not_noted(case: Case, at: datetime) -> Refusal | None:
    """Nobody dies twice; another day is recorded after the wrong one is taken back (Art. 29)."""
    if case.died_on is None:
        return None
    return Refusal(no.DEATH_NOTED_ALREADY, {"died_on": case.died_on}, case.id)


def death_is_noted(case: Case, at: datetime) -> Refusal | None:
    """Only a death that was recorded is taken back (Art. 29)."""
    return Refusal(no.DEATH_NOT_NOTED, {}, case.id) if case.died_on is None else None


def death_day_fits(case: Case, facts: object) -> Refusal | None:
    """The day lies within the holder's life as it can be known today (Art. 17)."""
    if not isinstance(facts, DeathNoted):
        return None
    values = {"died_on": facts.died_on}
    if case.at is not None and facts.died_on > local_day(case.at):
        return Refusal(no.DEATH_AHEAD, values, case.id)
    if case.born_on is not None and facts.died_on < case.born_on:
        return Refusal(no.DEATH_BEFORE_BIRTH, values, case.id)
    return None


_HIS_OWN = frozenset({Asker.HOLDER, Asker.GUARDIAN})
_MAY_ASK = {
    EndReason.WISH: _HIS_OWN,
    EndReason.DEATH: frozenset({Asker.SUCCESSOR, Asker.OFFICE}),
    EndReason.EMIGRATION: _HIS_OWN | {Asker.OFFICE},
    EndReason.DUPLICATE: _HIS_OWN | {Asker.OFFICE},
    EndReason.OTHER: _HIS_OWN | {Asker.OFFICE},
}


def asker_may_cancel(case: Case, facts: object) -> Refusal | None:
    """The living ask for themselves, successors only for the dead (Art. 29)."""
    if not isinstance(facts, CancelledOnRequest):
        return None
    died_on = case.died_on or facts.died_on
    if facts.asker is Asker.SUCCESSOR and died_on is None:
        return Refusal(no.SUCCESSOR_TOO_EARLY, {}, case.id)
    if facts.asker in _HIS_OWN and died_on is not None:
        return Refusal(no.HOLDER_CANNOT_ASK, {"died_on": died_on}, case.id)
    if facts.asker is Asker.OFFICE:
        return Refusal(no.OFFICE_ASKS_APART, {}, case.id)
    # Nobody is asked at this window whether he earns his living: from 16 on he may.
    young = _too_young(case, earns=True) if facts.asker is Asker.HOLDER else None
    return young or _reason_misfit(case, facts)


def applicant_is_named(case: Case, facts: object) -> Refusal | None:
    """Of whoever asks for another it is known who he is (Art. 29)."""
    if not isinstance(facts, CancelledOnRequest) or facts.applicant is not None:
        return None
    if facts.asker in (Asker.GUARDIAN, Asker.SUCCESSOR):
        return Refusal(no.ASKER_UNKNOWN, {"asker": facts.asker.label}, case.id)
    return None


def office_may_cancel(case: Case, facts: object) -> Refusal | None:
    """An office asks for itself, and not in the place of a holder who may (Art. 29)."""
    if isinstance(facts, CancelledOnRequest):
        return _reason_misfit(case, facts)
    return None


def _reason_misfit(case: Case, facts: CancelledOnRequest) -> Refusal | None:
    able = _MAY_ASK.get(facts.reason, frozenset())
    if facts.asker in able:
        return None
    askers = "、".join(one.label for one in Asker if one in able) or "按关系转移办理"
    values = {"reason": facts.reason.label, "asker": facts.asker.label, "askers": askers}
    return Refusal(no.REASON_IS_NOT_HIS, values, case.id)


def reason_to_cancel_holds(case: Case, facts: object) -> Refusal | None:
    """A death is recorded, the other of two cards is named, before a card dies of it (Art. 29)."""
    if not isinstance(facts, CancelledOnRequest):
        return None
    dead = (case.died_on or facts.died_on) is not None
    if facts.reason is EndReason.DEATH and facts.asker is not Asker.SUCCESSOR and not dead:
        return Refusal(no.DEATH_NOT_RECORDED, {}, case.id)
    if facts.reason is EndReason.DUPLICATE and not facts.other_card:
        said = facts.other_source or "台账没有第二张卡"
        return Refusal(no.NO_SECOND_CARD, {"said": said}, case.id)
    return None


def plastic_was_seen(case: Case, facts: object) -> Refusal | None:
    """The card nobody fetched is taken from its shelf and looked at (Art. 19, 29, 30)."""
    if isinstance(facts, CancelledOnRequest | RelationEnded) and facts.plastic is not Plastic.NONE:
        return None
    return Refusal(no.PLASTIC_NOT_SAID, {}, case.id)


def card_has_served(case: Case, at: datetime) -> Refusal | None:
    """Only a card whose time is over comes back: it is replaced, or cancelled (Art. 26, 29)."""
    if case.replacement or case.regions["social"] == Social.CANCELLED:
        return None
    return Refusal(no.OLD_CARD_STILL_SERVES, {"number": case.number}, case.id)


def plastic_is_said(case: Case, facts: object) -> Refusal | None:
    """What was handed in is looked at: sound or broken (Art. 29)."""
    if isinstance(facts, OldCardHandedIn) and facts.plastic is not Plastic.NONE:
        return None
    return Refusal(no.PLASTIC_NOT_SAID, {}, case.id)


# Temporary cards (Art. 27)


def is_not_excused(case: Case, at: datetime) -> Refusal | None:
    """Two people sign once that the new card goes first (Art. 27)."""
    return (
        Refusal(no.TEMPORARY_EXCUSED, {"number": case.number}, case.id) if case.excused else None
    )


def borrower_signed(case: Case, facts: object) -> Refusal | None:
    """Whoever borrows a temporary card signs for it (Art. 27)."""
    if isinstance(facts, TemporaryCardLent) and is_signed(facts.signing, facts.signature):
        return None
    return Refusal(no.SIGNATURE_MISSING, {}, case.id)
