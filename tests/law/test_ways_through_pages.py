"""Each way of issuing through its pages, one formality left out at a time (Art. 7).

No card counts as issued while a formality of its way is missing; with all of them it does.
"""

from collections.abc import Callable, Mapping
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from cardbook.cards.models import Card
from cardbook.cards.states import Stage
from cardbook.chapters.intake.distribution.tests.sending import received, sent
from cardbook.chapters.issuance.collective.tests.bundles import add_pages, prepared, tick
from cardbook.chapters.issuance.individual.tests.windows import filled_in
from cardbook.law.roles import Role
from cardbook.law.ways import WAYS
from cardbook.lib.clock import local_day
from cardbook.orgs.actors import Actor
from cardbook.orgs.models import Kind, Organization, User
from cardbook.people.models import Handler, KeepingPlan, UnitLetter
from cardbook.testing import factories as make
from cardbook.testing.clients import signed_in
from cardbook.testing.factories import PASSWORD, City

pytestmark = [
    pytest.mark.django_db, pytest.mark.article(7),
]  # fmt: skip


@pytest.fixture(autouse=True)
def store(tmp_path: Path, settings: Any) -> None:
    settings.PAPERS_ROOT = tmp_path


Fields = Mapping[str, Any]
PARCEL = "EX100200300CN"
DESK_LEFT_OUT: tuple[Fields, ...] = (
    {"original_seen": ""}, {"copy_kept": ""}, {"face_person": ""}, {"face_card": ""},
    {"reads": ""}, {"told": ""}, {"signing": "none"}, {"scanned": ""}, {"identity": ""},
)  # fmt: skip


def day() -> date:
    return local_day(timezone.now())


def today() -> str:
    return f"{day()}"


def second(actor: Actor) -> dict[str, str]:
    username = User.objects.get(pk=actor.user_id).username
    return {"second_name": username, "second_password": PASSWORD}


def send(client: Client, address: str, given: Fields) -> str:
    """A form as a browser sends it: what is empty or not ticked is not there."""
    data = {name: value for name, value in given.items() if value}
    return client.post(address, data, follow=True).content.decode()


def at_desk(desk: Client, card: Card, change: Fields) -> str:
    return send(desk, "/desk/", filled_in(card, **change))


def is_issued(card: Card) -> bool:
    card.refresh_from_db()
    return card.stage == Stage.ISSUED


def each_left_out(card: Card, left_out: tuple[Fields, ...], do: Callable[[Fields], str]) -> None:
    """Do it with one formality missing, each in turn, and then with all."""
    for change in left_out:
        said = do(change)
        assert not is_issued(card), change
        assert "data-refusal" in said or "cb-error" in said or "cb-note-error" in said, change
    said = do({})
    assert is_issued(card), said


# ------------------------------------------------------------------------- to the holder himself
@pytest.mark.article(8, 4)
def test_window(city: City) -> None:
    (card,) = make.received_cards(city, city.here)
    desk = signed_in(city.here.clerk)
    each_left_out(
        card, DESK_LEFT_OUT, lambda change: send(desk, "/desk/", filled_in(card, **change))
    )


@pytest.mark.article(5, 3)
def test_outlet(city: City) -> None:
    branch = make.organization("示范银行甲县支行", Kind.BRANCH, parent=city.bank)
    teller = make.worker("柜员甲", Role.BANK_TELLER, branch)
    (card,) = make.received_cards(city, city.here)
    desk = signed_in(teller)
    shipment = sent(city.here.keeper, branch, [card])
    send(desk, "/desk/", filled_in(card))
    assert not is_issued(card), "not counted in at the outlet yet"
    received(shipment, teller, card.number)
    each_left_out(
        card, DESK_LEFT_OUT, lambda change: send(desk, "/desk/", filled_in(card, **change))
    )


@pytest.mark.article(20)
def test_home(city: City) -> None:
    (card,) = make.received_cards(city, city.here)
    client = signed_in(city.here.clerk)
    round_ = {"numbers": card.number, "reason": "health", "planned_on": today()}
    given = {
        "handed_on": today(), "scanned": card.number, "original_seen": "1", "face_person": "1",
        "face_card": "1", "reads": "1", "signing": "paper",
        "paper_id_card_copy_id_card_image": "id_card_copy", "told_pick_up": "1",
        **second(city.here.other_clerk),
    }  # fmt: skip

    def hand_over(change: Fields) -> str:
        whole = {**given, "key": make.key(), **change}
        return send(client, f"/visiting/{card.pk}/hand-over/", whole)

    hand_over({})
    assert not is_issued(card), "it was never taken along"
    alone = second(city.here.clerk)
    for two in ({}, alone, {**second(city.here.other_clerk), "second_password": "falsch-1234567"}):
        send(client, "/visiting/take-out/", {**round_, "key": make.key(), **two})
        hand_over({})
        assert not is_issued(card), two
    whole = {**round_, "key": make.key(), **second(city.here.other_clerk)}
    assert "已登记带出" in send(client, "/visiting/take-out/", whole)
    left_out = (
        {"original_seen": ""}, {"face_person": ""}, {"face_card": ""}, {"reads": ""},
        {"signing": "none"}, {"signing": ""}, {"paper_id_card_copy_id_card_image": ""},
        {"told_pick_up": ""}, {"scanned": ""}, {"scanned": "Z00000000"}, {"handed_on": ""},
        {"second_name": ""}, {"second_password": ""}, alone,
        {"handed_on": f"{day() + timedelta(1)}"},
    )  # fmt: skip
    each_left_out(card, left_out, hand_over)


