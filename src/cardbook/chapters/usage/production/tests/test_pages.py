"""The pages of applications: list, one application, answers and sheets, in a browser's words."""

from datetime import date, timedelta
from io import BytesIO

import openpyxl
import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponseBase
from django.urls import reverse

from cardbook.cards.models import Application
from cardbook.cards.states import Progress
from cardbook.chapters.usage.production.commands import (
    Answer,
    AnswerKind,
    answer_applications,
    submit_applications,
    withdraw_application,
)
from cardbook.chapters.usage.production.queries import ApplicationsWanted, applications
from cardbook.chapters.usage.production.tests.test_commands import captured, first_card, submitted
from cardbook.chapters.usage.replacement.fee_commands import refund_fee
from cardbook.chapters.usage.replacement.tests import windows as at_the
from cardbook.chapters.usage.replacement.tests.windows import Windows, taken, windows
from cardbook.chapters.usage.signed_for import signed_for
from cardbook.chapters.usage.tests.sending import refused_with
from cardbook.law.fees import charge_for
from cardbook.ledger.models import Event
from cardbook.lib.clock import local_day
from cardbook.lifecycle.facts import ApplyReason
from cardbook.orgs.models import User
from cardbook.people.holders import holder_of
from cardbook.people.models import Person
from cardbook.testing import factories as make
from cardbook.testing.clients import signed_in
from cardbook.testing.files import text_of
from cardbook.testing.pictures import jpeg
from cardbook.testing.workbooks import cells_of

pytestmark = [pytest.mark.django_db, pytest.mark.article(25)]


@pytest.fixture
def there() -> Windows:
    return windows()


def given(there: Windows, **changes: object) -> dict[str, object]:
    usual: dict[str, object] = {
        "key": make.key(), "number": make.citizen_number(), "name": "李新生", "reason": "first",
        "ground": "medical", "ground_source": "参保证明", "bank": there.city.bank.pk,
        "delivery": "window", "photo_ok": "on", "id_seen": "on", "signer": "holder",
        "signing": "paper",
    }  # fmt: skip
    return usual | changes


@pytest.mark.article(4)
class TestCapture:
    def test_takes_a_first_card_on_one_page(self, there: Windows) -> None:
        client = signed_in(there.clerk)
        shown = client.get(reverse("application.capture")).content.decode()
        assert "不收费" in shown
        page = client.post(reverse("application.capture"), given(there), follow=True)
        assert "已受理并确认" in page.content.decode()
        assert Application.objects.get().progress == Progress.CONFIRMED

    def test_says_what_is_missing_and_keeps_what_was_typed(self, there: Windows) -> None:
        page = signed_in(there.clerk).post(
            reverse("application.capture"), given(there, ground="", name="李新生")
        )
        html = page.content.decode()
        assert page.status_code == 422
        assert "请选择参加的社会保险" in html
        assert "李新生" in html

    def test_a_photo_is_judged_by_the_rule(self, there: Windows) -> None:
        photo = SimpleUploadedFile("a.jpg", jpeg(), content_type="image/jpeg")
        page = signed_in(there.clerk).post(
            reverse("application.capture"), given(there, photo=photo)
        )
        assert "须在 20 至 300 KB 之间" in page.content.decode()

    def test_an_unknown_year_warns(self, there: Windows) -> None:
        with time_machine.travel(make.NOON.replace(month=12, day=28), tick=False):
            page = signed_in(there.clerk).get(reverse("application.capture"))
        assert "2027 年的节假日安排尚未录入" in page.content.decode()


class TestLights:
    def shown(self, there: Windows, on: date, state: str = "open") -> list[str]:
        rows = applications(ApplicationsWanted(state=state), by=there.clerk, today=on)
        return [row.light for row in rows]

    def test_follow_whose_turn_it_is_and_start_anew_with_the_next(self, there: Windows) -> None:
        application = captured(there, first_card(there, name="赵一"))
        friday, monday, tuesday = (date(2026, 11, day) for day in (20, 23, 24))
        lights = [self.shown(there, day) for day in (friday, monday, tuesday)]
        assert lights == [["in_time"], ["soon"], ["late"]]
        submit_applications([application.pk], by=there.clerk, at=make.NOON, key=make.key())
        assert self.shown(there, monday) == ["in_time"]

    def test_are_out_when_it_is_closed(self, there: Windows) -> None:
        application = captured(there, first_card(there, name="赵一"))
        withdraw_application(
            application_id=application.pk, words="不办了", by=there.clerk, at=make.NOON,
            key=make.key(),
        )  # fmt: skip
        assert self.shown(there, date(2027, 1, 5), "all") == [""]

    def test_the_list_narrows_to_what_is_near(self, there: Windows) -> None:
        promised = captured(there, first_card(there, name="赵一")).detail.promised_on
        before = promised - timedelta(days=10)
        assert [len(self.shown(there, day, "soon")) for day in (before, promised)] == [0, 1]
        after = promised + timedelta(days=1)
        assert [len(self.shown(there, after, state)) for state in ("soon", "late")] == [0, 1]


