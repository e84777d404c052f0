"""What the province hears of a card on its way: number, made, account in use (Art. 22, 25)."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pytest
from django.conf import settings

from cardbook.adapters.files.factory import write_return
from cardbook.adapters.files.piped import Task
from cardbook.adapters.sandbox.cli import LICENCE, write_settings
from cardbook.adapters.sandbox.province import Province
from cardbook.cards.models import Application, Card
from cardbook.cards.states import Bank as BankState
from cardbook.chapters.usage.applying import Photo
from cardbook.chapters.usage.captured import open_captured
from cardbook.chapters.usage.models import ApplicationDetail
from cardbook.chapters.usage.production.commands import (
    AnswerKind,
    Wanted,
    confirm_application,
    correct_application,
    submit_application,
    withdraw_application,
)
from cardbook.chapters.usage.production.tests.test_bank_files import take
from cardbook.chapters.usage.production.tests.test_commands import (
    answer,
    captured,
    first_card,
    submitted,
)
from cardbook.chapters.usage.province_asking import desk_of
from cardbook.chapters.usage.replacement.tests import windows as at_the
from cardbook.chapters.usage.replacement.tests.windows import Windows, windows
from cardbook.chapters.usage.values import PhotoSource
from cardbook.config.delivering import carry
from cardbook.config.environment import Environment
from cardbook.config.switchboard import Switchboard
from cardbook.lifecycle.acts import act
from cardbook.lifecycle.facts import ApplyReason, BankReported
from cardbook.lifecycle.perform import Step, perform
from cardbook.outbox.letters import letters_of
from cardbook.outbox.models import Message
from cardbook.papers.storage import read_paper
from cardbook.ports.messages import MessageKind, Party
from cardbook.testing import factories as make

pytestmark = [pytest.mark.django_db, pytest.mark.article(25)]
NUMBER, COMPLETED, FINANCIAL = (
    MessageKind.PROVINCE_NUMBER,
    MessageKind.PROVINCE_COMPLETED,
    MessageKind.PROVINCE_FINANCIAL,
)
ACCOUNT = "6217000000000000004"


@pytest.fixture
def there() -> Windows:
    return windows()


@pytest.fixture
def province(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Province]:
    """The sandbox's province, and an installation that has its interface."""
    environment = Environment(data=tmp_path, demo=False, debug=False, hosts=())
    monkeypatch.setattr(settings, "ENVIRONMENT", environment)
    other = Province(licence=LICENCE)
    with other.server() as desk:
        port = int(desk.url.rstrip("/").rpartition(":")[2])
        write_settings(tmp_path, province_port=port, sms_port=2)
        yield other


def carried() -> None:
    carry(Party.PROVINCE, Switchboard())


def owed(kind: MessageKind) -> list[str]:
    return list(Message.objects.filter(kind=kind).order_by("id").values_list("state", flat=True))


def returned(application: Application, **columns: str) -> bytes:
    known = open_captured(application.detail.captured_sealed)
    row = {"task_id": "T1", "cert_no": known.number, "name": known.name, **columns}
    return write_return([Task({"task_id": "T1", "bank_id": "B1"}, (row,))])


def put_right(application: Application, wanted: Wanted, field: str, *, there: Windows) -> None:
    """What the bank sent back is corrected, signed for anew and submitted again."""
    correct_application(
        application_id=application.pk, wanted=wanted, fields=[field], by=there.clerk,
        at=make.NOON, key=make.key(),
    )  # fmt: skip
    confirm_application(
        application_id=application.pk, signed=at_the.signed(), by=there.clerk, at=make.NOON,
        key=make.key(),
    )  # fmt: skip
    submit_application(application.pk, by=there.clerk, at=make.NOON, key=make.key())


class TestTheNumber:
    def test_is_asked_for_when_the_bank_takes_the_application(
        self, there: Windows, province: Province
    ) -> None:
        application = submitted(there)
        carried()
        answer(application, AnswerKind.ACCEPT, there.teller)
        carried()
        message = Message.objects.get(kind=NUMBER)
        assert (message.state, message.external_reference) == ("done", "S00000001")
        known = open_captured(application.detail.captured_sealed)
        assert province.numbers == {known.number: "S00000001"}
        assert province.asked_for[known.number]["yhbh"] == there.city.bank.code

    def test_is_nobodys_work_where_there_is_no_interface(self, there: Windows) -> None:
        answer(submitted(there), AnswerKind.ACCEPT, there.teller)
        assert owed(NUMBER) == []
        assert owed(MessageKind.PROVINCE_PRODUCTION) == ["owed"]


