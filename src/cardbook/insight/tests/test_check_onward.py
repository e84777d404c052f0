"""Breaks what Articles 13 to 19 promise, past triggers and grants, and sees `check` name it."""

from dataclasses import dataclass, replace
from datetime import timedelta

import pytest

from cardbook.cards.models import Card
from cardbook.custody.models import Purpose, Shipment
from cardbook.custody.places import Place
from cardbook.custody.postings import Destination, account_of
from cardbook.custody.shipments import record_shipment
from cardbook.insight.check import recount
from cardbook.insight.tests.test_check import broken, event_of
from cardbook.law.roles import Role
from cardbook.ledger.models import Event
from cardbook.ledger.tests.tampering import tamper
from cardbook.lib.clock import local_day
from cardbook.lifecycle import facts as f
from cardbook.lifecycle.acts import act
from cardbook.lifecycle.births import GivenRows
from cardbook.lifecycle.perform import Done, Step, perform
from cardbook.orgs.actors import Actor
from cardbook.orgs.models import Kind, Organization
from cardbook.people.models import Person
from cardbook.testing import factories as make
from cardbook.testing.factories import NOON, City
from cardbook.testing.sealing import seal_everything

SIGNED_ON = local_day(NOON) - timedelta(days=3)


@dataclass(frozen=True)
class Onward:
    """A card destroyed, one on its way to the bank, one issued by sheet, one found wrong."""

    city: City
    tellers: tuple[Actor, Actor]
    destroyed: Card
    sent: Shipment
    by_sheet: Card
    wrong: Card
    correction: int


def _do(code: str, card: Card, facts: object, *, by: Actor, **more: object) -> Done:
    photo = make.kept_photo(by=by)
    others = {name: more.pop(name) for name in ("second", "witness", "also") if name in more}
    step = Step(
        act=act(code),
        facts=facts,
        subject_ids=[card.pk],
        papers=[
            replace(one, digest=photo) if one.kind == "destruction_photo" else one
            for one in make.usual_papers(code)
        ],
        told=[notice.code for notice in act(code).notices],
        **more,  # type: ignore[arg-type]
    )
    return perform(step, by=by, at=NOON, key=make.key(), **others)  # type: ignore[arg-type]


def _at(office: Organization, kind: Place) -> Destination:
    return Destination(account_of(organization_id=office.pk, kind=kind).pk)


def _cancelled(city: City, card: Card) -> None:
    keeper, body = city.here.keeper, city.here.card_body
    back = f.SentBack(reason=f.Stranding.AWAY)
    _do("stranded.send_back", card, back, by=keeper, destination=_at(body, Place.TRANSIT))
    _do("stranded.receive_back", card, f.ReturnAcknowledged(shipment=1, scanned=True), by=keeper)
    why = f.ReturnedCancelled(reason=f.Stranding.DEAD, words="死亡")
    _do("card.cancel_returned", card, why, by=keeper, second=city.here.reviewer)


def _sent(city: City, card: Card) -> Shipment:
    made: list[Shipment] = []

    def write(done: Done) -> None:
        made.append(
            record_shipment(
                purpose=Purpose.DESTROY, sender_id=city.here.card_body.pk,
                receiver_id=city.bank.pk, batch=done.batch, card_ids=[card.pk], at=NOON,
            )
        )  # fmt: skip

    _do(
        "destruction.send", card, f.GivenUpForDestruction(lot=1, row=1), by=city.here.keeper,
        second=city.here.reviewer, destination=_at(city.bank, Place.TRANSIT), also=write,
    )  # fmt: skip
    return made[0]


def _destroyed(city: City, card: Card, tellers: tuple[Actor, Actor]) -> None:
    _do("destruction.receive", card, f.DestructionAcknowledged(lot=1), by=tellers[0])
    witness = city.here.keeper
    gone = f.CardDestroyed(lot=1, method="剪碎", witness=witness.user_id, place="库房")
    _do("destruction.carry_out", card, gone, by=tellers[0], second=tellers[1], witness=witness)


