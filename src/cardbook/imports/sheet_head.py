"""The head of a workbook: the first rows of each sheet, for a page that shows no more (Art. 6).

The library keeps every cell of a sheet, 340 MB for 300,000 rows; a page that asks which column is
what needs a few hundred. The small copy is looked through and read like any other workbook.
"""

import re
import tempfile
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from cardbook.imports import limits
from cardbook.imports.archives import Archive
from cardbook.imports.sheet_scan import whole_tags
from cardbook.imports.spreadsheets import listed_sheets

_STRINGS = "xl/sharedstrings.xml"
_OTHERS = frozenset(
    {
        "[content_types].xml", "_rels/.rels", "xl/workbook.xml", "xl/_rels/workbook.xml.rels",
        "xl/styles.xml",
    }
)  # fmt: skip
_ROW_END = re.compile(rb"</(\w+:)?row\s*>|<(\w+:)?row(?:\s[^<>]*)?/>")
_STRING_END = re.compile(rb"</(\w+:)?si\s*>|<(\w+:)?si\s*/>")
# What the sheet claims to reach to; the copy does not reach that far.
_CLAIM = re.compile(rb"<(?:\w+:)?dimension\s[^<>]*?/>")
_STRING_USED = re.compile(
    rb"""<(?:\w+:)?c\s[^<>]*\bt\s*=\s*["']s["'][^<>]*>\s*"""
    rb"(?:<(?:\w+:)?f(?:\s[^<>]*)?(?:/>|>[^<]*</(?:\w+:)?f>)\s*)?<(?:\w+:)?v[^<>]*>\s*([0-9]{1,9})"
)


@contextmanager
def head_of(path: Path) -> Iterator[Path]:
    """This function will lay a copy of an XLSX with the first rows of its sheets beside it.

    :raises cardbook.imports.reading.FileRefused: when the workbook is damaged or dangerous.
    """
    archive = Archive(path)
    sheets = {part for _, part, _ in listed_sheets(archive)[0]}
    # Beside the original: whoever sweeps clear bytes of killed processes finds both (P4).
    with tempfile.TemporaryDirectory(dir=path.parent) as folder:
        head = Path(folder) / "head"
        with zipfile.ZipFile(head, "w") as package:
            _copy(archive, package, sheets)
        yield head


def _copy(archive: Archive, package: zipfile.ZipFile, sheets: set[str]) -> None:
    strings = 0
    for name in archive.names:
        if name in sheets:
            rows = _up_to(archive, name, _ROW_END, limits.HEAD_ROWS, (b"sheetData", b"worksheet"))
            with package.open(name, "w") as part:
                for piece in rows:
                    part.write(_CLAIM.sub(b"", piece))
                    strings = max(strings, *map(int, _STRING_USED.findall(piece)), 0)
        elif name.lower() in _OTHERS:
            package.writestr(name, archive.whole(name))
    for name in archive.names:
        if name.lower() == _STRINGS:
            with package.open(name, "w") as part:
                part.writelines(_up_to(archive, name, _STRING_END, strings + 1, (b"sst",)))


def _up_to(
    archive: Archive, name: str, end: re.Pattern[bytes], most: int, closed: tuple[bytes, ...]
) -> Iterator[bytes]:
    """A part up to its `most`th element, with the elements around it closed."""
    count = 0
    for chunk in whole_tags(archive.chunks(name)):
        for found in end.finditer(chunk):
            count += 1
            if count == most:
                prefix = found[1] or found[2] or b""
                yield chunk[: found.end()]
                yield b"".join(b"</%b%b>" % (prefix, element) for element in closed)
                return
        yield chunk
