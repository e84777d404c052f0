"""The hand-over form as the screen shows it: statements, what was filled in, what was refused.

Every sentence comes from the catalogue of refusals; this says only beside which field it stands.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.forms.utils import ErrorDict

from cardbook.law import papers
from cardbook.law.articles import art
from cardbook.lifecycle import refusals as no
from cardbook.lifecycle.facts import IdentityReading, Signing
from cardbook.lifecycle.refusals import Refusal


@dataclass(frozen=True, slots=True, kw_only=True)
class Note:
    """One problem beside the field it concerns."""

    sentence: str
    way_out: str = ""
    article: str = ""
    code: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """One statement the clerk confirms with the same Enter; `digit` is the key that excepts it."""

    digit: int
    name: str
    statement: str
    article: str
    ticked: bool = True
    note: Note | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DeskForm:
    """The whole form: fresh, or as it came back with nothing typed lost."""

    key: str
    identity: str
    checks: tuple[Check, ...]
    copy_kept: str = "paper"
    scanned: str = ""
    signing: str = ""
    signature: str = ""
    top: tuple[Note, ...] = ()
    card_note: Note | None = None
    signature_note: Note | None = None

    @property
    def problem_count(self) -> int:
        """How many places want mending."""
        beside = [check.note for check in self.checks] + [self.card_note, self.signature_note]
        return len(self.top) + sum(1 for note in beside if note is not None)


# Name of the field, what is stated, the article that asks for it.
_STATEMENTS = (
    ("face_person", "人证相符：本人与证件照片一致", no.FACE_NOT_CHECKED.basis),
    ("face_card", "卡面信息与证件一致", art(13)),
    ("reads", "卡片完好，能读写", no.CARD_UNREADABLE.basis),
    ("original_seen", "已查验身份证件原件", no.ID_NOT_SEEN.basis),
    ("copy_kept", "已留复印件或影像", papers.ID_CARD_COPY.basis),
    ("told", "已口头告知：妥善保管、正确使用", art(12)),
)
_SPOT_OF_REASON = {
    no.CARD_NOT_SCANNED.code: "scanned",
    no.WRONG_CARD_SCANNED.code: "scanned",
    no.SIGNATURE_MISSING.code: "signature",
    no.FACE_NOT_CHECKED.code: "face_person",
    no.CARD_UNREADABLE.code: "reads",
    no.ID_NOT_SEEN.code: "original_seen",
    no.NOTICE_NOT_GIVEN.code: "told",
}
_SPOT_OF_PAPER = {
    papers.ID_CARD_ORIGINAL.title: "original_seen",
    papers.ID_CARD_COPY.title: "copy_kept",
    papers.ID_CARD_IMAGE.title: "copy_kept",
    papers.SIGNATURE_SCREEN.title: "signature",
    papers.SIGNATURE_PAPER.title: "signature",
    papers.SIGNATURE_THUMB.title: "signature",
}
_SPOT_OF_FIELD = {"copy_image": "copy_kept", "signature": "signature", "scanned": "scanned"}


def fresh_form(*, key: str, identity: str) -> DeskForm:
    """This function will make the form for a person who just came: all statements stand."""
    read = IdentityReading.READER if identity == IdentityReading.READER else IdentityReading.TYPED
    return DeskForm(key=key, identity=read, checks=_checks(ticked=None, notes={}))


def form_again(
    posted: Mapping[str, str],
    *,
    key: str,
    refusals: Iterable[Refusal] = (),
    errors: ErrorDict | None = None,
) -> DeskForm:
    """This function will give back what was filled in, each problem beside what it concerns.

    Of several sentences for one place the first is shown: mending it mends the others.
    """
    beside: dict[str, Note] = {}
    top: list[Note] = []
    for spot, note in [*_placed(refusals, posted), *_errors(errors)]:
        if spot == "top":
            top.append(note)
        else:
            beside.setdefault(spot, note)
    signing = posted.get("signing", "")
    return DeskForm(
        key=posted.get("key", "") or key,
        identity=posted.get("identity", ""),
        checks=_checks(ticked=frozenset(name for name in posted if posted[name]), notes=beside),
        copy_kept=posted.get("copy_kept", ""),
        scanned=posted.get("scanned", ""),
        signing=signing,
        signature=posted.get("signature", "") if signing == Signing.SCREEN else "",
        top=tuple(top),
        card_note=beside.get("scanned"),
        signature_note=beside.get("signature"),
    )


def note_of(refusal: Refusal) -> Note:
    """This function will put a refusal into the words of the screen."""
    return Note(
        sentence=refusal.sentence,
        way_out=refusal.way_out,
        article=refusal.article,
        code=refusal.code,
    )


def _checks(*, ticked: frozenset[str] | None, notes: Mapping[str, Note]) -> tuple[Check, ...]:
    return tuple(
        Check(
            digit=digit,
            name=name,
            statement=statement,
            article=basis.label,
            ticked=ticked is None or name in ticked,
            note=notes.get(name),
        )
        for digit, (name, statement, basis) in enumerate(_STATEMENTS, start=1)
    )


def _placed(refusals: Iterable[Refusal], posted: Mapping[str, str]) -> list[tuple[str, Note]]:
    placed = []
    for refusal in refusals:
        spot = _SPOT_OF_REASON.get(refusal.code, "top")
        if spot == "face_person" and posted.get("face_person"):
            spot = "face_card"
        if refusal.code in (no.PAPER_MISSING.code, no.IMAGE_MISSING.code):
            spot = _SPOT_OF_PAPER.get(str(refusal.values["paper"]), "top")
        placed.append((spot, note_of(refusal)))
    return placed


def _errors(errors: ErrorDict | None) -> list[tuple[str, Note]]:
    placed = []
    for field, sentences in (errors or {}).items():
        spot = _SPOT_OF_FIELD.get(field, "top")
        words = str(sentences[0]) if spot != "top" else f"页面内容不完整（{field}）。"
        way_out = "" if spot != "top" else "请重新扫描身份证后再办。"
        placed.append((spot, Note(sentence=words, way_out=way_out, code=f"FORM_{field}")))
    return placed
