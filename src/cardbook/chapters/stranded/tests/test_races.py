"""Two at once on stranded cards (Art. 17 to 19): one success, one sentence, a true book."""

from functools import partial

import pytest

from cardbook.chapters.row_by_row import Outcome
from cardbook.chapters.stranded.destruction import commands as destruction
from cardbook.chapters.stranded.models import BankNotice
from cardbook.chapters.stranded.send_back import cancelling, commands
from cardbook.chapters.stranded.tests import line as on
from cardbook.chapters.stranded.tests.line import Line, line_of, offences
from cardbook.ledger.models import Event
from cardbook.lifecycle.perform import perform
from cardbook.testing import factories as make
from cardbook.testing.factories import NOON
from cardbook.testing.races import in_words, together

pytestmark = pytest.mark.races


@pytest.fixture
def line(fresh_database: str) -> Line:
    return line_of(make.city())


@pytest.mark.article(17)
def test_returning_races_issuing_and_one_wins(line: Line) -> None:
    (card,) = on.waiting(line)
    open_list = on.listed([card], line.clerk)
    answers = together(
        lambda: commands.send_back(
            list_id=open_list.pk, receiver_id=line.county.card_body.pk, by=line.clerk,
            at=NOON, key=make.key(),
        ),
        lambda: perform(make.issue_step(card), by=line.county.clerk, at=NOON, key=make.key()),
    )  # fmt: skip
    words = sorted(in_words(answers, done=lambda _: "done"))
    assert words in (["ALREADY_ISSUED", "done"], ["CARD_RETURNED", "done"])
    assert not offences()


@pytest.mark.article(17)
def test_two_receive_one_box_and_one_is_told(line: Line) -> None:
    cards = on.waiting(line, 2)
    shipment = on.sent_back(line, cards)
    on.scanned(shipment, cards, line.clerk)
    receive = partial(commands.receive_back, shipment_id=shipment.pk, by=line.clerk, at=NOON)
    answers = together(*(partial(receive, key=make.key()) for _ in range(2)))
    words = sorted(in_words(answers, done=lambda _: "done"))
    assert words[1] == "done"
    assert words[0] in {"NOT_OF_THIS_LIST", "NOTHING_TO_ACKNOWLEDGE", "PLACE_DOES_NOT_FIT"}
    assert Event.objects.filter(act="stranded.receive_back").count() == 2


@pytest.mark.article(18)
def test_cancelling_races_putting_back(line: Line) -> None:
    (card,) = on.returned(line)
    given = {
        "card_ids": [card.pk], "words": "说明", "by": line.clerk,
        "second": line.county.reviewer, "at": NOON,
    }  # fmt: skip
    answers = together(
        lambda: cancelling.cancel_returned(**given, key=make.key()),  # type: ignore[arg-type]
        lambda: commands.put_back(**given, key=make.key()),  # type: ignore[arg-type]
    )
    (outcome,) = [answer for answer in answers if isinstance(answer, Outcome)]
    refused_back = in_words(answers, done=lambda _: "done").count("CARD_CANCELLED")
    assert refused_back + len(outcome.refused) == 1
    assert not offences()


@pytest.mark.article(18)
def test_two_cancel_cards_of_one_bank_at_once_and_share_a_letter(line: Line) -> None:
    cards = on.returned(line, 2)
    work = partial(
        cancelling.cancel_returned, words="说明", by=line.clerk, second=line.county.reviewer,
        at=NOON,
    )  # fmt: skip
    together(*(partial(work, card_ids=[card.pk], key=make.key()) for card in cards))
    notice = BankNotice.objects.get()
    assert notice.lines.count() == 2


@pytest.mark.article(19)
def test_destroying_races_taking_back(line: Line) -> None:
    lot, cards = on.lot_at_bank(line, 2)
    answers = together(
        lambda: on.carry_out(line, lot),
        lambda: destruction.take_back(
            lot_id=lot.pk, card_ids=[cards[0].pk], words="芯片完好", by=line.teller,
            second=line.clerk, at=NOON, key=make.key(),
        ),
    )  # fmt: skip
    words = sorted(in_words(answers, done=lambda _: "done"))
    assert words[1] == "done"
    assert words[0] in {"CARD_DESTROYED", "OUT_OF_REACH", "LOT_COUNT_DIFFERS"}
    assert not offences()
