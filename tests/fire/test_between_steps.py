"""Whoever carries a case on dies between two of its steps: the lists name what is half done.

Issue: "killed between any two steps of every saga (the half-done list contains it)". Each step is
done by a process of its own that is gone, as by kill -9, the moment the step is committed.
"""

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta

import pytest
from django.utils import timezone

from cardbook.cards.models import Application, Card, TemporaryCard
from cardbook.chapters.exchange.messages.following import next_steps
from cardbook.chapters.exchange.messages.queries import messages
from cardbook.chapters.issuance.individual.commands import issue_card
from cardbook.chapters.usage.activation.queries import half_done
from cardbook.chapters.usage.activation.tests import test_bank_reports as reports
from cardbook.chapters.usage.activation.tests.test_activation import outlet_of
from cardbook.chapters.usage.cancellation.tests.test_applicant import HEIR, named
from cardbook.chapters.usage.death.living_queries import living_cards
from cardbook.chapters.usage.death.tests.test_death import note as note_death
from cardbook.chapters.usage.loss.commands import tell_loss
from cardbook.chapters.usage.loss.list_queries import counts_by_state
from cardbook.chapters.usage.loss.tests.lost import hotline, lose, write_down
from cardbook.chapters.usage.production.commands import (
    Answer,
    AnswerKind,
    answer_applications,
    submit_applications,
)
from cardbook.chapters.usage.production.queries import ApplicationsWanted, applications
from cardbook.chapters.usage.replacement import fee_commands as fees
from cardbook.chapters.usage.replacement.tests import windows as at_the
from cardbook.chapters.usage.replacement.tests.windows import Windows, taken, windows
from cardbook.chapters.usage.temporary.queries import temporary_cards
from cardbook.chapters.usage.temporary.tests.lending import act_on, lend, stock, waiting
from cardbook.chapters.usage.tests.sending import refused_with, send
from cardbook.chapters.usage.transfer.tests.test_transfer import MOVED
from cardbook.lib.clock import local_day
from cardbook.lifecycle.facts import ApplyReason, RequestChannel
from cardbook.outbox.by_hand import settle_by_hand
from cardbook.people.models import Person
from cardbook.ports.standings import Standing
from cardbook.testing import factories as make
from cardbook.testing.clients import signed_in
from tests.fire.processes import Died, together
from tests.fire.recounts import all_promises_hold

WISH = {"asker": "holder", "reason": "wish", "plastic": "none"}
# Which lists name the case: the half-done cards, the messages owed, the losses nobody was told
# of, the applications under way, the temporary cards that are out, the cards of the dead.
Lists = frozenset[str]
HALF, OWED, UNTOLD, APPLIED, LENT = "half", "owed", "untold", "applied", "lent"
LIVES_ON = "lives on"


@dataclass(frozen=True, slots=True)
class Step:
    """What one process does, and which lists must have the case once it is gone."""

    work: Callable[[], object]
    listed: Lists


@pytest.fixture
def there(fresh_database: str) -> Windows:
    """A city of its own with its windows; the pages are read in, so that no process has to."""
    opened = windows(make.city())
    signed_in(opened.clerk).get("/desk/")
    return opened


def listed(there: Windows, holder: Person) -> Lists:
    """The lists of the county that name a case of the holder's."""
    by, at = there.city.here.keeper, timezone.now()
    cards = set(Card.objects.filter(person=holder).values_list("pk", flat=True))
    open_ = messages(by=by, steps=next_steps(by=by), view="open").filter(
        card_id__in=cards, party__in=["province", "bank"]
    )
    wanted = ApplicationsWanted(state="open")
    under_way = {one.id for one in applications(wanted, by=by, today=local_day(at), limit=100)}
    own = set(Application.objects.filter(person=holder).values_list("pk", flat=True))
    lent = {one.number for one in temporary_cards(by=by, today=local_day(at), only="lent")}
    held = set(TemporaryCard.objects.filter(person=holder).values_list("number", flat=True))
    of_the_dead = living_cards(by=by, stage="", text="", sort="old", today=local_day(at))
    found: Mapping[str, object] = {
        HALF: cards & {one.card_id for one in half_done(by=by, at=at)},
        OWED: open_.exists(),
        UNTOLD: counts_by_state(by=there.clerk, at=at).get("untold"),
        APPLIED: own & under_way,
        LENT: held & lent,
        LIVES_ON: of_the_dead.filter(pk__in=cards).exists(),
    }
    return frozenset(name for name, one in found.items() if one)


