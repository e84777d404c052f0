"""An opening balance from file to book: as claimed, dated as claimed, once (Art. 6, 20)."""

import json
from datetime import UTC, date, datetime

import pytest
from django.db import connection
from pytest_django import Settings

from cardbook.cards.models import Card
from cardbook.chapters.intake.card_accounts import CardAccount
from cardbook.chapters.intake.models import OpeningClaim, OpeningRow, OpeningSource
from cardbook.chapters.intake.opening import importer
from cardbook.chapters.intake.opening.births import planned_for
from cardbook.chapters.intake.opening.tests.ledgers import AS_OF, row, said, staged, taken_over
from cardbook.chapters.staged_files import RowsWrong
from cardbook.custody.models import Position, Posting
from cardbook.custody.places import Place
from cardbook.imports.models import ImportFile, Stage
from cardbook.insight.check import recount
from cardbook.law.roles import Role
from cardbook.ledger.models import Event
from cardbook.lib.canonical import canonical_json
from cardbook.lifecycle.refusals import Refused
from cardbook.orgs.models import Organization
from cardbook.people.models import Person
from cardbook.testing import factories as make
from cardbook.testing.factories import NOON, City

pytestmark = [pytest.mark.django_db, pytest.mark.article(6)]


def regions(number: str) -> tuple[str, str, str, str]:
    card = Card.objects.get(number=number)
    return card.stage, card.social, card.hold, card.position.account.kind


def the_book_is_whole() -> None:
    assert [finding.first for finding in recount().findings if not finding.holds] == []


