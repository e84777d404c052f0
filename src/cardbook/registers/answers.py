"""How a file leaves the house: with its media type, its Chinese name, and kept by no browser."""

from typing import Literal

from django.http import HttpResponse
from django.utils.http import content_disposition_header

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
    response = HttpResponse(content, content_type=media_type)
    response["Content-Disposition"] = content_disposition_header(attached, name) or "attachment"
    response["Cache-Control"] = "private, no-store"
    return response
