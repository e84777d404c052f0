"""A real dump of a real book, restored, counted, checked, verified, opened (G1, G3; B-rows)."""

import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

import psycopg
import pytest
from django.conf import settings

from cardbook.config.backup import DUMP, PAPERS, programs, read_manifest, run_tool
from cardbook.papers.storage import add_paper
from cardbook.people.holders import holder_of
from cardbook.people.models import Person
from cardbook.testing import factories as make
from cardbook.testing.sealing import seal_everything

pytestmark = pytest.mark.article(20)


def cardbook(name: str, *arguments: object) -> subprocess.CompletedProcess[str]:
    """The command as an administrator's timer runs it, on the test's own database."""
    urls = {
        "CARDBOOK_DATABASE_URL": settings.DATABASE_URLS.owner_url,
        "CARDBOOK_APP_DATABASE_URL": settings.DATABASE_URLS.app_url,
    }
    env = {
        **os.environ,
        **{key: url.replace("/cardbook?", f"/{name}?") for key, url in urls.items()},
        "PYTHONPATH": os.pathsep.join(path for path in sys.path if path),
    }
    return subprocess.run(
        [sys.executable, "-m", "cardbook.config.cli", *map(str, arguments)],
        env=env, capture_output=True, text=True, check=False,
    )  # fmt: skip


def databases() -> set[str]:
    """The drills' databases on the server; a drill that was killed may have left one before."""
    with psycopg.connect(settings.DATABASE_URLS.owner_url) as link:
        found = link.execute(
            "SELECT datname FROM pg_database WHERE datname LIKE 'cardbook_drill%'"
        )
        return {name for (name,) in found}


@pytest.fixture(scope="module")
def book(shared_database: str) -> str:
    """A city with cards in several places, a paper on disk, and everything sealed."""
    city = make.city()
    make.issued_card(city, city.here)
    make.received_cards(city, city.here, count=3)
    make.cards_in_transit(city, city.neighbour, count=2)
    add_paper(
        kind="id_card_copy", content=b"scan", media_type="image/png", title="x",
        by=city.here.clerk,
    )  # fmt: skip
    seal_everything()
    return shared_database


@pytest.fixture(scope="module")
def taken(book: str, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of backups, with one of it."""
    folder = tmp_path_factory.mktemp("taken")
    done = cardbook(book, "backup", folder)
    assert done.returncode == 0, done.stderr
    return folder


@pytest.fixture
def backup(taken: Path, tmp_path: Path) -> Path:
    """The backup, copied for a test to damage."""
    shutil.copytree(taken, tmp_path / "backups")
    (folder,) = (tmp_path / "backups").glob("cardbook-*")
    return folder


class TestBackup:
    def test_restores_to_the_same_book_and_leaves_no_database_behind(
        self, book: str, backup: Path
    ) -> None:
        before = databases()
        manifest = read_manifest(backup)
        assert manifest.tables["cards_card"] == 6
        assert manifest.sealed == manifest.tables["ledger_event"] > 6
        done = cardbook(book, "restore-drill", backup.parent)
        assert done.returncode == 0, done.stdout + done.stderr
        assert "✓ 行数、凭据、密钥、账实核对、台账核验全部通过。" in done.stdout
        assert "项核对全部相符" in done.stderr
        assert "打开 6 位持卡人、1 份凭据" in done.stderr
        # Other tests' drills begin and end meanwhile; what stays is left behind.
        left, until = databases() - before, time.monotonic() + 120
        while left and time.monotonic() < until:
            time.sleep(1)
            left &= databases()
        assert not left

    @pytest.mark.article(32)
    def test_holds_no_key(self, backup: Path) -> None:
        keys = {path.read_bytes() for path in settings.ENVIRONMENT.keys.glob("*.key")}
        assert keys and backup.is_dir()
        for path in backup.parent.rglob("*"):
            content = path.read_bytes() if path.is_file() else b""
            assert not any(key in content or key.hex().encode() in content for key in keys)

    def test_a_second_one_copies_only_new_papers(self, book: str, backup: Path) -> None:
        before = {path: path.stat().st_ino for path in (backup.parent / PAPERS).rglob("*")}
        assert cardbook(book, "backup", backup.parent).returncode == 0
        after = {path: path.stat().st_ino for path in (backup.parent / PAPERS).rglob("*")}
        # Other tests put papers into the same store meanwhile; what was there is not copied again.
        assert before.items() <= after.items()

    @pytest.mark.article(32)
    @pytest.mark.trust("P5")
    def test_tells_nobody_who_the_holders_are(
        self, book: str, backup: Path, tmp_path: Path
    ) -> None:
        holders = [holder_of(person) for person in Person.objects.all()]
        said = {text.encode() for one in holders for text in (one.name, one.number) if text}
        run_tool(
            programs(read_manifest(backup).server), "pg_restore", "--file", tmp_path / "dump.sql",
            backup / DUMP, database=book,
        )  # fmt: skip
        dump = (tmp_path / "dump.sql").read_bytes()
        assert said and b"people_person" in dump
        assert [text for text in said if text in dump or text.hex().encode() in dump] == []


class TestRestoreDrill:
    def test_finds_a_damaged_dump_before_it_is_needed(self, book: str, backup: Path) -> None:
        content = bytearray((backup / DUMP).read_bytes())
        content[len(content) // 2] ^= 1
        (backup / DUMP).write_bytes(content)
        done = cardbook(book, "restore-drill", backup)
        assert done.returncode == 2 and "文件已损坏" in done.stderr

    def test_finds_that_a_key_was_not_put_away(
        self, book: str, backup: Path, tmp_path: Path
    ) -> None:
        kept = tmp_path / "keys"
        shutil.copytree(settings.ENVIRONMENT.keys, kept)
        (kept / "vault.1.key").unlink()
        done = cardbook(book, "restore-drill", backup, "--keys", kept)
        assert done.returncode == 1 and "密钥 vault.1.key 不在" in done.stdout
        assert not (kept / "vault.1.key").exists(), "a drill never makes a key"

    def test_finds_a_wrong_key(self, book: str, backup: Path, tmp_path: Path) -> None:
        kept = tmp_path / "keys"
        shutil.copytree(settings.ENVIRONMENT.keys, kept)
        (kept / "index.key").write_bytes(b"x" * 32)
        done = cardbook(book, "restore-drill", backup, "--keys", kept)
        assert done.returncode == 1 and "index.key 与备份时用的不是同一把" in done.stdout

    def test_finds_a_paper_that_was_not_copied(self, book: str, backup: Path) -> None:
        shutil.rmtree(backup.parent / PAPERS)
        done = cardbook(book, "restore-drill", backup)
        assert done.returncode == 1 and "1 份凭据在册而文件不在备份里" in done.stdout

    def test_says_so_where_there_is_no_backup(self, book: str, tmp_path: Path) -> None:
        done = cardbook(book, "restore-drill", tmp_path)
        assert done.returncode == 2 and "里没有备份" in done.stderr