def test_post(city: City) -> None:
    (card,) = make.received_cards(city, city.here)
    client = signed_in(city.here.clerk)
    asked = {"parcel": PARCEL, "paper_id_card_original": "1", "paper_post_request": "1"}
    receipt = {
        "parcel": PARCEL, "received_on": today(), "signed_by": "holder", "receipt": "1",
        "told_pick_up": "1",
    }  # fmt: skip

    def come(change: Fields) -> str:
        whole = {**receipt, "key": make.key(), **change}
        return send(client, f"/posting/{card.pk}/received/", whole)

    for gone in asked:
        send(client, f"/posting/{card.pk}/post/", {**asked, "key": make.key(), gone: ""})
        come({})
        assert not is_issued(card), gone
    assert "已交邮寄" in send(client, f"/posting/{card.pk}/post/", {**asked, "key": make.key()})
    assert not is_issued(card)
    left_out = (
        {"parcel": ""}, {"parcel": "EX1"}, {"received_on": ""}, {"signed_by": ""}, {"receipt": ""},
        {"told_pick_up": ""}, {"signed_by": "proxy"}, {"signed_by": "guardian"},
        {"received_on": f"{day() + timedelta(1)}"},
    )  # fmt: skip
    each_left_out(card, left_out, come)


# ------------------------------------------------------------------------------------ together
def without_letter(unit: Organization) -> None:
    UnitLetter.objects.filter(organization=unit).update(until=day() - timedelta(1))


def without_plan(unit: Organization) -> None:
    KeepingPlan.objects.filter(organization=unit).update(until=day() - timedelta(1))


def with_one_handler(unit: Organization) -> None:
    last = Handler.objects.filter(letter__organization=unit).order_by("-pk")[0]
    Handler.objects.filter(pk=last.pk).update(until=day() - timedelta(1))


HAND_OUT = {
    "signing": "paper", "paper_agent_id": "1", "paper_unit_letter": "1", "paper_keeping_plan": "1",
}  # fmt: skip


@pytest.mark.article(8, 3)
@pytest.mark.parametrize(
    "kind", [Kind.UNIT, Kind.VILLAGE, Kind.TOWN], ids=["unit", "village", "town"]
)
@pytest.mark.parametrize("spoil", [without_letter, without_plan, with_one_handler])
def test_unit_that_is_not_ready_takes_nothing(
    city: City, kind: Kind, spoil: Callable[[Organization], None]
) -> None:
    unit = make.ready_unit(city.here, kind=kind)
    (card,) = make.received_cards(city, city.here)
    bundle = prepared(city, [card], unit=unit)
    spoil(unit)
    client = signed_in(city.here.clerk)
    said = send(client, f"/bundles/{bundle.pk}/hand-out/", {**HAND_OUT, "key": make.key()})
    bundle.refresh_from_db()
    assert bundle.batch is None and "data-refusal" in said


@pytest.mark.article(8, 3)
@pytest.mark.parametrize("kind", [Kind.UNIT, Kind.VILLAGE], ids=["unit or school", "village"])
def test_together(city: City, kind: Kind) -> None:
    unit = make.ready_unit(city.here, kind=kind)
    (card,) = make.received_cards(city, city.here)
    bundle = prepared(city, [card], unit=unit)
    client, clerk = signed_in(city.here.clerk), city.here.clerk
    out, back = f"/bundles/{bundle.pk}/hand-out/", f"/bundles/{bundle.pk}/file/"
    told = {"told_pick_up": "1"}
    for gone in HAND_OUT:
        said = send(client, out, {**HAND_OUT, "key": make.key(), gone: ""})
        bundle.refresh_from_db()
        assert bundle.batch is None and "data-refusal" in said, gone
    assert "已交付" in send(client, out, {**HAND_OUT, "key": make.key()})
    bundle.refresh_from_db()
    type(bundle).objects.filter(pk=bundle.pk).update(pages=1)
    assert not is_issued(card), "the unit has it, the holder has not signed"

    def file(change: Fields) -> str:
        return send(client, back, {**told, "key": make.key(), **change})

    def left_open() -> None:
        bundle.rows.update(result="open", signer="", reason="")

    steps: list[tuple[str, Callable[[], object]]] = [
        ("no result, no page", lambda: None),
        ("no page", lambda: tick(bundle, "1", by=clerk, on=day())),
        ("no result", lambda: (tick(bundle, "1=x", by=clerk), add_pages(bundle, by=clerk))),
        ("signed by nobody named", lambda: tick(bundle, "1=d", by=clerk, on=day())),
        ("left open without a reason", left_open),
        ("signed before it was there", lambda: tick(
            bundle, "1", by=clerk, on=day() - timedelta(400))),
    ]  # fmt: skip
    for missing, do in steps:
        do()
        assert "data-refusal" in file({}), missing
        assert not is_issued(card), missing
    tick(bundle, "1", by=clerk, on=day())
    each_left_out(card, ({"told_pick_up": ""},), file)


def test_every_way_is_walked() -> None:
    walked = {"window", "outlet", "home", "post", "unit", "village", "school"}
    assert {one.code for one in WAYS} == walked
    together = [one.acts for one in WAYS if one.code in ("unit", "village", "school")]
    assert len(set(together)) == 1
