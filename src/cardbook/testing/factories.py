"""Makes what tests need by acts, never by setting fields: a card is issued because someone did so.

Names say what differs (`lost_card`, `other_county_card`); people live in the impossible region.
"""

import itertools
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import cache

from django.contrib.auth.hashers import make_password
from django.db import connection

from cardbook.cards.models import Batch, Card
from cardbook.custody.places import Place
from cardbook.custody.postings import Destination, account_of
from cardbook.law import notices
from cardbook.law.papers import KINDS
from cardbook.law.roles import Role
from cardbook.lib.citizen_number import check_digit
from cardbook.lib.clock import local_day
from cardbook.lifecycle.acts import act
from cardbook.lifecycle.births import GivenRows
from cardbook.lifecycle.facts import (
    CardIssued,
    CardTakenOut,
    DeliveryReceived,
    DeliveryRegistered,
    IdentityReading,
    Signing,
    VisitReason,
)
from cardbook.lifecycle.judge import Presented
from cardbook.lifecycle.perform import Step, perform
from cardbook.orgs.actors import Actor, actor_in, appoint, record_post
from cardbook.orgs.models import Kind, Organization, Post, User
from cardbook.papers.pictures import KeptImage
from cardbook.papers.storage import keep_images
from cardbook.people import vault
from cardbook.people.models import Person

NOON = datetime(2026, 11, 20, 4, 0, tzinfo=UTC)
FOUNDED = date(2020, 1, 1)
BORN_ON = date(1980, 5, 17)
PASSWORD = "cardbook-test-only"  # noqa: S105 - opens nothing outside a test database
_numbers = itertools.count(1)


def key() -> str:
    """A new idempotency key."""
    return uuid.uuid4().hex


def citizen_number(*, born_on: date | None = None, order: int | None = None) -> str:
    """A number with a right check digit in a region that does not exist.

    A day has room for a thousand people; without a birthday the next thousand is a day younger.
    """
    serial = order or next(_numbers)
    born_on = born_on or BORN_ON + timedelta(days=serial // 1000)
    first = f"999999{born_on:%Y%m%d}{serial % 1000:03d}"
    return first + check_digit(first)


def organization(
    name: str, kind: Kind, *, parent: Organization | None = None, code: str = ""
) -> Organization:
    """An office in the tree."""
    founding = _Founding(1)
    made = founding.office(name, kind, parent=parent, code=code)
    founding.write_offices()
    return made


def worker(name: str, role: Role, office: Organization) -> Actor:
    """A person in a post."""
    return person_in_posts(name, (role, office))[0]


def person_in_posts(name: str, *posts: tuple[Role, Organization]) -> list[Actor]:
    """One person as the actor of each of several posts, the first post taken first."""
    user = User.objects.create_user(username=f"u{next(_numbers)}", password=PASSWORD, name=name)
    return [
        actor_in(appoint(user=user, organization=office, role=role, since=FOUNDED, at=NOON))
        for role, office in posts
    ]


@dataclass(frozen=True, slots=True)
class County:
    """A county with the people a card meets on its way."""

    county: Organization
    card_body: Organization
    window: Organization
    other_window: Organization
    town: Organization
    keeper: Actor
    reviewer: Actor
    clerk: Actor
    other_clerk: Actor
    auditor: Actor


@dataclass(frozen=True, slots=True)
class City:
    """The city with two counties and a bank."""

    city: Organization
    bank: Organization
    maker: Organization
    here: County
    neighbour: County


# Post, name, role and office of the people in a county (the auditor sits in the city).
_STAFF = (
    ("keeper", "卡管员", Role.CARD_KEEPER, "card_body"),
    ("reviewer", "复核员", Role.REVIEWER, "card_body"),
    ("clerk", "窗口甲", Role.WINDOW_CLERK, "window"),
    ("other_clerk", "窗口乙", Role.WINDOW_CLERK, "other_window"),
    ("auditor", "审计员", Role.AUDITOR, "city"),
)


class _Founding:
    """Offices and people written in few statements: nearly every test begins with a city."""

    def __init__(self, offices: int) -> None:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT nextval(pg_get_serial_sequence('orgs_organization', 'id')) "
                "FROM generate_series(1, %s)",
                [offices],
            )
            self._ids = iter([row[0] for row in cursor.fetchall()])
        self._offices: list[Organization] = []

    def office(
        self, name: str, kind: Kind, *, parent: Organization | None = None, code: str = ""
    ) -> Organization:
        made = Organization(
            pk=next(self._ids),
            code=code or f"T{next(_numbers):05d}",
            name=name,
            kind=kind,
            parent=parent,
            valid_from=FOUNDED,
        )
        made.path = f"{parent.path if parent else ''}{made.pk}."
        made.county = made if kind == Kind.COUNTY else (parent.county if parent else None)
        self._offices.append(made)
        return made

    def write_offices(self) -> None:
        Organization.objects.bulk_create(self._offices)

    def county(self, city: Organization, name: str) -> dict[str, Organization]:
        county = self.office(f"{name}人社局", Kind.COUNTY, parent=city)
        card_body = self.office(f"{name}卡管中心", Kind.CARD_BODY, parent=county)
        return {
            "county": county,
            "card_body": card_body,
            "window": self.office(f"{name}一号窗口", Kind.WINDOW, parent=card_body),
            "other_window": self.office(f"{name}二号窗口", Kind.WINDOW, parent=card_body),
            "town": self.office(f"{name}城关镇", Kind.TOWN, parent=county),
        }


