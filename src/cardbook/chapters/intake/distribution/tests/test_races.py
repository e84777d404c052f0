"""Two at once: two receivers of one list, recall against receipt, two senders (Art. 6, 20)."""

import pytest

from cardbook.chapters.intake.distribution import arrival_commands, commands
from cardbook.chapters.intake.distribution.tests.sending import agency, chosen, scanned, sent
from cardbook.custody.models import Shipment
from cardbook.insight.check import recount
from cardbook.law.roles import Role
from cardbook.ledger.models import Event
from cardbook.testing import factories as make
from cardbook.testing.factories import NOON, City
from cardbook.testing.races import in_words, together

pytestmark = [pytest.mark.article(6), pytest.mark.article(20)]


@pytest.fixture
def town(fresh_database: str) -> City:
    return make.city()


def test_two_receivers_close_one_count_once(town: City) -> None:
    office, clerk = agency(town)
    other = make.worker("另一经办人", Role.AGENCY_CLERK, office)
    shipment = sent(town.here.keeper, office, make.received_cards(town, town.here, count=3))
    count = scanned(shipment, clerk, "A-1-01")

    def close(by: object) -> object:
        return arrival_commands.finish_count(
            count_id=count.pk,
            by=by,
            at=NOON,
            key=make.key(),  # type: ignore[arg-type]
        )

    answers = together(lambda: close(clerk), lambda: close(other))
    said = sorted(in_words(answers, done=lambda _: "closed"))
    assert said[-1] == "closed"
    assert said[0] in ("ARRIVAL_CLOSED", "ALREADY_RECEIVED", "LIST_RECEIVED")
    assert Event.objects.filter(act="handover.receive").count() == 3
    assert recount().holds


def test_recall_and_receipt_of_the_same_card_one_wins(town: City) -> None:
    office, clerk = agency(town)
    (card,) = make.received_cards(town, town.here)
    shipment = sent(town.here.keeper, office, [card])
    count = scanned(shipment, clerk, card.number)
    answers = together(
        lambda: arrival_commands.finish_count(
            count_id=count.pk, by=clerk, at=NOON, key=make.key()
        ),
        lambda: commands.recall_cards(
            shipment_id=shipment.pk, card_ids=[card.pk], words="分错", by=town.here.keeper,
            at=NOON, key=make.key(),
        ),
    )  # fmt: skip
    said = in_words(answers, done=lambda one: type(one).__name__)
    assert len([word for word in said if word in ("HandDownCount", "Recalled")]) >= 1
    moved = Event.objects.filter(act__in=("handover.receive", "handover.take_back")).count()
    assert moved == 1
    assert recount().holds


def test_two_senders_of_one_card_make_one_list(town: City) -> None:
    office, _ = agency(town)
    colleague = make.worker("库管员", Role.CARD_KEEPER, town.here.card_body)
    (card,) = make.received_cards(town, town.here)

    def send(by: object) -> object:
        return commands.send_cards(
            chosen=chosen([card]), receiver_id=office.pk, words="", by=by,  # type: ignore[arg-type]
            at=NOON, key=make.key(),
        )  # fmt: skip

    answers = together(lambda: send(town.here.keeper), lambda: send(colleague))
    assert sorted(in_words(answers, done=lambda _: "sent")) == ["NOT_RECEIVED", "sent"]
    assert Shipment.objects.count() == 1
    assert recount().holds
