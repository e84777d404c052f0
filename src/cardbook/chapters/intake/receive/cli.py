"""`cardbook import manifest FILE --to ORG`: a manifest from the command line (Art. 6).

Exit codes: 0 posted, or checked and clean; 1 rows have errors (listed); 2 not done.
"""

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
    told_what_broke,
)
from cardbook.chapters.intake.receive import importer
from cardbook.chapters.intake.receive.manifest_job import MANIFESTS
from cardbook.imports import engine
from cardbook.imports.models import ImportFile, Work
from cardbook.imports.reading import FileRefused
from cardbook.lifecycle.refusals import Refused
from cardbook.orgs.actors import Actor
from cardbook.orgs.models import Organization


@click.group("import")
def imports() -> None:
    """导入到货明细等文件。"""


@imports.command()
@click.argument(
    "path", metavar="FILE", type=click.Path(exists=True, dir_okay=False, path_type=Path)
)
@click.option("--to", "to", required=True, metavar="ORG", help="接收机构的编号或名称，例如 611002")
@click.option("--check-only", is_flag=True, help="只检查，不入账")
@click.option("--as", "username", help="经办人用户名；不写时用该县区的卡管员")
@click.option("--sheet", default="", help="工作表名称（有多张时必填）")
@click.option(
    "--errors", "errors_to", type=click.Path(path_type=Path), help="把错误清单写到这个文件"
)
@click.option("--json", "as_json", is_flag=True, help="以 JSON 输出，供程序读取")
def manifest(
    *, path: Path, to: str, check_only: bool, username: str | None, sheet: str,
    errors_to: Path | None, as_json: bool,
) -> None:  # fmt: skip
    """导入一份到货明细：先检查每一行，全部正确才入账。"""
    try:
        with told_what_broke():
            receiver = importer.receiver_of(named_organization(to))
            by = (
                named_actor(username, on=timezone.localdate()) if username else keeper_of(receiver)
            )
            answer, code = _run(path, receiver, by, check_only=check_only, sheet=sheet,
                                errors_to=errors_to)  # fmt: skip
    except (FileRefused, Refused, NotFound, NotDone) as problem:
        answer, code = {"result": "refused", "sentence": str(problem)}, 2
    say(answer, as_json=as_json)
    raise SystemExit(code)


def _run(
    path: Path,
    receiver: Organization,
    by: Actor,
    *,
    check_only: bool,
    sheet: str,
    errors_to: Path | None,
) -> tuple[Answer, int]:
    at = timezone.now()
    before = importer.posted_before(digest=engine.digest_of(path), receiver_id=receiver.pk)
    if before is not None:
        sentence = f"同一份文件已入账（到货编号 {before.code}），没有任何改变。"
        return _answer("repeated", sentence, delivery=before.code, cards=0), 0
    file = importer.upload(name=path.name, content=path, receiver=receiver, by=by, at=at)
    if sheet:
        ImportFile.objects.filter(pk=file.pk).update(sheet=sheet)
        file.refresh_from_db()
    with ProgressBar(lines=file.lines) as bar:
        asked = partial(by_worker, file, long=MANIFESTS, by=by, at=at, bar=bar)
        if not asked(work=Work.CHECK):
            file = importer.check(file=file, at=at, progress=bar)
        if not file.errors and not check_only:
            by_a_worker = asked(work=Work.POST)
            posted = (
                importer.posted_as(file)
                if by_a_worker
                else importer.post(file=file, by=by, at=at, progress=bar)
            )
            return {**_posted(posted), "notes": remarks(file)}, 0
    if file.errors:
        return rows_wrong(file, errors_to), 1
    notes = remarks(file)
    importer.drop(file=file, by=by)
    sentence = f"{file.rows} 行全部正确（其中 {file.known} 行早已登记），没有入账。"
    return _answer("clean", sentence, rows=file.rows, known=file.known, notes=notes), 0


def _answer(result: str, sentence: str, **more: object) -> Answer:
    return {"result": result, "sentence": sentence, **more}


def _posted(posted: importer.Posted) -> Answer:
    if posted.repeated:
        result, sentence = "repeated", f"{posted.known} 张卡都已登记，没有任何改变。"
    else:
        result = "posted"
        sentence = f"已入账：到货编号 {posted.code}，{posted.cards} 张卡在途。"
    return _answer(result, sentence, delivery=posted.code, cards=posted.cards, known=posted.known)
