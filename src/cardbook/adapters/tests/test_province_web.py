"""The web service's own words, codes and guards (domain.md 9.2a, 9.3; Art. 22, 25, 26, 28)."""

from collections.abc import Iterator

import pytest

from cardbook.adapters.codes import ALL, FILES, NATIONAL, WEB_SERVICE
from cardbook.adapters.gbk_xml import (
    NotUnderstood,
    call,
    parse,
    read_parameters,
    read_reply,
    reply,
)
from cardbook.adapters.province_operations import operation_of
from cardbook.adapters.province_web import LIFT_THERE, ProvinceWeb
from cardbook.adapters.sandbox.faults import Fault
from cardbook.adapters.sandbox.province import Province
from cardbook.adapters.tests.letters import GUARDIAN, NUMBER, letter
from cardbook.ports.messages import Answer, MadeCard, MessageKind, Outcome
from cardbook.ports.standings import CodeMap, CodeUnknown, Standing

ACTIVATE, ORAL, FORMAL, RELEASE = (
    MessageKind.PROVINCE_ACTIVATE,
    MessageKind.PROVINCE_ORAL_LOSS,
    MessageKind.PROVINCE_FORMAL_LOSS,
    MessageKind.PROVINCE_RELEASE_LOSS,
)


@pytest.fixture
def province() -> Province:
    return Province(licence="L")


@pytest.fixture
def web(province: Province) -> Iterator[ProvinceWeb]:
    with province.server() as server:
        yield ProvinceWeb(url=server.url, licence="L", timeout_seconds=0.4)


def told(web: ProvinceWeb, kind: MessageKind, **more: object) -> Answer:
    ((only),) = web.tell([letter(kind, **more)])  # type: ignore[arg-type]
    return only.answer


class TestCodes:
    @pytest.mark.parametrize("codes", ALL, ids=lambda one: one.system)
    def test_are_total_both_ways(self, codes: CodeMap) -> None:
        for code, standing in codes.codes.items():
            assert codes.ours(code) is standing
        for standing in Standing:
            if standing in codes.unsayable:
                with pytest.raises(CodeUnknown):
                    codes.theirs(standing)
            else:
                assert codes.ours(codes.theirs(standing)) is standing

    @pytest.mark.parametrize("codes", ALL, ids=lambda one: one.system)
    def test_refuse_what_nobody_agreed_on(self, codes: CodeMap) -> None:
        with pytest.raises(CodeUnknown, match="未约定"):
            codes.ours("X")

    def test_collide_and_are_therefore_never_shared(self) -> None:
        two = {one.system: one.ours("2") for one in ALL}
        assert set(two.values()) == {Standing.FORMAL_LOSS, Standing.ORAL_LOSS}
        assert FILES.ours("3") is Standing.FORMAL_LOSS
        assert NATIONAL.ours("3") is Standing.LOCKED
        assert WEB_SERVICE.ours("3") is Standing.VOID


