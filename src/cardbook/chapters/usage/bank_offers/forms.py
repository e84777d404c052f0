"""What is asked for a commitment of a bank (Art. 24)."""

from django import forms

from cardbook.chapters.usage.bank_offers.queries import banks_of
from cardbook.chapters.usage.values import OfferKind
from cardbook.orgs.actors import Actor
from cardbook.registers.choosing import DayField

_PLAIN = {"autocomplete": "off"}


def _line(
    label: str, most: int, *, required: bool = False, help_text: str = ""
) -> forms.CharField:
    return forms.CharField(
        label=label, max_length=most, required=required, help_text=help_text,
        widget=forms.TextInput(attrs=_PLAIN), error_messages={"required": f"请填写{label}。"},
    )  # fmt: skip


class OfferForm(forms.Form):
    """Which bank promises what, where, from when to when."""

    bank = forms.TypedChoiceField(
        label="银行", coerce=int,
        error_messages={
            "required": "请选择银行。", "invalid_choice": "只能登记本行的承诺，请重新选择。"
        },
    )  # fmt: skip
    kind = forms.ChoiceField(
        label="类别", choices=OfferKind.choices, widget=forms.RadioSelect,
        error_messages={"required": "请选择类别。"},
    )  # fmt: skip
    title = _line("内容", 100, required=True, help_text="例如：免收年费和小额账户管理费")
    place = _line("地点", 200, help_text="网点、自助设备写明地址")
    words = _line("说明", 300)
    since = DayField(label="自", error_messages={"required": "请选择起始日。"})
    until = DayField(
        label="至（含）", error_messages={"required": "请选择截止日；到期自动停止公布。"}
    )

    def offer_banks(self, by: Actor) -> None:
        """This function will offer the banks the actor speaks for."""
        self.fields["bank"].choices = banks_of(by)  # type: ignore[attr-defined]

    def clean(self) -> dict[str, object]:
        """Days in order; what stands somewhere says where."""
        given = super().clean() or {}
        since, until = given.get("since"), given.get("until")
        if since and until and until < since:
            self.add_error("until", "截止日不能早于起始日。")
        if given.get("kind") in ("outlet", "machine") and not given.get("place"):
            self.add_error("place", "网点、自助设备请写明地点，持卡人要找得到。")
        return given


class NamedOfferForm(forms.Form):
    """Which commitment is confirmed or taken back."""

    offer = forms.IntegerField(widget=forms.HiddenInput)
