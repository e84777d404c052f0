"""What the home page says waits is what its list shows, for every post (Art. 5, 8, 20)."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.urls import reverse
from django.utils import timezone

from cardbook.chapters.corrections.models import CorrectionDetail
from cardbook.chapters.corrections.wrong_cards.tests import wrong
from cardbook.chapters.duties.campaigns.commands import close_campaign
from cardbook.chapters.duties.campaigns.tests.test_campaigns import head, ordered
from cardbook.chapters.intake.distribution.tests.sending import agency
from cardbook.chapters.intake.distribution.tests.sending import received as handed
from cardbook.chapters.intake.distribution.tests.sending import sent as hand_down
from cardbook.chapters.intake.receive.tests.deliveries import arrive, counted
from cardbook.chapters.issuance.collective.own_sheets import report_sheet
from cardbook.chapters.issuance.collective.tests.bundles import add_pages, out, tick
from cardbook.chapters.safekeeping.models import KeepingPlace
from cardbook.chapters.safekeeping.places.incident_commands import tell_incident
from cardbook.chapters.safekeeping.places.tests.test_incidents import report
from cardbook.chapters.safekeeping.places.tests.test_incidents import send as send_report
from cardbook.chapters.safekeeping.stocktaking.tests.counts import begin, boxed, ended
from cardbook.chapters.stranded.destruction.commands import take_back
from cardbook.chapters.stranded.models import BankNotice
from cardbook.chapters.stranded.send_back.cancelling import send_notice
from cardbook.chapters.stranded.tests.line import cancelled, line_of, lot_of, returned, sent_back
from cardbook.chapters.stranded.tests.line import waiting as unclaimed
from cardbook.chapters.stranded.tracing.queries import bands
from cardbook.chapters.usage.loss.tests.lost import hotline, lose
from cardbook.chapters.usage.replacement.tests.windows import taken, windows
from cardbook.chapters.usage.temporary.tests.lending import lent
from cardbook.chapters.usage.tests.sending import send
from cardbook.law.parameters import whole_number
from cardbook.law.roles import Role
from cardbook.orgs.actors import Actor
from cardbook.orgs.models import Kind
from cardbook.outbox.models import Message
from cardbook.outbox.states import State
from cardbook.ports.messages import MessageKind
from cardbook.testing import factories as make
from cardbook.testing.clients import signed_in
from cardbook.testing.factories import NOON, City
from cardbook.web.waiting import Waiting

pytestmark = [pytest.mark.django_db, pytest.mark.article(5)]


@pytest.fixture(autouse=True)
def store(tmp_path: Path, settings: object) -> None:
    settings.PAPERS_ROOT = tmp_path  # type: ignore[attr-defined]


def waiting(by: Actor, sentence: str) -> Waiting | None:
    """The line of the home page that says so, if any."""
    lines = signed_in(by).get(reverse("home")).context["waiting"]
    return next((one for one in lines if sentence in one.sentence), None)


def rows_listed(by: Actor, line: Waiting, name: str = "found") -> int:
    """How many rows the list has that the line opens."""
    context = signed_in(by).get(line.url).context
    found = context[name]
    return len(found) if isinstance(found, list) else found.paginator.count


def later(days: str) -> Any:
    """The days of a parameter, and one more, have passed."""
    return later_by(whole_number(days, on=timezone.localdate()))


def later_by(days: int) -> Any:
    """So many days, and one more, have passed."""
    passed = timedelta(days=days + 1)
    return time_machine.travel(timezone.now() + passed, tick=False)


def that_day() -> Any:
    """The day on which the factories' acts happen: nothing of theirs is late."""
    return time_machine.travel(NOON + timedelta(hours=1), tick=False)