@pytest.mark.article(28)
class TestALifeOfACardOverThere:
    def test_goes_from_made_to_active_to_lost_and_back(
        self, web: ProvinceWeb, province: Province
    ) -> None:
        for kind in (ACTIVATE, ORAL, RELEASE, ORAL, FORMAL):
            assert told(web, kind).outcome is Outcome.DONE
        assert province.cards["B00000001"] is Standing.FORMAL_LOSS

    def test_already_so_is_success(self, web: ProvinceWeb) -> None:
        told(web, ACTIVATE)
        assert told(web, ACTIVATE).outcome is Outcome.ALREADY_SO

    def test_a_state_that_forbids_it_is_a_refusal_in_their_words(self, web: ProvinceWeb) -> None:
        answer = told(web, ORAL)
        assert (answer.outcome, answer.code) == (Outcome.REFUSED, "05")
        assert "封存" in answer.words

    def test_what_was_never_put_to_use_needs_no_stop_and_none_is_made(
        self, web: ProvinceWeb, province: Province
    ) -> None:
        for kind in (ORAL, FORMAL, RELEASE):
            answer = told(web, kind, never_used=True)
            assert (answer.outcome, answer.code) == (Outcome.ALREADY_SO, "05")
            assert "封存" in answer.words and "从未启用" in answer.words
        assert province.cards == {"B00000001": Standing.MADE}
        assert province.effects["saveCardActive"] == 0
        assert told(web, MessageKind.PROVINCE_REPLACE).outcome is Outcome.DONE

    def test_a_question_answered_with_already_so_is_asked_again(
        self, web: ProvinceWeb, province: Province
    ) -> None:
        """Or a card nobody put to use would be one of which the province knows nothing."""
        cards = province.operations["queryCardInfoBySfzhm"]
        province.operations["queryCardInfoBySfzhm"] = lambda *_: reply(code="01")
        answer = told(web, ORAL, never_used=True)
        assert answer.outcome is Outcome.UNREACHABLE and "没有内容" in answer.words
        province.operations["queryCardInfoBySfzhm"] = cards
        assert told(web, ORAL, never_used=True).outcome is Outcome.ALREADY_SO

    def test_what_is_over_there_in_use_is_stopped_whatever_our_book_says(
        self, web: ProvinceWeb, province: Province
    ) -> None:
        told(web, ACTIVATE)
        assert told(web, ORAL, never_used=True).outcome is Outcome.DONE
        province.cards["B00000001"] = Standing.VOID
        answer = told(web, FORMAL, never_used=True)
        assert answer.outcome is Outcome.REFUSED

    @pytest.mark.parametrize("released_there", [False, True])
    def test_a_loss_in_writing_is_lifted_by_a_person_over_there(
        self, web: ProvinceWeb, province: Province, released_there: bool
    ) -> None:
        for kind in (ACTIVATE, ORAL, FORMAL):
            told(web, kind)
        answer = told(web, RELEASE)
        assert (answer.outcome, answer.code) == (Outcome.REFUSED, "05")
        assert answer.words.startswith(LIFT_THERE) and "现为正式挂失" in answer.words
        if released_there:
            province.cards["B00000001"] = Standing.NORMAL
        again = told(web, RELEASE).outcome
        assert again is (Outcome.ALREADY_SO if released_there else Outcome.REFUSED)
        assert province.effects["saveCardLsgsjg"] == 0

    def test_a_lifting_refused_for_another_reason_keeps_their_words(
        self, web: ProvinceWeb, province: Province
    ) -> None:
        told(web, ACTIVATE)
        province.cards["B00000001"] = Standing.VOID
        answer = told(web, RELEASE)
        assert answer.outcome is Outcome.REFUSED and LIFT_THERE not in answer.words

    def test_a_silent_attempt_is_asked_about_before_it_is_made_again(
        self, web: ProvinceWeb, province: Province
    ) -> None:
        province.faults.ask(Fault.TIME_OUT)
        assert told(web, ACTIVATE).unknown
        told(web, ORAL)  # somebody else's stop came between
        province.cards["B00000001"] = Standing.NORMAL
        assert told(web, ACTIVATE, again=True).words == "查询确认已办"
        assert province.effects["saveCardActive"] == 1


