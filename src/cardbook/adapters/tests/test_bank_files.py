"""A bank's folder: one order however often it goes out, answers whole or not at all (Art. 25)."""

from dataclasses import replace
from pathlib import Path

import pytest

from cardbook.adapters.bank_files import BankFolder
from cardbook.adapters.sandbox.bank import Bank
from cardbook.adapters.sandbox.faults import Fault
from cardbook.adapters.tests.letters import letter
from cardbook.ports.messages import Letter, MessageKind, Outcome, Told
from cardbook.testing.factories import NOON

pytestmark = pytest.mark.article(25)


@pytest.fixture
def ours(tmp_path: Path) -> BankFolder:
    return BankFolder(folder=tmp_path, bank_number="105", clock=lambda: NOON)


@pytest.fixture
def bank(tmp_path: Path) -> Bank:
    return Bank(tmp_path)


def orders(count: int = 3, **more: object) -> list[Letter]:
    return [
        letter(MessageKind.BANK_PRODUCTION_ORDER, order=place, **more)  # type: ignore[arg-type]
        for place in range(1, count + 1)
    ]


def answers(ours: BankFolder) -> list[Told]:
    found = []
    for returned in ours.answers():
        found += returned.told
        returned.keep()
    return found


def test_the_name_of_a_file_says_task_bank_and_moment(ours: BankFolder, tmp_path: Path) -> None:
    list(ours.tell(orders()))
    (path,) = (tmp_path / "out").iterdir()
    tag, task, number, moment = path.name.split("_")
    assert (tag, len(task), number, moment) == ("SH", 32, "105".zfill(15), "20261120120000")


def test_an_order_comes_back_accepted_or_refused_row_by_row(ours: BankFolder, bank: Bank) -> None:
    list(ours.tell(orders()))
    bank.faults.ask(Fault.REFUSE, 1)
    bank.work_once()
    first, second, third = answers(ours)
    assert first.answer.outcome is Outcome.REFUSED and "联网核查不符" in first.answer.words
    assert {second.answer.outcome, third.answer.outcome} == {Outcome.DONE}


def test_a_name_the_bank_cannot_write_is_refused_alone_with_row_and_field(
    ours: BankFolder, bank: Bank
) -> None:
    letters = [*orders(2), letter(MessageKind.BANK_PRODUCTION_ORDER, order=9, name="李𠮷")]
    told = {one.reference: one.answer for one in ours.tell(letters)}
    assert [answer.outcome for answer in told.values()] == [
        Outcome.TAKEN, Outcome.TAKEN, Outcome.REFUSED,
    ]  # fmt: skip
    assert "“姓名”“𠮷”不在 GBK" in told[letters[2].reference].words
    bank.work_once()
    assert len(bank.orders) == 2


def test_the_same_order_sent_twice_is_one_order(ours: BankFolder, bank: Bank) -> None:
    list(ours.tell(orders()))
    list(ours.tell(orders()))
    list(ours.tell(orders(2)))
    bank.work_once()
    assert len(bank.orders) == 3
    assert {told.answer.outcome for told in answers(ours)} == {Outcome.DONE}


def test_an_order_says_where_he_belongs_at_its_very_bytes(
    ours: BankFolder, tmp_path: Path
) -> None:
    """F3 of the research: nation at 95, unit at 200 and 220, town at 300, outlet at 481."""
    (one,) = orders(1)
    about = replace(
        one.about, nation="20", unit_code="U-01", unit="示范小学", town="城关镇",
        village="东街社区", outlet="611002", outlet_name="甲县综合服务窗口",
    )  # fmt: skip
    list(ours.tell([replace(one, about=about)]))
    (path,) = (tmp_path / "out").glob("SH_*")
    _, record = path.read_bytes().splitlines()
    assert len(record) == 589
    wanted = {
        (95, 2): "20", (200, 20): "U-01", (220, 80): "示范小学", (300, 50): "城关镇",
        (350, 50): "东街社区", (481, 8): "611002", (489, 50): "甲县综合服务窗口",
    }  # fmt: skip
    for (place, size), text in wanted.items():
        assert record[place : place + size] == text.encode("gbk").ljust(size)


def test_a_foreigner_is_written_without_a_country_his_number_does_not_say(
    ours: BankFolder, tmp_path: Path
) -> None:
    """F3: 国籍 at 97, 出生地 at 100; only a citizen's number tells both."""
    own, other = orders(2)
    about = replace(other.about, number_kind="foreign_permanent")
    list(ours.tell([own, replace(other, about=about)]))
    (path,) = (tmp_path / "out").glob("SH_*")
    _, citizen, foreigner = path.read_bytes().splitlines()
    assert citizen[97:106] == b"CHN" + own.about.number[:6].encode()
    assert foreigner[97:106] == b" " * 9 and foreigner[75:77] == b"10"