class TestOnTheWay:
    @pytest.mark.article(6)
    def test_a_delivery_waits_until_it_is_wholly_received(self, city: City) -> None:
        keeper, arrived = city.here.keeper, arrive(city, city.here, {"1-1": 2, "1-2": 1})
        line = waiting(keeper, "批到货")
        assert line is not None and line.count == rows_listed(keeper, line) == 1
        for box in ("1-1", "1-2"):
            counted(city.here, arrived.box_of(box), arrived.numbers(box))
        assert waiting(keeper, "批到货") is None
        assert waiting(city.neighbour.keeper, "批到货") is None

    @pytest.mark.article(6)
    def test_hand_overs_and_returns_are_not_deliveries(self, city: City) -> None:
        down, up = make.received_cards(city, city.here, count=2)
        hand_down(city.here.keeper, city.here.window, [down])
        sent_back(line_of(city), [up])
        assert waiting(city.here.keeper, "批到货") is None

    @pytest.mark.article(8, 1)
    def test_a_hand_over_waits_at_its_receiver_alone(self, city: City) -> None:
        office, agent = agency(city)
        outlet = make.organization("示范银行甲县支行", Kind.BRANCH, parent=city.bank)
        teller = make.worker("柜员", Role.BANK_TELLER, outlet)
        clerk, keeper = city.here.clerk, city.here.keeper
        for by, to in ((agent, office), (clerk, city.here.window), (teller, outlet)):
            cards = make.received_cards(city, city.here, count=2)
            first, _ = (hand_down(keeper, to, [card]) for card in cards)
            line = waiting(by, "份交接清单等您点收")
            assert line is not None and line.count == rows_listed(by, line) == 2
            handed(first, by, cards[0].number)
            line = waiting(by, "份交接清单等您点收")
            assert line is not None and line.count == rows_listed(by, line) == 1
        reviewer = make.worker("复核员", Role.REVIEWER, city.here.window)
        for other in (keeper, city.here.other_clerk, city.neighbour.clerk, reviewer):
            assert waiting(other, "份交接清单") is None

    @pytest.mark.article(17)
    def test_a_return_waits_at_the_office_it_goes_to(self, city: City) -> None:
        line, keeper = line_of(city), city.here.keeper
        sent_back(line, unclaimed(line))
        sent_back(line, unclaimed(line), receiver=line.centre)
        for by in (keeper, line.manager):
            one = waiting(by, "份退回交接等您点收")
            assert one is not None and one.count == rows_listed(by, one) == 1
        for other in (city.here.reviewer, city.here.clerk, city.neighbour.keeper):
            assert waiting(other, "份退回交接") is None


class TestReturned:
    @pytest.mark.article(18)
    def test_returned_cards_wait_to_be_cancelled_by_whoever_may(self, city: City) -> None:
        line, keeper = line_of(city), city.here.keeper
        returned(line, 2)
        one = waiting(keeper, "张退回的卡等待注销")
        assert one is not None and one.count == rows_listed(keeper, one) == 2
        for other in (city.here.clerk, city.here.reviewer, city.neighbour.keeper):
            assert waiting(other, "张退回的卡") is None

    @pytest.mark.article(18)
    def test_a_letter_waits_until_it_went_to_its_bank(self, city: City) -> None:
        line, keeper = line_of(city), city.here.keeper
        cancelled(line, 2)
        one = waiting(keeper, "份注销告知函")
        assert one is not None and one.count == rows_listed(keeper, one) == 1
        for other in (city.here.clerk, city.here.reviewer, city.neighbour.keeper):
            assert waiting(other, "份注销告知函") is None
        notice = BankNotice.objects.get()
        send_notice(notice_id=notice.pk, way="专人送达", by=keeper, at=timezone.now())
        assert waiting(keeper, "份注销告知函") is None


