"""The province in memory: operations, codes and guards of the published service (domain.md 9.2a).

A card it never heard of is taken as made and not activated. What it did in effect is counted, so
that a test can say "once".
"""

import threading
from collections import Counter

from cardbook.adapters.codes import WEB_SERVICE
from cardbook.adapters.gbk_xml import (
    NotUnderstood,
    envelope,
    opened,
    read_parameters,
    reply,
)
from cardbook.adapters.province_web import ALREADY, DUPLICATE, OK, REASONS, SERVICE
from cardbook.adapters.sandbox.faults import Fault, Faults
from cardbook.adapters.sandbox.server import Server
from cardbook.ports.standings import Standing

# Operation: from which standings, to which (guards of live systems, domain.md 1.5).
_TURNS = {
    "saveCardActive": ({Standing.MADE}, Standing.NORMAL),
    "saveCardLsgs": ({Standing.NORMAL}, Standing.ORAL_LOSS),
    "saveCardGs": ({Standing.NORMAL, Standing.ORAL_LOSS}, Standing.FORMAL_LOSS),
    "saveCardLsgsjg": ({Standing.ORAL_LOSS}, Standing.NORMAL),
}
_CHECKS = {"chkCanCardSq", "chkCanCardBh"}
_FIRST = {"chkCanCardSq", "saveCardSqList"}
_NOT_ELIGIBLE = "4"
_SAVES = {"saveCardSqList", "saveCardBhList"}
_NOT_ALLOWED = "05"
_UNKNOWN_OPERATION = "97"
_BAD_LICENCE = "98"
_BAD_REQUEST = "99"


class Province:
    """What the province knows, and its desk."""

    def __init__(self, *, licence: str, faults: Faults | None = None) -> None:
        """Serve whoever shows this licence."""
        self.faults = faults or Faults()
        self.cards: dict[str, Standing] = {}
        self.owners: dict[str, str] = {}
        self.applications: dict[str, str] = {}
        self.effects: Counter[str] = Counter()
        self._licence = licence
        self._lock = threading.Lock()

    def server(self, port: int = 0) -> Server:
        """Its web service."""
        return Server(self.handle, faults=self.faults, seen=lambda: dict(self.effects), port=port)

    def handle(self, body: bytes) -> bytes:
        """One call of `serviceProxy`."""
        names = ("licenseKey", "serviceName", "operationName", "xmlPara")
        try:
            asked = opened(body, wanted=names)
            values = read_parameters(asked["xmlPara"])
        except NotUnderstood as problem:
            return _envelope(reply(refused=True, code=_BAD_REQUEST, words=str(problem)))
        if asked["licenseKey"] != self._licence or asked["serviceName"] != SERVICE:
            return _envelope(reply(refused=True, code=_BAD_LICENCE, words="授权码或服务名不对"))
        fault = self.faults.next(Fault.REFUSE, Fault.ALREADY_SO, Fault.GARBLED)
        if fault is Fault.REFUSE:
            words = f"{values.get('xm', '')}{REASONS['4']}"
            return _envelope(reply(refused=True, code="4", words=words))
        if fault is Fault.ALREADY_SO:
            return _envelope(reply(code=ALREADY, words="已是该状态"))
        with self._lock:
            said = _envelope(self._do(asked["operationName"], values))
        return said.replace(b"<", b"\xff\xff", 1) if fault is Fault.GARBLED else said

    def _do(self, operation: str, values: dict[str, str]) -> str:
        if operation in _TURNS:
            return self._turn(operation, values)
        if operation in _CHECKS:
            return self._objection(operation, values) or reply(code=OK)
        if operation in _SAVES:
            return self._save(operation, values)
        if operation == "queryCardInfoBySfzhm":
            rows = [
                {"kh": card, "kzt": WEB_SERVICE.theirs(self.cards[card])}
                for card, owner in self.owners.items()
                if owner == values.get("yxzjhm")
            ]
            return reply(code=OK, rows=rows)
        return reply(refused=True, code=_UNKNOWN_OPERATION, words=f"没有操作 {operation}")

    def _turn(self, operation: str, values: dict[str, str]) -> str:
        card, number = values.get("kh", ""), values.get("yxzjhm", "")
        if not card or not number:
            return reply(refused=True, code=_BAD_REQUEST, words="缺少 kh 或 yxzjhm")
        if self.owners.setdefault(card, number) != number:
            return reply(refused=True, code="2", words=REASONS["2"])
        before = self.cards.setdefault(card, Standing.MADE)
        sources, target = _TURNS[operation]
        if before is target:
            return reply(code=ALREADY, words="已是该状态")
        if before not in sources:
            words = f"该卡现为{before.label}，不能办理"
            return reply(refused=True, code=_NOT_ALLOWED, words=words)
        self.cards[card] = target
        return self._done(operation)

    def _objection(self, operation: str, values: dict[str, str]) -> str:
        """Why an application is not accepted: one is under way, or a first card where one is."""
        number = values.get("yxzjhm", "")
        if number in self.applications:
            return reply(refused=True, code=DUPLICATE, words=REASONS[DUPLICATE])
        if operation in _FIRST and any(
            owner == number and self.cards[card] not in (Standing.VOID, Standing.CANCELLED)
            for card, owner in self.owners.items()
        ):
            return reply(refused=True, code=_NOT_ELIGIBLE, words="已有社保卡，请办补换卡")
        return ""

    def _save(self, operation: str, values: dict[str, str]) -> str:
        if objection := self._objection(operation, values):
            return objection
        self.applications[values.get("yxzjhm", "")] = operation
        return self._done(operation)

    def _done(self, operation: str) -> str:
        self.effects[operation] += 1
        return reply(code=OK, values={"ywlsh": f"SX{sum(self.effects.values()):010d}"})


def _envelope(answer: str) -> bytes:
    return envelope("serviceProxyResponse", {"serviceProxyReturn": answer})
