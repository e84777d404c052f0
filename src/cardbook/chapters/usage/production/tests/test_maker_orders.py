"""Orders to the maker (F4) and accounts for the bank (F5), written from the book (Art. 25)."""

import io
import zipfile
from dataclasses import replace
from pathlib import Path

import pytest
from django.urls import reverse

from cardbook.adapters.files.factory import TO_MAKER, read_order
from cardbook.adapters.files.fixed import decode
from cardbook.adapters.files.layouts import ACCOUNTS, ORDER
from cardbook.adapters.files.piped import decode as decode_piped
from cardbook.cards.models import Application
from cardbook.cards.states import Progress
from cardbook.chapters.usage import province_asking
from cardbook.chapters.usage.applying import Photo
from cardbook.chapters.usage.captured import open_captured
from cardbook.chapters.usage.production import maker_orders
from cardbook.chapters.usage.production.commands import AnswerKind, submit_application
from cardbook.chapters.usage.production.maker_orders import (
    NotWritten,
    made_accounts,
    order_archive,
    order_cards,
    tasks,
    waiting_for_the_maker,
)
from cardbook.chapters.usage.production.tests.test_bank_files import sandbox, take
from cardbook.chapters.usage.production.tests.test_commands import (
    answer,
    bank_of,
    captured,
    first_card,
)
from cardbook.chapters.usage.production.tests.test_to_the_province import returned
from cardbook.chapters.usage.replacement.tests.windows import Windows, taken, windows
from cardbook.chapters.usage.values import PhotoSource
from cardbook.config.delivering import carry
from cardbook.config.switchboard import Switchboard
from cardbook.lib.clock import local_day
from cardbook.lifecycle.facts import ApplyReason
from cardbook.lifecycle.refusals import Refused
from cardbook.outbox.models import Message
from cardbook.ports.bank_sheets import order_detail
from cardbook.ports.messages import MessageKind, Party
from cardbook.ports.province import ProvincePerson
from cardbook.ports.tests.desk import DeskInMemory
from cardbook.registers.models import TakenFile
from cardbook.testing import factories as make
from cardbook.testing.clients import signed_in

pytestmark = [pytest.mark.django_db, pytest.mark.article(25)]
__all__ = ["sandbox"]
PHOTO = b"\xff\xd8\xff\xe0photo"


@pytest.fixture
def there() -> Windows:
    return windows()


@pytest.fixture
def desk(monkeypatch: pytest.MonkeyPatch) -> DeskInMemory:
    """A province that has the police's photos."""
    found = DeskInMemory()
    monkeypatch.setattr(province_asking, "desk_of", lambda county_id: found)
    monkeypatch.setattr(maker_orders, "desk_of", lambda county_id: found)
    return found


def accepted(
    there: Windows, desk: DeskInMemory, *, photo: bool = True, name: str = "李新生"
) -> Application:
    wanted = first_card(there, name=name)
    wanted = replace(wanted, captured=replace(wanted.captured, nation="03", address="城关镇1号"))
    application = captured(there, wanted)
    if photo:
        number = wanted.captured.number
        desk.people[number] = ProvincePerson(name=name)
        desk.photos[number] = PHOTO
    submit_application(application.pk, by=there.clerk, at=make.NOON, key=make.key())
    answer(application, AnswerKind.ACCEPT, there.teller)
    application.refresh_from_db()
    return application


def ordered(there: Windows, *applications: Application, key: str = "") -> str:
    code, _ = order_cards(
        [one.pk for one in applications], bank=bank_of(there.city.bank),
        by=there.city.here.keeper, at=make.NOON, key=key or make.key(),
    )  # fmt: skip
    return code


def unpacked(there: Windows, code: str) -> tuple[bytes, bytes]:
    file = order_archive(code, bank=bank_of(there.city.bank), by=there.city.here.keeper)
    assert file is not None
    with zipfile.ZipFile(io.BytesIO(file.content)) as folder:
        return folder.read(f"{code}.txt"), folder.read(f"{code}_photos.zip")


