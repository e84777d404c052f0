"""Cards of the demo city in use: activated, sent to the bank, cancelled, moved.

Cards are chosen by their numbers and keys are made of them, so that a second run skips.
"""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

from cardbook.cards.models import Card
from cardbook.cards.states import Hold, Social, Stage
from cardbook.chapters.bank_outlets import outlets_for
from cardbook.chapters.card_heads import card_head
from cardbook.chapters.usage.activation import commands as activation
from cardbook.chapters.usage.activation.calls import note_calls, to_call
from cardbook.chapters.usage.activation.forms import (
    ActivateForm,
    BankReportForm,
    DirectForm,
    PinForm,
    offer_outlets,
)
from cardbook.chapters.usage.asking import CardForm
from cardbook.chapters.usage.cancellation import commands as cancellation
from cardbook.chapters.usage.cancellation.forms import CancelForm, OfficeForm
from cardbook.chapters.usage.models import BankVisit
from cardbook.chapters.usage.transfer import commands as transfer
from cardbook.chapters.usage.transfer.forms import EndForm, FreezeForm, KeepForm, UnfreezeForm
from cardbook.chapters.usage.values import CallResult
from cardbook.demo.asking import send
from cardbook.demo.story import Story
from cardbook.lib.clock import LOCAL, local_day
from cardbook.lifecycle.perform import Done
from cardbook.orgs.actors import Actor
from cardbook.people.models import Person

IN_USE = ("611002", "611022")
_ACTIVATED = 15
# What was asked before a card died, and who said so.
_ASKED = {
    "benefits": "none", "benefits_said_by": "agency", "deposit": "open",
    "deposit_said_by": "bank", "subsidy": "unknown", "subsidy_said_by": "asker",
}  # fmt: skip

# What came of calling those who wait longest, one each.
_CALLS = ((CallResult.WILL_COME, "下周一带身份证来办"), (CallResult.NO_ANSWER, ""))


def live_using(story: Story, *, counties: tuple[str, ...] = IN_USE) -> None:
    """This function will put some issued cards of each county to use and go on with a few.

    :raises cardbook.lifecycle.refusals.Refused: when the book refuses what the story needs.
    """
    for county in counties:
        clerk = story.actor(county, "chuangkou1")
        cards = _issued_to_adults(county, story=story)[:_ACTIVATED]
        for place, card in enumerate(cards):
            _put_to_use(story, card, place, by=clerk)
        _go_on(story, cards, county=county, by=clerk)
        story.say(f"{clerk.org_name}：{len(cards)} 张卡激活社保功能，分头引导到银行")


def live_calls(story: Story) -> None:
    """This function will let a window call a few holders whose cards are not in full use yet."""
    clerk, at = story.actor(IN_USE[0], "chuangkou1"), story.at(12, 9)
    if any(one.called_at for one in to_call(by=clerk, at=at, state="")):
        return
    waiting = to_call(by=clerk, at=at)
    called = sum(
        note_calls(cards=[one.card_id], result=result, words=words, by=clerk, at=at)
        for one, (result, words) in zip(waiting, _CALLS, strict=False)
    )
    if called:
        story.say(f"{clerk.org_name}：提醒启用，联系了 {called} 人，其余待联系")


def _issued_to_adults(county: str, *, story: Story) -> list[Card]:
    """Cards at hand in a county; the young leave activation to their guardians."""
    of_age = story.today.replace(year=story.today.year - 19)
    adults = Person.objects.filter(born_on__lt=of_age, died_on=None)
    found = Card.objects.filter(
        county__code=county, stage=Stage.ISSUED, hold=Hold.NONE, person__in=adults,
        social__in=(Social.SEALED, Social.ACTIVE, Social.CANCELLED, Social.LOCKED),
    )  # fmt: skip
    return list(found.exclude(bank_org=None).order_by("number"))


