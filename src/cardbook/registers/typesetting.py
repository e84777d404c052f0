"""The one place that sets PDF: a layout, its data as JSON, a fixed date; the same bytes always.

`layouts/` beside it and the slices' own `.typ` files say how a sheet looks (Art. 8; X6).
"""

import base64
import json
import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path

import typst

from cardbook.lib.damage import whole

_SOURCE = Path(__file__).resolve().parents[2]
# Brought by `scripts/setup` (package.json): one family that prints 䶮 㛃 𬭎 𠮷 in one weight.
FONTS = _SOURCE.parent / "node_modules" / "node-source-han-sans-sc"
FAMILY = "Source Han Sans SC"
# typst keeps what the last ten documents needed: nothing for a slip, gigabytes for long registers.
# More data than about fifty rows are set in a process of their own, which gives its memory back.
LARGEST_IN_PROCESS = 100_000
LONGEST_SECONDS = 180
# typst keeps threads, and no thread comes along into a fork: a server that was forked from a
# process that has printed (`cardbook demo --serve`, just built) would wait for them for ever.
_THREADS = {"begun": False, "lost": False}


def _after_fork() -> None:
    _THREADS["lost"] = _THREADS["begun"]


os.register_at_fork(after_in_child=_after_fork)


class FontsMissing(Exception):
    """The fonts were not set up, so names could not be printed whole."""


class LayoutFailed(Exception):
    """The layout does not fit the data: a defect of ours."""


@lru_cache(maxsize=1)
def _fonts() -> typst.Fonts:
    # System fonts come after ours: they only serve characters younger than our family.
    fonts = typst.Fonts(
        include_system_fonts=True, include_embedded_fonts=False, font_paths=[str(FONTS)]
    )
    if FAMILY not in fonts.families():
        raise FontsMissing("缺少打印字体，请在项目目录运行 scripts/setup assets 后重试")
    return fonts


def typeset(*, layout: Path, data: Mapping[str, object], at: datetime) -> bytes:
    """This function will set `layout` with `data` as PDF/A-2u, dated `at`.

    :raises FontsMissing: when the fonts were not set up.
    :raises LayoutFailed: when the layout does not fit the data, or takes too long.
    :raises cardbook.lib.sm.Damaged: when something to be printed could not be read.
    """
    text = whole(json.dumps(data, ensure_ascii=False))
    seconds = int(at.timestamp())
    if len(text) <= LARGEST_IN_PROCESS and not _THREADS["lost"]:
        return _set(layout, text, seconds)
    _fonts()  # a missing font is named here, not by a process that failed
    return _set_apart(layout, text, seconds)


def typeset_all(
    *, layout: Path, data: Sequence[Mapping[str, object]], at: datetime
) -> list[bytes]:
    """This function will set several documents at once, each in a process of its own.

    :raises FontsMissing: when the fonts were not set up.
    :raises LayoutFailed: when the layout does not fit the data, or takes too long.
    :raises cardbook.lib.sm.Damaged: when something to be printed could not be read.
    """
    _fonts()
    texts = [whole(json.dumps(one, ensure_ascii=False)) for one in data]
    seconds = int(at.timestamp())
    with ThreadPoolExecutor(len(os.sched_getaffinity(0))) as threads:
        return list(threads.map(lambda text: _set_apart(layout, text, seconds), texts))


def _set(layout: Path, text: str, seconds: int) -> bytes:
    _THREADS["begun"] = True
    try:
        made = typst.compile(
            layout.read_bytes(),
            font_paths=_fonts(),
            ignore_system_fonts=True,
            sys_inputs={"data": text},
            timestamp=datetime.fromtimestamp(seconds, UTC),
            format="pdf",
            pdf_standards=["a-2u"],
            pdf_tags=False,
        )
    except typst.TypstError as problem:
        raise LayoutFailed(str(problem)) from problem
    if not isinstance(made, bytes):
        raise LayoutFailed("typst returned no PDF")
    return made


def _set_apart(layout: Path, text: str, seconds: int) -> bytes:
    command = [sys.executable, "-m", __spec__.name, str(layout), str(seconds)]
    try:
        done = subprocess.run(
            command,
            input=text.encode(),
            capture_output=True,
            check=False,
            timeout=LONGEST_SECONDS,
            env=os.environ | {"PYTHONPATH": str(_SOURCE)},
        )
    except subprocess.TimeoutExpired as problem:
        raise LayoutFailed(f"no PDF within {LONGEST_SECONDS} seconds") from problem
    if done.returncode:
        raise LayoutFailed(done.stderr.decode(errors="replace"))
    return done.stdout


def png_as_svg(content: bytes) -> str:
    """This function will wrap a PNG picture as SVG text, since data for a layout are text."""
    width, height = int.from_bytes(content[16:20]), int.from_bytes(content[20:24])
    body = base64.b64encode(content).decode()
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}">'
        f'<image width="{width}" height="{height}" href="data:image/png;base64,{body}"/></svg>'
    )


if __name__ == "__main__":
    given = sys.stdin.buffer.read().decode()
    sys.stdout.buffer.write(_set(Path(sys.argv[1]), given, int(sys.argv[2])))