class TestList:
    @pytest.mark.article(26)
    def test_what_was_paid_and_taken_back_is_found_until_the_money_is_returned(
        self, there: Windows
    ) -> None:
        card = at_the.lost_or_worn(there)
        paid = at_the.the_application(taken(there, card, payment=at_the.CASH))
        at_the.the_application(taken(there, at_the.lost_or_worn(there)))
        client, address = signed_in(there.clerk), reverse("application.list")

        def shown() -> list[int]:
            return [row.id for row in client.get(address, {"state": "refund"}).context["rows"]]

        assert shown() == []
        answer_applications(
            [Answer(application_id=paid.pk, kind=AnswerKind.REFUSE, words="照片不清")],
            source="柜员登记", answered_on=local_day(make.NOON), by=there.teller, at=make.NOON,
            key=make.key(),
        )  # fmt: skip
        withdraw_application(
            application_id=paid.pk, words="不办了", by=there.clerk, at=make.NOON, key=make.key()
        )
        assert shown() == [paid.pk]
        refund_fee(
            application_id=paid.pk, receipt="", words="撤回", by=there.clerk,
            second=there.city.here.reviewer, at=make.NOON, key=make.key(),
        )  # fmt: skip
        assert shown() == []

    def test_finds_filters_sorts_and_exports(self, there: Windows) -> None:
        client, address = signed_in(there.clerk), reverse("application.list")
        first = captured(there, first_card(there, name="赵一"))
        card = at_the.lost_or_worn(there, holder=make.person(name="钱二"))
        second = at_the.the_application(taken(there, card))
        both = client.get(address, {"order": "new"}).content.decode()
        assert both.index("钱二") < both.index("赵一")
        found = client.get(address, {"q": card.number}).content.decode()
        assert "钱二" in found
        assert "赵一" not in found
        number = holder_of(Person.objects.get(pk=first.person_id)).number
        by_number = client.get(address, {"q": number})
        assert "赵一" in by_number.content.decode()
        assert "没有符合条件" in client.get(address, {"progress": "produced"}).content.decode()
        sheet = openpyxl.load_workbook(BytesIO(client.get(address, {"export": "xlsx"}).content))
        cells = [str(cell.value) for row in sheet.active.iter_rows() for cell in row]
        assert {str(first.pk), str(second.pk)} <= set(cells)
        assert holder_of(card.person).number not in cells

    @pytest.mark.parametrize("count", [1, 3])
    def test_asks_as_often_for_many_as_for_one(
        self, there: Windows, count: int, django_assert_max_num_queries: object
    ) -> None:
        for _ in range(count):
            captured(there)
        client = signed_in(there.clerk)
        with django_assert_max_num_queries(12):  # type: ignore[operator]
            client.get(reverse("application.list"))

    def test_a_bank_sees_its_own_alone(self, there: Windows) -> None:
        application = submitted(there)
        address = reverse("application.show", args=[application.pk])
        assert signed_in(there.teller).get(address).status_code == 200
        for stranger in (there.other_teller, there.city.neighbour.clerk):
            assert signed_in(stranger).get(address).status_code == 404
            listed = signed_in(stranger).get(reverse("application.list")).content.decode()
            assert address not in listed

    def test_says_once_how_late_whose_turn_it_is(self, there: Windows) -> None:
        application = captured(there, first_card(there, name="赵一"))
        with time_machine.travel(make.NOON + timedelta(days=7), tick=False):
            page = signed_in(there.clerk).get(reverse("application.list")).content.decode()
        assert page.count("超 4 天") == 1 and "受理窗口超" not in page
        assert f"/applications/{application.pk}/" in page

    def test_what_the_bank_said_before_it_was_asked_again_is_not_shown_as_its_word(
        self, there: Windows
    ) -> None:
        application = submitted(there)
        address = reverse("application.show", args=[application.pk])
        client = signed_in(there.clerk)

        def said(kind: AnswerKind, words: str = "") -> str:
            answer_applications(
                [Answer(application_id=application.pk, kind=kind, words=words)],
                source="柜员登记", answered_on=local_day(make.NOON), by=there.teller,
                at=make.NOON, key=make.key(),
            )  # fmt: skip
            return client.get(address).content.decode()

        back = said(AnswerKind.REFUSE, "照片不清")
        assert "银行答复：<strong>照片不清" in back
        assert "请核对所查的卡" not in back and "先照银行答复“修改采集信息”" in back
        mended = {"bank": there.city.bank.pk, "delivery": "window", "photo_ok": "on"}
        signed = {"signer": "holder", "id_seen": "on", "signing": "paper"}
        for name, given in (("correct", mended), ("confirm", signed)):
            page = reverse(f"application.{name}", args=[application.pk])
            assert client.post(page, given | {"key": make.key()}).status_code == 302
        submit_applications([application.pk], by=there.clerk, at=make.NOON, key=make.key())
        assert "银行答复：" not in client.get(address).content.decode()
        assert "银行答复：" not in said(AnswerKind.ACCEPT)

    def test_one_shows_its_clock_and_what_may_be_done(self, there: Windows) -> None:
        application = submitted(there)
        html = (
            signed_in(there.clerk)
            .get(reverse("application.show", args=[application.pk]))
            .content.decode()
        )
        assert "现在由制卡银行办理" in html
        assert "各环节用时" in html
        assert "disabled>撤回制卡申请" in html


