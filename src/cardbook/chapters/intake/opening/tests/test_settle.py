"""What sources disagree on is listed, never guessed, and settled by two (Art. 6, 20, 22)."""

import io
import json
from typing import Any

import pytest
from openpyxl import load_workbook

from cardbook.cards.models import Card
from cardbook.cards.states import Social, Subject
from cardbook.chapters.applications import to_be_replaced
from cardbook.chapters.intake.models import OpeningClaim
from cardbook.chapters.intake.opening import commands, queries
from cardbook.chapters.intake.opening.sheets import cards_as_xlsx
from cardbook.chapters.intake.opening.tests.ledgers import row, taken_over
from cardbook.insight.check import recount
from cardbook.ledger.models import Event
from cardbook.lib.clock import local_day
from cardbook.lifecycle.acts import act
from cardbook.lifecycle.guards import dead_or_said_dead
from cardbook.lifecycle.load import load_cases
from cardbook.lifecycle.openacts import open_act
from cardbook.lifecycle.perform import perform
from cardbook.lifecycle.refusals import Refused
from cardbook.testing import factories as make
from cardbook.testing.factories import NOON, City

pytestmark = [pytest.mark.django_db, pytest.mark.article(6)]
TODAY = local_day(NOON)


def on_list(city: City, slug: str) -> list[str]:
    return [one.card_number for one in queries.listed(on=TODAY, slug=slug, by=city.here.keeper)]


def signed(city: City, **changes: Any) -> commands.Signed:
    given: dict[str, Any] = {
        "by": city.here.keeper, "second": city.here.reviewer, "at": NOON,
        "words": "开柜查到", "key": make.key(),
    }  # fmt: skip
    return commands.Signed(**(given | changes))


def card(number: str) -> Card:
    return Card.objects.get(number=number)


def the_book_is_whole() -> None:
    assert [finding.first for finding in recount().findings if not finding.holds] == []


class TestSaidToBeDead:
    """A source calls the holder dead without a day: he is stopped until somebody finds out."""

    pytestmark = pytest.mark.article(17)

    def kept(self, city: City) -> Card:
        who = make.citizen_number()
        taken_over(
            city, [row("Q00000001", who=who, 状态="在库", 存放地点="库房", 生存状态="死亡")]
        )
        return card("Q00000001")

    def test_nobody_hands_over_activates_or_replaces_his_card(self, city: City) -> None:
        kept = self.kept(city)
        with pytest.raises(Refused) as refused:
            perform(make.issue_step(kept), by=city.here.clerk, at=NOON, key=make.key())
        assert "HOLDER_SAID_DEAD" in [one.code for one in refused.value.refusals]
        said = refused.value.refusals[0]
        assert said.sentence == "期初“纸质台账 第 2 行”称持卡人已去世，还没有查明。"
        assert "卡管员" in said.way_out and "查明健在" in said.way_out
        taken_over(city, [row("Q00000002", 社保功能="未激活", 生存状态="死亡")])
        held = card("Q00000002")
        cases = load_cases(subject=Subject.CARD, ids=[kept.pk, held.pk], lock=False)
        for code, one in {"card.issue_proxy": kept, "social.activate": held}.items():
            found = open_act(act=act(code), case=cases[one.pk], by=city.here.clerk, at=NOON)
            assert "HOLDER_SAID_DEAD" in [reason.code for reason in found.reasons]
        assert dead_or_said_dead(kept.person) is not None
        assert to_be_replaced([kept]) == []

    def test_two_who_found_him_alive_lift_it_once(self, city: City) -> None:
        kept = self.kept(city)
        given = signed(city, words="电话问过本人")
        commands.confirm_living(card_ids=[kept.pk], signed=given)
        assert commands.confirm_living(card_ids=[kept.pk], signed=given).repeated
        assert on_list(city, "dead") == []
        kept.person.refresh_from_db()
        assert dead_or_said_dead(kept.person) is None
        facts = json.loads(Event.objects.get(act="opening.confirm").facts)
        claim = OpeningClaim.objects.get(card=kept)
        assert facts == {"claims": [claim.pk], "words": "电话问过本人"}
        with pytest.raises(Refused) as refused:
            commands.confirm_living(card_ids=[kept.pk], signed=signed(city))
        assert [one.code for one in refused.value.refusals] == ["CLAIMS_GONE"]
        the_book_is_whole()

    @pytest.mark.parametrize(
        ("changes", "code"),
        [
            ({"second": None}, "SECOND_PERSON_MISSING"),
            ({"words": " "}, "REASON_MISSING"),
        ],
    )
    def test_one_alone_or_without_words_lifts_nothing(
        self, city: City, changes: dict[str, Any], code: str
    ) -> None:
        kept = self.kept(city)
        with pytest.raises(Refused) as refused:
            commands.confirm_living(card_ids=[kept.pk], signed=signed(city, **changes))
        assert code in [one.code for one in refused.value.refusals]
        assert on_list(city, "dead") == ["Q00000001"]

    def test_the_neighbour_lifts_nothing(self, city: City) -> None:
        kept, theirs = self.kept(city), city.neighbour
        with pytest.raises(Refused) as refused:
            commands.confirm_living(
                card_ids=[kept.pk],
                signed=signed(city, by=theirs.keeper, second=theirs.reviewer),
            )
        assert [one.code for one in refused.value.refusals] == ["OUT_OF_REACH"]

    def test_whoever_is_said_to_live_or_died_on_a_day_is_not_said_dead(self, city: City) -> None:
        taken_over(
            city, [row("Q00000001", 生存状态="生存"), row("Q00000002", 死亡日期="2025-05-01")]
        )
        assert {card(one).person.said_dead_by for one in ("Q00000001", "Q00000002")} == {""}


