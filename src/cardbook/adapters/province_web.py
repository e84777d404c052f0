"""The province's web service, modelled on the published one of a sister province (domain.md 9.2a).

`serviceProxy(licenseKey, serviceName, operationName, xmlPara)`: one operation for each kind, its
own field names, its own codes. "01 already so" is success; an attempt that may have arrived is
asked about first. Pick-up, wrong cards, cancellation and transfer have no operation there: those
stay with a person.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from cardbook.adapters.codes import WEB_SERVICE
from cardbook.adapters.gbk_xml import NotUnderstood, Reply, call, opened, read_reply
from cardbook.adapters.http import Caller, NoAnswer
from cardbook.lifecycle.facts import ApplyReason
from cardbook.ports.messages import (
    Answer,
    Letter,
    MessageKind,
    Outcome,
    ProvinceCard,
    Told,
    Unreachable,
)
from cardbook.ports.standings import CodeUnknown, Standing

SERVICE = "ScmsCardService"
OK, ALREADY = "00", "01"
# Why an application is not accepted (domain.md 1.6): the third means that it is there already.
REASONS = {
    "1": "省系统没有此人",
    "2": "姓名与省系统不符",
    "3": "已有申请在办",
    "4": "不符合申领条件",
}
DUPLICATE = "3"
# Through which door the holder came (xtlb).
CHANNELS = {
    "sms": "01",
    "bank": "02",
    "wechat": "03",
    "app": "04",
    "web": "05",
    "unit": "06",
    "portable": "26",
}
_AT_AN_OFFICE = "06"
_DOCUMENTS = {"citizen": "A", "hmt_resident": "M", "foreign_permanent": "D"}


@dataclass(frozen=True, slots=True)
class Operation:
    """How a kind is said: what is asked before, the operation, its fields, where it leads."""

    name: str
    fields: Callable[[Letter], dict[str, str]]
    check: str = ""
    leads_to: Standing | None = None


def _whose_card(letter: Letter) -> dict[str, str]:
    return {
        "yxzjhm": letter.about.number,
        "xm": letter.about.name,
        "kh": letter.card_number,
        "xtlb": CHANNELS.get(str(letter.facts.get("channel", "")), _AT_AN_OFFICE),
        "jbr": letter.clerk,
    }


def _application(letter: Letter) -> dict[str, str]:
    about = letter.about
    return {
        "yxzjhm": about.number,
        "yxzjlx": _DOCUMENTS.get(about.number_kind, "A"),
        "xm": about.name,
        "yhbh": letter.bank,
        "xzqhdm": letter.office,
        "sjhm": about.phone,
        "lkfs": "1" if letter.facts.get("by_post") else "0",
        "gj": "CHN",
        "csrq": f"{about.born_on:%Y%m%d}" if about.born_on else "",
        "xb": about.sex,
        "txdz": about.address,
    }


def _replacement(letter: Letter) -> dict[str, str]:
    reason = str(letter.facts.get("reason", ""))
    why = ApplyReason(reason).label if reason else ""
    return {**_application(letter), "kh": letter.card_number, "bhkyy": why}


OPERATIONS: Mapping[MessageKind, Operation] = {
    MessageKind.PROVINCE_ACTIVATE: Operation(
        "saveCardActive", _whose_card, leads_to=Standing.NORMAL
    ),
    MessageKind.PROVINCE_ORAL_LOSS: Operation(
        "saveCardLsgs", _whose_card, leads_to=Standing.ORAL_LOSS
    ),
    MessageKind.PROVINCE_FORMAL_LOSS: Operation(
        "saveCardGs", _whose_card, leads_to=Standing.FORMAL_LOSS
    ),
    MessageKind.PROVINCE_RELEASE_LOSS: Operation(
        "saveCardLsgsjg", _whose_card, leads_to=Standing.NORMAL
    ),
    MessageKind.PROVINCE_PRODUCTION: Operation(
        "saveCardSqList", _application, check="chkCanCardSq"
    ),
}
# An application for a card in place of another goes through another door.
REPLACING = Operation("saveCardBhList", _replacement, check="chkCanCardBh")


def operation_of(letter: Letter) -> Operation:
    """This function will say how a letter is told.

    :raises KeyError: when the province has no word for it (`carries`).
    """
    if letter.kind is MessageKind.PROVINCE_PRODUCTION and letter.card_number:
        return REPLACING
    return OPERATIONS[letter.kind]


class ProvinceWeb:
    """Keeps `Province`; one call a letter, two where the other side wants to be asked first."""

    carries = frozenset(OPERATIONS)

    def __init__(self, *, url: str, licence: str, timeout_seconds: float = 8.0) -> None:
        """Speak to `url` with the licence the province gave."""
        self._caller = Caller(url, timeout_seconds=timeout_seconds)
        self._licence = licence

    def tell(self, letters: Sequence[Letter]) -> Iterator[Told]:
        """One answer a letter, until nobody answers."""
        for letter in letters:
            answer = self._tell(letter)
            yield Told(letter.reference, answer)
            if answer.outcome is Outcome.UNREACHABLE:
                return

    def cards_of(self, *, name: str, number: str) -> Sequence[ProvinceCard]:
        """The cards the province has of a person.

        :raises Unreachable: when it does not answer, or not in a way that was agreed on.
        """
        try:
            reply = self._ask("queryCardInfoBySfzhm", {"yxzjhm": number, "xm": name}, key="")
            return [
                ProvinceCard(number=row.get("kh", ""), standing=WEB_SERVICE.ours(row["kzt"]))
                for row in reply.rows
                if "kzt" in row
            ]
        except NoAnswer as problem:
            raise Unreachable(problem.words) from None
        except (NotUnderstood, CodeUnknown) as problem:
            raise Unreachable(str(problem)) from None

    def _tell(self, letter: Letter) -> Answer:
        operation = operation_of(letter)
        try:
            if letter.again and self._is_so(letter, operation):
                return Answer(outcome=Outcome.ALREADY_SO, code=ALREADY, words="查询确认已办")
            values = operation.fields(letter)
            if operation.check:
                answer = self._answer(operation.check, values, letter)
                if answer.outcome is not Outcome.DONE:
                    return answer
            return self._answer(operation.name, values, letter)
        except NoAnswer as problem:
            return Answer(
                outcome=Outcome.UNREACHABLE, words=problem.words, unknown=problem.unknown
            )
        except NotUnderstood as problem:
            # Something answered, but not the service: whether it did anything nobody can tell.
            return Answer(
                outcome=Outcome.UNREACHABLE, words=f"答复无法理解：{problem}", unknown=True
            )

    def _is_so(self, letter: Letter, operation: Operation) -> bool:
        """Whether the province already has the card where the letter leads."""
        if operation.leads_to is None:
            return False
        about = letter.about
        reply = self._ask(
            "queryCardInfoBySfzhm", {"yxzjhm": about.number, "xm": about.name}, key=""
        )
        states = [row.get("kzt", "") for row in reply.rows if row.get("kh") == letter.card_number]
        return any(WEB_SERVICE.codes.get(state) is operation.leads_to for state in states)

    def _answer(self, operation: str, values: Mapping[str, str], letter: Letter) -> Answer:
        reply = self._ask(operation, values, key=letter.reference)
        reference = reply.values.get("ywlsh", "")
        if reply.code == ALREADY or (reply.refused and reply.code == DUPLICATE and letter.again):
            return Answer(
                outcome=Outcome.ALREADY_SO, code=reply.code, words=reply.words, reference=reference
            )
        if reply.refused:
            words = reply.words or REASONS.get(reply.code, "对方不受理，没有说明原因")
            return Answer(outcome=Outcome.REFUSED, code=reply.code, words=words)
        return Answer(
            outcome=Outcome.DONE, code=reply.code, words=reply.words, reference=reference
        )

    def _ask(self, operation: str, values: Mapping[str, str], *, key: str) -> Reply:
        headers = {"Content-Type": "text/xml; charset=GBK", "SOAPAction": '""'}
        if key:
            # Not a field of theirs: whoever knows it may use it, others ignore it.
            headers["Idempotency-Key"] = key
        body = call(licence=self._licence, service=SERVICE, operation=operation, values=values)
        content = self._caller.post(body, headers=headers)
        answer = opened(content, wanted=["serviceProxyReturn"])
        return read_reply(answer["serviceProxyReturn"])
