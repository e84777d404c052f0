"""Turns what a manager orders and what two people count into arguments (Art. 5, 20)."""

from collections.abc import Iterable, Sequence
from typing import Any

from django import forms

from cardbook.chapters.duties.organizations.queries import StockLine
from cardbook.law.roles import Role
from cardbook.registers.choosing import DayField
from cardbook.registers.signing import second_name, second_password

Choices = Sequence[tuple[str, str]]
KINDS = (
    ("card_body", "社保卡综合管理机构"), ("agency", "社会保险经办机构"),
    ("window", "社保卡综合服务窗口"), ("bank", "合作银行"), ("branch", "合作银行网点"),
    ("town", "镇（街道）"), ("village", "村（社区）"), ("unit", "参保单位"),
)  # fmt: skip

_NOBODY_ELSE = "没有同类的机构可以承接；要拆分的，先在上级机构的页面“设立”一个"
_ON_THE_DAY = "今天或以前的日期，以批文为准；卡要当天移交，不能预先办"


class DateForm(forms.Form):
    """As of which day the tree is shown."""

    on = DayField(
        label="查看日期", required=False,
    )  # fmt: skip


class OrderForm(forms.Form):
    """What every change has: from which day, on which paper."""

    key = forms.CharField(widget=forms.HiddenInput, max_length=64)
    on = DayField(
        label="自哪天起",
        help_text="以批文为准；以后的日期登记为计划，到那天自动生效，此前可以收回",
    )
    words = forms.CharField(
        label="依据", max_length=200,
        error_messages={"required": "请写明批文或决定，供日后核查。"},
        help_text="批文文号或决定，如“商政函〔2026〕12号”",
    )  # fmt: skip


class RenameForm(OrderForm):
    """The new name."""

    name = forms.CharField(
        label="新名称", max_length=100, error_messages={"required": "请填写新名称。"}
    )
    field_order = ("key", "name", "on", "words")


class _Chosen(OrderForm):
    """An order about another office, chosen from a menu."""

    other = forms.ChoiceField(
        label="机构", error_messages={"required": "请选择机构。", "invalid_choice": "请重新选择。"}
    )
    field_order: Iterable[str] | None = ("key", "other", "on", "words")

    def __init__(self, *args: Any, choices: Choices, **kwargs: Any):
        super().__init__(*args, **kwargs)
        field = self.fields["other"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [("", "请选择"), *choices]


class MoveForm(_Chosen):
    """Under whom it stands from then on."""

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields["other"].label = "新的上级机构"


class MergeForm(_Chosen):
    """Who carries on; with places chosen, only these go along and the office itself stays."""

    places = forms.MultipleChoiceField(
        label="只移交这些存放处（拆分）", required=False, widget=forms.CheckboxSelectMultiple,
        help_text="一个都不选，就是整个并入：卡、岗位、下级机构全部移交，本机构撤销",
    )  # fmt: skip
    field_order = ("key", "other", "places", "on", "words")

    def __init__(self, *args: Any, choices: Choices, stock: Sequence[StockLine], **kwargs: Any):
        super().__init__(*args, choices=choices, **kwargs)
        self.fields["other"].label = "由哪个机构承接"
        if not choices:
            self.fields["other"].help_text = _NOBODY_ELSE
        self.fields["on"].help_text = _ON_THE_DAY
        field = self.fields["places"]
        assert isinstance(field, forms.MultipleChoiceField)
        field.choices = [
            (str(line.account_id), f"{line.place}（{line.cards} 张）") for line in stock
        ]
        if not stock:
            del self.fields["places"]


class JoinForm(_Chosen):
    """Into which county it goes."""

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields["other"].label = "并入哪个县区"
        self.fields["on"].help_text = _ON_THE_DAY


class FoundForm(OrderForm):
    """A new office under this one."""

    code = forms.CharField(
        label="编号", max_length=40, error_messages={"required": "请填写编号。"}
    )
    name = forms.CharField(
        label="名称", max_length=100, error_messages={"required": "请填写名称。"}
    )
    kind = forms.ChoiceField(label="类别", choices=KINDS)
    field_order = ("key", "name", "code", "kind", "on", "words")


class StartForm(OrderForm):
    """From which day a county works with this book."""

    day = DayField(label="启用日", help_text="此前的卡登记为期初；此后的期初补登须两人签名")
    field_order = ("key", "day", "on", "words")


class AppointForm(OrderForm):
    """Who gets which post."""

    username = forms.CharField(
        label="用户名", max_length=60, error_messages={"required": "请填写用户名。"},
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )  # fmt: skip
    name = forms.CharField(
        label="姓名", max_length=60, required=False, help_text="新来的人才填：同时开立账号",
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )  # fmt: skip
    role = forms.ChoiceField(
        label="岗位", error_messages={"invalid_choice": "本机构不设这个岗位，请重新选择。"}
    )
    field_order = ("key", "username", "name", "role", "on", "words")

    def __init__(self, *args: Any, roles: Iterable[Role], **kwargs: Any):
        super().__init__(*args, **kwargs)
        field = self.fields["role"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [(str(role), role.label) for role in roles]


class HandOverForm(OrderForm):
    """The count of every place, and both signatures."""

    def __init__(self, *args: Any, stock: Sequence[StockLine], **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields["on"].help_text = _ON_THE_DAY
        for line in stock:
            self.fields[f"count_{line.account_id}"] = forms.IntegerField(
                label=f"{line.place} {line.label}".strip(), min_value=0,
                error_messages={"required": "请填写点到的张数。", "invalid": "请填写整数。"},
                widget=forms.NumberInput(attrs={"autocomplete": "off"}),
            )  # fmt: skip
        self.fields["incoming"] = second_name(label="接收人用户名")
        self.fields["incoming_password"] = second_password(label="接收人密码")
        self.fields["outgoing_password"] = second_password(label="移交人密码")

    def counted(self) -> dict[int, int]:
        """How many cards were found in each place."""
        return {
            int(name.removeprefix("count_")): value
            for name, value in self.cleaned_data.items()
            if name.startswith("count_")
        }
