"""Which hand-over a form is printed of: those within sight, the newest first (Art. 9, 13, 17)."""

from typing import Any, ClassVar

from django import forms
from django.db.models import QuerySet

from cardbook.custody.models import Purpose, Shipment
from cardbook.lib.clock import LOCAL
from cardbook.orgs.actors import Actor
from cardbook.registers.choosing import ChooseForm

_SHOWN = 200


class ShipmentChooser(ChooseForm):
    """A hand-over from or to an office within sight; the newest when nothing was chosen."""

    purpose: ClassVar[Purpose]
    title: ClassVar[str] = "交接单"

    shipment = forms.ModelChoiceField(
        queryset=Shipment.objects.none(), empty_label=None,
        error_messages={"invalid_choice": "没有这张交接单，或不在您的管辖范围内。"},
    )  # fmt: skip

    @staticmethod
    def seen_by(by: Actor) -> QuerySet[Shipment]:
        """What an actor may print: nothing, unless a kind of hand-over says more."""
        return Shipment.objects.none()

    def narrow(self) -> None:
        """Hand-overs within sight; the menu shows the newest."""
        all_ = Shipment.objects.filter(purpose=self.purpose)
        found = all_ if self.by is None else self.seen_by(self.by)
        field = self.fields["shipment"]
        field.label = self.title
        field.queryset = found.select_related("sender", "receiver").order_by("-id")  # type: ignore[attr-defined]
        field.widget.choices = [
            (one.pk, f"{one}　{one.sent_at.astimezone(LOCAL):%Y-%m-%d}　{one.sender.name}")
            for one in field.queryset[:_SHOWN]  # type: ignore[attr-defined]
        ]

    def usual(self) -> dict[str, Any]:
        """The newest hand-over."""
        newest = self.fields["shipment"].queryset.first()  # type: ignore[attr-defined]
        return {"shipment": str(newest.pk) if newest else ""}
