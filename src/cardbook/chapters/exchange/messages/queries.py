"""Reads what is owed: sums for each party, the rows behind, how each line stands (Art. 14)."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from django.db.models import Case, Count, Min, Q, QuerySet, When

from cardbook.cards.models import Card
from cardbook.chapters.exchange.messages.following import NextStep, Steps
from cardbook.law.roles import Role
from cardbook.lib.clock import LOCAL
from cardbook.orgs.actors import Actor
from cardbook.outbox.models import Line, Message
from cardbook.outbox.states import OPEN, STUCK, State
from cardbook.ports.messages import MessageKind, Party

BASIS = "第十四条、第二十二条、第二十五条至第三十条"
# Who sends again and settles; an auditor reads.
MAY_ACT = frozenset({Role.COUNTY_MANAGER, Role.CARD_KEEPER, Role.CITY_MANAGER})
READERS = MAY_ACT | {Role.AUDITOR}
# What a keeper looks for first; the rest is found by its state, but for `FOLLOW`.
FOLLOW = "follow"
VIEWS = {
    "open": "未办结",
    "stuck": "须处理",
    "sent": "等回执",
    FOLLOW: "已答复、待登记",
    "all": "全部",
}
_STATES: dict[str, tuple[State, ...]] = {
    "open": OPEN,
    "stuck": STUCK,
    "sent": (State.SENT,),
    "all": tuple(State),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class PartyRow:
    """What one party is owed, and whether it answers."""

    code: str
    title: str
    waiting: int
    sent: int
    stuck: int
    follow: int
    oldest: datetime | None
    silent: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageRow:
    """One message as the page shows it."""

    id: int
    title: str
    basis: str
    electronic: str
    party: str
    recipient: str
    card_id: int | None
    card_number: str
    reference: str
    owed_at: datetime
    state: str
    state_title: str
    attempts: int
    answer: str
    next_at: datetime | None
    external: str
    settled_by: str
    by_hand_only: bool
    may_send: bool
    may_settle: bool
    step: NextStep | None
    behind: str = ""


def _seen(by: Actor) -> QuerySet[Message]:
    return Message.objects.filter(county__path__startswith=by.county_path)


def stuck_count(*, by: Actor) -> int:
    """This function will count the messages of a county that need a person: refused, parked."""
    return _seen(by).filter(state__in=STUCK).count()


def parties(*, by: Actor, steps: Steps) -> list[PartyRow]:
    """This function will sum up what each party is owed, and what waits for its answer here."""
    answered = dict(
        _seen(by).filter(steps.condition).order_by().values_list("party").annotate(Count("pk"))
    )
    sums: dict[str, dict[str, Any]] = {
        row["party"]: dict(row)
        for row in _seen(by)
        .filter(state__in=OPEN)
        .order_by()
        .values("party")
        .annotate(
            waiting=Count("pk", filter=Q(state__in=[State.OWED, State.LEASED])),
            sent=Count("pk", filter=Q(state=State.SENT)),
            stuck=Count("pk", filter=Q(state__in=STUCK)),
            oldest=Min("owed_at"),
        )
    }
    silent: dict[str, list[str]] = {}
    lines = Line.objects.filter(silent_since__isnull=False).filter(
        Q(recipient__path__startswith=by.county_path) | Q(party=Party.BANK)
    )
    for line in lines.select_related("recipient").order_by("silent_since", "pk"):
        silent.setdefault(line.party, []).append(_silence(line))
    return [
        PartyRow(
            code=str(party),
            title=party.label,
            waiting=sums.get(party, {}).get("waiting", 0),
            sent=sums.get(party, {}).get("sent", 0),
            stuck=sums.get(party, {}).get("stuck", 0),
            follow=answered.get(party, 0),
            oldest=sums.get(party, {}).get("oldest"),
            silent=tuple(silent.get(party, ())),
        )
        for party in Party
    ]


def _silence(line: Line) -> str:
    assert line.silent_since is not None
    since = f"{line.silent_since.astimezone(LOCAL):%m-%d %H:%M}"
    return f"{line.recipient.name}：{since} 起没有应答，已试 {line.failures} 次"


def names_of(message_ids: Iterable[int], *, by: Actor) -> dict[int, str]:
    """This function will name the actor's messages by their matter and card, for results."""
    found = list(_seen(by).filter(pk__in=list(message_ids)))
    cards = Card.objects.filter(pk__in=[one.card_id for one in found if one.card_id])
    numbers = dict(cards.values_list("pk", "number"))
    labels = {str(kind): kind.label for kind in MessageKind}
    return {
        one.pk: f"{labels[one.kind]} {numbers.get(one.card_id or 0, '')}".strip() for one in found
    }


