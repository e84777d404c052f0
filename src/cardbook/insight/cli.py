"""`cardbook check`, `cardbook docs`: what holds, and what the tables say as pages.

Exit codes: 0 done and well, 1 something is wrong (named), 2 not done. `config/cli.py` mounts them.
"""

from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path

import click
from django.db import DatabaseError
from django.utils import timezone

from cardbook.insight.check import Finding, Recount, recount
from cardbook.insight.docs import FOLDER, differences, write_docs
from cardbook.lib.canonical import canonical_json

WRONG, NOT_DONE = 1, 2
_LATE = timedelta(minutes=3)
_as_json = click.option("--json", "as_json", is_flag=True, help="以 JSON 输出，供程序读取")


# ------------------------------------------------------------------------- cardbook check


@click.command("check")
@_as_json
def check(*, as_json: bool) -> None:
    """从原始记录重新核对全部账实规则（N1–N6）。"""
    try:
        found = recount(progress=_progress)
    except DatabaseError as problem:
        click.echo(f"没有核对：数据库不能读取（{problem}）。", err=True)
        raise SystemExit(NOT_DONE) from problem
    click.echo(canonical_json(_check_answer(found)) if as_json else _check_text(found))
    if not found.holds:
        raise SystemExit(WRONG)


def _progress(finding: Finding) -> None:
    mark = "✓" if finding.holds else "✗"
    click.echo(f"{mark} {finding.rule.title}（{finding.milliseconds} 毫秒）", err=True)


def _check_answer(found: Recount) -> Mapping[str, object]:
    return {
        "ok": found.holds,
        "cards": found.cards,
        "events": found.events,
        "places": {str(place): count for place, count in found.places.items()},
        "waiting": found.waiting.events,
        "rules": [
            {
                "code": finding.rule.code,
                "name": finding.rule.name,
                "subject": finding.rule.subject,
                "title": finding.rule.title,
                "ok": finding.holds,
                "count": finding.count,
                "first": finding.first,
                "milliseconds": finding.milliseconds,
            }
            for finding in found.findings
        ],
    }


def _check_text(found: Recount) -> str:
    lines = []
    for finding in found.findings:
        mark = "✓" if finding.holds else "✗"
        lines.append(f"{mark} {finding.rule.code}  {finding.rule.title}")
        if finding.first is not None:
            lines.append(f"        {finding.count} 处不符，首例：{finding.first.sentence}")
    lines.append("")
    places = " + ".join(f"{place.label} {count}" for place, count in found.places.items())
    lines.append(f"社保卡 {found.cards} 张 = {places or '0'}")
    lines.append(f"台账 {found.events} 条，{_waiting(found)}")
    lines.append(_verdict(found))
    return "\n".join(lines)


def _waiting(found: Recount) -> str:
    oldest = found.waiting.oldest
    if oldest is None:
        return "全部已封存"
    late = timezone.now() - oldest > _LATE
    alarm = "；最早一条已等待 3 分钟以上，请检查封存程序（cardbook ledger seal）" if late else ""
    return f"其中 {found.waiting.events} 条未封存{alarm}"


def _verdict(found: Recount) -> str:
    wrong = [finding for finding in found.findings if not finding.holds]
    if not wrong:
        return f"{len(found.findings)} 项核对全部相符。"
    first = wrong[0].first
    assert first is not None
    return (
        f"{len(found.findings)} 项核对，{len(wrong)} 项不符。首例：{first.sentence}。\n"
        "请勿直接改库：先运行 cardbook ledger verify 看台账是否被改动，再用更正业务办理。"
    )


# -------------------------------------------------------------------------- cardbook docs


@click.command("docs")
@click.option("--check", "only_check", is_flag=True, help="只核对，不写；不一致时以 1 结束")
@click.option(
    "--folder", type=click.Path(file_okay=False, path_type=Path), default=FOLDER, hidden=True
)
def docs(*, only_check: bool, folder: Path) -> None:
    """从业务总表生成 docs/generated，或核对是否最新。"""
    if only_check:
        found = differences(folder=folder)
        for difference in found:
            click.echo(f"✗ {folder.name}/{difference.name}：{difference.what}", err=True)
        if found:
            click.echo("请运行 make docs（cardbook docs）并一起提交。", err=True)
            raise SystemExit(WRONG)
        click.echo("✓ 生成文档与业务总表一致。")
        return
    try:
        changed = write_docs(folder=folder)
    except OSError as problem:
        click.echo(f"没有写成：{problem.strerror}（{problem.filename}）。", err=True)
        raise SystemExit(NOT_DONE) from problem
    for difference in changed:
        click.echo(f"{folder.name}/{difference.name}：已更新（原{difference.what}）")
    click.echo(f"生成文档已是最新，更新 {len(changed)} 页。")
