"""A bank's report of its own half, by file: what can be entered is, row by row (Art. 22, 28, 29).

Whoever brings the file enters it in his own name: nobody here speaks for a bank. The same file
again changes nothing but what could not be entered before, such as another county's cards; a cut
one is refused whole; another bank's card is refused by its row.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from django.db import transaction
from django.db.models import QuerySet

from cardbook.cards.models import Card
from cardbook.cards.states import Bank as BankState
from cardbook.cards.states import Stage as CardStage
from cardbook.chapters.bank_sheets import read_bank_sheet
from cardbook.chapters.row_by_row import row_by_row
from cardbook.chapters.usage.activation.newest import newest_words
from cardbook.chapters.usage.models import BankVisit
from cardbook.chapters.usage.reaching import Bank, banks_for
from cardbook.chapters.usage.values import VisitResult
from cardbook.imports.columns import Layout, RowProblem
from cardbook.imports.engine import Findings, digest_of, keep_file
from cardbook.imports.models import ImportFile, Stage
from cardbook.imports.reading import FileRefused
from cardbook.lifecycle import refusals as no
from cardbook.lifecycle.acts import act
from cardbook.lifecycle.facts import BankReported
from cardbook.lifecycle.judge import refuse_other_roles
from cardbook.lifecycle.perform import Done, Step, perform
from cardbook.orgs.actors import Actor
from cardbook.ports.bank_sheets import HalfRow
from cardbook.ports.standings import Standing

CODE = "bank_halves"
_KEPT_AS = Layout(code=CODE, title="金融功能状态回报", columns=())
# What a bank's code says of its half; how a card stands with us is never taken from it.
_HALVES: Mapping[Standing, BankState] = {
    Standing.MADE: BankState.INACTIVE,
    Standing.NORMAL: BankState.ACTIVE,
    Standing.ORAL_LOSS: BankState.LOSS_REPORTED,
    Standing.FORMAL_LOSS: BankState.LOSS_REPORTED,
    Standing.VOID: BankState.CLOSED,
    Standing.CANCELLED: BankState.CLOSED,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Entered:
    """What came of a report: rows entered, rows refused with their reasons in `file`.

    `others_left` says that rows are left which somebody with another reach may enter.
    """

    file: ImportFile
    entered: int
    refused: int
    repeated: bool = False
    others_left: bool = False

    @property
    def early(self) -> int:
        """How many cards the bank enabled before they were handed out."""
        return self.file.problems.filter(code="enabled_unissued").count()


def take_report(
    *, name: str, content: bytes, bank: Bank, by: Actor, at: datetime
) -> Entered:  # fmt: skip
    """This function will enter what a bank reports of its cards, and keep what it cannot.

    :raises FileRefused: when the file is cut or no such report; nothing is kept or entered.
    :raises Refused: when the post does not enter what banks say.
    """
    refuse_other_roles(act("bank.report"), by=by)
    sheet = read_bank_sheet(content)
    if sheet is None or not sheet.halves:
        raise FileRefused(
            "no_report", "这不是银行的金融功能状态回报，或里面没有记录。",
            "请选择以“ZT|”开头的回报文件；制卡回盘请在“银行答复”导入。",
        )  # fmt: skip
    digest = digest_of(content)
    before = _entered_whole(bank, digest)
    if before is not None:
        return _answer(before, repeated=True)
    file = keep_file(name=name, content=content, layout=_KEPT_AS, organization_id=bank.id, by=by)
    problems = list(_unreadable(sheet.halves))
    rows, known = _of_cards(sheet.halves, bank=bank, problems=problems)

    def work(ids: Sequence[int], key: str) -> Done:
        return _enter({id_: rows[id_] for id_ in ids}, bank=bank, by=by, at=at, key=key)

    found = row_by_row(list(rows), key=_key(bank, digest, rows), work=work)
    problems += [
        _problem(rows[id_], one.code, one.sentence, one.way_out)
        for id_, one in found.refused.items()
    ]
    problems += _used_too_early({id_: rows[id_] for id_ in found.done})
    _note(file, problems, count=len(sheet.halves), known=known, at=at)
    return _answer(file, repeated=not found.done and not problems)


def _entered_whole(bank: Bank, digest: str) -> ImportFile | None:
    files = ImportFile.objects.filter(
        layout=CODE, digest=digest, organization=bank.id, stage=Stage.POSTED, errors=0
    )
    return files.order_by("id").first()


def _key(bank: Bank, digest: str, rows: Iterable[int]) -> str:
    """The same rows of the same file are the same request; what was left over is another."""
    which = digest_of(",".join(map(str, sorted(rows))).encode())
    return f"halves:{bank.id}:{digest[:32]}:{which[:16]}"


def _answer(file: ImportFile, *, repeated: bool = False) -> Entered:
    return Entered(
        file=file,
        entered=file.rows - file.errors - file.known,
        refused=file.errors,
        repeated=repeated,
        others_left=file.problems.filter(code=no.OUT_OF_REACH.code).exists(),
    )


def _unreadable(rows: Sequence[HalfRow]) -> Iterator[RowProblem]:
    for one in rows:
        if one.trouble:
            yield _problem(one, "unreadable", one.trouble, "请银行更正后重新出具这一行")
        elif one.standing not in _HALVES:
            yield _problem(
                one, "no_half", "“应用锁定”是社保功能的状态，银行一侧没有", "请银行核对状态代码"
            )


def _of_cards(
    rows: Sequence[HalfRow], *, bank: Bank, problems: list[RowProblem]
) -> tuple[dict[int, HalfRow], int]:
    """The rows that can be entered, by card, and how many are in the book already.

    What is wrong with the others goes to `problems`.
    """
    readable = [one for one in rows if one.standing in _HALVES]
    cards = {
        card.number: card
        for card in Card.objects.filter(
            number__in={one.card_number for one in readable}
        ).select_related("bank_org")
    }
    found: dict[int, HalfRow] = {}
    known: dict[int, HalfRow] = {}
    for one in readable:
        card = cards.get(one.card_number)
        wrong = _misfit(one, card, bank=bank, found={**known, **found})
        if wrong is not None:
            problems.append(wrong)
        elif card is not None:
            (known if _is_known(one, card) else found)[card.pk] = one
    return found, len(known)


def _is_known(one: HalfRow, card: Card) -> bool:
    """Whether this very word of the bank was entered before."""
    return one.standing is not None and (card.bank, card.bank_as_of) == (
        _HALVES[one.standing],
        one.at,
    )


def _misfit(
    one: HalfRow, card: Card | None, *, bank: Bank, found: Mapping[int, HalfRow]
) -> RowProblem | None:
    if card is None or card.bank_org is None or not card.bank_org.path.startswith(bank.path):
        # Whether another bank has such a card is not this bank's business.
        said = f"卡号 {one.card_number} 不是{bank.name}的社保卡"
        return _problem(one, "other_bank", said, "请核对卡号；他行的卡由他行回报")
    if card.pk in found:
        said = f"卡号 {one.card_number} 在第 {found[card.pk].row} 行已有一个状态"
        return _problem(one, "twice", said, "一张卡在一份回报里只写一行")
    if card.bank_as_of is not None and one.at is not None and one.at < card.bank_as_of:
        said = "已登记过更晚的银行状态，这一行是旧的"
        return _problem(one, "older", said, "不用处理；如确以此为准，请银行按现状重新回报")
    return None


def _enter(rows: Mapping[int, HalfRow], *, bank: Bank, by: Actor, at: datetime, key: str) -> Done:
    """One act for each state the bank named, all at once: its own word, with time and number."""
    by_state: dict[BankState, dict[int, object]] = {}
    newest = newest_words({id_: one.at for id_, one in rows.items() if one.at is not None})
    for id_, one in rows.items():
        assert one.standing is not None and one.at is not None
        state = _HALVES[one.standing]
        by_state.setdefault(state, {})[id_] = BankReported(
            bank=str(state),
            bank_source=f"{bank.name}状态回报文件"[:60],
            bank_as_of=one.at,
            reference=one.reference,
        )
    active = [id_ for id_, one in rows.items() if one.standing is Standing.NORMAL]

    def keep(done: Done) -> None:
        # Whoever was on the way to the outlet has been there (the green channel's list).
        BankVisit.objects.filter(card__in=active, settled_at=None).update(
            settled_at=at, result=VisitResult.ACTIVE, words="银行回报文件"
        )

    steps = [
        Step(act=act("bank.report"), facts=facts, subject_ids=sorted(facts), objections=newest)
        for _, facts in sorted(by_state.items())
    ]
    return perform(*steps, by=by, at=at, key=key, also=keep)


@transaction.atomic
def _note(
    file: ImportFile, problems: Sequence[RowProblem], *, count: int, known: int, at: datetime
) -> None:
    """What became of the rows; killed before it, the same file is read again and all is known."""
    findings = Findings(file)
    findings.add(sorted(problems, key=lambda one: one.row))
    findings.keep()
    wrong = findings.error_rows
    entered = {"stage": Stage.POSTED, "posted_at": at} if wrong < count else {}
    ImportFile.objects.filter(pk=file.pk).update(rows=count, errors=wrong, known=known, **entered)
    file.refresh_from_db()


def _used_too_early(rows: Mapping[int, HalfRow]) -> Iterator[RowProblem]:
    """What the bank enabled of cards nobody was handed yet (Art. 22): entered, and to be asked."""
    enabled = [id_ for id_, one in rows.items() if one.standing is Standing.NORMAL]
    early = Card.objects.filter(pk__in=enabled, stage=CardStage.IN_CUSTODY).order_by("number")
    for id_ in early.values_list("pk", flat=True):
        said = "还没有发放，银行报已启用，已照银行的登记"
        remedy = "请向银行核实由谁、凭什么证件启用，并核对卡在不在存放处；不在的报告丢失"
        yield replace(_problem(rows[id_], "enabled_unissued", said, remedy), is_error=False)


def _problem(row: HalfRow, code: str, sentence: str, remedy: str) -> RowProblem:
    card = "" if row.card_number in sentence else f"卡号 {row.card_number}："
    return RowProblem(
        row=row.row, title="社保卡号", code=code, sentence=f"{card}{sentence}", remedy=remedy
    )


def reports_entered(by: Actor) -> QuerySet[ImportFile]:
    """This function will find the reports of the banks within reach."""
    banks = [bank.id for bank in banks_for(by)]
    found = ImportFile.objects.filter(layout=CODE, organization__in=banks)
    return found.select_related("organization", "uploaded_by")


def report_file(file_id: int, *, by: Actor) -> ImportFile | None:
    """This function will return one of them within reach, or None."""
    banks = [bank.id for bank in banks_for(by)]
    found = ImportFile.objects.filter(pk=file_id, layout=CODE, organization__in=banks)
    return found.select_related("organization", "uploaded_by").first()