@cache
def _password() -> str:
    return make_password(PASSWORD)


def _staff(offices: Sequence[Mapping[str, Organization]]) -> list[dict[str, Actor]]:
    """Everybody of `_STAFF` for each county, appointed as an installation's first people are."""
    wanted = [(name, role, where[at]) for where in offices for _, name, role, at in _STAFF]
    users = User.objects.bulk_create(
        User(username=f"u{next(_numbers)}", password=_password(), name=name)
        for name, _, _ in wanted
    )
    posts = Post.objects.bulk_create(
        Post(user=user, organization=office, role=role, since=FOUNDED)
        for user, (_, role, office) in zip(users, wanted, strict=True)
    )
    for post in posts:
        record_post(act="post.appoint", post=post, by=None, at=NOON, seq=1)
    actors = iter([actor_in(post) for post in posts])
    return [{key: next(actors) for key, *_ in _STAFF} for _ in offices]


def city() -> City:
    """A small city."""
    founding = _Founding(13)
    root = founding.office("市人社局", Kind.CITY)
    bank = founding.office("示范银行", Kind.BANK, parent=root)
    maker = founding.office("示范卡厂", Kind.MAKER)
    offices = [founding.county(root, name) for name in ("甲县", "乙县")]
    founding.write_offices()
    here, neighbour = (
        County(**where, **people)  # type: ignore[arg-type]
        for where, people in zip(
            offices, _staff([where | {"city": root} for where in offices]), strict=True
        )
    )
    return City(city=root, bank=bank, maker=maker, here=here, neighbour=neighbour)


def person(
    *,
    name: str = "王小明",
    born_on: date | None = None,
    number: str = "",
    died_on: date | None = None,
) -> Person:
    """A holder the book knows; born on the day his number says."""
    number = number or citizen_number(born_on=born_on)
    born_on = born_on or date.fromisoformat(number[6:14])
    return Person.objects.create(
        number_kind="citizen",
        number_sealed=vault.seal_text(number, context=vault.NUMBER),
        number_index=vault.number_index(number),
        name_sealed=vault.seal_text(name, context=vault.NAME),
        search_keys=vault.search_keys(name=name, number=number),
        born_on=born_on,
        died_on=died_on,
        sex="1",
    )


def cards_in_transit(
    place: City,
    county: County,
    *,
    people: list[Person] | None = None,
    count: int = 1,
    group: str = "other",
    account: str = "",
    unit: str = "",
    made_on: date | None = None,
) -> list[Card]:
    """Cards a manifest listed, on their way to the county; `account` is the bank's number."""
    people = people or [person() for _ in range(count)]
    batch, _ = Batch.objects.get_or_create(code="P-TEST", bank=place.bank)
    sealed = vault.seal_text(account, context=vault.BANK) if account else None
    same = (county.county.pk, batch.pk, place.bank.pk, group, sealed, unit, made_on)
    rows = tuple((f"T{next(_numbers):08d}", holder.pk, *same) for holder in people)
    births = GivenRows(
        columns=(
            "number", "person_id", "county_id", "batch_id", "bank_org_id", '"group"',
            "bank_account_sealed", "unit_name", "made_on",
        ),
        rows=rows,
        source=Destination(account_of(organization_id=place.maker.pk, kind=Place.OUTSIDE).pk),
        target=Destination(account_of(organization_id=county.card_body.pk, kind=Place.TRANSIT).pk),
    )  # fmt: skip
    step = Step(
        act=act("delivery.register"),
        facts=DeliveryRegistered(manifest="test", receiver=county.card_body.pk),
        births=births,
    )
    done = perform(step, by=county.keeper, at=NOON - timedelta(days=5), key=key())
    return list(Card.objects.filter(pk__in=done.subject_ids).order_by("pk"))