class TestAnswers:
    def test_the_teller_chooses_rows_and_says_what_the_bank_says(self, there: Windows) -> None:
        application = submitted(there)
        client, address = signed_in(there.teller), reverse("application.answers")
        said = {
            "key": make.key(), "ids": [application.pk], "kind": "refuse", "words": "",
            "source": "柜员登记", "answered_on": "2026-11-20",
        }  # fmt: skip
        refused = client.post(address, said)
        assert refused.status_code == 409
        html = refused.content.decode()
        assert "REASON_MISSING" in html
        assert f'aria-label="申请 {application.pk}" checked' in html
        client.post(address, said | {"words": "照片不清", "key": make.key()})
        application.refresh_from_db()
        assert application.progress == Progress.REFUSED

    def test_a_workbook_is_taken_in_and_its_wrong_rows_are_given_back(
        self, there: Windows
    ) -> None:
        application = submitted(there)
        client = signed_in(there.teller)

        def sheet(*rows: tuple[object, ...]) -> SimpleUploadedFile:
            book, out = openpyxl.Workbook(), BytesIO()
            for row in (("申请号", "答复", "原因"), *rows):
                book.active.append(row)
            book.save(out)
            return SimpleUploadedFile("回盘.xlsx", out.getvalue())

        sent = {"bank": there.city.bank.pk, "answered_on": "2026-11-20"}
        address, strange = reverse("application.answer_sheet"), application.pk + 1
        wrong = client.post(
            address, {**sent, "file": sheet((application.pk, "受理", ""), (strange, "受理", ""))},
            follow=True,
        )  # fmt: skip
        html = wrong.content.decode()
        assert "整份没有登记" in html
        assert 'data-problem="other_bank"' in html
        export = client.post(wrong.redirect_chain[-1][0])
        assert export["Content-Type"] == "application/octet-stream"
        good = client.post(
            address, {**sent, "file": sheet((application.pk, "受理", ""))}, follow=True
        )
        assert "回盘已登记：1 行" in good.content.decode()
        application.refresh_from_db()
        assert application.progress == Progress.ACCEPTED

    def test_a_file_that_is_no_table_is_said_so(self, there: Windows) -> None:
        page = signed_in(there.teller).post(
            reverse("application.answer_sheet"),
            {
                "bank": there.city.bank.pk, "answered_on": "2026-11-20",
                "file": SimpleUploadedFile("a.csv", "甲,乙\n1,2\n".encode()),
            },
        )  # fmt: skip
        assert page.status_code == 422
        assert "data-file-problem" in page.content.decode()


