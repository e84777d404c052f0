"""`cardbook import opening`: check, post, repeat, and every way to be refused (Art. 6)."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from cardbook.cards.models import Card
from cardbook.chapters.intake.opening.tests.ledgers import row, sheet
from cardbook.config.wiring import imports
from cardbook.imports.models import ImportFile
from cardbook.testing.factories import City

pytestmark = [pytest.mark.django_db, pytest.mark.article(6)]


def run(path: Path, *options: str) -> Result:
    return CliRunner().invoke(
        imports, ["opening", str(path), "--source", "省平台导出", "--json", *options]
    )


def ledger(folder: Path, rows: list[dict[str, str]]) -> Path:
    path = folder / "期初.csv"
    path.write_bytes(sheet(rows))
    return path


def test_checks_posts_and_says_when_it_was_posted_before(city: City, tmp_path: Path) -> None:
    path = ledger(tmp_path, [row("Q00000001"), row("Q00000002")])
    to = ("--to", city.here.county.name, "--as-of", "2026-10-31")
    only = run(path, *to, "--check-only")
    assert (only.exit_code, json.loads(only.stdout)["result"]) == (0, "clean")
    assert not Card.objects.exists()
    posted = run(path, *to)
    answer = json.loads(posted.stdout)
    assert (posted.exit_code, answer["result"], answer["cards"]) == (0, "posted", 2)
    again = run(path, *to)
    assert (again.exit_code, json.loads(again.stdout)["result"]) == (0, "repeated")
    assert Card.objects.count() == 2


def test_wrong_rows_end_with_one_and_the_own_sheet(city: City, tmp_path: Path) -> None:
    path = ledger(tmp_path, [row("Q00000001", 状态="丢了")])
    back = tmp_path / "错误"
    result = run(path, "--to", city.here.county.name, "--errors", str(back))
    assert result.exit_code == 1
    (problem,) = json.loads(result.stdout)["problems"]
    assert (problem["row"], problem["field"]) == (2, "状态") and "请改为" in problem["remedy"]
    assert "丢了" in back.with_suffix(".csv").read_text("gb18030")
    assert not Card.objects.exists()


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (("--to", "没有这个县"), "请核对 --to"),
        ((), "请用 --to 指明县区"),
        (("--as", "nobody"), "没有用户"),
    ],
)
def test_who_and_where_must_be_clear(
    city: City, tmp_path: Path, options: tuple[str, ...], words: str
) -> None:
    result = run(ledger(tmp_path, [row("Q00000001")]), *options)
    assert result.exit_code == 2 and words in json.loads(result.stdout)["sentence"]
    assert not ImportFile.objects.exists()
