"""`cardbook figures`: the numbers of the page in the terminal, for the city or one county.

Exit codes: 0 done and the numbers add up, 1 they do not, 2 not done. `config/cli.py` mounts it.
"""

from collections.abc import Mapping

import click
from django.db import DatabaseError
from django.utils import timezone

from cardbook.insight.figures.board import Board, make_board
from cardbook.insight.figures.catalogue import BY_CODE
from cardbook.insight.figures.choice import Choice, Reach
from cardbook.insight.figures.counting import county_coded, reach_of
from cardbook.lib.canonical import canonical_json
from cardbook.lib.clock import LOCAL

WRONG, NOT_DONE = 1, 2


@click.command("figures")
@click.option("--county", default="", help="只看一个县区，写机构编号，如 611002")
@click.option("--json", "as_json", is_flag=True, help="以 JSON 输出，供程序读取")
def figures(*, county: str, as_json: bool) -> None:
    """已接收、在途、在库、已发放、质量问题、差异、补换、滞留各多少，是否相平。"""
    try:
        reach = reach_of("")
        board = _board(county, reach)
    except DatabaseError as problem:
        click.echo(f"没有数出来：数据库不能读取（{problem}）。", err=True)
        raise SystemExit(NOT_DONE) from problem
    click.echo(canonical_json(_answer(board)) if as_json else _text(board))
    if board.balance.wrong:
        raise SystemExit(WRONG)


def _board(county: str, reach: Reach) -> Board:
    key = ""
    if county:
        found = county_coded(county)
        if found is None:
            click.echo(f"没有编号为 {county} 的县区。请用机构编号，如 611002。", err=True)
            raise SystemExit(NOT_DONE)
        key = str(found)
    return make_board(
        scope=Choice(figure=BY_CODE["registered"], county=key),
        by="county",
        per="day",
        reach=reach,
        as_of=timezone.now(),
    )


def _answer(board: Board) -> Mapping[str, object]:
    return {
        "as_of": board.as_of,
        "ok": not board.balance.wrong,
        "wrong": board.balance.wrong,
        "registered": board.balance.registered.count,
        "places": {part.choice.place: part.count for part in board.balance.parts},
        "figures": {number.choice.figure.code: number.count for number in board.numbers},
        "stranded": {number.title: number.count for number in board.bands},
        "issue_days": {
            "count": board.waiting.count,
            "median": board.waiting.median,
            "nine_of_ten": board.waiting.most,
        },
        "counties": [
            {
                "name": row.title,
                **{
                    title: cell.count
                    for title, cell in zip(board.table.columns, row.cells, strict=True)
                },
            }
            for row in board.table.rows
        ],
    }


def _text(board: Board) -> str:
    parts = " + ".join(f"{part.title} {part.count}" for part in board.balance.parts)
    lines = [
        f"截至 {board.as_of.astimezone(LOCAL):%Y-%m-%d %H:%M:%S}",
        f"登记入账 {board.balance.registered.count} 张 = {parts}",
        "　".join(f"{number.title} {number.count}" for number in board.numbers),
        "滞留：" + "　".join(f"{number.title} {number.count}" for number in board.bands),
        f"发放率 {board.issued_percent}"
        f"（已发放 {board.issued.count} ÷ 已接收 {board.received.count}）",
        "",
    ]
    for row in board.table.rows:
        pairs = zip(board.table.columns, row.cells, strict=True)
        cells = "　".join(f"{title} {cell.count}" for title, cell in pairs if cell.count)
        lines.append(f"{row.title}：{cells or '0'}")
    lines.append("")
    lines += [f"✗ {sentence}" for sentence in board.balance.wrong]
    lines.append(
        "数字不平，请运行 cardbook check 查出是哪一张卡。"
        if board.balance.wrong
        else "✓ 登记入账等于各处合计。"
    )
    return "\n".join(lines)
