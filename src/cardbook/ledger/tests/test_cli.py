"""`cardbook ledger` as a script uses it: exit codes, JSON, sentences."""

import json
from pathlib import Path

import psycopg
from click.testing import CliRunner, Result
from django.conf import settings

from cardbook.ledger import proof
from cardbook.ledger.cli import ledger
from cardbook.ledger.models import Event
from cardbook.ledger.tests.tampering import database, tamper
from cardbook.testing.factories import City


def run(*arguments: object) -> Result:
    return CliRunner().invoke(ledger, [str(argument) for argument in arguments])


class TestLedgerCommand:
    def test_seals_exports_and_verifies(self, city: City, tmp_path: Path) -> None:
        sealed = run("seal", "--json")
        assert sealed.exit_code == 0
        assert json.loads(sealed.stdout)["size"] == Event.objects.count()
        assert run("export", tmp_path, "--json").exit_code == 0
        verified = run("verify", tmp_path, "--against", tmp_path / "checkpoints.jsonl")
        assert verified.exit_code == 0
        assert "全部相符，并与留存的检查点相符" in verified.stdout
        answer = json.loads(run("verify", "--database", "--json").stdout)
        assert answer["ok"] is True
        assert answer["events"] == Event.objects.count()

    def test_names_what_is_false_and_ends_with_one(self, sealed_city: City) -> None:
        victim = Event.objects.order_by("pk")[3].pk
        tamper(f"UPDATE ledger_event SET basis = '' WHERE id = {victim}")
        found = run("verify", "--json")
        assert found.exit_code == 1
        assert json.loads(found.stdout)["code"] == "EVENT_CHANGED"
        said = run("verify")
        assert (said.exit_code, f"台账记录 {victim}" in said.stderr) == (1, True)

    def test_ends_with_one_when_it_must_not_sign(self, sealed_city: City) -> None:
        tamper("UPDATE ledger_checkpoint SET sealed_at = sealed_at + interval '1 day'")
        refused = run("seal", "--json")
        assert refused.exit_code == 1
        assert "时钟被拨回" in json.loads(refused.stdout)["problem"]

    def test_ends_with_two_when_nothing_was_done(self, city: City, tmp_path: Path) -> None:
        nothing_sealed = run("export", tmp_path / "out")
        assert (nothing_sealed.exit_code, "先运行" in nothing_sealed.stderr) == (2, True)
        not_an_export = run("verify", tmp_path)
        assert (not_an_export.exit_code, "读不到" in not_an_export.stderr) == (2, True)
        with psycopg.connect(settings.DATABASE_URLS.owner_url, dbname=database()) as other:
            other.execute("SELECT pg_advisory_lock(%s)", [proof._ONE_SEALER])
            busy = run("seal")
        assert (busy.exit_code, "正在运行" in busy.stderr) == (2, True)
        assert run("verify", tmp_path, "--database").exit_code == 2

    def test_says_when_a_folder_cannot_be_written(self, sealed_city: City, tmp_path: Path) -> None:
        (tmp_path / "file").write_text("", "utf-8")
        refused = run("export", tmp_path / "file" / "out")
        assert (refused.exit_code, "不能写入" in refused.stderr) == (2, True)
