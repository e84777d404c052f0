"""Turns what a manager orders into commands' arguments (Art. 5, 8 para. 1)."""

from collections.abc import Sequence
from typing import Any

from django import forms

from cardbook.chapters.duties.campaigns.commands import Order
from cardbook.chapters.duties.campaigns.queries import SORTS, VIEWS, Assignable, Task, groups
from cardbook.registers.choosing import DayField

MOST = 10_000_000


class ListForm(forms.Form):
    """Which campaigns are shown."""

    view = forms.ChoiceField(choices=list(VIEWS.items()), required=False)
    sort = forms.ChoiceField(choices=list(SORTS.items()), required=False)
    q = forms.CharField(max_length=60, required=False)


class CampaignForm(forms.Form):
    """A campaign with a target for each office that has a part; empty means none."""

    key = forms.CharField(widget=forms.HiddenInput, max_length=64)
    title = forms.CharField(
        label="名称", max_length=100, error_messages={"required": "请填写名称。"},
        help_text="如“2026 年城乡居民社保卡集中发放”",
    )  # fmt: skip
    document = forms.CharField(
        label="文号", max_length=100, error_messages={"required": "请填写文号。"}
    )
    group = forms.ChoiceField(label="人群", choices=(), required=False)
    since = DayField(label="开始日期")
    due_on = DayField(label="完成期限")
    words = forms.CharField(
        label="要求", max_length=500, required=False, widget=forms.Textarea(attrs={"rows": 3})
    )

    def __init__(self, *args: Any, offices: Sequence[Assignable], **kwargs: Any) -> None:
        """Add a target for each office."""
        super().__init__(*args, **kwargs)
        self.offices = offices
        group = self.fields["group"]
        assert isinstance(group, forms.ChoiceField)
        group.choices = [("", "全部人群"), *groups()]
        for office in offices:
            self.fields[f"target_{office.id}"] = forms.IntegerField(
                label=f"{office.name}目标张数", required=False, min_value=1, max_value=MOST,
                error_messages={"min_value": "目标至少 1 张", "invalid": "目标为整数"},
            )  # fmt: skip

    @property
    def plain(self) -> list[forms.BoundField]:
        """The fields above the table of offices."""
        return [self[name] for name in ("title", "document", "group", "since", "due_on", "words")]

    @property
    def targets(self) -> list[tuple[Assignable, forms.BoundField]]:
        """Each office with its field."""
        return [(office, self[f"target_{office.id}"]) for office in self.offices]

    def clean(self) -> dict[str, Any]:
        """At least one office, and an end that does not come before the beginning."""
        given = super().clean() or {}
        since, due_on = given.get("since"), given.get("due_on")
        if since and due_on and due_on < since:
            self.add_error("due_on", "完成期限不能早于开始日期。")
        if not self.errors and not any(given.get(f"target_{o.id}") for o in self.offices):
            self.add_error(None, "请至少给一个机构填写目标张数。")
        return given

    def order(self) -> Order:
        """This function will make the order, from a valid form."""
        given = self.cleaned_data
        return Order(
            title=given["title"], document=given["document"], group=given["group"],
            since=given["since"], due_on=given["due_on"], words=given["words"],
            targets={
                office.id: given[f"target_{office.id}"]
                for office in self.offices
                if given.get(f"target_{office.id}")
            },
        )  # fmt: skip


class ReassignForm(forms.Form):
    """How many cards of whose target become another office's, and why."""

    task = forms.TypedChoiceField(label="从", coerce=int)
    to = forms.TypedChoiceField(label="改派给", coerce=int)
    count = forms.IntegerField(
        label="张数", min_value=1, max_value=MOST,
        error_messages={
            "required": "请填写张数。", "min_value": "至少 1 张", "invalid": "张数为整数",
        },
    )  # fmt: skip
    why = forms.CharField(
        label="改派原因", max_length=200, error_messages={"required": "请写明原因。"}
    )

    def __init__(
        self, *args: Any, tasks: Sequence[Task], offices: Sequence[Assignable], **kwargs: Any
    ) -> None:
        """Offer the parts of the campaign, and the offices that may have one."""
        super().__init__(*args, **kwargs)
        choices = {
            "task": [(f"{one.id}", f"{one.office}（还差 {one.left} 张）") for one in tasks],
            "to": [(f"{one.id}", f"{one.code} {one.name}") for one in offices],
        }
        for name, offered in choices.items():
            field = self.fields[name]
            assert isinstance(field, forms.ChoiceField)
            field.choices = [("", "请选择"), *offered]


class CloseForm(forms.Form):
    """The end of a campaign, and why."""

    words = forms.CharField(
        label="结束原因", max_length=200, error_messages={"required": "请写明原因。"}
    )


class RuleForm(forms.Form):
    """Who hands out to a group in a county from a day on."""

    county = forms.TypedChoiceField(label="县区", coerce=int)
    group = forms.ChoiceField(label="人群")
    office = forms.TypedChoiceField(label="发放机构", coerce=int)
    since = DayField(label="自")
    words = forms.CharField(
        label="依据", max_length=200, error_messages={"required": "请写明文件或决定。"}
    )

    def __init__(
        self,
        *args: Any,
        counties: Sequence[tuple[str, str]],
        offices: Sequence[tuple[str, str]],
        **kwargs: Any,
    ) -> None:
        """Offer what is in reach."""
        super().__init__(*args, **kwargs)
        for name, choices in (("county", counties), ("group", groups()), ("office", offices)):
            field = self.fields[name]
            assert isinstance(field, forms.ChoiceField)
            field.choices = list(choices)
