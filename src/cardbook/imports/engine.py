"""Drives a file through its stages: kept as it came, read, checked, given back (Art. 6).

Slices say which columns a file has and what posting means; `models.py` beside it keeps the rest.
"""

import os
import shutil
import tempfile
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path, PurePosixPath

from cardbook.imports import limits
from cardbook.imports.columns import Layout, RowProblem
from cardbook.imports.error_sheet import error_sheet
from cardbook.imports.headers import Body, Header, find_header
from cardbook.imports.models import ImportFile, Problem, RememberedLayout, Stage
from cardbook.imports.reading import FileRefused, Row, Table, open_file, preview
from cardbook.imports.which_sheet import choices, open_meant
from cardbook.lib.masking import mask_in
from cardbook.lib.sm import sm3
from cardbook.orgs.actors import Actor
from cardbook.papers.storage import (
    FileChanged,
    add_long_paper,
    digest_of_file,
    lay_out_paper,
)

MOST_PROBLEMS = 20_000
_BATCH = 2_000
_MOST_NOTES = 50
# How far a look goes to tell what would be left out.
_LOOKED_AT = 300
_LEFTOVER = "cardbook-import-"
_LONGEST_NAME = 200


@dataclass(frozen=True, slots=True)
class Look:
    """A file as a person should see it before its rows are read."""

    header: Header
    first_rows: tuple[Row, ...]
    encoding: str
    notes: tuple[str, ...]
    skipped: tuple[tuple[str, int], ...] = ()

    @property
    def shown(self) -> list[tuple[int, tuple[str, ...]]]:
        """The first rows for the screen: enough to judge the encoding, numbers masked."""
        return [(row.number, tuple(map(mask_in, row.texts))) for row in self.first_rows]


@dataclass(slots=True)
class Findings:
    """Collects what is wrong while rows stream by: keeps the first problems, counts all rows.

    Errors and remarks are kept apart: a harmless space in every row hides no error further down.
    """

    file: ImportFile
    error_rows: int = 0
    notes: Counter[str] = field(default_factory=Counter)
    _errors: list[Problem] = field(default_factory=list)
    _remarks: list[Problem] = field(default_factory=list)

    def add(self, problems: Iterable[RowProblem]) -> None:
        """Take problems of rows nobody has counted yet."""
        found = list(problems)
        self.error_rows += len({problem.row for problem in found if problem.is_error})
        self.keep_some(found)

    def keep_some(self, problems: Iterable[RowProblem]) -> None:
        """Remember problems to be shown, as long as there are not too many."""
        for problem in problems:
            kept = self._errors if problem.is_error else self._remarks
            if len(kept) >= MOST_PROBLEMS:
                continue
            kept.append(
                Problem(
                    file=self.file,
                    row=problem.row,
                    field=problem.title,
                    code=problem.code,
                    sentence=problem.sentence[:300],
                    remedy=problem.remedy[:300],
                    is_error=problem.is_error,
                )
            )

    @property
    def room(self) -> int:
        """How many more errors will be kept."""
        return MOST_PROBLEMS - len(self._errors)

    def keep(self) -> None:
        """Write what was kept; not while rows stream, for a COPY has the connection to itself."""
        Problem.objects.bulk_create([*self._errors, *self._remarks], batch_size=_BATCH)

    def note_body(self, body: Body) -> None:
        """Take what concerns the file as a whole, once its rows were read."""
        for kind, skipped in body.skipped.items():
            self.notes[f"没有当作数据的行：{kind}"] += skipped
        for title, spread in body.spread.items():
            self.notes[f"“{title}”列有合并单元格，下面的行也按合并的内容登记，请核对"] += spread
        for title in () if body.header.is_chosen else body.header.doubled:
            self.notes[f"有两列都叫“{title}”，用的是左边一列，请核对"] = 1
        if body.header.unused:
            self.notes[f"没有用到的列：{'、'.join(body.header.unused)}"] = 1
        self.notes.update(body.table.notes)

    def note_lines(self) -> list[str]:
        """What concerns the file as a whole, the most frequent first."""
        return [
            f"{text}（{count} 行）" if count > 1 else text
            for text, count in self.notes.most_common(_MOST_NOTES)
        ]


