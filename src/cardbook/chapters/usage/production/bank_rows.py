"""Which applications a bank's answers mean: those in its files, those beside messages (Art. 25).

A file names the holder and, where it has one, the order; an application is never guessed: one that
is not at that bank, or another order of the same holder, is named by its row.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from django.db.models import QuerySet

from cardbook.cards.models import Application
from cardbook.cards.states import CLOSED_APPLICATIONS, Progress, Subject
from cardbook.chapters.row_by_row import Outcome, row_by_row
from cardbook.chapters.usage.made import made_cards
from cardbook.chapters.usage.production.commands import Answer, AnswerKind, answer_applications
from cardbook.chapters.usage.reaching import Bank, applications_within
from cardbook.lib.clock import local_day
from cardbook.lib.identifiers import parse_bank_number
from cardbook.lib.plain import InputError
from cardbook.lifecycle.perform import Done
from cardbook.orgs.actors import Actor
from cardbook.outbox.models import Message
from cardbook.outbox.states import State
from cardbook.people import vault
from cardbook.people.holders import holder_of
from cardbook.ports.bank_sheets import OrderRow, Said, order_detail
from cardbook.ports.messages import MadeCard, MessageKind, Party

_KINDS: Mapping[Said, AnswerKind] = {
    Said.ACCEPT: AnswerKind.ACCEPT,
    Said.REFUSE: AnswerKind.REFUSE,
    Said.MADE: AnswerKind.MADE,
}
# Said before, by another file or by the teller: saying it again changes nothing.
_MADE = frozenset({Progress.PRODUCED, Progress.COLLECTED})
_SO_ALREADY: Mapping[Said, frozenset[str]] = {
    Said.ACCEPT: frozenset({Progress.ACCEPTED, Progress.IN_PRODUCTION, *_MADE}),
    Said.REFUSE: frozenset({Progress.REFUSED}),
    Said.MADE: _MADE,
}
# What the bank's own answer to an order is coded (domain.md 3.2); other refusals are ours.
_PASSED, _NOT_PASSED = "1", "0"
_CONTRARY = (
    "请银行说明以哪一份为准：两次的卡都做了的，到货后照卡面核对，多出的一张按退回的卡注销、销毁"
)
_IF_MADE = "卡已经做了的，到货后不发给任何人，按退回的卡注销、销毁"
SOURCE = "银行回盘文件（待办消息）"


@dataclass(frozen=True, slots=True)
class RowAnswer:
    """A row of a file and the answer it gives."""

    row: int
    answer: Answer


@dataclass(slots=True)
class Matched:
    """The answers of a file; rows that mean no application here; how many were so already.

    `stopped` are rows of orders that were taken back while the bank worked on them: its answer
    and our word crossed, which is nobody's mistake and holds up no other row.
    """

    answers: list[RowAnswer] = field(default_factory=list)
    strangers: list[tuple[int, str, tuple[str, str]]] = field(default_factory=list)
    stopped: list[tuple[int, str, tuple[str, str]]] = field(default_factory=list)
    known: int = 0


def matched_rows(rows: Sequence[OrderRow], *, bank: Bank) -> Matched:
    """This function will find each row's application at that bank, in two queries.

    It is the one whose order the row names, else the holder's last.
    """
    indexes = {one.row: bytes(vault.number_index(one.number)) for one in rows}
    applications = _by_holder(set(indexes.values()), bank=bank)
    details = _details(one for his in applications.values() for one in his)
    found = Matched()
    said_before: list[tuple[OrderRow, int]] = []
    for one in rows:
        application = _meant(one, applications.get(indexes[one.row], ()), details)
        if application is None:
            said = f"这一行的持卡人没有提交给{bank.name}、尚在办理的申请"
            found.strangers.append((one.row, "other_bank", (said, "请银行核对；他行的由他行答复")))
        elif one.detail and one.detail not in details.get(application.pk, ()):
            said = f"任务明细号 {one.detail} 不是申请 {application.pk} 的"
            found.strangers.append((one.row, "other_order", (said, "请银行核对是不是以前的回盘")))
        elif application.progress in _SO_ALREADY[one.said]:
            found.known += 1
            said_before.append((one, application.pk))
        elif application.progress == Progress.WITHDRAWN and one.detail:
            said = f"申请 {application.pk} 已停止制卡或撤回，银行的答复没有登记"
            found.stopped.append((one.row, "stopped", (said, _IF_MADE)))
        elif application.progress in CLOSED_APPLICATIONS:
            said = f"申请 {application.pk} 已经办结或撤回"
            found.strangers.append((one.row, "closed", (said, "请银行核对是不是以前的回盘")))
        elif said := _wrong_account(one.made):
            found.strangers.append((one.row, "account", (said, "请银行核对银行卡号后重新出具")))
        else:
            answer = Answer(
                application_id=application.pk, kind=_KINDS[one.said], words=one.words[:200],
                reference=one.reference[:60], made=one.made,
            )  # fmt: skip
            found.answers.append(RowAnswer(one.row, answer))
    found.strangers += _other_cards(said_before)
    return found


def _by_holder(indexes: set[bytes], *, bank: Bank) -> dict[bytes, list[Application]]:
    """The applications of holders at a bank, each holder's newest first."""
    found: dict[bytes, list[Application]] = {}
    theirs = Application.objects.filter(
        person__number_index__in=indexes, bank__path__startswith=bank.path
    )
    for each in theirs.select_related("person").order_by("-pk"):
        found.setdefault(bytes(each.person.number_index), []).append(each)
    return found


