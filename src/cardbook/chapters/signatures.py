"""What every desk reads alike: a signature's strokes, a name, a scanned card number (8 to 11)."""

import base64
from collections.abc import Iterable, Mapping
from typing import Any

from django import forms

from cardbook.law import papers
from cardbook.lib.identifiers import parse_card_number
from cardbook.lib.names import parse_name
from cardbook.lib.plain import InputError
from cardbook.lib.sm import Damaged
from cardbook.papers.pictures import ImageRefused, KeptImage, kept_image
from cardbook.papers.storage import PaperMissing, read_paper

LARGEST_SIGNATURE = 300_000
_DIGEST = 64
_DATA_URL = "data:image/png;base64,"


def signature_pictures(said: Iterable[str]) -> dict[str, bytes]:
    """This function will read the pictures of those who signed on the screen, by digest.

    What is no digest is how somebody else signed, in words; a picture that is lost is left out.
    """
    found = {}
    for digest in dict.fromkeys(one for one in said if len(one) == _DIGEST):
        try:
            found[digest] = read_paper(digest)
        except (PaperMissing, Damaged):
            continue
    return found


def signature_cell(said: str, pictures: Mapping[str, bytes]) -> str:
    """This function will name a signature in words where its picture is not printed."""
    return "屏幕签字" if len(said) == _DIGEST and said not in pictures else said


class SignatureField(forms.CharField):
    """The strokes on the pad as a picture, or None when nobody signed on the screen."""

    def __init__(self, **more: Any) -> None:
        """A missing signature is the table's business."""
        super().__init__(
            required=False, max_length=LARGEST_SIGNATURE, widget=forms.HiddenInput, **more
        )

    def clean(self, value: Any) -> KeptImage | None:
        """This function will return the picture, made anew.

        :raises django.forms.ValidationError: when it did not arrive whole.
        """
        text = super().clean(value)
        if not text:
            return None
        try:
            content = base64.b64decode(text.removeprefix(_DATA_URL), validate=True)
            return kept_image(content, papers.SIGNATURE_SCREEN)
        # Of what is not even ASCII the decoder says so with a plain ValueError.
        except (ValueError, ImageRefused) as problem:
            raise forms.ValidationError("签名图像没有收全，请清除后重签。") from problem


class NameField(forms.CharField):
    """Somebody's name, as names are written."""

    def __init__(self, **more: Any) -> None:
        """No browser offers the name of the one before."""
        quiet = {"autocomplete": "off", "spellcheck": "false"}
        super().__init__(max_length=50, widget=forms.TextInput(attrs=quiet), **more)

    def clean(self, value: Any) -> str:
        """This function will return the name in its one spelling.

        :raises django.forms.ValidationError: when it cannot be anybody's.
        """
        text: str = super().clean(value)
        try:
            return parse_name(text).name if text else ""
        except InputError as problem:
            raise forms.ValidationError(f"{problem.sentence}。") from problem


def card_number_in(text: str) -> str:
    """This function will tidy a scanned card number; what cannot be one stays, to be shown."""
    text = text.strip().removeprefix("~")
    if not text:
        return ""
    try:
        return parse_card_number(text).value
    except InputError:
        return text[:20]
