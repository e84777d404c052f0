"""What a register is to the pages and the command line: a form, what to choose, how to fill it.

Each slice exports one (`PICK_UP`, `COUNT`); `config/wiring.py` lists them all.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from cardbook.law.roles import Role
from cardbook.registers.choosing import ChooseForm
from cardbook.registers.forms import Form, Sheet


class FillSheet(Protocol):
    """Reads the book and fills a sheet; nothing is written."""

    def __call__(
        self,
        *,
        chosen: Mapping[str, Any],
        masked: bool,
        printed_by: str,
        printed_at: datetime,
        limit: int | None,
    ) -> Sheet:
        """This function will fill a sheet with what was chosen.

        :raises cardbook.registers.forms.TooManyRows: when there are more rows than `limit`.
        """


@dataclass(frozen=True, slots=True, kw_only=True)
class Register:
    """One register. `slug` is its name in addresses and on the command line.

    With `offers_csv` what is issued can be taken along as CSV in the same moment, for the program
    of another city; the issued document says that it went out.
    """

    slug: str
    form: Form
    choose: type[ChooseForm]
    sheet: FillSheet
    readers: frozenset[Role]
    issuers: frozenset[Role]
    hides_numbers: bool = True
    offers_csv: bool = False
    empty_text: str = "所选范围内没有登记。"

    @property
    def page_name(self) -> str:
        """The name of its address."""
        return f"register.{self.slug}"
