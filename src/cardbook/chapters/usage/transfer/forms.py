"""What is asked when an insurance relation moves or ends, or a card is stopped (Art. 30, 31)."""

from collections.abc import Mapping
from typing import Any, ClassVar

from django import forms

from cardbook.chapters.card_heads import CardHead
from cardbook.chapters.folding import Only, when
from cardbook.chapters.old_boxes import OldBoxField
from cardbook.chapters.usage.asking import CardForm, words_field
from cardbook.chapters.usage.ending_form import EndingForm
from cardbook.chapters.usage.plastic import only_what_is_there, plastic_field
from cardbook.chapters.usage.unfetched import unfetched_of
from cardbook.chapters.usage.values import Decision
from cardbook.lifecycle.facts import (
    CardFrozen,
    CardUnfrozen,
    EndReason,
    Plastic,
    RelationEnded,
    RelationKept,
)
from cardbook.orgs.actors import Actor

_REASONS = (EndReason.TRANSFER, EndReason.TERMINATION)
_PLAIN = {"autocomplete": "off"}
_TAKEN_OUT = [
    (str(Plastic.GOOD), "已取出，好卡"), (str(Plastic.BROKEN), "已取出，坏卡"),
    (str(Plastic.NONE), "还没有取出：列入“转出待办”，取出后再注销"),
]  # fmt: skip


_NO_PLACE = "请照转移凭据填写转往地、接收机构。"
# What the registers say of who goes nowhere.
_ENDED = "解除"


def _place(*, required: bool = True) -> forms.CharField:
    return forms.CharField(
        label="转往地、接收机构", max_length=60, widget=forms.TextInput(attrs=_PLAIN),
        required=required, error_messages={"required": _NO_PLACE},
    )  # fmt: skip


def _list_number() -> forms.CharField:
    return forms.CharField(
        label="转移名单或联系函号", max_length=40, required=False,
        widget=forms.TextInput(attrs=_PLAIN),
    )  # fmt: skip


class EndForm(EndingForm):
    """Where the relation went, or that it ended; what came back."""

    act_code = "relation.end"
    only_with: ClassVar[Mapping[str, Only]] = {
        **EndingForm.only_with,
        "to_place": when("reason", EndReason.TRANSFER),
    }

    reason = forms.ChoiceField(
        label="情况", choices=[(str(one), one.label) for one in _REASONS],
        widget=forms.RadioSelect, initial=str(EndReason.TRANSFER),
    )  # fmt: skip
    to_place = _place(required=False)
    list_number = _list_number()
    plastic = plastic_field()
    box = OldBoxField()
    unfetched = forms.ChoiceField(
        label="还没有发放的卡", required=False, choices=_TAKEN_OUT, widget=forms.RadioSelect,
        help_text="持卡人名下在保管处、还没有领的卡：取出看卡后选择，随同注销，放入待销毁处",
        error_messages={"required": "请选择还没有发放的卡怎样办。"},
    )  # fmt: skip
    words = words_field("说明")

    def clean(self) -> dict[str, Any]:
        """Whoever moves goes somewhere; a relation that ends goes nowhere."""
        given: dict[str, Any] = super().clean() or {}
        if given.get("reason") == EndReason.TERMINATION:
            given["to_place"] = given.get("to_place") or _ENDED
        elif not given.get("to_place", "").strip() and "to_place" not in self.errors:
            self.add_error("to_place", _NO_PLACE)
        return given

    def taken_out(self) -> Plastic:
        """In what condition the card nobody fetched was taken from its shelf, if it was."""
        return Plastic(self.cleaned_data.get("unfetched") or Plastic.NONE)

    def facts(self) -> RelationEnded:
        """Where to, and the card with it or not."""
        given = self.cleaned_data
        return RelationEnded(
            reason=EndReason(given["reason"]),
            to_place=given["to_place"].strip(),
            plastic=Plastic(given["plastic"]),
            list_number=given["list_number"].strip(),
            words=given["words"].strip(),
        )


def ask_about_unfetched(form: EndForm, card: CardHead, by: Actor) -> None:
    """This function will ask what becomes of a card on the shelf, where the holder has one."""
    found = [one.number for one in unfetched_of(card.id) if one.at_hand]
    if not found and not form.data.get("unfetched"):
        del form.fields["unfetched"]
    if not found:
        return
    field = form.fields["unfetched"]
    field.required, field.label = True, f"还没有发放的卡 {'、'.join(found)}"


class EndUnissuedForm(EndForm):
    """The same for a card nobody fetched: taken from its shelf, the act itself moves it."""

    act_code = "relation.end_unissued"

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """The card is there: only its condition is asked, and no box for old cards."""
        super().__init__(*args, **kwargs)
        del self.fields["box"], self.fields["unfetched"]
        only_what_is_there(self.fields["plastic"])


class KeepForm(CardForm):
    """Where the relation went, and that the card stays."""

    act_code = "relation.keep"

    to_place = _place()
    list_number = _list_number()
    words = words_field("保留的理由", missing="请写明为何继续使用（例如：省内转移，卡通用）。")

    def facts(self) -> RelationKept:
        """Decided and told."""
        given = self.cleaned_data
        return RelationKept(
            to_place=given["to_place"].strip(),
            list_number=given["list_number"].strip(),
            words=given["words"].strip(),
        )


class FreezeForm(CardForm):
    """What is suspected."""

    act_code = "card.freeze"

    case_number = forms.CharField(
        label="线索编号", max_length=40, required=False, widget=forms.TextInput(attrs=_PLAIN)
    )
    words = words_field("涉嫌情形", missing="请写明何时、何地、何人反映的冒用、盗用情形。")

    def facts(self) -> CardFrozen:
        """Why it is stopped."""
        given = self.cleaned_data
        return CardFrozen(words=given["words"].strip(), case_number=given["case_number"].strip())


class UnfreezeForm(CardForm):
    """What the inquiry found."""

    act_code = "card.unfreeze"

    words = words_field("查实结果", missing="请写明查实的结果和依据。")

    def facts(self) -> CardUnfrozen:
        """Why it may be used again."""
        return CardUnfrozen(words=self.cleaned_data["words"].strip())


class SettleForm(forms.Form):
    """What was decided of one person of a list of those who come."""

    incoming = forms.IntegerField(widget=forms.HiddenInput, max_value=2**63 - 1)
    decision = forms.ChoiceField(
        label="决定", choices=Decision.choices,
        error_messages={"required": "请选择怎样办的。"},
    )  # fmt: skip
    words = words_field("处理结果", missing="请写明处理结果。")


class LeavingForm(forms.Form):
    """How it was with people of a list of those who leave for whom no act is needed."""

    words = words_field("情况", missing="请写明情况（例如：本市没有他的卡；误列）。")


class ReopenForm(forms.Form):
    """Why a row of either list is opened again."""

    row = forms.IntegerField(widget=forms.HiddenInput, max_value=2**63 - 1)
    words = words_field("更正原因", missing="请写明更正原因。")
