"""Tries a backup out: restores it beside the book, counts, checks, opens, drops it (G1, G3).

Nothing of the running book is touched. `backup.py` beside it makes what is tried here.
"""

import os
import secrets
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit, urlunsplit

import psycopg
from django.conf import settings

from cardbook.config.backup import (
    DUMP,
    PAPERS,
    BackupFailed,
    Manifest,
    count_tables,
    digest_of,
    key_marks,
    programs,
    read_manifest,
    run_tool,
)

Say = Callable[[str], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Tried:
    """What a drill found; `wrong` is empty when the backup would have saved the office."""

    manifest: Manifest
    restore_seconds: float
    whole_seconds: float
    wrong: tuple[str, ...]


def try_out(*, folder: Path, keys: Path, seconds: Callable[[], float], say: Say) -> Tried:
    """This function will restore a backup into a database of its own and look at all of it.

    `keys` is the folder of keys that would be used on the day: those put away, not those in use.

    :raises BackupFailed: when the backup cannot be restored at all.
    """
    began, manifest = seconds(), read_manifest(folder)
    if digest_of(folder / DUMP) != manifest.dump_sha256:
        raise BackupFailed(f"{folder / DUMP} 与备份时的校验值不符：文件已损坏，请用另一份备份。")
    say("校验值相符")
    wrong = list(_wrong_keys(manifest, keys))
    with scratch_database() as name:
        start = seconds()
        run_tool(
            programs(manifest.server), "pg_restore", "--no-owner", "--no-privileges",
            "--exit-on-error", "--jobs=2", f"--dbname={name}", folder / DUMP, database=name,
        )  # fmt: skip
        restored = round(seconds() - start, 1)
        say(f"已恢复到临时数据库，{restored} 秒")
        with psycopg.connect(url_of(name)) as link:
            wrong += _wrong_counts(manifest, count_tables(link))
            wrong += _missing_papers(link, folder.parent / PAPERS)
        say(f"清点 {sum(manifest.tables.values())} 行、{manifest.papers} 份凭据文件")
        if not wrong:
            with _data_of(keys, folder.parent / PAPERS) as data:
                wrong += _looked_at(name, data, say)
    return Tried(
        manifest=manifest,
        restore_seconds=restored,
        whole_seconds=round(seconds() - began, 1),
        wrong=tuple(wrong),
    )


def url_of(name: str) -> str:
    """This function will return the owner's address of another database of the same server."""
    parts = urlsplit(settings.DATABASE_URLS.owner_url)
    return urlunsplit(parts._replace(path=f"/{quote(name)}"))


@contextmanager
def scratch_database() -> Iterator[str]:
    """A database beside the book's, gone afterwards whatever happens."""
    name = f"cardbook_drill_{secrets.token_hex(4)}"
    quoted = psycopg.sql.Identifier(name)
    with psycopg.connect(settings.DATABASE_URLS.owner_url, autocommit=True) as link:
        try:
            link.execute(psycopg.sql.SQL("CREATE DATABASE {}").format(quoted))
        except psycopg.errors.InsufficientPrivilege as problem:
            raise BackupFailed(
                "数据库所有者没有建库的权限。"
                "请以 postgres 执行：ALTER ROLE cardbook_owner CREATEDB;"
            ) from problem
    try:
        yield name
    finally:
        with psycopg.connect(settings.DATABASE_URLS.owner_url, autocommit=True) as link:
            drop = psycopg.sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)")
            link.execute(drop.format(quoted))


@contextmanager
def _data_of(keys: Path, papers: Path) -> Iterator[Path]:
    """A data folder that holds the keys put away and the papers of the backup, by links."""
    with tempfile.TemporaryDirectory(prefix="cardbook-drill-") as text:
        data = Path(text)
        (data / "keys").symlink_to(keys.absolute())
        (data / "files").symlink_to(papers.absolute())
        yield data


def _wrong_keys(manifest: Manifest, keys: Path) -> Iterator[str]:
    found = key_marks(keys)
    for name, mark in manifest.keys.items():
        if name not in found:
            yield f"密钥 {name} 不在 {keys}：没有它，这份备份里的内容打不开"
        elif found[name] != mark:
            yield f"密钥 {name} 与备份时用的不是同一把"


def _wrong_counts(manifest: Manifest, counts: Mapping[str, int]) -> Iterator[str]:
    for name in sorted({*manifest.tables, *counts}):
        before, after = manifest.tables.get(name), counts.get(name)
        if before != after:
            yield f"表 {name}：备份时 {before} 行，恢复后 {after} 行"


def _missing_papers(link: "psycopg.Connection[Any]", papers: Path) -> Iterator[str]:
    # Originals of files that nobody entered are cleared in time; their rows stay (Art. 32).
    digests = [
        one for (one,) in link.execute(
            "SELECT DISTINCT digest FROM papers_paper EXCEPT "
            "SELECT digest FROM imports_importfile WHERE original_purged_on IS NOT NULL"
        )
    ]  # fmt: skip
    missing = [one for one in digests if not (papers / one[:2] / one).exists()]
    if missing:
        yield f"{len(missing)} 份凭据在册而文件不在备份里，首份 {missing[0]}"


def _looked_at(name: str, data: Path, say: Say) -> Iterator[str]:
    """What the office would run on the day, run on the restored book."""
    url = url_of(name)
    env = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "cardbook.config.settings",
        "PYTHONPATH": os.pathsep.join(path for path in sys.path if path),
        "CARDBOOK_DATA": str(data),
        "CARDBOOK_DATABASE_URL": url,
        "CARDBOOK_APP_DATABASE_URL": url,
        "CARDBOOK_DEMO": "",
    }
    for title, command in (
        ("账实核对", ("cardbook.config.cli", "check")),
        ("台账核验", ("cardbook.config.cli", "ledger", "verify", "--database")),
        ("打开持卡人和凭据", ("cardbook.config.reading_back",)),
    ):
        done = subprocess.run(
            [sys.executable, "-m", *command], env=env, capture_output=True, text=True, check=False
        )
        last = (done.stdout.strip() or done.stderr.strip()).splitlines()[-1:]
        if done.returncode:
            yield f"{title}没有通过：{done.stdout.strip()[-600:]}{done.stderr.strip()[-600:]}"
        else:
            say(f"{title}：{''.join(last)}")
