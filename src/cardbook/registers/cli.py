"""`cardbook export`: any register as PDF, XLSX or CSV, without a number (Art. 6, 8).

A command line has no post, so numbers are masked: whole ones are issued on the page (Art. 32).
The registers come from `config/wiring.py`, the options from what each lets a person choose. Exit
codes: 0 written, 2 not done and why.
"""

import json
import re
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, NoReturn

import click
from django.forms import DateField, Field, ModelChoiceField
from django.utils import timezone

from cardbook.lib.sm import sm3
from cardbook.registers.csv_file import sheet_as_csv
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
    @_what_to_choose(registers)
    @click.option("--format", "kind", type=click.Choice(["pdf", "xlsx", "csv"]), default="pdf")
    @click.option("--out", type=click.Path(dir_okay=False, path_type=Path), required=True)
    @click.option("--json", "as_json", is_flag=True, help="结果写成 JSON")
    def export(form: str, kind: str, out: Path, as_json: bool, **given: str | None) -> None:
        register = found[form]
        sheet = _sheet(register, given, kind=kind)
        content = _content(sheet, kind)
        try:
            out.write_bytes(content)
        except OSError as problem:
            _stop(f"不能写入 {out}：{problem.strerror}。请换一个文件夹。")
        _say(sheet, content, out=out, as_json=as_json)

    return export


# Days are called on a command line as everywhere else.
_CALLED = {"start": "from", "end": "to"}
# A number as printed on a sheet: letters, then the number it stands for.
_PRINTED = re.compile(r"[A-Z]+0*(\d+)", re.IGNORECASE)
Command = Callable[..., None]


def _option(name: str) -> str:
    return f"--{_CALLED.get(name, name).replace('_', '-')}"


def _what_to_choose(registers: Sequence[Register]) -> Callable[[Command], Command]:
    """An option for every field of every register: a register brings its own."""
    fields: dict[str, Field] = {}
    slugs: dict[str, list[str]] = {}
    for register in registers:
        for name, field in register.choose.base_fields.items():
            fields.setdefault(name, field)
            slugs.setdefault(name, []).append(register.slug)

    def decorate(command: Command) -> Command:
        for name, field in reversed(fields.items()):
            example = "，例如 2026-11-01" if isinstance(field, DateField) else ""
            text = f"{field.label}{example}（{'、'.join(dict.fromkeys(slugs[name]))}）"
            command = click.option(_option(name), name, help=text)(command)
        return command

    return decorate


def _chosen(register: Register, given: Mapping[str, str | None]) -> dict[str, str]:
    """What was typed; a printed number (XH00000003) is the one it stands for."""
    fields = register.choose.base_fields
    unknown = [_option(name) for name, text in given.items() if text and name not in fields]
    if unknown:
        known = "、".join(_option(name) for name in fields)
        _stop(f"{register.slug} 不用 {'、'.join(unknown)}；可用：{known}。")
    chosen = {name: text for name, text in given.items() if text is not None}
    for name, text in chosen.items():
        field, printed = fields[name], _PRINTED.fullmatch(text.strip())
        if isinstance(field, ModelChoiceField) and field.to_field_name is None and printed:
            chosen[name] = printed[1]
    return chosen


def _help(registers: Sequence[Register]) -> str:
    names = "\n\n".join(f"{r.slug}：{r.form.title}" for r in registers)
    return (
        "导出登记表（PDF、XLSX、CSV），隐去证件号码和电话的中间几位（第三十二条）。\n\n导出件没有表号；"
        "要完整号码、要签字存档的，请在网页上出具正式表，用途和同意人记入台账。"
        f"\n\nFORM：\n\n{names}"
    )


def _stop(sentence: str) -> NoReturn:
    click.echo(sentence, err=True)
    raise SystemExit(2)


def _sheet(register: Register, given: Mapping[str, str | None], *, kind: str) -> Sheet:
    form = register.choose(_chosen(register, given), by=None, today=timezone.localdate())
    if not form.is_valid():
        problems = [
            f"{_option(name)}：{'；'.join(map(str, errors))}"
            for name, errors in form.errors.items()
        ]
        _stop("\n".join(problems))
    try:
        return register.sheet(
            chosen=form.cleaned_data,
            masked=True,
            printed_by="命令行",
            printed_at=timezone.now(),
            limit=MOST_ROWS if kind == "pdf" else None,
        )
    except TooManyRows as problem:
        _stop(f"{problem}XLSX 和 CSV 没有这个上限。")


def _content(sheet: Sheet, kind: str) -> bytes:
    if kind == "csv":
        return sheet_as_csv(sheet)
    try:
        render = render_pdf if kind == "pdf" else render_xlsx
        return render(sheet, number="")
    except FontsMissing as problem:
        _stop(str(problem))


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