class TestDifferences:
    def test_a_second_source_overwrites_nothing_and_both_are_shown(self, city: City) -> None:
        who = make.citizen_number()
        taken_over(city, [row("Q00000001", who=who)], source="纸质台账")
        posted = taken_over(
            city, [row("Q00000001", who=who, 状态="在库", 存放地点="A-1-03")], source="省平台导出"
        )
        assert (posted.cards, posted.differing) == (0, 1)
        assert card("Q00000001").stage == "issued", "the book stands"
        (listed,) = queries.listed(on=TODAY, slug="differences", by=city.here.keeper)
        assert listed.why == "卡片状态、存放地点"
        assert [(one.who, one.stage, one.place) for one in listed.said] == [
            ("台账现登记", "已发放", "持卡人"),
            ("纸质台账", "已发放", "持卡人"),
            ("省平台导出", "在管", "A-1-03"),
        ]

    def test_which_source_came_first_makes_no_difference_to_the_list(self, city: City) -> None:
        who = make.citizen_number()
        taken_over(city, [row("Q00000001", who=who, 状态="在库", 存放地点="A-1-03")], source="省")
        taken_over(city, [row("Q00000001", who=who)], source="纸")
        assert on_list(city, "differences") == ["Q00000001"]

    def test_a_silent_source_contradicts_nothing(self, city: City) -> None:
        who = make.citizen_number()
        taken_over(city, [row("Q00000001", who=who)])
        posted = taken_over(
            city, [row("Q00000001", who=who, 状态="", 存放地点="", 金融功能="正常")], source="银行"
        )
        assert posted.differing == 0 and on_list(city, "differences") == []
        assert OpeningClaim.objects.count() == 2, "yet it was heard"

    @pytest.mark.parametrize(
        ("changes", "why"),
        [
            ({"状态": "挂失", "存放地点": ""}, "挂失/停用"),
            ({"社保功能": "正常"}, "社保功能"),
            ({"姓名": "王晓明"}, "姓名"),
            ({"存放地点": "不明", "状态": "不明"}, "卡片状态、存放地点"),
        ],
    )
    def test_each_kind_of_difference_is_named(
        self, city: City, changes: dict[str, str], why: str
    ) -> None:
        who = make.citizen_number()
        taken_over(city, [row("Q00000001", who=who)])
        taken_over(city, [row("Q00000001", who=who, **changes)], source="另一份")
        (listed,) = queries.listed(on=TODAY, slug="differences", by=city.here.keeper)
        assert listed.why == why

    def test_a_card_of_another_county_stays_there(self, city: City) -> None:
        theirs = make.issued_card(city, city.neighbour)
        posted = taken_over(city, [row(theirs.number)])
        theirs.refresh_from_db()
        assert posted.cards == 0 and theirs.county_id == city.neighbour.county.pk
        (listed,) = queries.listed(on=TODAY, slug="differences", by=city.here.keeper)
        assert "所属县区" in listed.why

    def test_a_neighbour_sees_none_of_it(self, city: City) -> None:
        who = make.citizen_number()
        taken_over(city, [row("Q00000001", who=who)])
        taken_over(city, [row("Q00000001", who=who, 状态="注销")], source="另一份")
        assert queries.listed(on=TODAY, slug="differences", by=city.neighbour.keeper) == []
        assert set(queries.counts(city.neighbour.keeper).values()) == {0}


