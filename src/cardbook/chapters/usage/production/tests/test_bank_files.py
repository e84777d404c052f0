"""What a bank answers by its own files: beside the message, or brought by a person (Art. 25)."""

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from cardbook.adapters.files.factory import write_return
from cardbook.adapters.files.fixed import decode, encode
from cardbook.adapters.files.layouts import ACCOUNTS, ANSWER
from cardbook.adapters.files.layouts import ORDER as ORDER_LAYOUT
from cardbook.adapters.files.piped import Task
from cardbook.adapters.sandbox.bank import Bank as SandboxBank
from cardbook.adapters.sandbox.cli import write_settings
from cardbook.adapters.sandbox.faults import Fault
from cardbook.cards.models import Application
from cardbook.cards.states import Progress
from cardbook.chapters.usage.captured import Captured, open_captured
from cardbook.chapters.usage.made import made_cards
from cardbook.chapters.usage.production.answers import TakenIn, take_sheet
from cardbook.chapters.usage.production.bank_rows import enter_offered, offered
from cardbook.chapters.usage.production.commands import (
    AnswerKind,
    confirm_application,
    correct_application,
    submit_applications,
    withdraw_application,
)
from cardbook.chapters.usage.production.tests.test_commands import (
    TODAY,
    answer,
    bank_of,
    captured,
    first_card,
    submitted,
)
from cardbook.chapters.usage.replacement.tests import windows as at_the
from cardbook.chapters.usage.replacement.tests.windows import Windows, windows
from cardbook.chapters.usage.values import Delivery
from cardbook.config.delivering import carry
from cardbook.config.doctor.findings import Level
from cardbook.config.doctor.outbox import bank_files
from cardbook.config.environment import Environment
from cardbook.config.switchboard import Switchboard, inbox_of
from cardbook.imports.reading import FileRefused
from cardbook.insight.check import recount
from cardbook.ledger.models import Event
from cardbook.lifecycle.refusals import Refused
from cardbook.outbox.letters import letters_of
from cardbook.outbox.models import Message
from cardbook.ports.bank_sheets import order_detail
from cardbook.ports.messages import MessageKind, Party
from cardbook.testing import factories as make
from cardbook.testing.clients import signed_in

pytestmark = [pytest.mark.django_db, pytest.mark.article(25)]
ORDER = MessageKind.BANK_PRODUCTION_ORDER
ACCOUNT = "6217000000000000004"


@pytest.fixture
def there() -> Windows:
    return windows()


