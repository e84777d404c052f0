"""Pictures are judged by their bytes, and nothing a camera wrote beside them is kept (I6)."""

import struct

import pytest

from cardbook.papers.pictures import (
    LARGEST_IMAGE,
    ImageRefused,
    clean_picture,
    media_type_of,
)
from cardbook.testing.pictures import (
    JPEG_FRAME,
    JPEG_HEAD,
    jpeg,
    jpeg_note,
    png,
    png_chunk,
)

pytestmark = pytest.mark.article(8, 4)
PLACE = b"Exif\0\0GPSLatitude 33.87"


@pytest.mark.trust("I6")
class TestJpeg:
    def test_keeps_the_picture_and_loses_where_and_when_it_was_taken(self) -> None:
        noted = jpeg(jpeg_note(0xE1, PLACE), jpeg_note(0xED, b"IPTC"), jpeg_note(0xFE, b"note"))
        cleaned = clean_picture(noted)
        assert cleaned.content == jpeg()
        assert cleaned.media_type == "image/jpeg"

    def test_keeps_what_is_needed_to_show_it(self) -> None:
        needed = jpeg(
            jpeg_note(0xE0, b"JFIF\0"), jpeg_note(0xE2, b"ICC"), jpeg_note(0xEE, b"Adobe")
        )
        assert clean_picture(needed).content == needed

    def test_drops_what_hangs_behind_the_end(self) -> None:
        assert clean_picture(jpeg() + b"<script>").content == jpeg()

    def test_refuses_one_cut_in_the_middle(self) -> None:
        with pytest.raises(ImageRefused, match="不完整"):
            clean_picture(jpeg()[:-2])

    def test_refuses_one_without_a_picture_in_it(self) -> None:
        with pytest.raises(ImageRefused, match="不完整"):
            clean_picture(JPEG_HEAD + jpeg_note(0xE1, PLACE))

    def test_refuses_thirty_thousand_pixels(self) -> None:
        vast = JPEG_FRAME[:5] + struct.pack(">HH", 30_000, 30_000) + JPEG_FRAME[9:]
        with pytest.raises(ImageRefused, match="10000 像素"):
            clean_picture(jpeg(frame=vast))


@pytest.mark.trust("I6")
class TestPng:
    def test_keeps_the_picture_and_loses_the_text_beside_it(self) -> None:
        noted = png(extra=png_chunk(b"tEXt", b"Author\0name") + png_chunk(b"eXIf", PLACE))
        cleaned = clean_picture(noted)
        assert (cleaned.content, cleaned.media_type) == (png(), "image/png")

    def test_drops_what_hangs_behind_the_end(self) -> None:
        assert clean_picture(png() + b"PK\x03\x04").content == png()

    def test_refuses_a_flipped_bit(self) -> None:
        flipped = bytearray(png())
        flipped[20] ^= 1
        with pytest.raises(ImageRefused, match="损坏"):
            clean_picture(bytes(flipped))

    @pytest.mark.parametrize("end", [9, 30, 60])
    def test_refuses_one_cut_in_the_middle(self, end: int) -> None:
        with pytest.raises(ImageRefused):
            clean_picture(png()[:end])

    def test_refuses_thirty_thousand_pixels(self) -> None:
        with pytest.raises(ImageRefused, match="10000 像素"):
            clean_picture(png(width=30_000, height=30_000))


class TestOtherFiles:
    @pytest.mark.parametrize(
        "content", [b"GIF89a", b"%PDF-1.7", b"PK\x03\x04", b"<svg onload='x'>", b"BM"]
    )
    def test_are_refused_by_what_they_are(self, content: bytes) -> None:
        with pytest.raises(ImageRefused, match="不是 JPG 或 PNG"):
            clean_picture(content)
        with pytest.raises(ImageRefused):
            media_type_of(content)

    def test_an_empty_file_is_named_as_such(self) -> None:
        with pytest.raises(ImageRefused, match="空文件"):
            clean_picture(b"")

    def test_more_than_five_megabytes_is_too_much(self) -> None:
        with pytest.raises(ImageRefused, match="5 MB"):
            clean_picture(jpeg() + bytes(LARGEST_IMAGE))

    def test_a_kept_picture_tells_its_type(self) -> None:
        assert media_type_of(png()) == "image/png"
        assert media_type_of(jpeg()) == "image/jpeg"