class TestWrongCards:
    @pytest.mark.article(14)
    def test_what_the_province_should_know_by_now_waits_for_the_keeper(self, city: City) -> None:
        keeper = city.here.keeper
        late, newer = (
            wrong.recorded(card, city.here)
            for card in make.received_cards(city, city.here, count=2)
        )
        with that_day():
            assert waiting(keeper, "件错卡逾期") is None
        found_on = timezone.localdate() - timedelta(days=400)
        CorrectionDetail.objects.filter(pk=late.pk).update(found_on=found_on)
        today = CorrectionDetail.objects.filter(pk=newer.pk)
        today.update(found_on=timezone.localdate())
        line = waiting(keeper, "件错卡逾期")
        assert line is not None and line.count == rows_listed(keeper, line) == 1
        for other in (city.here.clerk, city.neighbour.keeper):
            assert waiting(other, "件错卡逾期") is None

    @pytest.mark.article(13)
    @pytest.mark.article(15)
    def test_what_is_owed_to_holders_waits_for_who_talks_to_them(self, city: City) -> None:
        clerk, (untold, late) = city.here.clerk, make.received_cards(city, city.here, count=2)
        wrong.recorded(untold, city.here, telling=None)
        handled = wrong.recorded(late, city.here)
        said = ("还没有向持卡人说明", "过了预计的公安更正日期")
        assert [waiting(clerk, one) is None for one in said] == [False, True]
        yesterday = timezone.localdate() - timedelta(days=1)
        CorrectionDetail.objects.filter(pk=handled.pk).update(expected_on=yesterday)
        for one in said:
            line = waiting(clerk, one)
            assert line is not None and line.count == rows_listed(clerk, line) == 1
            for other in (city.here.auditor, city.neighbour.clerk):
                assert waiting(other, one) is None


class TestCampaigns:
    def test_one_whose_day_is_over_waits_until_it_is_ended(self, city: City) -> None:
        chief, (office, _) = head(city), agency(city)
        beyond = make.worker("乙县负责人", Role.COUNTY_MANAGER, city.neighbour.county)
        ordered(chief, office, due_on=timezone.localdate())
        campaign = ordered(chief, office, due_on=timezone.localdate() - timedelta(days=1))
        line = waiting(chief, "项发放部署")
        assert line is not None and line.count == rows_listed(chief, line, "rows") == 1
        for other in (city.here.keeper, city.here.clerk, beyond):
            assert waiting(other, "项发放部署") is None
        at = timezone.now()
        close_campaign(campaign_id=campaign.pk, words="已完成", by=chief, at=at)
        assert waiting(chief, "项发放部署") is None


class TestSheets:
    @pytest.mark.article(8, 3)
    def test_an_overdue_sheet_waits_for_the_office_and_for_its_unit(self, city: City) -> None:
        given = out(city, count=2, at=timezone.now() - timedelta(days=60))
        handler = make.worker("经办人", Role.UNIT_HANDLER, given.bundle.unit)
        for by in (city.here.clerk, handler):
            line = waiting(by, "逾期未备案")
            assert line is not None and line.count == rows_listed(by, line) == 1
        assert waiting(city.neighbour.clerk, "逾期未备案") is None

    @pytest.mark.article(8, 3)
    def test_a_reported_sheet_waits_for_the_office_alone(self, city: City) -> None:
        given = out(city, count=2, at=timezone.now())
        handler = make.worker("经办人", Role.UNIT_HANDLER, given.bundle.unit)
        line = waiting(handler, "等待登记、报送")
        assert line is not None and line.count == rows_listed(handler, line) == 1
        tick(given.bundle, "1-2", by=handler, on=timezone.localdate())
        add_pages(given.bundle, by=handler)
        report_sheet(bundle_id=given.bundle.pk, by=handler, at=timezone.now())
        assert waiting(handler, "等待登记、报送") is None
        line = waiting(city.here.clerk, "单位已报送")
        assert line is not None and line.count == rows_listed(city.here.clerk, line) == 1

    @pytest.mark.article(8, 3)
    def test_a_sheet_due_soon_is_named_before_it_is_overdue(self, city: City) -> None:
        given = out(city, count=2, at=timezone.now())
        today = timezone.localdate()
        days = whole_number("sheet_remind_days_before", on=today)
        said = f"份签字明细表 {days} 天内到期（天数待确认）"
        for left, count in ((days, 1), (days + 1, 0)):
            given.bundle.due_on = today + timedelta(days=left)
            given.bundle.save(update_fields=["due_on"])
            line = waiting(city.here.clerk, said)
            assert (line.count if line else 0) == count
            assert line is None or rows_listed(city.here.clerk, line) == count
            listed = signed_in(city.here.clerk).get(reverse("bundle.list")).content.decode()
            assert f"{days} 天内到期（天数待确认）" in listed
            assert (f"1 份 {days} 天内到期（天数待确认）" in listed) is (count == 1)


