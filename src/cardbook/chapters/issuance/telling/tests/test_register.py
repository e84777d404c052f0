"""《告知确认书》: what was told to whom, by whom, when, in which words (Art. 9, 12, 13, 28)."""

from datetime import date
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone

from cardbook.cards.models import Card, TemporaryCard
from cardbook.chapters.corrections.wrong_cards.tests.wrong import TOLD, recorded
from cardbook.chapters.issuance.collective.tests.bundles import (
    add_pages,
    file,
    out,
    somebody,
    tick,
)
from cardbook.chapters.issuance.proxy.tests.cases import comer, to_proxy
from cardbook.chapters.issuance.telling.queries import words_told
from cardbook.chapters.issuance.telling.register import FORM, NOTICES_TOLD
from cardbook.chapters.telling import NO_BANK_PHONE, UNTIL_REPLACED
from cardbook.chapters.usage.loss.commands import tell_loss
from cardbook.chapters.usage.loss.tests.lost import (
    holder_with_phone,
    hotline,
    lose,
    write_down,
)
from cardbook.chapters.usage.replacement.tests.windows import (
    lost_or_worn,
    taken,
    the_application,
    windows,
)
from cardbook.chapters.usage.temporary.tests.lending import lent
from cardbook.law import notices
from cardbook.lib.clock import LOCAL, local_day
from cardbook.lifecycle.acts import ACTS, act
from cardbook.lifecycle.facts import RequestChannel
from cardbook.orgs.actors import Actor
from cardbook.orgs.models import Organization
from cardbook.people.holders import holder_of
from cardbook.registers.forms import Sheet, TooManyRows
from cardbook.testing import factories as make
from cardbook.testing.clients import signed_in
from cardbook.testing.factories import NOON, City

pytestmark = [pytest.mark.django_db, pytest.mark.article(12)]
TODAY: date = local_day(NOON)


def sheet_of(city: City, *, masked: bool = False, limit: int | None = 9, **more: Any) -> Sheet:
    by = more.pop("by", city.here.keeper)
    given = {"office": city.here.county.code, "start": TODAY, "end": TODAY, **more}
    form = NOTICES_TOLD.choose(given, by=by, today=TODAY)
    assert form.is_valid(), form.errors
    return NOTICES_TOLD.sheet(
        chosen=form.cleaned_data, masked=masked, printed_by="甲", printed_at=NOON, limit=limit
    )


def cells_of(sheet: Sheet) -> list[dict[str, str]]:
    titles = [column.title for column in FORM.columns]
    return [dict(zip(titles, row, strict=True)) for row in sheet.rows]


def words_of(city: City, code: str) -> str:
    """What was said under one notice, told once."""
    rows = cells_of(sheet_of(city))
    (words,) = (one["告知内容"] for one in rows if f"{code}/" in one["告知事项版本号"])
    return words


def told_at_window(card: Card, *, by: Actor) -> None:
    tell_loss(
        card_id=card.pk, channel=RequestChannel.WINDOW, told=(notices.LOSS.code,), by=by,
        at=NOON, key=make.key(),
    )  # fmt: skip


def test_its_columns_stand_as_domain_has_them() -> None:
    """3.4: 告知事项版本号, 时间, 方式, 持卡人确认."""
    wanted = ["告知事项版本号", "告知时间", "方式", "持卡人确认"]
    assert [one.title for one in FORM.columns if one.title in wanted] == wanted