_STUCK_FIRST = Case(When(state__in=STUCK, then=0), default=1)
SORTS: Mapping[str, tuple[str, tuple[Any, ...]]] = {
    "urgent": ("须处理的在前", (_STUCK_FIRST, "id")),
    "old": ("早登记的在前", ("id",)),
    "new": ("新登记的在前", ("-id",)),
}


def messages(
    *, by: Actor, steps: Steps, party: str = "", view: str = "open", kind: str = "",
    text: str = "", sort: str = "urgent",
) -> QuerySet[Message]:  # fmt: skip
    """This function will list messages of a party, a kind, a card: what needs a person first."""
    if view == FOLLOW:
        found = _seen(by).filter(steps.condition)
    else:
        found = _seen(by).filter(state__in=_STATES.get(view, OPEN))
    if party in {str(one) for one in Party}:
        found = found.filter(party=party)
    if kind in {str(one) for one in MessageKind}:
        found = found.filter(kind=kind)
    if text:
        cards = list(Card.objects.filter(number=text.upper()).values_list("pk", flat=True))
        found = found.filter(Q(card_id__in=cards) | Q(reference=text) | Q(external_reference=text))
    return found.order_by(*SORTS[sort][1]).select_related("recipient", "settled_by")


def rows(found: Iterable[Message], *, steps: Steps, may_act: bool) -> list[MessageRow]:
    """This function will make rows of messages; cards and lines are asked for once."""
    listed = list(found)
    numbers = dict(
        Card.objects.filter(pk__in=[one.card_id for one in listed if one.card_id]).values_list(
            "pk", "number"
        )
    )
    lines = {
        (line.party, line.recipient_id): frozenset(line.carries)
        for line in Line.objects.filter(recipient__in={one.recipient_id for one in listed})
    }
    behind = _behind(listed)
    return [
        replace(_row(one, numbers, lines, steps, may_act=may_act), behind=behind.get(one.pk, ""))
        for one in listed
    ]


def _behind(listed: Iterable[Message]) -> dict[int, str]:
    """For what waits behind something stuck of the same card, what has to be settled first.

    The same rule as `outbox/sql/take.sql`: a stop and a text wait for nothing that is stuck.
    """
    waiting = [
        one
        for one in listed
        if one.state == State.OWED and not MessageKind(one.kind).passes_stuck  # type: ignore[call-arg]
    ]
    if not waiting:
        return {}
    stuck = list(
        Message.objects.filter(state__in=STUCK, thread__in={one.thread for one in waiting})
        .order_by("-sequence", "-id")
    )  # fmt: skip
    return {
        one.pk: MessageKind(first.kind).label  # type: ignore[call-arg]
        for one in waiting
        for first in stuck
        if (first.party, first.thread, first.recipient_id)
        == (one.party, one.thread, one.recipient_id)
        and (first.sequence, first.pk) < (one.sequence, one.pk)
        and (first.urgent or not one.urgent)
    }


def _row(
    one: Message,
    numbers: dict[int, str],
    lines: dict[tuple[str, int], frozenset[str]],
    steps: Steps,
    *,
    may_act: bool,
) -> MessageRow:
    kind = MessageKind(one.kind)  # type: ignore[call-arg] # looks it up
    state = State(one.state)  # type: ignore[call-arg]
    carried = lines.get((one.party, one.recipient_id or 0), frozenset())
    by_hand_only = state is State.OWED and one.kind not in carried
    open_to_people = state in (State.OWED, *STUCK)
    return MessageRow(
        id=one.pk,
        title=kind.label,
        basis=kind.basis_text,
        electronic=kind.electronic,
        party=kind.party.label,
        recipient=one.recipient.name if one.recipient else "",
        card_id=one.card_id,
        card_number=numbers.get(one.card_id or 0, ""),
        reference=one.reference,
        owed_at=one.owed_at,
        state=one.state,
        state_title="待人工登记" if by_hand_only else state.label,
        attempts=one.attempts,
        answer=one.answer_words or _said(kind, one.answer_code),
        next_at=one.next_at if state is State.OWED and one.attempts and not by_hand_only else None,
        external=one.external_reference,
        settled_by=one.settled_by.get_full_name() if one.settled_by else "",
        by_hand_only=by_hand_only,
        may_send=may_act and open_to_people and not by_hand_only and one.recipient_id is not None,
        may_settle=may_act and (open_to_people or state is State.SENT),
        step=steps.of(one),
    )


def _said(kind: MessageKind, code: str) -> str:
    """A bare code in words, where the bank's own description has some (domain.md 3.2)."""
    passed = kind is MessageKind.BANK_PRODUCTION_ORDER and code == "1"
    return "审核通过" if passed else code


def kinds() -> list[tuple[str, str]]:
    """This function will list all kinds with their party, for the filter."""
    return [(str(kind), f"{kind.party.label}：{kind.label}") for kind in MessageKind]
