"""Turns what the screens of applications send into what is wanted and signed (Art. 4, 25)."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from django import forms

from cardbook.cards.states import Fee, Progress
from cardbook.chapters.asked import AskedForm
from cardbook.chapters.usage.apply_forms import ApplyForm, line
from cardbook.chapters.usage.applying import Wanted
from cardbook.chapters.usage.captured import Captured
from cardbook.chapters.usage.production.commands import AnswerKind
from cardbook.chapters.usage.production.queries import ORDERS, STATES
from cardbook.chapters.usage.reaching import Bank
from cardbook.chapters.usage.values import Delivery
from cardbook.law.grounds import GROUNDS
from cardbook.lib.citizen_number import parse
from cardbook.lib.names import parse_name
from cardbook.lib.plain import InputError
from cardbook.lifecycle.facts import ApplyReason, Plastic
from cardbook.registers.choosing import DayField

FIRST_REASONS = (ApplyReason.FIRST, ApplyReason.TRANSFER_IN)


class CaptureForm(ApplyForm):
    """A first card: who, on what ground and where that was seen; free of charge (Art. 4)."""

    number = forms.CharField(
        label="身份证号", max_length=40, error_messages={"required": "请读身份证或输入号码。"},
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )  # fmt: skip
    reason = forms.ChoiceField(
        label="申领类型", choices=[(str(one), one.label) for one in FIRST_REASONS],
        initial=str(ApplyReason.FIRST),
    )  # fmt: skip
    ground = forms.ChoiceField(
        label="发放依据", choices=[("", "请选择"), *GROUNDS.items()],
        error_messages={"required": "请选择参加的社会保险或领取的补贴（第四条）。"},
    )  # fmt: skip
    ground_source = forms.CharField(
        label="在哪里查到", max_length=100,
        error_messages={"required": "请写明在哪个系统、哪份材料上查到。"},
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        help_text="如：省社保系统参保查询、参保证明",
    )  # fmt: skip

    def clean_number(self) -> str:
        """A number as numbers are written."""
        try:
            return parse(self.cleaned_data["number"], today=self.today).number
        except InputError as problem:
            raise forms.ValidationError(problem.sentence) from problem

    def clean_name(self) -> str:
        """A first card needs a name."""
        text: str = self.cleaned_data["name"]
        if not text:
            raise forms.ValidationError("请照身份证填写姓名。")
        try:
            return parse_name(text).name
        except InputError as problem:
            raise forms.ValidationError(f"{problem.sentence}。") from problem

    def wanted(self) -> Wanted:
        """What is asked for, from a valid form."""
        given = self.cleaned_data
        sex = str(parse(given["number"], today=self.today).sex.value)
        captured = self.completed(Captured(name=given["name"], number=given["number"], sex=sex))
        return Wanted(
            reason=ApplyReason(given["reason"]),
            bank_id=given["bank"],
            captured=captured,
            photo=self.the_photo(),
            delivery=Delivery(given["delivery"]),
            ground=given["ground"],
            ground_source=given["ground_source"],
            words=given["words"],
        )


class CorrectForm(ApplyForm):
    """What is to be mended or completed; an empty field keeps what was captured."""

    act_code = "application.correct"

    old_plastic = forms.ChoiceField(
        label="旧卡状态", choices=[(str(one), one.label) for one in Plastic], required=False
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Nobody signs here: what was mended is confirmed on a page of its own."""
        super().__init__(*args, **kwargs)
        for name in ("id_seen", "signer", "self_supporting", "signing", "signature"):
            del self.fields[name]

    def changed(self) -> tuple[str, ...]:
        """Which fields were filled in, by their titles, from a valid form."""
        given = self.cleaned_data
        names = (
            "name",
            "bank_name",
            "phone",
            "nation",
            "address",
            "post_address",
            "guardian_name",
            "guardian_relation",
            "photo",
        )
        found = [str(self.fields[name].label) for name in names if given.get(name)]
        if "bank" in self.changed_data:
            found.append("制卡银行")
        return tuple(found) or ("核对无改动",)

    def wanted(self, known: Captured, *, reason: ApplyReason) -> Wanted:
        """The whole of it after mending, from a valid form."""
        given = self.cleaned_data
        return Wanted(
            reason=reason,
            bank_id=given["bank"],
            captured=self.completed(known),
            photo=self.the_photo(),
            delivery=Delivery(given["delivery"]),
            old_plastic=Plastic(given["old_plastic"] or Plastic.NONE),
            words=given["words"],
        )


class ConfirmForm(ApplyForm):
    """Who read what was captured, and how he signed."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Nothing but the signature is asked here."""
        super().__init__(*args, **kwargs)
        for name in ("bank", "photo", "photo_ok", "photo_compared", "delivery"):
            del self.fields[name]

    def clean(self) -> dict[str, Any]:
        """The guardian's name was captured with the rest."""
        return AskedForm.clean(self) or {}


