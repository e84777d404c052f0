"""Turns what keepers type about places, checks and incidents into commands' arguments (20, 21)."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile

from cardbook.chapters.asked import AskedForm
from cardbook.chapters.safekeeping.places import choices
from cardbook.chapters.safekeeping.places.check_commands import Answer
from cardbook.chapters.safekeeping.places.commands import NewPlace
from cardbook.chapters.safekeeping.places.incident_commands import Report
from cardbook.law.measures import MEASURES, Measure
from cardbook.law.papers import INCIDENT_PHOTO, KEEPING_PHOTO, PaperKind
from cardbook.papers.pictures import LARGEST_IMAGE, ImageRefused, KeptImage, kept_image
from cardbook.registers.choosing import DayField

_PLAIN = {"autocomplete": "off"}


class Photo(forms.FileField):
    """A photo to keep: checked by its bytes, and what its camera wrote beside it is removed."""

    def __init__(self, kind: PaperKind, *, required: bool, help_text: str) -> None:
        """Take the label from the kind of paper."""
        self.kind = kind
        super().__init__(
            label=kind.title,
            required=required,
            help_text=help_text,
            widget=forms.FileInput(attrs={"accept": "image/jpeg,image/png"}),
            error_messages={"required": "请拍照上传。"},
        )

    def clean(self, data: Any, initial: Any = None) -> KeptImage | None:
        """This function will return the checked picture, or None when nothing was uploaded."""
        upload: UploadedFile[Any] | None = super().clean(data, initial)
        if upload is None:
            return None
        try:
            return kept_image(upload.read(LARGEST_IMAGE + 1), self.kind)
        except ImageRefused as refused:
            raise forms.ValidationError(str(refused)) from refused


class PlaceForm(forms.Form):
    """A place to enter."""

    office = forms.TypedChoiceField(label="机构（单位）", coerce=int)
    kind = forms.ChoiceField(label="种类", choices=choices.KINDS)
    name = forms.CharField(
        label="名称",
        max_length=60,
        help_text="与柜门上的标牌一致，例如 A 柜",
        widget=forms.TextInput(attrs=_PLAIN),
    )
    where = forms.CharField(
        label="位置",
        max_length=100,
        help_text="哪一层、哪一间",
        widget=forms.TextInput(attrs=_PLAIN),
    )
    climate = forms.CharField(
        label="温湿度、日照",
        max_length=100,
        required=False,
        help_text="例如：背阴，室温 18–26 ℃（第二十一条第四项）",
        widget=forms.TextInput(attrs=_PLAIN),
    )
    cabinet = forms.RegexField(
        r"^[A-Z0-9]{1,4}$",
        label="柜号",
        required=False,
        help_text="存放这个柜号的全部盒；没有盒的留空",
        error_messages={"invalid": "柜号为 1 到 4 位大写字母或数字，例如 A"},
    )
    holds = forms.MultipleChoiceField(
        label="还存放", choices=choices.HOLDS, required=False, widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, *args: Any, offices: Sequence[tuple[int, str]], **kwargs: Any) -> None:
        """Offer the offices the actor may enter places of."""
        super().__init__(*args, **kwargs)
        field = self.fields["office"]
        assert isinstance(field, forms.TypedChoiceField)
        field.choices = list(offices)

    def place(self) -> NewPlace:
        """What was written, from a valid form."""
        given = self.cleaned_data
        return NewPlace(
            organization_id=given["office"],
            kind=given["kind"],
            name=given["name"],
            where=given["where"],
            climate=given["climate"],
            cabinet=given["cabinet"],
            holds=given["holds"],
        )


class HolderForm(forms.Form):
    """Who answers for a place or holds its key, from which day."""

    function = forms.ChoiceField(label="职责", choices=choices.FUNCTIONS)
    who = forms.ChoiceField(label="姓名")
    since = DayField(label="自")

    def __init__(self, *args: Any, people: Sequence[tuple[str, str]], **kwargs: Any) -> None:
        """Offer staff of the office, or handlers of the unit."""
        super().__init__(*args, **kwargs)
        field = self.fields["who"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = list(people)


class CheckForm(forms.Form):
    """Ten measures to answer, each with a remedy where it is not in order.

    The browser holds nothing back: all that is missing is said at once.
    """

    use_required_attribute = False

    key = forms.CharField(widget=forms.HiddenInput, max_length=64)
    photo = Photo(
        KEEPING_PHOTO, required=True, help_text="拍下存放处现状；JPG 或 PNG，不超过 5 MB"
    )
    words = forms.CharField(
        label="说明", max_length=200, required=False, widget=forms.TextInput(attrs=_PLAIN)
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Add the fields of every measure of the regulation."""
        super().__init__(*args, **kwargs)
        for measure in MEASURES:
            self.fields[f"m_{measure.code}"] = forms.ChoiceField(
                label=measure.title,
                choices=(("ok", "合格"), ("bad", "不合格")),
                widget=forms.RadioSelect,
                error_messages={"required": "请选“合格”或“不合格”。"},
            )
            self.fields[f"r_{measure.code}"] = forms.CharField(
                label=f"{measure.title}的整改",
                max_length=200,
                required=False,
                widget=forms.TextInput(attrs=_PLAIN),
            )

    def clean(self) -> dict[str, Any]:
        """What is not in order is put right, in words."""
        given = super().clean() or {}
        for one in MEASURES:
            remedy = f"r_{one.code}"
            if given.get(f"m_{one.code}") == "bad" and not given.get(remedy):
                self.add_error(remedy, "不合格的，请写明怎样整改。")
        return given

    def lines(self) -> list[tuple[Measure, Any, Any]]:
        """Each measure with its two fields, in the order of the regulation."""
        return [(one, self[f"m_{one.code}"], self[f"r_{one.code}"]) for one in MEASURES]

    def answers(self) -> dict[str, Answer]:
        """What was answered, from a valid form."""
        given = self.cleaned_data
        return {
            one.code: Answer(given[f"m_{one.code}"] == "ok", given[f"r_{one.code}"])
            for one in MEASURES
        }


