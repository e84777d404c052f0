"""`cardbook ledger`: seal the book, export it, verify it (architecture, section 4, Proof).

Exit codes: 0 done and true, 1 something is false (named), 2 not done. `--json` answers on stdout.
"""

import time
from collections.abc import Mapping
from pathlib import Path

import click
from django.db import DatabaseError

from cardbook.ledger.checkpoints import moment_text
from cardbook.ledger.export import NothingSealed, export_ledger
from cardbook.ledger.proof import AnotherSealer, SealingRefused, seal_events, sealing_lag
from cardbook.ledger.verify import (
    NotReadable,
    NotTrue,
    Verified,
    verify_database,
    verify_folder,
)
from cardbook.lib.canonical import canonical_json

FALSE, NOT_DONE = 1, 2
_as_json = click.option("--json", "as_json", is_flag=True, help="以 JSON 输出，供程序读取")


@click.group()
def ledger() -> None:
    """封存、导出、核验台账。"""


@ledger.command()
@click.option(
    "--every", type=click.IntRange(1, 3600), help="每隔多少秒封存一次，一直运行（常用 30）"
)
@_as_json
def seal(*, every: int | None, as_json: bool) -> None:
    """封存已办结的记录，签发检查点。"""
    while True:
        try:
            _seal_once(as_json=as_json)
        except AnotherSealer as problem:
            if every is None:
                _fail("ANOTHER_SEALER", str(problem), as_json=as_json, code=NOT_DONE)
        except SealingRefused as problem:
            _fail("SEALING_REFUSED", str(problem), as_json=as_json, code=FALSE, ends=not every)
        if every is None:
            return
        time.sleep(every)


def _seal_once(*, as_json: bool) -> None:
    done = seal_events(progress=lambda size: click.echo(f"已封存至第 {size} 条", err=True))
    lag = sealing_lag()
    _say(
        {
            "ok": True,
            "sealed": done.events,
            "checkpoints": done.checkpoints,
            "size": done.size,
            "sealed_at": done.sealed_at,
            "waiting": lag.events,
        },
        f"本次封存 {done.events} 条，签发检查点 {done.checkpoints} 个；"
        f"共 {done.size} 条已封存，{lag.events} 条在办理中或等待下次封存。",
        as_json=as_json,
    )


@ledger.command()
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path))
@_as_json
def export(*, folder: Path, as_json: bool) -> None:
    """把已封存的台账导出到目录，连同格式说明和独立的核验程序。"""
    try:
        done = export_ledger(
            folder=folder, progress=lambda size: click.echo(f"已导出 {size} 条", err=True)
        )
    except NothingSealed as problem:
        _fail("NOTHING_SEALED", str(problem), as_json=as_json, code=NOT_DONE)
    except OSError as problem:
        sentence = (
            f"目录 {folder} 不能写入（{problem.strerror}）：请换一个目录，或清理磁盘后重试。"
        )
        _fail("NOT_WRITABLE", sentence, as_json=as_json, code=NOT_DONE)
    else:
        _say(
            {
                "ok": True,
                "folder": str(done.folder),
                "events": done.events,
                "checkpoints": done.checkpoints,
            },
            f"已导出 {done.events} 条记录、{done.checkpoints} 个检查点到 {done.folder}。\n"
            f"核验：python {done.folder / 'verify_ledger.py'} {done.folder}",
            as_json=as_json,
        )


@ledger.command()
@click.argument(
    "folder", required=False, type=click.Path(exists=True, file_okay=False, path_type=Path)
)
@click.option("--database", is_flag=True, help="核验数据库里的台账（不给目录时即为此）")
@click.option(
    "--against",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="自己留存的 checkpoints.jsonl，用来发现砍尾和整本重写",
)
@_as_json
def verify(*, folder: Path | None, database: bool, against: Path | None, as_json: bool) -> None:
    """核验台账：没有一条被改、被删、被插入、被调换次序。"""
    if database and folder is not None:
        raise click.UsageError("目录和 --database 只能选一个。")
    if folder is None and against is not None:
        raise click.UsageError("--against 用于核验导出的目录，请写明目录。")
    try:
        found = _verified(folder, against)
    except NotTrue as problem:
        _fail(problem.code, str(problem), as_json=as_json, code=FALSE)
    except (NotReadable, DatabaseError) as problem:
        _fail("NOT_READABLE", str(problem), as_json=as_json, code=NOT_DONE)
    else:
        _say(_answer(found), _sentence(found, kept=against is not None), as_json=as_json)


def _verified(folder: Path | None, against: Path | None) -> Verified:
    def progress(size: int) -> None:
        click.echo(f"已核验 {size} 条", err=True)

    if folder is None:
        return verify_database(progress=progress)
    return verify_folder(folder=folder, kept=against, progress=progress)


def _answer(found: Verified) -> Mapping[str, object]:
    newest = found.newest
    return {
        "ok": True,
        "events": found.events,
        "checkpoints": found.checkpoints,
        "root": newest.root.hex() if newest else None,
        "sealed_at": moment_text(newest.sealed_at) if newest else None,
    }


def _sentence(found: Verified, *, kept: bool) -> str:
    if found.newest is None:
        return "台账还没有检查点，没有可以核验的内容。"
    witness = (
        "，并与留存的检查点相符" if kept else "（没有用留存的检查点对照，砍尾和整本重写发现不了）"
    )
    return (
        f"✓ {found.events} 条记录与 {found.checkpoints} 个检查点全部相符{witness}。\n"
        f"  最近一次封存 {moment_text(found.newest.sealed_at)}，根 {found.newest.root.hex()}"
    )


def _say(answer: Mapping[str, object], sentence: str, *, as_json: bool) -> None:
    click.echo(canonical_json(answer) if as_json else sentence)


def _fail(kind: str, sentence: str, *, as_json: bool, code: int, ends: bool = True) -> None:
    if as_json:
        click.echo(canonical_json({"ok": False, "code": kind, "problem": sentence}))
    else:
        click.echo(f"✗ {sentence}", err=True)
    if ends:
        raise SystemExit(code)
