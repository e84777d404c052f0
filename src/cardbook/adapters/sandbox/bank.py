"""The bank at its folder: reads orders and notices, leaves answers - whole, cut, late or twice."""

import threading
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TypeVar

from cardbook.adapters.files import notices
from cardbook.adapters.files.fixed import decode, encode
from cardbook.adapters.files.layouts import ANSWER, ORDER
from cardbook.adapters.folders import write_whole
from cardbook.adapters.sandbox.faults import Fault, Faults

_Row = TypeVar("_Row")
_FILE_FAULTS = (Fault.CUT, Fault.REORDERED, Fault.TWICE, Fault.PARTIAL, Fault.GARBLED)


class Bank:
    """One bank's side of the two folders."""

    def __init__(self, folder: Path, *, faults: Faults | None = None) -> None:
        """Fetch from `<folder>/out`, leave in `<folder>/in`."""
        self.faults = faults or Faults()
        self.orders: dict[str, Mapping[str, str]] = {}
        self.notices: dict[str, str] = {}
        self._out, self._in = folder / "out", folder / "in"
        self._answered: set[str] = set()

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

    def forget_answers(self) -> None:
        """As if the answers of everything had been lost: they are given again."""
        self._answered.clear()

    def _open_accounts(self, content: bytes) -> bytes:
        answers = []
        for row in decode(ORDER, content):
            known = self.orders.setdefault(row["detail"], row)
            refused = self.faults.next(Fault.REFUSE) is not None
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

    def _note(self, content: bytes) -> bytes:
        answers = []
        for row in notices.decode(content):
            known = row["流水号"] in self.notices
            self.notices.setdefault(row["流水号"], row["事项"])
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

    def __init__(self, folder: Path, *, faults: Faults) -> None:
        """Serve whatever bank gets a folder here."""
        self._folder, self._faults = folder, faults
        self._banks: dict[str, Bank] = {}
        self._over = threading.Event()

    def run(self, seconds: float = 1.0) -> None:
        """Look again and again until `stop`."""
        while not self._over.wait(seconds):
            for path in sorted(self._folder.glob("*/out")):
                home = path.parent
                bank = self._banks.setdefault(home.name, Bank(home, faults=self._faults))
                bank.work_once()

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
