"""The hand-over form as the screen shows it: statements, what was filled in, what was refused.

Every sentence comes from the catalogue of refusals; this says only beside which field it stands.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.forms.utils import ErrorDict

from cardbook.chapters.asked import (
    NONE_SHOWN,
    Asked,
    AskedPaper,
    asked_of,
    notice_name,
    picture_name,
)
from cardbook.chapters.collecting import OldCardOut
from cardbook.chapters.issuance.individual.forms import OWN_NOTICES, OWN_PAPERS
from cardbook.chapters.issuance.individual.notes import Note, note_of
from cardbook.chapters.typed_numbers import seconds_of
from cardbook.law import notices, papers
from cardbook.law.articles import art
from cardbook.law.papers import PaperKind
from cardbook.lifecycle import refusals as no
from cardbook.lifecycle.acts import act
from cardbook.lifecycle.facts import IdentityReading, Recheck, Signing
from cardbook.lifecycle.refusals import Refusal


@dataclass(frozen=True, slots=True, kw_only=True)
class Option:
    """One way to meet a statement; a picture brings its own field to upload it in."""

    value: str
    label: str
    chosen: bool = False
    upload: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """One statement the clerk confirms with the same Enter; `digit` is the key that excepts it.

    With `options` one of them is chosen, else it is ticked. The tenth and later have no key.
    """

    digit: int
    name: str
    statement: str
    article: str
    ticked: bool = True
    options: tuple[Option, ...] = ()
    note: Note | None = None

    @property
    def has_key(self) -> bool:
        """Whether a digit of the keyboard stands for it."""
        return self.digit <= LAST_DIGIT


@dataclass(frozen=True, slots=True, kw_only=True)
class DeskForm:
    """The whole form: fresh, or as it came back with nothing typed lost."""

    key: str
    identity: str
    checks: tuple[Check, ...]
    scanned: str = ""
    signing: str = ""
    signature: str = ""
    top: tuple[Note, ...] = ()
    card_note: Note | None = None
    signature_note: Note | None = None
    second_roles: str = ""
    second_name: str = ""
    second_note: Note | None = None
    old_card_id: int | None = None
    old_card_box: str = ""
    recheck: Recheck | None = None
    number_again: str = ""
    again_note: Note | None = None
    activate: bool = False
    activate_note: Note | None = None
    chip: str = ""
    chip_notes: tuple[Note, ...] = ()

    @property
    def last_digit(self) -> int:
        """The highest digit that is a key."""
        return min(len(self.checks), LAST_DIGIT)

    @property
    def problem_count(self) -> int:
        """How many places want mending."""
        beside = [check.note for check in self.checks]
        beside += [self.card_note, self.signature_note, self.second_note]
        beside += [self.again_note, self.activate_note]
        return len(self.top) + len(self.chip_notes) + sum(1 for note in beside if note is not None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """What is stated under which name; `choices` are value, words and the picture's kind."""

    name: str
    words: str
    article: str
    choices: tuple[tuple[str, str, PaperKind | None], ...] = ()


LAST_DIGIT = 9
_COPY = Statement(
    name="copy_kept",
    words="已留复印件或影像",
    article=papers.ID_CARD_COPY.basis.label,
    choices=(
        ("paper", "已留复印件", None),
        ("image", "影像", papers.ID_CARD_IMAGE),
        ("", "没有留", None),
    ),
)
_TOLD = Statement(name="told", words="已口头告知：妥善保管、正确使用", article=art(12).label)
# What the desk states in its own words; the rest of the row's demands follows in the row's.
_STATEMENTS = (
    Statement(
        name="face_person",
        words="人证相符：本人与证件照片一致",
        article=no.FACE_NOT_CHECKED.basis.label,
    ),
    Statement(name="face_card", words="卡面信息与证件一致", article=art(13).label),
    Statement(name="reads", words="卡片完好，能读写", article=no.CARD_UNREADABLE.basis.label),
    Statement(
        name="original_seen", words="已查验身份证件原件", article=no.ID_NOT_SEEN.basis.label
    ),
)
# Asked of holders of sixteen and seventeen alone, and stated by nobody in passing (Art. 11).
OLD_CARD = "old_card"
_OWN_WORK = Statement(
    name="self_supporting",
    words="已问明：以自己的劳动收入为主要生活来源",
    article=art(11).label,
)
_SPOT_OF_REASON = {
    no.CARD_NOT_SCANNED.code: "scanned",
    no.WRONG_CARD_SCANNED.code: "scanned",
    no.SIGNATURE_MISSING.code: "signature",
    no.NUMBER_NOT_RECHECKED.code: "again",
    no.NUMBER_TYPED_DIFFERENTLY.code: "again",
    no.OTHER_CARD_WORKS.code: "activate",
    no.OTHER_CARD_ACTIVE.code: "activate",
    no.CHIP_DIFFERS.code: "chip",
    no.FACE_NOT_CHECKED.code: "face_person",
    no.CARD_UNREADABLE.code: "reads",
    no.ID_NOT_SEEN.code: "original_seen",
    no.HOLDER_IS_MINOR.code: "self_supporting",
    no.OLD_CARD_OUT.code: OLD_CARD,
    **dict.fromkeys(
        (
            no.SECOND_PERSON_MISSING.code,
            no.SECOND_PERSON_UNKNOWN.code,
            no.SECOND_PERSON_LOCKED.code,
            no.SECOND_PERSON_SAME.code,
            no.SECOND_PERSON_MAY_NOT.code,
            no.NUMBER_SEEN_BY_ONE.code,
        ),
        "second",
    ),
}
_SPOT_OF_PAPER = {
    papers.ID_CARD_ORIGINAL.title: "original_seen",
    papers.ID_CARD_COPY.title: "copy_kept",
    papers.ID_CARD_IMAGE.title: "copy_kept",
    papers.SIGNATURE_SCREEN.title: "signature",
    papers.SIGNATURE_PAPER.title: "signature",
    papers.SIGNATURE_THUMB.title: "signature",
}
_SPOT_OF_FIELD = {
    "copy_image": "copy_kept",
    "signature": "signature",
    "scanned": "scanned",
    "chip": "chip",
    "second_name": "second",
    "second_password": "second",
}