class TestThePhoto:
    def test_of_the_window_goes_with_the_application(
        self, there: Windows, province: Province
    ) -> None:
        digest = make.kept_photo(by=there.clerk)
        brought = Photo(source=PhotoSource.KEPT, digest=digest)
        application = submitted(there, first_card(there, photo=brought))
        carried()
        known = open_captured(application.detail.captured_sealed)
        assert province.people[known.number].photo == read_paper(digest)
        desk = desk_of(application.county_id)
        assert desk is not None
        assert desk.photo_of(name=known.name, number=known.number) == read_paper(digest)

    @pytest.mark.parametrize("digest", ["", "0" * 64], ids=["the police's", "lost"])
    def test_that_is_not_here_holds_nothing_up(
        self, there: Windows, province: Province, digest: str
    ) -> None:
        source = PhotoSource.KEPT if digest else PhotoSource.POLICE
        photo = Photo(source=source, digest=digest)
        application = submitted(there, first_card(there, photo=photo))
        carried()
        assert owed(MessageKind.PROVINCE_PRODUCTION) == ["done"]
        known = open_captured(application.detail.captured_sealed)
        assert province.asked_for[known.number]["zp"] == ""

    def test_is_opened_as_it_leaves_and_shown_nowhere(self, there: Windows) -> None:
        digest = make.kept_photo(by=there.clerk)
        submitted(there, first_card(there, photo=Photo(source=PhotoSource.KEPT, digest=digest)))
        message = Message.objects.get(kind=MessageKind.PROVINCE_PRODUCTION)
        (letter,) = letters_of([message.pk])
        assert letter.photo is not None and letter.photo() == read_paper(digest)
        assert "photo" not in repr(letter) and digest not in message.payload


class TestWhatTheBankSentBack:
    def test_is_put_right_with_the_province_and_no_second_application(
        self, there: Windows, province: Province
    ) -> None:
        wanted = first_card(there)
        application = submitted(there, wanted)
        carried()
        answer(application, AnswerKind.REFUSE, there.teller, words="电话有误")
        corrected = replace(wanted, captured=replace(wanted.captured, phone="13900000002"))
        put_right(application, corrected, "电话", there=there)
        carried()
        assert owed(MessageKind.PROVINCE_PRODUCTION) == ["done", "already_so"]
        known = province.people[wanted.captured.number]
        assert known.fields["sjhm"] == "13900000002"
        assert province.effects["saveCardSqList"] == 1

    def test_what_another_office_has_in_hand_is_still_refused(
        self, there: Windows, province: Province
    ) -> None:
        wanted = first_card(there)
        province.register(wanted.captured.number, wanted.captured.name)
        province.applications[wanted.captured.number] = "saveCardSqList"
        submitted(there, wanted)
        carried()
        assert owed(MessageKind.PROVINCE_PRODUCTION) == ["refused"]


class TestTheMadeCard:
    def test_is_told_with_what_its_maker_returned(
        self, there: Windows, province: Province
    ) -> None:
        application = submitted(there)
        carried()
        content = returned(
            application, card_no="b00000131", account=ACCOUNT, card_code="611000D156000005",
            contact_reset="0081544", voucher="V1",
        )  # fmt: skip
        assert take(there, content).entered
        message = Message.objects.get(kind=COMPLETED)
        (letter,) = letters_of([message.pk])
        assert letter.made is not None
        assert (letter.made.number, letter.made.account) == ("B00000131", ACCOUNT)
        assert ACCOUNT not in repr(letter) and ACCOUNT not in message.payload
        carried()
        assert owed(COMPLETED) == ["done"]
        assert province.accounts == {"B00000131": ACCOUNT} and not province.applications

    @pytest.mark.article(32)
    def test_lies_sealed_with_its_application(self, there: Windows) -> None:
        application = submitted(there)
        take(there, returned(application, card_no="B00000131", account=ACCOUNT))
        sealed = ApplicationDetail.objects.get(pk=application.pk).made_sealed
        assert sealed and ACCOUNT.encode() not in bytes(sealed)

    @pytest.mark.parametrize("number", ["", "62170000000000000", "卡"])
    def test_without_a_cards_number_is_not_told(
        self, there: Windows, province: Province, number: str
    ) -> None:
        application = submitted(there)
        carried()
        assert take(there, returned(application, card_no=number)).entered
        assert owed(COMPLETED) == []


