"""A bank's answer sheet: every row judged, all of it entered or nothing (Art. 25).

CSV or workbook, columns found by name; or one of the bank's own files (`bank_rows.py`). The same
sheet again changes nothing; a row of another bank's application, of an unknown one, or answered
before stops the whole sheet with its row.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime

from django.db import transaction

from cardbook.cards.models import Application
from cardbook.chapters.bank_sheets import read_bank_sheet
from cardbook.chapters.usage.production.bank_rows import matched_rows
from cardbook.chapters.usage.production.commands import (
    Answer,
    AnswerKind,
    answer_applications,
)
from cardbook.chapters.usage.reaching import Bank
from cardbook.imports.columns import Column, Layout, Reading, RowProblem, RowReader
from cardbook.imports.engine import (
    Findings,
    choose_sheet,
    digest_of,
    keep_file,
    opened_body,
)
from cardbook.imports.models import ImportFile, Stage
from cardbook.imports.reading import FileRefused
from cardbook.lib.ids import id_of
from cardbook.lib.plain import InputError
from cardbook.lifecycle.acts import act
from cardbook.lifecycle.judge import refuse_other_roles
from cardbook.lifecycle.refusals import Refused
from cardbook.orgs.actors import Actor
from cardbook.ports.bank_sheets import BankSheet

CODE = "bank_answers"
_WORDS = {
    **{kind.label: kind for kind in AnswerKind},
    "01": AnswerKind.ACCEPT, "通过": AnswerKind.ACCEPT, "审核通过": AnswerKind.ACCEPT,
    "02": AnswerKind.REFUSE, "不通过": AnswerKind.REFUSE, "退回": AnswerKind.REFUSE,
    "审核不通过": AnswerKind.REFUSE, "06": AnswerKind.PRODUCE, "制卡": AnswerKind.PRODUCE,
    "07": AnswerKind.MADE, "制卡完成": AnswerKind.MADE, "已制卡": AnswerKind.MADE,
}  # fmt: skip


def _application(text: str) -> Reading:
    number = id_of(text.strip().upper().removeprefix("SQ"))
    if number is None:
        raise InputError("application", "申请号不是数字")
    return Reading(number)


def _kind(text: str) -> Reading:
    kind = _WORDS.get(text.strip())
    if kind is None:
        known = "、".join(one.label for one in AnswerKind)
        raise InputError("answer", f"不认识的答复“{text[:20]}”，应为{known}之一")
    return Reading(kind)


def _short(text: str) -> Reading:
    return Reading(text.strip()[:200])


LAYOUT = Layout(
    code=CODE,
    title="银行答复",
    columns=(
        Column(
            field="application", title="申请号", aliases=("任务明细号", "申请编号"), required=True,
            numeric=True, parse=_application, remedy="请照提交清单的申请号填写",
        ),
        Column(
            field="kind", title="答复", aliases=("审核结果", "结果", "处理结果", "制卡状态"),
            required=True, repeats=True, parse=_kind,
            remedy="请填写受理、退回修改、制卡中或已制成",
        ),
        Column(
            field="words", title="原因", aliases=("失败原因", "退回原因", "说明"), repeats=True,
            parse=_short,
        ),
        Column(
            field="reference", title="回执号", aliases=("银行流水", "流水号"), numeric=True,
            parse=_short,
        ),
    ),
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class TakenIn:
    """What came of a sheet: its file with the rows' problems, and how many rows were entered."""

    file: ImportFile
    rows: int
    repeated: bool = False

    @property
    def entered(self) -> bool:
        """Whether the sheet is in the book."""
        return not self.file.errors

    @property
    def notes(self) -> tuple[str, ...]:
        """What is said of rows that were left out though the sheet was entered."""
        left = self.file.problems.filter(is_error=False).order_by("row")
        return tuple(f"第 {one.row} 行：{one.sentence}。{one.remedy}。" for one in left)


def take_sheet(
    *, name: str, content: bytes, source: str, answered_on: date, bank: Bank, by: Actor,
    at: datetime, tab: str = "",
) -> TakenIn:  # fmt: skip
    """This function will read a bank's answer sheet, judge every row and enter all or none.

    `tab` names the sheet of a workbook that has several with answers; each is entered once.

    :raises FileRefused: when it is no table, its columns are not found, or a bank's own file is
        cut; nothing is kept.
    :raises Refused: when the post does not enter answers, or what is said of the sheet is wrong.
    """
    refuse_other_roles(act("application.accept"), by=by)
    sheet = _own_file(content)
    file = keep_file(name=name, content=content, layout=LAYOUT, organization_id=bank.id, by=by)
    if tab:
        choose_sheet(file, sheet=tab)
        file.refresh_from_db()
    same = ImportFile.objects.filter(
        layout=CODE, digest=file.digest, organization=bank.id, sheet=file.sheet
    )
    before = same.filter(stage=Stage.POSTED).order_by("id").first()
    if before is not None:
        file.delete()
        return TakenIn(file=before, rows=before.rows, repeated=True)
    if sheet is None:
        answers, places = _checked(file, bank=bank)
    else:
        answers, places = _matched(file, sheet, bank=bank)
    if file.errors:
        return TakenIn(file=file, rows=0)
    if not answers:
        return _posted(file, at=at)
    try:
        answer_applications(
            list(answers.values()), source=source, answered_on=answered_on, by=by, at=at,
            key=_key(file, bank=bank, tab=tab),
        )  # fmt: skip
    except Refused as refused:
        _note_refusals(file, refused, places)
        return TakenIn(file=file, rows=0)
    return _posted(file, at=at)


