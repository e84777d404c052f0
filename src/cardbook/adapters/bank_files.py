"""A bank that takes files and answers by file: orders as F3, notices as lines (Art. 25, 28 to 30).

`<folder>/out` is what the bank fetches, `<folder>/in` what it leaves. An order's 任务明细号 comes
from what owes it: whatever is sent twice is the same order, and the bank's answer names it.
"""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date, datetime
from functools import partial
from pathlib import Path

from cardbook.adapters.bank_sheets import is_for_people, read
from cardbook.adapters.files import notices
from cardbook.adapters.files.fixed import FileRefused, Row, decode, encode, encode_record
from cardbook.adapters.files.layouts import ANSWER, ORDER
from cardbook.adapters.folders import Incoming, write_whole
from cardbook.adapters.persons import DOCUMENTS, person_row
from cardbook.lib.citizen_number import parse
from cardbook.lib.clock import LOCAL, local_day
from cardbook.lib.plain import InputError
from cardbook.lib.sm import sm3
from cardbook.ports.bank_sheets import Arrived, SheetRefused, order_detail
from cardbook.ports.messages import Addressee, Answer, Letter, MessageKind, Outcome, Returned, Told

ORDERS = frozenset({MessageKind.BANK_PRODUCTION_ORDER})
_TAKEN = Answer(outcome=Outcome.TAKEN, words="已交银行文件，等回盘")


class BankFolder:
    """Keeps `BankFiles` for one bank by two folders and a drawer of what was sent."""

    carries = frozenset(kind for kind in MessageKind if kind.party == "bank")

    def __init__(self, *, folder: Path, bank_number: str, clock: Callable[[], datetime]) -> None:
        """`bank_number` is how the bank numbers itself in file names."""
        self._folder, self._number, self._clock = folder, bank_number, clock
        self._incoming = Incoming(folder / "in")

    def tell(self, letters: Sequence[Letter]) -> Iterator[Told]:
        """One file of orders, one of notices; a row that cannot be written is refused alone."""
        orders = [letter for letter in letters if letter.kind in ORDERS]
        rest = [letter for letter in letters if letter.kind not in ORDERS]
        answers = {**self._order(orders), **self._notify(rest)}
        for letter in letters:
            yield Told(letter.reference, answers[letter.reference])

    def _order(self, letters: Sequence[Letter]) -> dict[str, Answer]:
        answers, fit = _pre_flight(letters)
        if fit:
            task = _task_of(fit)
            content = encode(ORDER, [{**_order_row(letter), "task": task} for letter in fit])
            self._remember(task, {order_detail(one.reference): one.reference for one in fit})
            stamp = f"{self._clock().astimezone(LOCAL):%Y%m%d%H%M%S}"
            name = f"SH_{task}_{self._number.zfill(15)}_{stamp}"
            # A crash may have left the same task under an earlier moment: it goes out once.
            if not list((self._folder / "out").glob(f"SH_{task}_*")):
                write_whole(self._folder / "out" / name, content)
        return answers | {letter.reference: _TAKEN for letter in fit}

    def _notify(self, letters: Sequence[Letter]) -> dict[str, Answer]:
        if not letters:
            return {}
        name = f"TZ_{_task_of(letters)}"
        write_whole(self._folder / "out" / name, notices.encode(letters))
        return {letter.reference: _TAKEN for letter in letters}

    def _remember(self, task: str, details: Mapping[str, str]) -> None:
        """Which detail stands for which message: references only, no person."""
        content = json.dumps(details, sort_keys=True).encode()
        write_whole(self._folder / "sent" / f"{task}.json", content)

    def answers(self) -> Iterator[Returned]:
        """Every file that came whole; the others are refused as wholes, with the reason beside."""
        if self._folder.is_dir():
            (self._folder / "in").mkdir(exist_ok=True, mode=0o700)
        for path, content in self._incoming.waiting():
            try:
                if is_for_people(content):
                    read(content)
                    self._incoming.set_aside(path)
                    continue
                found = tuple(self._read(content))
            except (FileRefused, SheetRefused) as refused:
                self._incoming.refuse(path, str(refused))
            else:
                yield Returned(
                    found,
                    keep=partial(self._incoming.take, path, content),
                    refuse=partial(self._incoming.refuse, path),
                )

    def arrived(self) -> list[Arrived]:
        """Files that wait for a person, by name; they were read whole when they came."""
        found = []
        for path in self._incoming.aside():
            sheet = read(path.read_bytes())
            if sheet is not None:
                at = datetime.fromtimestamp(path.stat().st_mtime, tz=LOCAL)
                found.append(
                    Arrived(
                        name=path.name, title=sheet.title, at=at, is_of_halves=bool(sheet.halves)
                    )
                )
        return found

    def content(self, name: str) -> bytes:
        """One of them.

        :raises KeyError: when somebody was faster and it is there no more.
        """
        return self._aside(name).read_bytes()

    def keep(self, name: str) -> None:
        """Put away what was entered; who was faster has put it away."""
        path = self._aside(name)
        self._incoming.take(path, path.read_bytes())

    def _aside(self, name: str) -> Path:
        # The name comes from a form: it must be one of those that wait, not a path.
        return {path.name: path for path in self._incoming.aside()}[name]

    def refused_files(self) -> list[tuple[str, str]]:
        """Names and reasons of files the bank has to send again."""
        return self._incoming.refused()

    def _read(self, content: bytes) -> Iterator[Told]:
        if content.startswith(notices.ANSWER_TAG):
            yield from notices.decode_answers(content)
            return
        rows = decode(ANSWER, content)
        sent = {task: self._sent(task) for task in {row["task"] for row in rows}}
        for row in rows:
            reference = sent[row["task"]].get(row["detail"])
            if reference is None:
                raise FileRefused(
                    f"任务明细号 {row['detail']} 不在任务 {row['task']} 中，整份未读入，请银行核对"
                )
            yield Told(reference, _answer_of(row))

    def _sent(self, task: str) -> dict[str, str]:
        # The name comes from a file of strangers: it must be one of ours, not a path.
        path = self._folder / "sent" / f"{task}.json"
        if not task.isalnum() or not path.exists():
            raise FileRefused(f"任务 {task} 不是我方发出的（可能是别家银行的文件），整份未读入")
        found: dict[str, str] = json.loads(path.read_bytes())
        return found


