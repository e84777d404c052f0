"""What templates cannot say alone: a form's control in the dress of the house, a moment of a list.

Serves no article; `components/fields.html` uses it for every form of every slice.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django import template
from django.forms import BoundField, CheckboxInput, RadioSelect, Select
from django.forms.widgets import CheckboxSelectMultiple
from django.utils.safestring import SafeString

from cardbook.chapters.card_heads import act_address
from cardbook.lib.clock import to_the_minute
from cardbook.lifecycle.acts import act
from cardbook.lifecycle.refusals import Refusal

register = template.Library()


@dataclass(frozen=True, slots=True)
class Link:
    """Where an act is done, and what it is called."""

    url: str
    title: str


@register.simple_tag(takes_context=True)
def way_out_of(context: Mapping[str, Any], refusal: Refusal) -> Link | None:
    """This function will lead to the act that clears the way, where the actor's post does it."""
    return remedy_for(context, refusal.remedy, refusal.subject_id)


@register.simple_tag(takes_context=True)
def remedy_for(context: Mapping[str, Any], code: str, card_id: int | None) -> Link | None:
    """This function will lead to an act on a card, where the actor's post does it."""
    actor = context.get("actor")
    if not code or card_id is None or actor is None or actor.role not in act(code).who:
        return None
    url = act_address(code=code, card_id=card_id)
    return Link(url, act(code).title) if url else None


@register.filter
def control(field: BoundField) -> SafeString:
    """This function will render the field's control with the classes of the style sheet."""
    widget = field.field.widget
    if isinstance(widget, (RadioSelect, CheckboxSelectMultiple)):
        return field.as_widget()
    classes = "form-control"
    if isinstance(widget, CheckboxInput):
        classes = "form-check-input"
    elif isinstance(widget, Select):
        classes = "form-select"
    given = widget.attrs.get("class", "")
    return field.as_widget(attrs={"class": f"{classes} {given}".strip()})


@register.filter
def is_checkbox(field: BoundField) -> bool:
    """This function will say whether the label stands behind the control."""
    return isinstance(field.field.widget, CheckboxInput)


@register.filter
def is_group(field: BoundField) -> bool:
    """This function will say whether the field is several controls under one legend."""
    return isinstance(field.field.widget, (RadioSelect, CheckboxSelectMultiple))


@register.filter
def moment(at: datetime) -> str:
    """This function will say a moment to the minute, as `date:"Y-m-d H:i"` does for ten times the
    time: for lists, where it stands in every row.
    """
    return to_the_minute(at)