@pytest.fixture
def sandbox(
    there: Windows, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[SandboxBank]:
    """The bank at its folder, and an installation that uses it."""
    environment = Environment(data=tmp_path, demo=False, debug=False, hosts=())
    monkeypatch.setattr(settings, "ENVIRONMENT", environment)
    write_settings(tmp_path, province_port=1, sms_port=2)
    yield SandboxBank(tmp_path / "exchange" / "banks" / there.city.bank.code)


def to_and_fro(bank: SandboxBank) -> None:
    """Orders go out, answers come back."""
    board = Switchboard()
    carry(Party.BANK, board)
    bank.work_once()
    carry(Party.BANK, board)


def progress(*applications: Application) -> list[str]:
    found = Application.objects.in_bulk([one.pk for one in applications])
    return [found[one.pk].progress for one in applications]


def person(application: Application) -> dict[str, str]:
    known = open_captured(application.detail.captured_sealed)
    return {"name": known.name, "sex": "1", "document": "01", "number": known.number}


def detail(application: Application) -> str:
    message = Message.objects.filter(kind=ORDER, subject_id=application.pk).latest("id")
    return order_detail(message.reference)


def audited(*rows: tuple[Application, str, str]) -> bytes:
    """F3, as a bank answers: 326 bytes a row."""
    return encode(
        ANSWER,
        [
            {**person(one), "task": "T1", "detail": detail(one), "result": code, "reason": why}
            for one, code, why in rows
        ],
    )


def returned(*applications: Application, **card: str) -> bytes:
    """F4, as a card maker returns: fifteen columns; `card` are more of them."""
    rows = tuple(
        {"task_id": "T1", "cert_no": person(one)["number"], "name": person(one)["name"],
         "voucher": f"V{one.pk}", **card}
        for one in applications
    )  # fmt: skip
    return write_return([Task({"task_id": "T1", "bank_id": "B1"}, rows)])


def contrary(answers: bytes, application: Application) -> bytes:
    """The same answers, but the one to an application is the other way round."""
    rows = decode(ANSWER, answers)
    for row in rows:
        if row["detail"] == detail(application):
            row |= {"result": "0", "reason": "账户已存在"}
    return encode(ANSWER, rows)


def take(there: Windows, content: bytes, *, name: str = "回盘.txt") -> TakenIn:
    return take_sheet(
        name=name, content=content, source="回盘文件", answered_on=TODAY,
        bank=bank_of(there.city.bank), by=there.teller, at=make.NOON,
    )  # fmt: skip


def problems(taken: TakenIn) -> list[tuple[int, str]]:
    return list(taken.file.problems.order_by("row").values_list("row", "code"))


class TestAnAnswerBesideItsMessage:
    def test_moves_nothing_until_somebody_enters_it(
        self, there: Windows, sandbox: SandboxBank
    ) -> None:
        passed, failed = submitted(there), submitted(there)
        sandbox.faults.ask(Fault.REFUSE, 1)
        to_and_fro(sandbox)
        assert progress(passed, failed) == [Progress.SUBMITTED] * 2
        found = {one.kind: one for one in offered(by=there.teller)}
        assert set(found) == {AnswerKind.ACCEPT, AnswerKind.REFUSE}
        assert found[AnswerKind.REFUSE].words == "〔略〕联网核查不符"
        ids = [one.application_id for one in found.values()]
        now = max(one.answered_at for one in found.values())
        done = enter_offered(ids, by=there.teller, at=now, key=make.key())
        assert sorted(done.done) == sorted(ids) and not done.refused
        assert sorted(progress(passed, failed)) == [Progress.ACCEPTED, Progress.REFUSED]
        events = Event.objects.filter(act__in=["application.accept", "application.refuse"])
        assert set(events.values_list("actor_id", flat=True)) == {there.teller.user_id}
        assert offered(by=there.teller) == []
        assert [one for one in recount().findings if not one.holds] == []

    def test_the_contrary_of_what_was_answered_comes_in_no_second_file(
        self, there: Windows, sandbox: SandboxBank
    ) -> None:
        passed, refused = submitted(there), submitted(there)
        to_and_fro(sandbox)
        (done,) = (sandbox.folder / "in" / "done").glob("SH_*")
        before = done.read_bytes()
        assert Message.objects.get(kind=ORDER, subject_id=passed.pk).state == "done"
        (sandbox.folder / "in" / "SH_second").write_bytes(contrary(before, passed))
        carry(Party.BANK, Switchboard())
        states = Message.objects.filter(kind=ORDER, subject_id__in=[passed.pk, refused.pk])
        assert set(states.values_list("state", flat=True)) == {"done"}
        inbox = inbox_of(there.city.bank.pk)
        assert inbox is not None
        ((name, why),) = inbox.refused_files()
        assert name == "SH_second" and "1 条与先前的答复相反" in why and "整份未读入" in why

    def test_the_order_says_what_was_signed_for_and_not_what_the_book_had(
        self, there: Windows, sandbox: SandboxBank
    ) -> None:
        """A rare name as agreed with the bank, the address and phone of today, the guardian."""
        known = Captured(
            name="王𠮷", number=make.citizen_number(), sex="1", phone="13800000001",
            address="城关镇新街二号", bank_name="王吉", guardian_name="王大明",
            guardian_number=make.citizen_number(born_on=date(1980, 1, 1)),
        )  # fmt: skip
        application = captured(there, first_card(there, captured=known))
        submit_applications([application.pk], by=there.clerk, at=make.NOON, key="k")
        carry(Party.BANK, Switchboard())
        (order,) = (path for path in (sandbox.folder / "out").iterdir() if path.is_file())
        (row,) = decode(ORDER_LAYOUT, order.read_bytes())
        assert (row["name"], row["address"], row["mobile"]) == (
            "王吉", "城关镇新街二号", "13800000001",
        )  # fmt: skip
        assert (row["guardian"], row["guardian_number"]) == ("王大明", known.guardian_number)
        assert row["guardian_document"] == "01" and row["guardian_sex"] in ("1", "2")

    def test_the_province_hears_whether_the_card_goes_by_post(self, there: Windows) -> None:
        for delivery in (Delivery.POST, Delivery.WINDOW):
            application = captured(there, first_card(there, delivery=delivery))
            submit_applications([application.pk], by=there.clerk, at=make.NOON, key=delivery)
            told = Message.objects.get(
                kind=MessageKind.PROVINCE_PRODUCTION, subject_id=application.pk
            )
            (letter,) = letters_of([told.pk])
            assert letter.facts["by_post"] is (delivery is Delivery.POST)

    def test_that_sends_back_lets_the_next_order_leave(
        self, there: Windows, sandbox: SandboxBank
    ) -> None:
        application = submitted(there)
        sandbox.faults.ask(Fault.REFUSE, 1)
        to_and_fro(sandbox)
        (one,) = offered(by=there.clerk)
        enter_offered([application.pk], by=there.city.here.keeper, at=one.answered_at, key="1")
        message = Message.objects.get(kind=ORDER)
        assert (message.state, message.settled_by_id) == (
            "by_hand", there.city.here.keeper.user_id,
        )  # fmt: skip
        correct_application(
            application_id=application.pk, wanted=first_card(there, name="李新声"),
            fields=["name"], by=there.clerk, at=one.answered_at, key=make.key(),
        )  # fmt: skip
        confirm_application(
            application_id=application.pk, signed=at_the.signed(), by=there.clerk,
            at=one.answered_at, key=make.key(),
        )  # fmt: skip
        submit_applications([application.pk], by=there.clerk, at=one.answered_at, key=make.key())
        to_and_fro(sandbox)
        assert [one.kind for one in offered(by=there.clerk)] == [AnswerKind.ACCEPT]

    def test_is_offered_to_its_bank_and_county_alone(
        self, there: Windows, sandbox: SandboxBank
    ) -> None:
        application = submitted(there)
        to_and_fro(sandbox)
        for stranger in (there.other_teller, there.city.neighbour.clerk):
            assert offered(by=stranger) == []
            done = enter_offered([application.pk], by=stranger, at=make.NOON, key=make.key())
            assert (done.done, done.refused) == ((), {})
        with pytest.raises(Refused):
            enter_offered([application.pk], by=there.city.here.auditor, at=make.NOON, key="a")
        assert progress(application) == [Progress.SUBMITTED]

    def test_that_is_no_word_of_the_banks_is_not_offered(
        self, there: Windows, sandbox: SandboxBank
    ) -> None:
        submitted(there)
        Message.objects.filter(kind=ORDER).update(
            state="refused", answer_code="file", answer_words="“姓名”不在 GBK 字符集内"
        )
        assert offered(by=there.teller) == []

    def test_is_one_button_on_the_page_and_pressed_twice_is_done_once(
        self, there: Windows, sandbox: SandboxBank
    ) -> None:
        application = submitted(there)
        to_and_fro(sandbox)
        client, address = signed_in(there.teller), reverse("application.answers")
        assert "银行已按文件答复" in client.get(address).content.decode()
        sent = {"offered": [application.pk], "key": make.key()}
        for said in ("1 件已照银行回盘登记", "已由别人登记"):
            assert said in client.post(address, sent, follow=True).content.decode()
        assert progress(application) == [Progress.ACCEPTED]


class TestABanksOwnFile:
    def test_of_audits_is_entered_row_by_row(self, there: Windows) -> None:
        passed, failed = submitted(there), submitted(there)
        taken = take(there, audited((passed, "1", ""), (failed, "0", "照片不合格")))
        assert (taken.entered, taken.rows) == (True, 2)
        assert progress(passed, failed) == [Progress.ACCEPTED, Progress.REFUSED]
        # The order itself is settled by the answer to it; nobody sends it again.
        assert set(Message.objects.filter(kind=ORDER).values_list("state", flat=True)) == {
            "by_hand"
        }

    @pytest.mark.article(32)
    def test_that_names_the_person_leaves_no_name_in_the_book(self, there: Windows) -> None:
        application = submitted(there)
        known = person(application)
        taken = take(there, audited((application, "0", f"{known['name']}照片不合格")))
        assert taken.entered
        said = Event.objects.get(act="application.refuse").facts
        assert "〔略〕照片不合格" in said and known["name"] not in said

    def test_that_refuses_tells_the_applicant_once_whatever_is_sent_again(
        self, there: Windows
    ) -> None:
        application, other = submitted(there), submitted(there)
        content = audited((application, "0", "照片不合格"), (other, "1", ""))
        assert take(there, content).entered
        texts = Message.objects.filter(kind=MessageKind.SMS_APPLICATION_REFUSED)
        (text,) = texts
        assert text.subject_id == application.pk
        assert take(there, content).repeated and texts.count() == 1

    def test_of_made_cards_says_they_are_made(self, there: Windows) -> None:
        first, second = submitted(there), submitted(there)
        assert take(there, returned(first, second)).entered
        assert progress(first, second) == [Progress.PRODUCED] * 2
        texts = Message.objects.filter(kind=MessageKind.SMS_CARD_MADE)
        assert texts.count() == 2
        again = take(there, returned(first, second))
        assert again.repeated and texts.count() == 2

    def test_of_accounts_says_the_same_and_what_is_so_already_changes_nothing(
        self, there: Windows
    ) -> None:
        application, other = submitted(there), submitted(there)
        answer(application, AnswerKind.MADE, there.teller)
        rows = [
            {**person(one), "card": f"C{one.pk}", "account": ACCOUNT}
            for one in (application, other)
        ]
        taken = take(there, encode(ACCOUNTS, rows))
        assert (taken.entered, taken.file.known) == (True, 1)
        assert progress(application, other) == [Progress.PRODUCED] * 2

    def test_of_another_card_than_was_made_before_stops_and_says_which(
        self, there: Windows
    ) -> None:
        application = submitted(there)
        first = returned(application, card_no="B00000131", account=ACCOUNT)
        assert take(there, first).entered
        row = {**person(application), "card": "B00000131", "account": ACCOUNT}
        assert take(there, encode(ACCOUNTS, [row])).entered
        other = take(there, encode(ACCOUNTS, [{**row, "card": "B00000149"}]))
        assert problems(other) == [(1, "other_card")]
        assert "先前登记制成的是卡 B00000131" in other.file.problems.get().sentence
        moved = take(there, encode(ACCOUNTS, [{**row, "account": "6217000000000000012"}]))
        assert problems(moved) == [(1, "other_account")]
        assert made_cards([application.pk])[application.pk].account == ACCOUNT

    @pytest.mark.parametrize(
        ("account", "said"), [("12345ABC", "第 6 位是“A”"), ("6217000000000000000", "校验位不对")]
    )
    def test_whose_account_is_none_stops_with_its_row(
        self, there: Windows, account: str, said: str
    ) -> None:
        application = submitted(there)
        taken = take(there, returned(application, card_no="B00000131", account=account))
        assert problems(taken) == [(1, "account")]
        assert said in taken.file.problems.get().sentence
        assert progress(application) == [Progress.SUBMITTED]

    def test_with_a_stranger_in_it_enters_nothing_and_names_the_row(self, there: Windows) -> None:
        own = submitted(there)
        other = captured(there, first_card(there, bank_id=there.other_bank.pk))
        taken = take(there, returned(own, other))
        assert (taken.entered, problems(taken)) == (False, [(2, "other_bank")])
        assert progress(own) == [Progress.SUBMITTED]
        # No clear number in what is kept of it.
        assert person(other)["number"] not in str(list(taken.file.problems.values()))

    def test_of_an_earlier_order_is_no_answer_to_this_one(self, there: Windows) -> None:
        application = submitted(there)
        content = audited((application, "1", "")).replace(
            detail(application).encode(), b"000000000000"
        )
        taken = take(there, content)
        assert problems(taken) == [(1, "other_order")]
        assert progress(application) == [Progress.SUBMITTED]

    def test_of_what_was_taken_back_is_named_and_of_another_order_too(
        self, there: Windows
    ) -> None:
        dropped, application = captured(there), submitted(there)
        content = returned(dropped)
        withdraw_application(
            application_id=dropped.pk, words="不要了", by=there.clerk, at=make.NOON, key=make.key()
        )
        assert problems(take(there, content)) == [(1, "closed")]
        row = {"task_id": "T1", "cert_no": person(application)["number"], "client_id": "0" * 12}
        other = write_return([Task({"task_id": "T1", "bank_id": "B1"}, (row,))])
        assert problems(take(there, other)) == [(1, "other_order")]

    @pytest.mark.parametrize("of", [audited, returned], ids=["F3", "F4"])
    def test_that_is_cut_is_refused_whole(self, there: Windows, of: object) -> None:
        application = submitted(there)
        content = returned(application) if of is returned else audited((application, "1", ""))
        with pytest.raises(FileRefused, match="整份未读入"):
            take(there, content[:-7])
        assert progress(application) == [Progress.SUBMITTED]

    def test_is_uploaded_on_the_page_of_sheets_or_taken_from_what_came(
        self, there: Windows, sandbox: SandboxBank, tmp_path: Path
    ) -> None:
        first, second = submitted(there), submitted(there)
        client, address = signed_in(there.teller), reverse("application.answer_sheet")
        upload = SimpleUploadedFile("F4.txt", returned(first))
        sent = {"bank": there.city.bank.pk, "answered_on": "2026-11-20", "file": upload}
        assert client.post(address, sent)["Location"] == reverse("application.answers")
        folder = tmp_path / "exchange" / "banks" / there.city.bank.code / "in"
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "F4_2.txt").write_bytes(returned(second))
        carry(Party.BANK, Switchboard())
        key = f"{there.city.bank.pk}/F4_2.txt"
        assert key in client.get(address).content.decode()
        assert client.post(address, {"arrived": key}).status_code == 302
        assert progress(first, second) == [Progress.PRODUCED] * 2
        assert key not in client.get(address).content.decode()
        wrong = client.post(address, {"bank": ""})
        assert wrong.status_code == 422 and "请选择文件。" in wrong.content.decode()