def keep_file(
    *, name: str, content: bytes | Path, layout: Layout, organization_id: int, by: Actor
) -> ImportFile:
    """This function will keep a file as it came, sealed, and register it as staged.

    :raises FileRefused: when it is empty, too large, no table at all, or is still being written;
        nothing is kept.
    """
    with _on_disk(content) as path:
        opened = open_file(path)
        try:
            paper = add_long_paper(
                kind=layout.code, path=path, media_type="application/octet-stream",
                title=_safe_name(name), by=by,
            )  # fmt: skip
        except FileChanged as problem:
            raise FileRefused(
                "changed", "读取时文件还在变化。", "请等它导出、复制完，关闭打开它的程序，再导入。"
            ) from problem
    return ImportFile.objects.create(
        layout=layout.code,
        name=_safe_name(name),
        digest=paper.digest,
        organization_id=organization_id,
        uploaded_by_id=by.user_id,
        # A second one that holds people, seen or hidden, is asked about.
        sheet=opened.sheets[0][:100] if len(opened.sheets) == 1 and not opened.hidden else "",
        notes=list(opened.notes),
        lines=opened.lines,
    )


def _safe_name(name: str) -> str:
    """A name to show: no folders, nothing that turns the text around on the screen.

    A long one keeps its ending; nothing is ever stored under it.
    """
    shown = "".join(char for char in name if char.isprintable()).replace("\\", "/")
    path = PurePosixPath(shown)
    if not path.name.strip(". "):
        return "未命名"
    return path.stem[: max(0, _LONGEST_NAME - len(path.suffix))] + path.suffix[:_LONGEST_NAME]


def digest_of(content: bytes | Path) -> str:
    """This function will say by which digest a file is known."""
    return sm3(content).hex() if isinstance(content, bytes) else digest_of_file(content)


@contextmanager
def _on_disk(content: bytes | Path) -> Iterator[Path]:
    if isinstance(content, Path):
        yield content
        return
    with _folder() as folder:
        path = folder / "file"
        path.write_bytes(content)
        yield path


@contextmanager
def _folder() -> Iterator[Path]:
    """A folder for clear bytes, named after this process: so it can be told from leftovers."""
    with tempfile.TemporaryDirectory(prefix=f"{_LEFTOVER}{os.getpid()}-") as folder:
        yield Path(folder)


def sweep_leftovers() -> None:
    """This function will delete the clear bytes that killed processes left behind (P4)."""
    for folder in Path(tempfile.gettempdir()).glob(f"{_LEFTOVER}*"):
        owner = folder.name.removeprefix(_LEFTOVER).partition("-")[0]
        if folder.stat().st_uid == os.geteuid() and not Path(f"/proc/{owner}").exists():
            shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def working_copy(file: ImportFile) -> Iterator[Path]:
    """This function will lay the file's clear bytes on disk while it is being read.

    :raises FileRefused: `purged` when nobody entered it in time.
    """
    if file.original_purged_on:
        raise FileRefused(
            "purged",
            f"这份文件的原件已于 {file.original_purged_on} 按期清除。",
            "要入账或要下载错误清单的，请重新上传原来的文件。",
        )
    with _folder() as folder:
        path = folder / "file"
        lay_out_paper(file.digest, to=path)
        yield path


@contextmanager
def opened(
    file: ImportFile, *, layout: Layout, in_page: bool = False
) -> Iterator[tuple[Table, Header]]:
    """This function will open a file at its header, by what the office chose for it before.

    `in_page`: somebody waits for it.

    :raises FileRefused: when no header is found, or a sheet has to be chosen first.
    """
    with working_copy(file) as path:
        table = open_meant(path, layout=layout, sheet=file.sheet, in_page=in_page)
        yield table, _as_remembered(find_header(table, [layout]), file)