class TestAnOrder:
    def test_holds_what_was_signed_for_with_its_photo_and_names_the_order(
        self, there: Windows, desk: DeskInMemory
    ) -> None:
        first, second = accepted(there, desk), accepted(there, desk, name="买买提·艾力")
        code = ordered(there, first, second)
        content, photos = unpacked(there, code)
        (task,) = read_order(content, photos)
        assert task.values["recordcount"] == "2" and task.values["bank_id"] == there.city.bank.code
        assert content.decode("gbk").count("|\n") == 5
        row = task.rows[1]
        known = open_captured(second.detail.captured_sealed)
        message = Message.objects.get(kind=MessageKind.BANK_PRODUCTION_ORDER, subject_id=second.pk)
        assert row["client_id"] == order_detail(message.reference)
        assert (row["cert_no"], row["name"], row["nation"]) == (known.number, "买买提·艾力", "03")
        assert (row["cardissuedate"], row["ssseef0506"]) == ("20261120", "20361120")
        with zipfile.ZipFile(io.BytesIO(photos)) as folder:
            assert folder.read(f"{known.number}.jpg") == PHOTO
        assert decode_piped(TO_MAKER, content) == [task]

    def test_puts_its_applications_into_production_once(
        self, there: Windows, desk: DeskInMemory
    ) -> None:
        application, key = accepted(there, desk), make.key()
        code = ordered(there, application, key=key)
        assert ordered(there, application, key=key) == code
        application.refresh_from_db()
        assert application.progress == Progress.IN_PRODUCTION
        bank = bank_of(there.city.bank)
        (task,) = tasks(by=there.city.here.keeper, bank=bank)
        assert (task.code, task.count) == (code, 1)
        today = local_day(make.NOON)
        assert waiting_for_the_maker(by=there.city.here.keeper, bank=bank, today=today) == []
        assert unpacked(there, code) == unpacked(there, code)
        with pytest.raises(Refused):
            ordered(there, application)

    def test_without_a_photo_is_refused_whole_and_names_the_row(
        self, there: Windows, desk: DeskInMemory
    ) -> None:
        one, other = accepted(there, desk), accepted(there, desk, photo=False)
        with pytest.raises(NotWritten) as refused:
            ordered(there, one, other)
        (sentence,) = refused.value.sentences
        assert sentence.startswith(f"申请 {other.pk}“照片”") and "补采" in sentence
        one.refresh_from_db()
        assert one.progress == Progress.ACCEPTED

    def test_with_a_silent_province_has_no_police_photo(
        self, there: Windows, desk: DeskInMemory
    ) -> None:
        application = accepted(there, desk)
        desk.silent = True
        with pytest.raises(NotWritten, match="照片"):
            ordered(there, application)

    def test_carries_the_number_the_province_gave(
        self, there: Windows, desk: DeskInMemory
    ) -> None:
        application = accepted(there, desk)
        order = Message.objects.get(kind=MessageKind.PROVINCE_PRODUCTION)
        Message.objects.create(
            kind=MessageKind.PROVINCE_NUMBER, party="province", recipient=order.recipient,
            county=order.county, reference="n", subject_kind="application",
            subject_id=application.pk, thread=order.thread, sequence=order.sequence,
            urgent=False, happened_at=make.NOON, payload="{}", state="done",
            external_reference="S00000001",
        )  # fmt: skip
        content, photos = unpacked(there, ordered(there, application))
        (task,) = read_order(content, photos)
        assert task.rows[0]["card_no"] == task.rows[0]["ssseef0507"] == "S00000001"

    def test_is_not_another_banks_nor_a_neighbours(
        self, there: Windows, desk: DeskInMemory
    ) -> None:
        application = accepted(there, desk)
        for by in (there.other_teller, there.city.neighbour.keeper):
            with pytest.raises((Refused, NotWritten)):
                order_cards(
                    [application.pk], bank=bank_of(there.city.bank), by=by, at=make.NOON,
                    key=make.key(),
                )  # fmt: skip
        code = ordered(there, application)
        own = bank_of(there.city.bank)
        for by in (there.other_teller, there.city.neighbour.keeper):
            assert order_archive(code, bank=own, by=by) is None