def received_cards(
    place: City,
    county: County,
    *,
    people: list[Person] | None = None,
    count: int = 1,
    group: str = "other",
    account: str = "",
    unit: str = "",
    made_on: date | None = None,
) -> list[Card]:
    """Cards counted by two and lying in the county's store."""
    cards = cards_in_transit(
        place, county, people=people, count=count, group=group, account=account, unit=unit,
        made_on=made_on,
    )  # fmt: skip
    step = Step(
        act=act("delivery.receive"),
        facts=DeliveryReceived(delivery=1, count=1, box="1", seal_intact=True),
        subject_ids=[card.pk for card in cards],
    )
    perform(step, by=county.keeper, second=county.reviewer, at=NOON - timedelta(days=4), key=key())
    return list(Card.objects.filter(pk__in=[card.pk for card in cards]).order_by("pk"))


def issue_facts(card: Card, **changes: object) -> CardIssued:
    """What a careful clerk records; `changes` is the one thing a test makes different."""
    return hand_over_facts(card.number, **changes)


def hand_over_facts(number: str, **changes: object) -> CardIssued:
    """The same of a card that is no more than its number; other tests' facts come from here."""
    facts: dict[str, object] = {
        "way": "window",
        "identity": IdentityReading.READER,
        "original_seen": True,
        "face_matches": True,
        "reads": True,
        "scanned": number,
        "signing": Signing.PAPER,
        "copy_kept": "paper",
    }
    return CardIssued(**(facts | changes))  # type: ignore[arg-type]


def usual_papers(code: str) -> tuple[Presented, ...]:
    """What is usually shown for an act: one paper of every group of its row."""
    rule = act(code).papers
    return tuple(Presented(kind=kind.code) for kind in (rule.usual if rule else ()))


def kept_photo(*, by: Actor) -> str:
    """The digest of a photo of a destruction that lies where pictures lie."""
    kind = KINDS["destruction_photo"]
    photo = KeptImage(kind=kind.code, title=kind.title, media_type="image/png", content=b"photo")
    keep_images([photo], by=by)
    return photo.digest


ISSUE_PAPERS = usual_papers("card.issue")


def issue_step(card: Card, **changes: object) -> Step:
    """A complete hand-over of a card to its holder."""
    return Step(
        act=act("card.issue"),
        facts=issue_facts(card, **changes),
        subject_ids=[card.pk],
        papers=ISSUE_PAPERS,
        told=(notices.PICK_UP.code,),
    )


def take_out(card: Card, *, by: Actor, second: Actor) -> None:
    """Two carry a card to its holder today."""
    facts = CardTakenOut(reason=VisitReason.HEALTH, planned_on=local_day(NOON))
    step = Step(act=act("card.take_out"), facts=facts, subject_ids=[card.pk])
    perform(step, by=by, second=second, at=NOON, key=key())


def issued_card(
    place: City,
    county: County,
    *,
    holder: Person | None = None,
    account: str = "",
    unit: str = "",
) -> Card:
    """A card its holder took home."""
    people = [holder] if holder else None
    (card,) = received_cards(place, county, people=people, account=account, unit=unit)
    perform(issue_step(card), by=county.clerk, at=NOON, key=key())
    card.refresh_from_db()
    return card


# ------------------------------------------------------------- units that take cards (Art. 8, 20)
def unit(county: County, *, name: str = "示范小学", kind: Kind = Kind.UNIT) -> Organization:
    """A unit or village of a county that may be given cards, with nothing on file yet."""
    return organization(name, kind, parent=county.county)


def ready_unit(
    county: County,
    *,
    name: str = "示范小学",
    handlers: int = 2,
    since: date = date(2026, 1, 1),
    until: date = date(2027, 12, 31),
    revoked_on: date | None = None,
    plan: bool = True,
    kind: Kind = Kind.UNIT,
) -> Organization:
    """A unit with a letter that names handlers, and a plan how to keep cards safe."""
    from cardbook.people.models import Handler, KeepingPlan, UnitLetter

    made = unit(county, name=name, kind=kind)
    letter = UnitLetter.objects.create(
        organization=made, number=f"介〔2026〕{next(_numbers)}号", since=since, until=until,
        revoked_on=revoked_on,
    )  # fmt: skip
    for place in range(handlers):
        Handler.objects.create(
            letter=letter, person=person(name=f"经办{'甲乙丙丁'[place]}"), since=since
        )
    if plan:
        KeepingPlan.objects.create(organization=made, words="专柜上锁，专人保管", since=since)
    return made
