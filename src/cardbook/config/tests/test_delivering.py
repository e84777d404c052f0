"""From an act to the other side and back: settings, adapters, sandbox (Art. 22 to 28)."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import settings

from cardbook.adapters.lines import BadExchange, Mode, read_exchange
from cardbook.adapters.province_web import ProvinceWeb
from cardbook.adapters.sandbox.bank import Bank
from cardbook.adapters.sandbox.cli import LICENCE, write_settings
from cardbook.adapters.sandbox.faults import Fault, Faults
from cardbook.adapters.sandbox.gateway import Gateway
from cardbook.adapters.sandbox.province import Province
from cardbook.adapters.sms import SmsHttp
from cardbook.cards.models import Card
from cardbook.cards.states import Subject
from cardbook.chapters.usage.loss.tests.lost import holder_with_phone, hotline, lose
from cardbook.config.delivering import carry
from cardbook.config.doctor import outbox as doctor
from cardbook.config.environment import Environment
from cardbook.config.reminding import remind
from cardbook.config.switchboard import Switchboard, database_clock
from cardbook.outbox.deliver import deliver
from cardbook.outbox.leasing import TEXT_ATTEMPTS
from cardbook.outbox.models import Line, Message
from cardbook.outbox.owing import owe
from cardbook.outbox.tests.other_side import owe_for_occasion
from cardbook.people import vault
from cardbook.people.models import Person
from cardbook.ports.messages import MessageKind, Party
from cardbook.ports.standings import Standing
from cardbook.testing import factories as make
from cardbook.testing.factories import NOON, City

pytestmark = pytest.mark.django_db


@pytest.fixture
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An installation's folder, empty."""
    environment = Environment(data=tmp_path, demo=False, debug=False, hosts=())
    monkeypatch.setattr(settings, "ENVIRONMENT", environment)
    return tmp_path


@pytest.fixture
def province(data: Path) -> Iterator[Province]:
    """Province and gateway on loopback, and an installation set up for them."""
    other, gateway = Province(licence=LICENCE), Gateway()
    with other.server() as desk, gateway.server() as texts:
        ports = [int(server.url.rstrip("/").rpartition(":")[2]) for server in (desk, texts)]
        write_settings(data, province_port=ports[0], sms_port=ports[1])
        yield other


@pytest.fixture
def card(city: City) -> Card:
    """A card in a store, its holder with a phone."""
    (made,) = make.received_cards(city, city.here)
    Person.objects.filter(pk=made.person_id).update(
        phone_sealed=vault.seal_text("13900000001", context=vault.PHONE)
    )
    return made


def states() -> list[tuple[str, str]]:
    return [(m.kind, m.state) for m in Message.objects.order_by("id")]


def states_of(party: Party) -> list[tuple[str, str]]:
    found = Message.objects.filter(party=party).order_by("id")
    return [(one.kind, one.state) for one in found]


class TestEachParty:
    @pytest.mark.article(22)
    def test_the_province_hears_of_it_and_its_number_is_kept(
        self, card: Card, province: Province
    ) -> None:
        owe((MessageKind.PROVINCE_ACTIVATE,), subject=Subject.CARD, ids=[card.pk])
        carry(Party.PROVINCE, Switchboard())
        message = Message.objects.get()
        assert (message.state, message.external_reference) == ("done", "SX0000000001")
        assert list(province.cards) == [card.number]

    @pytest.mark.article(28)
    def test_a_lost_answer_is_no_second_effect(self, card: Card, province: Province) -> None:
        owe((MessageKind.PROVINCE_ACTIVATE,), subject=Subject.CARD, ids=[card.pk])
        province.faults.ask(Fault.BUSY)
        board = Switchboard()
        carry(Party.PROVINCE, board)
        assert states() == [("province.activate", "owed")]
        assert Line.objects.get().silent_since is not None
        Line.objects.update(next_at=None)
        Message.objects.update(next_at=NOON, maybe_arrived=True)
        carry(Party.PROVINCE, board)
        assert states() == [("province.activate", "done")]
        assert province.effects.total() == 1

    @pytest.mark.article(28)
    def test_a_loss_of_what_was_never_put_to_use_ends_and_holds_up_nothing(
        self, city: City, card: Card, province: Province
    ) -> None:
        """The province takes no loss of a sealed card; what follows still reaches it in order."""
        lose(card, by=hotline(city))
        carry(Party.PROVINCE, Switchboard())
        assert states_of(Party.PROVINCE) == [("province.oral_loss", "already_so")]
        assert "从未启用" in Message.objects.get(party=Party.PROVINCE).answer_words
        owe((MessageKind.PROVINCE_ACTIVATE,), subject=Subject.CARD, ids=[card.pk])
        carry(Party.PROVINCE, Switchboard())
        assert states_of(Party.PROVINCE)[1:] == [("province.activate", "done")]
        assert province.cards[card.number] is Standing.NORMAL

    @pytest.mark.article(28)
    def test_the_bank_answers_by_file(
        self, city: City, card: Card, province: Province, data: Path
    ) -> None:
        owe((MessageKind.BANK_LOSS_NOTICE,), subject=Subject.CARD, ids=[card.pk])
        board = Switchboard()
        carry(Party.BANK, board)
        assert states() == [("bank.loss_notice", "sent")]
        Bank(data / "exchange" / "banks" / city.bank.code).work_once()
        carry(Party.BANK, board)
        assert states() == [("bank.loss_notice", "done")]
        assert Message.objects.get().external_reference == "BK1"

    @pytest.mark.article(27)
    def test_the_holder_gets_one_text(self, card: Card, province: Province) -> None:
        for _ in range(2):
            owe_for_occasion(MessageKind.SMS_READY_FOR_PICK_UP, [card.pk])
        carry(Party.SMS, Switchboard())
        assert states() == [("sms.ready_for_pick_up", "done")]


