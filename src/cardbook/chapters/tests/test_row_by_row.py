"""An act on a selection answers once: sent again, it says what it said first (Art. 16, 18)."""

from collections.abc import Callable, Sequence

import pytest

from cardbook.cards.models import Card
from cardbook.chapters.row_by_row import Outcome, row_by_row
from cardbook.imports.models import LeftOut
from cardbook.law import notices, papers
from cardbook.ledger.models import Event
from cardbook.lib.damage import MARK
from cardbook.lifecycle import refusals as no
from cardbook.lifecycle.acts import act
from cardbook.lifecycle.facts import PinReset, Signer, SocialActivated
from cardbook.lifecycle.judge import Presented
from cardbook.lifecycle.perform import Done, Step, perform
from cardbook.lifecycle.refusals import Refusal, Refused
from cardbook.testing import factories as make
from cardbook.testing.factories import NOON, City

pytestmark = [pytest.mark.django_db, pytest.mark.article(16)]
_SHOWN = tuple(Presented(kind=one.code) for one in (papers.ID_CARD_ORIGINAL, papers.SOCIAL_CARD))


def card(city: City, *, in_use: bool) -> Card:
    made = make.issued_card(city, city.here)
    if in_use:
        put_to_use(city, made)
    return made


def put_to_use(city: City, one: Card) -> None:
    step = Step(
        act=act("social.activate"), subject_ids=[one.pk], papers=_SHOWN,
        facts=SocialActivated(asked_by=Signer.HOLDER, card_seen=True),
        told=(notices.ACTIVATION.code,),
    )  # fmt: skip
    perform(step, by=city.here.clerk, at=NOON, key=make.key())


def in_steps_of(city: City, *parts: Sequence[Card]) -> Callable[[Sequence[int], str], Done]:
    """Work of one step for each part, so that each is judged only when those before it fit."""

    def work(ids: Sequence[int], key: str) -> Done:
        steps = [
            Step(
                act=act("pin.reset"), facts=PinReset(terminal="T1", result="done"),
                subject_ids=[one.pk for one in part if one.pk in ids], papers=_SHOWN,
            )
            for part in parts
        ]  # fmt: skip
        fit = [step for step in steps if step.subject_ids]
        return perform(*fit, by=city.here.clerk, at=NOON, key=key)

    return work


def said(outcome: Outcome) -> dict[int, tuple[str, str, str]]:
    return {id_: (one.code, one.sentence, one.way_out) for id_, one in outcome.refused.items()}


def test_sent_again_it_repeats_the_reasons_of_every_step(city: City) -> None:
    first, later = card(city, in_use=False), card(city, in_use=False)
    good = [card(city, in_use=True), card(city, in_use=True)]
    work = in_steps_of(city, [first, good[0]], [later, good[1]])
    ids, key = [first.pk, later.pk, good[0].pk, good[1].pk], make.key()
    once = row_by_row(ids, key=key, work=work)
    assert set(once.done) == {one.pk for one in good}
    assert once.refused.keys() == {first.pk, later.pk}
    # Meanwhile the world has moved on: what could not be done then could be done now.
    put_to_use(city, first)
    put_to_use(city, later)
    again = row_by_row(ids, key=key, work=work)
    assert set(again.done) == set(once.done) and said(again) == said(once)
    assert Event.objects.filter(act="pin.reset").count() == 2


def test_what_names_somebody_is_kept_sealed(city: City) -> None:
    bad, good = card(city, in_use=False), card(city, in_use=True)
    row_by_row([bad.pk, good.pk], key=make.key(), work=in_steps_of(city, [bad, good]))
    assert b"STATE" not in bytes(LeftOut.objects.get().reasons_sealed)


@pytest.mark.trust("P7")
def test_a_reason_that_names_a_damaged_holder_does_not_stop_the_others(city: City) -> None:
    bad, good = card(city, in_use=False), card(city, in_use=True)
    plain, key = in_steps_of(city, [good]), make.key()

    def work(ids: Sequence[int], asked: str) -> Done:
        if bad.pk in ids:
            raise Refused([Refusal(no.ALREADY_ISSUED, subject_id=bad.pk, where=f"{MARK}：")])
        return plain(ids, asked)

    for _ in ("asked", "asked again"):
        outcome = row_by_row([bad.pk, good.pk], key=key, work=work)
        assert outcome.done == (good.pk,)
        assert outcome.refused[bad.pk].where == f"{MARK}："


def test_where_nothing_was_done_it_may_be_tried_again(city: City) -> None:
    bad, key = card(city, in_use=False), make.key()
    work = in_steps_of(city, [bad])
    assert row_by_row([bad.pk], key=key, work=work).done == ()
    put_to_use(city, bad)
    assert row_by_row([bad.pk], key=key, work=work).done == (bad.pk,)


def test_the_key_of_another_selection_is_refused(city: City) -> None:
    bad, good, other = (card(city, in_use=fit) for fit in (False, True, False))
    key = make.key()
    row_by_row([bad.pk, good.pk], key=key, work=in_steps_of(city, [bad, good]))
    with pytest.raises(Refused) as refused:
        row_by_row([good.pk, other.pk], key=key, work=in_steps_of(city, [good, other]))
    assert [one.code for one in refused.value.refusals] == ["KEY_REUSED"]
