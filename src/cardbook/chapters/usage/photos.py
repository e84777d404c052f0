"""The photo for a card: what it must be are rules with dates (Art. 25).

Format, size and colour are judged here, whoever sends it; the ground is measured and only remarked
on, here as by the page that shows the photo (`static/usage/photo.js`). The head is compared by eye
with a frame: who did so says it.
`papers/pictures.py` checks the picture itself; it is kept sealed like any other paper.
"""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django import forms

from cardbook.chapters.asked import PictureField
from cardbook.chapters.usage.photo_ground import NotOpened, measured
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
    least, most, size = rule.least, rule.most, len(image.content) / _KB
    if image.media_type != "image/jpeg":
        return "照片须是 JPG 格式，请另存为 JPG 后上传。"
    if not least <= size <= most:
        return (
            f"照片文件 {size:.0f} KB，须在 {least} 至 {most} KB 之间{rule.doubt}，"
            "请重新保存后上传。"
        )
    return _why_size_fails(image.content, rule) or _why_colour_fails(image.content, rule, on=on)


def _why_size_fails(content: bytes, rule: PhotoRule) -> str:
    width, height, doubt = rule.width, rule.height, rule.doubt
    wide, high = size_of(content)
    if wide < width or high < height:
        return f"照片 {wide}×{high} 像素，太小；不小于 {width}×{height} 像素{doubt}。"
    if abs(wide * height - high * width) * 100 > _TOLERANCE_PERCENT * high * width:
        return f"照片 {wide}×{high} 像素，比例不符；请裁成 {width}×{height} 的比例{doubt}。"
    return ""


def _why_colour_fails(content: bytes, rule: PhotoRule, *, on: date) -> str:
    """Grey, or nothing that can be opened; what is measured of it is only remarked on."""
    if is_on("photo_in_colour", on=on) and is_grey(content):
        return "照片是黑白的，须是彩色照片，请重新拍摄后上传。"
    try:
        measured(content, light=rule.light)
    except NotOpened as problem:
        return str(problem)
    return ""


def photo_remarks(content: bytes, *, on: date) -> tuple[str, ...]:
    """This function will say what about a photo's ground and colour wants a second look.

    They hinder nothing: the numbers are the city's to confirm, and a wall is never quite white.
    """
    rule = photo_rule(on)
    try:
        found = measured(content, light=rule.light)
    except NotOpened as problem:
        return (str(problem),)
    remarks = []
    if found.coloured < 1 and is_on("photo_in_colour", on=on):
        remarks.append("几乎没有颜色，像黑白照片")
    if found.white < rule.white_percent:
        remarks.append(f"背景白色 {found.white}%（至少 {rule.white_percent}%）")
    if found.spread > rule.spread:
        remarks.append(f"背景明暗相差 {found.spread} 级（至多 {rule.spread} 级）")
    return tuple(remarks)


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