def _put_to_use(story: Story, card: Card, place: int, *, by: Actor) -> None:
    at = story.at(11, 9, place * 3)
    if card.social == Social.SEALED:
        _send(ActivateForm, card, activation.activate, by=by, at=at, asked_by="holder")
    outlets = outlets_for(card_id=card.pk, by=by)
    if place % 3 == 0 or not outlets or BankVisit.objects.filter(card=card).exists():
        return
    outlet = outlets[place % len(outlets)]
    _send(DirectForm, card, activation.direct_to_bank, by=by, at=at, outlet=outlet.pk)


def _go_on(story: Story, cards: Sequence[Card], *, county: str, by: Actor) -> None:
    """The bank answers a few, one dies by request, one moves away, one stays, one is stopped."""
    at, fuhe, keeper = story.at(12, 10), story.actor(county, "fuhe"), story.actor(county, "kaguan")
    steps = _what_happens(by=by, keeper=keeper, at=at)
    for card, (form, do, actor, given) in zip(cards, steps, strict=False):
        card.refresh_from_db()
        if card.social == Social.ACTIVE:
            _send(form, card, do, by=actor, at=at, second=fuhe, **given)
    _clear(cards[len(steps) - 1 : len(steps)], by=keeper, second=fuhe, at=at)


_Step = tuple[type[CardForm], Callable[..., Done], Actor, dict[str, object]]


def _what_happens(*, by: Actor, keeper: Actor, at: datetime) -> tuple[_Step, ...]:
    reported = {"source": "银行回执", "as_of": f"{at.astimezone(LOCAL):%Y-%m-%dT%H:%M}"}
    return (
        (BankReportForm, activation.report_bank, by, {"bank": "active", **reported}),
        (BankReportForm, activation.report_bank, by, {"bank": "inactive", **reported}),
        (BankReportForm, activation.report_bank, by, {"bank": "loss_reported", **reported}),
        (
            CancelForm, cancellation.cancel_card, by,
            {"asker": "holder", "reason": "wish", "plastic": "good", **_ASKED},
        ),
        (
            OfficeForm, cancellation.cancel_card, by,
            {"reason": "emigration", "plastic": "none", "words": "县公安局来函", **_ASKED},
        ),
        (
            EndForm, transfer.end_relation, by,
            {"reason": "transfer", "to_place": "示范省示范市社保中心", "plastic": "none"},
        ),
        (
            KeepForm, transfer.record, by,
            {"to_place": "商洛市内另一单位", "words": "市内转移，卡继续使用"},
        ),
        (
            FreezeForm, transfer.record, keeper,
            {"words": "药店反映持卡人与照片不符", "case_number": "XS-01"},
        ),
        (PinForm, activation.record, by, {"terminal": "K-03", "result": "done"}),
        (
            FreezeForm, transfer.record, keeper,
            {"words": "医院反映两人用一张卡", "case_number": "XS-02"},
        ),
    )  # fmt: skip


def _clear(cards: Sequence[Card], *, by: Actor, second: Actor, at: datetime) -> None:
    """The second suspicion was none: the card works again."""
    for card in cards:
        card.refresh_from_db()
        if card.social == Social.LOCKED:
            _send(
                UnfreezeForm, card, transfer.record, by=by, second=second,
                at=at + timedelta(hours=1), words="查实为家属代购药，本人知情",
            )  # fmt: skip


def _send(
    form: type[CardForm],
    card: Card,
    do: Callable[..., Done],
    *,
    by: Actor,
    at: datetime,
    second: Actor | None = None,
    **given: object,
) -> None:
    def prepare(filled: CardForm) -> None:
        head = card_head(card_id=card.pk, by=by)
        if isinstance(filled, DirectForm) and head is not None:
            offer_outlets(filled, head, by)

    arguments = {"today": local_day(at)} if form in (ActivateForm, CancelForm) else {}
    send(
        form, card.pk, do, key=card.number, by=by, at=at, second=second, prepare=prepare,
        arguments=arguments, **given,
    )  # fmt: skip
