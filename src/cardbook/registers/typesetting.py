"""The one place that sets PDF: a layout, its data as JSON, a fixed date; the same bytes always.

`layouts/` beside it and the slices' own `.typ` files say how a sheet looks (Art. 8; X6).
"""

import base64
import json
from collections.abc import Mapping
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path

import typst

# Brought by `scripts/setup` (package.json): one family that prints 䶮 㛃 𬭎 𠮷 in one weight.
FONTS = Path(__file__).resolve().parents[3] / "node_modules" / "node-source-han-sans-sc"
FAMILY = "Source Han Sans SC"


class FontsMissing(Exception):
    """The fonts were not set up, so names could not be printed whole."""


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
    :raises typst.TypstError: when the layout does not fit the data: a defect of ours.
    """
    made = typst.compile(
        layout.read_bytes(),
        font_paths=_fonts(),
        ignore_system_fonts=True,
        sys_inputs={"data": json.dumps(data, ensure_ascii=False)},
        timestamp=at.astimezone(UTC),
        format="pdf",
        pdf_standards=["a-2u"],
        pdf_tags=False,
    )
    if not isinstance(made, bytes):
        raise TypeError("typst returned no PDF")
    return made


def png_as_svg(content: bytes) -> str:
    """This function will wrap a PNG picture as SVG text, since data for a layout are text."""
    width, height = int.from_bytes(content[16:20]), int.from_bytes(content[20:24])
    body = base64.b64encode(content).decode()
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}">'
        f'<image width="{width}" height="{height}" href="data:image/png;base64,{body}"/></svg>'
    )
