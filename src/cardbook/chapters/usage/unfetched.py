"""Cards of a holder that were not handed over yet, when his others end (Art. 19, 29, 30).

One on a shelf can end along; what lies with others comes back first, and which act brings it back
is said here. `transfer/left_behind.py` lists those whose holder's relation has ended.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from cardbook.cards.models import Card
from cardbook.cards.states import Stage, Subject
from cardbook.lifecycle.acts import act
from cardbook.lifecycle.cases import Case
from cardbook.lifecycle.guards.way_back import brings_back
from cardbook.lifecycle.load import load_cases

_FIT = act("card.cancel_unissued").on or {}


@dataclass(frozen=True, slots=True, kw_only=True)
class Unfetched:
    """One such card: where it lies, and either that it is at hand or what brings it back."""

    id: int
    number: str
    where: str
    at_hand: bool
    back: str
    back_title: str
    back_roles: str

    @property
    def to_do(self) -> str:
        """What has to be done first, in one sentence; "" for what is at hand."""
        if self.at_hand:
            return ""
        if self.back:
            return f"请先由{self.back_roles}办理“{self.back_title}”，卡收回点清后再办。"
        return "请先看卡页，查明它停在哪一步。"


def unfetched_of(card_id: int) -> tuple[Unfetched, ...]:
    """This function will find the other cards of a card's holder that nobody fetched."""
    holder = Card.objects.filter(pk=card_id).values("person")
    others = Card.objects.filter(person__in=holder, stage=Stage.IN_CUSTODY).exclude(pk=card_id)
    return described(others.values_list("pk", flat=True))


def described(card_ids: Iterable[int]) -> tuple[Unfetched, ...]:
    """This function will say of cards where they lie and what brings each back, in id order."""
    ids = sorted(card_ids)
    if not ids:
        return ()
    cases = load_cases(subject=Subject.CARD, ids=ids, lock=False)
    return tuple(_described(cases[id_]) for id_ in ids if id_ in cases)


def _described(case: Case) -> Unfetched:
    back = brings_back(case)
    fits = all(case.regions[region] in values for region, values in _FIT.items())
    return Unfetched(
        id=case.id, number=case.number, where=f"{case.custodian_name}，{case.place_text}",
        at_hand=case.place is not None and case.place.is_store and fits,
        back=back, back_title=act(back).title if back else "",
        back_roles=act(back).roles_text if back else "",
    )  # fmt: skip