class IncidentForm(AskedForm):
    """Damaged or lost stock: what happened and which cards; two people sign."""

    act_code = "stock.damage"

    key = forms.CharField(widget=forms.HiddenInput, max_length=64)
    harm = forms.IntegerField(widget=forms.HiddenInput, required=False, min_value=1)
    kind = forms.ChoiceField(label="情况", choices=choices.INCIDENTS, widget=forms.RadioSelect)
    cause = forms.ChoiceField(label="原因", choices=choices.CAUSES)
    happened_on = DayField(label="发生（发现）日")
    place = forms.TypedChoiceField(label="存放处", coerce=int, empty_value=None, required=False)
    words = forms.CharField(
        label="经过",
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": "请写明经过，供上级和日后核查。"},
    )
    numbers = forms.CharField(
        label="卡号",
        help_text="逐张扫描，一行一张",
        widget=forms.Textarea(attrs={"rows": 6, "spellcheck": "false", "class": "cb-code"}),
        error_messages={"required": "请逐张扫描受损或丢失的卡；丢失的照盘点差异抄录卡号。"},
    )
    photo = Photo(INCIDENT_PHOTO, required=False, help_text="JPG 或 PNG，不超过 5 MB")

    def __init__(
        self, *args: Any, places: Sequence[tuple[int, str]], today: date, **kwargs: Any
    ) -> None:
        """Offer the places the actor may see."""
        super().__init__(*args, **kwargs)
        self.today = today
        field = self.fields["place"]
        assert isinstance(field, forms.TypedChoiceField)
        field.choices = [("", "没有登记的存放处"), *places]

    def clean(self) -> dict[str, Any]:
        """No day ahead."""
        given = super().clean() or {}
        if given.get("happened_on") and given["happened_on"] > self.today:
            self.add_error("happened_on", "日期不能晚于今天，请改正。")
        return given

    def report(self) -> Report:
        """What was told, from a valid form."""
        given = self.cleaned_data
        return Report(
            kind=given["kind"],
            cause=given["cause"],
            happened_on=given["happened_on"],
            words=given["words"],
            numbers=given["numbers"].split(),
            place_id=given["place"],
            photo=given["photo"],
            harm_id=given["harm"],
        )


class TellForm(forms.Form):
    """To whom an incident was reported, and what was answered."""

    office = forms.CharField(
        label="报告对象",
        max_length=100,
        help_text="上级机构和接报人，例如：市局信息中心 值班员",
        widget=forms.TextInput(attrs=_PLAIN),
    )
    words = forms.CharField(
        label="上级意见", max_length=200, required=False, widget=forms.TextInput(attrs=_PLAIN)
    )