class TestKeeping:
    @pytest.mark.article(20)
    def test_an_ended_count_waits_until_it_is_closed(self, city: City) -> None:
        box, cards = boxed(city, city.here, 2)
        take = begin(city.here, box)
        assert waiting(city.here.keeper, "次盘点") is None
        ended(take, city.here)
        line = waiting(city.here.keeper, "次盘点")
        assert line is not None and line.count == rows_listed(city.here.keeper, line) == 1
        assert len(cards) == 2

    @pytest.mark.article(20)
    def test_places_not_checked_in_time_are_counted_and_listed_alone(self, city: City) -> None:
        for name in ("东库", "西库"):
            KeepingPlace.objects.create(
                organization=city.here.card_body, name=name, where="一楼",
                opened_on=timezone.localdate() - timedelta(days=400),
            )  # fmt: skip
        line = waiting(city.here.keeper, "保管检查逾期")
        assert line is not None and line.count == 2
        assert rows_listed(city.here.keeper, line, "due") == 2
        shown = signed_in(city.here.keeper).get(line.url).content.decode()
        assert "还没有检查记录" not in shown and "东库" in shown

    @pytest.mark.article(20)
    def test_an_incident_waits_until_it_was_told_upward(self, city: City) -> None:
        told = send_report(city, report(make.received_cards(city, city.here)))
        line = waiting(city.here.keeper, "事故还没有上报")
        assert line is not None and line.count == rows_listed(city.here.keeper, line) == 1
        assert waiting(city.neighbour.keeper, "事故还没有上报") is None
        tell_incident(
            incident_id=told.pk, office="县局", words="", by=city.here.keeper, at=timezone.now()
        )
        assert waiting(city.here.keeper, "事故还没有上报") is None

    @pytest.mark.article(20)
    def test_places_not_counted_in_time_are_counted_and_listed(self, city: City) -> None:
        boxed(city, city.here, 2)
        with that_day():
            assert waiting(city.here.keeper, "超过盘点周期") is None
        with later("count_cycle_days"):
            line = waiting(city.here.keeper, "超过盘点周期")
            assert line is not None and line.count == 1
            assert rows_listed(city.here.keeper, line, "due_places") == 1
            assert "没有盘点过" in signed_in(city.here.keeper).get(line.url).content.decode()

    @pytest.mark.article(19)
    def test_a_cancelled_card_past_its_day_waits_for_whoever_gives_it_up(self, city: City) -> None:
        cancelled(line_of(city), 2)
        with that_day():
            assert waiting(city.here.keeper, "没有移交销毁") is None
        with later("cancelled_not_destroyed_alert_days"):
            line = waiting(city.here.keeper, "没有移交销毁")
            assert line is not None and line.count == rows_listed(city.here.keeper, line) == 2
            assert waiting(city.here.clerk, "没有移交销毁") is None

    @pytest.mark.article(19)
    def test_a_lot_waits_for_its_bank_and_past_its_day_for_both(self, city: City) -> None:
        line = line_of(city)
        first, second = cancelled(line, 2)
        lot, back = lot_of(line, [first]), lot_of(line, [second])
        take_back(
            lot_id=back.pk, card_ids=[second.pk], words="没有收到", by=line.teller,
            second=city.here.keeper, at=NOON, key=make.key(),
        )  # fmt: skip
        other = make.organization("另一银行", Kind.BANK, parent=city.city)
        stranger = make.worker("他行柜员", Role.BANK_TELLER, other)
        with that_day():
            one = waiting(line.teller, "等本行点收、销毁")
            assert one is not None and one.count == rows_listed(line.teller, one) == 1
            assert waiting(line.teller, "超期没有销毁") is None
        with later("cancelled_not_destroyed_alert_days"):
            for by in (line.teller, city.here.keeper, line.manager):
                one = waiting(by, "超期没有销毁")
                assert one is not None and one.count == rows_listed(by, one) == 1
                shown = signed_in(by).get(one.url).content.decode()
                assert lot.number in shown and back.number not in shown and "超期" in shown
            for by in (stranger, city.here.clerk, city.neighbour.keeper):
                assert waiting(by, "销毁清单") is None