def _wrong_account(made: MadeCard | None) -> str:
    """What is wrong with the account of a card, if it says one (domain.md 5.1)."""
    try:
        if made is not None and made.account:
            parse_bank_number(made.account)
    except InputError as problem:
        return problem.sentence.partition("；")[0]
    return ""


def _other_cards(
    said_before: Sequence[tuple[OrderRow, int]],
) -> Iterator[tuple[int, str, tuple[str, str]]]:
    """Rows that describe another card, or another account, than was entered as made before."""
    described = [(row, row.made, pk) for row, pk in said_before if row.made is not None]
    made = made_cards([pk for _, _, pk in described])
    for row, now, pk in described:
        before = made.get(pk)
        if before is None:
            continue
        if now.number != before.number:
            said = f"申请 {pk} 先前登记制成的是卡 {before.number}，这一行是卡 {now.number}"
            yield row.row, "other_card", (said, _CONTRARY)
        elif now.account and now.account != before.account:
            was = f"尾号 {before.account[-4:]}" if before.account else "没有"
            said = f"申请 {pk} 先前登记的银行卡号{was}，这一行是尾号 {now.account[-4:]}"
            yield row.row, "other_account", (said, "请银行核对账户，到货时以到货明细的为准")


def _meant(
    row: OrderRow, his: Sequence[Application], details: Mapping[int, set[str]]
) -> Application | None:
    """The application a row names by its order, else the newest; None where the bank has none."""
    named = (one for one in his if row.detail and row.detail in details.get(one.pk, ()))
    return next(named, his[0] if his else None)


def _details(applications: Iterable[Application]) -> dict[int, set[str]]:
    """Under which numbers the orders of applications went out."""
    found: dict[int, set[str]] = {}
    for application, reference in _orders(applications).values_list("subject_id", "reference"):
        found.setdefault(application, set()).add(order_detail(reference))
    return found


def _orders(applications: Iterable[Application]) -> QuerySet[Message]:
    """The orders owed to banks for applications, found by the threads the outbox keeps."""
    threads = {
        one.pk: f"card:{one.old_card_id}" if one.old_card_id else f"{Subject.APPLICATION}:{one.pk}"
        for one in applications
    }
    return Message.objects.filter(
        party=Party.BANK, thread__in=set(threads.values()),
        kind=MessageKind.BANK_PRODUCTION_ORDER, subject_kind=Subject.APPLICATION,
        subject_id__in=list(threads),
    )  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Offered:
    """What a bank answered to an order by file and nobody entered yet."""

    application_id: int
    name: str
    bank: str
    kind: AnswerKind
    words: str
    reference: str
    answered_at: datetime

    @property
    def answered_on(self) -> date:
        """The day the answer came."""
        return local_day(self.answered_at)


def offered(*, by: Actor, most: int = 500) -> list[Offered]:
    """This function will list answers that came by file and wait for a person, oldest first.

    The message has its answer; the application moves only when somebody enters it.
    """
    waiting = list(applications_within(by).filter(progress=Progress.SUBMITTED))
    orders = _orders(waiting).order_by("subject_id", "-id").distinct("subject_id")
    answers = {one.subject_id: (one, one.answered_at) for one in orders if _is_answer(one)}
    found = [
        Offered(
            application_id=one.pk,
            name=holder_of(one.person).name,
            bank=one.bank.name if one.bank else "",
            kind=AnswerKind.ACCEPT if message.state == State.DONE else AnswerKind.REFUSE,
            words=message.answer_words,
            reference=message.external_reference,
            answered_at=answered_at,
        )
        for one in waiting
        for message, answered_at in (answers.get(one.pk, (None, None)),)
        if message is not None and answered_at is not None
    ]
    return sorted(found, key=lambda one: (one.answered_at, one.application_id))[:most]


def _is_answer(message: Message) -> bool:
    """Whether the bank itself said so; what could not be written into its file is ours to mend."""
    said = {State.DONE: _PASSED, State.REFUSED: _NOT_PASSED}
    return message.answer_code == said.get(State(message.state))  # type: ignore[call-arg]


def enter_offered(ids: Sequence[int], *, by: Actor, at: datetime, key: str) -> Outcome:
    """This function will enter what the banks answered by file, in the name of whoever does it.

    What somebody entered meanwhile is left out; the words are the bank's, never the page's.
    """
    answers = {
        one.application_id: Answer(
            application_id=one.application_id, kind=one.kind, words=one.words,
            reference=one.reference, answered_on=one.answered_on,
        )
        for one in offered(by=by)
        if one.application_id in set(ids)
    }  # fmt: skip

    def work(left: Sequence[int], part: str) -> Done:
        return answer_applications(
            [answers[id_] for id_ in left], source=SOURCE, answered_on=local_day(at), by=by,
            at=at, key=part,
        )  # fmt: skip

    return row_by_row(list(answers), key=key, work=work, subject=Subject.APPLICATION)
