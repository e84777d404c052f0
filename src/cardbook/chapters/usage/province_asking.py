"""Asks the province in the moment somebody needs it: other cards, what is in hand, photo (9.2a).

It never delays an act: no interface, a line that is silent and a late answer are said as such,
with the time. Cards of our own book are judged by our book.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.utils.module_loading import import_string

from cardbook.cards.models import Application, Card
from cardbook.cards.states import Progress
from cardbook.lib.clock import LOCAL, local_day, to_the_minute
from cardbook.orgs.models import Organization
from cardbook.outbox.models import Line
from cardbook.people.holders import find_by_number
from cardbook.ports.messages import Party, Unreachable
from cardbook.ports.province import (
    ProvinceApplication,
    ProvinceCard,
    ProvinceDesk,
    ProvincePerson,
    Span,
)

# How far back an application may be in hand: the longest a card was seen to take (domain.md 1.2).
_IN_HAND = timedelta(days=90)
NO_PHOTO = "没有照片"
_NOT_SENT = (Progress.CAPTURED, Progress.CONFIRMED, Progress.WITHDRAWN)


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """What the province said of a person at a moment; `silence` is why it said nothing.

    `cards` are living ones that are not in our book, `in_hand` applications that are not ours.
    """

    at: datetime
    silence: str = ""
    cards: tuple[ProvinceCard, ...] = ()
    in_hand: tuple[ProvinceApplication, ...] = ()
    person: ProvincePerson | None = None
    has_photo: bool = False

    @property
    def is_clear(self) -> bool:
        """Whether it answered and knows of nothing else."""
        return not self.silence and not self.cards and not self.in_hand

    @property
    def moment(self) -> str:
        """When it was asked, as screens say it."""
        return to_the_minute(self.at)

    @property
    def words(self) -> str:
        """All of it in one line, without the person."""
        if self.silence:
            return f"{self.silence}，未查"
        found = [f"另有社保卡 {one.number}（{one.standing.label}）" for one in self.cards]
        found += [f"另有{in_hand_words(one)}" for one in self.in_hand]
        found = found or ["没有另外的社保卡和在办申请"]
        if self.person is None:
            found.append("没有此人的登记或姓名不符")
        if not self.has_photo:
            found.append(NO_PHOTO)
        return "；".join(found)[:300]


def in_hand_words(one: ProvinceApplication) -> str:
    """This function will name an application the province has in hand."""
    kind = "补换卡申请" if one.replacement else "首次申领申请"
    return f"在办的{kind}" + (f"（{one.since:%Y-%m-%d} 起）" if one.since else "")


def ask_province(*, name: str, number: str, county_id: int, at: datetime) -> Said:
    """This function will ask what the province knows of a person; it never raises.

    At the first silence it goes on without: a line known to be silent is not even tried.
    """
    desk, silence = _line_to(county_id)
    if desk is None:
        return Said(at=at, silence=silence)
    try:
        return _asked(desk, name=name, number=number, county_id=county_id, at=at)
    except Unreachable as problem:
        return Said(at=at, silence=f"省系统没有答复（{problem}）"[:200])


def cards_in_words(*, name: str, number: str, county_id: int, at: datetime) -> str:
    """This function will say which cards the province has of a person and how they stand."""
    desk, silence = _line_to(county_id)
    moment = f"省系统 {to_the_minute(at)}"
    if desk is None:
        return f"{silence}，未查"
    try:
        cards = desk.cards_of(name=name, number=number)
    except Unreachable as problem:
        return f"{moment} 没有答复（{problem}），未查"[:300]
    found = "、".join(f"{one.number}（{one.standing.label}）" for one in cards)
    return f"{moment}：{found or '没有此人的社保卡'}"[:300]


def _line_to(county_id: int) -> tuple[ProvinceDesk | None, str]:
    """A county's line, or why nobody is asked: it has none, or is known to be silent."""
    silence = silence_of(county_id)
    return (None, silence) if silence else (desk_of(county_id), "")


def silence_of(county_id: int) -> str:
    """This function will say why a county's province hears nothing for now, or ""."""
    if desk_of(county_id) is None:
        return "省系统没有接口"
    silent = Line.objects.filter(
        party=Party.PROVINCE, recipient=county_id, silent_since__isnull=False
    ).first()
    if silent is None or silent.silent_since is None:
        return ""
    return f"省系统 {silent.silent_since.astimezone(LOCAL):%m-%d %H:%M} 起没有应答"


def desk_of(county_id: int) -> ProvinceDesk | None:
    """This function will open a county's line to the province; None where it has none."""
    opened: Callable[[int], ProvinceDesk | None] = import_string(settings.PROVINCE_DESK)
    return opened(county_id)


def _asked(desk: ProvinceDesk, *, name: str, number: str, county_id: int, at: datetime) -> Said:
    on = local_day(at)
    office = _code_of(county_id)
    cards = desk.cards_of(name=name, number=number)
    in_hand = desk.applications_of(
        number=number, span=Span(since=on - _IN_HAND, until=on, office=office)
    )
    own, sent = _of_the_book(number)
    return Said(
        at=at,
        cards=tuple(one for one in cards if one.lives and one.number not in own),
        # What we sent ourselves is no duplicate of what comes now.
        in_hand=() if sent else tuple(in_hand),
        person=desk.person_of(name=name, number=number),
        has_photo=desk.photo_of(name=name, number=number) is not None,
    )


def _code_of(county_id: int) -> str:
    return str(Organization.objects.values_list("code", flat=True).get(pk=county_id))


def _of_the_book(number: str) -> tuple[Sequence[str], bool]:
    """The cards the book has of a person, and whether it ever sent an application for him."""
    person = find_by_number(number)
    if person is None:
        return (), False
    cards = list(Card.objects.filter(person=person).values_list("number", flat=True))
    sent = Application.objects.filter(person=person).exclude(progress__in=_NOT_SENT).exists()
    return cards, sent