class TestWhatWasTold:
    def test_names_the_text_the_words_the_time_and_who_told(self, city: City) -> None:
        card = make.issued_card(city, city.here)
        (row,) = cells_of(sheet_of(city))
        holder = holder_of(card.person)
        assert (row["持卡人姓名"], row["社会保障号码"]) == (holder.name, holder.number)
        assert (row["卡号（申请号）"], row["办理事项"]) == (card.number, act("card.issue").title)
        assert row["告知事项版本号"] == "第 1 版（pick_up/1）"
        assert all(line in row["告知内容"] for line in notices.PICK_UP.lines)
        assert (row["告知对象"], row["方式"]) == ("持卡人", "当面")
        assert row["告知时间"].startswith(str(TODAY))
        assert row["告知人"] == city.here.clerk.name

    @pytest.mark.article(26)
    def test_says_which_fee_and_which_day_were_promised(self, city: City) -> None:
        there = windows(city)
        made = the_application(taken(there, lost_or_worn(there)))
        (row,) = (
            one
            for one in cells_of(sheet_of(city, by=there.clerk))
            if "replacement/1" in one["告知事项版本号"]
        )
        assert (
            "费用：工本费 20.00 元（损坏，依据" in row["告知内容"]
            and "＿＿" not in row["告知内容"]
        )
        assert f"新卡预计{made.detail.promised_on}前做好" in row["告知内容"]

    @pytest.mark.article(27)
    def test_says_until_when_a_temporary_card_is_good(self, city: City) -> None:
        lent(city)
        day = timezone.localdate()
        rows = cells_of(sheet_of(city, start=day, end=day))
        (words,) = (one["告知内容"] for one in rows if "temporary/" in one["告知事项版本号"])
        assert f"临时卡用到{TemporaryCard.objects.get().valid_until}，到期自动停用。" in words

    def test_names_the_proxy_who_was_told_instead(self, city: City) -> None:
        (card,) = make.received_cards(city, city.here, count=1)
        to_proxy(card, by=city.here.clerk, who=comer("李代领"))
        (row,) = cells_of(sheet_of(city))
        assert row["告知对象"] == "代领人 李代领"

    def test_a_signed_row_of_a_sheet_is_its_confirmation(self, city: City) -> None:
        given = out(city, people=[make.person(born_on=date(2016, 1, 1)), make.person()])
        tick(given.bundle, "1=j;2", by=city.here.clerk, agent=somebody())
        add_pages(given.bundle, by=city.here.clerk)
        file(given.bundle, by=city.here.clerk)
        first, second = cells_of(sheet_of(city))
        assert first["持卡人确认"] == f"签字明细表 {given.bundle.number} 第 1 行"
        assert (first["告知对象"], second["告知对象"]) == ("监护人 张桂兰", "持卡人")
        assert first["方式"] == "集中发放（签字明细表）"

    @pytest.mark.article(13)
    def test_a_wrong_card_was_explained_word_for_word(self, city: City) -> None:
        (card,) = make.received_cards(city, city.here, count=1)
        recorded(card, city.here)
        (row,) = cells_of(sheet_of(city))
        assert (row["告知事项"], row["卡号（申请号）"]) == ("信息错误告知", card.number)
        assert row["告知内容"] == TOLD.facts.words
        assert row["办理事项"] == act("error.explain").title

    @pytest.mark.article(28)
    def test_a_loss_by_telephone_stands_in_the_register_of_the_hotline(self, city: City) -> None:
        card = make.issued_card(city, city.here, holder=holder_with_phone())
        operator = hotline(city)
        lose(card, by=operator)
        tell_loss(
            card_id=card.pk, channel=RequestChannel.HOTLINE, call="T001",
            told=(notices.LOSS.code,), by=operator, at=NOON, key=make.key(),
        )  # fmt: skip
        told = cells_of(sheet_of(city, office=city.city.code, card=card.number, by=None))
        assert [row["告知事项"] for row in told] == ["领卡告知", "挂失告知"]
        assert told[1]["方式"] == "12333 电话"
        assert told[1]["持卡人确认"] == "通话 T001"

    @pytest.mark.article(28)
    def test_says_until_when_a_loss_holds_and_which_number_to_call(self, city: City) -> None:
        Organization.objects.filter(pk=city.bank.pk).update(phone="0914-2310000")
        card = make.issued_card(city, city.here, holder=holder_with_phone())
        lose(card, by=city.here.clerk)
        card.refresh_from_db()
        told_at_window(card, by=city.here.clerk)
        words = words_of(city, "loss")
        assert card.hold_until is not None
        assert f"有效到 {card.hold_until.astimezone(LOCAL):%Y 年 %-m 月 %-d 日 %H:%M}；" in words
        assert "银行电话 0914-2310000 挂失" in words
        assert "请到窗口和银行分别解除挂失" in words and "＿＿" not in words

    @pytest.mark.article(28)
    def test_a_loss_in_writing_holds_until_there_is_a_new_card(self, city: City) -> None:
        card = make.issued_card(city, city.here, holder=holder_with_phone())
        lose(card, by=city.here.clerk)
        write_down(card, by=city.here.clerk)
        told_at_window(card, by=city.here.clerk)
        words = words_of(city, "loss")
        assert f"有效到{UNTIL_REPLACED}；" in words and NO_BANK_PHONE in words

    @pytest.mark.parametrize("act_code", sorted(code for code, row in ACTS.items() if row.notices))
    def test_leaves_no_blank_of_any_act(self, act_code: str) -> None:
        named = {
            "bank": "甲行", "outlet": None, "act": act_code, "bank_phone": "", "hold_until": None,
            "happened_at": NOON,
        }  # fmt: skip
        facts = {
            "promised_on": TODAY, "valid_until": TODAY, "fee_rule": "lost", "reason": "lost",
            "words": "姓名不对",
        }  # fmt: skip
        for one in ACTS[act_code].notices:
            row = {**named, "text_id": one.text_id}
            assert "＿＿" not in words_told(one.lines, facts, row)

    def test_what_the_book_never_heard_stays_open_and_says_so(self) -> None:
        row = {
            "act": "error.explain", "text_id": notices.WRONG_CARD.text_id, "bank": None,
            "outlet": None, "happened_at": NOON,
        }  # fmt: skip
        words = words_told(notices.WRONG_CARD.lines, {}, row)
        assert "您的卡有一项不对：＿＿（当时未登记）。" in words

    def test_one_card_alone(self, city: City) -> None:
        cards = [make.issued_card(city, city.here) for _ in range(2)]
        sheet = sheet_of(city, card=f" {cards[1].number.lower()} ")
        assert [row["卡号（申请号）"] for row in cells_of(sheet)] == [cards[1].number]
        assert cards[1].number in sheet.covers

    def test_the_foot_counts_each_text(self, city: City) -> None:
        for _ in range(2):
            make.issued_card(city, city.here)
        assert dict(sheet_of(city).totals) == {"告知": "2 次", "领卡告知": "2 次"}

    def test_masks_on_the_screen_and_refuses_too_many(self, city: City) -> None:
        card = make.issued_card(city, city.here)
        (row,) = cells_of(sheet_of(city, masked=True))
        assert row["社会保障号码"] == holder_of(card.person).masked_number
        with pytest.raises(TooManyRows):
            sheet_of(city, limit=0)

    def test_the_neighbour_county_is_not_told(self, city: City) -> None:
        card = make.issued_card(city, city.here)
        address = reverse("register.notices_told")
        chosen = {"start": TODAY, "end": TODAY}
        for actor, seen in ((city.here.clerk, True), (city.neighbour.clerk, False)):
            office = (city.here if seen else city.neighbour).county.code
            page = signed_in(actor).get(address, {**chosen, "office": office}).content.decode()
            assert (card.number in page) is seen

    @pytest.mark.article(12)
    def test_does_not_read_row_by_row(self, city: City, django_assert_num_queries: Any) -> None:
        for _ in range(3):
            make.issued_card(city, city.here)
        form = NOTICES_TOLD.choose(
            {"office": city.here.county.code, "start": TODAY, "end": TODAY},
            by=city.here.keeper, today=TODAY,
        )  # fmt: skip
        assert form.is_valid()
        with django_assert_num_queries(1):
            NOTICES_TOLD.sheet(
                chosen=form.cleaned_data, masked=True, printed_by="", printed_at=NOON, limit=9
            )
