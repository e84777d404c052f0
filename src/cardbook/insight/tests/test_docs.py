"""Generated pages follow the tables, are the same text every time, and tell when they are old."""

import re
from collections.abc import Mapping
from pathlib import Path

import pytest

from cardbook.cards.states import REGIONS, Subject
from cardbook.insight import docs
from cardbook.insight.docs import differences, generated_docs, write_docs
from cardbook.insight.docs_acts import acts_page, roles_page, states_page
from cardbook.insight.docs_law import (
    UNCONFIRMED,
    papers_and_notices_page,
    parameters_page,
    refusals_page,
)
from cardbook.insight.markdown import table
from cardbook.insight.words import number_words, reasons_of, with_dots
from cardbook.law.notices import NOTICES
from cardbook.law.papers import KINDS
from cardbook.law.parameters import all_parameters, parameter
from cardbook.law.roles import Role
from cardbook.lifecycle.acts import ACTS, ROWS
from cardbook.lifecycle.refusals import CATALOGUE

_LINK = re.compile(r"\]\(([^)#]*)#([^)]+)\)")


@pytest.fixture(scope="module")
def texts() -> Mapping[str, str]:
    """Every page; it takes a second to write them all."""
    return generated_docs()


class TestGeneratedDocs:
    def test_are_the_same_text_every_time(self, texts: Mapping[str, str]) -> None:
        assert generated_docs() == texts

    def test_every_link_leads_somewhere(self, texts: Mapping[str, str]) -> None:
        for name, text in texts.items():
            for file, anchor in _LINK.findall(text):
                assert f'<a id="{anchor}"></a>' in texts[file or name], (name, file, anchor)

    def test_no_table_has_a_torn_row(self, texts: Mapping[str, str]) -> None:
        for name, text in texts.items():
            for block in re.findall(r"(?:^\|.*\n)+", text, re.MULTILINE):
                widths = {len(re.findall(r"(?<!\\)\|", row)) for row in block.splitlines()}
                assert len(widths) == 1, (name, block)

    def test_are_up_to_date_in_the_repository(self) -> None:
        assert differences() == (), "run make docs, and commit what it wrote"