class TestThePages:
    def test_write_an_order_and_hand_it_out(self, there: Windows, desk: DeskInMemory) -> None:
        application = accepted(there, desk)
        client, address = signed_in(there.city.here.keeper), reverse("application.maker")
        query = {"bank": there.city.bank.pk}
        assert f'value="{application.pk}"' in client.get(address, query).content.decode()
        given = {"key": make.key(), "ids": [application.pk]}
        page = client.post(f"{address}?bank={there.city.bank.pk}", given, follow=True)
        (task,) = tasks(by=there.city.here.keeper, bank=bank_of(there.city.bank))
        assert f"制卡数据 {task.code} 已生成" in page.content.decode()
        where = f"?bank={there.city.bank.pk}"
        file = client.post(reverse("application.maker_file", args=[task.code]) + where)
        taken = TakenFile.objects.get()
        assert (taken.matter, taken.rows, taken.name) == ("maker_order", 1, f"{task.code}.zip")
        assert file["Content-Type"] == "application/zip" and file.content.startswith(b"PK")
        assert "no-store" in file["Cache-Control"]
        assert (
            client.post(reverse("application.maker_file", args=["ZK0"]) + where).status_code == 404
        )

    def test_say_what_stops_an_order(self, there: Windows, desk: DeskInMemory) -> None:
        application = accepted(there, desk, photo=False)
        given = {"key": make.key(), "ids": [application.pk]}
        address = f"{reverse('application.maker')}?bank={there.city.bank.pk}"
        page = signed_in(there.city.here.keeper).post(address, given)
        assert page.status_code == 409 and "没有照片" in page.content.decode()

    def test_are_not_a_window_clerks(self, there: Windows) -> None:
        assert signed_in(there.clerk).get(reverse("application.maker")).status_code == 403


class TestTheAccounts:
    def test_of_made_cards_go_to_their_bank_in_484_bytes(
        self, there: Windows, desk: DeskInMemory
    ) -> None:
        application = accepted(there, desk)
        bank, by = bank_of(there.city.bank), there.city.here.keeper
        assert made_accounts(bank=bank, by=by, at=make.NOON) is None
        content = returned(
            application, card_no="B00000131", account="6217000000000000004", voucher="V1"
        )
        assert take(there, content).entered
        file = made_accounts(bank=bank, by=by, at=make.NOON)
        assert file is not None and file.name.startswith("BK_")
        head, record = file.content.splitlines()
        assert len(record) == 484 and head.startswith(b"BK00000001")
        (row,) = decode(ACCOUNTS, file.content)
        assert (row["card"], row["account"], row["voucher"]) == (
            "B00000131", "6217000000000000004", "V1",
        )  # fmt: skip
        assert row["name"] == "李新生" and row["nation"] == "03"
        assert made_accounts(bank=bank, by=there.city.neighbour.keeper, at=make.NOON) is None
        address = f"{reverse('application.accounts')}?bank={there.city.bank.pk}"
        assert signed_in(by).post(address).content == file.content
        assert (TakenFile.objects.get().matter, file.rows) == ("accounts", 1)


def test_the_banks_order_says_where_he_belongs_and_fetches_his_card(
    there: Windows, desk: DeskInMemory, sandbox: object, tmp_path: Path
) -> None:
    """F3: nation and outlet are what was captured; no guess where the book knows nothing."""
    wanted = first_card(there, photo=Photo(source=PhotoSource.POLICE))
    wanted = replace(wanted, captured=replace(wanted.captured, nation="03"))
    application = captured(there, wanted)
    submit_application(application.pk, by=there.clerk, at=make.NOON, key=make.key())
    carry(Party.BANK, Switchboard())
    (path,) = (tmp_path / "exchange" / "banks" / there.city.bank.code / "out").glob("SH_*")
    (row,) = decode(ORDER, path.read_bytes())
    assert row["nation"] == "03"
    assert row["outlet_name"] == there.city.here.window.name
    assert (row["unit"], row["town"]) == ("", "")


@pytest.mark.article(26)
def test_the_banks_order_knows_the_unit_of_the_card_before(
    there: Windows, desk: DeskInMemory, sandbox: object, tmp_path: Path
) -> None:
    card = make.issued_card(there.city, there.city.here, unit="示范小学")
    taken(there, card, ApplyReason.DAMAGED)
    carry(Party.BANK, Switchboard())
    (path,) = (tmp_path / "exchange" / "banks" / there.city.bank.code / "out").glob("SH_*")
    (row,) = decode(ORDER, path.read_bytes())
    assert row["unit"] == "示范小学" and row["outlet_name"] == there.city.here.window.name
