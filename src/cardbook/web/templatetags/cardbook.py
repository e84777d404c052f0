"""What templates cannot say alone: a form's control in the dress of the house, a moment of a list.

Serves no article; `components/fields.html` uses it for every form of every slice.
"""

from datetime import datetime

from django import template
from django.forms import BoundField, CheckboxInput, RadioSelect, Select
from django.forms.widgets import CheckboxSelectMultiple
from django.utils.safestring import SafeString

from cardbook.lib.clock import to_the_minute

register = template.Library()


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