def died_after(work: Callable[[], object]) -> None:
    """A process does the step and is gone before it could do anything else."""

    def do_and_die() -> None:
        work()
        os._exit(9)

    (answer,) = together([do_and_die])
    assert isinstance(answer, Died), answer


def loss(there: Windows) -> tuple[Person, list[Step]]:
    card, operator = in_use(there), hotline(there.city)

    def told() -> object:
        return tell_loss(
            card_id=card.pk, channel=RequestChannel.HOTLINE, told=("loss",), by=operator,
            at=timezone.now(), key=make.key(),
        )  # fmt: skip

    return card.person, [
        Step(lambda: lose(card, by=operator, at=timezone.now()), frozenset({HALF, OWED, UNTOLD})),
        Step(told, frozenset({HALF, OWED})),
        Step(
            lambda: write_down(card, by=there.clerk, at=timezone.now()),
            frozenset({HALF, OWED, UNTOLD}),
        ),
        Step(told, frozenset({HALF, OWED})),
        Step(lambda: by_hand(there, card), frozenset({HALF})),
        Step(lambda: the_bank_says(there, card, Standing.FORMAL_LOSS), frozenset()),
    ]


def replacement(there: Windows) -> tuple[Person, list[Step]]:
    old = in_use(there)

    def application() -> int:
        return Application.objects.get(old_card=old).pk

    def answered(kind: AnswerKind) -> Callable[[], object]:
        return lambda: answer_applications(
            [Answer(application_id=application(), kind=kind)], source="柜员登记",
            answered_on=local_day(timezone.now()), by=there.teller, at=timezone.now(),
            key=make.key(),
        )  # fmt: skip

    def fetched() -> object:
        (new,) = make.received_cards(there.city, there.city.here, people=[old.person])
        return issue_card(
            card_id=new.pk, facts=make.issue_facts(new), papers=make.ISSUE_PAPERS,
            told=("pick_up",), by=there.clerk, at=timezone.now(), key=make.key(),
        )  # fmt: skip

    return old.person, [
        Step(
            lambda: taken(there, old, ApplyReason.LOST, payment=None, at=timezone.now()),
            frozenset({HALF, OWED, APPLIED}),
        ),
        Step(
            lambda: fees.take_fee(
                application_id=application(), payment=at_the.CASH, by=there.clerk,
                at=timezone.now(), key=make.key(),
            ),
            frozenset({HALF, OWED, APPLIED}),
        ),
        Step(
            lambda: submit_applications(
                [application()], by=there.clerk, at=timezone.now(), key=make.key()
            ),
            frozenset({HALF, OWED, APPLIED}),
        ),
        Step(answered(AnswerKind.ACCEPT), frozenset({HALF, OWED, APPLIED})),
        Step(answered(AnswerKind.MADE), frozenset({HALF, OWED, APPLIED})),
        Step(fetched, frozenset({HALF, OWED})),
        Step(lambda: the_bank_says(there, old, Standing.CANCELLED), frozenset({OWED})),
    ]  # fmt: skip


def cancellation(there: Windows) -> tuple[Person, list[Step]]:
    card = in_use(there)
    return card.person, [
        Step(lambda: sent(there, "card.cancel", card, **WISH), frozenset({HALF, OWED})),
        Step(lambda: by_hand(there, card), frozenset({HALF})),
        Step(lambda: the_bank_says(there, card, Standing.CANCELLED), frozenset()),
    ]


def transfer(there: Windows) -> tuple[Person, list[Step]]:
    card = in_use(there)
    return card.person, [
        Step(lambda: sent(there, "relation.end", card, **MOVED), frozenset({HALF, OWED})),
        Step(lambda: by_hand(there, card), frozenset({HALF})),
        Step(lambda: the_bank_says(there, card, Standing.CANCELLED), frozenset()),
    ]


