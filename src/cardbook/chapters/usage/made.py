"""The new card as its maker returned it: sealed with its application, told onward (Art. 25)."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, fields

from cardbook.chapters.usage.models import ApplicationDetail
from cardbook.people import vault
from cardbook.ports.messages import MadeCard

CONTEXT = b"made-card"


def seal_made(made: MadeCard) -> bytes:
    """This function will seal what the maker said of a card, as one text."""
    return vault.seal_text(json.dumps(asdict(made)), context=CONTEXT)


def open_made(sealed: bytes | memoryview) -> MadeCard:
    """This function will open it; a field of another edition is left out.

    :raises cardbook.lib.sm.Damaged: when it was altered.
    """
    given = json.loads(vault.open_text(sealed, context=CONTEXT))
    known = {field.name for field in fields(MadeCard)}
    return MadeCard(**{name: value for name, value in given.items() if name in known})


def made_cards(ids: Sequence[int]) -> Mapping[int, MadeCard]:
    """This function will open the cards made for applications, those that were described.

    :raises cardbook.lib.sm.Damaged: when one was altered.
    """
    found = ApplicationDetail.objects.filter(pk__in=ids, made_sealed__isnull=False)
    rows = found.values_list("pk", "made_sealed")
    return {id_: open_made(sealed) for id_, sealed in rows if sealed is not None}
