"""Into which box of old cards a card that came back was laid, and in which slot (Art. 19, 20).

The box of old cards is no place of its own in the book, so what its label says is kept with the
act that took the card; it holds as long as the card was not moved again.
"""

import json
import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from django import forms
from django.db.models import OuterRef, Subquery

from cardbook.cards.states import Subject
from cardbook.custody.models import Position
from cardbook.ledger.models import Event

# How an old card comes back: to be destroyed, or to the stock of defects its maker gets back.
HAND_IN, HAND_IN_DEFECTIVE = "old_card.hand_in", "old_card.hand_in_defective"
HAND_INS = (HAND_IN, HAND_IN_DEFECTIVE)
_LONGEST = 20
_WITH_SLOT = re.compile(r"(.+?)\s*[/／]\s*(\d{1,4})$")
_MOST_SLOTS = 999


@dataclass(frozen=True, slots=True, kw_only=True)
class OldBox:
    """The number of a box, empty where it has none; the slot only where the box has slots."""

    box: str = ""
    slot: int | None = None

    @property
    def label(self) -> str:
        """As in the register's column for it."""
        return f"{self.box} 第{self.slot}位" if self.slot else self.box

    @property
    def words(self) -> str:
        """Where to look, for lists; "" when nobody said."""
        where = f"{self.box} 盒" if self.box else ""
        return f"{where}第 {self.slot} 位" if self.slot else where


NO_BOX = OldBox()


class OldBoxField(forms.CharField):
    """A box and, after a stroke, its slot, as they are read off the label: `旧-07/12`."""

    default_error_messages: ClassVar = {
        "box": f"盒号最多 {_LONGEST} 个字，请照盒上的标签填写。",
        "slot": f"位号要在 1 到 {_MOST_SLOTS} 之间，例如 旧-07/12；没有位号的只写盒号。",
    }

    def __init__(self) -> None:
        """Never required: not every box has a number."""
        super().__init__(
            label="放入盒号", required=False, max_length=_LONGEST + 5,
            widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
            help_text="交回的卡放进哪个待销毁盒，分位的加位号：旧-07/12；没有编号的留空",
        )  # fmt: skip

    def clean(self, value: Any) -> OldBox:
        """Tell box and slot apart."""
        text = super().clean(value).strip()
        parts = _WITH_SLOT.fullmatch(text)
        box, slot = (parts[1], int(parts[2])) if parts else (text, None)
        if len(box) > _LONGEST:
            raise forms.ValidationError(self.error_messages["box"])
        if slot is not None and not 1 <= slot <= _MOST_SLOTS:
            raise forms.ValidationError(self.error_messages["slot"])
        return OldBox(box=box, slot=slot)


def old_box_in(facts: Mapping[str, Any]) -> OldBox:
    """This function will read the box out of what was recorded when a card was taken back."""
    return OldBox(box=facts.get("box", ""), slot=facts.get("slot"))


def old_boxes_of(card_ids: Collection[int]) -> dict[int, str]:
    """This function will say in which boxes cards lie since they were handed in; one query."""
    moved = Position.objects.filter(card_id=OuterRef("subject_id")).values("movement__batch")
    taken = Event.objects.filter(
        subject_kind=Subject.CARD, subject_id__in=card_ids, act__in=HAND_INS,
        batch=Subquery(moved),
    )  # fmt: skip
    rows = taken.values_list("subject_id", "facts")
    return {card_id: old_box_in(json.loads(facts)).words for card_id, facts in rows}
