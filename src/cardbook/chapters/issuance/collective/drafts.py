"""What is kept before anything is performed: prepared bundles, ticks, pages (Art. 8 para. 3).

A draft is nobody's promise: no card moves here, and `commands.py` asks again for everything.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db import connection, transaction
from django.db.models import Case, F, Max, Value, When

from cardbook.cards.models import Card
from cardbook.cards.states import Stage, Subject
from cardbook.chapters.issuance.collective.ages import minors_among, refusal_of_minors
from cardbook.chapters.issuance.collective.naming import NO_COLUMNS, NOBODY, OTHERS, Named
from cardbook.chapters.issuance.collective.queries import bundles_of
from cardbook.chapters.issuance.collective.ticks import CLEAR, SIGNED, Mark, Tick
from cardbook.chapters.issuance.models import Bundle, BundlePage, BundleRow, Result
from cardbook.custody.models import Account
from cardbook.custody.places import Place
from cardbook.law.roles import OWN_OFFICE_ONLY
from cardbook.lib.rows import array_of
from cardbook.lifecycle import refusals as no
from cardbook.lifecycle.acts import act
from cardbook.lifecycle.judge import refusals_of_case, refuse_other_roles
from cardbook.lifecycle.load import load_cases
from cardbook.lifecycle.refusals import Refusal, Refused
from cardbook.orgs.actors import Actor
from cardbook.orgs.models import Organization
from cardbook.papers.pictures import KeptImage
from cardbook.papers.storage import keep_images
from cardbook.registers.forms import MOST_ROWS

_HAND_OUT = act("bundle.hand_out")
_FILE = act("card.issue_collective")
_ADD = """
INSERT INTO issuance_bundlerow
       (bundle_id, row, card_id, place, result, signer, reason, words, filed)
SELECT %(bundle)s, %(last)s + row_number() OVER (ORDER BY given.ord), given.card, given.place,
       '', '', '', '', ''
FROM unnest(%(cards)s::bigint[], %(places)s::text[]) WITH ORDINALITY AS given(card, place, ord)
WHERE NOT EXISTS (SELECT FROM issuance_bundlerow r
                  WHERE r.bundle_id = %(bundle)s AND r.card_id = given.card)
"""
_RENUMBER = """
UPDATE issuance_bundlerow r SET row = n.row
FROM (SELECT id, row_number() OVER (ORDER BY row) AS row FROM issuance_bundlerow
      WHERE bundle_id = %s) AS n
