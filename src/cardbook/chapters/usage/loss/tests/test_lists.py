"""Losses as lists and registers: who sees which, sought, ordered, taken along (Art. 28)."""

import io
from dataclasses import replace
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from openpyxl import load_workbook

from cardbook.cards.models import Card
from cardbook.chapters.usage.loss import list_pages
from cardbook.chapters.usage.loss.commands import (
    Comer,
    lift_loss,
    make_loss_formal,
    report_loss,
    tell_loss,
)
from cardbook.chapters.usage.loss.hotline_register import HOTLINE
from cardbook.chapters.usage.loss.list_queries import (
    LIFT_ORDERS,
    ORDERS,
    LossesWanted,
    count_lifts,
    count_losses,
    counts_by_state,
    lift_rows,
    loss_rows,
)
from cardbook.chapters.usage.loss.outside_commands import OutsideCard, note_outside_call
from cardbook.chapters.usage.loss.register import LIFTS, LOSSES
from cardbook.chapters.usage.loss.tests.lost import (
    AT_WINDOW,
    BY_PHONE,
    PHONE,
    WRITTEN,
    days,
    holder_with_phone,
    hotline,
    lose,
    renew,
    teller,
    write_down,
)
from cardbook.ledger.models import Event
from cardbook.lifecycle.facts import RequestChannel, Signer
from cardbook.lifecycle.judge import Presented
from cardbook.orgs.actors import Actor
from cardbook.orgs.models import Organization
from cardbook.people.holders import holder_of
from cardbook.testing import factories as make
from cardbook.testing.clients import signed_in
from cardbook.testing.factories import City
from cardbook.testing.workbooks import cells_of

pytestmark = [pytest.mark.django_db, pytest.mark.article(28)]


@pytest.fixture
def city() -> City:
    """A small city."""
    return make.city()


@pytest.fixture
def operator(city: City) -> Actor:
    """Who answers 12333."""
    return hotline(city)


def rows(by: Actor, *, after: float = 1, **wanted: object) -> list[str]:
    """The card numbers a list shows."""
    found = loss_rows(LossesWanted(**wanted), by=by, at=days(after))  # type: ignore[arg-type]
    return [row.card_number for row in found]


def tell(card_id: int, *, by: Actor, at: float = 1) -> None:
    tell_loss(
        card_id=card_id, channel=RequestChannel.HOTLINE, told=["loss"], by=by, at=days(at),
        key=make.key(),
    )  # fmt: skip


class TestUntold:
    def test_is_owed_until_it_was_said(self, city: City, operator: Actor) -> None:
        card = make.issued_card(city, city.here)
        lose(card, by=operator)
        assert rows(operator, state="untold") == [card.number]
        tell(card.pk, by=operator)
        assert rows(operator, state="untold") == []

    def test_is_owed_anew_after_a_renewal(self, city: City, operator: Actor) -> None:
        card = make.issued_card(city, city.here)
        lose(card, by=operator)
        tell(card.pk, by=operator)
        renew(card, by=operator, at=days(2))
        assert rows(operator, state="untold", after=3) == [card.number]

    def test_the_bank_says_it_for_its_own_card(self, city: City) -> None:
        card, by = make.issued_card(city, city.here), teller(city)
        write_down(card, by=by)
        tell(card.pk, by=by)
        assert rows(by, state="untold") == []


class TestReach:
    def test_the_neighbour_sees_what_it_took_itself_and_no_name(
        self, city: City, operator: Actor
    ) -> None:
        holder = make.person(name="王小明")
        taken, other = (
            make.issued_card(city, city.here, holder=holder),
            make.issued_card(city, city.here),
        )
        lose(taken, by=city.neighbour.clerk)
        lose(other, by=operator)
        found = loss_rows(LossesWanted(), by=city.neighbour.clerk, at=days(1))
        assert [(row.card_number, row.shown_name) for row in found] == [(taken.number, "王*明")]
        assert len(rows(city.here.clerk)) == 2 and len(rows(operator)) == 2

    def test_a_bank_sees_its_own_cards(self, city: City, operator: Actor) -> None:
        from cardbook.law.roles import Role
        from cardbook.orgs.models import Kind

        card = make.issued_card(city, city.here)
        lose(card, by=operator)
        other_bank = make.organization("另一银行", Kind.BANK, parent=city.city)
        assert rows(teller(city)) == [card.number]
        assert rows(make.worker("柜员", Role.BANK_TELLER, other_bank)) == []

    def test_the_hotline_reads_no_name_in_full(self, city: City, operator: Actor) -> None:
        lose(make.issued_card(city, city.here, holder=make.person(name="王小明")), by=operator)
        (row,) = loss_rows(LossesWanted(), by=operator, at=days(1))
        assert row.shown_name == "王*明" and not row.own


