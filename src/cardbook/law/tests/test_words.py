"""Dictionary, posts, papers, notices and groups: nothing twice, nothing without its article."""

from datetime import date

import pytest

from cardbook.law import notices, papers
from cardbook.law.articles import art
from cardbook.law.groups import GROUPS, group, group_label, group_named
from cardbook.law.notices import ALL_VERSIONS, NOTICES, notice
from cardbook.law.papers import KINDS, OWN_PICK_UP, PROXY_PICK_UP, RULES, PaperRule, paper_kind
from cardbook.law.roles import Role
from cardbook.law.terms import (
    TERMS,
    DuplicateTerm,
    Term,
    index_terms,
    official,
    term,
    terms_of,
)


class TestTerms:
    def test_finds_a_term_by_its_identifier_and_by_its_article(self) -> None:
        assert official("holder") == "持卡人"
        assert term("stranded") in terms_of(16)

    @pytest.mark.parametrize(
        "second",
        [
            Term(identifier="card", official="别的", basis=art(2)),
            Term(identifier="other", official="社保卡", basis=art(2)),
            Term(identifier="other", official="别的", basis=art(2), forms=("社会保障卡",)),
        ],
    )
    def test_refuses_a_word_used_twice(self, second: Term) -> None:
        with pytest.raises(DuplicateTerm):
            index_terms((*TERMS, second))


class TestRoles:
    def test_are_the_thirteen_posts_stored_by_name(self) -> None:
        assert [str(role) for role in Role] == [
            "city_manager", "county_manager", "card_keeper", "window_clerk", "reviewer",
            "agency_clerk", "bank_teller", "village_helper", "unit_handler", "hotline_operator",
            "auditor", "system_admin", "security_admin",
        ]  # fmt: skip

    @pytest.mark.parametrize("role", Role)
    def test_say_what_they_are_for(self, role: Role) -> None:
        assert role.label
        assert role.description
        assert role.basis.startswith("第")
        assert Role(str(role)) is role


@pytest.mark.article(8, 4)
class TestPapers:
    def test_own_pick_up_asks_for_original_copy_and_signature(self) -> None:
        assert OWN_PICK_UP.missing({"id_card_original", "id_card_copy", "signature_paper"}) == ()
        missing = OWN_PICK_UP.missing({"id_card_copy"})
        assert [group[0].code for group in missing] == ["id_card_original", "signature_paper"]

    def test_an_image_counts_as_the_copy_and_is_marked_as_assumed(self) -> None:
        assert OWN_PICK_UP.missing({"id_card_original", "id_card_image", "signature_thumb"}) == ()
        assert papers.ID_CARD_IMAGE.assumed

    @pytest.mark.article(10, 1)
    def test_a_proxy_brings_proof_of_a_relative_or_the_unit(self) -> None:
        shown = {"agent_id", "id_card_copy", "mandate", "signature_screen"}
        assert len(PROXY_PICK_UP.missing(shown)) == 1
        assert PROXY_PICK_UP.missing(shown | {"unit_proof"}) == ()

    def test_rules_use_registered_kinds_only(self) -> None:
        for rule in RULES.values():
            assert all(paper_kind(kind.code) is kind for kind in rule.kinds)
        assert all(code == kind.code and kind.title for code, kind in KINDS.items())

    @pytest.mark.parametrize("groups", [(), ((),)])
    def test_a_rule_nothing_can_meet_is_refused(self, groups: tuple[()]) -> None:
        with pytest.raises(ValueError, match="groups"):
            PaperRule(groups)

    def test_two_kinds_of_one_code_are_refused(self) -> None:
        with pytest.raises(ValueError, match="mandate"):
            papers._kind("mandate", "重复", art(10))


class TestNotices:
    @pytest.mark.article(12)
    def test_pick_up_tells_the_four_rules_of_handling_and_free_replacement(self) -> None:
        text = "".join(notices.PICK_UP.lines)
        for word in ("磁", "弯", "芯片", "晒", "免费", "收好"):
            assert word in text
        assert not notices.PICK_UP.blanks
        assert notices.PICK_UP.basis_text == "第十二条、第九条、第二十一条"

    @pytest.mark.article(28, 1)
    def test_loss_tells_of_the_bank_and_of_the_risk(self) -> None:
        values = {"until": "3月8日", "bank_phone": "95588", "release": "请解除挂失"}
        lines = notices.LOSS.filled(values)
        assert any("95588" in line for line in lines)
        assert any("自己承担" in line for line in lines)
        with pytest.raises(KeyError):
            notices.LOSS.filled({"until": "3月8日"})

    def test_every_moment_of_the_list_has_its_text_in_short_lines(self) -> None:
        assert {item.code for item in NOTICES} == {
            "pick_up", "activation", "wrong_card", "defect", "loss", "found", "replacement",
            "temporary", "cancel", "transfer",
        }  # fmt: skip
        assert all(len(line) <= 40 for item in NOTICES for line in item.lines)

    def test_versions_are_chosen_by_date(self) -> None:
        assert notice("pick_up", on=date(2026, 1, 1)) is notices.PICK_UP
        assert notices.PICK_UP.text_id == "pick_up/1"
        with pytest.raises(KeyError):
            notice("pick_up", on=date(2000, 1, 1))
        with pytest.raises(KeyError):
            notice("nothing", on=date(2026, 1, 1))

    def test_a_version_cannot_be_overwritten(self) -> None:
        before = ALL_VERSIONS["pick_up"]
        with pytest.raises(ValueError, match="versions"):
            notices._notice("pick_up", "重复", "", (art(12),), "x", version=1)
        with pytest.raises(ValueError, match="versions"):
            notices._notice("pick_up", "过去", "", (art(12),), "x", version=2)
        assert ALL_VERSIONS["pick_up"] is before


@pytest.mark.article(8, 1)
class TestGroups:
    @pytest.mark.parametrize(
        ("words", "code"),
        [("城镇职工", "employee"), ("城乡居民参保人员", "resident"), (" 学生 ", "student"),
         ("机关事业单位", "employee"), ("resident", "resident"), ("其他", "other")],
    )  # fmt: skip
    def test_reads_the_words_of_files(self, words: str, code: str) -> None:
        found = group_named(words)
        assert found is not None
        assert found.code == code

    def test_does_not_guess(self) -> None:
        assert group_named("军人") is None
        assert group_named("") is None

    def test_labels_every_code_and_shows_a_strange_one_as_it_is(self) -> None:
        assert [group_label(item.code) for item in GROUPS] == [item.title for item in GROUPS]
        assert group_label("older") == "older"
        assert group("employee").answers == "agency"
        with pytest.raises(KeyError):
            group("older")
