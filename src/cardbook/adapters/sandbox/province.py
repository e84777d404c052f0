"""The province in memory: operations, codes and guards of the published service (domain.md 9.2a).

A card it never heard of is taken as made and not activated, a person as registered under the name
he first comes with. What it did in effect is counted, so that a test can say "once".
"""

import base64
import binascii
import threading
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from cardbook.adapters.codes import WEB_SERVICE
from cardbook.adapters.gbk_xml import (
    NotUnderstood,
    envelope,
    opened,
    read_parameters,
    reply,
)
from cardbook.adapters.province_operations import AGAIN, FIRST
from cardbook.adapters.province_web import (
    ALREADY,
    DUPLICATE,
    OK,
    OTHER_NAME,
    REASONS,
    SERVICE,
    UNKNOWN_PERSON,
)
from cardbook.adapters.sandbox.faults import Fault, Faults
from cardbook.adapters.sandbox.server import Server
from cardbook.ports.standings import Standing

_DEAD = (Standing.VOID, Standing.CANCELLED)
# Operation: from which standings, to which (guards of live systems, domain.md 1.5).
_TURNS = {
    "saveCardActive": ({Standing.MADE}, Standing.NORMAL),
    "saveCardLsgs": ({Standing.NORMAL}, Standing.ORAL_LOSS),
    "saveCardGs": ({Standing.NORMAL, Standing.ORAL_LOSS}, Standing.FORMAL_LOSS),
    "saveCardLsgsjg": ({Standing.ORAL_LOSS}, Standing.NORMAL),
    "saveCardBhk": (set(Standing) - set(_DEAD), Standing.VOID),
}
_NOT_ELIGIBLE = "4"
_NOT_ALLOWED = "05"
_UNKNOWN_OPERATION = "97"
_BAD_LICENCE = "98"
_BAD_REQUEST = "99"
# What it keeps of a person, by the names of `modifyPersonInfo`.
_OF_PERSON = ("xb", "csrq", "mz", "txdz", "sjhm")

Values = Mapping[str, str]


@dataclass(slots=True)
class Known:
    """A person as the province has him registered."""

    name: str
    fields: dict[str, str] = field(default_factory=dict)
    photo: bytes = b""


