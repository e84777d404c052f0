"""Joins the pieces of a long sheet into one PDF and lays numbers and codes over its pages (X6).

What typst made stays as it is: pages are taken over whole, marks become a form drawn on top.
"""

import hashlib
import io
from collections.abc import Sequence
from typing import Any

from pypdf import PdfReader, PdfWriter
from pypdf.generic import (
    ArrayObject,
    ByteStringObject,
    DecodedStreamObject,
    DictionaryObject,
    NameObject,
)

_MARKS = NameObject("/Marks")


def count_pages(content: bytes) -> int:
    """This function will say how many pages a PDF has."""
    return len(PdfReader(io.BytesIO(content)).pages)


def joined(pieces: Sequence[bytes], marks: bytes) -> bytes:
    """This function will put pieces one behind the other; page n gets page n of `marks` on top.

    The first piece gives the document its title, its dates and its claim to be an archive's.

    :raises ValueError: when there are not as many marks as pages.
    """
    writer = PdfWriter(clone_from=io.BytesIO(pieces[0]))
    for piece in pieces[1:]:
        for page in PdfReader(io.BytesIO(piece)).pages:
            writer.add_page(page)
    before, after = (_kept(writer, text) for text in (b"q\n", b"\nQ\nq /Marks Do Q\n"))
    for page, mark in zip(writer.pages, PdfReader(io.BytesIO(marks)).pages, strict=True):
        own: Any = page["/Resources"].get_object()
        resources = DictionaryObject(own)
        drawn = DictionaryObject(own["/XObject"].get_object() if "/XObject" in own else {})
        drawn[_MARKS] = _as_form(writer, mark)
        resources[NameObject("/XObject")] = drawn
        page[NameObject("/Resources")] = resources
        page[NameObject("/Contents")] = ArrayObject([before, page.raw_get("/Contents"), after])
    _name(writer, pieces, marks)
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def _kept(writer: PdfWriter, content: bytes) -> Any:
    stream = DecodedStreamObject()
    stream.set_data(content)
    return writer._add_object(stream)


def _as_form(writer: PdfWriter, page: Any) -> Any:
    """A page as something that another page draws."""
    form = page["/Contents"].get_object().clone(writer)
    form.update({
        NameObject("/Type"): NameObject("/XObject"),
        NameObject("/Subtype"): NameObject("/Form"),
        NameObject("/BBox"): page["/MediaBox"].clone(writer),
        NameObject("/Resources"): page["/Resources"].get_object().clone(writer),
    })  # fmt: skip
    return form.indirect_reference


def _name(writer: PdfWriter, pieces: Sequence[bytes], marks: bytes) -> None:
    """The same pieces give the same document, so its identifier is made from them."""
    digest = hashlib.sha256(b"".join((*pieces, marks))).digest()[:16]
    writer._ID = ArrayObject([ByteStringObject(digest), ByteStringObject(digest)])