class TestRegister:
    @pytest.mark.parametrize(
        ("changes", "expected"),
        [
            ({}, ("issued", "unknown", "none", "holder")),
            ({"状态": "正常", "存放地点": ""}, ("issued", "active", "none", "holder")),
            ({"状态": "正常"}, ("issued", "active", "none", "holder")),
            ({"状态": "正常", "存放地点": "已发放"}, ("issued", "active", "none", "holder")),
            ({"状态": "封存"}, ("issued", "sealed", "none", "holder")),
            ({"状态": "挂失", "存放地点": ""}, ("issued", "unknown", "formal_loss", "holder")),
            ({"状态": "注销"}, ("issued", "cancelled", "none", "holder")),
            ({"状态": "在库", "存放地点": ""}, ("in_custody", "sealed", "none", "store")),
            ({"状态": "未激活", "存放地点": "A-1-03"}, ("in_custody", "sealed", "none", "box")),
            (
                {"状态": "在库", "存放地点": "甲县一号窗口"},
                ("in_custody", "sealed", "none", "drawer"),
            ),
            (
                {"状态": "滞留", "存放地点": "甲县城关镇"},
                ("in_custody", "sealed", "none", "store"),
            ),
            ({"状态": "封存", "存放地点": ""}, ("missing", "sealed", "none", "missing")),
            ({"状态": "正常", "存放地点": "不明"}, ("missing", "active", "none", "missing")),
            ({"状态": "不明", "存放地点": ""}, ("missing", "unknown", "none", "missing")),
            ({"状态": "收回", "存放地点": "在库"}, ("recalled", "unknown", "none", "defect")),
            ({"状态": "退回", "存放地点": ""}, ("returned", "unknown", "none", "returned")),
            ({"状态": "待销毁", "存放地点": ""}, ("cancelled", "cancelled", "none", "defect")),
            ({"状态": "已销毁", "存放地点": ""}, ("destroyed", "cancelled", "none", "destroyed")),
        ],
    )  # fmt: skip
    def test_a_card_stands_as_the_source_says(
        self, city: City, changes: dict[str, str], expected: tuple[str, ...]
    ) -> None:
        posted = taken_over(city, [row("Q00000001", **changes)])
        assert (posted.cards, posted.repeated) == (1, False)
        assert regions("Q00000001") == expected
        the_book_is_whole()

    def test_an_event_is_dated_as_claimed_and_names_its_source(self, city: City) -> None:
        taken_over(
            city,
            [row("Q00000001", 发放日期="2019-03-05", 激活日期="20190306"), row("Q00000002")],
            source="城关镇“老”台账",
        )
        card = Card.objects.get(number="Q00000001")
        event = Event.objects.get(subject_kind="card", subject_id=card.pk)
        assert (event.act, event.seq, card.version) == ("opening.issue", 1, 1)
        assert event.happened_at == datetime(2019, 3, 4, 16, tzinfo=UTC)
        assert event.recorded_at > NOON.replace(year=2025)
        facts = json.loads(event.facts)
        assert event.facts == canonical_json(facts), "as every fact in the ledger is written"
        file = ImportFile.objects.get()
        assert facts == {
            "source": "城关镇“老”台账", "file": file.digest, "row": 2, "as_of": "2026-10-31",
            "dated": True, "social": "active", "hold": "none", "bank": "unknown",
            "place": "持卡人", "activated_on": "2019-03-06", "lost_on": None, "inferred": False,
        }  # fmt: skip
        movement = card.position.movement
        assert movement.happened_at == event.happened_at
        undated = Event.objects.get(
            subject_kind="card", subject_id=Card.objects.get(number="Q00000002").pk
        )
        assert undated.happened_at == datetime(2026, 10, 30, 16, tzinfo=UTC)
        assert json.loads(undated.facts)["dated"] is False

    def test_every_card_comes_from_outside_in_balanced_postings(self, city: City) -> None:
        taken_over(city, [row(f"Q{place:08d}") for place in range(20)])
        assert Posting.objects.count() == 40
        outside = Posting.objects.filter(account__kind=Place.OUTSIDE)
        assert set(outside.values_list("account__organization", "amount")) == {
            (city.here.county.pk, -1)
        }
        the_book_is_whole()

    def test_a_box_holds_what_is_said_to_be_in_it_with_and_without_slots(self, city: City) -> None:
        box = {"状态": "在库", "存放地点": "A-1-03"}
        taken_over(city, [row("Q00000001", 盒内位="7", **box), row("Q00000002", **box)])
        slots = Position.objects.filter(account__code="A-1-03").order_by("card__number")
        assert list(slots.values_list("slot", flat=True)) == [7, None]
        the_book_is_whole()

    @pytest.mark.article(28)
    def test_an_oral_loss_ends_by_itself_counted_from_its_day(self, city: City) -> None:
        taken_over(city, [row("Q00000001", 状态="口头挂失", 挂失日期="2026-10-30")])
        card = Card.objects.get(number="Q00000001")
        assert card.hold == "oral_loss"
        assert card.hold_until == datetime(2026, 11, 5, 16, tzinfo=UTC)

    def test_what_the_bank_says_is_mirrored_with_source_and_day(self, city: City) -> None:
        taken_over(city, [row("Q00000001", 金融功能="已激活")], source="农商行清单")
        card = Card.objects.get(number="Q00000001")
        assert (card.bank, card.bank_source) == ("active", "农商行清单")
        assert card.bank_as_of == datetime(2026, 10, 30, 16, tzinfo=UTC)

    @pytest.mark.article(2)
    def test_one_account_on_two_cards_is_pointed_out_and_registered(self, city: City) -> None:
        account = "6299990000000001234"
        taken_over(city, [row("Q00000001", 银行账号=account)])
        again = staged(city, [row(f"Q0000000{place}", 金融账号=account) for place in (2, 3)])
        assert said(again) == {
            (2, "account_taken", False), (3, "account_taken", False), (3, "account_twin", False),
        }  # fmt: skip
        assert importer.post(file=again, by=city.here.keeper, at=NOON).cards == 2
        assert CardAccount.objects.count() == 3

    def test_leaves_no_clear_text_of_a_person_in_any_table(self, city: City) -> None:
        number = make.citizen_number()
        file = staged(city, [row("Q00000001", who=number, 姓名="慕容雪"), row("Q00000002")])
        with connection.cursor() as cursor:
            cursor.execute("SELECT row_to_json(t)::text FROM intake_openingrow t")
            clear = "".join(one for (one,) in cursor.fetchall())
            importer.post(file=file, by=city.here.keeper, at=NOON)
            cursor.execute("SELECT row_to_json(t)::text FROM intake_openingclaim t")
            clear += "".join(one for (one,) in cursor.fetchall())
        assert number not in clear and "慕容雪" not in clear
        assert not OpeningRow.objects.exists(), "staged rows go"
        assert OpeningClaim.objects.count() == 2, "claims stay"


