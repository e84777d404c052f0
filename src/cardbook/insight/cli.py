"""`cardbook check`, `cardbook article`, `cardbook docs`: what holds, what serves what, as pages.

Exit codes: 0 done and well, 1 something is wrong (named), 2 not done. `config/cli.py` mounts them.
"""

from collections.abc import Iterable, Mapping
from datetime import timedelta
from pathlib import Path

import click
from django.db import DatabaseError
from django.utils import timezone

from cardbook.insight.articles import NoSuchArticle, Served, article_number, served
from cardbook.insight.check import Finding, Recount, recount
from cardbook.insight.docs import FOLDER, differences, write_docs
from cardbook.insight.words import number_words, with_dots
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


# ----------------------------------------------------------------------- cardbook article


@click.command("article")
@click.argument("number", nargs=-1, required=True)
@_as_json
def article(*, number: tuple[str, ...], as_json: bool) -> None:
    """第 N 条由哪些业务、页面、登记表、参数和测试落实；可写 8、第八条、Article 8。"""
    try:
        found = served(article_number(" ".join(number)))
    except NoSuchArticle as problem:
        click.echo(str(problem), err=True)
        raise SystemExit(NOT_DONE) from problem
    click.echo(canonical_json(_article_answer(found)) if as_json else _article_text(found))


def _article_answer(found: Served) -> Mapping[str, object]:
    return {
        "article": found.article.number,
        "label": found.article.label,
        "chapter": found.article.chapter_label,
        "title": found.article.title,
        "sentences": found.article.sentences,
        "software": found.article.software,
        "acts": [row.code for row in found.acts],
        "pages": [{"name": page.name, "path": page.path} for page in found.pages],
        "registers": [form.slug for form in found.registers],
        "parameters": [one.key for one in found.parameters],
        "notices": [one.text_id for one in found.notices],
        "papers": [one.code for one in found.papers],
        "terms": [one.identifier for one in found.terms],
        "refusals": [one.code for one in found.refusals],
        "tests": [
            {"file": test.file, "name": test.name, "paragraph": test.paragraph}
            for test in found.tests
        ],
    }


def _article_text(found: Served) -> str:
    article_ = found.article
    lines = [f"{article_.label} {article_.title}（{article_.chapter_label}）"]
    lines += [f"  · {sentence}" for sentence in article_.sentences]
    if article_.software != "acts":
        lines.append(f"  不需要软件：{article_.software}。")
    for title, items in _article_parts(found).items():
        if items:
            lines += ["", f"{title}（{len(items)}）", *(f"  {item}" for item in items)]
    if not found.by_software and article_.software == "acts":
        lines += ["", "尚没有业务、页面、登记表、参数或告知落实本条。"]
    return "\n".join(lines)


def _article_parts(found: Served) -> Mapping[str, list[str]]:
    return {
        "业务": [f"{row.code}  {row.title}（{row.basis_text}）" for row in found.acts],
        "页面": [f"{page.name}  {page.path}" for page in found.pages],
        "登记表": [f"{form.slug}  {form.form.title}" for form in found.registers],
        "参数": [
            f"{one.key}  {one.title}：{number_words(one, one.values[-1].value)}"
            f"{'' if one.values[-1].confirmed else '（待确认）'}"
            for one in found.parameters
        ],
        "告知": [f"{one.text_id}  {one.title}：{one.moment}" for one in found.notices],
        "凭据": [f"{one.code}  {one.title}" for one in found.papers],
        "用语": [f"{one.identifier}  {one.official}" for one in found.terms],
        "不办的理由": [f"{one.code}  {with_dots(one.sentence)}" for one in found.refusals],
        "测试": list(_by_file(found)),
    }


def _by_file(found: Served) -> Iterable[str]:
    """Tests with their file, the marks' paragraphs behind."""
    for test in found.tests:
        paragraph = f"（第 {test.paragraph} 款）" if test.paragraph else ""
        yield f"{test.file}::{test.name.replace('.', '::')}{paragraph}"


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
