"""A correspondent in memory for tests, and messages that no act owes.

It says what it is told to, and remembers what it heard.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from cardbook.cards.states import Subject
from cardbook.outbox.reminding import Due, remind
from cardbook.ports.messages import Answer, Letter, MessageKind, Outcome, Told
from cardbook.testing.factories import NOON

# Those given, and whoever was due before: a test owes one message after the other.
_GIVEN = """
SELECT unnest(%(ids)s::bigint[]) AS id, %(occasion)s AS occasion, NULL::date AS until
UNION SELECT subject_id, split_part(reference, '/', 3), NULL FROM outbox_message
WHERE kind = %(kind)s
"""
DONE = Answer(outcome=Outcome.DONE, code="0", reference="P-1")
GONE = Answer(outcome=Outcome.UNREACHABLE, words="连接不上")
BROKE_OFF = Answer(outcome=Outcome.UNREACHABLE, words="超时", unknown=True)
NO = Answer(outcome=Outcome.REFUSED, code="4", words="此人无卡")


def owe_for_occasion(
    kind: MessageKind, ids: Sequence[int], *, occasion: str = "1", at: datetime = NOON
) -> int:
    """A message about each card that no act owes; how many were not owed before."""
    due = Due(kind=kind, subject=Subject.CARD, query=_GIVEN)
    return remind(due, values={"ids": list(ids), "occasion": occasion}, at=at).owed


@dataclass
class OtherSide:
    """Answers each letter by `answer`; what it did in effect is in `effects`, once a reference."""

    answer: Callable[[Letter], Answer] = lambda letter: DONE
    carries: frozenset[MessageKind] = frozenset(MessageKind)
    heard: list[Letter] = field(default_factory=list)
    effects: list[str] = field(default_factory=list)

    def tell(self, letters: Sequence[Letter]) -> Iterator[Told]:
        """One answer a letter, until one is unreachable."""
        for letter in letters:
            self.heard.append(letter)
            answer = self.answer(letter)
            arrived = answer.outcome is Outcome.DONE or answer.unknown
            if arrived and letter.reference in self.effects:
                answer = Answer(outcome=Outcome.ALREADY_SO, code="01")
            elif arrived:
                self.effects.append(letter.reference)
            yield Told(letter.reference, answer)
            if answer.outcome is Outcome.UNREACHABLE:
                return
