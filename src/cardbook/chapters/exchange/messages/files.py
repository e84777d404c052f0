"""Files banks brought: what waits for a person, what was refused, what was entered (Art. 22, 25).

Names and counts only; whoever enters one does so on the page of its act.
"""

from dataclasses import dataclass
from datetime import datetime

from cardbook.chapters.bank_sheets import Waiting, inbox_of, waiting_files
from cardbook.imports.models import ImportFile
from cardbook.orgs.models import Kind, Organization

SHOWN = 10
_FEW = 3
_TITLES = {"bank_answers": "制卡申请的答复", "bank_halves": "金融功能状态回报"}


@dataclass(frozen=True, slots=True)
class Refused:
    """A file that was not whole, or of no agreed kind; the bank has to send it again."""

    bank: str
    name: str
    words: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Entered:
    """A file somebody entered, or tried to."""

    bank: str
    name: str
    title: str
    at: datetime
    rows: int
    refused: int
    by: str


@dataclass(frozen=True, slots=True)
class BankFiles:
    """All of them, newest first."""

    arrived: list[Waiting]
    refused: list[Refused]
    entered: list[Entered]

    @property
    def waits(self) -> int:
        """How many wait for a person."""
        return len(self.arrived)

    @property
    def is_short(self) -> bool:
        """Whether something waits, and so little that it pushes no list out of sight."""
        return self.waits > 0 and self.waits + len(self.refused) <= _FEW

    def __bool__(self) -> bool:
        return bool(self.arrived or self.refused or self.entered)


def bank_files() -> BankFiles:
    """This function will list what banks brought, in two queries and a look into each folder."""
    banks = list(
        Organization.objects.filter(kind=Kind.BANK, valid_to=None)
        .order_by("code")
        .values_list("pk", "name")
    )
    arrived = [one for halves in (True, False) for one in waiting_files(banks, of_halves=halves)]
    refused = [
        Refused(name, file, words)
        for bank_id, name in banks
        if (inbox := inbox_of(bank_id)) is not None
        for file, words in inbox.refused_files()[-SHOWN:]
    ]
    return BankFiles(arrived, refused, _entered())


def _entered() -> list[Entered]:
    files = ImportFile.objects.filter(layout__in=_TITLES).select_related(
        "organization", "uploaded_by"
    )
    return [
        Entered(
            bank=one.organization.name,
            name=one.name,
            title=_TITLES[one.layout],
            at=one.uploaded_at,
            rows=one.rows,
            refused=one.errors if one.layout == "bank_halves" or not one.errors else one.rows,
            by=one.uploaded_by.get_full_name(),
        )
        for one in files.order_by("-pk")[:SHOWN]
    ]
