"""Turns what is told of harmed or lost cards into arguments (Art. 20, 21)."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from django import forms

from cardbook.chapters.asked import AskedForm, PictureField
from cardbook.chapters.safekeeping.harm.commands import Harm
from cardbook.chapters.safekeeping.harm.naming import Count
from cardbook.chapters.safekeeping.harm.queries import ANYWHERE, CAUSES, KINDS, KeptAt
from cardbook.law.papers import INCIDENT_PHOTO
from cardbook.registers.choosing import DayField

_ANYWHERE = "office"
_PLAIN = {"autocomplete": "off"}


class HarmForm(AskedForm):
    """What happened to which cards; who reports it signs by being there."""

    act_code = "harm.report"

    key = forms.CharField(widget=forms.HiddenInput, max_length=64)
    kind = forms.ChoiceField(
        label="情况", choices=KINDS, widget=forms.RadioSelect,
        error_messages={"required": "请选损坏或丢失。"},
    )  # fmt: skip
    cause = forms.ChoiceField(
        label="原因", choices=[("", "请选择"), *CAUSES],
        error_messages={"required": "请选择原因；都不是的选“其他”。"},
    )  # fmt: skip
    happened_on = DayField(label="发生（发现）日")
    where = forms.CharField(
        label="现场位置", max_length=100, required=False,
        help_text="例如：便民大厅专柜下层", widget=forms.TextInput(attrs=_PLAIN),
    )  # fmt: skip
    words = forms.CharField(
        label="经过", max_length=500, widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": "请写明经过，供卡管员查实。"},
    )  # fmt: skip
    numbers = forms.CharField(
        label="卡号", required=False,
        help_text="读得出的逐张扫描，一行一张；丢失的照领卡清单抄录。一张也读不出的，填下面两项",
        widget=forms.Textarea(attrs={"rows": 6, "spellcheck": "false", "class": "cb-code"}),
    )  # fmt: skip
    place = forms.ChoiceField(
        label="读不出卡号：卡在哪一处", required=False,
        help_text="卡管员到场清点后点明是哪些卡；在那以前卡的状态不变",
    )  # fmt: skip
    count = forms.IntegerField(
        label="读不出卡号：约几张", required=False, min_value=1, max_value=100_000,
        help_text="不清楚的留空", widget=forms.NumberInput(attrs=_PLAIN),
        error_messages={
            "min_value": "张数至少是 1；不清楚的留空。", "invalid": "张数写阿拉伯数字。"
        },
    )  # fmt: skip
    photo = PictureField(INCIDENT_PHOTO)

    def __init__(self, *args: Any, places: Sequence[KeptAt], today: date, **kwargs: Any) -> None:
        """Know which day it is, and where the office has cards."""
        super().__init__(*args, **kwargs)
        self.today = today
        field = self.fields["place"]
        assert isinstance(field, forms.ChoiceField)
        named = [(str(one.id), f"{one.title}（账面 {one.cards} 张）") for one in places]
        field.choices = [("", "不用填，卡号已扫描"), *named, (_ANYWHERE, ANYWHERE)]

    def clean_happened_on(self) -> date:
        """No day ahead."""
        given: date = self.cleaned_data["happened_on"]
        if given > self.today:
            raise forms.ValidationError("日期不能晚于今天，请改正。")
        return given

    def clean(self) -> dict[str, Any]:
        """The cards, or where they lay: one of the two."""
        given = super().clean() or {}
        numbers, place = given.get("numbers", "").split(), given.get("place")
        if numbers and (place or given.get("count")):
            self.add_error("place", "卡号已经扫描的不用再填存放处和张数；读不出的卡请另报一份。")
        elif not numbers and not place and "place" not in self.errors:
            self.add_error("numbers", "请逐张扫描受损的卡；一张也读不出的，在下面选卡在哪一处。")
        return given

    def harm(self) -> Harm:
        """What was told, from a valid form."""
        given = self.cleaned_data
        return Harm(
            kind=given["kind"], cause=given["cause"], happened_on=given["happened_on"],
            where=given["where"], words=given["words"], numbers=given["numbers"].split(),
            unread=bool(given["place"]), count=given["count"], photo=given["photo"],
            account_id=int(given["place"]) if given["place"].isdecimal() else None,
        )  # fmt: skip


class NameForm(forms.Form):
    """What a keeper scanned where unread cards were harmed."""

    key = forms.CharField(widget=forms.HiddenInput, max_length=64)
    sound = forms.ChoiceField(
        label="扫描的是",
        choices=(("yes", "完好的卡，其余是受损、丢失的"), ("no", "受损、丢失的卡")),
        widget=forms.RadioSelect,
        error_messages={"required": "请选扫描的是完好的卡，还是受损、丢失的卡。"},
    )  # fmt: skip
    numbers = forms.CharField(
        label="卡号", required=False, help_text="逐张扫描，一行一张；一张完好的也没有的留空",
        widget=forms.Textarea(attrs={"rows": 12, "spellcheck": "false", "class": "cb-code"}),
    )  # fmt: skip

    def count(self) -> Count:
        """What was scanned, from a valid form."""
        given = self.cleaned_data
        return Count(numbers=given["numbers"].split(), sound=given["sound"] == "yes")


class CloseForm(forms.Form):
    """Why no incident is registered."""

    words = forms.CharField(
        label="处理意见", max_length=200, widget=forms.TextInput(attrs=_PLAIN),
        help_text="例如：到场查看，卡面擦净后读写正常，不登记事故",
        error_messages={"required": "请写明查明的情况。"},
    )  # fmt: skip