class SubmitForm(forms.Form):
    """Which applications go to their banks."""

    key = forms.CharField(max_length=64, widget=forms.HiddenInput)
    ids = forms.TypedMultipleChoiceField(
        coerce=int, error_messages={"required": "请勾选要提交的申请。"}
    )

    def __init__(self, *args: Any, waiting: list[int], **kwargs: Any) -> None:
        """Only what waits may be chosen."""
        super().__init__(*args, **kwargs)
        self.fields["ids"].choices = [(id_, str(id_)) for id_ in waiting]  # type: ignore[attr-defined]


class AnswerForm(SubmitForm):
    """What the bank said of the chosen applications, when, and how we know."""

    kind = forms.ChoiceField(
        label="银行答复", choices=[(str(one), one.label) for one in AnswerKind],
        error_messages={"required": "请选择答复。"},
    )  # fmt: skip
    words = line("原因", most=200, help_text="退回修改的必须写明")
    reference = line("银行回执号", most=60)
    source = forms.CharField(
        label="答复来源", max_length=60, initial="银行柜员登记",
        error_messages={"required": "请写明答复从何而来。"},
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )  # fmt: skip
    answered_on = DayField(label="答复日期")


class SheetForm(forms.Form):
    """A bank's answer sheet: the file, whose it is, when it was written; or one that came."""

    bank = forms.TypedChoiceField(
        label="哪家银行的回盘", coerce=int, error_messages={"required": "请选择银行。"}
    )
    file = forms.FileField(
        label="回盘文件",
        help_text="CSV 或 Excel，须有“申请号”“答复”两列；或 SH 审核结果、BK 卡号对照、卡商回盘",
        error_messages={"required": "请选择文件。", "empty": "文件是空的。"},
    )  # fmt: skip
    tab = forms.CharField(
        label="工作表", required=False, max_length=31,
        help_text="工作簿里几张工作表都写着答复的，填要登记的一张的名称，一张一张登记",
    )  # fmt: skip
    answered_on = DayField(label="回盘日期", error_messages={"required": "请填写回盘日期。"})
    arrived = forms.ChoiceField(
        required=False, widget=forms.HiddenInput,
        error_messages={"invalid_choice": "这份来件已经不在，可能刚由别人登记。请刷新页面。"},
    )  # fmt: skip

    def __init__(
        self, *args: Any, banks: Sequence[Bank], waiting: Sequence[str] = (), **kwargs: Any
    ) -> None:
        """Only banks within reach; a file that came brings its bank and its day along."""
        super().__init__(*args, **kwargs)
        self.fields["bank"].choices = [(bank.id, bank.name) for bank in banks]  # type: ignore[attr-defined]
        self.fields["arrived"].choices = [(key, key) for key in waiting]  # type: ignore[attr-defined]
        if self.data.get("arrived"):
            for name in ("bank", "file", "answered_on"):
                self.fields[name].required = False


class ListForm(forms.Form):
    """What a list of applications shows."""

    q = forms.CharField(required=False, max_length=40)
    state = forms.ChoiceField(choices=list(STATES.items()), required=False)
    progress = forms.ChoiceField(choices=[("", "全部"), *Progress.choices()], required=False)
    fee = forms.ChoiceField(choices=[("", "全部"), *Fee.choices()], required=False)
    bank = forms.IntegerField(required=False, min_value=1, max_value=2**62)
    order = forms.ChoiceField(
        choices=[(key, title) for key, (title, _) in ORDERS.items()], required=False
    )


class PersonForm(forms.Form):
    """Of whom the province is asked before an application is taken."""

    number = forms.CharField(
        max_length=40, error_messages={"required": "请先读身份证或输入号码。"}
    )
    name = forms.CharField(max_length=50, error_messages={"required": "请先照身份证填写姓名。"})

    def __init__(self, *args: Any, today: date, **kwargs: Any) -> None:
        """Nobody was born after `today`."""
        super().__init__(*args, **kwargs)
        self.today = today

    def clean_number(self) -> str:
        """A number as numbers are written."""
        try:
            return parse(self.cleaned_data["number"], today=self.today).number
        except InputError as problem:
            raise forms.ValidationError(problem.sentence) from problem


class CheckForm(forms.Form):
    """What was found out of the checks that are ticked."""

    words = forms.CharField(
        label="怎样查清的", max_length=200, error_messages={"required": "请写明核查结果。"},
        help_text="不写姓名、号码；再查一次的不用填写",
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )  # fmt: skip


class WithdrawForm(AskedForm):
    """Why an application is taken back."""

    act_code = "application.withdraw"

    key = forms.CharField(widget=forms.HiddenInput, max_length=64)
    words = forms.CharField(
        label="撤回原因",
        max_length=200,
        error_messages={"required": "请写明撤回原因，供日后核查。"},
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        help_text="一句话写明，供日后核查",
    )
