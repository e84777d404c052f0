"""Chapter 4: holder, card and papers at the window (Art. 8 to 12)."""

from datetime import date, datetime

from cardbook.law import papers
from cardbook.law.parameters import is_on, whole_number
from cardbook.lib.clock import full_years, local_day
from cardbook.lifecycle import refusals as no
from cardbook.lifecycle.cases import Case
from cardbook.lifecycle.facts import (
    CardIssued,
    CardIssuedAtHome,
    CardIssuedCollectively,
    CardIssuedToGuardian,
    CardIssuedToProxy,
    CardPosted,
    Defect,
    DefectRecorded,
    PostedCardReceived,
    ProxyReason,
    Relation,
    Signer,
    Signing,
)
from cardbook.lifecycle.guards.any_act import dead_or_said_dead
from cardbook.lifecycle.refusals import Refusal


def _age(case: Case, on: date) -> int | None:
    """Full years on the day; None when the birthday is not known."""
    return None if case.born_on is None else full_years(case.born_on, on=on)


def _is_minor(case: Case, on: date) -> bool:
    age = _age(case, on)
    return age is not None and age < whole_number("minor_age", on=on)


def _minor(case: Case, on: date) -> Refusal:
    values = {"age": _age(case, on), "adult_age": whole_number("minor_age", on=on)}
    return Refusal(no.HOLDER_IS_MINOR, values, case.id)


def holder_may_come_himself(case: Case, at: datetime) -> Refusal | None:
    """A minor's card is collected by the guardian (Art. 11), judged on the day of pick-up.

    From 16 on, who lives on his own work counts as of age (Civil Code art. 18); the clerk asks.
    """
    today = local_day(at)
    age = _age(case, today)
    if age is None or age >= whole_number("self_supporting_age", on=today):
        return None
    return None if is_on("minor_may_collect", on=today) else _minor(case, today)


def holder_counts_as_of_age(case: Case, facts: object) -> Refusal | None:
    """Between 16 and 18 only who lives on his own work comes himself (Art. 11)."""
    if case.at is None or not _is_minor(case, today := local_day(case.at)):
        return None
    if isinstance(facts, CardIssued) and facts.self_supporting:
        return None
    # Whom he sends is another matter: only a person of age charges somebody (Civil Code art. 19).
    himself = not isinstance(facts, CardIssuedToProxy)
    return None if himself and is_on("minor_may_collect", on=today) else _minor(case, today)


def holder_needs_a_guardian(case: Case, facts: object) -> Refusal | None:
    """A guardian comes for a minor or for an adult without capacity, for nobody else (Art. 11)."""
    assert case.at is not None  # facts are given when the act happens
    today = local_day(case.at)
    if isinstance(facts, CardIssuedToGuardian) and facts.incapacitated:
        return None
    if _is_minor(case, today):
        return None
    adult = whole_number("minor_age", on=today)
    return Refusal(no.NO_GUARDIAN_NEEDED, {"adult_age": adult}, case.id)


# Who comes first as guardian: of a minor (Civil Code art. 27), of an adult (art. 28).
GUARDIANS_OF_MINORS = (
    (Relation.PARENT,),
    (Relation.GRANDPARENT,),
    (Relation.SIBLING,),
    (Relation.COMMITTEE, Relation.OTHER),
)
GUARDIANS_OF_ADULTS = (
    (Relation.SPOUSE,),
    (Relation.PARENT, Relation.CHILD),
    (Relation.GRANDPARENT, Relation.GRANDCHILD, Relation.SIBLING),
    (Relation.COMMITTEE, Relation.OTHER),
)


def guardian_is_named(case: Case, facts: object) -> Refusal | None:
    """What the guardian is to the holder; why no earlier one in the law's order came (Art. 11)."""
    if not isinstance(facts, CardIssuedToGuardian):
        return Refusal(no.GUARDIAN_RELATION_MISFIT, {"relation": "", "relations": ""}, case.id)
    if facts.guardian == case.person_id:
        return Refusal(no.GUARDIAN_IS_HOLDER, {}, case.id)
    return guardian_misfit(case, facts.relation, words=facts.words, adult=facts.incapacitated)


def guardian_misfit(case: Case, relation: Relation, *, words: str, adult: bool) -> Refusal | None:
    """Who may be a guardian, and that a later one in the law's order says why (Art. 11)."""
    order = GUARDIANS_OF_ADULTS if adult else GUARDIANS_OF_MINORS
    rank = next((place for place, ones in enumerate(order) if relation in ones), None)
    if rank is None:
        allowed = "、".join(one.label for ones in order for one in ones)
        values = {"relation": relation.label, "relations": allowed}
        return Refusal(no.GUARDIAN_RELATION_MISFIT, values, case.id)
    if rank and not words.strip():
        before = "、".join(one.label for ones in order[:rank] for one in ones)
        values = {"relation": relation.label, "before": before}
        return Refusal(no.GUARDIAN_ORDER_UNEXPLAINED, values, case.id)
    return None