def _key(file: ImportFile, *, bank: Bank, tab: str) -> str:
    of_tab = f":{digest_of(tab.encode())[:12]}" if tab else ""
    return f"answers:{bank.id}:{file.digest}{of_tab}"


def _own_file(content: bytes) -> BankSheet | None:
    """One of the bank's own files, read whole; None when it is a table."""
    sheet = read_bank_sheet(content)
    if sheet is not None and not sheet.orders:
        raise FileRefused(
            "no_orders", f"这份“{sheet.title}”里没有制卡申请的答复。",
            "金融功能的状态请在“银行状态回报”登记。",
        )  # fmt: skip
    return sheet


def _posted(file: ImportFile, *, at: datetime) -> TakenIn:
    ImportFile.objects.filter(pk=file.pk).update(stage=Stage.POSTED, posted_at=at)
    file.refresh_from_db()
    return TakenIn(file=file, rows=file.rows)


@transaction.atomic
def _matched(
    file: ImportFile, sheet: BankSheet, *, bank: Bank
) -> tuple[dict[int, Answer], dict[int, int]]:
    """The same of a bank's own file: which applications its rows mean; what is so already is."""
    findings = Findings(file)
    answers: dict[int, Answer] = {}
    places: dict[int, int] = {}
    found = matched_rows(sheet.orders, bank=bank)
    for one in found.answers:
        findings.add(_judge_row(one.row, one.answer, answers, places))
    findings.add(_problem(row, "证件号码", code, *words) for row, code, words in found.strangers)
    findings.add(
        replace(_problem(row, "任务明细号", code, *words), is_error=False)
        for row, code, words in found.stopped
    )
    findings.keep()
    file.errors, file.rows = findings.error_rows, len(sheet.orders)
    ImportFile.objects.filter(pk=file.pk).update(
        stage=Stage.CHECKED, rows=file.rows, errors=file.errors, known=found.known,
        result={"bank_file": sheet.title},
    )  # fmt: skip
    file.result = {"bank_file": sheet.title}
    return answers, places


@transaction.atomic
def _checked(file: ImportFile, *, bank: Bank) -> tuple[dict[int, Answer], dict[int, int]]:
    """The answers by application, and in which row each stands; problems are kept."""
    findings = Findings(file)
    answers: dict[int, Answer] = {}
    places: dict[int, int] = {}
    rows = 0
    with opened_body(file, layout=LAYOUT) as body:
        reader = RowReader(LAYOUT, body.header.mapping, width=body.width)
        for row in body.rows():
            rows += 1
            values, problems = reader(row)
            if not any(problem.is_error for problem in problems):
                problems += _judge_row(row.number, _answer_in(values), answers, places)
            findings.add(problems)
        findings.add(body.miscounted(rows))
        header_row = body.header.last_row
    if not rows:
        raise FileRefused("empty", "表头下面没有数据行。", "请检查银行的文件是否完整。")
    findings.add(_strangers(places, bank=bank))
    findings.keep()
    file.errors, file.rows = findings.error_rows, rows
    ImportFile.objects.filter(pk=file.pk).update(
        stage=Stage.CHECKED, header_row=header_row, rows=rows, errors=findings.error_rows,
    )  # fmt: skip
    return answers, places


def _answer_in(values: Mapping[str, object]) -> Answer:
    application, kind = values["application"], values["kind"]
    assert isinstance(application, int) and isinstance(kind, AnswerKind)
    return Answer(
        application_id=application, kind=kind, words=str(values["words"]),
        reference=str(values["reference"])[:60],
    )  # fmt: skip


def _judge_row(
    number: int, answer: Answer, answers: dict[int, Answer], places: dict[int, int]
) -> list[RowProblem]:
    """One row by itself: twice in the sheet, or refused without a word."""
    application = answer.application_id
    if application in places:
        said = f"申请 {application} 在第 {places[application]} 行已有一个答复"
        return [_problem(number, "申请号", "answer_twice", said, "一件申请在一份回盘里只写一行")]
    if answer.kind is AnswerKind.REFUSE and not answer.words:
        return [_problem(number, "原因", "no_reason", "退回修改没有写原因", "请写明改什么")]
    places[application] = number
    answers[application] = answer
    return []


def _strangers(places: Mapping[int, int], *, bank: Bank) -> Iterator[RowProblem]:
    """Rows of applications that are not this bank's, or are none."""
    own = set(
        Application.objects.filter(pk__in=places, bank__path__startswith=bank.path).values_list(
            "pk", flat=True
        )
    )
    for application, row in places.items():
        if application not in own:
            said = f"申请 {application} 不是提交给{bank.name}的"
            yield _problem(row, "申请号", "other_bank", said, "请核对申请号；他行的申请由他行答复")


def _problem(row: int, title: str, code: str, sentence: str, remedy: str) -> RowProblem:
    return RowProblem(row=row, title=title, code=code, sentence=sentence, remedy=remedy)


def _note_refusals(file: ImportFile, refused: Refused, places: Mapping[int, int]) -> None:
    """What the book refused, beside the row it concerns.

    :raises Refused: when a reason is about no row: the day or the source of the whole sheet.
    """
    rows = [one for one in refused.refusals if one.subject_id in places]
    if len(rows) != len(refused.refusals):
        raise refused
    findings = Findings(file)
    findings.add(
        _problem(places[one.subject_id or 0], "答复", one.code, one.sentence, one.way_out)
        for one in rows
    )
    findings.keep()
    file.errors = findings.error_rows
    ImportFile.objects.filter(pk=file.pk).update(errors=findings.error_rows)
