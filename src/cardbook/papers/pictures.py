"""Reads pictures that come in - a signature, a document, a broken seal - by content (Art. 6, 8).

Whatever a camera wrote beside the picture (place, device, time) is removed before it is kept.
"""

import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass

from cardbook.law.papers import PaperKind
from cardbook.lib.sm import sm3

LARGEST_IMAGE = 5 * 1024 * 1024
LONGEST_SIDE = 10_000
_PNG_HEAD = b"\x89PNG\r\n\x1a\n"
_JPEG_HEAD = b"\xff\xd8\xff"
_PNG_KEPT = frozenset(
    {b"IHDR", b"PLTE", b"IDAT", b"IEND", b"tRNS", b"gAMA", b"cHRM", b"sRGB", b"iCCP", b"pHYs"}
)
_STANDALONE = frozenset({0x01, *range(0xD0, 0xD8)})
_START_OF_FRAME = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
_START_OF_SCAN, _END, _JFIF, _ICC, _ADOBE, _COMMENT = 0xDA, 0xD9, 0xE0, 0xE2, 0xEE, 0xFE


class ImageRefused(ValueError):
    """What was sent is not a picture we keep; the sentence says why and what to do."""


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture without what its camera wrote beside it; orientation notes are removed too."""

    content: bytes
    media_type: str


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptImage:
    """A picture to keep with an act: a signature, a copy of a document, a photo of a defect."""

    kind: str
    title: str
    media_type: str
    content: bytes

    @property
    def digest(self) -> str:
        """SM3 of the bytes in hex: how facts and papers refer to it."""
        return sm3(self.content).hex()


def clean_picture(content: bytes) -> Picture:
    """This function will check a JPEG or PNG by its bytes and strip EXIF, text and comments.

    :raises ImageRefused: when it is empty, over 5 MB, another kind of file, cut off, or larger
        than 10,000 pixels a side.
    """
    if not content:
        raise ImageRefused("图像是空文件，请重新拍摄或扫描。")
    if len(content) > LARGEST_IMAGE:
        raise ImageRefused("图像超过 5 MB，请降低分辨率后重新上传。")
    try:
        if content.startswith(_PNG_HEAD):
            return Picture(_clean_png(content), "image/png")
        if content.startswith(_JPEG_HEAD):
            return Picture(_clean_jpeg(content), "image/jpeg")
    except (struct.error, IndexError) as problem:
        raise ImageRefused("图像文件不完整，请重新拍摄或扫描。") from problem
    raise ImageRefused("这个文件不是 JPG 或 PNG 图像，请换成照片或扫描图后上传。")


def kept_image(content: bytes, kind: PaperKind) -> KeptImage:
    """This function will make a picture of a kind of paper ready to be kept.

    :raises ImageRefused: when it is no picture we keep.
    """
    picture = clean_picture(content)
    return KeptImage(
        kind=kind.code, title=kind.title, media_type=picture.media_type, content=picture.content
    )


def media_type_of(content: bytes) -> str:
    """This function will name the media type of a kept picture by its first bytes.

    :raises ImageRefused: when it is neither JPEG nor PNG.
    """
    if content.startswith(_PNG_HEAD):
        return "image/png"
    if content.startswith(_JPEG_HEAD):
        return "image/jpeg"
    raise ImageRefused("这份材料不是图像。")


def _refuse_size(width: int, height: int) -> None:
    if not (0 < width <= LONGEST_SIDE and 0 < height <= LONGEST_SIDE):
        raise ImageRefused(
            f"图像为 {width} × {height} 像素，边长超过 {LONGEST_SIDE} 像素，"
            "请降低分辨率后重新上传。"
        )


def _clean_png(content: bytes) -> bytes:
    kept = [_PNG_HEAD]
    kinds = []
    for kind, body, whole in _png_chunks(content):
        if kind == b"IHDR":
            _refuse_size(*struct.unpack(">II", body[:8]))
        if kind in _PNG_KEPT:
            kept.append(whole)
            kinds.append(kind)
    if kinds[:1] != [b"IHDR"] or b"IDAT" not in kinds or kinds[-1] != b"IEND":
        raise ImageRefused("图像文件不完整，请重新拍摄或扫描。")
    return b"".join(kept)


def _png_chunks(content: bytes) -> Iterator[tuple[bytes, bytes, bytes]]:
    at = len(_PNG_HEAD)
    while at < len(content):
        (size,) = struct.unpack_from(">I", content, at)
        whole = content[at : at + size + 12]
        kind, body = whole[4:8], whole[8 : 8 + size]
        (check,) = struct.unpack(">I", whole[8 + size :])
        if zlib.crc32(kind + body) != check:
            raise ImageRefused("图像文件已损坏，请重新拍摄或扫描。")
        yield kind, body, whole
        at += size + 12
        if kind == b"IEND":  # whatever somebody hung on behind the picture is dropped
            return


def _clean_jpeg(content: bytes) -> bytes:
    kept = [content[:2]]
    at, framed = 2, False
    while True:
        if content[at] != 0xFF:
            raise ImageRefused("图像文件已损坏，请重新拍摄或扫描。")
        marker = content[at + 1]
        if marker == 0xFF or marker in _STANDALONE:
            at += 1 if marker == 0xFF else 2
            continue
        if marker == _START_OF_SCAN:
            break
        (size,) = struct.unpack_from(">H", content, at + 2)
        if marker in _START_OF_FRAME:
            height, width = struct.unpack_from(">HH", content, at + 5)
            _refuse_size(width, height)
            framed = True
        if _is_kept(marker):
            kept.append(content[at : at + 2 + size])
        at += 2 + size
    end = content.rfind(bytes((0xFF, _END)))
    if not framed or end < at:
        raise ImageRefused("图像文件不完整，请重新拍摄或扫描。")
    return b"".join((*kept, content[at : end + 2]))


def _is_kept(marker: int) -> bool:
    """Everything but comments and application notes; JFIF, colour profile and Adobe stay."""
    is_note = _JFIF <= marker <= 0xEF
    return marker != _COMMENT and (not is_note or marker in (_JFIF, _ICC, _ADOBE))


def size_of(content: bytes) -> tuple[int, int]:
    """This function will read width and height of a kept picture, in pixels.

    :raises ImageRefused: when it is neither JPEG nor PNG.
    """
    if media_type_of(content) == "image/png":
        width, height = struct.unpack_from(">II", content, len(_PNG_HEAD) + 8)
        return width, height
    height, width = struct.unpack_from(">HH", content, _frame_of(content) + 5)
    return width, height


def is_grey(content: bytes) -> bool:
    """This function will say whether a kept JPEG has one component, light and dark alone.

    :raises ImageRefused: when it is neither JPEG nor PNG.
    """
    return media_type_of(content) == "image/jpeg" and content[_frame_of(content) + 9] == 1


def _frame_of(content: bytes) -> int:
    """Where the frame of a JPEG begins, which says how large it is and of how many components."""
    at = 2
    while content[at + 1] not in _START_OF_FRAME:
        (size,) = struct.unpack_from(">H", content, at + 2)
        at += 2 + size
    return at