def _pre_flight(letters: Sequence[Letter]) -> tuple[dict[str, Answer], list[Letter]]:
    """What cannot be written, with row and field; and the letters that can."""
    answers: dict[str, Answer] = {}
    fit: list[Letter] = []
    for number, letter in enumerate(letters, start=1):
        row = {**_order_row(letter), "task": "0"}
        _, troubles = encode_record(ORDER, row, number=number)
        if troubles:
            words = "；".join(f"“{one.field}”{one.sentence}" for one in troubles)
            answers[letter.reference] = Answer(outcome=Outcome.REFUSED, code="file", words=words)
        else:
            fit.append(letter)
    return answers, fit


def _task_of(letters: Sequence[Letter]) -> str:
    """32 characters made of the letters: the same letters are the same task."""
    return sm3("\n".join(letter.reference for letter in letters).encode()).hex()[:32]


def _order_row(letter: Letter) -> Row:
    about = letter.about
    return {
        "detail": order_detail(letter.reference),
        **person_row(about),
        **(_guardian(about, on=local_day(letter.happened_at)) if about.guardian_name else {}),
    }


def _guardian(about: Addressee, *, on: date) -> Row:
    row = {"guardian": about.guardian_name, "guardian_number": about.guardian_number}
    try:
        read = parse(about.guardian_number, today=on)
    except InputError:
        return row
    return row | {"guardian_sex": read.sex, "guardian_document": DOCUMENTS[read.kind]}


def _answer_of(row: Mapping[str, str]) -> Answer:
    if row["result"] == "1":
        return Answer(outcome=Outcome.DONE, code="1", reference=row["detail"])
    words = row["reason"] or "银行没有说明原因"
    return Answer(outcome=Outcome.REFUSED, code=row["result"], words=words)
