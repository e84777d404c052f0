"""The photo for a card: its format, size in bytes and pixels are rules with dates (Art. 25).

`papers/pictures.py` checks the picture itself; it is kept sealed like any other paper.
"""

from datetime import date
from typing import Any

from django import forms

from cardbook.chapters.asked import PictureField
from cardbook.law import papers
from cardbook.law.parameters import parameter, whole_number
from cardbook.papers.pictures import KeptImage, size_of

_KB = 1024
# A camera's picture is cut by hand; this much of the side may be off.
_TOLERANCE_PERCENT = 2


def photo_rule(on: date) -> str:
    """This function will say what a photo must be, as beside the field."""
    width, height, least, most = _numbers(on)
    return f"白底近照，JPG，不小于 {width}×{height} 像素且同比例，{least} 至 {most} KB"


def why_photo_fails(image: KeptImage, *, on: date) -> str:
    """This function will say why a picture cannot be a card's photo, or ""."""
    width, height, least, most = _numbers(on)
    size, doubt = len(image.content) / _KB, parameter("photo_width_px").on(on).doubt
    if image.media_type != "image/jpeg":
        return "照片须是 JPG 格式，请另存为 JPG 后上传。"
    if not least <= size <= most:
        return f"照片文件 {size:.0f} KB，须在 {least} 至 {most} KB 之间{doubt}，请重新保存后上传。"
    wide, high = size_of(image.content)
    if wide < width or high < height:
        return f"照片 {wide}×{high} 像素，太小；不小于 {width}×{height} 像素{doubt}。"
    if abs(wide * height - high * width) * 100 > _TOLERANCE_PERCENT * high * width:
        return f"照片 {wide}×{high} 像素，比例不符；请裁成 {width}×{height} 的比例{doubt}。"
    return ""


def _numbers(on: date) -> tuple[int, int, int, int]:
    keys = ("photo_width_px", "photo_height_px", "photo_least_kb", "photo_most_kb")
    width, height, least, most = (whole_number(key, on=on) for key in keys)
    return width, height, least, most


class PhotoField(PictureField):
    """A photo for the card, judged by the rules of the form's day (`judged_on`)."""

    judged_on: date

    def __init__(self, **more: Any) -> None:
        """The kind is the holder's photo."""
        attributes = {
            "accept": "image/jpeg",
            "class": "form-control form-control-sm come-file",
        }
        widget = forms.FileInput(attrs=attributes)
        super().__init__(papers.HOLDER_PHOTO, **({"widget": widget} | more))

    def clean(self, data: Any, initial: Any = None) -> KeptImage | None:
        """This function will return the checked photo, or None when nothing was uploaded."""
        image = super().clean(data, initial)
        if image is not None and (why := why_photo_fails(image, on=self.judged_on)):
            raise forms.ValidationError(why)
        return image
