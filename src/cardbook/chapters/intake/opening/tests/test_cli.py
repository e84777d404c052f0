"""`cardbook import opening`: check, post, repeat, and every way to be refused (Art. 6)."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from django.test import Client
from pytest_django import Settings

from cardbook.cards.models import Card
from cardbook.chapters.intake.models import OpeningSource
from cardbook.chapters.intake.opening.tests.ledgers import row, sheet
from cardbook.config.wiring import imports
from cardbook.imports.models import ImportFile
from cardbook.orgs.actors import Actor
from cardbook.orgs.models import Organization, User
from cardbook.testing import factories as make
from cardbook.testing.factories import City

pytestmark = [pytest.mark.django_db, pytest.mark.article(6)]


def run(path: Path, *options: str, typed: str = "") -> Result:
    return CliRunner().invoke(
        imports, ["opening", str(path), "--source", "省平台导出", "--json", *options], input=typed
    )


def name_of(actor: Actor) -> str:
    return User.objects.get(pk=actor.user_id).username


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


def test_wrong_rows_are_listed_also_where_the_sheet_cannot_be_written(
    city: City, tmp_path: Path
) -> None:
    path = ledger(tmp_path, [row("Q00000001", 状态="丢了")])
    nowhere = tmp_path / "没有这个目录" / "错误.csv"
    result = run(path, "--to", city.here.county.name, "--errors", str(nowhere))
    assert result.exit_code == 1 and len(json.loads(result.stdout)["problems"]) == 1
    assert f"错误清单没有写成：{nowhere}" in result.stderr


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


class TestTheSecondPerson:
    def test_signs_with_his_own_password_once_the_county_works_with_this_book(
        self, city: City, tmp_path: Path
    ) -> None:
        Organization.objects.filter(pk=city.here.county.pk).update(live_on="2026-11-01")
        path = ledger(tmp_path, [row("Q00000001")])
        to = ("--to", city.here.county.name, "--as-of", "2026-10-31")
        alone = run(path, *to)
        assert alone.exit_code == 2 and not Card.objects.exists()
        two = run(path, *to, "--second", name_of(city.here.reviewer), typed=f"{make.PASSWORD}\n")
        assert two.exit_code == 0 and json.loads(two.stdout)["cards"] == 1
        assert OpeningSource.objects.get().second_id == city.here.reviewer.user_id

    def test_whoever_tries_passwords_locks_the_account_here_and_at_the_login_page(
        self, city: City, tmp_path: Path, client: Client, settings: Settings
    ) -> None:
        path, name = ledger(tmp_path, [row("Q00000001")]), name_of(city.here.reviewer)
        given = ("--to", city.here.county.name, "--second", name)
        for _ in range(settings.LOGIN_TRIES):
            wrong = run(path, *given, typed="wrong\n")
            assert wrong.exit_code == 2 and "密码不对" in json.loads(wrong.stdout)["sentence"]
        locked = run(path, *given, typed=f"{make.PASSWORD}\n")
        assert locked.exit_code == 2 and "锁定" in json.loads(locked.stdout)["sentence"]
        page = client.post("/account/login/", {"login": name, "password": make.PASSWORD})
        assert page.status_code == 200, "not signed in"
        other = name_of(city.here.auditor)
        assert client.post(
            "/account/login/", {"login": other, "password": make.PASSWORD}
        ).status_code == 302  # fmt: skip
        assert not ImportFile.objects.exists() and not Card.objects.exists()
