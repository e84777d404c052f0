"""A wrong card is taken back at once and led to a new application, step by step (Art. 13-15)."""

import json
from datetime import date, timedelta
from functools import partial

import pytest

from cardbook.cards.models import Application, Card, Correction
from cardbook.chapters.corrections.models import CorrectionDetail
from cardbook.chapters.corrections.wrong_cards.commands import Telling, explain_error
from cardbook.chapters.corrections.wrong_cards.tests import wrong
from cardbook.chapters.corrections.wrong_cards.tests.wrong import TODAY, compared
from cardbook.chapters.corrections.wrong_cards.values import open_face, open_right
from cardbook.chapters.issuance.defect.commands import record_defect
from cardbook.custody.models import Position
from cardbook.custody.places import Place
from cardbook.insight.check import recount
from cardbook.law import notices
from cardbook.ledger.models import Event
from cardbook.lifecycle.facts import (
    Defect,
    DefectRecorded,
    ErrorExplained,
    ErrorRechecked,
    ErrorRecorded,
    Fault,
    FoundAt,
    WrongField,
)
from cardbook.lifecycle.perform import perform
from cardbook.lifecycle.refusals import Refused
from cardbook.outbox.models import Message
from cardbook.testing import factories as make
from cardbook.testing.factories import NOON, City
from cardbook.testing.races import together

pytestmark = pytest.mark.article(13)


def codes(refused: pytest.ExceptionInfo[Refused]) -> set[str]:
    return {refusal.code for refusal in refused.value.refusals}


def received(city: City) -> Card:
    (card,) = make.received_cards(city, city.here)
    return card


