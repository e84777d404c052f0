"""Carries over what is owed, after the commit, again and again until the other side has it.

A correspondent (an adapter) speaks; here is only when, how often and in which order. The one place
that may catch everything: whatever an adapter stumbles over must not hold up the next message.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from time import monotonic

from cardbook.outbox import leasing
from cardbook.outbox.leasing import Lease
from cardbook.outbox.letters import letters_of, without_person
from cardbook.outbox.models import Message
from cardbook.ports.messages import Answer, BankFiles, Correspondent, Letter, Outcome, Party, Told

AT_ONCE = 200
_WRITE_EVERY = 50
_WRITE_AFTER = 2.0  # seconds
_CONTRARY = (
    "{count} 条与先前的答复相反（其中流水号 {first}），整份未读入，请银行说明以哪一份为准；"
    "以这份为准的，在业务页面登记银行的更正"
)

Clock = Callable[[], datetime]
# Who speaks to a recipient; None where an office has no interface and does it by hand.
Switchboard = Callable[[Party, int], Correspondent | None]


@dataclass(slots=True)
class Tally:
    """What a round carried: answered, refused, and whether the line fell silent."""

    answered: int = 0
    refused: int = 0
    parked: int = 0
    silent: bool = False


def deliver_all(*, party: Party, switchboard: Switchboard, clock: Clock) -> Tally:
    """This function will carry everything that is due to a party, one line after the other."""
    total = Tally()
    for recipient_id in leasing.waiting_recipients(party):
        correspondent = switchboard(party, recipient_id)
        carries = correspondent.carries if correspondent else frozenset()
        leasing.note_interface(party=party, recipient_id=recipient_id, carries=carries)
        if correspondent is not None:
            deliver(
                party=party,
                recipient_id=recipient_id,
                correspondent=correspondent,
                clock=clock,
                tally=total,
            )
    return total


def deliver(
    *,
    party: Party,
    recipient_id: int,
    correspondent: Correspondent,
    clock: Clock,
    tally: Tally | None = None,
) -> Tally:
    """This function will carry what is due on one line until nothing is, or nobody answers.

    A line that was silent is tried with one message; a pause follows every silence.
    """
    tally = tally or Tally()
    line = _Line(party, recipient_id)
    while True:
        may, silent = leasing.line_is_open(party=party, recipient_id=recipient_id, at=clock())
        if not may:
            break
        lease = leasing.take(
            party=party,
            recipient_id=recipient_id,
            kinds=sorted(correspondent.carries),
            most=1 if silent else AT_ONCE,
            at=clock(),
        )
        if not lease.letters or not _carry(line, lease, correspondent, clock, tally):
            break
    return tally


@dataclass(frozen=True, slots=True)
class _Line:
    party: Party
    recipient_id: int

    def answered(self, at: datetime) -> None:
        leasing.line_answered(party=self.party, recipient_id=self.recipient_id, at=at)

    def silent(self, words: str, at: datetime) -> None:
        leasing.line_silent(party=self.party, recipient_id=self.recipient_id, words=words, at=at)


def _carry(
    line: _Line, lease: Lease, correspondent: Correspondent, clock: Clock, tally: Tally
) -> bool:
    """Tell one lease's letters; False when there is no use in going on now."""
    book = _Book(lease, line, tally)
    try:
        for reference, answer in _told(lease, correspondent):
            if answer.outcome is Outcome.UNREACHABLE:
                book.write(clock())
                leasing.put_back(lease, failed=reference, answer=answer, at=clock())
                line.silent(answer.words, clock())
                tally.silent = True
                return False
            book.enter(reference, answer)
            if book.is_due:
                book.write(clock())
    except Exception as problem:
        book.write(clock())
        untold = [letter for letter in lease.letters if letter.reference not in book.told]
        if not untold:
            raise
        # Only the kind of trouble: what it says may quote the letter.
        words = f"无法送出（{type(problem).__name__}），请报告维护人员"
        leasing.park(lease, reference=untold[0].reference, words=words, at=clock())
        tally.parked += 1
        return True
    book.write(clock())
    leasing.put_back(lease, at=clock())
    # Whoever was given letters and said nothing of them is not asked again in this round.
    return bool(book.told)


def _told(lease: Lease, correspondent: Correspondent) -> Iterator[tuple[str, Answer]]:
    letters = {letter.reference: letter for letter in lease.letters}
    for told in correspondent.tell(lease.letters):
        yield _kept(told, letters)


def _kept(told: Told, letters: Mapping[str, Letter]) -> tuple[str, Answer]:
    """An answer as it is kept: without the person it is about."""
    answer = told.answer
    if answer.words and told.reference in letters:
        words = without_person(answer.words, letters[told.reference])
        answer = replace(answer, words=words)
    return told.reference, answer


def take_in(bank: BankFiles, *, clock: Clock) -> int:
    """This function will write down what a bank answered by file; how many were waited for."""
    count = 0
    for returned in bank.answers():
        spoken = [told.reference for told in returned.told if told.answer.words]
        sent = Message.objects.filter(reference__in=spoken).values_list("pk", flat=True)
        letters = {letter.reference: letter for letter in letters_of(list(sent))}
        answers = [_kept(told, letters) for told in returned.told]
        if contrary := leasing.contrary_by_file(answers):
            returned.refuse(_CONTRARY.format(count=len(contrary), first=contrary[0]))
            continue
        count += leasing.record_by_file(answers, at=clock())
        returned.keep()
    return count


class _Book:
    """Answers waiting to be written: a few at a time, for each costs a commit."""

    def __init__(self, lease: Lease, line: _Line, tally: Tally) -> None:
        self.told: set[str] = set()
        self._lease, self._line, self._tally = lease, line, tally
        self._waiting: list[tuple[str, Answer]] = []
        self._since = 0.0

    def enter(self, reference: str, answer: Answer) -> None:
        """Note one answer."""
        self.told.add(reference)
        self._since = self._since if self._waiting else monotonic()
        self._waiting.append((reference, answer))

    @property
    def is_due(self) -> bool:
        """Whether enough have come, or the first has waited long enough."""
        full = len(self._waiting) >= _WRITE_EVERY
        return full or (bool(self._waiting) and monotonic() - self._since >= _WRITE_AFTER)

    def write(self, at: datetime) -> None:
        """All of them, and that the line answers."""
        if not self._waiting:
            return
        leasing.record(self._lease, answers=self._waiting, at=at)
        self._line.answered(at)
        self._tally.answered += len(self._waiting)
        self._tally.refused += sum(a.outcome is Outcome.REFUSED for _, a in self._waiting)
        self._waiting = []