@pytest.mark.article(28)
@pytest.mark.trust("D7")
class TestAGatewayThatTimesOut:
    def carried(self, city: City, url: str, *, times: int) -> None:
        """The worker tries so often, an hour apart, and waits a moment for each answer."""
        sms = SmsHttp(url=url, key=LICENCE, timeout_seconds=0.3)
        for hour in range(1, times + 1):
            moment = database_clock() + timedelta(hours=hour)
            deliver(
                party=Party.SMS, recipient_id=city.here.county.pk, correspondent=sms,
                clock=lambda moment=moment: moment,
            )  # fmt: skip

    def lost(self, city: City) -> Card:
        card = make.issued_card(city, city.here, holder=holder_with_phone())
        lose(card, by=hotline(city))
        card.refresh_from_db()
        return card

    def test_stops_no_act_and_sends_no_second_text(self, city: City, data: Path) -> None:
        gateway = Gateway()
        with gateway.server() as texts:
            gateway.faults.ask(Fault.TIME_OUT, 2)
            assert self.lost(city).hold == "oral_loss"
            self.carried(city, texts.url, times=3)
        message = Message.objects.get(party=Party.SMS)
        assert (message.state, message.attempts) == ("already_so", 3)
        assert len(gateway.texts) == 1

    def test_is_asked_three_times_again_and_then_somebody_looks(
        self, city: City, data: Path
    ) -> None:
        gateway = Gateway()
        with gateway.server() as texts:
            gateway.faults.ask(Fault.TIME_OUT, 10)
            self.lost(city)
            self.carried(city, texts.url, times=8)
        message = Message.objects.get(party=Party.SMS)
        assert (message.state, message.attempts) == ("parked", TEXT_ATTEMPTS)
        assert len(gateway.texts) == 1


class TestReminders:
    @pytest.mark.article(16)
    def test_leave_once_and_hold_no_name(self, card: Card, province: Province) -> None:
        board = Switchboard()
        told = [
            remind(board, clock=lambda: NOON + timedelta(days=30))[MessageKind.SMS_STRANDED].owed
            for _ in range(2)
        ]
        carry(Party.SMS, board)
        assert (told, states()) == ([1, 0], [("sms.stranded", "done")])

    def test_wait_for_a_gateway_and_for_settings_that_can_be_used(
        self, card: Card, data: Path
    ) -> None:
        after_a_month = lambda: NOON + timedelta(days=30)  # noqa: E731 - a clock
        assert remind(Switchboard(), clock=after_a_month)[MessageKind.SMS_STRANDED].owed == 0
        (data / "exchange.toml").write_text("[sms", "utf-8")
        assert remind(Switchboard(), clock=after_a_month) == {}
        assert not states()


class TestWithoutSettings:
    def test_everything_waits_for_a_person(self, card: Card, data: Path) -> None:
        owe((MessageKind.PROVINCE_ACTIVATE,), subject=Subject.CARD, ids=[card.pk])
        carry(Party.PROVINCE, Switchboard())
        message = Message.objects.get()
        assert (message.state, message.attempts) == ("owed", 0)

    def test_one_county_may_work_by_hand_while_others_do_not(
        self, city: City, card: Card, province: Province, data: Path
    ) -> None:
        path = data / "exchange.toml"
        text = path.read_text("utf-8")
        office = f'\n[province.offices.{city.here.county.code}]\nmode = "manual"\n'
        path.write_text(text + office, "utf-8")
        (other,) = make.received_cards(city, city.neighbour)
        owe((MessageKind.PROVINCE_ACTIVATE,), subject=Subject.CARD, ids=[card.pk, other.pk])
        carry(Party.PROVINCE, Switchboard())
        assert [state for _, state in states()] == ["owed", "done"]


