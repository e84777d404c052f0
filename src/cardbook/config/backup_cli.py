"""`cardbook backup` and `cardbook restore-drill`: for the administrator and his timers (Art. 20).

Exit codes: 0 done and well, 1 the backup would not have saved the office, 2 not done.
"""

import time
from datetime import UTC, datetime
from pathlib import Path

import click
import psycopg
from django.conf import settings

from cardbook.config.backup import MANIFEST, BackupFailed, back_up, read_manifest
from cardbook.config.drill import try_out

WRONG, NOT_DONE = 1, 2
_FOLDER = click.Path(file_okay=False, path_type=Path)


@click.command("backup")
@click.argument("into", type=_FOLDER)
def backup(*, into: Path) -> None:
    """备份数据库和凭据文件到目录 INTO（不含密钥，密钥另放）。"""
    try:
        made = back_up(into=into, at=datetime.now(tz=UTC), seconds=time.monotonic)
        manifest = read_manifest(made)
    except (BackupFailed, psycopg.Error) as problem:
        click.echo(f"没有备份：{problem}", err=True)
        raise SystemExit(NOT_DONE) from problem
    click.echo(
        f"{made}：{sum(manifest.tables.values())} 行，数据库 {manifest.dump_bytes / 1e6:.1f} MB，"
        f"凭据文件 {manifest.papers} 份，{manifest.seconds} 秒。"
    )
    click.echo(f"密钥不在其中：请确认 {settings.ENVIRONMENT.keys} 已另行保存到别处。")


@click.command("restore-drill")
@click.argument("folder", type=_FOLDER)
@click.option("--keys", type=_FOLDER, help="另行保存的密钥目录；不给时用正在使用的")
def restore_drill(*, folder: Path, keys: Path | None) -> None:
    """恢复演练：把备份 FOLDER（或目录里最新的一份）恢复到临时库，清点、核对、核验后删除。"""
    try:
        tried = try_out(
            folder=_newest(folder),
            keys=keys or settings.ENVIRONMENT.keys,
            seconds=time.monotonic,
            say=lambda sentence: click.echo(f"  {sentence}", err=True),
        )
    except (BackupFailed, psycopg.Error) as problem:
        click.echo(f"没有通过：{problem}", err=True)
        raise SystemExit(NOT_DONE) from problem
    age = datetime.now(tz=UTC) - datetime.fromisoformat(tried.manifest.made_at)
    click.echo(
        f"备份时间 {tried.manifest.made_at}（{age.total_seconds() / 3600:.1f} 小时前，"
        f"此后的登记不在其中）；恢复 {tried.restore_seconds} 秒，全程 {tried.whole_seconds} 秒。"
    )
    if tried.wrong:
        click.echo("\n".join(f"✗ {sentence}。" for sentence in tried.wrong))
        raise SystemExit(WRONG)
    click.echo("✓ 行数、凭据、密钥、账实核对、台账核验全部通过。")


def _newest(folder: Path) -> Path:
    """The backup itself, or the newest one in a folder of backups."""
    if (folder / MANIFEST).exists():
        return folder
    found = sorted(path.parent for path in folder.glob(f"cardbook-*/{MANIFEST}"))
    if not found:
        raise BackupFailed(f"{folder} 里没有备份。")
    return found[-1]
