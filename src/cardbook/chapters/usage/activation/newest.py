"""The bank's newest word of its half stands: by slip, by API or by file (Art. 22)."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime

from cardbook.cards.models import Card
from cardbook.cards.states import Bank
from cardbook.lib.clock import to_the_second
from cardbook.lifecycle import refusals as no
from cardbook.lifecycle.cases import Case
from cardbook.lifecycle.perform import Objections
from cardbook.lifecycle.refusals import Refusal


def newest_words(said_at: Mapping[int, datetime]) -> Objections:
    """This function will refuse, card by card, what a bank said before what the book has."""

    def meanwhile(cases: Sequence[Case]) -> Iterator[Refusal]:
        ids = [case.id for case in cases]
        known = Card.objects.filter(pk__in=ids, bank_as_of__isnull=False).order_by("pk")
        for card in known.only("bank", "bank_as_of"):
            newest, given = card.bank_as_of, said_at[card.pk]
            if newest is not None and given < newest:
                values = {
                    "known": Bank.of(card.bank).label,
                    "known_at": to_the_second(newest),
                    "given_at": to_the_second(given),
                }
                yield Refusal(no.BANK_WORD_OLDER, values, card.pk)

    return meanwhile
