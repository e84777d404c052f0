"""What tests of wrong cards share: a card found wrong, and led as far as a test needs it."""

from datetime import date

from cardbook.cards.models import Card, Correction
from cardbook.chapters.corrections.wrong_cards import commands
from cardbook.chapters.corrections.wrong_cards.commands import Compared, Telling
from cardbook.lifecycle.facts import (
    ErrorExplained,
    ErrorRechecked,
    ErrorRecorded,
    Fault,
    FoundAt,
    ProvinceAnswered,
    WrongField,
)
from cardbook.lifecycle.perform import Done
from cardbook.orgs.actors import Actor
from cardbook.testing import factories as make
from cardbook.testing.factories import NOON, County

TODAY = date(2026, 11, 20)
WRONG_NAME = ErrorRecorded(found=FoundAt.ISSUING, fields=(WrongField.NAME,), reported="holder")
TOLD = Telling(facts=ErrorExplained(told="holder", way="face", words="姓名不对，卡已收回。"))


def compared(**changes: object) -> Compared:
    """A card that says 王小朋 where the document says 王小明."""
    usual: dict[str, object] = {
        "face": {WrongField.NAME: "王小朋"},
        "right": {WrongField.NAME: "王小明"},
        "fault": Fault.CAPTURE,
        "proof": "id_card",
    }
    return Compared(**(usual | changes))  # type: ignore[arg-type]


def record(
    card: Card,
    *,
    by: Actor,
    facts: ErrorRecorded = WRONG_NAME,
    what: Compared | None = None,
    telling: Telling | None = TOLD,
    key: str = "",
) -> Done:
    """A card taken back by one perform."""
    return commands.record_error(
        card_id=card.pk, facts=facts, compared=what or compared(), telling=telling, by=by,
        at=NOON, key=key or make.key(),
    )  # fmt: skip


def recorded(card: Card, county: County, **changes: object) -> Correction:
    """The handling of a card its window took back."""
    done = record(card, by=county.clerk, **changes)  # type: ignore[arg-type]
    return Correction.objects.get(pk=done.subject_ids[1])


def recheck(
    correction: Correction,
    *,
    by: Actor,
    what: Compared | None = None,
    facts: ErrorRechecked | None = None,
    key: str = "",
) -> Done:
    """Every field once more."""
    usual = ErrorRechecked(complete=True, fields=(WrongField.NAME,))
    return commands.recheck_error(
        correction_id=correction.pk, facts=facts or usual, compared=what or compared(), by=by,
        at=NOON, key=key or make.key(),
    )  # fmt: skip


def answer(reference: str = "SX-1", on: date = TODAY) -> ProvinceAnswered:
    """What the province's screen says."""
    return ProvinceAnswered(reference=reference, answered_on=on)


def enter(correction: Correction, *, by: Actor, facts: ProvinceAnswered | None = None) -> Done:
    """Entered in the province's system."""
    return commands.enter_province(
        correction_id=correction.pk, facts=facts or answer(), by=by, at=NOON, key=make.key()
    )


def confirm(correction: Correction, *, by: Actor, facts: ProvinceAnswered | None = None) -> Done:
    """Confirmed there."""
    return commands.confirm_province(
        correction_id=correction.pk, facts=facts or answer(), by=by, at=NOON, key=make.key()
    )


def confirmed(card: Card, county: County, **changes: object) -> Correction:
    """As far as the province's confirmation."""
    correction = recorded(card, county, **changes)
    recheck(correction, by=county.reviewer, what=changes.get("what"))  # type: ignore[arg-type]
    enter(correction, by=county.keeper)
    confirm(correction, by=county.keeper)
    return correction


def resume(
    correction: Correction, *, by: Actor, corrected_on: date | None = None, key: str = ""
) -> Done:
    """Into a new application."""
    return commands.resume_error(
        correction_id=correction.pk, corrected_on=corrected_on, words="", by=by, at=NOON,
        key=key or make.key(),
    )  # fmt: skip


def drop(
    correction: Correction, *, by: Actor, second: Actor | None, words: str = "看错了"
) -> Done:
    """A mistaken entry taken back."""
    return commands.drop_error(
        correction_id=correction.pk, words=words, by=by, second=second, at=NOON, key=make.key()
    )
