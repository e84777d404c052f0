"""Finds the cells of an XLSX that somebody struck out, whole or in part (trust-and-ux.md I12).

The library gives their texts like any other. `sheet_scan.py` looks for everything else,
`old_workbook.py` does the same for `.xls`.
"""

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from cardbook.imports.archives import Archive
from cardbook.imports.sheet_facts import SheetFacts, column_of
from cardbook.imports.sheet_scan import whole_tags

_STYLES, _TEXTS = "xl/styles.xml", "xl/sharedStrings.xml"
_STYLE_TAG = re.compile(rb"<(?:\w+:)?(fonts|font|cellXfs|xf|strike)\b([^<>]*)>|</(?:\w+:)?(\w+)>")
_TEXT_TAG = re.compile(rb"<(?:\w+:)?(si|strike)\b([^<>]*)>")
_FONT = re.compile(rb"""\bfontId=["']([0-9]+)["']""")
_NOT = re.compile(rb"""\bval=["'](?:0|false)["']""")
_PLACE = rb"""<(?:\w+:)?c(?=\s[^<>]*\b%b)\s[^<>]*?\br=["']([A-Z]{1,3})([1-9][0-9]{0,6})["']"""
_BY_STYLE = rb"""s=["'](?:%b)["']"""
_FILLED = rb"[^<>]*(?<!/)>"
_BY_TEXT = rb"<(?:\w+:)?v>(?:%b)(?![0-9])"


@dataclass(frozen=True, slots=True)
class Struck:
    """Which styles of cells and which shared texts of a workbook are struck out."""

    styles: tuple[bytes, ...]
    texts: tuple[bytes, ...]

    def mark(self, archive: Archive, part: str, facts: SheetFacts) -> None:
        """Note which cells of a sheet are struck out.

        :raises FileRefused: when there are too many.
        """
        searches = []
        if self.styles:
            style = _PLACE % (_BY_STYLE % b"|".join(self.styles))
            searches.append(re.compile(style + _FILLED))
        if self.texts:
            text = _PLACE % rb"""t=["']s["']"""
            searches.append(re.compile(text + _FILLED + _BY_TEXT % b"|".join(self.texts)))
        for chunk in whole_tags(archive.chunks(part)) if searches else ():
            for search in searches:
                for column, row in search.findall(chunk):
                    facts.strike(int(row), column_of(column.decode()))


def struck_in(archive: Archive) -> Struck:
    """This function will find what is struck out; hardly a workbook has any of it.

    :raises FileRefused: when a part is damaged.
    """
    return Struck(
        styles=_numbers(archive, _STYLES, _struck_styles),
        texts=_numbers(archive, _TEXTS, _struck_texts),
    )


def _numbers(
    archive: Archive, part: str, find: Callable[[Iterable[bytes]], list[int]]
) -> tuple[bytes, ...]:
    """What a part says is struck out; most parts never name it, and are not searched."""

    def tags() -> Iterator[bytes]:
        return whole_tags(archive.chunks(part))

    if part not in archive or not any(b"strike" in chunk for chunk in tags()):
        return ()
    return tuple(b"%d" % place for place in find(tags()))


def _struck_styles(chunks: Iterable[bytes]) -> list[int]:
    """Numbers of the cell styles whose font is struck out; fonts of conditions do not count."""
    within, font, style = b"", -1, -1
    fonts: set[int] = set()
    found: list[int] = []
    for chunk in chunks:
        for tag, attributes, closed in _STYLE_TAG.findall(chunk):
            if closed or tag in {b"fonts", b"cellXfs"}:
                within = b"" if closed in {b"fonts", b"cellXfs"} else tag or within
            elif within == b"fonts":
                font += tag == b"font"
                if tag == b"strike" and not _NOT.search(attributes):
                    fonts.add(font)
            elif within == b"cellXfs" and tag == b"xf":
                style += 1
                used = _FONT.search(attributes)
                if used and int(used[1]) in fonts:
                    found.append(style)
    return found


def _struck_texts(chunks: Iterable[bytes]) -> list[int]:
    """Numbers of the shared texts of which at least a part is struck out."""
    place = -1
    found: set[int] = set()
    for chunk in chunks:
        for tag, attributes in _TEXT_TAG.findall(chunk):
            place += tag == b"si"
            if tag == b"strike" and not _NOT.search(attributes):
                found.add(place)
    return sorted(found)
