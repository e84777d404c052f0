"""Which reason says how a subject stands when an act does not fit its state (Art. 5)."""

from collections.abc import Mapping

from cardbook.cards.states import Fee, Hold, Progress, Social, Stage, Subject, TemporaryStage
from cardbook.custody.places import Place
from cardbook.lifecycle import refusals as no
from cardbook.lifecycle.cases import Case

_BY_STATE: Mapping[tuple[Subject, str, str], no.Reason] = {
    (Subject.CARD, "stage", Stage.IN_CUSTODY): no.CARD_IN_CUSTODY,
    (Subject.CARD, "stage", Stage.ISSUED): no.ALREADY_ISSUED,
    (Subject.CARD, "stage", Stage.RECALLED): no.CARD_RECALLED,
    (Subject.CARD, "stage", Stage.RETURNED): no.CARD_RETURNED,
    (Subject.CARD, "stage", Stage.MISSING): no.CARD_MISSING,
    (Subject.CARD, "stage", Stage.CANCELLED): no.CARD_CANCELLED,
    (Subject.CARD, "stage", Stage.DESTROYED): no.CARD_DESTROYED,
    (Subject.CARD, "hold", Hold.NONE): no.CARD_NOT_STOPPED,
    (Subject.CARD, "hold", Hold.ORAL_LOSS): no.CARD_ON_LOSS,
    (Subject.CARD, "hold", Hold.FORMAL_LOSS): no.CARD_ON_LOSS,
    (Subject.CARD, "hold", Hold.ERROR): no.CARD_HAS_ERROR,
    (Subject.CARD, "hold", Hold.DEFECT): no.CARD_DEFECTIVE,
    (Subject.CARD, "social", Social.SEALED): no.SOCIAL_SEALED,
    (Subject.CARD, "social", Social.ACTIVE): no.SOCIAL_ACTIVE,
    (Subject.CARD, "social", Social.LOCKED): no.SOCIAL_LOCKED,
    (Subject.CARD, "social", Social.CANCELLED): no.SOCIAL_CANCELLED,
    (Subject.APPLICATION, "progress", Progress.CAPTURED): no.APPLICATION_NOT_SIGNED,
    (Subject.APPLICATION, "progress", Progress.CONFIRMED): no.APPLICATION_SIGNED,
    (Subject.APPLICATION, "progress", Progress.REFUSED): no.APPLICATION_SENT_BACK,
    (Subject.APPLICATION, "progress", Progress.SUBMITTED): no.APPLICATION_AT_BANK,
    (Subject.APPLICATION, "progress", Progress.ACCEPTED): no.APPLICATION_AT_BANK,
    (Subject.APPLICATION, "progress", Progress.IN_PRODUCTION): no.APPLICATION_AT_BANK,
    (Subject.APPLICATION, "progress", Progress.PRODUCED): no.NEW_CARD_MADE,
    (Subject.APPLICATION, "progress", Progress.COLLECTED): no.NEW_CARD_FETCHED,
    (Subject.APPLICATION, "progress", Progress.WITHDRAWN): no.APPLICATION_WITHDRAWN,
    (Subject.APPLICATION, "fee", Fee.FREE): no.CARD_IS_FREE,
    (Subject.APPLICATION, "fee", Fee.PAID): no.FEE_PAID_ALREADY,
    (Subject.APPLICATION, "fee", Fee.DUE): no.FEE_NOT_TAKEN,
    (Subject.APPLICATION, "fee", Fee.WAIVED): no.FEE_WAIVED,
    (Subject.APPLICATION, "fee", Fee.REFUNDED): no.FEE_REFUNDED,
    (Subject.TEMPORARY_CARD, "stage", TemporaryStage.IN_STOCK): no.TEMPORARY_NOT_LENT,
    (Subject.TEMPORARY_CARD, "stage", TemporaryStage.LENT): no.TEMPORARY_STILL_LENT,
    (Subject.TEMPORARY_CARD, "stage", TemporaryStage.RETURNED): no.TEMPORARY_BACK,
    (Subject.TEMPORARY_CARD, "stage", TemporaryStage.LOST): no.TEMPORARY_LOST,
    (Subject.TEMPORARY_CARD, "stage", TemporaryStage.VOID): no.TEMPORARY_VOID,
}


def of_state(subject: Subject, region: str, value: str) -> no.Reason:
    """This function will name the reason that says how a subject stands; a plain one if none."""
    return _BY_STATE.get((subject, region, value), no.STATE_DOES_NOT_FIT)


def of_reach(case: Case, *, own: bool) -> no.Reason:
    """This function will name the reason why somebody does not reach a subject.

    Of his own county's card that is destroyed he is told so: nobody has it to hand it over.
    """
    return no.CARD_DESTROYED if own and case.place is Place.DESTROYED else no.OUT_OF_REACH