class TestLoop:
    def test_what_waits_is_sought_ordered_and_taken_along_without_being_submitted(
        self, there: Windows
    ) -> None:
        ticked = captured(there, first_card(there, name="赵一"))
        other = captured(there, first_card(there, name="钱二"))
        client, submit = signed_in(there.clerk), reverse("application.submit")
        page = client.get(submit, {"sort": "new"}).content.decode()
        assert page.index("钱二") < page.index("赵一")
        assert "钱二" not in client.get(submit, {"q": ticked.pk}).content.decode()
        cells = cells_of(client.post(submit, {"ids": [ticked.pk], "export": "xlsx"}).content)
        assert "赵一" in cells and "钱二" not in cells
        for one in (ticked, other):
            one.refresh_from_db()
            assert one.progress == Progress.CONFIRMED

    def test_corrects_confirms_and_submits_by_pages(self, there: Windows) -> None:
        application = captured(there, first_card(there, name="王𠮷"))
        client = signed_in(there.clerk)
        submit = reverse("application.submit")
        refused = client.post(submit, {"key": make.key(), "ids": [application.pk]})
        assert "NAME_NOT_ENCODABLE" in refused.content.decode()
        address = reverse("application.correct", args=[application.pk])
        mended = {
            "key": make.key(), "bank": there.city.bank.pk, "delivery": "window", "photo_ok": "on",
            "bank_name": "王吉",
        }  # fmt: skip
        shown = client.get(address).content.decode()
        assert "data-unfit" in shown and all(f'name="{name}"' in shown for name in mended)
        assert client.post(address, mended).status_code == 302
        confirm = reverse("application.confirm", args=[application.pk])
        shown = client.get(confirm).content.decode()
        assert "银行写法 王吉" in shown and "data-fits" in shown
        signed = {"key": make.key(), "signer": "holder", "id_seen": "on", "signing": "paper"}
        assert client.post(confirm, signed).status_code == 302
        done = client.post(submit, {"key": make.key(), "ids": [application.pk]}, follow=True)
        assert "1 件已提交银行" in done.content.decode()


@pytest.mark.article(11)
class TestGuardian:
    """Who signs for a child says who he is and what he is to the child (Art. 4, 11, 25)."""

    def child(self, there: Windows, **changes: object) -> dict[str, object]:
        """A mother asks for her son's first card."""
        born = date(2016, 5, 17)
        mother = {
            "signer": "guardian", "guardian_name": "王芳", "guardian_relation": "parent",
            "guardian_number": make.citizen_number(born_on=date(1988, 1, 1)),
        }  # fmt: skip
        return given(there, number=make.citizen_number(born_on=born)) | mother | changes

    def test_without_the_relation_nothing_is_taken(self, there: Windows) -> None:
        client, address = signed_in(there.clerk), reverse("application.capture")
        for wrong in ("", "unit"):
            page = client.post(address, self.child(there, guardian_relation=wrong))
            assert page.status_code == 422
            assert "监护人与持卡人关系" in page.content.decode()
        assert not Application.objects.exists()

    def test_is_recorded_with_the_signature_and_told_to_the_province(self, there: Windows) -> None:
        client = signed_in(there.clerk)
        page = client.post(reverse("application.capture"), self.child(there))
        assert page.status_code == 302
        application = Application.objects.get()
        confirmed = Event.objects.get(act="application.confirm")
        assert '"relation":"parent"' in confirmed.facts
        (about,) = signed_for([application.pk]).values()
        assert (about["guardian_name"], about["guardian_relation"]) == ("王芳", "parent")
        address = reverse("application.correct", args=[application.pk])
        assert "王芳（父母）" in client.get(address).content.decode()