def _correction(city: City, card: Card) -> int:
    wrong = f.ErrorRecorded(
        found=f.FoundAt.COUNTING, fields=(f.WrongField.NAME,), reported="staff"
    )
    _do("error.record", card, wrong, by=city.here.keeper)
    opened = Step(
        act=act("error.open"),
        facts=f.CorrectionOpened(
            card=card.pk, found=f.FoundAt.COUNTING, fields=wrong.fields, fault=f.Fault.CAPTURE
        ),
        births=GivenRows(
            columns=("card_id", "person_id", "county_id"),
            rows=((card.pk, card.person_id, city.here.county.pk),),
        ),
    )
    (born,) = perform(opened, by=city.here.keeper, at=NOON, key=make.key()).subject_ids
    again = Step(
        act=act("error.recheck"), facts=f.ErrorRechecked(complete=True), subject_ids=[born]
    )
    perform(again, by=city.here.reviewer, at=NOON, key=make.key())
    return born


@pytest.fixture
def onward(fresh_database: str) -> Onward:
    city = make.city()
    bank = make.organization("乙银行", Kind.BANK, parent=city.city)
    tellers = (
        make.worker("柜员甲", Role.BANK_TELLER, city.bank),
        make.worker("柜员乙", Role.BANK_TELLER, city.bank),
    )
    make.worker("他行柜员", Role.BANK_TELLER, bank)
    destroyed, going, by_sheet, wrong = make.received_cards(city, city.here, count=4)
    for card in (destroyed, going):
        _cancelled(city, card)
    sent = _sent(city, destroyed)
    _destroyed(city, destroyed, tellers)
    sent = _sent(city, going)
    village = make.organization("某村", Kind.VILLAGE, parent=city.here.county)
    out = f.BundleHandedOut(
        unit=village.pk, handlers=(1, 2), signing=f.Signing.PAPER, original_seen=True
    )
    keeper = city.here.keeper
    _do("bundle.hand_out", by_sheet, out, by=keeper, destination=_at(village, Place.UNIT))
    row = f.CardIssuedCollectively(sheet=1, row=1, signed_on=SIGNED_ON, signer=f.Signer.HOLDER)
    _do("card.issue_collective", by_sheet, row, by=keeper)
    correction = _correction(city, wrong)
    seal_everything()
    return Onward(city, tellers, destroyed, sent, by_sheet, wrong, correction)


