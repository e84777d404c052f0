"""The photo for a card: what it must be are rules with dates (Art. 25).

Format, size and colour are judged here; the ground is measured by the page that shows the photo
(`static/usage/photo.js`), and the head is compared by eye with a frame: who did so says it.
`papers/pictures.py` checks the picture itself; it is kept sealed like any other paper.
"""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django import forms

from cardbook.chapters.asked import PictureField
from cardbook.law import papers
from cardbook.law.parameters import is_on, parameter, whole_number
from cardbook.papers.pictures import KeptImage, is_grey, size_of

_KB = 1024
# A camera's picture is cut by hand; this much of the side may be off.
_TOLERANCE_PERCENT = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class PhotoRule:
    """What a photo must be on a day. `light` is of 255, `spread` how far the ground may vary."""

    width: int
    height: int
    least: int
    most: int
    light: int
    white_percent: int
    spread: int
    head_percent: int
    head_top_percent: int
    doubt: str

    @property
    def words(self) -> str:
        """As beside the field."""
        return (
            f"白底彩色近照，JPG，不小于 {self.width}×{self.height} 像素且同比例，"
            f"{self.least} 至 {self.most} KB，头部约占画面高 {self.head_percent}%"
        )


def photo_rule(on: date) -> PhotoRule:
    """This function will read what a photo must be on a day."""
    keys = {
        "width": "photo_width_px", "height": "photo_height_px", "least": "photo_least_kb",
        "most": "photo_most_kb", "light": "photo_ground_light",
        "white_percent": "photo_ground_white_percent", "spread": "photo_ground_spread",
        "head_percent": "photo_head_percent", "head_top_percent": "photo_head_top_percent",
    }  # fmt: skip
    numbers = {name: whole_number(key, on=on) for name, key in keys.items()}
    return PhotoRule(**numbers, doubt=parameter("photo_width_px").on(on).doubt)


def why_photo_fails(image: KeptImage, *, on: date) -> str:
    """This function will say why a picture cannot be a card's photo, or ""."""
    rule = photo_rule(on)
    width, height, least, most = rule.width, rule.height, rule.least, rule.most
    size, doubt = len(image.content) / _KB, rule.doubt
    if image.media_type != "image/jpeg":
        return "照片须是 JPG 格式，请另存为 JPG 后上传。"
    if not least <= size <= most:
        return f"照片文件 {size:.0f} KB，须在 {least} 至 {most} KB 之间{doubt}，请重新保存后上传。"
    wide, high = size_of(image.content)
    if wide < width or high < height:
        return f"照片 {wide}×{high} 像素，太小；不小于 {width}×{height} 像素{doubt}。"
    if abs(wide * height - high * width) * 100 > _TOLERANCE_PERCENT * high * width:
        return f"照片 {wide}×{high} 像素，比例不符；请裁成 {width}×{height} 的比例{doubt}。"
    if is_on("photo_in_colour", on=on) and is_grey(image.content):
        return "照片是黑白的，须是彩色照片，请重新拍摄后上传。"
    return ""


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
