"""`cardbook export`: any register as PDF, XLSX or CSV, without a number (Art. 6, 8).

The registers come from `config/wiring.py`. Exit codes: 0 written, 2 not done and why.
"""

import csv
import io
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NoReturn

import click
from django.utils import timezone

from cardbook.lib.plain import inert
from cardbook.lib.sm import sm3
from cardbook.registers.forms import MOST_ROWS, Sheet, TooManyRows
from cardbook.registers.pdf import render_pdf
from cardbook.registers.registry import Register
from cardbook.registers.typesetting import FontsMissing
from cardbook.registers.xlsx import render_xlsx


def export_command(registers: Sequence[Register]) -> click.Command:
    """This function will make the command `export` over the registers of this installation."""
    found = {register.slug: register for register in registers}
    found |= {register.form.code: register for register in registers}

    @click.command("export", help=_help(registers))
    @click.argument("form", type=click.Choice(sorted(found)), metavar="FORM")
    @click.option("--office", help="机构编号（含下级）")
    @click.option("--from", "start", help="从哪一天，例如 2026-11-01")
    @click.option("--to", "end", help="到哪一天（含当天）")
    @click.option("--delivery", help="到货编号（入库清点单）")
    @click.option("--hand-over", help="交接号（岗位交接单）")
    @click.option("--format", "kind", type=click.Choice(["pdf", "xlsx", "csv"]), default="pdf")
    @click.option("--out", type=click.Path(dir_okay=False, path_type=Path), required=True)
    @click.option("--masked", is_flag=True, help="隐去证件号码和电话")
    @click.option("--json", "as_json", is_flag=True, help="结果写成 JSON")
    def export(
        form: str, kind: str, out: Path, masked: bool, as_json: bool, **given: str | None
    ) -> None:
        register = found[form]
        sheet = _sheet(register, given, masked=masked, kind=kind)
        content = _content(sheet, kind)
        try:
            out.write_bytes(content)
        except OSError as problem:
            _stop(f"不能写入 {out}：{problem.strerror}。请换一个文件夹。")
        _say(sheet, content, out=out, as_json=as_json)

    return export


def _help(registers: Sequence[Register]) -> str:
    names = "\n\n".join(f"{r.slug}：{r.form.title}" for r in registers)
    return (
        "导出登记表（PDF、XLSX、CSV）。\n\n导出件没有表号；要签字存档的，请在网页上出具正式表。"
        f"\n\nFORM：\n\n{names}"
    )


def _stop(sentence: str) -> NoReturn:
    click.echo(sentence, err=True)
    raise SystemExit(2)


def _sheet(register: Register, given: dict[str, str | None], *, masked: bool, kind: str) -> Sheet:
    form = register.choose(
        {name: value for name, value in given.items() if value is not None},
        by=None,
        today=timezone.localdate(),
    )
    if not form.is_valid():
        problems = [
            f"--{ {'start': 'from', 'end': 'to'}.get(name, name) }：{'；'.join(map(str, errors))}"
            for name, errors in form.errors.items()
        ]
        _stop("\n".join(problems))
    try:
        return register.sheet(
            chosen=form.cleaned_data,
            masked=masked,
            printed_by="命令行",
            printed_at=timezone.now(),
            limit=MOST_ROWS if kind == "pdf" else None,
        )
    except TooManyRows as problem:
        _stop(f"{problem}XLSX 和 CSV 没有这个上限。")


def _content(sheet: Sheet, kind: str) -> bytes:
    if kind == "csv":
        return _csv(sheet)
    try:
        render = render_pdf if kind == "pdf" else render_xlsx
        return render(sheet, number="")
    except FontsMissing as problem:
        _stop(str(problem))


def _csv(sheet: Sheet) -> bytes:
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow([column.title for column in sheet.form.columns])
    for row in sheet.rows:
        shown = ("屏幕签字" if cell in sheet.pictures else cell for cell in row)
        writer.writerow([inert(cell) for cell in shown])
    return text.getvalue().encode("utf-8-sig")


def _say(sheet: Sheet, content: bytes, *, out: Path, as_json: bool) -> None:
    result: dict[str, Any] = {
        "form": sheet.form.code,
        "title": sheet.form.title,
        "office": sheet.office.code,
        "covers": sheet.covers,
        "rows": len(sheet.rows),
        "file": str(out),
        "bytes": len(content),
        "sm3": sm3(content).hex(),
    }
    if as_json:
        click.echo(json.dumps(result, ensure_ascii=False))
        return
    click.echo(f"{sheet.form.title}，{sheet.office.name}，{sheet.covers}：{len(sheet.rows)} 行")
    click.echo(f"已写入 {out}（{len(content)} 字节，SM3 {result['sm3']}）")