@pytest.mark.article(22)
class TestTheAccount:
    def report(self, there: Windows, card: Card, state: BankState, at: datetime) -> None:
        facts = BankReported(bank=str(state), bank_source="银行柜面", bank_as_of=at)
        step = Step(act=act("bank.report"), facts=facts, subject_ids=[card.pk])
        perform(step, by=there.teller, at=at, key=make.key())

    def test_in_use_is_told_once_the_bank_says_so(
        self, there: Windows, province: Province
    ) -> None:
        submitted(there)
        carried()
        card = make.issued_card(there.city, there.city.here, account=ACCOUNT)
        self.report(there, card, BankState.INACTIVE, make.NOON)
        assert owed(FINANCIAL) == []
        self.report(there, card, BankState.ACTIVE, make.NOON)
        carried()
        assert owed(FINANCIAL) == ["done"] and province.financial == {ACCOUNT}

    def test_the_book_does_not_have_is_not_told(self, there: Windows, province: Province) -> None:
        submitted(there)
        carried()
        card = make.issued_card(there.city, there.city.here)
        self.report(there, card, BankState.ACTIVE, make.NOON)
        assert owed(FINANCIAL) == []


@pytest.mark.article(30)
class TestWhoComesFromElsewhere:
    """A new card because the relation came: the province hears of the transfer first."""

    def sent(self, there: Windows, reason: ApplyReason) -> Application:
        application = captured(there, first_card(there, reason=reason))
        submit_application(application.pk, by=there.clerk, at=make.NOON, key=make.key())
        return application

    def test_is_told_once_however_often_he_is_submitted(self, there: Windows) -> None:
        application = self.sent(there, ApplyReason.TRANSFER_IN)
        assert owed(MessageKind.PROVINCE_TRANSFER_IN) == ["owed"]
        first, second = Message.objects.filter(party="province").order_by("id")
        assert (first.kind, second.kind) == ("province.transfer_in", "province.production")
        self.again(there, application)
        assert owed(MessageKind.PROVINCE_TRANSFER_IN) == ["owed"]

    def test_a_first_card_is_no_transfer(self, there: Windows) -> None:
        self.sent(there, ApplyReason.FIRST)
        assert owed(MessageKind.PROVINCE_TRANSFER_IN) == []

    @pytest.mark.parametrize("heard", [False, True])
    def test_who_gives_up_is_withdrawn_or_taken_back(self, there: Windows, heard: bool) -> None:
        application = self.sent(there, ApplyReason.TRANSFER_IN)
        if heard:
            Message.objects.filter(kind=MessageKind.PROVINCE_TRANSFER_IN).update(state="done")
        answer(application, AnswerKind.REFUSE, there.teller, words="不办了")
        withdraw_application(
            application_id=application.pk, words="不转了", by=there.clerk, at=make.NOON,
            key=make.key(),
        )  # fmt: skip
        assert owed(MessageKind.PROVINCE_TRANSFER_IN) == ["done" if heard else "withdrawn"]
        assert owed(MessageKind.PROVINCE_TRANSFER_UNDONE) == (["owed"] if heard else [])

    @pytest.mark.article(25)
    @pytest.mark.parametrize("heard", [False, True])
    def test_what_the_bank_sent_back_and_nobody_wants_is_not_left_in_hand_above(
        self, there: Windows, heard: bool
    ) -> None:
        application = self.sent(there, ApplyReason.FIRST)
        if heard:
            Message.objects.filter(kind=MessageKind.PROVINCE_PRODUCTION).update(state="done")
        answer(application, AnswerKind.REFUSE, there.teller, words="照片不清")
        withdraw_application(
            application_id=application.pk, words="不办了", by=there.clerk, at=make.NOON,
            key=make.key(),
        )  # fmt: skip
        assert owed(MessageKind.PROVINCE_PRODUCTION) == ["done" if heard else "withdrawn"]
        assert owed(MessageKind.PROVINCE_PRODUCTION_UNDONE) == (["owed"] if heard else [])

    def again(self, there: Windows, application: Application) -> None:
        answer(application, AnswerKind.REFUSE, there.teller, words="照片不清")
        wanted = first_card(there, reason=ApplyReason.TRANSFER_IN)
        put_right(application, wanted, "照片", there=there)
