"""A sandbox told to keep what it heard goes on where it stopped (Art. 22, 25, 28)."""

from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

import pytest

from cardbook.adapters.bank_files import BankFolder
from cardbook.adapters.province_web import ProvinceWeb
from cardbook.adapters.sandbox.bank import Banks
from cardbook.adapters.sandbox.faults import Faults
from cardbook.adapters.sandbox.gateway import Gateway
from cardbook.adapters.sandbox.keeping import Keeper, NotKept
from cardbook.adapters.sandbox.province import Province
from cardbook.adapters.tests.letters import letter
from cardbook.ports.messages import Answer, MessageKind, Outcome
from cardbook.ports.standings import Standing

AT = datetime(2026, 11, 20, 4, 0, tzinfo=UTC)


class Sandbox(NamedTuple):
    """One start of it."""

    province: Province
    gateway: Gateway
    banks: Banks
    keeper: Keeper


def started(folder: Path) -> Sandbox:
    """As `cardbook sandbox --keep` starts."""
    province, gateway = Province(licence="L"), Gateway()
    banks = Banks(folder / "banks", faults=Faults(), clock=lambda: AT)
    keeper = Keeper(folder / "kept.json", province=province, gateway=gateway, banks=banks)
    keeper.give_back()
    return Sandbox(province, gateway, banks, keeper)


def told(province: Province, *kinds: MessageKind) -> list[Answer]:
    with province.server() as desk:
        web = ProvinceWeb(url=desk.url, licence="L", timeout_seconds=2)
        return [one.answer for (one,) in (web.tell([letter(kind)]) for kind in kinds)]


@pytest.mark.article(28)
def test_the_province_knows_the_card_of_yesterday(tmp_path: Path) -> None:
    before = started(tmp_path)
    told(before.province, MessageKind.PROVINCE_ACTIVATE, MessageKind.PROVINCE_ORAL_LOSS)
    before.keeper.keep()
    after, without = started(tmp_path), Province(licence="L")
    assert after.province.cards == {"B00000001": Standing.ORAL_LOSS}
    assert after.province.effects == before.province.effects
    (lifted,) = told(after.province, MessageKind.PROVINCE_RELEASE_LOSS)
    assert lifted.outcome is Outcome.DONE
    (forgotten,) = told(without, MessageKind.PROVINCE_RELEASE_LOSS)
    assert forgotten.outcome is not Outcome.DONE


@pytest.mark.article(22)
def test_a_bank_answers_no_file_twice_and_gives_no_name_again(tmp_path: Path) -> None:
    ours = BankFolder(folder=tmp_path / "banks" / "CCB", bank_number="105", clock=lambda: AT)
    before = started(tmp_path)
    list(ours.tell([letter(MessageKind.BANK_ACTIVATION_REQUEST)]))
    assert before.banks.look() == 1
    before.keeper.keep()
    after = started(tmp_path)
    left = {path.name for path in (tmp_path / "banks" / "CCB" / "in").iterdir()}
    assert after.banks.look() == 0
    list(ours.tell([letter(MessageKind.BANK_ACTIVATION_REQUEST, order=2, card="B00000002")]))
    assert after.banks.look() == 1
    new = {path.name for path in (tmp_path / "banks" / "CCB" / "in").iterdir()} - left
    assert len(new) == 2 and any(name.startswith("ZT_") for name in new)


def test_a_text_is_known_by_its_reference(tmp_path: Path) -> None:
    before = started(tmp_path)
    body = b'{"to": "13900000000", "text": "x", "reference": "r/1"}'
    assert b'"sent"' in before.gateway.handle(body)
    before.keeper.keep()
    assert b'"duplicate"' in started(tmp_path).gateway.handle(body)


def test_only_its_user_reads_it_and_anything_else_is_refused(tmp_path: Path) -> None:
    sandbox = started(tmp_path)
    sandbox.keeper.keep()
    assert (tmp_path / "kept.json").stat().st_mode & 0o777 == 0o600
    (tmp_path / "kept.json").write_text('{"province": 1}', "utf-8")
    with pytest.raises(NotKept, match="请删去它再启动"):
        started(tmp_path)
