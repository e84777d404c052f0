"""Turns what somebody uploads or finds out into the commands' arguments (Art. 6, 20)."""

from collections.abc import Sequence

from django import forms

from cardbook.cards.states import Social
from cardbook.chapters.intake.opening.queries import ListKind
from cardbook.registers.choosing import DayField
from cardbook.registers.signing import second_name, second_password


class UploadForm(forms.Form):
    """One old ledger: where it comes from, of which day, for which county."""

    source = forms.CharField(
        label="来源", max_length=60,
        error_messages={"required": "请写明来源，如“省平台导出”“城关镇纸质台账”。"},
        help_text="同一来源分几份导入的，名称写得一样",
    )  # fmt: skip
    as_of = DayField(
        label="截止日",
        error_messages={"required": "请填写截止日。", "invalid": "请填写日期。"},
        help_text="来源导出或抄录的那一天；没有写日期的卡都按这一天登记",
    )
    card_body = forms.ChoiceField(label="卡管机构")
    file = forms.FileField(
        label="台账文件",
        help_text="CSV、XLSX 或 XLS；列按表头名称对应：卡号、证件号码、姓名、状态、存放地点……",
        error_messages={"required": "请选择文件。", "empty": "文件是空的，请重新导出。"},
        widget=forms.FileInput(attrs={"accept": ".csv,.txt,.xlsx,.xls"}),
    )

    def __init__(self, *args: object, card_bodies: Sequence[tuple[str, str]], **kwargs: object):
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        choice = self.fields["card_body"]
        assert isinstance(choice, forms.ChoiceField)
        choice.choices = list(card_bodies)


class SecondForm(forms.Form):
    """The second person's own name and password; asked once the county works with this book."""

    second_name = second_name(label="复核人用户名")
    second_password = second_password(label="复核人密码")


# What can be done on a list: value, words on the button.
ACTIONS = {
    "confirm": "维持现登记",
    "living": "查明健在：维持现登记",
    "kept": "查明下落：在库",
    "held": "查明下落：在持卡人手中",
    **{
        f"function-{social}": f"查明社保功能：{social.label}"
        for social in (Social.SEALED, Social.ACTIVE, Social.LOCKED, Social.CANCELLED)
    },
}


class SettleForm(SecondForm):
    """What was found out about the ticked cards, how, and who signs with whom."""

    key = forms.CharField(widget=forms.HiddenInput, max_length=64)
    action = forms.ChoiceField(label="查明结果", error_messages={"required": "请选择查明结果。"})
    words = forms.CharField(
        label="怎样查明的", max_length=200,
        error_messages={"required": "请写明怎样查明的，供日后核查。"},
        help_text="如“开柜查到，在 A-1-03 盒”“电话问过本人，卡在家中”",
    )  # fmt: skip

    field_order = ("key", "action", "words", "second_name", "second_password")

    def __init__(self, *args: object, kind: ListKind, **kwargs: object):
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        choice = self.fields["action"]
        assert isinstance(choice, forms.ChoiceField)
        choice.choices = [
            ("", "请选择"),
            *(
                (value, words)
                for value, words in ACTIONS.items()
                if value.partition("-")[0] in kind.acts
            ),
        ]
