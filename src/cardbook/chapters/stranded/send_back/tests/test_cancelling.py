"""Cancelling returned cards (Art. 18): by the card body, by two people, and the bank is told."""

from datetime import timedelta
from typing import Any

import pytest

from cardbook.cards.models import Application
from cardbook.cards.states import Fee
from cardbook.chapters.row_by_row import Outcome
from cardbook.chapters.stranded.models import BankNotice
from cardbook.chapters.stranded.send_back import cancelling, commands
from cardbook.chapters.stranded.send_back.register import CANCELS, STRANDED
from cardbook.chapters.stranded.tests.line import (
    Line,
    fresh,
    line_of,
    offences,
    place_of,
    returned,
    waiting,
)
from cardbook.chapters.usage.applying import Photo, Wanted
from cardbook.chapters.usage.captured import Captured
from cardbook.chapters.usage.production.commands import capture_application
from cardbook.chapters.usage.replacement.tests.windows import signed, windows
from cardbook.chapters.usage.values import PhotoSource
from cardbook.custody.models import Purpose, Shipment
from cardbook.law.roles import Role
from cardbook.ledger.models import Event
from cardbook.lib.clock import local_day
from cardbook.lifecycle.facts import ApplyReason
from cardbook.lifecycle.perform import perform
from cardbook.lifecycle.refusals import Refused
from cardbook.outbox.models import Message
from cardbook.people.holders import holder_of
from cardbook.ports.messages import MessageKind
from cardbook.testing import factories as make
from cardbook.testing.factories import NOON, City

pytestmark = [pytest.mark.django_db, pytest.mark.article(18)]


@pytest.fixture
def line(city: City) -> Line:
    return line_of(city)


def cancel(line: Line, ids: list[int], **changes: object) -> Outcome:
    given: dict[str, object] = {
        "card_ids": ids, "words": "死亡证明在案", "by": line.county.keeper,
        "second": line.county.reviewer, "at": NOON, "key": make.key(),
    }  # fmt: skip
    return cancelling.cancel_returned(**(given | changes))  # type: ignore[arg-type]


def code_of(refused: pytest.ExceptionInfo[Refused]) -> str:
    return refused.value.refusals[0].code