class TestLists:
    def test_a_person_with_two_cards(self, city: City) -> None:
        who = make.citizen_number()
        taken_over(city, [row("Q00000001", who=who), row("Q00000002", who=who), row("Q00000003")])
        assert on_list(city, "two-cards") == ["Q00000001", "Q00000002"]

    @pytest.mark.article(22)
    def test_of_two_cards_said_to_be_in_use_neither_is_believed(self, city: City) -> None:
        who = make.citizen_number()
        taken_over(
            city,
            [row("Q00000001", who=who, 状态="正常"), row("Q00000002", who=who, 状态="正常")],
        )
        assert {card("Q00000001").social, card("Q00000002").social} == {"unknown"}
        assert on_list(city, "differences") == ["Q00000001", "Q00000002"]
        the_book_is_whole()

    def test_a_card_two_rows_give_to_two_people_is_not_registered(self, city: City) -> None:
        posted = taken_over(city, [row("Q00000001"), row("Q00000001"), row("Q00000002")])
        assert (posted.cards, posted.contested) == (1, 2)
        assert not Card.objects.filter(number="Q00000001").exists()
        (listed,) = queries.listed(on=TODAY, slug="two-people", by=city.here.keeper)
        assert (listed.card_number, listed.card_id, len(listed.said)) == ("Q00000001", None, 2)
        the_book_is_whole()

    def test_a_card_two_sources_give_to_two_people_stays_with_the_first_and_is_listed(
        self, city: City
    ) -> None:
        taken_over(city, [row("Q00000001")])
        holder = card("Q00000001").person_id
        taken_over(city, [row("Q00000001")], source="另一份")
        assert card("Q00000001").person_id == holder
        assert on_list(city, "two-people") == ["Q00000001"]

    @pytest.mark.article(17)
    def test_a_dead_holder_with_or_without_a_day(self, city: City) -> None:
        taken_over(
            city,
            [
                row("Q00000001", 死亡日期="2025-05-01"),
                row("Q00000002", 状态="死亡"),
                row("Q00000003", 生存状态="生存"),
            ],
        )
        found = queries.listed(on=TODAY, slug="dead", by=city.here.keeper)
        assert [(one.card_number, one.why) for one in found] == [
            ("Q00000001", "2025-05-01 去世"),
            ("Q00000002", "来源称已故，没有日期"),
        ]

    @pytest.mark.article(20)
    def test_a_card_nobody_can_find(self, city: City) -> None:
        taken_over(city, [row("Q00000001", 状态="正常", 存放地点="不明"), row("Q00000002")])
        assert on_list(city, "missing") == ["Q00000001"]

    def test_is_counted_as_it_is_listed_and_read_page_by_page(self, city: City) -> None:
        taken_over(city, [row(f"Q{place:08d}", 状态="不明", 存放地点="") for place in range(7)])
        assert queries.counts(city.here.keeper) == {
            "differences": 0, "two-cards": 0, "two-people": 0, "dead": 0, "missing": 7,
        }  # fmt: skip
        page = queries.listed(on=TODAY, slug="missing", by=city.here.keeper, start=5, limit=5)
        assert [one.card_number for one in page] == ["Q00000005", "Q00000006"]

    def test_goes_on_the_road_as_a_workbook_with_masked_numbers(self, city: City) -> None:
        who = make.citizen_number()
        taken_over(city, [row("Q00000001", who=who, 状态="不明", 存放地点="")])
        content, name = cards_as_xlsx(
            kind=queries.LISTS["missing"],
            rows=queries.listed(on=TODAY, slug="missing", by=city.here.keeper),
            by=city.here.keeper, at=NOON,
        )  # fmt: skip
        book = load_workbook(io.BytesIO(content))
        text = "".join(str(cell.value) for line in book.active.rows for cell in line)
        assert "Q00000001" in text and who not in text and who[-4:] in text
        assert name == "期初查无下落_20261120.xlsx"