class TestRecountOnward:
    def test_finds_nothing_where_all_was_done_by_acts(self, onward: Onward) -> None:
        found = recount()
        assert broken(found) == {}
        assert {str(place) for place in found.places} == {
            "transit",
            "holder",
            "error",
            "destroyed",
        }

    @pytest.mark.article(19)
    def test_an_act_on_a_destroyed_card_is_named(self, onward: Onward) -> None:
        victim = onward.destroyed.pk
        tamper(
            "UPDATE ledger_event SET act = 'destruction.carry_out' "
            f"WHERE act = 'destruction.receive' AND subject_id = {victim}"
        )
        found = broken(recount())["n5_destroyed_stays_destroyed"]
        assert found.startswith(f"社保卡 {victim}：销毁后又有台账记录")

    @pytest.mark.article(19)
    @pytest.mark.parametrize(
        "who", ["nobody", "the destroyer", "the second", "another of the bank"]
    )
    def test_a_destruction_without_a_witness_from_elsewhere_is_named(
        self, onward: Onward, who: str
    ) -> None:
        third = make.worker("柜员丙", Role.BANK_TELLER, onward.city.bank)
        witness = {
            "nobody": "null",
            "the destroyer": str(onward.tellers[0].user_id),
            "the second": str(onward.tellers[1].user_id),
            "another of the bank": str(third.user_id),
        }[who]
        event = event_of(onward.destroyed.pk, "destruction.carry_out")
        tamper(
            "UPDATE ledger_event SET facts = regexp_replace(facts, '\"witness\":[0-9]+', "
            f"'\"witness\":{witness}') WHERE id = {event}"
        )
        assert broken(recount()) == {
            "n4_witness_saw_it": (
                f"社保卡 {onward.destroyed.pk}：台账记录 {event} 没有另一机构的监销人"
            )
        }

    @pytest.mark.article(18)
    @pytest.mark.parametrize("second", ["NULL", "actor_id"])
    def test_a_cancellation_by_one_person_is_named(self, onward: Onward, second: str) -> None:
        event = event_of(onward.destroyed.pk, "card.cancel_returned")
        tamper(f"UPDATE ledger_event SET second_id = {second} WHERE id = {event}")
        found = broken(recount())["n4_two_people_signed"]
        assert found == f"社保卡 {onward.destroyed.pk}：台账记录 {event} 须两人办理，只有一人"

    @pytest.mark.article(13)
    def test_a_recheck_by_who_recorded_is_named(self, onward: Onward) -> None:
        event = Event.objects.get(subject_kind="correction", act="error.recheck")
        tamper(
            f"UPDATE ledger_event SET actor_id = {onward.city.here.keeper.user_id} "
            f"WHERE id = {event.pk}",
            f"UPDATE ledger_request SET actor_id = {onward.city.here.keeper.user_id} "
            f"WHERE batch = '{event.batch}'",
        )
        assert broken(recount()) == {
            "n4_another_person_acted": (
                f"错卡处理 {onward.correction}：台账记录 {event.pk} 须由登记人以外的人办理"
            )
        }

    @pytest.mark.article(17)
    def test_a_card_signed_for_after_its_holders_death_is_named(self, onward: Onward) -> None:
        holder = Person.objects.filter(pk=onward.by_sheet.person_id)
        holder.update(died_on=SIGNED_ON + timedelta(days=1))
        assert broken(recount()) == {}, "he lived when he signed, though not when it was filed"
        holder.update(died_on=SIGNED_ON)
        event = event_of(onward.by_sheet.pk, "card.issue_collective")
        assert broken(recount()) == {
            "n4_holder_lived": (
                f"社保卡 {onward.by_sheet.pk}：台账记录 {event} 于 {SIGNED_ON} 发放，"
                f"持卡人登记为 {SIGNED_ON} 去世"
            )
        }

    @pytest.mark.article(17)
    def test_an_issue_that_was_taken_back_is_not_held_against_the_book(
        self, onward: Onward
    ) -> None:
        Person.objects.filter(pk=onward.by_sheet.person_id).update(died_on=SIGNED_ON)
        undone = f.BundleRowUndone(
            event=event_of(onward.by_sheet.pk, "card.issue_collective"), words="勾错了行"
        )
        village = Organization.objects.get(name="某村")
        _do(
            "bundle.undo", onward.by_sheet, undone, by=onward.city.here.keeper,
            second=onward.city.here.reviewer, destination=_at(village, Place.UNIT),
        )  # fmt: skip
        assert broken(recount()) == {}

    @pytest.mark.article(19)
    def test_a_row_that_was_not_sent_is_named(self, onward: Onward) -> None:
        tamper(
            f"UPDATE custody_shipmentline SET card_id = {onward.wrong.pk} "
            f"WHERE shipment_id = {onward.sent.pk}"
        )
        found = broken(recount())["n2_shipment_adds_up"]
        assert found.startswith(f"交接单 {onward.sent.pk}：")

    @pytest.mark.article(19)
    def test_a_card_sent_without_a_row_is_named(self, onward: Onward) -> None:
        tamper(f"DELETE FROM custody_shipmentline WHERE shipment_id = {onward.sent.pk}")
        found = broken(recount())["n2_shipment_adds_up"]
        assert found.endswith("不在清单上")