@pytest.mark.django_db
class TestRecordError:
    def test_takes_the_card_back_opens_its_handling_and_keeps_what_was_said(
        self, city: City
    ) -> None:
        card = received(city)
        done = wrong.record(card, by=city.here.clerk)
        card.refresh_from_db()
        assert (card.stage, card.hold, card.social) == ("recalled", "error", "sealed")
        account = Position.objects.get(card=card).account
        assert (account.kind, account.organization_id) == (Place.ERROR, city.here.window.pk)
        correction = Correction.objects.get()
        assert done.subject_ids[:2] == (card.pk, correction.pk)
        assert (correction.card_id, correction.person_id) == (card.pk, card.person_id)
        assert (correction.county_id, correction.progress) == (
            city.here.county.pk, "recorded",
        )  # fmt: skip
        events = Event.objects.filter(batch=done.batch).order_by("id")
        assert [one.act for one in events] == ["error.record", "error.open", "error.explain"]
        explained = events[2]
        assert explained.told == ["wrong_card/1"] and "姓名不对" in explained.facts
        assert recount().holds

    def test_keeps_the_values_sealed_and_out_of_the_ledger(self, city: City) -> None:
        wrong.record(received(city), by=city.here.clerk)
        detail = CorrectionDetail.objects.get()
        assert "王小朋".encode() not in bytes(detail.face_sealed)
        assert open_face(detail.face_sealed) == {WrongField.NAME: "王小朋"}
        assert open_right(detail.right_sealed) == {WrongField.NAME: "王小明"}
        assert not Event.objects.filter(facts__contains="王小").exists()

    def test_found_at_counting_it_is_explained_later(self, city: City) -> None:
        facts = ErrorRecorded(found=FoundAt.COUNTING, fields=(WrongField.PHOTO,), reported="staff")
        correction = wrong.recorded(received(city), city.here, facts=facts, telling=None)
        assert not Event.objects.filter(act="error.explain").exists()
        told = ErrorExplained(told="agent", way="phone", words="照片不对，请到派出所核对。")
        explain_error(
            correction_id=correction.pk, telling=Telling(facts=told, agent="王大明"),
            told=(notices.WRONG_CARD.code,), by=city.here.clerk, at=NOON, key=make.key(),
        )  # fmt: skip
        assert '"told":"agent"' in Event.objects.get(act="error.explain").facts

    @pytest.mark.article(15)
    def test_keeps_by_when_the_police_will_have_mended_it(self, city: City) -> None:
        correction = wrong.recorded(received(city), city.here)
        day = TODAY + timedelta(days=12)
        for expected_on in (day, day + timedelta(days=3)):
            told = ErrorExplained(
                told="holder", way="phone", words="派出所说月底", expected_on=expected_on
            )
            explain_error(
                correction_id=correction.pk, telling=Telling(facts=told),
                told=(notices.WRONG_CARD.code,), by=city.here.clerk, at=NOON, key=make.key(),
            )  # fmt: skip
            correction.detail.refresh_from_db()
            assert correction.detail.expected_on == expected_on
        facts = json.loads(Event.objects.filter(act="error.explain").latest("seq").facts)
        assert facts["expected_on"] == f"{day + timedelta(days=3)}"
        assert [one for one in recount().findings if not one.holds] == []

    @pytest.mark.article(15)
    def test_refuses_a_day_of_the_police_that_is_over(self, city: City) -> None:
        correction = wrong.recorded(received(city), city.here)
        told = ErrorExplained(
            told="holder", way="phone", words="说过", expected_on=TODAY - timedelta(days=1)
        )
        with pytest.raises(Refused) as refused:
            explain_error(
                correction_id=correction.pk, telling=Telling(facts=told),
                told=(notices.WRONG_CARD.code,), by=city.here.clerk, at=NOON, key=make.key(),
            )  # fmt: skip
        assert {one.code for one in refused.value.refusals} == {"EXPECTED_DAY_PAST"}

    def test_a_card_in_use_keeps_its_function_and_cannot_work(self, city: City) -> None:
        card = make.issued_card(city, city.here)
        wrong.record(card, by=city.here.clerk)
        card.refresh_from_db()
        assert (card.stage, card.hold) == ("recalled", "error")

    def test_cannot_be_issued_while_it_is_wrong(self, city: City) -> None:
        card = received(city)
        wrong.record(card, by=city.here.clerk)
        with pytest.raises(Refused) as refused:
            perform(make.issue_step(card), by=city.here.clerk, at=NOON, key=make.key())
        assert codes(refused) == {"CARD_RECALLED"}

    def test_is_no_quality_problem_meanwhile(self, city: City) -> None:
        card = received(city)
        wrong.record(card, by=city.here.clerk)
        facts = DefectRecorded(defect=Defect.SOILED, reader_tried=False)
        with pytest.raises(Refused) as refused:
            record_defect(
                card_id=card.pk, facts=facts, told=("defect",), by=city.here.clerk, at=NOON,
                key=make.key(),
            )  # fmt: skip
        assert codes(refused) == {"CARD_RECALLED"}

    def test_says_which_field_or_is_refused(self, city: City) -> None:
        card = received(city)
        for fields, words in (((), "什么"), ((WrongField.OTHER,), " ")):
            facts = ErrorRecorded(found=FoundAt.USE, fields=fields, reported="holder", words=words)
            with pytest.raises(Refused) as refused:
                wrong.record(card, by=city.here.clerk, facts=facts)
            assert codes(refused) == {"ERROR_NOT_NAMED"}
        assert not Correction.objects.exists()

    def test_an_explanation_without_words_undoes_all(self, city: City) -> None:
        card = received(city)
        silent = Telling(facts=ErrorExplained(told="holder", way="face", words=" "))
        with pytest.raises(Refused) as refused:
            wrong.record(card, by=city.here.clerk, telling=silent)
        assert codes(refused) == {"EXPLANATION_MISSING"}
        card.refresh_from_db()
        assert card.stage == "in_custody" and not CorrectionDetail.objects.exists()

    def test_asked_again_with_the_same_key_it_answers_and_does_nothing(self, city: City) -> None:
        card = received(city)
        first = wrong.record(card, by=city.here.clerk, key="once")
        again = wrong.record(card, by=city.here.clerk, key="once")
        assert again.repeated and again.subject_ids == first.subject_ids
        assert Correction.objects.count() == 1

    def test_a_card_taken_back_is_not_taken_back_again(self, city: City) -> None:
        card = received(city)
        wrong.record(card, by=city.here.clerk)
        with pytest.raises(Refused) as refused:
            wrong.record(card, by=city.here.other_clerk)
        assert codes(refused) == {"CARD_RECALLED"}

    def test_refuses_the_neighbour_county_and_an_auditor(self, city: City) -> None:
        card = received(city)
        for by, code in (
            (city.neighbour.clerk, "OUT_OF_REACH"),
            (city.here.auditor, "ROLE_MAY_NOT"),
        ):
            with pytest.raises(Refused) as refused:
                wrong.record(card, by=by)
            assert code in codes(refused)
        assert not Correction.objects.exists()