@pytest.mark.article(26)
class TestFeePages:
    def test_the_receipt_is_printed_and_the_register_adds_up(self, there: Windows) -> None:
        done = taken(there, at_the.lost_or_worn(there))
        client = signed_in(there.clerk)
        receipt = client.get(reverse("fee.receipt", args=[done.application_id]))
        assert receipt.content.startswith(b"%PDF")
        slip = client.get(reverse("application.slip", args=[done.application_id]))
        assert slip.content.startswith(b"%PDF")
        chosen = {
            "office": there.city.here.county.code, "start": "2026-11-20", "end": "2026-11-20",
        }  # fmt: skip
        due = charge_for("damaged", on=date(2026, 11, 20)).yuan
        fees = client.get(reverse("register.fees"), chosen).content.decode()
        assert f"1 张票据，净收 {due} 元" in fees
        for name in ("register.replacements", "register.applications", "register.old_cards"):
            assert client.get(reverse(name), chosen).status_code == 200
        form = client.get(
            reverse("register.replacements"), chosen | {"application": done.application_id}
        ).content.decode()
        assert f"SQ{done.application_id}" in form

    def test_a_second_person_lets_the_holder_off_with_his_own_password(
        self, there: Windows
    ) -> None:
        made = at_the.the_application(taken(there, at_the.lost_or_worn(there), payment=None))
        reviewer = User.objects.get(pk=there.city.here.reviewer.user_id).username
        page = signed_in(there.clerk).post(
            reverse("fee.waive", args=[made.pk]),
            {
                "key": make.key(), "words": "低保户，民发〔2026〕1号", "second_name": reviewer,
                "second_password": make.PASSWORD,
            },
            follow=True,
        )  # fmt: skip
        assert f"复核 {there.city.here.reviewer.name}" in page.content.decode()
        made.refresh_from_db()
        assert made.fee == "waived"
        # Nothing is due any more, and it is said what was let go of how much (Art. 26).
        client = signed_in(there.clerk)
        assert "0.00 元，已减免 20.00 元" in page.content.decode()
        listed = client.get(reverse("application.list")).content.decode()
        assert '<td class="cb-number">0.00<br>' in listed and "已减免 20.00 元" in listed
        cells = cells_of(client.get(reverse("application.list"), {"export": "xlsx"}).content)
        assert "已减免 20.00 元" in cells and "20.00" not in cells

    def test_once_given_back_the_paper_says_so_and_the_receipt_is_no_longer_printed(
        self, there: Windows
    ) -> None:
        made = at_the.the_application(taken(there, at_the.lost_or_worn(there)))
        client, address = signed_in(there.clerk), reverse("fee.receipt", args=[made.pk])
        refund_page = client.get(reverse("fee.refund", args=[made.pk])).content.decode()
        assert "打印收据" in refund_page and "退费凭据" not in text_of(client.get(address).content)
        refund_fee(
            application_id=made.pk, receipt="TF-9", words="多收", by=there.clerk,
            second=there.city.here.reviewer, at=make.NOON, key=make.key(),
        )  # fmt: skip
        paper = text_of(client.get(address).content)
        assert "工本费退费凭据" in paper and "TF-9" in paper and "领款人签字" in paper
        assert f"退费登记人{there.clerk.name}" in "".join(paper.split())
        assert f"退费第二人{there.city.here.reviewer.name}" in "".join(paper.split())
        shown = client.get(f"/applications/{made.pk}/").content.decode()
        assert "打印退费凭据" in shown and "0.00 元，已退 20.00 元" in shown
        again = client.get(reverse("fee.take", args=[made.pk]))
        assert again.status_code == 200 and "已经退还，不用再收" in again.content.decode()

    @pytest.mark.article(32)
    def test_is_taken_and_given_back_once_each_at_the_window(self, there: Windows) -> None:
        made = at_the.the_application(taken(there, at_the.lost_or_worn(there), payment=None))
        reviewer = User.objects.get(pk=there.city.here.reviewer.user_id).username
        signed = {"second_name": reviewer, "second_password": make.PASSWORD}

        def sent(name: str, **given: str) -> HttpResponseBase:
            address = reverse(name, args=[made.pk])
            answer = signed_in(there.clerk).post(address, {"key": make.key(), **given})
            made.refresh_from_db()
            return answer

        back = {"words": "重复收费", **signed}
        assert refused_with(sent("fee.refund", **back)) == {"FEE_NOT_TAKEN"}
        assert sent("fee.take", way="cash", receipt="SJ-7").status_code == 302
        assert made.fee == "paid"
        assert refused_with(sent("fee.take", way="cash")) == {"FEE_PAID_ALREADY"}
        assert sent("fee.refund", words="重复收费").status_code in (409, 422)
        assert made.fee == "paid"
        assert sent("fee.refund", **back).status_code == 302
        assert made.fee == "refunded"

    @pytest.mark.article(32)
    def test_who_asked_for_money_is_written_down(self, there: Windows) -> None:
        free = taken(there, at_the.lost_or_worn(there), ApplyReason.DEFECT)
        page = signed_in(there.clerk).post(
            reverse("fee.refuse", args=[free.application_id]),
            {"key": make.key(), "amount": "20", "words": "网点要求先交钱"}, follow=True,
        )  # fmt: skip
        assert "登记拒绝收费已登记" in page.content.decode()

    def test_a_stranger_finds_nothing_there(self, there: Windows) -> None:
        done = taken(there, at_the.lost_or_worn(there))
        for name in ("fee.take", "fee.waive", "fee.refund", "fee.refuse", "fee.receipt"):
            address = reverse(name, args=[done.application_id])
            assert signed_in(there.city.neighbour.clerk).get(address).status_code == 404