WHERE r.id = n.id AND r.row <> n.row
"""
_ON_SHELF = [Place.STORE, Place.BOX, Place.DRAWER]


@dataclass(frozen=True, slots=True, kw_only=True)
class Added:
    """What adding cards led to: how many came in, and why each other one did not."""

    count: int
    left_out: tuple[str, ...]


def _locked(bundle_id: int, *, by: Actor, out: bool) -> Bundle:
    """The bundle, locked; prepared or handed out as asked."""
    bundle = bundles_of(by).select_for_update(of=("self",)).get(pk=bundle_id)
    if (bundle.batch is not None) != out:
        state = "已经交付，不能再改卡" if bundle.batch else "还没有交付，没有可登记的签收"
        raise Refused([Refusal(no.SHEET_NOT_OUT, {"sheet": bundle.number, "state": state})])
    if bundle.sent_at is not None and by.role in OWN_OFFICE_ONLY:
        raise Refused([Refusal(no.SHEET_SENT, {"sheet": bundle.number})])
    return bundle


def refuse_other_readers(*, by: Actor) -> None:
    """This function will refuse a post that neither files sheets nor brings its own back.

    :raises Refused: the same refusal as filing would give.
    """
    if by.role not in OWN_OFFICE_ONLY:
        refuse_other_roles(_FILE, by=by)


def start_bundle(
    *, unit_id: int, by: Actor, at: datetime, collector_id: int | None = None
) -> Bundle:
    """This function will begin a bundle for a unit, or go on with the one begun here before.

    :raises Refused: when the post does not hand out bundles.
    :raises Organization.DoesNotExist: when the unit is another county's.
    """
    refuse_other_roles(_HAND_OUT, by=by)
    unit = Organization.objects.get(pk=unit_id, path__startswith=by.county_path)
    begun = Bundle.objects.filter(unit=unit, office_id=by.org_id, batch=None).order_by("id")
    bundle = begun.first() or Bundle.objects.create(
        unit=unit, office_id=by.org_id, prepared_by_id=by.user_id, prepared_at=at
    )
    if collector_id is not None:
        Bundle.objects.filter(pk=bundle.pk).update(collector_id=collector_id, id_seen=True)
    return bundle


def note_seen(
    *, bundle_id: int, by: Actor, collector_id: int | None = None, letter: bool = False
) -> None:
    """This function will note that the handler's document or the unit's letter was read."""
    with transaction.atomic():
        bundle = _locked(bundle_id, by=by, out=False)
        if collector_id is not None:
            bundle.collector_id, bundle.id_seen = collector_id, True
        bundle.letter_seen = bundle.letter_seen or letter
        bundle.save(update_fields=["collector", "id_seen", "letter_seen"])


def add_cards(*, bundle_id: int, card_ids: Sequence[int], by: Actor, at: datetime) -> Added:
    """This function will add cards in the order given; each that does not fit says why not.

    :raises Refused: when the bundle has been handed out.
    """
    refuse_other_roles(_HAND_OUT, by=by)
    with transaction.atomic():
        bundle = _locked(bundle_id, by=by, out=False)
        cases = load_cases(subject=Subject.CARD, ids=card_ids, lock=False, at=at)
        places, left_out = {}, []
        for card_id in dict.fromkeys(card_ids):
            case = cases.get(card_id)
            if case is None:
                continue
            refusal = next(refusals_of_case(act=_HAND_OUT, case=case, by=by, at=at), None)
            if refusal is None:
                places[card_id] = case.place_text
            else:
                left_out.append(f"{case.number}：{refusal.sentence}")
        last = bundle.rows.aggregate(last=Max("row"))["last"] or 0
        room = MOST_ROWS - last
        if len(places) > room:
            left_out.append(f"一份明细表最多 {MOST_ROWS} 张，多出的请另做一份。")
            places = dict(list(places.items())[:room])
        with connection.cursor() as cursor:
            cursor.execute(
                _ADD,
                {
                    "bundle": bundle.pk,
                    "last": last,
                    "cards": array_of(places),
                    "places": list(places.values()),
                },
            )
            count = cursor.rowcount
    return Added(count=count, left_out=tuple(left_out))


def cards_in_box(account: Account) -> list[int]:
    """This function will list the cards of a box, slot by slot."""
    return list(account.positions.order_by("slot", "card_id").values_list("card_id", flat=True))


def cards_meant_for(unit: Organization, *, by: Actor) -> list[int]:
    """This function will list cards on the county's shelves printed for a unit or village."""
    found = Card.objects.filter(
        position__account__kind__in=_ON_SHELF,
        position__account__organization__path__startswith=by.county_path,
        stage=Stage.IN_CUSTODY,
    )
    if unit.kind == "village":
        found = found.filter(town_id=unit.parent_id, village=unit.name)
    elif unit.kind == "town":
        found = found.filter(town=unit)
    else:
        found = found.filter(unit_code=unit.code)
    order = ("position__account__code", "position__slot", "pk")
    return list(found.order_by(*order).values_list("pk", flat=True)[: MOST_ROWS + 1])


def remove_rows(*, bundle_id: int, rows: Sequence[int], by: Actor) -> int:
    """This function will take rows off a prepared bundle and number the rest anew."""
    with transaction.atomic():
        bundle = _locked(bundle_id, by=by, out=False)
        count, _ = BundleRow.objects.filter(bundle=bundle, row__in=rows).delete()
        with connection.cursor() as cursor:
            cursor.execute(_RENUMBER, [bundle.pk])
    return count


def drop_bundle(*, bundle_id: int, by: Actor) -> None:
    """This function will give up a prepared bundle; the cards lie where they lay."""
    with transaction.atomic():
        _locked(bundle_id, by=by, out=False).delete()


# ------------------------------------------------------------------------------ reading back
@dataclass(frozen=True, slots=True, kw_only=True)
class Ticked:
    """How many rows were ticked, and why each other one was not."""

    count: int
    refusals: tuple[Refusal, ...]


def tick_rows(
    *, bundle_id: int, ticks: Sequence[Tick], on: date, by: Actor, agent: Named = NOBODY
) -> Ticked:
    """This function will keep what a clerk read off the sheet, set by set.

    Filed rows stay as they are, and a minor's row is not signed by anybody but the guardian.

    `agent` signed those rows of the line that a proxy or guardian signed.

    :raises Refused: when the sheet is not out, or a scanned card is not on it.
    """
    refuse_other_readers(by=by)
    refusals: list[Refusal] = []
    count = 0
    with transaction.atomic():
        bundle = _locked(bundle_id, by=by, out=True)
        filed = dict(bundle.rows.exclude(filed__in=["", Result.OPEN]).values_list("row", "filed"))
        for tick in ticks:
            rows = [*tick.rows, *_rows_of_cards(bundle, tick.cards)]
            closed = [row for row in rows if row in filed]
            refusals += [
                Refusal(no.ROW_CLOSED, {"row": row, "result": Result(filed[row]).label})
                for row in closed
            ]
            new = [row for row in rows if row not in filed]
            ages = minors_among(
                bundle, new, signer=tick.mark.signer,
                self_supporting=tick.mark.self_supporting, on=on,
            )  # fmt: skip
            if ages:
                refusals.append(refusal_of_minors(ages, on=on))
            new = [row for row in new if row not in ages]
            count += _mark(bundle, new, tick.mark, on=on, agent=agent)
    return Ticked(count=count, refusals=tuple(refusals))


