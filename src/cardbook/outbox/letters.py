"""Puts messages into clear words for the moment in which they leave (Art. 32: not longer).

One query for any number, one more for what was signed for; what it returns is never kept, logged
or shown.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any, TypeVar

from django.db import connection

from cardbook.lib.masking import leave_out
from cardbook.lib.rows import array_of, named_rows
from cardbook.people import vault
from cardbook.ports.messages import Addressee, Letter, LiesAt, MadeCard, MessageKind

_T = TypeVar("_T")
_WITH_PHOTO = frozenset({MessageKind.PROVINCE_PRODUCTION})

_LETTERS = """
SELECT m.kind, m.subject_kind, m.subject_id, m.reference, m.happened_at, m.payload,
       m.maybe_arrived,
       coalesce(c.number, t.number, '') AS card_number, c.bank_account_sealed,
       coalesce(b.code, '') AS bank, o.code AS office, o.name AS office_name,
       coalesce(u.name, '') AS clerk, p.name_sealed, p.number_sealed, p.number_kind,
       p.phone_sealed, p.address_sealed, p.sex, p.born_on,
       k.name AS keeper, k.address AS keeper_address, k.hours AS keeper_hours,
       k.phone AS keeper_phone,
       c.social NOT IN ('active', 'locked') AND NOT EXISTS (
           SELECT FROM outbox_message used
           WHERE used.party = 'province' AND used.thread = 'card:' || c.id
               AND used.kind = 'province.activate' AND used.state <> 'withdrawn'
       ) AS never_used,
       m.subject_kind = 'application' AND EXISTS (
           SELECT FROM outbox_message told
           WHERE told.party = m.party AND told.thread = m.thread AND told.kind = m.kind
               AND told.subject_kind = m.subject_kind AND told.subject_id = m.subject_id
               AND told.id < m.id AND told.state IN ('done', 'already_so', 'by_hand')
       ) AS told_before
FROM outbox_message m
JOIN orgs_organization o ON o.id = m.county_id
LEFT JOIN cards_card c ON c.id = m.card_id
LEFT JOIN cards_temporarycard t ON m.subject_kind = 'temporary_card' AND t.id = m.subject_id
LEFT JOIN cards_application a ON m.subject_kind = 'application' AND a.id = m.subject_id
LEFT JOIN orgs_organization b ON b.id = coalesce(a.bank_id, c.bank_org_id)
LEFT JOIN custody_position y ON y.card_id = m.card_id
LEFT JOIN custody_account v
    ON v.id = y.account_id AND v.kind IN ('store', 'box', 'drawer', 'unit')
LEFT JOIN orgs_organization k ON k.id = v.organization_id
LEFT JOIN people_person p ON p.id = m.person_id
LEFT JOIN ledger_event e ON e.id = m.event_id
LEFT JOIN orgs_user u ON u.id = e.actor_id
WHERE m.id = ANY(%s::bigint[])
ORDER BY m.urgent DESC, m.id
"""


# What somebody signed for is what leaves, not what the book had of him: ids of subjects -> fields.
SignedFor = Callable[[Sequence[int]], Mapping[int, Mapping[str, str]]]
_SIGNED_FOR: dict[str, SignedFor] = {}


def ask_for_signed(subject_kind: str, read: SignedFor) -> None:
    """This function will let a chapter say what was signed for about its subjects."""
    _SIGNED_FOR[subject_kind] = read


# The new card a message about a subject speaks of: ids of subjects -> cards.
MadeFor = Callable[[Sequence[int]], Mapping[int, MadeCard]]
_MADE: dict[str, MadeFor] = {}


def ask_for_made(subject_kind: str, read: MadeFor) -> None:
    """This function will let a chapter say which card was made for its subjects."""
    _MADE[subject_kind] = read


# Opens a photo when it leaves and not before: two hundred of them at once are not held.
Photo = Callable[[], bytes | None]
PhotosFor = Callable[[Sequence[int]], Mapping[int, Photo]]
_PHOTOS: dict[str, PhotosFor] = {}


def ask_for_photos(subject_kind: str, read: PhotosFor) -> None:
    """This function will let a chapter say which photo its subjects were captured with."""
    _PHOTOS[subject_kind] = read


def letters_of(ids: Sequence[int]) -> list[Letter]:
    """This function will write the messages as letters, in the order in which they leave.

    :raises cardbook.lib.sm.Damaged: when a sealed field was altered.
    """
    with connection.cursor() as cursor:
        cursor.execute(_LETTERS, [array_of(ids)])
        rows = named_rows(cursor)
    signed, made = _known(rows, _SIGNED_FOR), _known(rows, _MADE)
    photos = _known([row for row in rows if row["kind"] in _WITH_PHOTO], _PHOTOS)
    return [
        replace(_letter(row, signed.get(subject), made.get(subject)), photo=photos.get(subject))
        for row in rows
        for subject in ((row["subject_kind"], row["subject_id"]),)
    ]


def _known(
    rows: Sequence[dict[str, Any]],
    readers: Mapping[str, Callable[[Sequence[int]], Mapping[int, _T]]],
) -> dict[tuple[str, int], _T]:
    """What chapters know of the subjects, asked once for each kind."""
    found: dict[tuple[str, int], _T] = {}
    for kind, read in readers.items():
        subjects = [row["subject_id"] for row in rows if row["subject_kind"] == kind]
        if subjects:
            found |= {(kind, id_): given for id_, given in read(subjects).items()}
    return found


def _letter(
    row: dict[str, Any], signed: Mapping[str, str] | None, made: MadeCard | None
) -> Letter:
    letter = _of_the_book(row)
    about = replace(letter.about, **signed or {})  # type: ignore[arg-type] # texts only
    return replace(letter, about=about, made=made)


def _of_the_book(row: dict[str, Any]) -> Letter:
    facts = json.loads(row["payload"])
    return Letter(
        kind=MessageKind(row["kind"]),  # type: ignore[call-arg] # looks it up
        reference=row["reference"],
        happened_at=row["happened_at"],
        about=Addressee(
            name=_open(row["name_sealed"], vault.NAME),
            number=_open(row["number_sealed"], vault.NUMBER),
            number_kind=row["number_kind"] or "",
            sex=row["sex"] or "0",
            born_on=row["born_on"],
            phone=_open(row["phone_sealed"], vault.PHONE),
            address=_open(row["address_sealed"], vault.ADDRESS),
        ),
        card_number=row["card_number"],
        bank_account=_open(row["bank_account_sealed"], vault.BANK),
        bank=row["bank"],
        office=row["office"],
        office_name=row["office_name"],
        clerk=row["clerk"] or str(facts.get("clerk", "")),
        facts=facts,
        lies_at=_lies_at(row),
        never_used=bool(row["never_used"]),
        told_before=row["told_before"],
        again=row["maybe_arrived"],
    )


def _lies_at(row: dict[str, Any]) -> LiesAt | None:
    if row["keeper"] is None:
        return None
    return LiesAt(
        name=row["keeper"], address=row["keeper_address"], hours=row["keeper_hours"],
        phone=row["keeper_phone"],
    )  # fmt: skip


def _open(sealed: memoryview | None, context: bytes) -> str:
    return vault.open_text(sealed, context=context) if sealed else ""


def without_person(words: str, letter: Letter) -> str:
    """This function will take out of the other side's words what names the person.

    Answers are kept and shown; some systems repeat the name or the number in them.
    """
    about = letter.about
    names = about.name, about.bank_name, about.guardian_name
    numbers = about.number, about.guardian_number, about.phone, letter.bank_account
    return leave_out(words, (*numbers, *names))