def death(there: Windows) -> tuple[Person, list[Step]]:
    card, today = in_use(there), local_day(timezone.now())
    died = {"died_on": f"{today}", "source": "certificate", "reference": "死证 2026-1"}

    def noted() -> None:
        answer = note_death(card, by=there.clerk, second=there.city.here.reviewer, **died)
        assert answer.status_code == 302, refused_with(answer)

    heir = HEIR | named(make.citizen_number())
    return card.person, [
        Step(noted, frozenset({LIVES_ON})),
        Step(lambda: sent(there, "card.cancel", card, **heir), frozenset({HALF, OWED})),
        Step(lambda: by_hand(there, card), frozenset({HALF})),
        Step(lambda: the_bank_says(there, card, Standing.CANCELLED), frozenset()),
    ]


def activation(there: Windows) -> tuple[Person, list[Step]]:
    card, (outlet, _) = in_use(there), outlet_of(there.city)
    return card.person, [
        Step(
            lambda: sent(there, "social.activate", card, asked_by="holder"),
            frozenset({HALF, OWED}),
        ),
        Step(
            lambda: sent(there, "bank.direct", card, outlet=outlet.pk), frozenset({HALF, OWED})
        ),
        Step(lambda: by_hand(there, card), frozenset({HALF})),
        Step(lambda: the_bank_says(there, card, Standing.NORMAL), frozenset()),
    ]  # fmt: skip


def lending(there: Windows) -> tuple[Person, list[Step]]:
    application = waiting(there.city)
    stock("L0001", by=there.city.here.keeper)

    def lent() -> None:
        answer = lend(application, "L0001", by=there.clerk)
        assert answer.status_code == 302, refused_with(answer)

    return application.person, [
        Step(lent, frozenset({APPLIED, LENT})),
        Step(
            lambda: act_on("temporary.take_back", "L0001", by=there.clerk, sound="on"),
            frozenset({APPLIED}),
        ),
    ]


def sent(there: Windows, code: str, card: Card, **given: object) -> None:
    """A clerk sends the form of an act."""
    answer = send(code, card, by=there.clerk, **given)
    assert answer.status_code == 302, refused_with(answer)


def in_use(there: Windows) -> Card:
    """A card in its holder's hands, of whose hand-over the province was told."""
    card = make.issued_card(there.city, there.city.here)
    by_hand(there, card)
    return card


def by_hand(there: Windows, card: Card) -> None:
    """The keeper does on the other sides' own screens what no interface carries."""
    keeper = there.city.here.keeper
    found = messages(by=keeper, steps=next_steps(by=keeper), view="open").filter(
        card_id=card.pk, party__in=["province", "bank"]
    )
    settle_by_hand(
        message_ids=list(found.values_list("pk", flat=True)), reference="SX-1", words="",
        by=keeper, at=timezone.now(),
    )  # fmt: skip


def the_bank_says(there: Windows, card: Card, standing: Standing) -> None:
    """The bank's own word about its half, by file."""
    now = timezone.now()
    content = reports.report((card.number, standing), at=now - timedelta(minutes=1))
    entered = reports.take(there.city, content, by=there.teller, at=now)
    assert entered.entered == 1


SAGAS = (loss, replacement, cancellation, transfer, death, activation, lending)


@pytest.mark.article(22)
@pytest.mark.article(26)
@pytest.mark.article(27)
@pytest.mark.article(28)
@pytest.mark.article(29)
@pytest.mark.article(30)
@pytest.mark.parametrize("saga", SAGAS, ids=lambda saga: saga.__name__)
def test_a_case_left_between_two_steps_stands_on_the_lists_until_its_last(
    there: Windows, saga: Callable[[Windows], tuple[Person, list[Step]]]
) -> None:
    holder, steps = saga(there)
    assert listed(there, holder) <= {APPLIED}
    for place, step in enumerate(steps, start=1):
        died_after(step.work)
        assert listed(there, holder) == step.listed, (saga.__name__, place)
    all_promises_hold()