class TestConfirm:
    def disputed(self, city: City) -> Card:
        who = make.citizen_number()
        taken_over(city, [row("Q00000001", who=who)])
        taken_over(city, [row("Q00000001", who=who, 状态="注销")], source="省平台导出")
        return card("Q00000001")

    def test_answers_the_claim_with_an_event_and_changes_nothing(self, city: City) -> None:
        disputed = self.disputed(city)
        commands.confirm_cards(card_ids=[disputed.pk], signed=signed(city))
        event = Event.objects.get(act="opening.confirm")
        assert event.second_id == city.here.reviewer.user_id and event.seq == 2
        claim = OpeningClaim.objects.exclude(differs=[]).get()
        assert json.loads(event.facts) == {"claims": [claim.pk], "words": "开柜查到"}
        after = card("Q00000001")
        assert (after.stage, after.social) == (disputed.stage, disputed.social)
        assert on_list(city, "differences") == []
        the_book_is_whole()

    @pytest.mark.parametrize(
        ("changes", "code"),
        [
            ({"second": None}, "SECOND_PERSON_MISSING"),
            ({"words": "  "}, "REASON_MISSING"),
        ],
    )
    def test_is_refused_without_a_second_person_or_a_reason(
        self, city: City, changes: dict[str, Any], code: str
    ) -> None:
        disputed = self.disputed(city)
        with pytest.raises(Refused) as refused:
            commands.confirm_cards(card_ids=[disputed.pk], signed=signed(city, **changes))
        assert refused.value.refusals[0].code == code
        assert on_list(city, "differences") == ["Q00000001"]

    @pytest.mark.parametrize("who", ["clerk", "auditor", "neighbour"])
    def test_is_refused_to_others(self, city: City, who: str) -> None:
        disputed = self.disputed(city)
        by = city.neighbour.keeper if who == "neighbour" else getattr(city.here, who)
        second = city.neighbour.reviewer if who == "neighbour" else city.here.reviewer
        with pytest.raises(Refused) as refused:
            commands.confirm_cards(
                card_ids=[disputed.pk], signed=signed(city, by=by, second=second)
            )
        assert refused.value.refusals[0].code in {"ROLE_MAY_NOT", "OUT_OF_REACH"}

    def test_the_same_request_twice_is_one_event(self, city: City) -> None:
        disputed, once = self.disputed(city), signed(city)
        commands.confirm_cards(card_ids=[disputed.pk], signed=once)
        with pytest.raises(Refused) as refused:
            # The claims are answered already, so the second click asks for something else.
            commands.confirm_cards(card_ids=[disputed.pk], signed=once)
        assert refused.value.refusals[0].code == "KEY_REUSED"
        assert Event.objects.filter(act="opening.confirm").count() == 1