class TestWriteDocs:
    @pytest.fixture(autouse=True)
    def _written(self, texts: Mapping[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
        """The pages are the same every time, and were written."""
        monkeypatch.setattr(docs, "generated_docs", lambda: texts)

    def test_writes_once_and_then_has_nothing_to_do(
        self, tmp_path: Path, texts: Mapping[str, str]
    ) -> None:
        folder = tmp_path / "generated"
        assert len(write_docs(folder=folder)) == len(texts)
        assert write_docs(folder=folder) == ()
        assert differences(folder=folder) == ()

    def test_names_the_page_that_is_old_missing_or_of_nobody(self, tmp_path: Path) -> None:
        write_docs(folder=tmp_path)
        (tmp_path / "acts.md").write_text("旧", "utf-8")
        (tmp_path / "roles.md").unlink()
        (tmp_path / "forgotten.md").write_text("", "utf-8")
        found = {(difference.name, difference.what) for difference in differences(folder=tmp_path)}
        assert found == {
            ("acts.md", "与业务总表不一致"),
            ("roles.md", "缺少"),
            ("forgotten.md", "已不再生成"),
        }
        write_docs(folder=tmp_path)
        assert differences(folder=tmp_path) == ()


class TestActsPage:
    def test_has_a_section_for_every_act(self) -> None:
        text = acts_page(forms=())
        assert [f'<a id="{row.code}"></a>' in text for row in ROWS] == [True] * len(ROWS)

    def test_lists_what_goes_beyond_the_regulation(self) -> None:
        assert f"：{ACTS['issue.undo'].assumed}" in acts_page(forms=())

    def test_reads_the_reasons_of_an_act_from_its_own_guards(self) -> None:
        codes = [reason.code for reason in reasons_of(ACTS["card.issue"])]
        assert "HOLDER_IS_MINOR" in codes
        assert "WRONG_CARD_SCANNED" in codes
        assert "DEFECT_NOT_NAMED" not in codes


class TestStatesPage:
    def test_draws_every_change_of_state_of_the_table(self) -> None:
        text = states_page()
        assert "    in_custody --> issued: 发放给持卡人本人、发放给代领人" in text
        assert "    issued --> in_custody: 更正误登的签收行、撤销误登的发放\n" in text
        assert "    rechecked --> entered: 省系统错卡登记\n" in text
        assert re.search(r"^    \[\*\] --> in_custody: .*、登记到货明细$", text, re.MULTILINE)
        assert re.search(r"^    \[\*\] --> locked: 期初登记", text, re.MULTILINE), "as claimed"
        for row in ROWS:
            for value in row.becomes.values():
                assert re.search(f"--> {value}: .*{row.title}", text), (row.code, value)

    def test_draws_no_state_that_does_not_exist(self) -> None:
        known = {str(m) for s in Subject for region in REGIONS[s].values() for m in region}
        for old, new in re.findall(r"^    (\S+) --> (\S+):", states_page(), re.MULTILINE):
            assert {old, new} <= known | {"[*]"}


class TestRolesPage:
    def test_agrees_with_the_table_in_every_cell(self) -> None:
        lines = roles_page(pages=()).splitlines()
        heads = next(line for line in lines if line.startswith("| 业务 |"))
        titles = [head.strip() for head in heads.strip("|").split("|")][1:]
        for row in ROWS:
            line = next(one for one in lines if one.startswith(f"| [{row.title}]"))
            cells = dict(
                zip(titles, [c.strip() for c in line.strip("|").split("|")][1:], strict=True)
            )
            for role in Role:
                cell = cells.get(role.label, "")
                words = set(cell.split("，")) - {""}
                assert ("复" in words) == (role in row.second), (row.code, role)
                assert ("监" in words) == (role in row.witness), (row.code, role)
                assert ("另" in words) == (row.by_another and role in row.who), (row.code, role)
                assert bool(words - {"复", "监", "另"}) == (role in row.who)

    def test_says_who_may_do_nothing(self) -> None:
        assert "不办理任何业务的岗位：" in roles_page(pages=())
        idle = roles_page(pages=()).split("不办理任何业务的岗位：")[1]
        assert Role.SYSTEM_ADMIN.label in idle


class TestLawPages:
    def test_unconfirmed_numbers_stand_on_top(self) -> None:
        upper, lower = parameters_page().split("## 已确认")
        for one in all_parameters():
            assert (f'id="{one.key}"' in upper) == (not one.confirmed)
            assert (f'id="{one.key}"' in lower) == one.confirmed
        assert UNCONFIRMED not in lower

    def test_every_refusal_notice_and_paper_is_listed(self) -> None:
        text = refusals_page()
        assert all(f"`{code}`" in text for code in CATALOGUE)
        text = papers_and_notices_page()
        assert all(f"`{code}`" in text for code in KINDS)
        assert all(f"`{notice.text_id}`" in text for notice in NOTICES)


class TestWords:
    @pytest.mark.parametrize(
        ("key", "words"),
        [
            ("personal_replacement_fee_fen", "2000 分（20.00 元）"),
            ("stranded_bands", "30、60、90、180 天"),
            ("minor_may_collect", "否"),
            ("loss_questions_required", "3 个"),
            ("formal_loss_releasable_until", "`never`"),
        ],
    )
    def test_write_a_number_with_its_unit(self, key: str, words: str) -> None:
        one = parameter(key)
        assert number_words(one, one.values[-1].value) == words

    def test_show_blanks_as_dots(self) -> None:
        assert with_dots("该卡已由{last_org}于 {last_at} 发放。") == "该卡已由…于 … 发放。"

    def test_escape_what_would_tear_a_table(self) -> None:
        assert table(("a",), [("x|y\nz",)]).splitlines()[2] == "| x\\|y<br>z |"
        assert table(("a",), []) == "（无）"