@pytest.mark.django_db
class TestRecheck:
    def test_by_another_person_completes_what_was_empty(self, city: City) -> None:
        correction = wrong.recorded(received(city), city.here, what=compared(right={}))
        wrong.recheck(correction, by=city.here.reviewer)
        correction.refresh_from_db()
        assert correction.progress == "rechecked"
        detail = CorrectionDetail.objects.get()
        assert open_right(detail.right_sealed) == {WrongField.NAME: "王小明"}

    def test_is_refused_to_whoever_recorded_it(self, city: City) -> None:
        correction = wrong.recorded(received(city), city.here)
        with pytest.raises(Refused) as refused:
            wrong.recheck(correction, by=city.here.clerk)
        assert codes(refused) == {"SAME_PERSON_AGAIN"}

    def test_wants_every_right_value(self, city: City) -> None:
        correction = wrong.recorded(received(city), city.here, what=compared(right={}))
        with pytest.raises(Refused) as refused:
            wrong.recheck(correction, by=city.here.reviewer, what=compared(right={}))
        assert codes(refused) == {"VALUE_UNKNOWN"}
        assert "姓名" in refused.value.refusals[0].sentence

    def test_is_not_half_a_check(self, city: City) -> None:
        correction = wrong.recorded(received(city), city.here)
        half = ErrorRechecked(complete=False, fields=(WrongField.NAME,))
        with pytest.raises(Refused) as refused:
            wrong.recheck(correction, by=city.here.reviewer, facts=half)
        assert codes(refused) == {"RECHECK_INCOMPLETE"}

    def test_is_done_once(self, city: City) -> None:
        correction = wrong.recorded(received(city), city.here)
        first = wrong.recheck(correction, by=city.here.reviewer, key="twice")
        assert wrong.recheck(correction, by=city.here.reviewer, key="twice").repeated
        with pytest.raises(Refused) as refused:
            wrong.recheck(correction, by=city.here.reviewer)
        assert codes(refused) == {"STATE_DOES_NOT_FIT"} and first.subject_ids

    def test_is_refused_to_the_neighbour(self, city: City) -> None:
        correction = wrong.recorded(received(city), city.here)
        with pytest.raises(Refused) as refused:
            wrong.recheck(correction, by=city.neighbour.reviewer)
        assert codes(refused) == {"OUT_OF_REACH"}