class TestSearch:
    def test_finds_by_card_number_document_telephone_and_call(
        self, city: City, operator: Actor
    ) -> None:
        card = make.issued_card(city, city.here, holder=holder_with_phone())
        other = make.issued_card(city, city.here)
        lose(card, by=operator)
        write_down(other, by=city.here.clerk)
        number = holder_of(card.person).number
        for text in (card.number, card.number.lower(), number, PHONE, "T001"):
            assert rows(operator, text=text) == [card.number], text
        assert rows(operator, text="王小明") == []

    def test_orders_as_asked(self, city: City, operator: Actor) -> None:
        first, second = (make.issued_card(city, city.here) for _ in range(2))
        lose(second, by=operator, at=days(0))
        lose(first, by=operator, at=days(0.5))
        assert rows(operator, order="until") == [second.number, first.number]
        assert rows(operator, order="new") == [first.number, second.number]
        assert rows(operator, order="card") == sorted([first.number, second.number])

    def test_counts_what_it_lists(self, city: City, operator: Actor) -> None:
        for _ in range(3):
            lose(make.issued_card(city, city.here), by=operator)
        wanted = LossesWanted()
        assert count_losses(wanted, by=operator, at=days(1)) == 3
        assert len(loss_rows(wanted, by=operator, at=days(1), limit=2, offset=2)) == 1

    def test_one_query_however_many(
        self, city: City, operator: Actor, django_assert_num_queries: object
    ) -> None:
        for _ in range(4):
            lose(make.issued_card(city, city.here), by=operator)
        with django_assert_num_queries(1):  # type: ignore[operator]
            assert len(rows(operator)) == 4


class TestBankSide:
    def test_is_open_until_the_bank_says_so(self, city: City, operator: Actor) -> None:
        from cardbook.cards.states import Bank
        from cardbook.lifecycle.acts import act
        from cardbook.lifecycle.facts import BankReported
        from cardbook.lifecycle.perform import Step, perform

        card = make.issued_card(city, city.here)
        lose(card, by=operator)
        assert rows(operator, state="bank") == [card.number]
        facts = BankReported(bank=Bank.LOSS_REPORTED, bank_source="示范银行", bank_as_of=days(0.5))
        step = Step(act=act("bank.report"), facts=facts, subject_ids=[card.pk])
        perform(step, by=teller(city), at=days(1), key=make.key())
        assert rows(operator, state="bank") == []


class TestLifted:
    def test_names_the_loss_and_how_he_was_verified(self, city: City, operator: Actor) -> None:
        card = make.issued_card(city, city.here)
        lose(card, by=operator)
        lift_loss(
            card_id=card.pk, heard=replace(BY_PHONE, words="在家里找到"), card_seen=False,
            told=["found"], by=operator, at=days(1), key=make.key(),
        )  # fmt: skip
        wanted = LossesWanted(state="lifted")
        (row,) = lift_rows(wanted, by=operator, at=days(2))
        assert count_lifts(wanted, by=operator, at=days(2)) == 1
        assert row.lost_at == days(0) and row.ground == "在家里找到" and "银行" in row.verified
        assert rows(operator, after=2) == []