class TestCancelReturned:
    def test_the_card_is_cancelled_and_waits_to_be_destroyed(self, line: Line) -> None:
        cards = returned(line, 2)
        outcome = cancel(line, [card.pk for card in cards])
        assert len(outcome.done) == 2 and not outcome.refused
        card = fresh(cards)[0]
        assert (card.stage, card.social, card.hold) == ("cancelled", "cancelled", "none")
        assert place_of(card) == ("scrap", "甲县卡管中心")
        assert not offences()

    def test_both_papers_name_it_by_the_same_number(self, line: Line) -> None:
        """《滞留原因统计表》 says under which number the 注销登记表 has it (domain.md 3.3)."""
        (card,) = returned(line)
        cancel(line, [card.pk])
        choose = CANCELS.choose(
            {"office": line.county.county.code, "start": local_day(NOON), "end": local_day(NOON)},
            by=line.county.keeper, today=local_day(NOON),
        )  # fmt: skip
        assert choose.is_valid()
        given: dict[str, Any] = {
            "masked": True, "printed_by": "甲", "printed_at": NOON, "limit": 9,
        }  # fmt: skip
        cancelled = CANCELS.sheet(chosen=choose.cleaned_data, **given)
        place = [column.title for column in cancelled.form.columns].index("注销号")
        shipment = Shipment.objects.filter(purpose=Purpose.RETURN).latest("pk")
        stranded = STRANDED.sheet(chosen={"shipment": shipment}, **given)
        number = cancelled.rows[0][place]
        assert number.startswith("ZX") and stranded.rows[0][-1].startswith(f"{number} 2026-11-20")

    def test_the_banks_side_stays_as_the_bank_reported_it(self, line: Line) -> None:
        cards = returned(line)
        before = cards[0].bank, cards[0].bank_source, cards[0].bank_as_of
        cancel(line, [cards[0].pk])
        card = fresh(cards)[0]
        assert (card.bank, card.bank_source, card.bank_as_of) == before

    @pytest.mark.article(14)
    def test_province_and_bank_are_owed_the_news_until_they_answer(self, line: Line) -> None:
        (card,), key = returned(line), make.key()
        for _ in range(2):
            cancel(line, [card.pk], key=key)
        owed = Message.objects.filter(card_id=card.pk).order_by("kind")
        assert [(one.kind, one.state) for one in owed] == [
            (MessageKind.BANK_CANCEL_NOTICE, "owed"), (MessageKind.PROVINCE_CANCEL, "owed"),
        ]  # fmt: skip
        assert "省系统待送；银行待送" in self.register_row(line)
        notice = BankNotice.objects.get()
        cancelling.send_notice(notice_id=notice.pk, way="专人", by=line.clerk, at=NOON)
        assert set(owed.values_list("state", flat=True)) == {"owed"}
        owed.filter(party="province").update(state="done")
        assert "省系统对方已办；银行待送" in self.register_row(line)

    def test_who_is_refused_leaves_nothing_owed(self, line: Line) -> None:
        (card,) = returned(line)
        cancel(line, [card.pk], words=" ")
        assert not Message.objects.filter(card_id=card.pk).exists()

    def register_row(self, line: Line) -> tuple[str, ...]:
        choose = CANCELS.choose(
            {"office": line.county.county.code, "start": local_day(NOON), "end": local_day(NOON)},
            by=line.county.keeper, today=local_day(NOON),
        )  # fmt: skip
        assert choose.is_valid()
        sheet = CANCELS.sheet(
            chosen=choose.cleaned_data, masked=True, printed_by="甲", printed_at=NOON, limit=9
        )
        return sheet.rows[0]

    def test_one_person_is_not_both_maker_and_checker(self, line: Line) -> None:
        cards = returned(line)
        with pytest.raises(Refused) as refused:
            cancel(line, [cards[0].pk], second=line.county.keeper)
        assert code_of(refused) == "SECOND_PERSON_SAME"
        with pytest.raises(Refused) as refused:
            cancel(line, [cards[0].pk], second=None)
        assert code_of(refused) == "SECOND_PERSON_MISSING"
        with pytest.raises(Refused) as refused:
            cancel(line, [cards[0].pk], second=line.city.neighbour.reviewer)
        assert code_of(refused) == "SECOND_PERSON_MAY_NOT"
        assert fresh(cards)[0].stage == "returned"

    @pytest.mark.parametrize(
        "role", [Role.WINDOW_CLERK, Role.AGENCY_CLERK, Role.VILLAGE_HELPER, Role.BANK_TELLER]
    )
    def test_nobody_but_the_card_body(self, line: Line, role: Role) -> None:
        cards = returned(line)
        with pytest.raises(Refused) as refused:
            cancel(line, [cards[0].pk], by=make.worker("外人", role, line.county.card_body))
        assert code_of(refused) == "ROLE_MAY_NOT"

    @pytest.mark.article(5)
    def test_not_the_neighbour_county(self, line: Line) -> None:
        cards, there = returned(line), line.city.neighbour
        outcome = cancel(line, [cards[0].pk], by=there.keeper, second=there.reviewer)
        assert outcome.refused[cards[0].pk].code == "OUT_OF_REACH"

    def test_a_card_somebody_just_received_is_told_and_the_others_are_done(
        self, line: Line
    ) -> None:
        taken, left = returned(line, 2)
        commands.put_back(
            card_ids=[taken.pk], words="本人来取", by=line.clerk, second=line.county.reviewer,
            at=NOON, key=make.key(),
        )  # fmt: skip
        perform(make.issue_step(taken), by=line.county.clerk, at=NOON, key=make.key())
        outcome = cancel(line, [taken.pk, left.pk])
        assert outcome.done == (left.pk,)
        assert outcome.refused[taken.pk].code == "ALREADY_ISSUED"
        assert fresh([taken])[0].stage == "issued"

    def test_a_card_that_was_never_returned_is_not_cancelled_here(self, line: Line) -> None:
        (card,) = waiting(line)
        assert cancel(line, [card.pk]).refused[card.pk].code == "CARD_IN_CUSTODY"

    def test_needs_a_ground(self, line: Line) -> None:
        cards = returned(line)
        assert cancel(line, [cards[0].pk], words=" ").refused[cards[0].pk].code == "REASON_MISSING"

    @pytest.mark.article(4)
    def test_on_the_wrong_card_is_made_good_by_a_free_new_card_not_undone(
        self, line: Line, city: City
    ) -> None:
        (wrong,) = returned(line, 1)
        cancel(line, [wrong.pk], words="认错了人")
        told = Message.objects.count()
        with pytest.raises(Refused) as refused:
            commands.put_back(
                card_ids=[wrong.pk], words="注销错了", by=line.county.keeper,
                second=line.county.reviewer, at=NOON, key=make.key(),
            )  # fmt: skip
        said = refused.value.refusals[0]
        assert (said.code, said.sentence) == (
            "CARD_CANCELLED", "该卡已注销，等待销毁；注销不能撤销。",
        )  # fmt: skip
        assert "按首次申领受理，不收费" in said.way_out
        there, holder = windows(city), holder_of(wrong.person)
        done = capture_application(
            wanted=Wanted(
                reason=ApplyReason.FIRST, bank_id=city.bank.pk,
                captured=Captured(name=holder.name, number=holder.number, sex="1", phone=""),
                photo=Photo(source=PhotoSource.POLICE), ground="resident_pension",
                ground_source="省社保系统参保查询", words=f"误注销 {wrong.number}",
            ),
            signed=signed(), by=there.clerk, at=NOON, key=make.key(),
        )  # fmt: skip
        new = Application.objects.get(pk=done.subject_ids[0])
        assert (new.person_id, new.fee) == (wrong.person_id, Fee.FREE)
        assert Event.objects.get(act="application.capture").facts.count(wrong.number) == 1
        (card,) = fresh([wrong])
        assert (card.stage, card.social, place_of(card)[0]) == ("cancelled", "cancelled", "scrap")
        assert Message.objects.filter(kind=MessageKind.PROVINCE_CANCEL).count() == 1
        assert Message.objects.count() >= told and not offences()

    def test_the_same_request_twice_cancels_once(self, line: Line) -> None:
        cards, key = returned(line), make.key()
        first, again = (cancel(line, [cards[0].pk], key=key) for _ in range(2))
        assert first.done == again.done
        assert BankNotice.objects.get().lines.count() == 1

    def test_the_same_request_twice_gives_the_same_answer_row_by_row(self, line: Line) -> None:
        """What was done then is done, not refused because it is done."""
        cards, (never,) = returned(line, 2), waiting(line)
        asked = [cards[0].pk, never.pk, cards[1].pk]
        key = make.key()
        first, again = cancel(line, asked, key=key), cancel(line, asked, key=key)
        assert set(first.done) == set(again.done) == {card.pk for card in cards}
        assert first.refused.keys() == again.refused.keys() == {never.pk}
        assert first.refused[never.pk].code == again.refused[never.pk].code
        assert not offences()

    def test_nothing_chosen_is_told(self, line: Line) -> None:
        with pytest.raises(Refused) as refused:
            cancel(line, [])
        assert code_of(refused) == "NOTHING_CHOSEN"