@pytest.mark.article(22)
class TestFindFunction:
    def test_an_unknown_function_is_found_out_once(self, city: City) -> None:
        taken_over(city, [row("Q00000001")])
        commands.find_function(
            card_ids=[card("Q00000001").pk], social=Social.ACTIVE, signed=signed(city)
        )
        assert card("Q00000001").social == "active"
        the_book_is_whole()
        with pytest.raises(Refused) as refused:
            commands.find_function(
                card_ids=[card("Q00000001").pk], social=Social.SEALED, signed=signed(city)
            )
        assert refused.value.refusals[0].code == "SOCIAL_ACTIVE"

    def test_what_the_other_source_said_is_answered_by_it(self, city: City) -> None:
        who = make.citizen_number()
        taken_over(city, [row("Q00000001", who=who)])
        taken_over(city, [row("Q00000001", who=who, 状态="正常")], source="省平台导出")
        assert on_list(city, "differences") == ["Q00000001"]
        commands.find_function(
            card_ids=[card("Q00000001").pk], social=Social.ACTIVE, signed=signed(city)
        )
        assert on_list(city, "differences") == []

    def test_a_holder_uses_one_card(self, city: City) -> None:
        who = make.citizen_number()
        taken_over(city, [row("Q00000001", who=who, 状态="正常"), row("Q00000002", who=who)])
        with pytest.raises(Refused) as refused:
            commands.find_function(
                card_ids=[card("Q00000002").pk], social=Social.ACTIVE, signed=signed(city)
            )
        assert refused.value.refusals[0].code == "OTHER_CARD_ACTIVE"

    def test_nothing_can_be_found_out_to_be_unknown(self, city: City) -> None:
        taken_over(city, [row("Q00000001")])
        with pytest.raises(ValueError, match="cannot claim"):
            commands.find_function(
                card_ids=[card("Q00000001").pk], social=Social.UNKNOWN, signed=signed(city)
            )


@pytest.mark.article(20)
class TestFindCards:
    def test_in_stock_it_goes_into_the_store_with_both_names(self, city: City) -> None:
        taken_over(city, [row("Q00000001", 状态="封存", 存放地点="")])
        commands.find_cards(card_ids=[card("Q00000001").pk], held=False, signed=signed(city))
        found = card("Q00000001")
        assert (found.stage, found.position.account.kind) == ("in_custody", "store")
        assert found.position.account.organization_id == city.here.card_body.pk
        assert Event.objects.get(act="opening.find_kept").second_id is not None
        assert on_list(city, "missing") == []
        the_book_is_whole()

    def test_with_its_holder(self, city: City) -> None:
        taken_over(city, [row("Q00000001", 状态="正常", 存放地点="不明")])
        commands.find_cards(card_ids=[card("Q00000001").pk], held=True, signed=signed(city))
        found = card("Q00000001")
        assert (found.stage, found.social) == ("issued", "active")
        assert found.position.account.kind == "holder"
        the_book_is_whole()

    def test_a_card_in_use_cannot_turn_up_in_stock(self, city: City) -> None:
        taken_over(city, [row("Q00000001", 状态="正常", 存放地点="不明")])
        used = card("Q00000001")
        with pytest.raises(Refused) as refused:
            commands.find_cards(card_ids=[used.pk], held=False, signed=signed(city))
        (said,) = refused.value.refusals
        assert (said.code, said.remedy) == ("FOUND_IN_USE", "stock.find_stopped")
        assert "Q00000001" in said.sentence and "停用的短缺卡找到" in said.way_out

    def test_a_card_that_is_not_there_is_refused(self, city: City) -> None:
        with pytest.raises(Refused) as refused:
            commands.find_cards(card_ids=[987654321], held=True, signed=signed(city))
        assert refused.value.refusals[0].code == "CLAIMS_GONE"
