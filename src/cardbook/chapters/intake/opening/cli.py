"""`cardbook import opening FILE --source … --to ORG`: an opening balance from the command line.

Exit codes as of `cardbook import manifest` (Art. 6): 0 posted or clean, 1 rows wrong, 2 not done.
"""

from datetime import date, datetime
from functools import partial
from pathlib import Path

import click
from django.utils import timezone

from cardbook.chapters.import_commands import (
    Answer,
    NotDone,
    NotFound,
    ProgressBar,
    by_worker,
    keeper_of,
    named_actor,
    named_organization,
    remarks,
    rows_wrong,
    say,
    second_at_terminal,
    told_what_broke,
)
from cardbook.chapters.intake.opening import importer
from cardbook.chapters.intake.opening.opening_job import BALANCES
from cardbook.imports import engine
from cardbook.imports.models import ImportFile, Work
from cardbook.imports.reading import FileRefused
from cardbook.lib.clock import local_day
from cardbook.lifecycle.refusals import Refused
from cardbook.orgs.actors import Actor
from cardbook.orgs.models import Kind, Organization


@click.command()
@click.argument(
    "path", metavar="FILE", type=click.Path(exists=True, dir_okay=False, path_type=Path)
)
@click.option("--source", required=True, help="来源名称，如“省平台导出”“城关镇纸质台账”")
@click.option("--to", "to", default="", metavar="ORG", help="县区或其卡管机构的编号或名称")
@click.option("--as-of", type=click.DateTime(["%Y-%m-%d"]), help="期初截止日，不写时为今天")
@click.option("--check-only", is_flag=True, help="只检查，不入账")
@click.option("--as", "username", help="经办人用户名；不写时用该县区的卡管员")
@click.option("--second", help="复核人用户名；县区启用后必需，密码另行输入")
@click.option("--sheet", default="", help="工作表名称（有多张时必填）")
@click.option(
    "--errors", "errors_to", type=click.Path(path_type=Path), help="把错误清单写到这个文件"
)
@click.option("--json", "as_json", is_flag=True, help="以 JSON 输出，供程序读取")
def opening(
    *, path: Path, source: str, to: str, as_of: datetime | None, check_only: bool,
    username: str | None, second: str | None, sheet: str, errors_to: Path | None, as_json: bool,
) -> None:  # fmt: skip
    """导入一份期初台账：启用前已有的卡，按来源所称登记，差异列出、不猜。"""
    try:
        with told_what_broke():
            by, card_body = _who_and_where(username, to)
            row = importer.REGISTER_BY_TWO
            other = second_at_terminal(row, username=second, by=by) if second else None
            answer, code = _run(
                path, by=by, second=other, card_body=card_body, source=source,
                as_of=as_of.date() if as_of else timezone.localdate(), check_only=check_only,
                sheet=sheet, errors_to=errors_to,
            )  # fmt: skip
    except (FileRefused, Refused, NotFound, NotDone) as problem:
        answer, code = {"result": "refused", "sentence": str(problem)}, 2
    say(answer, as_json=as_json)
    raise SystemExit(code)


def _who_and_where(username: str | None, to: str) -> tuple[Actor, Organization]:
    by = named_actor(username, on=timezone.localdate()) if username else None
    card_body = _card_body(to, by)
    return by or keeper_of(card_body), card_body


def _card_body(to: str, by: Actor | None) -> Organization:
    """The card body of the organisation named, or of the actor's own county."""
    found = named_organization(to) if to else None
    county_id = found.county_id if found else by.county_id if by else None
    body = Organization.objects.filter(
        kind=Kind.CARD_BODY, county=county_id or 0, in_force=True
    ).order_by("id").first()  # fmt: skip
    if body is None:
        raise NotFound("请用 --to 指明县区；该县区须已登记社保卡综合管理机构。")
    return body


def _run(
    path: Path, *, by: Actor, second: Actor | None, card_body: Organization, source: str,
    as_of: date, check_only: bool, sheet: str, errors_to: Path | None,
) -> tuple[Answer, int]:  # fmt: skip
    at = timezone.now()
    before = importer.posted_before(digest=engine.digest_of(path), card_body=card_body)
    if before is not None:
        sentence = f"同一份文件已入账（来源“{before.name}”），没有任何改变。"
        return {"result": "repeated", "sentence": sentence, "cards": 0}, 0
    file = importer.upload(
        name=path.name, content=path, source=source, as_of=as_of, card_body=card_body, by=by,
        at=at,
    )  # fmt: skip
    if sheet:
        ImportFile.objects.filter(pk=file.pk).update(sheet=sheet)
        file.refresh_from_db()
    with ProgressBar(lines=file.lines) as bar:
        asked = partial(by_worker, file, long=BALANCES, by=by, at=at, bar=bar)
        if not asked(work=Work.CHECK):
            file = importer.check(file=file, at=at, progress=bar)
        if not file.errors and not check_only:
            importer.refuse_alone(card_body=card_body, by=by, second=second, on=local_day(at))
            by_a_worker = asked(work=Work.POST, second=second)
            posted = (
                importer.posted_as(file)
                if by_a_worker
                else importer.post(file=file, by=by, second=second, at=at, progress=bar)
            )
            return {**_posted(posted), "notes": remarks(file)}, 0
    if file.errors:
        return rows_wrong(file, errors_to), 1
    notes = remarks(file)
    importer.drop(file=file, by=by)
    sentence = f"{file.rows} 行可以入账（其中 {file.known} 行的卡早已登记），没有入账。"
    return {
        "result": "clean", "sentence": sentence, "rows": file.rows, "known": file.known,
        "notes": notes,
    }, 0  # fmt: skip


def _posted(posted: importer.Posted) -> Answer:
    if posted.repeated:
        result = "repeated"
        sentence = f"“{posted.name}”所说的都已登记过（{posted.known} 张卡），没有任何改变。"
    else:
        result = "posted"
        sentence = (
            f"已入账：来源“{posted.name}”，登记 {posted.cards} 张，早已登记 {posted.known} 张，"
            f"与台账不同 {posted.differing} 张（列入来源差异），"
            f"一卡多人未登记 {posted.contested} 行。"
        )
    return {
        "result": result, "sentence": sentence, "cards": posted.cards, "known": posted.known,
        "differing": posted.differing, "contested": posted.contested,
    }  # fmt: skip
