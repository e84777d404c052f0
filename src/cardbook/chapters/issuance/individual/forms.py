"""Turns what the window's screen sends into facts (Art. 8 para. 4, 9, 12)."""

import base64
import binascii
from dataclasses import dataclass

from django import forms

from cardbook.law import notices
from cardbook.lib.identifiers import parse_card_number
from cardbook.lib.plain import InputError
from cardbook.lifecycle.facts import CardIssued, IdentityReading, Signing
from cardbook.lifecycle.judge import Presented
from cardbook.orgs.actors import Actor
from cardbook.papers.storage import add_paper

LARGEST_SIGNATURE = 300_000


class IssueForm(forms.Form):
    """The fields of the desk; what is missing is the table's business, not the form's."""

    key = forms.CharField(max_length=64)
    card = forms.IntegerField()
    scanned = forms.CharField(required=False, max_length=40)
    identity = forms.ChoiceField(choices=[(str(r), r) for r in IdentityReading], required=False)
    original_seen = forms.BooleanField(required=False)
    copy_kept = forms.ChoiceField(
        choices=[("", ""), ("image", "影像"), ("paper", "复印件")], required=False
    )
    face_matches = forms.BooleanField(required=False)
    reads = forms.BooleanField(required=False)
    signing = forms.ChoiceField(choices=[(str(s), s) for s in Signing], required=False)
    signature = forms.CharField(required=False, max_length=LARGEST_SIGNATURE)
    told = forms.BooleanField(required=False)
    copy_image = forms.FileField(required=False)


@dataclass(frozen=True, slots=True)
class IssueInput:
    """What the command needs, made from a valid form."""

    card_id: int
    key: str
    facts: CardIssued
    papers: tuple[Presented, ...]
    told: tuple[str, ...]


def read_issue(form: IssueForm, *, by: Actor) -> IssueInput:
    """This function will make facts, papers and notices from a valid form; images are kept sealed.

    :raises ValueError: when the signature is not a PNG picture.
    """
    given = form.cleaned_data
    signing = Signing(given["signing"] or Signing.NONE)
    signature = _keep_signature(given["signature"], by=by) if signing is Signing.SCREEN else ""
    copy = _keep_copy(form, by=by)
    facts = CardIssued(
        way="window",
        identity=IdentityReading(given["identity"] or IdentityReading.TYPED),
        original_seen=given["original_seen"],
        face_matches=given["face_matches"],
        reads=given["reads"],
        scanned=_card_number(given["scanned"]),
        signing=signing,
        signature=signature,
        copy_kept=given["copy_kept"],
    )
    return IssueInput(
        card_id=given["card"],
        key=given["key"],
        facts=facts,
        papers=_papers(given, signing=signing, signature=signature, copy=copy),
        told=(notices.PICK_UP.code,) if given["told"] else (),
    )


def _papers(
    given: dict[str, object], *, signing: Signing, signature: str, copy: str
) -> tuple[Presented, ...]:
    kinds = []
    if given["original_seen"]:
        kinds.append(Presented(kind="id_card_original"))
    if given["copy_kept"]:
        kind = "id_card_image" if given["copy_kept"] == "image" else "id_card_copy"
        kinds.append(Presented(kind=kind, digest=copy))
    if signing is not Signing.NONE:
        kinds.append(Presented(kind=f"signature_{signing}", digest=signature))
    return tuple(kinds)


def _card_number(text: str) -> str:
    """The scanned number in canonical form; what cannot be one is kept, for the refusal to show."""
    if not text.strip():
        return ""
    try:
        return parse_card_number(text).value
    except InputError:
        return text.strip()[:20]


def _keep_signature(data_url: str, *, by: Actor) -> str:
    head, _, body = data_url.partition(",")
    if not body:
        return ""
    try:
        content = base64.b64decode(body, validate=True)
    except binascii.Error as problem:
        raise ValueError("签名图像损坏，请重签。") from problem
    if head != "data:image/png;base64" or not content.startswith(b"\x89PNG"):
        raise ValueError("签名不是图像，请重签。")
    paper = add_paper(kind="signature_screen", content=content, media_type="image/png",
                      title="领卡签字", by=by)
    return paper.digest


def _keep_copy(form: IssueForm, *, by: Actor) -> str:
    upload = form.cleaned_data.get("copy_image")
    if not upload:
        return ""
    paper = add_paper(kind="id_card_image", content=upload.read(),
                      media_type=upload.content_type or "application/octet-stream",
                      title="身份证件影像", by=by)
    return paper.digest




class UndoForm(forms.Form):
    """Why a hand-over is taken back, and who else signs for it."""

    key = forms.CharField(widget=forms.HiddenInput, max_length=64)
    words = forms.CharField(label="撤销原因", max_length=200, required=False)
    second_name = forms.CharField(label="复核人用户名", max_length=60)
    second_password = forms.CharField(
        label="复核人密码",
        max_length=128,
        widget=forms.PasswordInput(attrs={"autocomplete": "off"}),
    )