def fresh_form(
    *,
    key: str,
    identity: str,
    recheck: Recheck | None = None,
    activate: bool = False,
    is_16_or_17: bool = False,
    old_card: OldCardOut | None = None,
) -> DeskForm:
    """This function will make the form for a person who just came: all statements stand."""
    read = IdentityReading.READER if identity == IdentityReading.READER else IdentityReading.TYPED
    return DeskForm(
        key=key,
        identity=read,
        recheck=recheck,
        activate=activate,
        checks=_checks(posted=None, notes={}, is_16_or_17=is_16_or_17, old_card=old_card),
        second_roles=_asked().second_roles or seconds_of(recheck, of="card.issue"),
        old_card_id=old_card.id if old_card else None,
    )


def form_again(
    posted: Mapping[str, str],
    *,
    key: str,
    recheck: Recheck | None = None,
    refusals: Iterable[Refusal] = (),
    errors: ErrorDict | None = None,
    is_16_or_17: bool = False,
    old_card: OldCardOut | None = None,
) -> DeskForm:
    """This function will give back what was filled in, each problem beside what it concerns.

    Of several sentences for one place the first is shown: mending it mends the others.
    """
    notes = [*_placed(refusals, posted), *_errors(errors)]
    top, beside = _sorted(notes, is_16_or_17=is_16_or_17)
    signing = posted.get("signing", "")
    return DeskForm(
        key=posted.get("key", "") or key,
        identity=posted.get("identity", ""),
        checks=_checks(posted=posted, notes=beside, is_16_or_17=is_16_or_17, old_card=old_card),
        scanned=posted.get("scanned", ""),
        signing=signing,
        signature=posted.get("signature", "") if signing == Signing.SCREEN else "",
        top=tuple(top),
        card_note=beside.get("scanned"),
        signature_note=beside.get("signature"),
        second_roles=_asked().second_roles or seconds_of(recheck, of="card.issue"),
        second_name=posted.get("second_name", ""),
        second_note=beside.get("second"),
        old_card_id=old_card.id if old_card else None,
        old_card_box=posted.get("old_card_box", ""),
        recheck=recheck,
        number_again=posted.get("number_again", ""),
        again_note=beside.get("again"),
        activate=bool(posted.get("activate")),
        activate_note=beside.get("activate"),
        chip=posted.get("chip", ""),
        chip_notes=tuple(note for spot, note in notes if spot == "chip"),
    )


def _sorted(
    notes: Iterable[tuple[str, Note]], *, is_16_or_17: bool
) -> tuple[list[Note], dict[str, Note]]:
    """What concerns no single field, and the first of the sentences beside each field."""
    beside: dict[str, Note] = {}
    top: list[Note] = []
    for spot, note in notes:
        if spot == "top" or (spot == _OWN_WORK.name and not is_16_or_17):
            top.append(note)
        else:
            beside.setdefault(spot, note)
    return top, beside


def _asked() -> Asked:
    return asked_of(act("card.issue"), own_papers=OWN_PAPERS, own_notices=OWN_NOTICES)


