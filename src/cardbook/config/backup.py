"""Backs the book up with PostgreSQL's own tools, and tries a backup out (Art. 20, 32; B, G1, G3).

`cardbook backup` writes a folder: the dump, what was in it, the papers. Keys are never in it:
whoever finds a backup must not be able to read it. `drill.py` beside it restores one and looks.
"""

import hashlib
import json
import os
import shutil
import subprocess
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import psycopg
from django.conf import settings

from cardbook import __version__
from cardbook.config import embedded
from cardbook.config.doctor.ledger import BACKUP_MARK

DUMP, MANIFEST, PAPERS = "database.dump", "manifest.json", "papers"
_BLOCK = 1 << 20
# What every process makes anew: not worth keeping, and gone by itself.
_PASSING = ("cardbook_cache", "django_session")


class BackupFailed(Exception):
    """It was not done; the sentence says what to look at."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Manifest:
    """What a backup holds, counted in the same snapshot as the dump."""

    made_at: str
    version: str
    server: int
    tables: Mapping[str, int]
    sealed: int
    dump_sha256: str
    dump_bytes: int
    papers: int
    keys: Mapping[str, str]
    seconds: float


def programs(server: int) -> Path:
    """This function will find the tools of the server's own release; newer dumps do not go back.

    :raises BackupFailed: when the machine has none.
    """
    release = server // 10_000
    known = [Path(f"/usr/lib/postgresql/{release}/bin")]
    with suppress(embedded.DatabaseUnavailable):
        known.append(embedded.tools())
    for folder in known:
        if (folder / "pg_dump").exists() and _release(folder) == release:
            return folder
    raise BackupFailed(
        f"没有 PostgreSQL {release} 的 pg_dump。请安装 postgresql-client-{release}，再试。"
    )


def _release(folder: Path) -> int:
    said = subprocess.run(
        [folder / "pg_dump", "--version"], capture_output=True, text=True, check=True
    ).stdout
    return int(said.split()[2].split(".")[0])


def run_tool(folder: Path, program: str, *arguments: object, database: str) -> None:
    """This function will run a tool as the owner; the password never is on a command line.

    :raises BackupFailed: with the end of what the tool said.
    """
    owner = settings.DATABASES["owner"]
    named = {
        "PGHOST": owner["HOST"], "PGPORT": owner["PORT"], "PGUSER": owner["USER"],
        "PGPASSWORD": owner["PASSWORD"], "PGDATABASE": database,
    }  # fmt: skip
    done = subprocess.run(
        [folder / program, *map(str, arguments)],
        env={**os.environ, **{name: str(text) for name, text in named.items() if text}},
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    if done.returncode:
        raise BackupFailed(f"{program} 没有成功：{done.stderr.strip()[-1500:]}")


def key_marks(folder: Path) -> dict[str, str]:
    """This function will mark each key by a short digest: enough to know it, not to use it."""
    return {
        path.name: hashlib.sha256(b"cardbook key mark:" + path.read_bytes()).hexdigest()[:16]
        for path in sorted(folder.glob("*.key"))
    }


def back_up(*, into: Path, at: datetime, seconds: Any) -> Path:
    """This function will write one backup below `into` and return its folder.

    `seconds` is a clock that only runs forward. Half a backup never carries the final name.

    :raises BackupFailed: when a tool fails or the folder cannot be written.
    """
    began, name = seconds(), f"cardbook-{at:%Y%m%dT%H%M%SZ}"
    draft = into / f".{name}.part"
    try:
        draft.mkdir(parents=True, mode=0o700)
        dumped = _dump(draft / DUMP)
        papers = _copy_papers(Path(settings.PAPERS_ROOT), into / PAPERS)
        manifest = Manifest(
            made_at=at.isoformat(timespec="seconds"),
            version=__version__,
            dump_sha256=digest_of(draft / DUMP),
            dump_bytes=(draft / DUMP).stat().st_size,
            papers=papers,
            keys=key_marks(settings.ENVIRONMENT.keys),
            seconds=round(seconds() - began, 1),
            **dumped,
        )
        text = json.dumps(asdict(manifest), ensure_ascii=False, indent=1, sort_keys=True)
        (draft / MANIFEST).write_text(text + "\n", encoding="utf-8")
        draft.rename(into / name)
        (settings.ENVIRONMENT.data / BACKUP_MARK).touch()  # `cardbook doctor` reads its time
    except OSError as problem:
        raise BackupFailed(
            f"没有写成（{problem.strerror}，{problem.filename}）：请清理备份盘或换一个目录。"
        ) from problem
    finally:
        shutil.rmtree(draft, ignore_errors=True)
    return into / name


def _dump(target: Path) -> dict[str, Any]:
    """Dump the database and count its tables in one exported snapshot."""
    with psycopg.connect(settings.DATABASE_URLS.owner_url) as link:
        link.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        row = link.execute("SELECT pg_export_snapshot()").fetchone()
        assert row is not None
        tables = count_tables(link)
        sealed = link.execute("SELECT count(*) FROM ledger_seal").fetchone()
        assert sealed is not None
        server = link.info.server_version
        run_tool(
            programs(server), "pg_dump", "--format=custom", "--no-owner", "--no-privileges",
            f"--snapshot={row[0]}", *(f"--exclude-table-data={name}" for name in _PASSING),
            f"--file={target}", database=link.info.dbname,
        )  # fmt: skip
    return {"tables": tables, "sealed": sealed[0], "server": server}


def count_tables(link: "psycopg.Connection[Any]") -> dict[str, int]:
    """This function will count the rows of every table that a backup keeps."""
    names = [
        name
        for (name,) in link.execute(
            "SELECT tablename FROM pg_tables WHERE schemaname = current_schema() ORDER BY 1"
        )
        if name not in _PASSING
    ]
    counts = {}
    for name in names:
        row = link.execute(
            psycopg.sql.SQL("SELECT count(*) FROM {}").format(psycopg.sql.Identifier(name))
        ).fetchone()
        assert row is not None
        counts[name] = row[0]
    return counts


def _copy_papers(source: Path, target: Path) -> int:
    """Copy papers that are not there yet, or were sealed anew since.

    After the dump: a paper's file is written before its row, so each row's file is there.
    """
    target.mkdir(parents=True, exist_ok=True, mode=0o700)
    count = 0
    for path in source.rglob("*"):
        if path.name.startswith(".") or not path.is_file():
            continue
        count += 1
        copy = target / path.relative_to(source)
        if not copy.exists() or _key_version(copy) != _key_version(path):
            copy.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            draft = copy.with_name(f".{copy.name}.part")
            shutil.copy2(path, draft)
            draft.replace(copy)
    return count


def _key_version(path: Path) -> bytes:
    """The first byte of a sealed file; it changes when the key does (docs/operate/keys.md)."""
    with path.open("rb") as file:
        return file.read(1)


def digest_of(path: Path) -> str:
    """This function will take the SHA-256 of a file, a block at a time."""
    running = hashlib.sha256()
    with path.open("rb") as file:
        while block := file.read(_BLOCK):
            running.update(block)
    return running.hexdigest()


def read_manifest(folder: Path) -> Manifest:
    """This function will read what a backup says of itself.

    :raises BackupFailed: when it is not a backup, or not a whole one.
    """
    try:
        return Manifest(**json.loads((folder / MANIFEST).read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError) as problem:
        raise BackupFailed(f"{folder} 不是完整的备份（{MANIFEST} 不能读取）。") from problem
