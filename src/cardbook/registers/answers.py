"""How files and pictures leave the house: with their media type, and kept by no browser."""

from typing import Literal

from django.http import Http404, HttpResponse
from django.utils.http import content_disposition_header

from cardbook.lib.sm import Damaged
from cardbook.papers.pictures import ImageRefused, media_type_of
from cardbook.papers.storage import PaperMissing, read_paper
from cardbook.registers.issue import MEDIA_TYPES, Format

_OTHERS = {
    "csv": "text/csv; charset=utf-8",
    "zip": "application/zip",
    "txt": "text/plain; charset=gbk",
}


def file_answer(
    content: bytes,
    *,
    name: str,
    kind: Format | Literal["csv", "zip", "txt"] = "xlsx",
    attached: bool = True,
) -> HttpResponse:
    """This function will answer with a file: to be saved, or shown when not `attached`."""
    media_type = _OTHERS.get(kind) or MEDIA_TYPES[kind]  # type: ignore[index] # a Format then
    response = _unkept(content, media_type)
    response["Content-Disposition"] = content_disposition_header(attached, name) or "attachment"
    return response


def picture_answer(content: bytes) -> HttpResponse:
    """This function will answer with a picture, shown where it stands.

    :raises cardbook.papers.pictures.ImageRefused: when it is none.
    """
    return _unkept(content, media_type_of(content))


def kept_picture(digest: str) -> HttpResponse:
    """This function will answer with a picture that was kept with an act.

    :raises Http404: when there is none, or the store has lost or damaged it.
    """
    if not digest:
        raise Http404
    try:
        return picture_answer(read_paper(digest))
    except (PaperMissing, Damaged, ImageRefused) as problem:
        raise Http404 from problem


def _unkept(content: bytes, media_type: str) -> HttpResponse:
    response = HttpResponse(content, content_type=media_type)
    response["Cache-Control"] = "private, no-store"
    return response
