"""First cards, the loop of correction, submission and what banks answer (Art. 4, 25)."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from cardbook.cards.models import Application
from cardbook.cards.states import Fee, Progress, Social
from cardbook.chapters.issuance.defect.tests.test_defect import record
from cardbook.chapters.usage.applying import Photo, Wanted
from cardbook.chapters.usage.captured import Captured, open_captured
from cardbook.chapters.usage.models import ApplicationDetail
from cardbook.chapters.usage.production import commands
from cardbook.chapters.usage.production.answers import TakenIn, take_sheet
from cardbook.chapters.usage.production.commands import Answer, AnswerKind
from cardbook.chapters.usage.reaching import Bank
from cardbook.chapters.usage.replacement.fee_commands import take_fee
from cardbook.chapters.usage.replacement.tests import windows as at_the
from cardbook.chapters.usage.replacement.tests.windows import Windows, taken, windows
from cardbook.chapters.usage.stages import Party, clocks
from cardbook.chapters.usage.values import PhotoSource
from cardbook.imports.models import ImportFile
from cardbook.imports.reading import FileRefused
from cardbook.imports.tests.sheets import workbook
from cardbook.lifecycle.facts import ApplyReason
from cardbook.lifecycle.perform import Done
from cardbook.lifecycle.refusals import Refused
from cardbook.orgs.actors import Actor
from cardbook.orgs.models import Organization
from cardbook.testing import factories as make

pytestmark = [pytest.mark.django_db, pytest.mark.article(25)]
TODAY = date(2026, 11, 20)


@pytest.fixture
def there() -> Windows:
    return windows()


def codes(refused: pytest.ExceptionInfo[Refused]) -> list[str]:
    return [one.code for one in refused.value.refusals]


def first_card(
    there: Windows, *, name: str = "李新生", number: str = "", **changes: object
) -> Wanted:
    captured = Captured(name=name, number=number or make.citizen_number(), sex="1", phone="")
    usual = Wanted(
        reason=ApplyReason.FIRST, bank_id=there.city.bank.pk, captured=captured,
        photo=Photo(source=PhotoSource.POLICE), ground="resident_pension",
        ground_source="省社保系统参保查询",
    )  # fmt: skip
    return replace(usual, **changes)  # type: ignore[arg-type]


def captured(
    there: Windows, wanted: Wanted | None = None, *, by: Actor | None = None, signed: bool = True,
    key: str = "",
) -> Application:  # fmt: skip
    done = commands.capture_application(
        wanted=wanted or first_card(there), signed=at_the.signed() if signed else None,
        by=by or there.clerk, at=make.NOON, key=key or make.key(),
    )  # fmt: skip
    return Application.objects.select_related("detail").get(pk=done.subject_ids[0])


def submitted(there: Windows, wanted: Wanted | None = None) -> Application:
    application = captured(there, wanted)
    found = commands.submit_applications(
        [application.pk], by=there.clerk, at=make.NOON, key=make.key()
    )
    assert found.done == (application.pk,)
    application.refresh_from_db()
    return application


def answer(application: Application, kind: AnswerKind, by: Actor, *, words: str = "") -> Done:
    return commands.answer_applications(
        [Answer(application_id=application.pk, kind=kind, words=words)], source="柜员登记",
        answered_on=TODAY, by=by, at=make.NOON, key=make.key(),
    )  # fmt: skip


def bank_of(organization: Organization) -> Bank:
    return Bank(id=organization.pk, name=organization.name, path=organization.path)


@pytest.mark.article(4)
class TestFirstCard:
    def test_is_taken_free_with_its_ground_and_where_it_was_seen(self, there: Windows) -> None:
        application = captured(there)
        assert (application.progress, application.fee) == (Progress.CONFIRMED, Fee.FREE)
        detail = application.detail
        assert (detail.ground, detail.ground_source) == ("resident_pension", "省社保系统参保查询")
        assert detail.promised_on == date(2026, 12, 4)
        assert open_captured(detail.captured_sealed).name == "李新生"

    @pytest.mark.parametrize("changes", [{"ground": ""}, {"ground_source": " "}])
    def test_without_a_ground_is_refused(self, there: Windows, changes: dict[str, str]) -> None:
        with pytest.raises(Refused) as refused:
            captured(there, first_card(there, **changes))
        assert codes(refused) == ["GROUND_MISSING"]

    def test_is_not_for_whoever_has_one_waiting_or_in_hand(self, there: Windows) -> None:
        number = make.citizen_number()
        make.received_cards(there.city, there.city.here, people=[make.person(number=number)])
        with pytest.raises(Refused) as refused:
            captured(there, first_card(there, number=number))
        assert codes(refused) == ["HOLDS_LIVING_CARD"]
        assert not Application.objects.exists()

    @pytest.mark.article(32)
    @pytest.mark.parametrize("reason", [ApplyReason.FIRST, ApplyReason.TRANSFER_IN])
    def test_nobody_takes_money_for_it(self, there: Windows, reason: ApplyReason) -> None:
        application = captured(there, first_card(there, reason=reason))
        with pytest.raises(Refused) as refused:
            take_fee(
                application_id=application.pk, payment=at_the.CASH, by=there.clerk, at=make.NOON,
                key=make.key(),
            )  # fmt: skip
        assert codes(refused) == ["CARD_IS_FREE"]

    def test_is_asked_for_once(self, there: Windows) -> None:
        wanted = first_card(there)
        captured(there, wanted)
        with pytest.raises(Refused) as refused:
            captured(there, wanted)
        assert codes(refused) == ["APPLICATION_OPEN"]

    def test_the_same_request_again_is_done_once(self, there: Windows) -> None:
        wanted, key = first_card(there), make.key()
        assert captured(there, wanted, key=key).pk == captured(there, wanted, key=key).pk

    def test_is_not_for_the_dead(self, there: Windows) -> None:
        number = make.citizen_number()
        make.person(number=number, died_on=date(2026, 1, 1))
        with pytest.raises(Refused) as refused:
            captured(there, first_card(there, number=number))
        assert codes(refused) == ["APPLICANT_DEAD"]

    def test_is_taken_by_offices_not_by_a_bank(self, there: Windows) -> None:
        with pytest.raises(Refused) as refused:
            captured(there, by=there.teller)
        assert codes(refused) == ["ROLE_MAY_NOT"]


class TestSubmit:
    def test_every_row_has_its_own_result(self, there: Windows) -> None:
        fit = captured(there)
        rare = captured(there, first_card(there, name="王𠮷"))
        long = captured(there, first_card(there, name="阿" * 16))
        found = commands.submit_applications(
            [fit.pk, rare.pk, long.pk], by=there.clerk, at=make.NOON, key=make.key()
        )
        assert found.done == (fit.pk,)
        assert {id_: one.code for id_, one in found.refused.items()} == {
            rare.pk: "NAME_NOT_ENCODABLE", long.pk: "TEXT_TOO_LONG",
        }  # fmt: skip
        assert "“𠮷”" in found.refused[rare.pk].sentence
        assert "32 字节" in found.refused[long.pk].sentence
        fit.detail.refresh_from_db()
        assert fit.detail.submitted_digest

    def test_a_rare_name_goes_as_the_bank_writes_it(self, there: Windows) -> None:
        rare = captured(there, first_card(there, name="王𠮷"))
        known = open_captured(rare.detail.captured_sealed)
        commands.correct_application(
            application_id=rare.pk,
            wanted=first_card(there, captured=replace(known, bank_name="王吉")),
            fields=("银行写法",), by=there.clerk, at=make.NOON, key=make.key(),
        )  # fmt: skip
        commands.confirm_application(
            application_id=rare.pk, signed=at_the.signed(), by=there.clerk, at=make.NOON,
            key=make.key(),
        )  # fmt: skip
        found = commands.submit_applications([rare.pk], by=there.clerk, at=make.NOON, key="k1")
        assert found.done == (rare.pk,)

    @pytest.mark.article(9)
    def test_what_was_opened_elsewhere_is_completed_first(self, there: Windows) -> None:
        (card,) = make.received_cards(there.city, there.city.here)
        record(card, by=there.clerk)
        opened = Application.objects.get()
        early = commands.submit_applications([opened.pk], by=there.clerk, at=make.NOON, key="k0")
        assert early.refused[opened.pk].code == "APPLICATION_NOT_SIGNED"
        commands.correct_application(
            application_id=opened.pk, wanted=at_the.wanted(card, ApplyReason.DEFECT),
            fields=("制卡银行",), by=there.clerk, at=make.NOON, key=make.key(),
        )  # fmt: skip
        opened.refresh_from_db()
        assert opened.bank_id == there.city.bank.pk
        assert ApplicationDetail.objects.get(pk=opened.pk).entry == "office"

    @pytest.mark.article(26)
    def test_an_owed_fee_holds_it_back(self, there: Windows) -> None:
        done = taken(there, at_the.lost_or_worn(there), payment=None)
        found = commands.submit_applications(
            [done.application_id], by=there.clerk, at=make.NOON, key=make.key()
        )
        assert found.refused[done.application_id].code == "FEE_NOT_SETTLED"

    @pytest.mark.article(28)
    def test_a_lost_card_dies_only_from_formal_loss(self, there: Windows) -> None:
        card = at_the.lost_or_worn(there)
        done = taken(there, card, ApplyReason.LOST, captured=replace(at_the.named(card, "王𠮷")))
        card.refresh_from_db()
        assert card.social == Social.SEALED
        made = at_the.the_application(done)
        known = open_captured(made.detail.captured_sealed)
        commands.correct_application(
            application_id=made.pk,
            wanted=at_the.wanted(
                card, ApplyReason.LOST, captured=replace(known, bank_name="王吉")
            ),
            fields=("银行写法",), by=there.clerk, at=make.NOON, key=make.key(),
        )  # fmt: skip
        commands.confirm_application(
            application_id=made.pk, signed=at_the.signed(), by=there.clerk, at=make.NOON,
            key=make.key(),
        )  # fmt: skip
        commands.submit_applications([made.pk], by=there.clerk, at=make.NOON, key=make.key())
        card.refresh_from_db()
        assert card.social == Social.CANCELLED


class TestAnswers:
    def test_the_bank_accepts_makes_and_says_so(self, there: Windows) -> None:
        application = submitted(there)
        for kind, progress in (
            (AnswerKind.ACCEPT, Progress.ACCEPTED),
            (AnswerKind.PRODUCE, Progress.IN_PRODUCTION),
            (AnswerKind.MADE, Progress.PRODUCED),
        ):
            answer(application, kind, there.teller)
            application.refresh_from_db()
            assert application.progress == progress

    def test_a_refusal_says_why_and_the_loop_goes_round(self, there: Windows) -> None:
        application = submitted(there)
        with pytest.raises(Refused) as refused:
            answer(application, AnswerKind.REFUSE, there.teller)
        assert codes(refused) == ["REASON_MISSING"]
        answer(application, AnswerKind.REFUSE, there.teller, words="照片不清")
        application.detail.refresh_from_db()
        assert application.detail.answer == "照片不清"
        commands.correct_application(
            application_id=application.pk, wanted=first_card(there), fields=("照片",),
            by=there.clerk, at=make.NOON, key=make.key(),
        )  # fmt: skip
        application.detail.refresh_from_db()
        assert application.detail.confirmed_digest == ""
        commands.confirm_application(
            application_id=application.pk, signed=at_the.signed(), by=there.clerk, at=make.NOON,
            key=make.key(),
        )  # fmt: skip
        found = commands.submit_applications(
            [application.pk], by=there.clerk, at=make.NOON, key=make.key()
        )
        assert found.done == (application.pk,)

    def test_another_bank_answers_nothing(self, there: Windows) -> None:
        with pytest.raises(Refused) as refused:
            answer(submitted(there), AnswerKind.ACCEPT, there.other_teller)
        assert codes(refused) == ["OUT_OF_REACH"]

    def test_what_lies_at_the_bank_is_not_taken_back(self, there: Windows) -> None:
        application = submitted(there)
        with pytest.raises(Refused) as refused:
            commands.withdraw_application(
                application_id=application.pk, words="不要了", by=there.clerk, at=make.NOON,
                key=make.key(),
            )  # fmt: skip
        assert codes(refused) == ["APPLICATION_AT_BANK"]

    def test_a_day_ahead_is_refused(self, there: Windows) -> None:
        with pytest.raises(Refused) as refused:
            commands.answer_applications(
                [Answer(application_id=submitted(there).pk, kind=AnswerKind.ACCEPT)],
                source="回盘", answered_on=TODAY + timedelta(days=1), by=there.teller,
                at=make.NOON, key=make.key(),
            )  # fmt: skip
        assert codes(refused) == ["BANK_SILENT"]


def _more(book: Any, name: str, rows: Sequence[Sequence[str]]) -> None:
    page = book.add_worksheet(name)
    for number, row in enumerate(rows):
        page.write_row(number, 0, row)


class TestSheet:
    def take(self, there: Windows, text: str, *, by: Actor | None = None) -> ImportFile:
        taken_in = take_sheet(
            name="回盘.csv", content=text.encode("gbk"), source="回盘文件", answered_on=TODAY,
            bank=bank_of(there.city.bank), by=by or there.teller, at=make.NOON,
        )  # fmt: skip
        self.repeated = taken_in.repeated
        return taken_in.file

    def test_every_row_of_a_sheet_is_entered(self, there: Windows) -> None:
        first, second = submitted(there), submitted(there)
        text = (
            f"申请号,答复,原因,回执号\nSQ{first.pk},受理,,R1\n{second.pk},审核不通过,地址不全,\n"
        )
        file = self.take(there, text)
        assert (file.errors, file.rows, file.stage) == (0, 2, "posted")
        first.refresh_from_db()
        second.refresh_from_db()
        assert (first.progress, second.progress) == (Progress.ACCEPTED, Progress.REFUSED)
        assert ApplicationDetail.objects.get(pk=first.pk).reference == "R1"

    def test_the_same_sheet_again_changes_nothing(self, there: Windows) -> None:
        application = submitted(there)
        text = f"申请号,答复\n{application.pk},受理\n"
        first = self.take(there, text)
        again = self.take(there, text)
        assert self.repeated
        assert again.pk == first.pk
        application.refresh_from_db()
        assert application.version == 4

    def test_a_workbook_of_two_sheets_is_entered_sheet_by_sheet(
        self, there: Windows, tmp_path: Path
    ) -> None:
        """A bank that writes what it accepts and what it refuses on two sheets."""
        first, second = submitted(there), submitted(there)
        head = ("申请号", "答复", "原因")
        book = workbook(
            tmp_path / "a.xlsx", [head, (str(first.pk), "受理", "")],
            also=lambda book, _: _more(
                book, "不通过", [head, (str(second.pk), "审核不通过", "地址不全")]
            ),
        )  # fmt: skip

        def take(tab: str = "") -> TakenIn:
            return take_sheet(
                name="回盘.xlsx", content=book.read_bytes(), source="回盘文件", answered_on=TODAY,
                bank=bank_of(there.city.bank), by=there.teller, at=make.NOON, tab=tab,
            )  # fmt: skip

        with pytest.raises(FileRefused, match="2 张工作表写着"):
            take()
        assert [take(tab).repeated for tab in ("明细", "不通过", "明细")] == [False, False, True]
        first.refresh_from_db()
        second.refresh_from_db()
        assert (first.progress, second.progress) == (Progress.ACCEPTED, Progress.REFUSED)
        with pytest.raises(FileRefused) as refused:
            take("没有这一张")
        assert refused.value.code == "no_such_sheet"

    def test_a_row_of_another_bank_stops_the_sheet_and_is_named(self, there: Windows) -> None:
        own = submitted(there)
        other = captured(there, first_card(there, bank_id=there.other_bank.pk))
        text = f"申请号,答复\n{own.pk},受理\n{other.pk},受理\n999999,受理\n{own.pk},制卡中\n"
        file = self.take(there, text)
        assert [(p.row, p.code) for p in file.problems.order_by("row")] == [
            (3, "other_bank"), (4, "other_bank"), (5, "answer_twice"),
        ]  # fmt: skip
        own.refresh_from_db()
        assert own.progress == Progress.SUBMITTED

    def test_a_row_the_book_refuses_is_named_too(self, there: Windows) -> None:
        waiting, own = captured(there), submitted(there)
        file = self.take(there, f"申请号,答复\n{own.pk},已制成\n{waiting.pk},受理\n")
        problem = file.problems.get()
        assert (problem.row, problem.code) == (3, "APPLICATION_SIGNED")
        own.refresh_from_db()
        assert own.progress == Progress.SUBMITTED

    def test_words_nobody_knows_are_named(self, there: Windows) -> None:
        file = self.take(there, f"申请号,答复\n{submitted(there).pk},差不多\n")
        assert "差不多" in file.problems.get().sentence


class TestClock:
    def test_shows_whose_stage_is_late(self, there: Windows) -> None:
        application = submitted(there)
        clock = clocks([application.pk], on=TODAY)[application.pk]
        assert clock.turn is Party.BANK
        assert not clock.late
        later = clocks([application.pk], on=date(2026, 11, 27))[application.pk]
        assert [(one.party, one.days, one.over) for one in later.late] == [(Party.BANK, 5, 3)]

    def test_stops_when_the_application_is_closed(self, there: Windows) -> None:
        application = captured(there)
        commands.withdraw_application(
            application_id=application.pk, words="不要了", by=there.clerk, at=make.NOON,
            key=make.key(),
        )  # fmt: skip
        clock = clocks([application.pk], on=date(2027, 6, 1))[application.pk]
        assert clock.turn is None
        assert not clock.late