class TestPages:
    def test_lists_by_state_and_takes_along_what_is_seen(
        self, city: City, operator: Actor
    ) -> None:
        from django.utils import timezone

        card = make.issued_card(city, city.here, holder=holder_with_phone())
        lose(card, by=operator, at=timezone.now())
        client = signed_in(city.here.clerk)
        for state in ("valid", "due", "lapsed", "untold", "bank", "lifted"):
            assert client.get(f"/losses/?state={state}").status_code == 200
        page = client.get("/losses/?state=untold").content.decode()
        assert card.number in page and "还没告知" in page and f"/loss/{card.pk}/tell/" in page
        answer = client.post("/losses/", {"state": "untold", "export": "xlsx"})
        text = str(list(load_workbook(io.BytesIO(answer.content)).active.values))
        assert card.number in text and "未告知" in text
        assert holder_of(card.person).number not in text
        found = client.post(
            "/losses/", {"state": "valid", "q": PHONE}, follow=True
        ).content.decode()
        assert card.number in found
        assert "没有查到" in client.post("/losses/", {"q": "T999"}, follow=True).content.decode()

    def test_keeps_the_words_when_a_page_is_turned_and_no_number_in_the_address(
        self, city: City, operator: Actor, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        from django.utils import timezone

        monkeypatch.setattr(list_pages, "ROWS", 1)
        for holder in (holder_with_phone(), holder_with_phone(), None):
            card = make.issued_card(city, city.here, holder=holder)
            lose(card, by=operator, at=timezone.now())
        client = signed_in(city.here.clerk)
        first = client.post("/losses/", {"state": "valid", "q": PHONE}, follow=True)
        ((address, _),) = first.redirect_chain
        assert PHONE not in address and "of=" in address
        assert first.context["found"].paginator.count == 2
        second = client.get(f"{address}&page=2")
        assert second.context["wanted"].text == PHONE and second.context["found"].number == 2
        tab = f"of={second.context['of']}"
        assert second.content.decode().count(tab) > len(second.context["states"])
        stranger = signed_in(city.here.other_clerk).get(address, follow=True)
        assert stranger.context["found"].paginator.count == 3

    def test_counts_every_state_without_reading_ledger_or_cards_as_a_whole(
        self, city: City, operator: Actor
    ) -> None:
        from django.utils import timezone

        at = timezone.now()
        lost, _ = (make.issued_card(city, city.here) for _ in range(2))
        lose(lost, by=operator, at=at)
        with CaptureQueriesContext(connection) as asked:
            counts = counts_by_state(by=city.here.clerk, at=at)
        assert (counts["valid"], counts["untold"]) == (1, 1) and len(asked) <= 2
        query = next(one["sql"] for one in asked if "newest" in one["sql"])
        with connection.cursor() as cursor:
            # The few rows of a test would be read as a whole for cheapness alone.
            cursor.execute("SET LOCAL enable_seqscan = off")
            cursor.execute(f"EXPLAIN {query}")
            plan = "\n".join(row[0] for row in cursor.fetchall())
        assert "Seq Scan on ledger_event" not in plan and "Seq Scan on cards_card" not in plan
        assert "card_on_loss" in plan

    def test_takes_along_the_ticked_losses_and_puts_any_state_into_order(
        self, city: City, operator: Actor
    ) -> None:
        from django.utils import timezone

        ticked, other = (make.issued_card(city, city.here) for _ in range(2))
        for card in (ticked, other):
            lose(card, by=operator, at=timezone.now())
        client = signed_in(city.here.clerk)
        event = Event.objects.get(act="loss.report", subject_id=ticked.pk)
        sent = {"state": "valid", "export": "xlsx", "pick": event.pk}
        cells = cells_of(client.post("/losses/", sent).content)
        assert ticked.number in cells and other.number not in cells
        for state, orders in (("valid", ORDERS), ("lifted", LIFT_ORDERS)):
            for order in orders:
                page = client.get("/losses/", {"state": state, "order": order})
                assert page.status_code == 200

    def test_the_home_of_the_hotline_shows_its_queues(self, city: City, operator: Actor) -> None:
        from django.utils import timezone

        lose(make.issued_card(city, city.here), by=operator, at=timezone.now())
        page = signed_in(operator).get("/").content.decode()
        assert "笔挂失还没告知" in page and "/losses/?state=untold" in page


class TestRegisters:
    def sheet(self, register: object, office: Organization) -> list[tuple[str, ...]]:
        from datetime import date

        chosen = {
            "office": office, "start": date(2026, 11, 20), "end": date(2026, 11, 30),
            "since": days(-1), "until": days(10),
        }  # fmt: skip
        made = register.sheet(  # type: ignore[attr-defined]
            chosen=chosen, masked=True, printed_by="x", printed_at=days(8), limit=100
        )
        return list(made.rows)

    def test_the_register_of_losses_has_a_line_for_each(self, city: City, operator: Actor) -> None:
        card = make.issued_card(city, city.here)
        lose(card, by=operator)
        tell(card.pk, by=operator)
        renew(card, by=operator, at=days(2))
        first, second = self.sheet(LOSSES, city.city)
        columns = [column.key for column in LOSSES.form.columns]
        one, two = (dict(zip(columns, row, strict=True)) for row in (first, second))
        assert (one["told_bank"], one["told_liability"]) == ("☑", "☑")
        assert (two["told_bank"], two["told_liability"]) == ("未告知", "未告知")
        assert one["kind"] == "口头挂失" and "续办" in one["followed"]
        assert two["kind"] == "口头挂失（续办）" and two["state"] == "有效"
        assert one["until"] == "2026-11-27 12:00" and one["call"] == "T001"
        assert "问题：银行、领卡地点、领卡年月" in one["verified"]

    def test_the_register_of_liftings_leaves_room_for_a_signature(
        self, city: City, operator: Actor
    ) -> None:
        card = make.issued_card(city, city.here)
        lose(card, by=operator)
        lift_loss(
            card_id=card.pk, heard=BY_PHONE, card_seen=True, told=["found"], by=city.here.clerk,
            at=days(1), key=make.key(),
        )  # fmt: skip
        (row,) = self.sheet(LIFTS, city.city)
        named = dict(zip([column.key for column in LIFTS.form.columns], row, strict=True))
        assert named["lost_at"] == "2026-11-20 12:00" and named["signed"] == ""
        assert named["ground"] == "来电人说卡已找到" and named["bank_state"] == "未知"

    def test_a_work_order_stands_for_each_call_and_for_none_at_a_window(
        self, city: City, operator: Actor
    ) -> None:
        called, came = (make.issued_card(city, city.here) for _ in range(2))
        at_desk = replace(operator, device="10.0.0.7")
        lose(called, by=at_desk)
        lift_loss(
            card_id=called.pk, heard=BY_PHONE, card_seen=False, told=["found"], by=at_desk,
            at=days(1), key=make.key(),
        )  # fmt: skip
        report_loss(
            card_id=came.pk, heard=AT_WINDOW, by=city.here.clerk, at=days(1), key=make.key()
        )
        number = make.citizen_number()
        said = OutsideCard(
            matter="lost", number=number, name="杜外地", place="西安市", hotline="029-12333"
        )
        note_outside_call(said=said, by=operator, at=days(2), key=make.key())
        columns = [column.key for column in HOTLINE.form.columns]
        lost, lifted, outside = (
            dict(zip(columns, row, strict=True)) for row in self.sheet(HOTLINE, city.city)
        )
        assert (lost["order"], lost["card_number"], lost["call"]) == ("1", called.number, "T001")
        assert (lost["matter"], lost["told"], lost["device"]) == ("口头挂失", "未告知", "10.0.0.7")
        assert "问题：银行" in lost["verified"] and lost["result"].endswith("现状：解挂")
        assert lifted["result"].startswith("社保侧已解挂") and lifted["device"] == "10.0.0.7"
        assert (outside["name"], outside["card_number"]) == ("杜外地", "外地卡（西安市）")
        assert number not in outside["document"] and outside["told"] == "发卡地电话 029-12333"
        assert self.sheet(HOTLINE, city.here.window) == []

    def test_the_hotline_opens_them_for_its_own_office(self, operator: Actor) -> None:
        client = signed_in(operator)
        for register in (LOSSES, LIFTS, HOTLINE):
            assert client.get(f"/registers/{register.slug.replace('_', '-')}/").status_code == 200


class TestWhatCanBeDoneFromTheList:
    """Each row leads on, as far as the reader's post does it and the loss still holds."""

    def ways(self, by: Actor, card: Card, *, state: str = "valid") -> list[str]:
        page = signed_in(by).get(f"/losses/?state={state}").content.decode()
        steps = ("renew", "lift", "formal")
        return [step for step in steps if f'href="/loss/{card.pk}/{step}/"' in page]

    def test_an_oral_loss_is_put_in_writing_at_a_window(self, city: City, operator: Actor) -> None:
        card = make.issued_card(city, city.here)
        lose(card, by=operator, at=timezone.now())
        assert self.ways(city.here.clerk, card) == ["renew", "lift", "formal"]
        assert self.ways(operator, card) == ["renew", "lift"]
        assert self.ways(teller(city), card) == ["formal"]

    def test_one_in_writing_or_lapsed_leads_nowhere(self, city: City, operator: Actor) -> None:
        written, lapsed = (make.issued_card(city, city.here) for _ in range(2))
        lose(written, by=operator, at=timezone.now())
        write_down(written, by=city.here.clerk, at=timezone.now())
        lose(lapsed, by=operator, at=timezone.now() - timedelta(days=30))
        assert self.ways(city.here.clerk, written) == []
        assert self.ways(city.here.clerk, lapsed, state="lapsed") == []

    @pytest.mark.article(32)
    def test_who_wrote_it_down_for_the_holder_is_masked_elsewhere(self, city: City) -> None:
        card = make.issued_card(city, city.here)
        make_loss_formal(
            card_id=card.pk, heard=replace(AT_WINDOW, caller=Signer.PROXY),
            shown=replace(WRITTEN, papers=(*WRITTEN.papers, Presented(kind="agent_id"))),
            comer=Comer(name="李小红", number=make.citizen_number()), by=city.here.clerk,
            at=days(0), key=make.key(),
        )  # fmt: skip

        def verified(by: Actor) -> list[str]:
            return [row.verified for row in loss_rows(LossesWanted(state=""), by=by, at=days(1))]

        assert verified(city.here.clerk) == ["代办人 李小红，书面"]
        assert verified(teller(city)) == ["代办人 李*红，书面"]
