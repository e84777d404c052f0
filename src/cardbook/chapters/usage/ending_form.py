"""The form with which a card ends, on two screens of a window's computer (Art. 29, 30)."""

from collections.abc import Mapping
from typing import ClassVar

from cardbook.chapters.folding import FoldingForm, Matter, Only, when
from cardbook.chapters.usage.asking import CardForm
from cardbook.lifecycle.facts import EndReason, Plastic

__all__ = ["EndingForm", "Matter", "Only"]


class EndingForm(FoldingForm, CardForm):
    """What is asked first, then the matters as a table if there are any, then the rest."""

    only_with: ClassVar[Mapping[str, Only]] = {
        "died_on": when("reason", EndReason.DEATH),
        "other_card": when("reason", EndReason.DUPLICATE),
        "box": when("plastic", Plastic.GOOD, Plastic.BROKEN),
    }
