"""`cardbook figures` as a script uses it: sentences, JSON, exit codes."""

import json

import pytest
from click.testing import CliRunner

from cardbook.insight.figures.cli import figures
from cardbook.insight.figures.tests.lives import Life, live
from cardbook.ledger.tests.tampering import tamper
from cardbook.testing import factories as make


@pytest.fixture
def life(fresh_database: str) -> Life:
    return live(make.city())


class TestFiguresCommand:
    def test_says_where_all_cards_are(self, life: Life) -> None:
        done = CliRunner().invoke(figures)
        assert done.exit_code == 0
        assert "登记入账 11 张 = 在途 4 + 待分类库 3" in done.stdout
        assert "甲县人社局：登记入账 8" in done.stdout
        assert done.stdout.endswith("✓ 登记入账等于各处合计。\n")

    def test_answers_a_script_for_one_county(self, life: Life) -> None:
        county = life.city.neighbour.county
        done = CliRunner().invoke(figures, ["--json", "--county", county.code])
        answer = json.loads(done.stdout)
        assert answer["registered"] == 3 and answer["ok"] is True
        assert answer["figures"]["received"] == 2
        assert [one["name"] for one in answer["counties"]] == [county.name]

    def test_does_not_know_a_county_by_another_code(self, life: Life) -> None:
        done = CliRunner().invoke(figures, ["--county", "999"])
        assert done.exit_code == 2 and "没有编号为 999 的县区" in done.stderr

    def test_ends_with_one_when_numbers_do_not_add_up(self, life: Life) -> None:
        tamper(f"DELETE FROM custody_position WHERE card_id = {life.missing.pk}")
        done = CliRunner().invoke(figures)
        assert done.exit_code == 1
        assert "✗ 合计：登记入账 11 张，各处合计 10 张，少 1 张" in done.stdout