class TestSettingsThatAreWrong:
    @pytest.mark.parametrize(
        ("text", "said"),
        [
            ("[province", "不是正确的 TOML"),
            ("[police]\nmode = 'web'", r"\[police\] 不认识"),
            ("[province]\nmode = 'file'", "不能用“文件交换”"),
            ("[bank]\nmode = 'pigeon'", "只能是 web、file、manual"),
            ("[sms]\nmode = 'web'", "缺少 url"),
            ("[sms]\nmode = 'web'\nurl = 'x'\nkey = 'none'", "没有文件 keys/none"),
            (
                "[bank]\nmode = 'file'\nfolder = 'x'\nnumber = '1'\npassword = 'x'",
                "password 不认识",
            ),
        ],
    )
    def test_say_where_and_what_to_do(self, data: Path, text: str, said: str) -> None:
        (data / "exchange.toml").write_text(text, "utf-8")
        with pytest.raises(BadExchange, match=said):
            read_exchange(data)
        finding = doctor.lines()
        assert finding.level == "wrong" and finding.remedy

    def test_stop_what_would_leave_and_break_nothing(self, card: Card, data: Path) -> None:
        owe((MessageKind.PROVINCE_ACTIVATE,), subject=Subject.CARD, ids=[card.pk])
        (data / "exchange.toml").write_text("[province", "utf-8")
        carry(Party.PROVINCE, Switchboard())
        assert states() == [("province.activate", "owed")]

    def test_the_sandbox_never_overwrites_them(self, data: Path) -> None:
        (data / "exchange.toml").write_text("[province]\nmode = 'manual'\n", "utf-8")
        with pytest.raises(Exception, match="沙箱不覆盖"):
            write_settings(data, province_port=1, sms_port=2)
        assert read_exchange(data).line(Party.PROVINCE, "x").mode is Mode.MANUAL


class TestFaultsAtRandom:
    @pytest.mark.article(28)
    def test_every_message_ends_done_or_is_listed_and_nothing_is_done_twice(
        self, city: City
    ) -> None:
        rates = dict.fromkeys(
            (Fault.TIME_OUT, Fault.DOWN, Fault.BUSY, Fault.REFUSE, Fault.GARBLED), 0.08
        )
        other = Province(licence="L", faults=Faults(rates=rates, seed=7))
        cards = make.received_cards(city, city.here, count=25)
        for kind in (MessageKind.PROVINCE_ACTIVATE, MessageKind.PROVINCE_ORAL_LOSS):
            owe_for_occasion(kind, [card.pk for card in cards])
        begun = database_clock()
        with other.server() as desk:
            web = ProvinceWeb(url=desk.url, licence="L", timeout_seconds=0.3)
            for hour in range(1, 400):
                deliver(
                    party=Party.PROVINCE, recipient_id=city.here.county.pk, correspondent=web,
                    clock=lambda hour=hour: begun + timedelta(hours=hour),
                )  # fmt: skip
                if not _under_way():
                    break
        assert not _under_way()
        done = Message.objects.filter(state__in=["done", "already_so"])
        stopped = done.filter(kind=MessageKind.PROVINCE_ORAL_LOSS)
        standing = {card.pk: other.cards.get(card.number) for card in cards}
        assert all(standing[one.card_id] is Standing.ORAL_LOSS for one in stopped)
        assert done.count() > 20 and max(other.effects.values()) <= len(cards)
        listed = Message.objects.filter(state__in=["refused", "parked", "owed"])
        assert done.count() + listed.count() == 2 * len(cards)


def _under_way() -> bool:
    """Whether a message may still leave by itself: it is not held back by a stuck one."""
    stuck = Message.objects.filter(state__in=["refused", "parked"]).values("thread")
    return Message.objects.filter(state__in=["owed", "leased"]).exclude(thread__in=stuck).exists()


class TestTheDoctor:
    def test_counts_what_is_owed_and_names_who_is_silent(
        self, city: City, card: Card, data: Path
    ) -> None:
        owe((MessageKind.PROVINCE_ACTIVATE,), subject=Subject.CARD, ids=[card.pk])
        assert doctor.messages(now=database_clock).said.startswith("1 条未办结")
        Message.objects.update(state="refused")
        assert doctor.messages(now=database_clock).level == "note"
        Line.objects.create(
            party="province", recipient=city.here.county, silent_since=NOON, failures=9
        )
        late = doctor.messages(now=lambda: NOON.replace(day=22))
        assert late.level == "wrong" and "已 48 小时没有应答" in late.said