def proxy_is_named(case: Case, facts: object) -> Refusal | None:
    """Why the holder does not come and what the proxy is to him; "other" in words (Art. 10)."""
    if not isinstance(facts, CardIssuedToProxy):
        return Refusal(no.PROXY_NOT_NAMED, {}, case.id)
    if facts.agent == case.person_id:
        return Refusal(no.PROXY_IS_HOLDER, {}, case.id)
    vague = facts.reason is ProxyReason.OTHER or facts.relation is Relation.OTHER
    if vague and not facts.words.strip():
        return Refusal(no.PROXY_NOT_NAMED, {}, case.id)
    return None


def holder_lived_when_signed(case: Case, facts: object) -> Refusal | None:
    """Nobody signs for a card after the holder's death; what he had by then is his (Art. 17)."""
    signed_on = _signed_on(facts)
    if case.died_on is None:
        return dead_or_said_dead(case, subject_id=case.id)
    if signed_on is None or signed_on < case.died_on:
        return None
    if not isinstance(facts, CardIssuedCollectively):
        return Refusal(no.HOLDER_DEAD, {"died_on": case.died_on}, case.id)
    values = {"row": facts.row, "died_on": case.died_on}
    return Refusal(no.HOLDER_DEAD_AT_SIGNING, values, case.id)


def _signed_on(facts: object) -> date | None:
    """The day he had it, where that is not the day on which it is written down."""
    match facts:
        case CardIssuedCollectively():
            return facts.signed_on
        case PostedCardReceived():
            return facts.received_on
        case CardIssuedAtHome():
            return facts.handed_on
    return None


def minor_did_not_sign_alone(case: Case, facts: object) -> Refusal | None:
    """A minor's row is signed by the guardian, unless from 16 on he lives on his own work (11)."""
    if not isinstance(facts, CardIssuedCollectively) or facts.signer is Signer.GUARDIAN:
        return None
    on = facts.signed_on
    age = _age(case, on)
    if age is None or not _is_minor(case, on):
        return None
    if facts.self_supporting and age >= whole_number("self_supporting_age", on=on):
        return None
    if facts.signer is Signer.HOLDER and is_on("minor_may_collect", on=on):
        return None
    return _minor(case, on)


def signer_of_row_is_named(case: Case, facts: object) -> Refusal | None:
    """Who signed a row for its holder: a person, what he is to him, by which paper (10, 11)."""
    if not isinstance(facts, CardIssuedCollectively) or facts.signer is Signer.HOLDER:
        return None
    if facts.agent is None or facts.relation is None or not facts.proof:
        given = {"姓名、证件号码": facts.agent, "关系": facts.relation, "证明材料": facts.proof}
        what = "、".join(title for title, one in given.items() if not one)
        values = {"rows": facts.row, "signer": facts.signer.label, "what": what}
        return Refusal(no.ROW_AGENT_MISSING, values, case.id)
    by_guardian = facts.signer is Signer.GUARDIAN
    if facts.agent == case.person_id:
        return Refusal(no.GUARDIAN_IS_HOLDER if by_guardian else no.PROXY_IS_HOLDER, {}, case.id)
    if not by_guardian and facts.relation is Relation.OTHER and not facts.words.strip():
        return Refusal(no.PROXY_NOT_NAMED, {}, case.id)
    known = case.born_on is not None
    of_adult = by_guardian and known and not _is_minor(case, facts.signed_on)
    misfit = _row_paper_misfit(case, facts, of_adult=of_adult)
    if misfit is None and by_guardian:
        return guardian_misfit(case, facts.relation, words=facts.words, adult=of_adult)
    return misfit


def _row_paper_misfit(
    case: Case, facts: CardIssuedCollectively, *, of_adult: bool
) -> Refusal | None:
    """One paper stands beside a row; what it must be depends on who signed for whom."""
    when: tuple[papers.PapersWhen, ...] = ()
    if of_adult:
        rule, why = papers.ROW_BY_GUARDIAN_OF_ADULT, "持卡人是成年人"
    elif facts.signer is Signer.GUARDIAN:
        rule, why, when = papers.ROW_BY_GUARDIAN, "持卡人是未成年人", papers.GUARDIAN_WHEN
    else:
        rule, why, when = papers.ROW_BY_PROXY, "代为领取", papers.PROXY_WHEN
    asked = [(rule, why), *((one.rule, one.words) for one in when if one.applies(facts))]
    for each, words in asked:
        for group in each.missing({facts.proof}):
            values = {
                "proof": papers.paper_kind(facts.proof).title, "signer": facts.signer.label,
                "why": words, "papers": "或".join(kind.title for kind in group),
            }  # fmt: skip
            return Refusal(no.ROW_PAPER_MISFIT, values, case.id)
    return None