@pytest.mark.django_db
@pytest.mark.article(14)
class TestProvince:
    def rechecked(self, city: City) -> Correction:
        correction = wrong.recorded(received(city), city.here)
        wrong.recheck(correction, by=city.here.reviewer)
        return correction

    def test_is_entered_then_confirmed_with_number_and_day(self, city: City) -> None:
        correction = self.rechecked(city)
        wrong.enter(correction, by=city.here.keeper, facts=wrong.answer("SX-7"))
        wrong.confirm(correction, by=city.here.keeper, facts=wrong.answer("SX-7"))
        correction.refresh_from_db()
        detail = CorrectionDetail.objects.get()
        assert correction.progress == "confirmed"
        assert (detail.reference, detail.entered_on, detail.confirmed_on) == ("SX-7", TODAY, TODAY)

    def test_is_not_confirmed_before_it_is_entered(self, city: City) -> None:
        with pytest.raises(Refused) as refused:
            wrong.confirm(self.rechecked(city), by=city.here.keeper)
        assert codes(refused) == {"STATE_DOES_NOT_FIT"}

    def test_is_not_entered_before_it_was_checked_again(self, city: City) -> None:
        correction = wrong.recorded(received(city), city.here)
        with pytest.raises(Refused) as refused:
            wrong.enter(correction, by=city.here.keeper)
        assert codes(refused) == {"STATE_DOES_NOT_FIT"}

    @pytest.mark.parametrize(
        ("reference", "on", "code"),
        [
            ("  ", TODAY, "REFERENCE_MISSING"),
            ("SX-1", TODAY + timedelta(days=1), "REFERENCE_MISSING"),
            ("SX-1", TODAY - timedelta(days=1), "REFERENCE_TOO_EARLY"),
        ],
        ids=["no number", "dated tomorrow", "dated before it was found"],
    )
    def test_wants_a_number_and_a_day_that_can_be(
        self, city: City, reference: str, on: date, code: str
    ) -> None:
        correction = self.rechecked(city)
        with pytest.raises(Refused) as refused:
            wrong.enter(correction, by=city.here.keeper, facts=wrong.answer(reference, on))
        assert codes(refused) == {code}
        correction.refresh_from_db()
        assert correction.progress == "rechecked"

    def test_is_the_card_bodys_work(self, city: City) -> None:
        correction = self.rechecked(city)
        for by, code in (
            (city.here.clerk, "ROLE_MAY_NOT"),
            (city.neighbour.keeper, "OUT_OF_REACH"),
        ):
            with pytest.raises(Refused) as refused:
                wrong.enter(correction, by=by)
            assert code in codes(refused)


@pytest.mark.django_db
@pytest.mark.article(15)
class TestResume:
    @pytest.mark.article(13)
    def test_not_before_the_holder_was_told(self, city: City) -> None:
        """The explanation is owed of every wrong card, whoever found it."""
        facts = ErrorRecorded(found=FoundAt.COUNTING, fields=(WrongField.NAME,), reported="staff")
        correction = wrong.confirmed(received(city), city.here, facts=facts, telling=None)
        with pytest.raises(Refused) as refused:
            wrong.resume(correction, by=city.here.clerk)
        assert codes(refused) == {"ERROR_NOT_EXPLAINED"} and not Application.objects.exists()
        told = ErrorExplained(told="holder", way="phone", words="姓名不对，卡已收回重制。")
        explain_error(
            correction_id=correction.pk, telling=Telling(facts=told),
            told=(notices.WRONG_CARD.code,), by=city.here.clerk, at=NOON, key=make.key(),
        )  # fmt: skip
        wrong.resume(correction, by=city.here.clerk)
        assert Application.objects.get().reason == "error"

    @pytest.mark.article(26)
    @pytest.mark.parametrize(
        ("fault", "corrected_on", "fee_fen"),
        [
            (Fault.CAPTURE, None, 0),
            (Fault.MAKER, None, 0),
            (Fault.POLICE, TODAY, 0),
            (Fault.HOLDER, TODAY, 2000),
        ],
    )
    def test_opens_an_application_at_the_fee_of_whose_doing_it_was(
        self, city: City, fault: Fault, corrected_on: date | None, fee_fen: int
    ) -> None:
        card = received(city)
        correction = wrong.confirmed(card, city.here, what=compared(fault=fault))
        wrong.resume(correction, by=city.here.clerk, corrected_on=corrected_on)
        opened = Application.objects.get()
        assert (opened.reason, opened.fee_fen, opened.progress) == ("error", fee_fen, "captured")
        assert (opened.old_card_id, opened.person_id) == (card.pk, card.person_id)
        correction.refresh_from_db()
        assert correction.progress == "resumed"
        detail = CorrectionDetail.objects.get()
        assert (detail.application_id, detail.corrected_on) == (opened.pk, corrected_on)
        assert recount().holds

    def test_waits_for_the_police_where_its_data_were_wrong(self, city: City) -> None:
        correction = wrong.confirmed(received(city), city.here, what=compared(fault=Fault.HOLDER))
        with pytest.raises(Refused) as refused:
            wrong.resume(correction, by=city.here.clerk)
        assert codes(refused) == {"POLICE_NOT_CORRECTED"}
        with pytest.raises(Refused) as refused:
            ahead = TODAY + timedelta(days=1)
            wrong.resume(correction, by=city.here.clerk, corrected_on=ahead)
        assert codes(refused) == {"CORRECTION_DAY_AHEAD"}
        assert not Application.objects.exists()

    def test_waits_for_the_province(self, city: City) -> None:
        correction = wrong.recorded(received(city), city.here)
        with pytest.raises(Refused) as refused:
            wrong.resume(correction, by=city.here.clerk)
        assert codes(refused) == {"STATE_DOES_NOT_FIT"}

    def test_is_done_once(self, city: City) -> None:
        correction = wrong.confirmed(received(city), city.here)
        wrong.resume(correction, by=city.here.clerk, key="again")
        assert wrong.resume(correction, by=city.here.clerk, key="again").repeated
        with pytest.raises(Refused) as refused:
            wrong.resume(correction, by=city.here.other_clerk)
        assert codes(refused) == {"STATE_DOES_NOT_FIT"}
        assert Application.objects.count() == 1

    def test_goes_on_with_the_application_that_is_open(self, city: City) -> None:
        holder = make.person()
        soiled, card = make.received_cards(city, city.here, people=[holder, holder])
        record_defect(
            card_id=soiled.pk, facts=DefectRecorded(defect=Defect.SOILED, reader_tried=False),
            told=("defect",), by=city.here.clerk, at=NOON, key=make.key(),
        )  # fmt: skip
        done = wrong.resume(wrong.confirmed(card, city.here), by=city.here.clerk)
        assert len(done.subject_ids) == 1
        assert Application.objects.get().old_card_id == soiled.pk

    def test_is_refused_to_the_neighbour(self, city: City) -> None:
        correction = wrong.confirmed(received(city), city.here)
        with pytest.raises(Refused) as refused:
            wrong.resume(correction, by=city.neighbour.clerk)
        assert codes(refused) == {"OUT_OF_REACH"}


