"""What serves an article is read from the tables, the addresses and the test files themselves."""

from dataclasses import replace
from pathlib import Path

import pytest

from cardbook.insight import parameters_used
from cardbook.insight.addresses import addresses, cited_articles
from cardbook.insight.articles import NoSuchArticle, asked_article, served, served_articles
from cardbook.insight.marks import MarkedTest, TrustTest, marked_tests, trust_tests
from cardbook.insight.registers_found import registers
from cardbook.law.articles import ARTICLES, art
from cardbook.law.parameters import all_parameters
from cardbook.lifecycle.acts import ACTS


class TestArticleNumber:
    @pytest.mark.parametrize(
        "asked",
        [
            "8",
            " 8 ",
            "08",
            "８",
            "八",
            "第八条",
            "第8条",
            "第 8 条",
            "Article 8",
            "art. 8",
            "ART 8",
        ],
    )
    def test_understands_how_people_cite(self, asked: str) -> None:
        assert asked_article(asked) == art(8)

    @pytest.mark.parametrize("article", ARTICLES.values())
    def test_understands_its_own_labels(self, article: object) -> None:
        number = article.number  # type: ignore[attr-defined]
        assert asked_article(article.label) == art(number)  # type: ignore[attr-defined]

    @pytest.mark.parametrize(
        "asked", ["0", "35", "第三十五条", "", "第条", "八四", "card.issue", "-8"]
    )
    def test_says_how_to_ask_when_there_is_none(self, asked: str) -> None:
        with pytest.raises(NoSuchArticle, match="可以写 8、8 4、第八条"):
            asked_article(asked)

    @pytest.mark.parametrize(
        "asked",
        ["8 4", "8.4", "8,4", "8(4)", "art(8, 4)", "第八条第四款", "第8条第4款", "第８条 第４款"],
    )
    def test_understands_a_paragraph(self, asked: str) -> None:
        assert asked_article(asked) == art(8, 4)

    @pytest.mark.parametrize("asked", ["8 5", "第八条第五款", "8 0"])
    def test_says_how_many_paragraphs_there_are(self, asked: str) -> None:
        with pytest.raises(NoSuchArticle, match=r"第八条没有.*共 4 款"):
            asked_article(asked)


class TestServed:
    def test_gathers_all_that_serves_article_8(self) -> None:
        found = served(8)
        codes = {row.code for row in found.acts}
        assert {"card.issue", "bundle.hand_out", "card.issue_collective"} <= codes
        assert "card.issue" in {page.name for page in found.pages}
        assert "pick_up" in {register.slug for register in found.registers}
        assert "sheet_return_due_days" in {parameter.key for parameter in found.parameters}
        assert "id_card_original" in {kind.code for kind in found.papers}
        assert "ID_NOT_SEEN" in {reason.code for reason in found.refusals}
        assert "issue" in {term.identifier for term in found.terms}
        assert any(
            test.name == "TestN4.test_an_image_that_was_not_kept_is_named" for test in found.tests
        )

    def test_gathers_the_notice_of_article_12(self) -> None:
        assert [notice.code for notice in served(12).notices] == ["pick_up"]

    def test_every_article_is_served_or_says_why_not(self) -> None:
        for found in served_articles(ARTICLES):
            if not found.article.needs_software:
                assert not found.acts
                assert len(found.article.software) > 10

    def test_of_a_paragraph_gathers_its_own_and_what_the_whole_article_stands_for(self) -> None:
        found = served(8, paragraph=1)
        codes = [row.code for row in found.acts]
        assert codes == ["handover.send", "handover.receive"]
        assert found.paragraphs_served == {1: codes}
        assert {group.code for group in found.groups} == {"employee", "resident"}
        assert {page.name for page in found.pages}.isdisjoint({"card.issue"})

    @pytest.mark.parametrize(("read", "unused"), [("'a_day'", False), ("a_day", True)])
    def test_a_parameter_is_used_when_some_code_names_it(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, read: str, unused: bool
    ) -> None:
        (tmp_path / "one.py").write_text(f"value({read})", "utf-8")
        known = (replace(all_parameters()[0], key="a_day"),)
        monkeypatch.setattr(parameters_used, "all_parameters", lambda: known)
        assert ("a_day" in parameters_used.unused_parameters(house=tmp_path)) is unused


class TestAddresses:
    def test_every_act_done_by_hand_has_a_page(self) -> None:
        paged = {code for page in addresses() for code in page.acts}
        by_hand = {code for code, row in ACTS.items() if not row.batch_only}
        assert by_hand <= paged

    def test_articles_are_read_from_the_policy(self) -> None:
        assert cited_articles("第八条第四款、第七条、第三十二条第三项") == {7, 8, 32}
        assert cited_articles("") == frozenset()


class TestRegisters:
    def test_every_register_of_a_slice_has_its_page_and_the_other_way_round(self) -> None:
        pages = {page.name for page in addresses() if page.name.startswith("register.")}
        assert {register.page_name for register in registers()} == pages
        assert len(pages) >= 2


class TestMarks:
    def test_are_found_on_modules_classes_and_functions(self, tmp_path: Path) -> None:
        folder = tmp_path / "src" / "tests"
        folder.mkdir(parents=True)
        (folder / "test_marks.py").write_text(
            "import pytest\n"
            "pytestmark = [pytest.mark.django_db, pytest.mark.article(5)]\n"
            "@pytest.mark.article(8, 4)\n"
            "class TestIssue:\n"
            "    @pytest.mark.article(12)\n"
            "    @pytest.mark.parametrize('a', [1])\n"
            "    def test_tells(self, a): ...\n"
            "    def helper(self): ...\n"
            "def test_alone(): ...\n",
            "utf-8",
        )
        file = "src/tests/test_marks.py"
        assert marked_tests(root=tmp_path) == (
            MarkedTest(5, None, file, "TestIssue.test_tells"),
            MarkedTest(8, 4, file, "TestIssue.test_tells"),
            MarkedTest(12, None, file, "TestIssue.test_tells"),
            MarkedTest(5, None, file, "test_alone"),
        )

    def test_of_trust_are_found_beside_those_of_articles(self, tmp_path: Path) -> None:
        folder = tmp_path / "tests"
        folder.mkdir()
        (folder / "test_fire.py").write_text(
            "import pytest\n"
            "pytestmark = pytest.mark.trust('N5')\n"
            "@pytest.mark.article(8)\n"
            "@pytest.mark.trust('R1', 'D1')\n"
            "@pytest.mark.rounds(7)\n"
            "def test_two_windows(): ...\n",
            "utf-8",
        )
        file = "tests/test_fire.py"
        assert trust_tests(root=tmp_path) == tuple(
            TrustTest(row, file, "test_two_windows", 7) for row in ("D1", "N5", "R1")
        )
        assert marked_tests(root=tmp_path) == (MarkedTest(8, None, file, "test_two_windows"),)

    def test_there_are_none_away_from_a_checkout(self, tmp_path: Path) -> None:
        assert marked_tests(root=tmp_path) == ()
