"""How a file leaves the house: with its media type, its Chinese name, and kept by no browser."""

from django.http import HttpResponse
from django.utils.http import content_disposition_header

from cardbook.registers.issue import MEDIA_TYPES, Format


def file_answer(
    content: bytes, *, name: str, kind: Format = "xlsx", attached: bool = True
) -> HttpResponse:
    """This function will answer with a file: to be saved, or shown when not `attached`."""
    response = HttpResponse(content, content_type=MEDIA_TYPES[kind])
    response["Content-Disposition"] = content_disposition_header(attached, name) or "attachment"
    response["Cache-Control"] = "private, no-store"
    return response