@pytest.mark.django_db
class TestDrop:
    def test_puts_a_card_never_used_back_to_be_issued(self, city: City) -> None:
        card = received(city)
        correction = wrong.recorded(card, city.here)
        wrong.drop(correction, by=city.here.clerk, second=city.here.reviewer)
        card.refresh_from_db()
        assert (card.stage, card.hold) == ("in_custody", "none")
        assert Position.objects.get(card=card).account.kind == Place.STORE
        perform(make.issue_step(card), by=city.here.clerk, at=NOON, key=make.key())
        assert recount().holds

    def test_wants_a_second_person(self, city: City) -> None:
        card = received(city)
        correction = wrong.recorded(card, city.here)
        for second, code in (
            (None, "SECOND_PERSON_MISSING"),
            (city.here.clerk, "SECOND_PERSON_SAME"),
            (city.here.other_clerk, "SECOND_PERSON_MAY_NOT"),
            (city.neighbour.reviewer, "SECOND_PERSON_MAY_NOT"),
        ):
            with pytest.raises(Refused) as refused:
                wrong.drop(correction, by=city.here.clerk, second=second)
            assert codes(refused) == {code}
        card.refresh_from_db()
        assert card.hold == "error"

    def test_wants_a_reason_and_comes_before_the_province(self, city: City) -> None:
        correction = wrong.recorded(received(city), city.here)
        with pytest.raises(Refused) as refused:
            wrong.drop(correction, by=city.here.clerk, second=city.here.reviewer, words=" ")
        assert codes(refused) == {"REASON_MISSING"}
        later = wrong.confirmed(received(city), city.here)
        with pytest.raises(Refused) as refused:
            wrong.drop(later, by=city.here.clerk, second=city.here.reviewer)
        assert codes(refused) == {"STATE_DOES_NOT_FIT"}

    def test_afterwards_it_may_be_found_wrong_again(self, city: City) -> None:
        card = received(city)
        correction = wrong.recorded(card, city.here)
        wrong.drop(correction, by=city.here.clerk, second=city.here.reviewer)
        wrong.record(card, by=city.here.other_clerk)
        assert Correction.objects.filter(card=card).count() == 2