class Province:
    """What the province knows, and its desk."""

    def __init__(self, *, licence: str, faults: Faults | None = None) -> None:
        """Serve whoever shows this licence."""
        self.faults = faults or Faults()
        self.cards: dict[str, Standing] = {}
        self.owners: dict[str, str] = {}
        self.people: dict[str, Known] = {}
        # What is in hand by a person's number, and every field it came with.
        self.applications: dict[str, str] = {}
        self.asked_for: dict[str, Values] = {}
        self.numbers: dict[str, str] = {}
        self.accounts: dict[str, str] = {}
        self.financial: set[str] = set()
        self.effects: Counter[str] = Counter()
        self._licence = licence
        self.lock = threading.Lock()
        self.operations: Mapping[str, Callable[[str, Values], str]] = {
            **dict.fromkeys(_TURNS, self._turn),
            **dict.fromkeys(("chkCanCardSq", "chkCanCardBh"), self._check),
            **dict.fromkeys(("saveCardSqList", "saveCardBhList"), self._save),
            "saveCardOpen": self._open,
            "saveCardCompleted": self._complete,
            "saveCardJrzhActive": self._activate_account,
            "modifyPersonInfo": self._modify,
            "queryCardZksqList": self._listed,
            "queryCardInfoBySfzhm": self._cards_of,
            "queryPersonInfo": self._person_of,
            "queryPerPhoto": self._photo_of,
        }

    def server(self, port: int = 0) -> Server:
        """Its web service."""
        return Server(self.handle, faults=self.faults, seen=lambda: dict(self.effects), port=port)

    def register(self, number: str, name: str, *, photo: bytes = b"", **fields: str) -> None:
        """Know a person beforehand, as the police's register does."""
        self.people[number] = Known(name, fields, photo)

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
        with self.lock:
            said = _envelope(self._do(asked["operationName"], values))
        return said.replace(b"<", b"\xff\xff", 1) if fault is Fault.GARBLED else said

    def _do(self, operation: str, values: Values) -> str:
        work = self.operations.get(operation)
        if work is None:
            words = f"没有操作 {operation}"
            return reply(refused=True, code=_UNKNOWN_OPERATION, words=words)
        if (number := values.get("yxzjhm")) and (name := values.get("xm")):
            saves = operation.startswith("save")
            known = self.people.setdefault(number, Known(name)) if saves else None
            if known is not None and known.name != name:
                return _refused(OTHER_NAME)
        return work(operation, values)

    # ---------------------------------------------------------------- cards

    def _turn(self, operation: str, values: Values) -> str:
        card, number = values.get("kh", ""), values.get("yxzjhm", "")
        if not card or not number:
            return reply(refused=True, code=_BAD_REQUEST, words="缺少 kh 或 yxzjhm")
        if self.owners.setdefault(card, number) != number:
            return _refused(OTHER_NAME)
        before = self.cards.setdefault(card, Standing.MADE)
        sources, target = _TURNS[operation]
        if before is target:
            return reply(code=ALREADY, words="已是该状态")
        if before not in sources:
            words = f"该卡现为{before.label}，不能办理"
            return reply(refused=True, code=_NOT_ALLOWED, words=words)
        self.cards[card] = target
        return self._done(operation)

    def _activate_account(self, operation: str, values: Values) -> str:
        account = values.get("kctzh", "")
        if not account:
            return reply(refused=True, code=_BAD_REQUEST, words="缺少 kctzh")
        if account in self.financial:
            return reply(code=ALREADY, words="已登记启用")
        self.financial.add(account)
        return self._done(operation)

    # ---------------------------------------------------------------- applications

    def _check(self, operation: str, values: Values) -> str:
        return self._objection(operation, values) or reply(code=OK)

    def _objection(self, operation: str, values: Values) -> str:
        """Why an application is not accepted: one is under way, or a first card where one is."""
        number = values.get("yxzjhm", "")
        if number in self.applications:
            return _refused(DUPLICATE)
        if operation.endswith(("CardSq", "CardSqList")) and any(
            owner == number and self.cards[card] not in _DEAD
            for card, owner in self.owners.items()
        ):
            return reply(refused=True, code=_NOT_ELIGIBLE, words="已有社保卡，请办补换卡")
        return ""

    def _save(self, operation: str, values: Values) -> str:
        if objection := self._objection(operation, values):
            return objection
        number = values.get("yxzjhm", "")
        if photo := values.get("zp", ""):
            try:
                self.people[number].photo = base64.b64decode(photo, validate=True)
            except binascii.Error:
                return reply(refused=True, code=_BAD_REQUEST, words="照片 zp 不是 base64")
        self.applications[number] = operation
        self.asked_for[number] = values
        return self._done(operation)

    def _open(self, operation: str, values: Values) -> str:
        """A number for the card in hand: the same one, however often it is asked for."""
        number = values.get("yxzjhm", "")
        if number not in self.applications:
            return reply(refused=True, code=_NOT_ELIGIBLE, words="没有在办的制卡申请")
        known = number in self.numbers
        card = self.numbers.setdefault(number, f"S{self.effects[operation] + 1:08d}")
        photo = self.people[number].photo if number in self.people else b""
        row = {"sbkh": card, "zp": base64.b64encode(photo).decode(), "fkjg": values["xzqhdm"]}
        if not known:
            self.effects[operation] += 1
        return reply(code=ALREADY if known else OK, rows=[row])

    def _complete(self, operation: str, values: Values) -> str:
        card, number = values.get("kh", ""), values.get("yxzjhm", "")
        if not card or not number:
            return reply(refused=True, code=_BAD_REQUEST, words="缺少 kh 或 yxzjhm")
        if self.owners.get(card, number) != number:
            return _refused(OTHER_NAME)
        if self.accounts.get(card) == values.get("kctzh"):
            return reply(code=ALREADY, words="已登记制成")
        self.accounts[card] = values.get("kctzh", "")
        self.owners[card] = number
        self.cards.setdefault(card, Standing.MADE)
        self.applications.pop(number, None)
        self.numbers.pop(number, None)
        return self._done(operation)

    def _listed(self, operation: str, values: Values) -> str:
        kind = {"saveCardSqList": FIRST, "saveCardBhList": AGAIN}
        rows = [
            {"shbzhm": number, "xm": asked.get("xm", ""), "sjhm": asked.get("sjhm", "")}
            for number, asked in self.asked_for.items()
            if kind.get(self.applications.get(number, "")) == values.get("zklb")
            and values.get("yhbh") in ("", asked.get("yhbh"))
        ]
        return reply(code=OK, rows=rows)

    # ---------------------------------------------------------------- people

    def _cards_of(self, operation: str, values: Values) -> str:
        wanted = [code for code in values.get("kztfw", "").split(",") if code]
        rows = [
            {"shbzhm": owner, "xm": values.get("xm", ""), "kh": card, "kzt": state}
            for card, owner in self.owners.items()
            if owner == values.get("yxzjhm")
            and (not wanted or WEB_SERVICE.theirs(self.cards[card]) in wanted)
            for state in (WEB_SERVICE.theirs(self.cards[card]),)
        ]
        return reply(code=OK, rows=rows)

    def _person_of(self, operation: str, values: Values) -> str:
        number = values.get("yxzjhm", "")
        known = self.people.get(number)
        if known is None:
            return _refused(UNKNOWN_PERSON)
        if known.name != values.get("xm"):
            return _refused(OTHER_NAME)
        kept = {name: known.fields.get(name, "") for name in _OF_PERSON}
        return reply(code=OK, rows=[{"shbzhm": number, "xm": known.name, **kept}])

    def _photo_of(self, operation: str, values: Values) -> str:
        known = self.people.get(values.get("yxzjhm", ""))
        if known is None or known.name != values.get("xm"):
            return _refused(UNKNOWN_PERSON)
        photo = base64.b64encode(known.photo).decode()
        return reply(code=OK, rows=[{"zp": photo}] if photo else [])

    def _modify(self, operation: str, values: Values) -> str:
        number, name = values.get("yxzjhm", ""), values.get("xm", "")
        known = self.people.setdefault(number, Known(name))
        if known.name != name:
            return _refused(OTHER_NAME)
        given = {key: values[key] for key in _OF_PERSON if values.get(key)}
        if known.fields.items() >= given.items():
            return reply(code=ALREADY, words="与登记一致")
        known.fields |= given
        return self._done(operation)

    def _done(self, operation: str) -> str:
        self.effects[operation] += 1
        return reply(code=OK, values={"ywlsh": f"SX{sum(self.effects.values()):010d}"})


def _refused(code: str) -> str:
    return reply(refused=True, code=code, words=REASONS[code])


def _envelope(answer: str) -> bytes:
    return envelope("serviceProxyResponse", {"serviceProxyReturn": answer})
