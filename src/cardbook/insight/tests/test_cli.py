"""`cardbook check`, `article`, `docs` as a script uses them: exit codes, JSON, sentences."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner
from django.db import connections

from cardbook.insight.article_cli import article
from cardbook.insight.check import RULES
from cardbook.insight.cli import check, docs
from cardbook.ledger.tests.tampering import tamper
from cardbook.testing import factories as make
from cardbook.testing.factories import City
from cardbook.testing.sealing import seal_everything, settle


@pytest.fixture
def city(fresh_database: str) -> City:
    place = make.city()
    make.issued_card(place, place.here)
    make.received_cards(place, place.here, count=2)
    settle()
    return place


class TestCheckCommand:
    def test_says_that_all_adds_up(self, city: City) -> None:
        seal_everything()
        done = CliRunner().invoke(check)
        assert done.exit_code == 0
        assert done.stdout.count("✓") == len(RULES)
        assert "社保卡 3 张 = 待分类库 2 + 持卡人 1" in done.stdout
        assert "全部已封存" in done.stdout
        assert done.stdout.endswith(f"{len(RULES)} 项核对全部相符。\n")
        assert done.stderr.count("毫秒") == len(RULES)

    def test_answers_a_script_in_json(self, city: City) -> None:
        done = CliRunner().invoke(check, ["--json"])
        answer = json.loads(done.stdout)
        assert (done.exit_code, answer["ok"], answer["cards"]) == (0, True, 3)
        assert answer["places"] == {"store": 2, "holder": 1}
        assert answer["waiting"] == answer["events"] > 5

    def test_names_the_first_offender_and_ends_with_one(self, city: City) -> None:
        tamper(
            "UPDATE cards_card SET bank = 'closed', bank_as_of = now(), bank_source = 'x' "
            "WHERE stage = 'issued'"
        )
        done = CliRunner().invoke(check)
        assert done.exit_code == 1
        assert "✗ N5  社保卡状态等于台账重演" in done.stdout
        assert "1 处不符，首例：社保卡 1：现为 issued / sealed / none / closed" in done.stdout
        assert "请勿直接改库" in done.stdout
        answer = json.loads(CliRunner().invoke(check, ["--json"]).stdout)
        (wrong,) = [rule for rule in answer["rules"] if not rule["ok"]]
        assert (wrong["name"], wrong["count"]) == ("n5_state_is_replayed", 1)
        assert (wrong["first"]["kind"], wrong["first"]["id"]) == ("card", 1)

    def test_raises_the_alarm_when_events_wait_too_long(self, city: City) -> None:
        tamper("UPDATE ledger_event SET recorded_at = recorded_at - interval '1 hour'")
        assert "已等待 3 分钟以上" in CliRunner().invoke(check).stdout

    def test_ends_with_two_when_it_could_not_count(self, city: City) -> None:
        with connections["owner"].cursor() as cursor:
            cursor.execute("ALTER TABLE custody_position RENAME TO elsewhere")
        done = CliRunner().invoke(check)
        assert done.exit_code == 2
        assert "没有核对" in done.stderr


class TestArticleCommand:
    def test_prints_what_serves_an_article(self) -> None:
        done = CliRunner().invoke(article, ["Article", "8"])
        assert done.exit_code == 0
        assert done.stdout.startswith("第八条 由谁发、怎么领（第四章 社保卡发放）\n")
        assert "card.issue  发放给持卡人本人" in done.stdout
        assert "pick_up  陕西省商洛市社会保障卡领卡登记表" in done.stdout
        assert "src/cardbook/insight/tests/test_check.py  " in done.stdout
        assert "test_check.py::" not in done.stdout

    def test_lists_every_test_when_asked(self) -> None:
        done = CliRunner().invoke(article, ["8", "--tests"])
        assert "src/cardbook/insight/tests/test_check.py::TestN4::" in done.stdout

    def test_says_which_act_serves_a_paragraph(self) -> None:
        done = CliRunner().invoke(article, ["8"])
        assert "第 2 款  bundle.hand_out" in done.stdout and "card.issue" in done.stdout

    def test_of_one_paragraph_says_only_what_serves_it(self) -> None:
        done = CliRunner().invoke(article, ["8", "1"])
        assert "城镇职工参保人员：各级社会保障事业管理局" in done.stdout
        assert "第 1 款  handover.send" in done.stdout and "card.issue  发放" not in done.stdout

    def test_says_of_a_parameter_that_no_code_reads_it(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        unread = frozenset({"sheet_return_due_days"})
        monkeypatch.setattr("cardbook.insight.article_cli.unused_parameters", lambda: unread)
        lines = CliRunner().invoke(article, ["8"]).stdout.splitlines()
        (line,) = [one for one in lines if one.strip().startswith("sheet_return_due_days ")]
        assert line.endswith("（尚未使用）")

    def test_answers_a_script_in_json(self) -> None:
        answer = json.loads(CliRunner().invoke(article, ["第八条", "--json"]).stdout)
        assert answer["article"] == 8
        assert {"card.issue", "bundle.hand_out"} <= set(answer["acts"])
        assert {"name": "card.issue", "path": "/desk/"} in answer["pages"]
        assert len(answer["tests"]) > 5

    def test_says_why_an_article_needs_no_software(self) -> None:
        assert "不需要软件：" in CliRunner().invoke(article, ["1"]).stdout

    @pytest.mark.article(24)
    def test_names_the_pages_of_an_article_without_acts(self) -> None:
        told = CliRunner().invoke(article, ["24"]).stdout
        assert "offer.list" in told and "业务（" not in told

    def test_ends_with_two_when_there_is_no_such_article(self) -> None:
        done = CliRunner().invoke(article, ["99"])
        assert (done.exit_code, "共 34 条" in done.stderr) == (2, True)


class TestDocsCommand:
    def test_writes_and_then_finds_nothing_to_complain_of(self, tmp_path: Path) -> None:
        folder = ["--folder", str(tmp_path / "generated")]
        assert CliRunner().invoke(docs, [*folder, "--check"]).exit_code == 1
        assert CliRunner().invoke(docs, folder).exit_code == 0
        assert CliRunner().invoke(docs, [*folder, "--check"]).exit_code == 0

    def test_names_the_page_that_is_old(self, tmp_path: Path) -> None:
        folder = ["--folder", str(tmp_path)]
        CliRunner().invoke(docs, folder)
        (tmp_path / "roles.md").write_text("旧", "utf-8")
        done = CliRunner().invoke(docs, [*folder, "--check"])
        assert done.exit_code == 1
        assert "roles.md：与业务总表不一致" in done.stderr

    def test_ends_with_two_when_it_cannot_write(self, tmp_path: Path) -> None:
        (tmp_path / "file").write_text("", "utf-8")
        done = CliRunner().invoke(docs, ["--folder", str(tmp_path / "file" / "x")])
        assert (done.exit_code, "没有写成" in done.stderr) == (2, True)
