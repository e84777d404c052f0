"""What banks have promised and what of it stands on a day (Art. 24); nothing here writes."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta

from django.db.models import Exists, OuterRef, Q, QuerySet

from cardbook.chapters.usage.models import BankOffer
from cardbook.chapters.usage.reaching import outlets
from cardbook.law.parameters import parameter, whole_number
from cardbook.law.roles import Role
from cardbook.lib.ids import id_of
from cardbook.orgs.actors import Actor
from cardbook.orgs.models import Kind, Organization
from cardbook.orgs.reach import bank_of

# Who enters, renews and withdraws: each bank its own, the city any.
PROMISERS = frozenset({Role.BANK_TELLER, Role.CITY_MANAGER})
# Who confirms what a bank entered before it is public, and whose own entry is confirmed by that.
CONFIRMERS = PROMISERS - {Role.BANK_TELLER}
# What the list can be narrowed to; the first is what is published today.
STATES = {
    "": "今日有效",
    "soon": "快到期、还没续",
    "lapsed": "已到期、没有续",
    "waiting": "待确认公布",
}
SORTS: Mapping[str, tuple[str, tuple[str, ...]]] = {
    "usual": ("按银行、期限", ()),
    "kind": ("按类别", ("kind", "bank__code", "title", "id")),
    "until": ("先到期的在前", ("until", "bank__code", "id")),
    "new": ("新登记的在前", ("-entered_at", "-id")),
}
_SOON = "offer_expiring_days"


def offers(*, today: date | None, kind: str = "", text: str = "") -> QuerySet[BankOffer]:
    """This function will list commitments by bank; with `today` those public on the day.

    What nobody has confirmed is not, and what has expired drops out by its date alone.
    """
    found = BankOffer.objects.select_related("bank", "entered_by")
    if today is not None:
        found = found.filter(since__lte=today, until__gte=today, withdrawn_at=None)
        found = found.filter(confirmed_at__isnull=False)
    if kind:
        found = found.filter(kind=kind)
    if text:
        found = found.filter(
            Q(bank__name__contains=text) | Q(title__contains=text) | Q(place__contains=text)
        )
    return found.order_by("bank__code", "kind", "title", "id")


def running_out(
    *, by: Actor, today: date, state: str, kind: str = "", text: str = ""
) -> QuerySet[BankOffer]:
    """This function will list commitments that end soon, or have ended, and go on in no other.

    One goes on where the same bank promises the same at the same place to a later day. Only those
    the actor speaks for; what ends first comes first.
    """
    later = BankOffer.objects.filter(
        bank=OuterRef("bank"), kind=OuterRef("kind"), title=OuterRef("title"),
        place=OuterRef("place"), until__gt=OuterRef("until"), withdrawn_at=None,
    )  # fmt: skip
    found = offers(today=None, kind=kind, text=text)
    found = found.filter(
        ~Exists(later), withdrawn_at=None, confirmed_at__isnull=False, bank__in=own_banks(by)
    )
    if state == "lapsed":
        found = found.filter(until__lt=today)
    else:
        found = found.filter(until__range=(today, today + timedelta(days=soon_days(today))))
    return found.order_by("until", "bank__code", "id")


def unconfirmed(*, by: Actor, today: date, kind: str = "", text: str = "") -> QuerySet[BankOffer]:
    """This function will list what banks entered and nobody has confirmed yet, oldest first.

    A teller sees what waits of his bank, the city all; what is over needs no answer any more.
    """
    found = offers(today=None, kind=kind, text=text).filter(bank__in=own_banks(by))
    waiting = found.filter(until__gte=today, confirmed_at=None, withdrawn_at=None)
    return waiting.order_by("entered_at", "id")


def state_asked(state: str, *, by: Actor) -> str:
    """This function will say which state is meant: what runs out or waits is for promisers."""
    return state if state in STATES and by.role in PROMISERS else ""


def offers_seen(
    *, by: Actor, today: date, state: str, kind: str, text: str, sort: str = "usual"
) -> QuerySet[BankOffer]:
    """This function will list what a page shows: today's, what runs out, what waits."""
    found = _offers_in(by=by, today=today, state=state, kind=kind, text=text)
    order = SORTS[sort][1]
    return found.order_by(*order) if order else found


def _offers_in(*, by: Actor, today: date, state: str, kind: str, text: str) -> QuerySet[BankOffer]:
    if not state:
        return offers(today=today, kind=kind, text=text)
    if state == "waiting":
        return unconfirmed(by=by, today=today, kind=kind, text=text)
    return running_out(by=by, today=today, state=state, kind=kind, text=text)


def soon_days(today: date) -> int:
    """This function will say how many days before its end a commitment is named."""
    return whole_number(_SOON, on=today)


def soon_is_confirmed(today: date) -> bool:
    """This function will say whether the city has confirmed those days."""
    return parameter(_SOON).on(today).confirmed


def banks_of(by: Actor) -> list[tuple[int, str]]:
    """This function will list the banks an actor speaks for: a teller his own, the city all."""
    found = Organization.objects.filter(kind=Kind.BANK, valid_to=None)
    if by.role is Role.BANK_TELLER:
        found = found.filter(path=bank_of(by.org_path))
    return [(one.pk, one.name) for one in found.order_by("code")]


def own_banks(by: Actor) -> list[int]:
    """This function will name the same banks by their ids alone."""
    return [bank_id for bank_id, _ in banks_of(by)]


def begin_with(renews: str, *, by: Actor, today: date) -> dict[str, object]:
    """This function will say what an entry begins with: the words of the one it renews, if any."""
    own = BankOffer.objects.filter(bank__in=own_banks(by), withdrawn_at=None)
    old = own.filter(pk=id_of(renews) or 0).first()
    if old is None:
        return {"since": today}
    return {
        "bank": old.bank_id, "kind": old.kind, "title": old.title, "place": old.place,
        "words": old.words, "since": max(old.until + timedelta(days=1), today),
    }  # fmt: skip


def poster_county(by: Actor, *, chosen: str) -> Organization | None:
    """This function will say whose poster is meant: the actor's own county, or one of the city.

    None is the whole city.
    """
    found = Organization.objects.filter(kind=Kind.COUNTY)
    if by.county_id is not None:
        return found.filter(pk=by.county_id).first()
    return found.filter(code=chosen).first()


def outlets_in(county: Organization | None, *, banks: Sequence[int]) -> list[Organization]:
    """This function will list the outlets, in a county, of banks that promise something."""
    within = Q(pk__in=[])
    for path in Organization.objects.filter(pk__in=banks).values_list("path", flat=True):
        within |= Q(path__startswith=path)
    found = outlets().filter(within)
    if county is not None:
        found = found.filter(region__startswith=county.region[:6])
    return list(found)
