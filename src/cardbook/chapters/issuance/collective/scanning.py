"""What a scan means at the desk of bundles: a person, a letter, a box, cards (Art. 8 para. 3)."""

import re
import unicodedata
from dataclasses import dataclass
from datetime import date, datetime

from cardbook.cards.models import Card
from cardbook.chapters.issuance.collective import drafts, queries
from cardbook.chapters.issuance.models import Bundle
from cardbook.chapters.representatives import readiness_of
from cardbook.custody.models import Account
from cardbook.custody.places import Place
from cardbook.lib.citizen_number import parse
from cardbook.lib.clock import local_day
from cardbook.lib.identifiers import parse_card_number
from cardbook.lib.plain import InputError
from cardbook.lifecycle import refusals as no
from cardbook.lifecycle.refusals import Refusal, Refused
from cardbook.orgs.actors import Actor
from cardbook.orgs.models import Organization
from cardbook.people.holders import find_by_number
from cardbook.registers.codes import BOX, read_code

_IDENTITY = re.compile(r"\d{17}[\dX]")
_CARD = re.compile(r"[A-Z0-9]{9}")
_APART = re.compile(r"[\s,;，；、]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Start:
    """Units a text may mean, who stands there, and what is wrong when there is none."""

    units: list[Organization]
    person_id: int | None = None
    problem: str = ""


def find_unit(text: str, *, by: Actor, on: date) -> Start:
    """This function will find a unit by its handler's document, its code or part of its name."""
    plain = unicodedata.normalize("NFKC", text).strip().upper()
    if not _IDENTITY.fullmatch(plain):
        units = queries.units_named(text.strip(), by=by)
        problem = "" if units else "没有找到这个单位或村（社区），请换单位编号或名称再查。"
        return Start(units=units, problem=problem)
    try:
        number = parse(plain, today=on).number
    except InputError as wrong:
        return Start(units=[], problem=wrong.sentence)
    found = queries.fetcher(number, by=by, on=on)
    if found is None or not found.units:
        refusal = Refusal(no.COLLECTOR_UNKNOWN, {"unit": "任何单位"})
        return Start(units=[], problem=f"{refusal.sentence}{refusal.way_out}")
    return Start(units=list(found.units), person_id=found.person.pk)


@dataclass(frozen=True, slots=True, kw_only=True)
class Took:
    """What a scan led to, in words."""

    said: str = ""
    left_out: tuple[str, ...] = ()


def take(text: str, *, everything: bool, bundle: Bundle, by: Actor, at: datetime) -> Took:
    """This function will take what was scanned, or all cards meant for the unit.

    :raises InputError: when nothing of the kind is known.
    :raises Refused: when the person is no handler of the unit, or the bundle is out.
    """
    if everything:
        ids = drafts.cards_meant_for(bundle.unit, by=by)
        if not ids:
            raise InputError("none", f"库里没有登记给“{bundle.unit.name}”的卡；请扫盒标签或卡号")
        return _add(ids, bundle=bundle, by=by, at=at)
    plain = unicodedata.normalize("NFKC", text).strip()
    if not plain:
        return Took()
    on = local_day(at)
    if _IDENTITY.fullmatch(plain.upper()):
        return _handler(plain.upper(), bundle=bundle, by=by, on=on)
    letter = readiness_of(bundle.unit_id, on=on).letter
    given_letter = unicodedata.normalize("NFKC", letter.number) if letter else ""
    if given_letter and plain.casefold() == given_letter.casefold():
        drafts.note_seen(bundle_id=bundle.pk, by=by, letter=True)
        return Took(said="已查验介绍信。")
    box = _box(plain, by=by)
    if box is not None:
        ids = drafts.cards_in_box(box)
        if not ids:
            raise InputError("empty_box", f"盒 {box.code} 里没有卡；请核对标签，或逐张扫卡")
        return _add(ids, bundle=bundle, by=by, at=at)
    return _numbers(plain, bundle=bundle, by=by, at=at)


def _handler(number: str, *, bundle: Bundle, by: Actor, on: date) -> Took:
    person = find_by_number(parse(number, today=on).number)
    if person is None or person.pk not in readiness_of(bundle.unit_id, on=on).handler_ids:
        raise Refused([Refusal(no.COLLECTOR_UNKNOWN, {"unit": bundle.unit.name})])
    drafts.note_seen(bundle_id=bundle.pk, by=by, collector_id=person.pk)
    return Took(said="已查验领卡人证件。")


def _box(text: str, *, by: Actor) -> Account | None:
    boxes = Account.objects.filter(kind=Place.BOX, organization__path__startswith=by.county_path)
    if text.startswith("~"):
        scanned = read_code(text)
        if scanned.kind != BOX:
            raise InputError("not_box", "这不是盒标签；请扫盒标签、卡号或领卡人证件")
        found = boxes.filter(organization__code=scanned.parts[0], code=scanned.parts[1]).first()
        if found is None:
            raise InputError("no_box", "本县区没有这个盒；请核对标签")
        return found
    own = boxes.filter(code__iexact=text, organization_id=by.org_id).first()
    return own or boxes.filter(code__iexact=text).order_by("id").first()


def _numbers(text: str, *, bundle: Bundle, by: Actor, at: datetime) -> Took:
    pieces = [piece for piece in _APART.split(text.upper()) if piece]
    if len(pieces) == 1:
        pieces = [parse_card_number(pieces[0]).value]
    known = dict(Card.objects.filter(number__in=pieces).values_list("number", "pk"))
    unknown = tuple(
        f"{piece[:20]}：没有这张卡，请核对卡面。" for piece in pieces if piece not in known
    )
    ids = [known[piece] for piece in pieces if piece in known]
    took = _add(ids, bundle=bundle, by=by, at=at) if ids else Took()
    return Took(said=took.said, left_out=(*unknown, *took.left_out))


def _add(ids: list[int], *, bundle: Bundle, by: Actor, at: datetime) -> Took:
    added = drafts.add_cards(bundle_id=bundle.pk, card_ids=ids, by=by, at=at)
    again = len(ids) - added.count - len(added.left_out)
    twice = f"，{again} 张已在本次领卡中" if again > 0 else ""
    said = f"加入 {added.count} 张{twice}。" if added.count or again > 0 else ""
    return Took(said=said, left_out=added.left_out)