class TestBankNotice:
    def test_one_letter_for_a_bank_and_a_day_until_it_is_sent(self, line: Line) -> None:
        cards = returned(line, 3)
        cancel(line, [cards[0].pk])
        cancel(line, [cards[1].pk])
        notice = BankNotice.objects.get()
        assert (notice.bank, notice.lines.count()) == (line.city.bank, 2)
        cancelling.send_notice(notice_id=notice.pk, way="专人", by=line.clerk, at=NOON)
        cancel(line, [cards[2].pk])
        assert [one.lines.count() for one in BankNotice.objects.order_by("pk")] == [2, 1]

    def test_is_sent_once_and_answered_once(self, line: Line) -> None:
        cards = returned(line)
        cancel(line, [cards[0].pk])
        notice, today = BankNotice.objects.get(), local_day(NOON)
        with pytest.raises(Refused):
            cancelling.acknowledge_notice(
                notice_id=notice.pk, on=today, words="已办理", by=line.clerk
            )
        cancelling.send_notice(notice_id=notice.pk, way="专人", by=line.clerk, at=NOON)
        with pytest.raises(Refused) as refused:
            cancelling.send_notice(notice_id=notice.pk, way="专人", by=line.clerk, at=NOON)
        assert code_of(refused) == "NOTICE_ALREADY_SENT"
        cancelling.acknowledge_notice(
            notice_id=notice.pk, on=today + timedelta(days=1), words="已办理", by=line.clerk
        )
        notice.refresh_from_db()
        assert notice.acknowledged_words == "已办理"
        assert fresh(cards)[0].bank == "unknown"

    @pytest.mark.article(5)
    def test_is_not_the_neighbours(self, line: Line) -> None:
        cards = returned(line)
        cancel(line, [cards[0].pk])
        notice = BankNotice.objects.get()
        with pytest.raises(BankNotice.DoesNotExist):
            cancelling.send_notice(
                notice_id=notice.pk, way="", by=line.city.neighbour.keeper, at=NOON
            )
        with pytest.raises(Refused):
            cancelling.send_notice(notice_id=notice.pk, way="", by=line.county.clerk, at=NOON)
