"""Turns what a counter types into commands' arguments (Art. 6)."""

from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile

from cardbook.chapters.intake.receive.delivery_queries import BOX_STATES, STATES
from cardbook.papers.pictures import LARGEST_IMAGE, ImageRefused, Picture, clean_picture
from cardbook.registers.signing import second_name, second_password


class StartForm(forms.Form):
    """The seal, looked at before the box is opened."""

    seal_number = forms.CharField(
        label="封签号",
        max_length=40,
        required=False,
        help_text="照封签抄录；没有封签号的留空",
        widget=forms.TextInput(attrs={"autofocus": True, "autocomplete": "off"}),
    )
    seal_broken = forms.BooleanField(label="封签破损或缺失", required=False)
    remarks = forms.CharField(
        label="破损情况说明", max_length=200, required=False, help_text="封签破损时必填"
    )
    photo = forms.FileField(
        label="封签照片",
        required=False,
        help_text="封签破损时必须拍照；JPG 或 PNG，不超过 5 MB",
        widget=forms.ClearableFileInput(attrs={"accept": "image/jpeg,image/png"}),
    )

    def clean_photo(self) -> Picture | None:
        """A photo is a photo, not too large, and says nothing of the camera."""
        given: UploadedFile[Any] | None = self.cleaned_data["photo"]
        if given is None:
            return None
        try:
            return clean_picture(given.read(LARGEST_IMAGE + 1))
        except ImageRefused as refused:
            raise forms.ValidationError(str(refused)) from refused

    def clean(self) -> dict[str, Any]:
        """A broken seal is described and pictured."""
        given = super().clean() or {}
        if given.get("seal_broken"):
            if not given.get("remarks"):
                self.add_error("remarks", "封签破损，请写明破损情况。")
            if not given.get("photo") and "photo" not in self.errors:
                self.add_error("photo", "封签破损，请拍照上传。")
        return given


class SecondForm(forms.Form):
    """The second person's own name and password."""

    key = forms.CharField(widget=forms.HiddenInput, max_length=64)
    second_name = second_name(label="第二人用户名")
    second_password = second_password(label="第二人密码")


class CloseForm(SecondForm):
    """The end of a count; an empty box is called empty, so that nobody ends a count by a slip."""

    count = forms.IntegerField(widget=forms.HiddenInput)
    called_empty = forms.BooleanField(label="确认是空盒：一张卡也没有", required=False)


class ExplainForm(SecondForm):
    """What became of the cards that were ticked."""

    words = forms.CharField(
        label="情况说明",
        max_length=200,
        error_messages={"required": "请写明情况，供日后核查。"},
        help_text="写明在哪里找到，或已向谁查询、结果如何",
    )

    field_order = ("words", "second_name", "second_password", "key")


class NoteForm(forms.Form):
    """What was done with the cards that lay in a box and are not listed there."""

    words = forms.CharField(
        label="处理情况",
        max_length=200,
        error_messages={"required": "请写明怎样处理的，供日后核查。"},
        help_text="写明卡交给谁、放在哪里、向谁查询，例如：封存在保险柜，已通知乙县取回",
    )


class ListForm(forms.Form):
    """Which deliveries are shown."""

    state = forms.ChoiceField(label="状态", choices=list(STATES.items()), required=False)


class BoxesForm(forms.Form):
    """Which boxes of a delivery are shown."""

    state = forms.ChoiceField(label="清点情况", choices=list(BOX_STATES.items()), required=False)


class DifferencesForm(forms.Form):
    """Which delivery's differences are shown."""

    delivery = forms.TypedChoiceField(label="批次", coerce=int, empty_value=None, required=False)

    def __init__(self, *args: Any, deliveries: list[tuple[int, str]], **kwargs: Any) -> None:
        """Offer the deliveries that were counted."""
        super().__init__(*args, **kwargs)
        field = self.fields["delivery"]
        assert isinstance(field, forms.TypedChoiceField)
        field.choices = [("", "全部批次"), *deliveries]