class TestRows:
    @pytest.mark.parametrize(
        ("changes", "code", "words"),
        [
            ({"状态": "遗失"}, "unknown_word", "请改为：封存、未激活"),
            ({"状态": "2"}, "unknown_word", ""),
            ({"存放地点": "某处"}, "unknown_place", "机构全称"),
            ({"社保功能": "也许"}, "unknown_word", "正常"),
            ({"状态": "在库"}, "contradiction", "存放地点"),
            ({"状态": "在库", "存放地点": "", "社保功能": "正常"}, "contradiction", "第二十二条"),
            ({"状态": "已销毁"}, "contradiction", "持卡人"),
            ({"状态": "封存", "激活日期": "2020-01-01"}, "contradiction", "激活日期"),
            (
                {"发放日期": "2020-05-06", "激活日期": "2020-05-05"},
                "contradiction",
                "激活日期 2020-05-05 早于发放日期 2020-05-06",
            ),
            (
                {"发放日期": "2016-05-06", "who": make.citizen_number(born_on=date(2018, 1, 1))},
                "contradiction",
                "发放日期 2016-05-06 早于持卡人的出生日期 2018-01-01",
            ),
            ({"发放日期": "2026-11-05"}, "after_balance", "截止日"),
            ({"发放日期": "三月"}, "day", "2024-03-05"),
            ({"发放日期": "45123"}, "day_serial", "日期格式"),
            ({"社会保障号码": "99999919800517001"}, "length", ""),
            ({"所属县区": "乙县"}, "other_county", "甲县"),
            ({"盒内位": "末"}, "slot", "位号"),
        ],
    )
    def test_a_wrong_row_is_named_with_its_remedy_and_nothing_is_written(
        self, city: City, changes: dict[str, str], code: str, words: str
    ) -> None:
        file = staged(city, [row("Q00000001"), row("Q00000002", **changes)])
        problems = list(file.problems.filter(is_error=True))
        assert [problem.row for problem in problems] == [3]
        assert file.errors == 1 and (code == "length" or problems[0].code == code)
        assert words in problems[0].sentence + problems[0].remedy
        with pytest.raises(RowsWrong):
            importer.post(file=file, by=city.here.keeper, at=NOON)
        assert not Card.objects.exists() and not OpeningClaim.objects.exists()

    def test_the_ministrys_own_number_is_read_under_its_own_name_only(self, city: City) -> None:
        taken_over(city, [row("Q00000001", 状态="", 存放地点="", AAZ502="1")])
        assert regions("Q00000001") == ("issued", "active", "none", "holder")

    def test_a_twin_in_one_source_is_an_error_of_its_row(self, city: City) -> None:
        who = make.citizen_number()
        file = staged(city, [row("Q00000001", who=who), row("Q00000001", who=who)])
        assert said(file) == {(3, "card_twice", True)}

    def test_two_names_for_one_number_are_an_error_of_both_rows(self, city: City) -> None:
        who = make.citizen_number()
        file = staged(city, [row("Q00000001", who=who), row("Q00000002", who=who, 姓名="李四")])
        assert {(2, "same_number_two_names", True), (3, "same_number_two_names", True)} <= said(
            file
        )

    def test_two_cards_cannot_lie_in_one_slot(self, city: City) -> None:
        box = {"状态": "在库", "存放地点": "A-1-03", "盒内位": "7"}
        file = staged(city, [row("Q00000001", **box), row("Q00000002", **box)])
        assert said(file) == {(2, "slot_twice", True), (3, "slot_twice", True)}
        taken_over(city, [row("Q00000003", **box)])
        file = staged(city, [row("Q00000004", **box)])
        assert said(file) == {(2, "slot_taken", True)}


class TestTwice:
    def test_the_same_bytes_change_nothing_and_name_the_source(self, city: City) -> None:
        rows = [row("Q00000001"), row("Q00000002")]
        first = taken_over(city, rows)
        again = taken_over(city, rows)
        assert again.repeated and again.source_id == first.source_id and again.cards == 0
        assert Event.objects.filter(subject_kind="card").count() == 2

    def test_the_same_cards_in_another_file_of_the_source_change_nothing(self, city: City) -> None:
        rows = [row("Q00000001"), row("Q00000002")]
        taken_over(city, rows)
        again = taken_over(city, rows[::-1])
        assert again.repeated and again.source_id is None and again.known == 2
        assert OpeningSource.objects.count() == 1 and OpeningClaim.objects.count() == 2

    def test_only_new_cards_of_a_longer_file_come_in(self, city: City) -> None:
        rows = [row("Q00000001"), row("Q00000002")]
        taken_over(city, rows[:1])
        posted = taken_over(city, rows)
        assert (posted.cards, posted.known, posted.differing) == (1, 1, 0)
        assert Card.objects.count() == 2 and Person.objects.count() == 2
        the_book_is_whole()

    @pytest.mark.parametrize(
        ("day", "code"), [("2024-05-06", "known"), ("", "known"), ("2024-05-07", "other_day")]
    )
    def test_another_day_is_said_and_not_called_alike(
        self, city: City, day: str, code: str
    ) -> None:
        """Ledger and printout differ by days; nobody has to settle that, and it is no secret."""
        first = row("Q00000001", 发放日期="2024-05-06")
        taken_over(city, [first])
        file = staged(city, [{**first, "发放日期": day}], source="省平台导出")
        assert said(file) == {(2, code, False)}
        if code == "other_day":
            sentence = file.problems.get().sentence
            assert "2024-05-07" in sentence and "来源“纸质台账”第 2 行写着 2024-05-06" in sentence