def _rows_of_cards(bundle: Bundle, numbers: Sequence[str]) -> list[int]:
    if not numbers:
        return []
    found = dict(bundle.rows.filter(card__number__in=numbers).values_list("card__number", "row"))
    missing = [
        Refusal(no.NOT_ON_SHEET, {"number": number, "sheet": bundle.number})
        for number in numbers
        if number not in found
    ]
    if missing:
        raise Refused(missing)
    return [found[number] for number in numbers]


def _mark(bundle: Bundle, rows: Sequence[int], mark: Mark, *, on: date, agent: Named) -> int:
    wanted = bundle.rows.filter(row__in=rows)
    if mark.result == CLEAR:
        # A row filed as open goes back to that; one never filed to nothing.
        return wanted.update(
            result=F("filed"), signed_on=None, signer="", words="", self_supporting=False,
            **NO_COLUMNS,
        )  # fmt: skip
    signed = mark.result == SIGNED
    fields: dict[str, object] = {
        "result": mark.result, "signer": mark.signer, "signed_on": on if signed else None,
        "self_supporting": mark.self_supporting, **_agent_columns(mark, agent),
    }  # fmt: skip
    if signed or mark.reason:
        fields["reason"] = mark.reason
    return wanted.update(**fields)


def _agent_columns(mark: Mark, agent: Named) -> dict[str, object]:
    """Who is named with the line; else whoever the row named stays, if such a one signed."""
    if mark.signer not in OTHERS:
        return dict(NO_COLUMNS)
    if agent != NOBODY:
        return agent.columns()
    return {
        name: Case(When(signer=mark.signer, then=F(name)), default=Value(none))
        for name, none in NO_COLUMNS.items()
    }


def write_row(*, bundle_id: int, row: int, by: Actor, entry: Mapping[str, object]) -> None:
    """This function will keep one row with its words and who signed for the holder.

    :raises Refused: when the row is filed, or a minor's is signed by another than the guardian.
    """
    refuse_other_readers(by=by)
    with transaction.atomic():
        bundle = _locked(bundle_id, by=by, out=True)
        found = bundle.rows.select_for_update().get(row=row)
        if found.filed not in ("", Result.OPEN):
            values = {"row": row, "result": Result(found.filed).label}
            raise Refused([Refusal(no.ROW_CLOSED, values)])
        on = entry["signed_on"]
        if isinstance(on, date):
            ages = minors_among(
                bundle, [row], signer=str(entry["signer"]),
                self_supporting=bool(entry["self_supporting"]), on=on,
            )  # fmt: skip
            if ages:
                raise Refused([refusal_of_minors(ages, on=on)])
        bundle.rows.filter(row=row).update(**entry)


def keep_pages(
    *, bundle_id: int, images: Sequence[tuple[int, KeptImage]], by: Actor, at: datetime
) -> int:
    """This function will keep the pictures of pages as they came back; the same one only once.

    :raises Refused: when the sheet is not out, or has no such page.
    """
    refuse_other_readers(by=by)
    kept = 0
    with transaction.atomic():
        bundle = _locked(bundle_id, by=by, out=True)
        if bundle.is_being_set:
            raise Refused([Refusal(no.SHEET_BEING_SET, {"sheet": bundle.number})])
        for page, image in images:
            if not 1 <= page <= bundle.pages:
                values = {"other": bundle.number, "page": page, "sheet": bundle.number}
                raise Refused([Refusal(no.PAGE_OF_ANOTHER, values)])
            _, new = BundlePage.objects.get_or_create(
                bundle=bundle, digest=image.digest,
                defaults={"page": page, "added_by_id": by.user_id, "added_at": at},
            )  # fmt: skip
            if new:
                keep_images([image], by=by)
                kept += 1
    return kept


def drop_page(*, bundle_id: int, digest: str, by: Actor) -> int:
    """This function will take a picture off the draft; a filed one stays for ever."""
    with transaction.atomic():
        bundle = _locked(bundle_id, by=by, out=True)
        return BundlePage.objects.filter(bundle=bundle, digest=digest, filing=0).delete()[0]
