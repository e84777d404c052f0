"""A bank's own file on its way in: uploaded, or taken out of what the bank left (Art. 22, 25).

Pages and commands know no adapter; `config/settings.py` names who reads and where files lie.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from django.conf import settings
from django.utils.module_loading import import_string

from cardbook.imports.reading import FileRefused
from cardbook.ports.bank_sheets import Arrived, BankInbox, BankSheet, SheetRefused

_GONE = FileRefused("gone", "这份来件已经不在，可能刚由别人登记。", "请刷新页面。")


@dataclass(frozen=True, slots=True)
class Waiting:
    """A file a bank left, as a page offers it; `key` is what the page sends back."""

    bank: str
    file: Arrived
    key: str


def read_bank_sheet(content: bytes) -> BankSheet | None:
    """This function will read a bank's file; None when it is of no kind agreed with banks.

    :raises FileRefused: when it is cut, miscounted or not GBK: the whole file.
    """
    read: Callable[[bytes], BankSheet | None] = import_string(settings.BANK_SHEETS)
    try:
        return read(content)
    except SheetRefused as refused:
        raise FileRefused("bank_file", str(refused), "") from None


def inbox_of(bank_id: int) -> BankInbox | None:
    """This function will open what a bank left; None where it takes no files."""
    opened: Callable[[int], BankInbox | None] = import_string(settings.BANK_INBOX)
    return opened(bank_id)


def waiting_files(banks: Iterable[tuple[int, str]], *, of_halves: bool) -> list[Waiting]:
    """This function will list what banks, by id and name, left for a person to enter."""
    found = []
    for bank_id, name in banks:
        inbox = inbox_of(bank_id)
        files = inbox.arrived() if inbox else ()
        found += [
            Waiting(bank=name, file=file, key=f"{bank_id}/{file.name}")
            for file in files
            if file.is_of_halves == of_halves
        ]
    return found


def arrived_content(bank_id: int, name: str) -> bytes:
    """This function will read a file a bank left.

    :raises FileRefused: when somebody was faster.
    """
    inbox = inbox_of(bank_id)
    try:
        if inbox:
            return inbox.content(name)
    except (KeyError, FileNotFoundError):
        pass
    raise _GONE


def put_away(bank_id: int, name: str) -> None:
    """This function will put a file away that was entered; whoever was faster has done so."""
    inbox = inbox_of(bank_id)
    try:
        if inbox:
            inbox.keep(name)
    except (KeyError, FileNotFoundError):
        return