class TestWhoMay:
    def test_the_neighbour_county_cannot_take_over_here(self, city: City) -> None:
        with pytest.raises(Refused) as refused:
            staged(city, [row("Q00000001")], by=city.neighbour.keeper)
        assert refused.value.refusals[0].code == "DESTINATION_OUT_OF_REACH"
        assert not ImportFile.objects.exists()

    def test_a_window_clerk_cannot_post(self, city: City) -> None:
        file = staged(city, [row("Q00000001")])
        with pytest.raises(Refused) as refused:
            importer.post(file=file, by=city.here.clerk, at=NOON)
        assert refused.value.refusals[0].code == "ROLE_MAY_NOT"
        assert not Card.objects.exists()

    def test_a_dropped_file_cannot_be_posted(self, city: City) -> None:
        file = staged(city, [row("Q00000001")])
        importer.drop(file=file, by=city.here.keeper)
        with pytest.raises(Refused) as refused:
            importer.post(file=file, by=city.here.keeper, at=NOON)
        assert refused.value.refusals[0].code == "FILE_NOT_CHECKED"

    def test_a_source_has_a_name_and_a_day_that_has_come(self, city: City) -> None:
        for source, as_of, code in (
            ("  ", AS_OF, "SOURCE_UNNAMED"),
            ("台账", date(2026, 11, 21), "BALANCE_DAY_AHEAD"),
        ):
            with pytest.raises(Refused) as refused:
                staged(city, [row("Q00000001")], source=source, as_of=as_of)
            assert refused.value.refusals[0].code == code


@pytest.mark.article(7)
class TestAfterTheFirstDay:
    """Once a county works with the book, a card out of nowhere needs two signatures (Art. 7)."""

    @pytest.fixture
    def live(self, city: City) -> City:
        Organization.objects.filter(pk=city.here.county.pk).update(live_on=date(2026, 11, 1))
        return city

    def test_one_keeper_alone_is_not_enough(self, live: City) -> None:
        file = staged(live, [row("Q00000001")])
        for second, code in (
            (None, "SECOND_PERSON_MISSING"),
            (live.here.keeper, "SECOND_PERSON_SAME"),
            (live.neighbour.reviewer, "SECOND_PERSON_MAY_NOT"),
        ):
            with pytest.raises(Refused) as refused:
                importer.post(file=file, by=live.here.keeper, at=NOON, second=second)
            assert refused.value.refusals[0].code == code
        assert not Card.objects.exists()

    def test_two_of_the_county_or_the_citys_manager_may(self, live: City) -> None:
        file = staged(live, [row("Q00000001")])
        posted = importer.post(file=file, by=live.here.keeper, at=NOON, second=live.here.reviewer)
        assert posted.cards == 1
        assert Event.objects.get(act="opening.issue").second_id == live.here.reviewer.user_id
        manager = make.worker("市管理员", Role.CITY_MANAGER, live.city)
        file = staged(live, [row("Q00000002")], by=manager)
        assert importer.post(file=file, by=manager, at=NOON).cards == 1

    def test_what_happened_after_the_first_day_is_no_opening_balance(self, live: City) -> None:
        with pytest.raises(Refused) as refused:
            staged(live, [row("Q00000001")], as_of=date(2026, 11, 5))
        assert refused.value.refusals[0].code == "BALANCE_AFTER_START"


def test_a_file_that_breaks_off_is_not_half_checked(city: City) -> None:
    file = staged(city, [row("Q00000001")])
    assert file.stage == Stage.CHECKED and file.rows == 1


@pytest.mark.parametrize(("rows", "walks"), [(10, "on"), (11, "off")])
def test_what_a_request_takes_is_looked_up_row_by_row_and_does_not_read_the_whole_book(
    db: None, settings: Settings, rows: int, walks: str
) -> None:
    settings.IMPORT_ROWS_IN_REQUEST = 10
    with planned_for(rows) as cursor:
        cursor.execute("SHOW enable_nestloop")
        assert cursor.fetchone() == (walks,)