@contextmanager
def opened_body(file: ImportFile, *, layout: Layout) -> Iterator[Body]:
    """This function will open a file at its first row, all columns found.

    :raises FileRefused: as `opened`, and when a column that must be there was not found, or twice.
    """
    with opened(file, layout=layout) as (table, header):
        if header.missing:
            raise FileRefused(
                "columns_missing",
                f"没有找到列：{'、'.join(header.missing)}。",
                "请在“列对应”中指明是哪一列，或改正表头后重新导入。",
            )
        if header.unclear:
            raise FileRefused(
                "columns_doubled",
                f"有两列都叫“{'”“'.join(header.unclear)}”，看不出哪一列是持卡人和卡本身的。",
                "请在“列对应”中指明是哪一列，或删去、改名多余的一列后重新导入。",
            )
        for taken, other in header.rivals:
            raise FileRefused(
                "columns_doubled",
                f"“{taken}”“{other}”两列说的是同一项，看不出以哪一列为准。",
                "请在“列对应”中指明是哪一列，或删去多余的一列后重新导入。",
            )
        if table.sheet and not file.sheet:
            # The sheet given back with what is wrong in it is the same one.
            ImportFile.objects.filter(pk=file.pk).update(sheet=table.sheet[:100])
        yield Body(table, header)


def look_into(file: ImportFile, *, layout: Layout) -> Look:
    """This function will show a file's header and first rows.

    :raises FileRefused: when no header is found, or a sheet has to be chosen first.
    """
    with opened(file, layout=layout, in_page=True) as (table, header):
        body = Body(table, header)
        rows = tuple(islice(body.rows(), _LOOKED_AT))
        return Look(
            header,
            rows[: limits.PREVIEW_ROWS] or tuple(preview(table)),
            table.encoding,
            tuple(file.notes),
            tuple(body.skipped.items()),
        )


def sheets_of(file: ImportFile, *, layout: Layout) -> tuple[str, ...]:
    """This function will list the sheets of a workbook to choose from; none when it is clear.

    :raises FileRefused: when it cannot be read any more.
    """
    with working_copy(file) as path:
        return choices(path, layout=layout)


def choose_sheet(file: ImportFile, *, sheet: str) -> None:
    """This function will read another sheet of a workbook; what was chosen before is forgotten."""
    ImportFile.objects.filter(pk=file.pk).update(sheet=sheet, stage=Stage.STAGED, mapping={})


def _as_remembered(header: Header, file: ImportFile) -> Header:
    mapping = dict(file.mapping)
    if not mapping:
        found = RememberedLayout.objects.filter(
            organization_id=file.organization_id, fingerprint=header.fingerprint
        ).first()
        mapping = dict(found.mapping) if found else {}
    if not mapping:
        return header
    return Header(
        header.row, header.last_row, header.titles, header.preamble, header.layout,
        {name: place for name, place in mapping.items() if place < len(header.titles)},
        is_chosen=True,
    )  # fmt: skip


def remember_mapping(
    file: ImportFile, *, layout: Layout, mapping: Mapping[str, int], by: Actor
) -> None:
    """This function will use a mapping for this file, and for the next one with that header.

    :raises FileRefused: when the file cannot be read any more.
    """
    with working_copy(file) as path:
        table = open_meant(path, layout=layout, sheet=file.sheet, in_page=True)
        header = find_header(table, [layout])
    ImportFile.objects.filter(pk=file.pk).update(mapping=dict(mapping), stage=Stage.STAGED)
    RememberedLayout.objects.update_or_create(
        organization_id=file.organization_id,
        fingerprint=header.fingerprint,
        defaults={
            "layout": layout.code,
            "mapping": dict(mapping),
            "chosen_by_id": by.user_id,
        },
    )


def annotated_file(file: ImportFile) -> tuple[bytes, str]:
    """This function will give the user's own file back with an error column, and its file name.

    :raises FileRefused: when the file cannot be read any more.
    """
    notes: dict[int, tuple[list[str], list[str]]] = {}
    for problem in file.problems.order_by("row", "-is_error", "id"):
        said, remedies = notes.setdefault(problem.row, ([], []))
        mark = "" if problem.is_error else "（提示）"
        said.append(f"{mark}{problem.field}：{problem.sentence}")
        remedies.append(f"{mark}{problem.remedy}")
    joined = {row: ("；".join(said), "；".join(what)) for row, (said, what) in notes.items()}
    with working_copy(file) as path:
        content, ending = error_sheet(
            path,
            sheet=file.sheet,
            header_row=file.header_row,
            notes=joined,
            rows=max(file.rows, *joined, 0) if joined else file.rows,
        )
    return content, f"{Path(file.name).stem}_错误清单.{ending}"
