"""What is asked when a card is put to use, on our side and on the bank's (Art. 22)."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any, ClassVar

from django import forms

from cardbook.cards.states import Bank
from cardbook.chapters.bank_outlets import county_region, outlets_for
from cardbook.chapters.card_heads import CardHead
from cardbook.chapters.chips import ChipField
from cardbook.chapters.folding import FoldingForm, Only, when
from cardbook.chapters.usage.activation.queries import early_words
from cardbook.chapters.usage.asking import CardForm
from cardbook.chapters.usage.errand_forms import OF_AGENT, AgentFields
from cardbook.chapters.usage.reaching import Bank as BankOffice
from cardbook.chapters.usage.values import PIN_RESULTS, CallResult, VisitResult
from cardbook.law.papers import SOCIAL_CARD
from cardbook.lib.clock import LOCAL
from cardbook.lib.masking import mask_in
from cardbook.lifecycle.facts import (
    BankReported,
    DirectedToBank,
    PinReset,
    Signer,
    SocialActivated,
)
from cardbook.orgs.actors import Actor

_PLAIN = {"autocomplete": "off"}
_FIRST_YEAR = 2000


class ActivateForm(AgentFields, FoldingForm, CardForm):
    """Who asks; that the card was seen is the paper ticked below."""

    act_code = "social.activate"
    only_with: ClassVar[Mapping[str, Only]] = {
        "self_supporting": when("asked_by", Signer.HOLDER),
        **dict.fromkeys(OF_AGENT, when("asked_by", Signer.PROXY)),
    }

    asked_by = forms.ChoiceField(
        label="办理人",
        choices=[(str(one), "代办人" if one is Signer.PROXY else one.label) for one in Signer],
        widget=forms.RadioSelect, initial=str(Signer.HOLDER),
    )  # fmt: skip
    chip = ChipField(
        help_text="光标放在这里，把卡插入读卡器，读出的内容由读卡器填入；没有读卡器的留空，登记为“未读芯片”"
    )
    self_supporting = forms.BooleanField(
        label="满十六周岁、以自己的劳动收入为主要生活来源（已查验）", required=False
    )

    def __init__(self, *args: Any, today: date, **kwargs: Any) -> None:
        """Ask last for what only somebody else's coming needs: the usual keys stay the usual."""
        super().__init__(*args, **kwargs)
        self.today = today
        for name in OF_AGENT:
            self.fields[name] = self.fields.pop(name)
            self.fields[name].is_asked = True  # type: ignore[attr-defined] # read by field.html

    def clean(self) -> dict[str, Any]:
        """Whoever comes for the holder says who he is and until when he is charged."""
        given: dict[str, Any] = super().clean() or {}
        if given.get("asked_by") != Signer.PROXY:
            return given
        self.clean_agent(given, today=self.today)
        return given

    def facts(self) -> SocialActivated:
        """Who asked, and that the card lay there; who came for him the command finds."""
        given = self.cleaned_data
        asked_by = Signer(given["asked_by"])
        by_agent = asked_by is Signer.PROXY
        return SocialActivated(
            asked_by=asked_by,
            card_seen=any(one.kind == SOCIAL_CARD.code for one in self.answered().papers),
            self_supporting=given["self_supporting"],
            mandate_signed_on=given["mandate_signed_on"] if by_agent else None,
            mandate_until=given["mandate_until"] if by_agent else None,
        )


class DirectForm(CardForm):
    """To which outlet of his bank the holder goes."""

    act_code = "bank.direct"

    outlet = forms.TypedChoiceField(
        label="银行网点", coerce=int, widget=forms.RadioSelect,
        error_messages={
            "required": "请选择一个网点。",
            "invalid_choice": "没有这个网点，请重新选择。",
        },
    )  # fmt: skip

    def facts(self) -> DirectedToBank:
        """Where to."""
        return DirectedToBank(outlet=self.cleaned_data["outlet"])


def offer_outlets(form: DirectForm, card: CardHead, by: Actor) -> None:
    """This function will offer the outlets of the card's own bank, the nearest there are.

    Where there is none to choose the page says who enters one.
    """
    found = outlets_for(card_id=card.id, by=by)
    county = county_region(by)
    if not found:
        form.fields["outlet"].help_text = (
            f"{card.bank or '发卡银行'}没有登记营业网点：请市局管理员在“机构”页面设立网点"
            "（写明地址、电话、营业时间），再回来引导；这次先口头告知到本行柜面。"
        )
    elif county and not any(one.region.startswith(county) for one in found):
        form.fields[
            "outlet"
        ].help_text = "本县区没有该行网点，列出的是全市其他网点；请先问持卡人去哪里方便，再选择。"
    form.fields["outlet"].choices = [  # type: ignore[attr-defined]
        (one.pk, f"{one.name}　{one.address}　{one.hours or '营业时间未登记'}　{one.phone}")
        for one in found
    ]


