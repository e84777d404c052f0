"""What of a photo can be measured: how white and even its ground is, whether it has colour (25).

The same places and numbers as the page measures before a photo is sent (`static/usage/photo.js`).
"""

import struct
from collections.abc import Sequence
from dataclasses import dataclass
from io import BytesIO
from math import sqrt

from PIL import Image, ImageChops

from cardbook.papers.pictures import ImageRefused, size_of

# A file of a few hundred KB may claim a hundred times the pixels of a camera: it is not opened.
MOST_PIXELS = 25_000_000
_WIDEST = 240
# Above the head and beside it, never the shoulders: shares of the height and of the width.
_TOP, _SIDE, _DOWN = 0.12, 0.1, 0.45
# Less between the three colours is grey.
_COLOUR = 16
_DAMAGED = (
    OSError, SyntaxError, IndexError, struct.error, ImageRefused, Image.DecompressionBombError,
)  # fmt: skip


class NotOpened(ValueError):
    """The photo cannot be decoded, or is not opened for its size; the sentence says which."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """Of the ground the share of white in percent and how far light and dark part; of all, colour.

    `spread` is the standard deviation in steps of 255, `coloured` a share in percent.
    """

    white: int
    spread: int
    coloured: int


def measured(content: bytes, *, light: int) -> Measured:
    """This function will decode a JPEG and measure it; white is what has `light` in each colour.

    :raises NotOpened: when it has too many pixels, or is damaged.
    """
    small = _opened(content)
    red, green, blue = small.split()
    least = ImageChops.darker(ImageChops.darker(red, green), blue)
    most = ImageChops.lighter(ImageChops.lighter(red, green), blue)
    ground = _histogram(least, small.size)
    spread = _spread(_histogram(small.convert("L"), small.size))
    apart = ImageChops.subtract(most, least).histogram()
    return Measured(
        white=100 * sum(ground[light:]) // sum(ground),
        spread=round(spread),
        coloured=100 * sum(apart[_COLOUR + 1 :]) // sum(apart),
    )


def _opened(content: bytes) -> Image.Image:
    """As small as measuring needs, in three colours; a decoder of JPEG is the only one asked."""
    try:
        _refuse_many(*size_of(content))
        with Image.open(BytesIO(content), formats=["JPEG"]) as image:
            _refuse_many(*image.size)
            wide, high = image.size
            width = min(_WIDEST, wide)
            size = (width, max(1, round(high * width / wide)))
            # The decoder itself leaves out what a small picture does not need.
            image.draft("RGB", size)
            return image.convert("RGB").resize(size, Image.Resampling.BOX)
    except _DAMAGED as problem:
        raise NotOpened("照片打不开：文件不完整或已损坏，请另存为 JPG 后重新上传。") from problem


def _refuse_many(wide: int, high: int) -> None:
    if wide * high > MOST_PIXELS:
        raise NotOpened(
            f"照片 {wide}×{high} 像素，太多，没有打开；请缩小后上传，"
            f"至多 {MOST_PIXELS // 10_000} 万像素。"
        )


def _histogram(band: Image.Image, size: tuple[int, int]) -> list[int]:
    """How often each step comes in the ground alone."""
    wide, high = size
    top, down, side = max(1, int(_TOP * high)), int(_DOWN * high), max(1, int(_SIDE * wide))
    places = [(0, 0, wide, top)]
    if down > top:
        places += [(0, top, side, down), (wide - side, top, wide, down)]
    parts = [band.crop(place).histogram() for place in places]
    return [sum(steps) for steps in zip(*parts, strict=True)]


def _spread(histogram: Sequence[int]) -> float:
    count = sum(histogram)
    mean = sum(step * times for step, times in enumerate(histogram)) / count
    square = sum(step * step * times for step, times in enumerate(histogram)) / count
    return sqrt(max(0.0, square - mean * mean))
