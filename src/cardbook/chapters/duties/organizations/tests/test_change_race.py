"""Two people change the same post, or a card arrives while its office closes (Art. 5, 20)."""

from collections.abc import Callable

import pytest
from django.db import OperationalError, connections

from cardbook.chapters.duties.organizations import commands, post_commands
from cardbook.chapters.duties.organizations.post_commands import Signatures
from cardbook.chapters.duties.organizations.tests.test_changes import order
from cardbook.custody.models import Account, Position
from cardbook.custody.places import Place
from cardbook.custody.postings import Destination, account_of
from cardbook.law.roles import Role
from cardbook.lifecycle.acts import act
from cardbook.lifecycle.facts import CardSorted, DeliveryReceived
from cardbook.lifecycle.perform import Step, perform
from cardbook.orgs.models import Kind, Organization, User
from cardbook.testing import factories as make
from cardbook.testing.factories import NOON
from cardbook.testing.races import in_words, together

ROUNDS = 12


def at_once(*works: Callable[[], object]) -> list[str]:
    return sorted(in_words(together(*works), done=lambda _: "done"))


@pytest.mark.races
def test_two_at_once_hand_a_post_over_once(fresh_database: str) -> None:
    city = make.city()
    leader = make.worker("局长", Role.COUNTY_MANAGER, city.here.county)
    newcomer = User.objects.create_user(username="xin", password=make.PASSWORD, name="新来的")
    signed = Signatures(outgoing=User.objects.get(pk=city.here.keeper.user_id), incoming=newcomer)

    def work() -> object:
        return post_commands.hand_over(
            post_id=city.here.keeper.post_id, counted={}, signed=signed, order=order(leader)
        )

    assert at_once(work, work, work, work) == ["POST_GONE", "POST_GONE", "POST_GONE", "done"]


@pytest.mark.races
def test_a_card_on_its_way_holds_the_place_it_goes_to(fresh_database: str) -> None:
    """Not only boxes: whoever wants to close an office waits for cards that go to its store."""
    city = make.city()
    (card,) = make.cards_in_transit(city, city.here)
    store = account_of(organization_id=city.here.card_body.pk, kind=Place.STORE)
    ask = f"SELECT FROM custody_account WHERE id = {store.pk} FOR UPDATE NOWAIT"
    held: list[str] = []

    def meanwhile(_: object) -> None:
        with connections["owner"].cursor() as cursor:
            try:
                cursor.execute(ask)
            except OperationalError as problem:
                held.append(str(problem.__cause__))

    step = Step(
        act=act("delivery.receive"),
        facts=DeliveryReceived(delivery=1, count=1, box="1", seal_intact=True),
        subject_ids=[card.pk], destination=Destination(store.pk),
    )  # fmt: skip
    perform(
        step, by=city.here.keeper, second=city.here.reviewer, at=NOON, key=make.key(),
        also=meanwhile,
    )  # fmt: skip
    assert len(held) == 1 and "lock" in held[0]


@pytest.mark.races
def test_a_card_never_ends_up_in_an_office_that_is_closed(fresh_database: str) -> None:
    city = make.city()
    leader = make.worker("局长", Role.COUNTY_MANAGER, city.here.county)
    cards = make.received_cards(city, city.here, count=ROUNDS)
    seen: set[tuple[str, ...]] = set()
    for place, card in enumerate(cards):
        office = make.organization(f"第{place}站", Kind.CARD_BODY, parent=city.here.county)
        box = Account.objects.create(
            kind=Place.BOX, organization=office, code=f"A-1-{place}", capacity=5
        )
        step = Step(
            act=act("card.sort"), facts=CardSorted(order="town", box=box.code),
            subject_ids=[card.pk], destination=Destination(box.pk),
        )  # fmt: skip

        def arrive(step: Step = step) -> object:
            return perform(step, by=city.here.keeper, at=NOON, key=make.key())

        def close(office: Organization = office) -> object:
            return commands.close(organization_id=office.pk, order=order(leader))

        seen.add(tuple(at_once(arrive, close)))
        office.refresh_from_db()
        held = Position.objects.filter(account__organization=office).exists()
        assert not (office.valid_to and held), "closed, and yet it keeps a card"
    assert seen <= {("ORG_CLOSED_NOW", "done"), ("ORG_HOLDS_CARDS", "done")}
