"""`cardbook vault`: does everything open, and how the key is changed (docs/operate/keys.md).

Exit codes: 0 done and well, 1 done and something does not open (named), 2 not done.
"""

from collections.abc import Sequence
from pathlib import Path

import click
import psycopg
from django.conf import settings
from django.db import DatabaseError

from cardbook.config.backup import BackupFailed
from cardbook.config.environment import secret_file
from cardbook.config.switchboard import database_clock
from cardbook.config.vault.night import leave_word
from cardbook.config.vault.repairing import repair
from cardbook.config.vault.walking import Place, Walked, versions, walk_papers, walk_rows

WRONG, NOT_DONE = 1, 2
_SHOWN = 50
_LARGEST_VERSION = 255


@click.group("vault")
def vault() -> None:
    """保险库：个人信息的密文是否都打得开；更换密钥。"""


@vault.command("check")
@click.option("--rows-only", is_flag=True, help="只看数据库，不看凭据文件")
def check(*, rows_only: bool) -> None:
    """逐项打开全部密文，列出打不开的；体检也知道（每天凌晨后台程序看一遍数据库）。"""
    walked = _walked(reseal=False, rows_only=rows_only)
    _say_versions()
    _end(walked.damaged)


@vault.command("new-key")
def new_key() -> None:
    """新建下一版密钥，旧的留着；服务重启后新写的用新密钥。"""
    version = max(settings.VAULT_KEYS) + 1
    if version > _LARGEST_VERSION:
        click.echo(f"没有新建：版本号最大 {_LARGEST_VERSION}。", err=True)
        raise SystemExit(NOT_DONE)
    name = f"vault.{version}.key"
    secret_file(settings.ENVIRONMENT.keys, name, size=len(settings.VAULT_KEYS[version - 1]))
    click.echo(f"已新建 {settings.ENVIRONMENT.keys / name}。接着：")
    click.echo("  1 现在就抄两份到离线介质，分两处锁好；")
    click.echo("  2 重启各项服务（网页、后台程序），一项一项重启也行，不影响办业务；")
    click.echo("  3 以所有者身份运行 cardbook vault reseal，把旧密文换封。")


@vault.command("reseal")
def reseal() -> None:
    """用最新的密钥换封全部旧密文；办业务照常，中断了再运行一次接着做。"""
    walked = _walked(reseal=True, rows_only=False)
    click.echo(f"换封 {walked.resealed} 行（份）。")
    left = _say_versions()
    newest = max(settings.VAULT_KEYS)
    if not left:
        click.echo(
            f"第 {newest} 版以前的密钥没有人用了：重启过全部服务的，可以把旧密钥移出密钥目录，"
            "锁进保险柜（换钥以前的备份还要用它），不要销毁。"
        )
    elif not walked.damaged:
        click.echo("还有旧密文：可能有服务没有重启。全部重启后再运行一次。")
    _end(walked.damaged)


@vault.command("repair")
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path))
def repair_command(*, folder: Path) -> None:
    """从备份 FOLDER 取回打不开的密文；备份以后改过的，回到备份时的内容。"""
    walked = _walked(reseal=False, rows_only=False)
    damaged = walked.damaged
    if not damaged:
        click.echo("没有打不开的，什么也没有改。")
        return
    try:
        left = repair(damaged, folder=folder)
    except (BackupFailed, psycopg.Error, DatabaseError) as problem:
        click.echo(f"没有取回：{problem}", err=True)
        raise SystemExit(NOT_DONE) from problem
    walked.damaged = left
    leave_word(walked, at=database_clock(), papers=True)
    for place in damaged:
        if place not in left:
            click.echo(f"✓ 已取回：{place}，请与本人证件核对（备份后变更过的以证件为准）")
    _end(left)


def _walked(*, reseal: bool, rows_only: bool) -> Walked:
    def say(sentence: str) -> None:
        click.echo(f"  {sentence}", err=True)

    at = database_clock()
    try:
        walked = walk_rows(reseal=reseal, say=say)
        if not rows_only:
            walk_papers(walked, reseal=reseal, say=say)
    except DatabaseError as problem:
        click.echo(
            f"没有做完：{problem}。换封须以所有者身份运行（owner.env）；已换封的不用再做。",
            err=True,
        )
        raise SystemExit(NOT_DONE) from problem
    leave_word(walked, at=at, papers=not rows_only)
    return walked


def _say_versions() -> bool:
    """Say how much each version sealed; returns whether an old one is still needed."""
    counted = versions()
    for version, count in sorted(counted.items()):
        there = "" if version in settings.VAULT_KEYS else "（密钥目录里没有这一版）"
        by = f"第 {version} 版密钥{there}" if version else "没有密封（以前启用的动态口令）"
        click.echo(f"{by}：{count} 项")
    return any(version != max(settings.VAULT_KEYS) for version in counted)


def _end(damaged: Sequence[Place]) -> None:
    if not damaged:
        click.echo("✓ 全部打得开。")
        return
    for place in damaged[:_SHOWN]:
        click.echo(f"✗ 打不开：{place}")
    if len(damaged) > _SHOWN:
        click.echo(f"……共 {len(damaged)} 项")
    click.echo("密钥齐全的，用 cardbook vault repair 备份目录 从备份取回（运行手册“保险库”）。")
    raise SystemExit(WRONG)