@pytest.mark.article(25)
class TestAnApplication:
    def test_is_checked_then_saved(self, web: ProvinceWeb, province: Province) -> None:
        assert told(web, MessageKind.PROVINCE_PRODUCTION, card="").outcome is Outcome.DONE
        assert province.applications == {NUMBER: "saveCardSqList"}

    @pytest.mark.article(26)
    def test_of_another_card_goes_by_another_door_with_its_reason(
        self, web: ProvinceWeb, province: Province
    ) -> None:
        answer = told(web, MessageKind.PROVINCE_PRODUCTION, facts={"reason": "lost"})
        assert answer.outcome is Outcome.DONE
        assert province.applications == {NUMBER: "saveCardBhList"}
        asked = operation_of(letter(MessageKind.PROVINCE_PRODUCTION, facts={"reason": "lost"}))
        values = asked.fields(letter(MessageKind.PROVINCE_PRODUCTION, facts={"reason": "lost"}))
        assert (values["kh"], values["bhkyy"]) == ("B00000001", "丢失")

    @pytest.mark.article(11)
    def test_of_a_minor_names_who_confirmed_for_him(
        self, web: ProvinceWeb, province: Province
    ) -> None:
        told(web, MessageKind.PROVINCE_PRODUCTION, card="", guardian=GUARDIAN)
        asked = province.asked_for[NUMBER]
        name, number, _ = GUARDIAN
        assert (asked["jhrxm"], asked["jhrzjhm"], asked["jhrzjlx"]) == (name, number, "A")
        assert asked["jhrgx"] == "父子"
        adult = operation_of(letter(MessageKind.PROVINCE_PRODUCTION))
        assert "jhrxm" not in adult.fields(letter(MessageKind.PROVINCE_PRODUCTION))

    @pytest.mark.article(11)
    @pytest.mark.parametrize(
        ("number", "relation", "said"),
        [
            ("999999195001010026", "parent", "母子"), (GUARDIAN[1], "sibling", "兄弟姐妹"),
            ("W1234567", "parent", "父母"), (GUARDIAN[1], "", ""),
        ],
    )  # fmt: skip
    def test_says_what_the_guardian_is_to_him_as_far_as_we_know(
        self, number: str, relation: str, said: str
    ) -> None:
        about = letter(MessageKind.PROVINCE_PRODUCTION, guardian=("李大山", number, relation))
        assert operation_of(about).fields(about)["jhrgx"] == said

    def test_is_saved_though_the_check_before_says_it_is_so_already(
        self, web: ProvinceWeb, province: Province
    ) -> None:
        province.faults.ask(Fault.ALREADY_SO)
        answer = told(web, MessageKind.PROVINCE_PRODUCTION)
        assert answer.outcome is Outcome.DONE and NUMBER in province.applications

    def test_a_second_one_is_refused(self, web: ProvinceWeb) -> None:
        told(web, MessageKind.PROVINCE_PRODUCTION, card="")
        answer = told(web, MessageKind.PROVINCE_PRODUCTION, order=2, facts={"reason": "lost"})
        assert (answer.outcome, answer.code) == (Outcome.REFUSED, "3")

    def test_a_first_card_is_not_for_who_has_one(self, web: ProvinceWeb) -> None:
        told(web, ACTIVATE)
        answer = told(web, MessageKind.PROVINCE_PRODUCTION, card="")
        assert (answer.outcome, answer.code) == (Outcome.REFUSED, "4")

    def test_our_own_from_a_silent_attempt_is_success(self, web: ProvinceWeb) -> None:
        told(web, MessageKind.PROVINCE_PRODUCTION, card="")
        answer = told(web, MessageKind.PROVINCE_PRODUCTION, card="", again=True)
        assert answer.outcome is Outcome.ALREADY_SO

    def test_put_right_after_the_bank_sent_it_back_is_no_second_one(
        self, web: ProvinceWeb, province: Province
    ) -> None:
        told(web, MessageKind.PROVINCE_PRODUCTION, card="", phone="13900000001")
        answer = told(
            web, MessageKind.PROVINCE_PRODUCTION, order=2, card="", phone="13900000002",
            told_before=True,
        )  # fmt: skip
        assert answer.outcome is Outcome.ALREADY_SO
        assert province.people[NUMBER].fields["sjhm"] == "13900000002"
        assert province.effects["saveCardSqList"] == 1

    def test_the_province_dropped_meanwhile_is_saved_anew(
        self, web: ProvinceWeb, province: Province
    ) -> None:
        told(web, MessageKind.PROVINCE_PRODUCTION, card="")
        province.applications.clear()
        answer = told(web, MessageKind.PROVINCE_PRODUCTION, order=2, card="", told_before=True)
        assert answer.outcome is Outcome.DONE
        assert province.applications == {NUMBER: "saveCardSqList"}


