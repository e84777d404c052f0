"""What an answer of the other side leads to here, as long as nobody did it (Art. 14, 25).

The other side's answer is its own: an act of ours that waits for it is offered, never done by it.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from urllib.parse import urlencode

from django.db.models import Q
from django.urls import reverse

from cardbook.cards.models import Application, Correction
from cardbook.cards.states import CorrectionProgress, Progress
from cardbook.orgs.actors import Actor
from cardbook.outbox.models import Message
from cardbook.outbox.states import State
from cardbook.ports.messages import MessageKind

_ANSWERED = (State.DONE, State.ALREADY_SO, State.BY_HAND)
_ORDER = MessageKind.BANK_PRODUCTION_ORDER
# The bank's own codes (domain.md 3.2): it passed the order, or did not.
_SAID = Q(state=State.DONE, answer_code="1") | Q(state=State.REFUSED, answer_code="0")
# Which act of a correction waits for which answer of the province (Art. 14).
_CORRECTIONS: Mapping[str, tuple[MessageKind, str, str]] = {
    CorrectionProgress.RECHECKED: (
        MessageKind.PROVINCE_ERROR_REGISTERED, "登记省系统错卡号", "error.enter_province",
    ),
    CorrectionProgress.ENTERED: (
        MessageKind.PROVINCE_ERROR_CONFIRMED, "登记省系统确认号", "error.confirm_province",
    ),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class NextStep:
    """The act that waits: what it is called, and where it is done."""

    title: str
    url: str


@dataclass(frozen=True, slots=True)
class Steps:
    """Which subjects of each kind of message wait for its answer, and the threads they lie in."""

    waiting: Mapping[str, Collection[int]]
    threads: Mapping[str, Collection[str]]

    @property
    def condition(self) -> Q:
        """Messages that were answered while the act that waits for the answer was not done."""
        found = Q(pk__in=[])
        for kind, ids in self.waiting.items():
            said = _SAID if kind == _ORDER else Q(state__in=_ANSWERED)
            found |= said & Q(
                kind=kind, subject_id__in=list(ids), thread__in=list(self.threads[kind]),
                party=MessageKind(kind).party,  # type: ignore[call-arg] # looks it up
            )  # fmt: skip
        return found

    def of(self, message: Message) -> NextStep | None:
        """The act that waits for this answer, if there is one."""
        if message.subject_id not in self.waiting.get(message.kind, ()):
            return None
        if message.kind == _ORDER:
            said = {State.DONE: "1", State.REFUSED: "0"}.get(State(message.state))  # type: ignore[call-arg]
            step = NextStep("照银行回盘登记", reverse("application.answers"))
            return step if message.answer_code == said else None
        if message.state not in _ANSWERED:
            return None
        for kind, title, address in _CORRECTIONS.values():
            if kind == message.kind:
                known = urlencode({"reference": message.external_reference[:60]})
                return NextStep(title, f"{reverse(address, args=[message.subject_id])}?{known}")
        return None


def next_steps(*, by: Actor) -> Steps:
    """This function will find what waits for an answer in the actor's county, in two queries."""
    waiting: dict[str, set[int]] = {str(_ORDER): set()}
    threads: dict[str, set[str]] = {str(_ORDER): set()}
    applications = Application.objects.filter(
        county__path__startswith=by.county_path, progress=Progress.SUBMITTED
    )
    for pk, old_card in applications.values_list("pk", "old_card"):
        waiting[_ORDER].add(pk)
        threads[_ORDER].add(f"card:{old_card}" if old_card else f"application:{pk}")
    for kind, _, _ in _CORRECTIONS.values():
        waiting[kind], threads[kind] = set(), set()
    corrections = Correction.objects.filter(
        county__path__startswith=by.county_path, progress__in=list(_CORRECTIONS)
    )
    for pk, card, progress in corrections.values_list("pk", "card", "progress"):
        kind = _CORRECTIONS[progress][0]
        waiting[kind].add(pk)
        threads[kind].add(f"card:{card}")
    return Steps(waiting, threads)