def test_a_bank_finds_the_folder_its_answers_belong_into(ours: BankFolder, tmp_path: Path) -> None:
    list(ours.tell(orders(1)))
    assert answers(ours) == [] and (tmp_path / "in").is_dir()


def test_a_code_that_does_not_fit_is_left_out_and_stops_no_order(
    ours: BankFolder, tmp_path: Path
) -> None:
    (one,) = orders(1)
    about = replace(one.about, outlet="611002-WINDOW-1", unit_code="U" * 21)
    (told,) = ours.tell([replace(one, about=about)])
    assert told.answer.outcome is Outcome.TAKEN
    (path,) = (tmp_path / "out").glob("SH_*")
    _, record = path.read_bytes().splitlines()
    assert record[200:220] == b" " * 20 and record[481:489] == b" " * 8


class TestAReturn:
    def come_back(self, ours: BankFolder, bank: Bank, *faults: Fault) -> list[Told]:
        list(ours.tell(orders(4)))
        for fault in faults:
            bank.faults.ask(fault)
        bank.work_once()
        return answers(ours)

    @pytest.mark.parametrize(
        ("fault", "said"), [(Fault.CUT, "不完整"), (Fault.GARBLED, "不是 GBK 编码")]
    )
    def test_that_is_broken_is_refused_whole_and_taken_when_it_comes_again(
        self, ours: BankFolder, bank: Bank, fault: Fault, said: str
    ) -> None:
        assert self.come_back(ours, bank, fault) == []
        ((name, why),) = ours.refused_files()
        assert name.startswith("SH_") and said in why and "整份未读入" in why
        bank.forget_answers()
        bank.work_once()
        assert len(answers(ours)) == 4

    def test_in_another_order_answers_the_same_rows(self, ours: BankFolder, bank: Bank) -> None:
        told = self.come_back(ours, bank, Fault.REORDERED)
        assert sorted(one.reference for one in told) == [one.reference for one in orders(4)]

    def test_of_a_part_leaves_the_rest_waiting(self, ours: BankFolder, bank: Bank) -> None:
        assert len(self.come_back(ours, bank, Fault.PARTIAL)) == 2
        bank.forget_answers()
        bank.work_once()
        assert len(answers(ours)) == 4

    def test_that_comes_twice_is_read_once(self, ours: BankFolder, bank: Bank) -> None:
        assert len(self.come_back(ours, bank, Fault.TWICE)) == 4
        assert answers(ours) == []

    def test_is_given_again_until_it_is_written_down(self, ours: BankFolder, bank: Bank) -> None:
        list(ours.tell(orders(2)))
        bank.work_once()
        assert [len(returned.told) for returned in ours.answers()] == [2]  # and nobody kept it
        assert len(answers(ours)) == 2
        assert answers(ours) == []

    def test_of_another_banks_task_is_refused(
        self, ours: BankFolder, bank: Bank, tmp_path: Path
    ) -> None:
        other = BankFolder(folder=tmp_path / "other", bank_number="102", clock=lambda: NOON)
        list(other.tell(orders(1)))
        Bank(tmp_path / "other").work_once()
        (path,) = (tmp_path / "other" / "in").iterdir()
        (tmp_path / "in").mkdir(exist_ok=True)
        path.rename(tmp_path / "in" / path.name)
        assert answers(ours) == []
        assert "不是我方发出的" in ours.refused_files()[0][1]


@pytest.mark.article(28)
class TestANotice:
    def test_is_answered_and_once_in_effect(self, ours: BankFolder, bank: Bank) -> None:
        stop = [letter(MessageKind.BANK_LOSS_NOTICE, name="李𠮷")]
        list(ours.tell(stop))
        bank.work_once()
        ((first),) = answers(ours)
        assert (first.answer.outcome, first.reference) == (Outcome.DONE, stop[0].reference)
        more = letter(MessageKind.BANK_CANCEL_NOTICE, order=2)
        list(ours.tell([*stop, more]))
        bank.work_once()
        outcomes = [told.answer.outcome for told in answers(ours)]
        assert outcomes == [Outcome.ALREADY_SO, Outcome.DONE]
        assert bank.notices == {stop[0].reference: "loss_notice", more.reference: "cancel_notice"}