@pytest.mark.article(25)
class TestACardIsMade:
    """From the number to the account: what the province hears of a card on its way."""

    def test_gets_a_number_once_and_is_completed_under_it(
        self, web: ProvinceWeb, province: Province
    ) -> None:
        told(web, MessageKind.PROVINCE_PRODUCTION, card="")
        number = told(web, MessageKind.PROVINCE_NUMBER, card="").reference
        again = told(web, MessageKind.PROVINCE_NUMBER, card="", again=True)
        assert (again.outcome, again.reference) == (Outcome.ALREADY_SO, number)
        made = MadeCard(number=number, account="6217000000000000001")
        done = told(web, MessageKind.PROVINCE_COMPLETED, card="", made=made)
        assert done.outcome is Outcome.DONE
        assert province.cards == {number: Standing.MADE} and not province.applications

    def test_has_no_number_before_it_is_applied_for(self, web: ProvinceWeb) -> None:
        answer = told(web, MessageKind.PROVINCE_NUMBER, card="")
        assert (answer.outcome, answer.code) == (Outcome.REFUSED, "4")

    @pytest.mark.article(22)
    def test_its_account_is_in_use_once(self, web: ProvinceWeb, province: Province) -> None:
        for outcome in (Outcome.DONE, Outcome.ALREADY_SO):
            assert told(web, MessageKind.PROVINCE_FINANCIAL).outcome is outcome
        assert province.financial == {"6217000000000000001"}

    @pytest.mark.article(26)
    def test_the_old_one_gives_way(self, web: ProvinceWeb, province: Province) -> None:
        told(web, ACTIVATE)
        facts = {"plastic": "broken"}
        assert told(web, MessageKind.PROVINCE_REPLACE, facts=facts).outcome is Outcome.DONE
        assert province.cards["B00000001"] is Standing.VOID
        again = told(web, MessageKind.PROVINCE_REPLACE, facts=facts, again=True)
        assert again.outcome is Outcome.ALREADY_SO

    @pytest.mark.article(15)
    def test_what_was_wrong_with_its_holder_is_put_right_first(
        self, web: ProvinceWeb, province: Province
    ) -> None:
        facts = {"reason": "data_changed"}
        assert told(web, MessageKind.PROVINCE_PRODUCTION, facts=facts).outcome is Outcome.DONE
        assert province.people[NUMBER].fields["txdz"] == "甲县城关镇"
        assert province.effects == {"modifyPersonInfo": 1, "saveCardBhList": 1}


@pytest.mark.article(28)
class TestACardOfAnotherCity:
    """Whoever lost it says who he is; which card it is the province knows."""

    def test_is_stopped_wherever_it_works(self, web: ProvinceWeb, province: Province) -> None:
        told(web, ACTIVATE)
        assert told(web, ORAL, card="").outcome is Outcome.DONE
        assert province.cards["B00000001"] is Standing.ORAL_LOSS
        assert told(web, ORAL, card="", order=2).outcome is Outcome.ALREADY_SO

    def test_that_nobody_has_is_refused_in_words(self, web: ProvinceWeb) -> None:
        answer = told(web, ORAL, card="")
        assert answer.outcome is Outcome.REFUSED and "没有此人" in answer.words

    def test_that_stands_in_a_way_nobody_agreed_on_is_looked_at(
        self, web: ProvinceWeb, province: Province
    ) -> None:
        rows = [
            {"kh": number, "kzt": code}
            for number, code in (("S00000001", "1"), ("S00000002", "8"))
        ]
        province.operations = {
            **province.operations, "queryCardInfoBySfzhm": lambda *_: reply(code="00", rows=rows),
        }  # fmt: skip
        told(web, ACTIVATE, card="S00000001")
        answer = told(web, ORAL, card="")
        assert answer.outcome is Outcome.REFUSED and "未约定的状态代码" in answer.words
        assert province.cards["S00000001"] is Standing.ORAL_LOSS

    def test_of_another_name_is_refused_in_their_words(
        self, web: ProvinceWeb, province: Province
    ) -> None:
        said = reply(refused=True, code="2", words="姓名与省系统不符")
        province.operations = {**province.operations, "queryCardInfoBySfzhm": lambda *_: said}
        answer = told(web, ORAL, card="")
        assert (answer.outcome, answer.words) == (Outcome.REFUSED, "姓名与省系统不符")


def test_another_licence_is_refused(province: Province) -> None:
    with province.server() as server:
        stranger = ProvinceWeb(url=server.url, licence="?")
        assert told(stranger, ACTIVATE).code == "98"


class TestTheWire:
    def test_is_gbk_and_a_name_outside_it_arrives_whole(self) -> None:
        body = call(licence="L", service="S", operation="O", values={"xm": "李𠮷<&\"'"})
        assert b'encoding="GBK"' in body
        text = parse(body.decode("gbk")).findtext(".//xmlPara")
        assert text is not None and read_parameters(text) == {"xm": "李𠮷<&\"'"}

    @pytest.mark.parametrize(
        "text",
        ["", "<p>", "<p><s errtext=''/></p>", '<!DOCTYPE p [<!ENTITY a "b">]><p>&a;</p>'],
    )
    def test_takes_nothing_for_a_reply_that_is_none(self, text: str) -> None:
        with pytest.raises(NotUnderstood):
            read_reply(text)
