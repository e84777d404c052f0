"""A picture kept with an act is shown as what it is, or is not there; never a broken page."""

from pathlib import Path

import pytest
from django.conf import settings
from django.http import Http404

from cardbook.papers.storage import add_paper
from cardbook.registers.answers import kept_picture
from cardbook.testing.factories import City
from cardbook.testing.pictures import png

pytestmark = [pytest.mark.django_db, pytest.mark.article(32)]


def kept(city: City, content: bytes) -> str:
    return add_paper(
        kind="holder_photo", content=content, media_type="image/png", title="照片",
        by=city.here.clerk,
    ).digest  # fmt: skip


def test_is_shown_by_its_content_and_kept_by_no_browser(city: City) -> None:
    shown = kept_picture(kept(city, png()))
    assert (shown.content, shown["Content-Type"]) == (png(), "image/png")
    assert "no-store" in shown["Cache-Control"]


def test_where_none_was_kept_there_is_none(city: City) -> None:
    with pytest.raises(Http404):
        kept_picture("")


def test_what_is_no_picture_is_never_shown_as_a_page(city: City) -> None:
    digest = kept(city, b"<html><script>alert(1)</script>")
    with pytest.raises(Http404):
        kept_picture(digest)


@pytest.mark.parametrize("harm", ["lost", "damaged"])
def test_one_that_was_lost_or_damaged_is_not_there(city: City, harm: str) -> None:
    digest = kept(city, png())
    path = Path(settings.PAPERS_ROOT) / digest[:2] / digest
    whole = path.read_bytes()
    path.unlink() if harm == "lost" else path.write_bytes(whole[:-1] + bytes([whole[-1] ^ 1]))
    try:
        with pytest.raises(Http404):
            kept_picture(digest)
    finally:
        path.write_bytes(whole)
