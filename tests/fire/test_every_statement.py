"""Each act, struck at every one of its statements: all or nothing, and once on repeating (B2)."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

from cardbook.chapters.intake.receive.commands import close_count, scan_card, start_count
from cardbook.chapters.intake.receive.tests.deliveries import arrive
from cardbook.chapters.intake.sort.commands import open_box, sort_cards
from cardbook.chapters.issuance.defect.commands import record_defect
from cardbook.chapters.issuance.individual.commands import KeptImage, issue_card, undo_issue
from cardbook.law import notices
from cardbook.ledger.models import Event
from cardbook.lifecycle.facts import Defect, DefectRecorded, Signing
from cardbook.lifecycle.judge import Presented
from cardbook.registers import typesetting
from cardbook.registers.issue import issue_document
from cardbook.registers.tests.sheets import office, row, sheet
from cardbook.testing import factories as make
from cardbook.testing.factories import NOON, City
from tests.fire.faults import Fault
from tests.fire.strikes import Tried, strike_everywhere

pytestmark = [pytest.mark.trust("B2"), pytest.mark.soak]
Work = Callable[[], object]


@pytest.fixture
def city(
    fresh_database: str, tmp_path: Path, settings: object, monkeypatch: pytest.MonkeyPatch
) -> City:
    settings.PAPERS_ROOT = tmp_path  # type: ignore[attr-defined]
    # The threads of the typesetter do not live on in a forked process: sheets are set apart.
    monkeypatch.setattr(typesetting, "LARGEST_IN_PROCESS", 0)
    return make.city()


def hand_over(city: City) -> Work:
    (card,) = make.received_cards(city, city.here)
    image = KeptImage(
        kind="signature_screen", title="签名", media_type="image/png", content=card.number.encode()
    )
    papers = (*make.ISSUE_PAPERS[:2], Presented(kind=image.kind, digest=image.digest))
    facts = make.issue_facts(card, signing=Signing.SCREEN, signature=image.digest)
    key = make.key()
    return lambda: issue_card(
        card_id=card.pk, facts=facts, papers=papers, told=(notices.PICK_UP.code,),
        images=(image,), by=city.here.clerk, at=NOON, key=key,
    )  # fmt: skip


def taking_back(city: City) -> Work:
    card = make.issued_card(city, city.here)
    event = Event.objects.get(subject_kind="card", subject_id=card.pk, seq=3)
    here, key = city.here, make.key()
    return lambda: undo_issue(
        card_id=card.pk, event_id=event.pk, words="拿错证件", by=here.clerk,
        second=here.reviewer, at=NOON, key=key,
    )  # fmt: skip


def count_of_a_box(city: City) -> Work:
    arrived = arrive(city, city.here, {"1-1": 3})
    box, here, key = arrived.box_of("1-1"), city.here, make.key()
    count = start_count(box_id=box.pk, by=here.keeper, at=NOON)
    for number in [*arrived.numbers("1-1")[:2], "X99999999"]:
        scan_card(count_id=count.pk, text=number, by=here.keeper)
    return lambda: close_count(
        count_id=count.pk, by=here.keeper, second=here.reviewer, at=NOON, key=key
    )


def sorting(city: City) -> Work:
    cards = make.received_cards(city, city.here, count=2)
    box = open_box(
        cabinet="A", shelf="1", box="1", capacity=2000, label="城关镇", by=city.here.keeper
    )
    ids, key = [card.pk for card in cards], make.key()
    return lambda: sort_cards(
        card_ids=ids, account_id=box.pk, order="town", by=city.here.keeper, at=NOON, key=key
    )


def defect(city: City) -> Work:
    (card,) = make.received_cards(city, city.here)
    facts = DefectRecorded(defect=next(iter(Defect)), reader_tried=True, words="读不出")
    key = make.key()
    return lambda: record_defect(
        card_id=card.pk, facts=facts, told=(notices.DEFECT.code,), by=city.here.clerk, at=NOON,
        key=key,
    )  # fmt: skip


def register(city: City) -> Work:
    given, key = sheet(row(1), office=office(city.here.window)), make.key()
    return lambda: issue_document(
        sheet=given, by=city.here.clerk, at=NOON + timedelta(minutes=1), key=key
    )


ACTS = (hand_over, taking_back, count_of_a_box, sorting, defect, register)


@pytest.mark.trust("D3", "B8")
@pytest.mark.parametrize("fault", list(Fault))
@pytest.mark.parametrize("act", ACTS, ids=lambda act: act.__name__)
def test_an_act_struck_anywhere_is_whole_or_not_there_and_succeeds_once_when_repeated(
    city: City, act: Callable[[City], Work], fault: Fault
) -> None:
    strike_everywhere(lambda: Tried(act(city)), fault=fault)