@pytest.mark.trust("D4")
class TestWhatComesBeforeItsTurn:
    def test_made_before_ordered_waits_and_is_entered_in_its_order(
        self, there: Windows, sandbox: SandboxBank
    ) -> None:
        early = captured(there, first_card(there))
        left = sandbox.folder / "in"
        left.mkdir(parents=True)
        (left / "HP_1").write_bytes(returned(early))
        carry(Party.BANK, Switchboard())
        inbox = inbox_of(there.city.bank.pk)
        assert inbox is not None
        (file,) = inbox.arrived()
        content = inbox.content(file.name)
        refused = take(there, content)
        assert problems(refused) == [(1, "APPLICATION_SIGNED")]
        assert progress(early) == [Progress.CONFIRMED]
        assert [one.name for one in inbox.arrived()] == [file.name]
        submit_applications([early.pk], by=there.clerk, at=make.NOON, key=make.key())
        assert take(there, content).entered
        assert progress(early) == [Progress.PRODUCED]

    def test_the_answer_to_an_order_after_the_card_was_made_changes_nothing(
        self, there: Windows, sandbox: SandboxBank
    ) -> None:
        application = submitted(there)
        assert take(there, returned(application), name="1.txt").entered
        late = take(there, audited((application, "1", "")), name="2.txt")
        assert late.entered and progress(application) == [Progress.PRODUCED]

    def test_is_red_after_a_day(self, there: Windows, sandbox: SandboxBank) -> None:
        left = sandbox.folder / "in"
        left.mkdir(parents=True)
        (left / "HP_1").write_bytes(returned(captured(there, first_card(there))))
        carry(Party.BANK, Switchboard())
        now = timezone.now()
        assert bank_files(now=lambda: now).level is Level.WELL
        late = bank_files(now=lambda: now + timedelta(hours=25))
        assert late.level is Level.WRONG and "HP_1" in late.said and "24 小时" in late.said