class TestTwoAtOnce:
    def test_of_two_windows_one_takes_the_card_back(self, fresh_database: str) -> None:
        city = make.city()
        card = received(city)
        clerks = (city.here.clerk, city.here.other_clerk)
        answers = together(*(partial(wrong.record, card, by=by) for by in clerks))
        assert sorted(type(answer).__name__ for answer in answers) == ["Done", "Refused"]
        (refused,) = (one for one in answers if isinstance(one, Refused))
        assert [one.code for one in refused.refusals] == ["CARD_RECALLED"]
        assert Correction.objects.count() == 1
        assert recount().holds

    def test_a_hand_over_and_a_wrong_face_at_once_end_in_one_of_them(
        self, fresh_database: str
    ) -> None:
        city = make.city()
        card = received(city)
        issue = partial(
            perform, make.issue_step(card), by=city.here.other_clerk, at=NOON, key=make.key()
        )
        answers = together(issue, partial(wrong.record, card, by=city.here.clerk))
        refused = [one for one in answers if isinstance(one, Refused)]
        card.refresh_from_db()
        # Taken back after the hand-over is right as well: the holder still stands at the window.
        assert card.hold == "error" and card.stage == "recalled"
        assert {one.code for answer in refused for one in answer.refusals} <= {"CARD_RECALLED"}
        assert recount().holds

    def test_of_two_reviewers_one_checks_again(self, fresh_database: str) -> None:
        city = make.city()
        correction = wrong.recorded(received(city), city.here)
        reviewers = (city.here.reviewer, city.here.keeper)
        answers = together(*(partial(wrong.recheck, correction, by=by) for by in reviewers))
        assert sorted(type(answer).__name__ for answer in answers) == ["Done", "Refused"]
        correction.refresh_from_db()
        assert (correction.progress, correction.version) == ("rechecked", 3)

    @pytest.mark.article(15)
    def test_of_two_windows_one_opens_the_application(self, fresh_database: str) -> None:
        city = make.city()
        correction = wrong.confirmed(received(city), city.here)
        clerks = (city.here.clerk, city.here.other_clerk)
        answers = together(*(partial(wrong.resume, correction, by=by) for by in clerks))
        assert sorted(type(answer).__name__ for answer in answers) == ["Done", "Refused"]
        assert Application.objects.count() == 1


@pytest.mark.django_db
@pytest.mark.article(13)
class TestTheHolderIsTexted:
    def messages(self) -> list[tuple[str, str]]:
        found = Message.objects.filter(party="sms").order_by("id")
        return list(found.values_list("kind", "state"))

    @pytest.mark.trust("D7")
    def test_once_when_his_card_is_taken_back_however_often_it_is_sent(self, city: City) -> None:
        card, key = received(city), make.key()
        for _ in range(2):
            wrong.record(card, by=city.here.clerk, key=key)
        assert self.messages() == [("sms.wrong_card", "owed")]
        wrong.recheck(Correction.objects.get(), by=city.here.reviewer)
        assert self.messages() == [("sms.wrong_card", "owed")]

    def test_of_a_card_that_was_right_nothing_leaves_or_it_is_said(self, city: City) -> None:
        unsent = wrong.recorded(received(city), city.here)
        wrong.drop(unsent, by=city.here.clerk, second=city.here.reviewer)
        assert self.messages() == [("sms.wrong_card", "withdrawn")]
        sent = wrong.recorded(received(city), city.here)
        Message.objects.filter(subject_id=sent.pk, party="sms").update(state="done")
        wrong.drop(sent, by=city.here.clerk, second=city.here.reviewer)
        assert self.messages()[1:] == [
            ("sms.wrong_card", "done"), ("sms.wrong_card_dropped", "owed"),
        ]  # fmt: skip
