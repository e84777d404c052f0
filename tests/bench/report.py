"""docs/generated/bench.md: one table a size, rewritten line by line, machine facts above it.

A run of one bench replaces its own lines; the others stay as they were measured.
"""

import os
import platform
import re
from collections.abc import Iterable, Sequence
from pathlib import Path

from tests.bench.measure import Line, bytes_text

PAGE = Path(__file__).resolve().parents[2] / "docs" / "generated" / "bench.md"
_HEAD = ("项目", "行数", "字节", "底线", "底线用时", "结果", "比值", "峰值内存", "目标", "达到")
_SECTION = re.compile(r"^## SIZE=(\w+)$", re.MULTILINE)
_SLOWER = 1.5  # a committed ratio may be exceeded by so much before a comparison fails


def row_of(line: Line) -> tuple[str, ...]:
    """This function will write a line as cells."""
    met = "—" if line.met is None else "是" if line.met else "否"
    return (
        line.name, f"{line.rows:,}" if line.rows else "—",
        bytes_text(line.size) if line.size else "—", line.floor, line.floor_value, line.value,
        "—" if line.ratio is None else f"{line.ratio:.2f}",
        bytes_text(line.memory) if line.memory else "—", line.aim or "—", met,
    )  # fmt: skip


def read_tables() -> dict[str, tuple[str, dict[str, tuple[str, ...]]]]:
    """This function will read the committed page: by size, its facts and its rows by name."""
    if not PAGE.exists():
        return {}
    parts = _SECTION.split(PAGE.read_text(encoding="utf-8"))
    found = {}
    for size, text in zip(parts[1::2], parts[2::2], strict=True):
        rows = [
            tuple(cell.strip() for cell in line.strip("|").split("|"))
            for line in text.splitlines()
            if line.startswith("| ") and not line.startswith(("| 项目", "| ---"))
        ]
        facts = next((line for line in text.splitlines() if line and not line.startswith("|")), "")
        found[size] = (facts, {row[0]: row for row in rows})
    return found


def write_tables(tables: dict[str, tuple[str, dict[str, tuple[str, ...]]]]) -> None:
    """This function will write the page."""
    lines = [
        "# 性能：与底线的比值",
        "",
        "由 `make bench SIZE=small|city` 测得并写入（tests/bench），不由 `make docs` 生成。",
        "每一项的底线与结果在同一次运行、同一台服务器上交替测量，取中位数；"
        "比值 = 结果 ÷ 底线（吞吐量则为结果占底线的份额）。",
        "没有达到目标的项目，差在哪里、这种做法的底线是多少：[性能说明](../bench-notes.md)。",
        "",
    ]
    for size, (facts, rows) in tables.items():
        lines += [f"## SIZE={size}", "", facts, ""]
        lines += [_cells(_HEAD), _cells(["---"] * len(_HEAD))]
        lines += [_cells(row) for row in rows.values()]
        lines.append("")
    PAGE.write_text("\n".join(lines), encoding="utf-8")


def _cells(cells: Iterable[str]) -> str:
    return f"| {' | '.join(cells)} |"


def machine(*, postgresql: str, cards: int, shared: bool) -> str:
    """This function will say on what was measured: no name, no path."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    busy = (
        f"测量时机器同时有其他工作（负载 {os.getloadavg()[1]:.0f}），绝对用时偏高，以比值为准。"
        if shared
        else "测量时机器没有其他工作。"
    )
    return (
        f"{os.cpu_count()} 核，{memory:.0f} GB 内存，PostgreSQL {postgresql}"
        f"（随包服务器，fsync 开），Python {platform.python_version()}；"
        f"全库 {cards:,} 张卡。{busy}"
    )


def slower(before: Sequence[str], now: Sequence[str]) -> bool:
    """This function will say whether a line became worse than what is committed."""
    try:
        old, new = float(before[6]), float(now[6])
    except ValueError:
        return False
    if now[8].startswith("≥"):
        return new < old / _SLOWER
    return new > old * _SLOWER
