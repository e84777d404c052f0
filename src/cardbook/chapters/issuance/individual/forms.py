"""Turns what the window's screen sends into facts (Art. 8 para. 4, 9, 12).

`desk_form.py` beside it is the same form as the screen shows it, with what was refused.
"""

from dataclasses import dataclass

from django import forms

from cardbook.chapters.asked import AskedForm, PictureField
from cardbook.chapters.chips import ChipField
from cardbook.chapters.collecting import OldCardBack, OldCardFate, read_old_card
from cardbook.chapters.old_boxes import OldBoxField
from cardbook.chapters.signatures import SignatureField, card_number_in
from cardbook.chapters.typed_numbers import SecondLook
from cardbook.law import notices, papers
from cardbook.lib.chip import Chip
from cardbook.lifecycle.facts import CardIssued, IdentityReading, Signing
from cardbook.lifecycle.judge import Presented
from cardbook.papers.pictures import KeptImage

# What the desk has fields of its own for: a document seen, its copy, the signature, the advice.
OWN_PAPERS = frozenset(
    {
        papers.ID_CARD_ORIGINAL,
        papers.ID_CARD_COPY,
        papers.ID_CARD_IMAGE,
        papers.SIGNATURE_SCREEN,
        papers.SIGNATURE_PAPER,
        papers.SIGNATURE_THUMB,
    }
)
OWN_NOTICES = frozenset({notices.PICK_UP.code})


class IssueForm(SecondLook):
    """The fields of the desk; what is missing is the table's business, not the form's.

    Papers and notices the row asks for besides those of a plain hand-over come from `AskedForm`.
    """

    act_code = "card.issue"
    own_papers = OWN_PAPERS
    own_notices = OWN_NOTICES

    key = forms.CharField(max_length=64)
    card = forms.IntegerField(min_value=1, max_value=2**62)
    identity = forms.ChoiceField(
        choices=[(str(r), r.label) for r in IdentityReading], required=False
    )
    scanned = forms.CharField(required=False, max_length=40)
    face_person = forms.BooleanField(required=False)
    face_card = forms.BooleanField(required=False)
    reads = forms.BooleanField(required=False)
    original_seen = forms.BooleanField(required=False)
    copy_kept = forms.ChoiceField(
        choices=[("", "未留"), ("paper", "复印件"), ("image", "影像")], required=False
    )
    copy_image = PictureField(papers.ID_CARD_IMAGE)
    told = forms.BooleanField(required=False)
    signing = forms.ChoiceField(choices=[(str(s), s.label) for s in Signing], required=False)
    signature = SignatureField()
    self_supporting = forms.BooleanField(required=False)
    old_card = forms.ChoiceField(
        choices=[("", "没有收回"), *((str(f), f.label) for f in OldCardFate)], required=False
    )
    old_card_id = forms.IntegerField(required=False, min_value=1, max_value=2**62)
    old_card_box = OldBoxField()
    activate = forms.BooleanField(required=False)
    chip = ChipField()
    number_again = forms.CharField(required=False, max_length=40)


@dataclass(frozen=True, slots=True, kw_only=True)
class IssueInput:
    """What the command needs, made from a valid form."""

    card_id: int
    key: str
    facts: CardIssued
    papers: tuple[Presented, ...]
    told: tuple[str, ...]
    images: tuple[KeptImage, ...]
    old_card: OldCardBack | None = None
    again: str = ""
    activate: bool = False
    chip: Chip | None = None


def read_issue(form: IssueForm, *, way: str = "window") -> IssueInput:
    """This function will make facts, papers, notices and pictures from a valid form.

    A picture counts only when it is there: saying "image" without one leaves its digest empty,
    and the table of acts refuses. `way` is where the holder stands (Art. 7).
    """
    given = form.cleaned_data
    signing = Signing(given["signing"] or Signing.NONE)
    signature: KeptImage | None = given["signature"] if signing is Signing.SCREEN else None
    copy: KeptImage | None = given["copy_image"]
    copy_kept = "image" if copy else given["copy_kept"]
    facts = CardIssued(
        way=way,
        identity=IdentityReading(given["identity"] or IdentityReading.TYPED),
        original_seen=given["original_seen"],
        face_matches=given["face_person"] and given["face_card"],
        reads=given["reads"],
        scanned=card_number_in(given["scanned"]),
        signing=signing,
        signature=signature.digest if signature else "",
        copy_kept=copy_kept,
        self_supporting=given["self_supporting"],
    )
    more = form.answered()
    own_told = (notices.PICK_UP.code,) if given["told"] else ()
    own_images = tuple(image for image in (signature, copy) if image is not None)
    return IssueInput(
        card_id=given["card"],
        key=given["key"],
        facts=facts,
        papers=tuple(dict.fromkeys((*_shown(facts, copy), *more.papers))),
        told=(*own_told, *more.told),
        images=(*own_images, *more.images),
        old_card=read_old_card(given),
        again=given["number_again"],
        activate=given["activate"],
        chip=given["chip"],
    )


def _shown(facts: CardIssued, copy: KeptImage | None) -> list[Presented]:
    """The papers the desk has fields of its own for."""
    shown = []
    if facts.original_seen:
        shown.append(Presented(kind=papers.ID_CARD_ORIGINAL.code))
    if facts.copy_kept == "image":
        shown.append(Presented(kind=papers.ID_CARD_IMAGE.code, digest=copy.digest if copy else ""))
    elif facts.copy_kept:
        shown.append(Presented(kind=papers.ID_CARD_COPY.code))
    if facts.signing is not Signing.NONE:
        shown.append(Presented(kind=f"signature_{facts.signing}", digest=facts.signature))
    return shown


class DefectAskedForm(AskedForm):
    """What the row of a defect asks for, shown within the desk; the defect's own page reads it."""

    act_code = "defect.record"


class UndoForm(AskedForm):
    """Why a hand-over is taken back, and who else signs for it."""

    act_code = "issue.undo"

    key = forms.CharField(widget=forms.HiddenInput, max_length=64)
    event = forms.IntegerField(widget=forms.HiddenInput, min_value=0)
    words = forms.CharField(
        label="撤销原因",
        max_length=200,
        error_messages={"required": "请写明撤销原因，供日后核查。"},
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        help_text="一句话写明怎么登错的，供日后核查",
    )