class TestStranded:
    @pytest.mark.article(16)
    def test_cards_nobody_fetched_wait_for_who_has_them(self, city: City) -> None:
        line, (office, agent) = line_of(city), agency(city)
        unclaimed(line, 2)
        (given,) = unclaimed(line)
        handed(hand_down(city.here.keeper, office, [given]), agent, given.number)
        with that_day():
            assert waiting(city.here.keeper, "张卡滞留") is None
        with later_by(bands(on=timezone.localdate()).days[0]):
            for by, count in ((city.here.keeper, 3), (agent, 1)):
                one = waiting(by, "张卡滞留")
                assert one is not None and one.count == count
                assert rows_listed(by, one, "rows") == count
            for other in (city.here.clerk, city.neighbour.keeper, line.manager, line.teller):
                assert waiting(other, "张卡滞留") is None


class TestBank:
    @pytest.mark.article(22)
    def test_who_was_sent_there_waits_at_that_bank_alone(self, city: City) -> None:
        outlet = make.organization("示范银行甲县支行", Kind.BRANCH, parent=city.bank)
        other = make.organization("另一银行", Kind.BANK, parent=city.city)
        card = make.issued_card(city, city.here)
        send("social.activate", card, by=city.here.clerk, asked_by="holder")
        send("bank.direct", card, by=city.here.clerk, outlet=outlet.pk)
        teller = make.worker("柜员", Role.BANK_TELLER, outlet)
        line = waiting(teller, "等待启用金融功能")
        assert line is not None and line.count == rows_listed(teller, line, "page") == 1
        stranger = make.worker("他行柜员", Role.BANK_TELLER, other)
        assert waiting(stranger, "等待启用金融功能") is None

    @pytest.mark.article(25)
    def test_an_application_waits_at_its_bank_too(self, city: City) -> None:
        there = windows(city)
        taken(there, make.issued_card(city, city.here))
        for by in (there.clerk, there.teller):
            line = waiting(by, "申请办理中")
            assert line is not None and line.count == rows_listed(by, line) == 1
        assert waiting(there.other_teller, "申请办理中") is None


class TestInUse:
    @pytest.mark.article(27)
    def test_a_temporary_card_that_should_be_back_waits_for_the_window(self, city: City) -> None:
        lent(city)
        assert waiting(city.here.clerk, "张临时卡逾期") is None
        with later("temp_card_valid_days"):
            line = waiting(city.here.clerk, "张临时卡逾期")
            assert (
                line is not None and line.count == rows_listed(city.here.clerk, line, "page") == 1
            )
            for other in (city.here.auditor, city.neighbour.clerk):
                assert waiting(other, "张临时卡逾期") is None

    @pytest.mark.article(28)
    def test_what_the_other_side_refused_waits_for_the_keeper(self, city: City) -> None:
        keeper = city.here.keeper
        lose(make.issued_card(city, city.here), by=hotline(city), at=timezone.now())
        assert waiting(keeper, "条待办消息") is None
        told = Message.objects.filter(kind=MessageKind.PROVINCE_ORAL_LOSS)
        told.update(state=State.REFUSED, answer_words="不受理")
        line = waiting(keeper, "条待办消息")
        assert line is not None and line.count == rows_listed(keeper, line, "page") == 1
        for other in (city.here.clerk, city.neighbour.keeper):
            assert waiting(other, "条待办消息") is None
