"""The bank at its folder: reads orders and notices, leaves answers - whole, cut, late or twice.

What it does by itself it brings as well: cards that were made, halves that were enabled.
"""

import threading
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any, TypeVar

from cardbook.adapters.files import notices, reports
from cardbook.adapters.files.factory import write_return
from cardbook.adapters.files.fixed import decode, encode
from cardbook.adapters.files.layouts import ANSWER, ORDER
from cardbook.adapters.files.piped import Task
from cardbook.adapters.folders import write_whole
from cardbook.adapters.sandbox.faults import Fault, Faults
from cardbook.lib.identifiers import luhn_digit
from cardbook.ports.messages import MessageKind
from cardbook.ports.standings import Standing

_Row = TypeVar("_Row")
# The card number the province gave to whoever has this document number, None where it gave none.
Numbers = Callable[[str], str | None]
_TASK = "SANDBOX"
_ENABLE = MessageKind.BANK_ACTIVATION_REQUEST.operation
_FILE_FAULTS = (Fault.CUT, Fault.REORDERED, Fault.TWICE, Fault.PARTIAL, Fault.GARBLED)


class Bank:
    """One bank's side of the two folders."""

    def __init__(
        self, folder: Path, *, faults: Faults | None = None, numbers: Numbers | None = None
    ) -> None:
        """Fetch from `<folder>/out`, leave in `<folder>/in`; `numbers` are the province's."""
        self.folder = folder
        self._numbers = numbers
        self.faults = faults or Faults()
        self.orders: dict[str, Mapping[str, str]] = {}
        self.notices: dict[str, str] = {}
        self._out, self._in = folder / "out", folder / "in"
        self._answered: set[str] = set()
        # What it still has to say: cards to make, halves to report.
        self._to_make: dict[str, Mapping[str, str]] = {}
        self._to_report: dict[str, Standing] = {}
        self._made: set[str] = set()
        self._refused: set[str] = set()
        self._said: list[bytes] = []
        # Files left before this start: their names are not given again.
        self._left = 0

    def kept(self) -> dict[str, Any]:
        """What it knows, as JSON has it; files it left are counted, not kept."""
        return {
            "orders": {detail: dict(row) for detail, row in self.orders.items()},
            "notices": dict(self.notices), "answered": sorted(self._answered),
            "to_make": list(self._to_make), "to_report": dict(self._to_report),
            "made": sorted(self._made), "refused": sorted(self._refused),
            "said": self._left + len(self._said),
        }  # fmt: skip

    def put_back(self, kept: Mapping[str, Any]) -> None:
        """This function will let it go on from there."""
        self.orders.update(kept["orders"])
        self.notices.update(kept["notices"])
        self._answered.update(kept["answered"])
        self._to_make.update({detail: self.orders[detail] for detail in kept["to_make"]})
        said = kept["to_report"].items()
        self._to_report.update({card: Standing(state) for card, state in said})
        self._made.update(kept["made"])
        self._refused.update(kept["refused"])
        self._left = kept["said"]

    def work_once(self) -> int:
        """Answer every file not answered before; how many."""
        if not self._out.is_dir():
            return 0
        waiting = [
            path for path in sorted(self._out.iterdir())
            if path.name not in self._answered and not path.name.startswith(".")
        ]  # fmt: skip
        for path in waiting:
            content = path.read_bytes()
            if content.startswith(notices.TAG):
                self._leave(f"HZ_{path.name}", self._note(content))
            else:
                self._leave(f"{path.name}.answer", self._open_accounts(content))
            self._answered.add(path.name)
        return len(waiting)

    def report(self, halves: Mapping[str, Standing]) -> None:
        """Let its half of cards stand so, and say so with the next report."""
        self._to_report |= halves

    def bring(self, at: datetime) -> int:
        """Leave what nobody asked for: the maker's return, the report of halves; how many."""
        files = []
        if self._to_make:
            files.append(("HP", self._returned()))
            self._to_make = {}
        if self._to_report:
            rows = [(card, one, at, "沙箱网点", "") for card, one in self._to_report.items()]
            files.append(("ZT", reports.encode(rows)))
            self._to_report = {}
        for kind, content in files:
            self._said.append(content)
            fault = self.faults.next(Fault.CUT, Fault.GARBLED, Fault.TWICE)
            place = self._left + len(self._said)
            self._leave(f"{kind}_{place:06d}", self._spoiled(content, fault))
        return len(files)

    def bring_again(self) -> None:
        """Leave everything once more, whole: the other side told it that something was cut."""
        for place, content in enumerate(self._said, start=1):
            self._leave(f"BS_{place:06d}", content)

    def _returned(self) -> bytes:
        rows = tuple(
            self._made_card(place, detail, row)
            for place, (detail, row) in enumerate(self._to_make.items(), start=1)
        )
        return write_return([Task({"task_id": _TASK}, rows)])

    def _made_card(self, place: int, detail: str, row: Mapping[str, str]) -> Mapping[str, str]:
        """The fifteen columns: under the number the province gave, else one of the order's own."""
        serial = int(detail, 16)
        given = self._numbers(row["number"]) if self._numbers else None
        number = given or f"K{serial % 10**8:08d}"
        account = f"6217{serial % 10**14:014d}"
        return {
            "task_id": _TASK, "data_seq": str(place), "client_id": detail, "name": row["name"],
            "cert_no": row["number"], "card_no": number, "contactless_no": number,
            "main_type": "1", "sub_type": "0", "bar_code": number,
            "card_code": f"999999D156{serial % 10**22:022d}",
            "contact_reset": f"3B6D{serial % 10**16:016d}",
            "contactless_reset": f"3B8F{serial % 10**16:016d}",
            "account": f"{account}{luhn_digit(account)}", "voucher": f"{serial % 10**10:010d}",
        }  # fmt: skip

    def forget_answers(self) -> None:
        """As if the answers of everything had been lost: they are given again."""
        self._answered.clear()

    def _open_accounts(self, content: bytes) -> bytes:
        answers = []
        for row in decode(ORDER, content):
            known, refused = self._judged(row)
            person = {name: known[name] for name in ("name", "sex", "document", "number")}
            answers.append(
                {
                    **person, "detail": row["detail"], "task": row["task"],
                    "result": "0" if refused else "1",
                    "reason": f"{row['name']}联网核查不符" if refused else "",
                }
            )  # fmt: skip
        fault = self.faults.next(*_FILE_FAULTS)
        return self._spoiled(encode(ANSWER, _thinned(answers, fault)), fault)

    def _judged(self, row: Mapping[str, str]) -> tuple[Mapping[str, str], bool]:
        """The order as it first came, and whether it is refused: asked again, it says the same."""
        detail = row["detail"]
        known = self.orders.setdefault(detail, row)
        if detail not in self._made | self._refused:
            if self.faults.next(Fault.REFUSE) is not None:
                self._refused.add(detail)
            else:
                self._made.add(detail)
                self._to_make[detail] = known
        return known, detail in self._refused

    def _note(self, content: bytes) -> bytes:
        answers = []
        for row in notices.decode(content):
            known = row["流水号"] in self.notices
            self.notices.setdefault(row["流水号"], row["事项"])
            if row["事项"] == _ENABLE and not known:
                self._to_report[row["社保卡号"]] = Standing.NORMAL
            answers.append((row["流水号"], "01" if known else "00", "", f"BK{len(self.notices)}"))
        fault = self.faults.next(*_FILE_FAULTS)
        return self._spoiled(notices.encode_answers(_thinned(answers, fault)), fault)

    def _spoiled(self, content: bytes, fault: Fault | None) -> bytes:
        if fault is Fault.CUT:
            return content[: len(content) // 2]
        if fault is Fault.GARBLED:
            return content.decode("gbk").encode("utf-16")
        if fault is Fault.TWICE:
            self._leave("again", content)
        return content

    def _leave(self, name: str, content: bytes) -> None:
        write_whole(self._in / name, content)


class Banks:
    """All banks below one folder, each in the folder of its code."""

    def __init__(
        self, folder: Path, *, faults: Faults, clock: Callable[[], datetime],
        numbers: Numbers | None = None,
    ) -> None:  # fmt: skip
        """Serve whatever bank gets a folder here."""
        self._numbers = numbers
        self._folder, self._faults, self._clock = folder, faults, clock
        self._banks: dict[str, Bank] = {}
        self._over = threading.Event()
        self._lock = threading.Lock()

    def kept(self) -> dict[str, Any]:
        """What each bank knows, between two rounds."""
        with self._lock:
            return {name: bank.kept() for name, bank in self._banks.items()}

    def put_back(self, kept: Mapping[str, Any]) -> None:
        """This function will let each bank go on from there."""
        for name, known in kept.items():
            self._bank(self._folder / name).put_back(known)

    def _bank(self, home: Path) -> Bank:
        new = Bank(home, faults=self._faults, numbers=self._numbers)
        return self._banks.setdefault(home.name, new)

    def run(self, seconds: float = 1.0) -> None:
        """Look again and again until `stop`."""
        while not self._over.wait(seconds):
            self.look()

    def look(self) -> int:
        """Answer every file of every bank that was not answered before; how many."""
        with self._lock:
            count = 0
            for path in sorted(self._folder.glob("*/out")):
                bank = self._bank(path.parent)
                count += bank.work_once()
                bank.bring(self._clock())
            return count

    def stop(self) -> None:
        """End `run`."""
        self._over.set()


def _thinned(rows: Sequence[_Row], fault: Fault | None) -> list[_Row]:
    kept = list(rows)
    if fault is Fault.PARTIAL:
        kept = kept[: max(len(kept) // 2, 1)]
    if fault is Fault.REORDERED:
        kept.reverse()
    return kept