class BankReportForm(CardForm):
    """What the bank's slip says, and when it was so."""

    act_code = "bank.report"
    # Whose half it is, when `name_bank` has said so.
    card_id = 0

    bank = forms.ChoiceField(
        label="银行一侧的状态",
        choices=[(str(one), one.label) for one in Bank if one is not Bank.UNKNOWN],
        widget=forms.RadioSelect,
        error_messages={"required": "请照银行回执选择。"},
    )
    as_of = forms.DateTimeField(
        label="银行办理时间",
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
        error_messages={"required": "请照银行回执填写时间。"},
    )
    source = forms.CharField(
        label="来源", max_length=60, widget=forms.TextInput(attrs=_PLAIN),
        help_text="哪家银行、哪个网点的回执", error_messages={"required": "请写明哪家银行。"},
    )  # fmt: skip
    reference = forms.CharField(
        label="回执号", max_length=40, required=False, widget=forms.TextInput(attrs=_PLAIN)
    )

    def clean_as_of(self) -> datetime:
        """A moment in the time of the office; no slip is older than the cards are."""
        given: datetime = self.cleaned_data["as_of"]
        if given.year < _FIRST_YEAR:
            raise forms.ValidationError("年份不对，请照银行回执填写时间。")
        try:
            return given.astimezone(LOCAL)
        except OverflowError:
            raise forms.ValidationError("时间不对，请照银行回执填写。") from None

    def remarks(self) -> tuple[str, ...]:
        """Of a card nobody was handed yet that the bank has enabled: what to do (Art. 22)."""
        said = early_words(self.card_id) if self.cleaned_data["bank"] == Bank.ACTIVE else ""
        return (said,) if said else ()

    def facts(self) -> BankReported:
        """The bank's word with its source and time."""
        given = self.cleaned_data
        return BankReported(
            bank=given["bank"],
            bank_source=given["source"].strip(),
            bank_as_of=given["as_of"],
            reference=given["reference"].strip(),
        )


def name_bank(form: BankReportForm, card: CardHead, by: Actor) -> None:
    """This function will fill in the card's own bank as the usual source."""
    form.card_id = card.id
    form.fields["source"].initial = card.bank


class PinForm(CardForm):
    """At which terminal, with what result; no password is ever asked for here."""

    act_code = "pin.reset"

    terminal = forms.CharField(
        label="密码键盘（终端）编号", max_length=40, widget=forms.TextInput(attrs=_PLAIN),
        error_messages={"required": "请填写终端编号。"},
    )  # fmt: skip
    result = forms.ChoiceField(
        label="结果", choices=list(PIN_RESULTS.items()),
        widget=forms.RadioSelect,
    )  # fmt: skip

    def facts(self) -> PinReset:
        """That it was done, not what it is."""
        given = self.cleaned_data
        return PinReset(terminal=given["terminal"].strip(), result=given["result"])


class BankFileForm(forms.Form):
    """A bank's file: brought along, or one that came through the exchange."""

    bank = forms.TypedChoiceField(
        label="哪家银行的回报", coerce=int, error_messages={"required": "请选择银行。"}
    )
    file = forms.FileField(
        label="回报文件", help_text="银行给的 ZT 文件，GBK，首行写明条数",
        error_messages={"required": "请选择文件。", "empty": "文件是空的。"},
    )  # fmt: skip
    arrived = forms.ChoiceField(
        required=False, widget=forms.HiddenInput,
        error_messages={"invalid_choice": "这份来件已经不在，可能刚由别人登记。请刷新页面。"},
    )  # fmt: skip

    def __init__(
        self, *args: Any, banks: Sequence[BankOffice], waiting: Sequence[str], **more: Any
    ) -> None:
        """Only banks within reach, only files that wait; what came brings its bank along."""
        super().__init__(*args, **more)
        self.fields["bank"].choices = [(bank.id, bank.name) for bank in banks]  # type: ignore[attr-defined]
        self.fields["arrived"].choices = [(key, key) for key in waiting]  # type: ignore[attr-defined]
        if self.data.get("arrived"):
            self.fields["bank"].required = self.fields["file"].required = False


class CallForm(forms.Form):
    """What came of calling a holder."""

    result = forms.ChoiceField(
        label="联系结果", choices=CallResult.choices, widget=forms.RadioSelect
    )
    words = forms.CharField(
        label="说明", max_length=200, required=False, widget=forms.TextInput(attrs=_PLAIN),
        help_text="不要写证件号码、电话",
    )  # fmt: skip

    def clean_words(self) -> str:
        """A number typed here is hidden."""
        return mask_in(self.cleaned_data["words"]).strip()


class SettleForm(forms.Form):
    """What became of one holder at the outlet."""

    key = forms.CharField(widget=forms.HiddenInput, max_length=64)
    visit = forms.IntegerField(widget=forms.HiddenInput)
    step = forms.ChoiceField(choices=[("arrived", "到达"), *VisitResult.choices])
    words = forms.CharField(max_length=200, required=False)

    def clean(self) -> dict[str, object]:
        """Who could not be served is told why."""
        given = super().clean() or {}
        if given.get("step") == VisitResult.REFUSED and not str(given.get("words", "")).strip():
            self.add_error("words", "请写明未能启用的原因，持卡人和窗口都要知道。")
        return given
