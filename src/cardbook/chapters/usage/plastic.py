"""In what condition a card came back: asked alike wherever one is handed in (Art. 26, 29, 30)."""

from collections.abc import Mapping
from typing import Any

from django import forms

from cardbook.chapters.old_boxes import OldBox
from cardbook.lifecycle.facts import OldCardHandedIn, Plastic


def plastic_field() -> forms.ChoiceField:
    """This function will ask in what condition the card itself came back, if it did."""
    return forms.ChoiceField(
        label="卡片实物", choices=[(str(one), one.label) for one in Plastic],
        widget=forms.RadioSelect, help_text="看卡后选择；交回的卡入待销毁存放处",
        error_messages={"required": "请看卡后选择。"},
    )  # fmt: skip


def only_what_is_there(field: forms.Field) -> None:
    """This function will ask after a card that is taken from its shelf: it cannot be missing."""
    assert isinstance(field, forms.ChoiceField)
    field.choices = [(str(one), one.label) for one in Plastic if one is not Plastic.NONE]
    field.help_text = "从盒、抽屉或待分类库取出，看卡后选择；随即放入待销毁卡存放处"


def came_back(given: Mapping[str, Any]) -> OldCardHandedIn | None:
    """This function will say how the card came back and into which box it was laid, if it did."""
    plastic = Plastic(given["plastic"])
    if plastic is Plastic.NONE:
        return None
    laid: OldBox = given["box"]
    return OldCardHandedIn(plastic=plastic, box=laid.box, slot=laid.slot)