def posted_card_reached_its_holder(case: Case, facts: object) -> Refusal | None:
    """The post's receipt is signed by the holder, a minor's by the guardian (Art. 7, 10, 11)."""
    if not isinstance(facts, PostedCardReceived):
        return None
    on = facts.received_on
    match facts.signed_by:
        case Signer.PROXY:
            return Refusal(no.RECEIVED_BY_ANOTHER, {}, case.id)
        case Signer.HOLDER:
            return _minor(case, on) if _is_minor(case, on) else None
    if not _is_minor(case, on) and _age(case, on) is not None:
        adult = whole_number("minor_age", on=on)
        return Refusal(no.NO_GUARDIAN_NEEDED, {"adult_age": adult}, case.id)
    return _guardian_at_the_door(case, facts)


def _guardian_at_the_door(case: Case, facts: PostedCardReceived) -> Refusal | None:
    if facts.guardian is None or facts.relation is None:
        return Refusal(no.GUARDIAN_NOT_NAMED, {}, case.id)
    if facts.guardian == case.person_id:
        return Refusal(no.GUARDIAN_IS_HOLDER, {}, case.id)
    return guardian_misfit(case, facts.relation, words=facts.words, adult=False)


def parcel_is_named(case: Case, facts: object) -> Refusal | None:
    """A card in the post can be asked after (Art. 7)."""
    if isinstance(facts, CardPosted) and facts.parcel.strip():
        return None
    return Refusal(no.PARCEL_MISSING, {}, case.id)


def temporary_card_is_back(case: Case, at: datetime) -> Refusal | None:
    """The new card waits until the temporary one is returned (Art. 27)."""
    if not case.temporary_card_out:
        return None
    if not is_on("new_card_requires_temp_return", on=local_day(at)):
        return None
    return Refusal(no.TEMPORARY_CARD_OUT, {"number": case.temporary_card_out}, case.id)


def identity_was_seen(case: Case, facts: object) -> Refusal | None:
    """The original of the holder's own document was shown (Art. 8 para. 4)."""
    if isinstance(facts, CardIssued) and facts.original_seen:
        return None
    return Refusal(no.ID_NOT_SEEN, {}, case.id)


def face_was_compared(case: Case, facts: object) -> Refusal | None:
    """Person, document and card face agree (Art. 8 para. 4, Art. 13)."""
    if isinstance(facts, CardIssued) and facts.face_matches:
        return None
    return Refusal(no.FACE_NOT_CHECKED, {}, case.id)


def right_card_was_scanned(case: Case, facts: object) -> Refusal | None:
    """The card in the clerk's hand is the card on the screen (Art. 8 para. 4)."""
    scanned = facts.scanned if isinstance(facts, CardIssued) else ""
    if scanned == case.number:
        return None
    if not scanned:
        return Refusal(no.CARD_NOT_SCANNED, {}, case.id)
    return Refusal(
        no.WRONG_CARD_SCANNED,
        {"scanned": scanned, "expected": case.number, "place": case.place_text},
        case.id,
    )


def card_is_sound(case: Case, facts: object) -> Refusal | None:
    """The card passed inspection (Art. 9)."""
    if isinstance(facts, CardIssued) and facts.reads:
        return None
    return Refusal(no.CARD_UNREADABLE, {}, case.id)


def receiver_signed(case: Case, facts: object) -> Refusal | None:
    """The register is signed before the card is given (Art. 8 para. 4)."""
    if isinstance(facts, CardIssued) and is_signed(facts.signing, facts.signature):
        return None
    return Refusal(no.SIGNATURE_MISSING, {}, case.id)


def is_signed(signing: Signing, signature: str) -> bool:
    """This function will say whether a signature was given; one on a screen is kept as picture."""
    return signing is not Signing.NONE and (signing is not Signing.SCREEN or bool(signature))


def defect_is_named(case: Case, facts: object) -> Refusal | None:
    """The quality problem is one of Article 9's, or described in words."""
    named = isinstance(facts, DefectRecorded) and (
        facts.defect is not Defect.OTHER or bool(facts.words.strip())
    )
    return None if named else Refusal(no.DEFECT_NOT_NAMED, {}, case.id)


_BY_SHEET = "card.issue_collective"


def was_issued_by_sheet(case: Case, at: datetime) -> Refusal | None:
    """Only a row of a sheet is corrected as such; the unit has the card again (Art. 8 para. 3)."""
    return None if case.came_by == _BY_SHEET else _issued_otherwise(case)


def was_not_issued_by_sheet(case: Case, at: datetime) -> Refusal | None:
    """What a sheet gave out does not come back into the window's drawer (Art. 8 para. 3)."""
    return _issued_otherwise(case) if case.came_by == _BY_SHEET else None


def _issued_otherwise(case: Case) -> Refusal:
    return Refusal(no.OTHER_WAY_OF_ISSUE, {"number": case.number}, case.id)
