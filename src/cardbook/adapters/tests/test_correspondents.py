"""What every correspondent keeps: adapters against the sandbox, the fake in memory alike."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from cardbook.adapters.bank_files import BankFolder
from cardbook.adapters.province_web import ProvinceWeb
from cardbook.adapters.sandbox.faults import Fault, Faults
from cardbook.adapters.sandbox.gateway import Gateway
from cardbook.adapters.sandbox.province import Province
from cardbook.adapters.sms import SmsFile, SmsHttp, open_file
from cardbook.adapters.tests.letters import letter
from cardbook.lib.sm import Damaged
from cardbook.outbox.tests.other_side import GONE, OtherSide
from cardbook.ports.messages import (
    Correspondent,
    Letter,
    LiesAt,
    MessageKind,
    Outcome,
    Told,
)
from cardbook.testing.factories import NOON

KEY = bytes(range(16))
QUICK = 0.4


class Side:
    """One correspondent, what it did in effect, and how to make it fall silent."""

    def __init__(
        self,
        correspondent: Correspondent,
        kind: MessageKind,
        *,
        effects: Callable[[], int],
        faults: Faults | None = None,
    ) -> None:
        self.correspondent, self.kind = correspondent, kind
        self.effects, self.faults = effects, faults

    def letters(self, count: int, **more: object) -> list[Letter]:
        """So many letters about so many cards."""
        return [
            letter(
                self.kind, order=place, card=f"B{place:08d}",
                number=f"9999991980051{place:05d}", **more,  # type: ignore[arg-type]
            )
            for place in range(1, count + 1)
        ]  # fmt: skip

    def tell(self, letters: list[Letter]) -> list[Told]:
        return list(self.correspondent.tell(letters))


# A folder and a fake are always there; what lies behind a line may fall silent.
NEAR, FAR = ["memory", "bank", "bank_cancel", "sms_file"], ["province", "province_orders", "sms"]


@pytest.fixture(params=[*NEAR, *FAR])
def side(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Side]:
    if request.param == "memory":
        other = OtherSide()
        yield Side(other, MessageKind.PROVINCE_ACTIVATE, effects=lambda: len(other.effects))
    elif request.param.startswith("province"):
        province = Province(licence="L")
        kind = (
            MessageKind.PROVINCE_ACTIVATE
            if request.param == "province"
            else MessageKind.PROVINCE_PRODUCTION
        )
        with province.server() as server:
            web = ProvinceWeb(url=server.url, licence="L", timeout_seconds=QUICK)
            yield Side(web, kind, effects=province.effects.total, faults=province.faults)
    elif request.param == "sms":
        gateway = Gateway()
        with gateway.server() as server:
            sms = SmsHttp(url=server.url, key="K", timeout_seconds=QUICK)
            kind = MessageKind.SMS_CARD_MADE
            yield Side(sms, kind, effects=lambda: len(gateway.texts), faults=gateway.faults)
    elif request.param == "sms_file":
        yield Side(
            SmsFile(folder=tmp_path, key=KEY), MessageKind.SMS_CARD_MADE,
            effects=lambda: len(list(tmp_path.glob("SMS_*"))),
        )  # fmt: skip
    else:
        bank = BankFolder(folder=tmp_path, bank_number="105", clock=lambda: NOON)
        kind, files = {
            "bank": (MessageKind.BANK_PRODUCTION_ORDER, "SH_*"),
            "bank_cancel": (MessageKind.BANK_CANCEL_NOTICE, "TZ_*"),
        }[request.param]
        yield Side(bank, kind, effects=lambda: len(list((tmp_path / "out").glob(files))))


class TestEveryCorrespondent:
    def test_answers_each_letter_once_in_its_order(self, side: Side) -> None:
        letters = side.letters(5)
        assert [told.reference for told in side.tell(letters)] == [
            one.reference for one in letters
        ]

    def test_has_one_effect_however_often_it_is_told(self, side: Side) -> None:
        letters = side.letters(3)
        side.tell(letters)
        before = side.effects()
        again = [
            letter(
                one.kind, order=place, card=one.card_number, number=one.about.number, again=True
            )
            for place, one in enumerate(letters, start=1)
        ]
        answers = side.tell(again)
        assert side.effects() == before > 0
        fine = {Outcome.ALREADY_SO, Outcome.DONE, Outcome.TAKEN}
        assert {told.answer.outcome for told in answers} <= fine

    def test_carries_the_kind_it_is_asked_for(self, side: Side) -> None:
        assert side.kind in side.correspondent.carries

    def test_keeps_the_person_out_of_its_answers(self, side: Side) -> None:
        said = repr(side.tell(side.letters(2)))
        assert "王小明" not in said and "13900000001" not in said

    @pytest.mark.parametrize("side", FAR, indirect=True)
    def test_stops_at_the_first_silence_and_says_whether_it_had_left(self, side: Side) -> None:
        assert side.faults is not None
        for fault, unknown, words in (
            (Fault.TIME_OUT, True, "等候超时"), (Fault.DOWN, True, "中途断开"),
            (Fault.BUSY, True, "对方服务器答复 500"),
        ):  # fmt: skip
            side.faults.ask(fault)
            (told,) = side.tell(side.letters(3, again=True))
            assert told.answer.outcome is Outcome.UNREACHABLE
            assert told.answer.unknown is unknown and words in told.answer.words

    @pytest.mark.parametrize("side", FAR, indirect=True)
    def test_makes_one_effect_of_an_attempt_nobody_answered(self, side: Side) -> None:
        assert side.faults is not None
        side.faults.ask(Fault.TIME_OUT, 1)
        side.tell(side.letters(1))
        (told,) = side.tell(side.letters(1, again=True))
        if told.answer.outcome is Outcome.UNREACHABLE:  # the check was silent, the order not made
            (told,) = side.tell(side.letters(1, again=True))
        assert told.answer.outcome in (Outcome.ALREADY_SO, Outcome.DONE)
        assert side.effects() == 1

    @pytest.mark.parametrize("side", FAR, indirect=True)
    def test_takes_no_garbled_answer_for_an_answer(self, side: Side) -> None:
        assert side.faults is not None
        side.faults.ask(Fault.GARBLED)
        (told,) = side.tell(side.letters(1))
        assert told.answer.outcome is Outcome.UNREACHABLE and told.answer.unknown


def test_a_server_that_is_not_there_was_not_told() -> None:
    with Province(licence="L").server() as server:
        url = server.url
    web = ProvinceWeb(url=url, licence="L", timeout_seconds=QUICK)
    (told,) = web.tell([letter(MessageKind.PROVINCE_ACTIVATE)])
    assert told.answer.outcome is Outcome.UNREACHABLE and not told.answer.unknown
    assert "对方没有开机，或地址、端口不对" in told.answer.words
    assert GONE.outcome is Outcome.UNREACHABLE


@pytest.mark.article(32)
class TestTextsInAFile:
    def test_can_be_opened_with_the_key_alone(self, tmp_path: Path) -> None:
        texts = [letter(MessageKind.SMS_CARD_MADE, order=place) for place in (1, 2)]
        list(SmsFile(folder=tmp_path, key=KEY).tell(texts))
        (path,) = tmp_path.iterdir()
        content = path.read_bytes()
        assert b"13900000001" not in content
        assert [line["to"] for line in open_file(content, key=KEY)] == ["13900000001"] * 2
        with pytest.raises(Damaged):
            open_file(content, key=bytes(16))

    def test_say_neither_name_nor_number(self, tmp_path: Path) -> None:
        for kind in SmsFile(folder=tmp_path, key=KEY).carries:
            one = letter(kind, facts={"until": "2026-11-27T04:00:00Z"})
            (line,) = _opened(tmp_path / kind.operation, one)
            assert "王小明" not in line["text"] and one.about.number not in line["text"]
            assert "条）" in line["text"] and len(line["text"]) <= 70
            assert "None" not in line["text"] and "{" not in line["text"]

    @pytest.mark.article(16)
    def test_that_ask_somebody_to_come_say_where_to(self, tmp_path: Path) -> None:
        window = LiesAt(
            name="甲县一号窗口", address="城关镇和平路 1 号", phone="0914-0000001",
            hours="工作日 8:30 至 17:30",
        )  # fmt: skip
        where = (
            "甲县一号窗口（地址：城关镇和平路 1 号，电话：0914-0000001，"
            "时间：工作日 8:30 至 17:30）"
        )
        for kind in (MessageKind.SMS_READY_FOR_PICK_UP, MessageKind.SMS_STRANDED):
            (line,) = _opened(tmp_path / kind.operation, letter(kind, lies_at=window))
            assert where in line["text"]
        (line,) = _opened(tmp_path / "made", letter(MessageKind.SMS_CARD_MADE, lies_at=window))
        assert window.name not in line["text"]

    @pytest.mark.article(16)
    def test_leave_out_what_does_not_fit_and_never_cut_an_address(self, tmp_path: Path) -> None:
        far = LiesAt(name="甲" * 90, address="乙" * 200, phone="0914-0000001", hours="工作日")
        one = letter(MessageKind.SMS_READY_FOR_PICK_UP, lies_at=far)
        (line,) = _opened(tmp_path, one)
        assert len(line["text"]) <= 201 and "乙" not in line["text"]
        assert "（电话：0914-0000001，时间：工作日）" in line["text"]

    def test_without_a_number_is_somebodys_call(self, tmp_path: Path) -> None:
        one = letter(MessageKind.SMS_STRANDED, phone="")
        (told,) = SmsFile(folder=tmp_path, key=KEY).tell([one])
        assert (told.answer.outcome, told.answer.code) == (Outcome.REFUSED, "no_phone")
        assert list(tmp_path.iterdir()) == []


def _opened(folder: Path, one: Letter) -> list[dict[str, str]]:
    list(SmsFile(folder=folder, key=KEY).tell([one]))
    (path,) = folder.iterdir()
    return open_file(path.read_bytes(), key=KEY)
