"""From the screen's fields to facts, papers and pictures; and back to the screen when refused."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from cardbook.chapters.issuance.individual.desk_form import form_again, fresh_form
from cardbook.chapters.issuance.individual.forms import (
    IssueForm,
    IssueInput,
    card_number_in,
    read_issue,
)
from cardbook.chapters.issuance.individual.tests.windows import FILLED_IN
from cardbook.lib.sm import sm3
from cardbook.lifecycle import refusals as no
from cardbook.lifecycle.facts import IdentityReading, Signing
from cardbook.lifecycle.refusals import Refusal
from cardbook.testing.pictures import data_url, jpeg, jpeg_note, png
from cardbook.testing.plugin import ROOT

pytestmark = pytest.mark.article(8, 4)
COMPLETE = {**FILLED_IN, "key": "k1", "card": "7", "scanned": "T00000007"}


def read(*, image: bytes | None = None, **changes: str) -> IssueInput:
    files = {} if image is None else {"copy_image": SimpleUploadedFile("x", image)}
    form = IssueForm(COMPLETE | changes, files)
    assert form.is_valid(), form.errors
    return read_issue(form)


def kinds(given: IssueInput) -> list[str]:
    return [paper.kind for paper in given.papers]


class TestReadIssue:
    def test_states_what_was_confirmed(self) -> None:
        given = read()
        assert (given.card_id, given.key) == (7, "k1")
        assert given.facts.face_matches and given.facts.reads and given.facts.original_seen
        assert given.facts.identity is IdentityReading.READER
        assert kinds(given) == ["id_card_original", "id_card_copy", "signature_paper"]
        assert given.told == ("pick_up",) and given.images == ()

    def test_a_box_not_ticked_is_a_statement_not_made(self) -> None:
        given = read(original_seen="", told="", copy_kept="", signing="", identity="")
        assert kinds(given) == [] and given.told == ()
        assert given.facts.signing is Signing.NONE
        assert given.facts.identity is IdentityReading.TYPED

    @pytest.mark.parametrize("unlike", ["face_person", "face_card"])
    def test_person_and_card_must_both_agree_with_the_document(self, unlike: str) -> None:
        assert not read(**{unlike: ""}).facts.face_matches

    def test_a_signature_is_known_by_its_digest_and_goes_along(self) -> None:
        given = read(signing="screen", signature=data_url(png()))
        assert given.facts.signature == sm3(png()).hex()
        assert [image.kind for image in given.images] == ["signature_screen"]
        assert given.papers[-1].digest == given.facts.signature

    def test_strokes_left_over_do_not_count_when_signed_on_paper(self) -> None:
        given = read(signing="paper", signature=data_url(png()))
        assert given.facts.signature == "" and given.images == ()

    def test_an_upload_is_an_image_whatever_else_was_chosen(self) -> None:
        given = read(image=jpeg(jpeg_note(0xE1, b"Exif")), copy_kept="paper")
        assert given.facts.copy_kept == "image"
        assert given.images[0].content == jpeg()
        assert given.papers[1].kind == "id_card_image"
        assert given.papers[1].digest == sm3(jpeg()).hex()

    def test_an_image_only_claimed_has_no_digest(self) -> None:
        given = read(copy_kept="image")
        assert given.papers[1].kind == "id_card_image" and given.papers[1].digest == ""

    def test_a_thumb_print_is_a_paper_with_a_witness(self) -> None:
        assert kinds(read(signing="thumb"))[-1] == "signature_thumb"


class TestIssueForm:
    @pytest.mark.parametrize(
        ("field", "value"),
        [
            ("signature", "data:image/png;base64,AAAA"),
            ("signature", "data:image/png;base64,*"),
            ("signature", "javascript:alert(1)"),
            ("signature", data_url(b"GIF89a")),
            ("signing", "promise"),
            ("card", "x"),
            ("card", "99999999999999999999"),
            ("key", ""),
            ("key", "k" * 65),
        ],
    )
    def test_refuses_what_no_screen_of_ours_sends(self, field: str, value: str) -> None:
        form = IssueForm(COMPLETE | {field: value})
        assert not form.is_valid() and field in form.errors

    @pytest.mark.parametrize("content", [b"", b"%PDF-1.7", png()[:40]])
    def test_refuses_a_copy_that_is_no_picture(self, content: bytes) -> None:
        form = IssueForm(COMPLETE, {"copy_image": SimpleUploadedFile("a.jpg", content)})
        assert not form.is_valid() and "copy_image" in form.errors


@pytest.mark.parametrize(
    ("typed", "read_as"),
    [
        ("T00000007", "T00000007"),
        ("~t0000 0007", "T00000007"),
        ("Ｔ００００００７０", "T00000070"),
        ("不是卡号", "不是卡号"),
        ("  ", ""),
    ],
)
def test_a_card_number_is_tidied_and_anything_else_stays_to_be_shown(
    typed: str, read_as: str
) -> None:
    assert card_number_in(typed) == read_as


class TestDeskForm:
    def test_a_fresh_one_states_all_six(self) -> None:
        form = fresh_form(key="k", identity="reader")
        assert [check.digit for check in form.checks] == [1, 2, 3, 4, 5, 6]
        assert all(check.ticked for check in form.checks)
        (copy,) = [check for check in form.checks if check.options]
        assert [option.value for option in copy.options if option.chosen] == ["paper"]
        assert (form.signing, form.problem_count, form.last_digit) == ("", 0, 6)

    def test_the_handbook_names_as_many_keys(self) -> None:
        handbook = (ROOT / "docs" / "handbook" / "zh" / "desk.md").read_text(encoding="utf-8")
        assert f"`1`–`{fresh_form(key='k', identity='reader').last_digit}`" in handbook

    def test_gives_back_what_was_filled_in(self) -> None:
        posted = COMPLETE | {"reads": "", "signing": "screen", "signature": "data:x"}
        form = form_again(posted, key="new")
        assert form.key == "k1" and form.scanned == "T00000007" and form.signature == "data:x"
        assert [check.name for check in form.checks if not check.ticked] == ["reads"]

    @pytest.mark.parametrize(
        ("reason", "values", "name"),
        [
            (no.FACE_NOT_CHECKED, {}, "face_person"),
            (no.CARD_UNREADABLE, {}, "reads"),
            (no.ID_NOT_SEEN, {}, "original_seen"),
            (no.NOTICE_NOT_GIVEN, {"notice": "领卡告知"}, "told"),
            (no.PAPER_MISSING, {"paper": "身份证件复印件", "alternatives": "影像"}, "copy_kept"),
            (no.IMAGE_MISSING, {"paper": "身份证件影像"}, "copy_kept"),
        ],
    )
    def test_puts_a_refusal_beside_its_statement(
        self, reason: no.Reason, values: dict[str, object], name: str
    ) -> None:
        form = form_again({}, key="k", refusals=[Refusal(reason, values)])
        assert [check.name for check in form.checks if check.note] == [name]
        assert form.top == () and form.problem_count == 1

    def test_a_card_face_that_differs_is_named_there(self) -> None:
        form = form_again({"face_person": "1"}, key="k", refusals=[Refusal(no.FACE_NOT_CHECKED)])
        assert [check.name for check in form.checks if check.note] == ["face_card"]

    def test_says_one_thing_once_beside_the_signature(self) -> None:
        paper = {"paper": "纸质登记表签字", "alternatives": "屏幕签字"}
        form = form_again(
            {},
            key="k",
            refusals=[Refusal(no.SIGNATURE_MISSING), Refusal(no.PAPER_MISSING, paper)],
        )
        assert form.signature_note and form.signature_note.code == "SIGNATURE_MISSING"
        assert form.problem_count == 1

    def test_what_concerns_no_field_stands_on_top(self) -> None:
        form = form_again({}, key="k", refusals=[Refusal(no.KEY_REUSED)])
        assert [note.code for note in form.top] == ["KEY_REUSED"]

    def test_an_error_of_the_upload_stands_beside_the_copy(self) -> None:
        bound = IssueForm(COMPLETE, {"copy_image": SimpleUploadedFile("a.jpg", b"x")})
        form = form_again(COMPLETE, key="k", errors=bound.errors)
        (check,) = [check for check in form.checks if check.note]
        assert check.name == "copy_kept" and check.note and "JPG" in check.note.sentence