def _statements(*, is_16_or_17: bool, old_card: OldCardOut | None) -> list[Statement]:
    """All that the row of the hand-over asks for as it stands now, in the order of the screen."""
    row, asked = act("card.issue"), _asked()
    kinds = set(row.papers.kinds) if row.papers else set()
    own = [*_STATEMENTS, *([_OWN_WORK] if is_16_or_17 else [])]
    if old_card is not None:
        own.insert(0, _old_card_statement(old_card))
    if kinds & {papers.ID_CARD_COPY, papers.ID_CARD_IMAGE}:
        own.append(_COPY)
    if notices.PICK_UP in row.notices:
        own.append(_TOLD)
    return [
        *own,
        *(_paper_statement(paper) for paper in asked.papers),
        *(
            Statement(
                name=notice_name(one), words=f"已口头告知：{one.title}", article=one.basis_text
            )
            for one in asked.notices
        ),
    ]


def _old_card_statement(old_card: OldCardOut) -> Statement:
    """The old card comes back with the same Enter, or is said to be lost (Art. 26)."""
    fates = ((str(fate), fate.label, None) for fate in old_card.fates)
    return Statement(
        name=OLD_CARD,
        words=f"请收回旧卡 {old_card.number}，放入{old_card.lies_in}",
        article=no.OLD_CARD_OUT.basis.label,
        choices=(*fates, ("", "没有收回", None)),
    )


def _paper_statement(paper: AskedPaper) -> Statement:
    words = f"已查验{paper.title}" if paper.is_tick else f"已留{paper.title}"
    if paper.is_tick:
        return Statement(name=paper.name, words=words, article=paper.article)
    pictures = {kind.code: kind for kind in paper.kinds if kind.is_image}
    shown = [(kind.code, kind.title, pictures.get(kind.code)) for kind in paper.kinds]
    return Statement(
        name=paper.name,
        words=words,
        article=paper.article,
        choices=(*shown, ("", NONE_SHOWN, None)),
    )


def _checks(
    *,
    posted: Mapping[str, str] | None,
    notes: Mapping[str, Note],
    is_16_or_17: bool,
    old_card: OldCardOut | None,
) -> tuple[Check, ...]:
    """The statements as filled in; on a fresh form all of them stand but the one to be asked."""
    return tuple(
        Check(
            digit=digit,
            name=one.name,
            statement=one.words,
            article=one.article,
            ticked=one is not _OWN_WORK if posted is None else bool(posted.get(one.name)),
            options=_options(one, None if posted is None else posted.get(one.name, "")),
            note=notes.get(one.name),
        )
        for digit, one in enumerate(
            _statements(is_16_or_17=is_16_or_17, old_card=old_card), start=1
        )
    )


def _options(one: Statement, given: str | None) -> tuple[Option, ...]:
    """The ways to meet a statement; nobody can have sent a picture yet, so none is assumed."""
    usual = next((value for value, _, kind in one.choices if kind is None), "")
    chosen = usual if given is None else given
    return tuple(
        Option(
            value=value,
            label=label,
            chosen=value == chosen,
            upload=_upload(one, kind) if kind else "",
        )
        for value, label, kind in one.choices
    )


def _upload(one: Statement, kind: PaperKind) -> str:
    return "copy_image" if one is _COPY else picture_name(kind)


def _placed(refusals: Iterable[Refusal], posted: Mapping[str, str]) -> list[tuple[str, Note]]:
    asked = _asked()
    of_paper = _SPOT_OF_PAPER | {
        kind.title: paper.name for paper in asked.papers for kind in paper.kinds
    }
    of_notice = {notices.PICK_UP.title: "told"} | {
        one.title: notice_name(one) for one in asked.notices
    }
    placed = []
    for refusal in refusals:
        spot = _SPOT_OF_REASON.get(refusal.code, "top")
        if spot == "face_person" and posted.get("face_person"):
            spot = "face_card"
        if refusal.code in (no.PAPER_MISSING.code, no.IMAGE_MISSING.code):
            spot = of_paper.get(str(refusal.values["paper"]), "top")
        if refusal.code == no.NOTICE_NOT_GIVEN.code:
            spot = of_notice.get(str(refusal.values["notice"]), "top")
        placed.append((spot, note_of(refusal)))
    return placed


def _errors(errors: ErrorDict | None) -> list[tuple[str, Note]]:
    placed = []
    of_picture = {
        picture_name(kind): paper.name for paper in _asked().papers for kind in paper.pictures
    }
    for field, sentences in (errors or {}).items():
        spot = (of_picture | _SPOT_OF_FIELD).get(field, "top")
        words = str(sentences[0]) if spot != "top" else f"页面内容不完整（{field}）。"
        way_out = "" if spot != "top" else "请重新扫描身份证后再办。"
        placed.append((spot, Note(sentence=words, way_out=way_out, code=f"FORM_{field}")))
    return placed
