"""The province's web service, modelled on the published one of a sister province (domain.md 9.2a).

`serviceProxy(licenseKey, serviceName, operationName, xmlPara)`: one operation for each kind
(`province_operations.py`), its own codes. "01 already so" is success; an attempt that may have
arrived is asked about first. Pick-up, wrong cards, cancellation and transfer have no operation
there: those stay with a person.
"""

import base64
import binascii
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from cardbook.adapters.codes import WEB_SERVICE
from cardbook.adapters.gbk_xml import NotUnderstood, Reply, call, opened, read_reply
from cardbook.adapters.http import Caller, NoAnswer
from cardbook.adapters.province_operations import (
    AGAIN,
    FIRST,
    OPERATIONS,
    Operation,
    operation_of,
    person_fields,
)
from cardbook.ports.messages import (
    Answer,
    Letter,
    MessageKind,
    Outcome,
    Told,
    Unreachable,
)
from cardbook.ports.province import ProvinceApplication, ProvinceCard, ProvincePerson, Span
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
UNKNOWN_PERSON, OTHER_NAME, DUPLICATE = "1", "2", "3"
# Ours, for an answer that has to be looked at: their codes are digits.
_UNKNOWN_CODE = "code"
_OF_A_LOSS = frozenset(
    {
        MessageKind.PROVINCE_ORAL_LOSS,
        MessageKind.PROVINCE_FORMAL_LOSS,
        MessageKind.PROVINCE_RELEASE_LOSS,
    }
)
NOTHING_TO_STOP = (
    "查询确认该卡在省系统封存（社保功能从未启用），不用挂失、解挂；本台账照常停发、停用"
)
# `saveCardLsgsjg` ends a loss by word of mouth; of one in writing it may know nothing.
LIFT_THERE = (
    "省系统里该卡是正式挂失，接口只能解口头挂失：请在省系统手工解除挂失，再回来填流水号办结"
)
_NOBODY = frozenset({UNKNOWN_PERSON, OTHER_NAME})


@dataclass(slots=True)
class _Line:
    """One address with its licence; every call goes through here."""

    caller: Caller
    licence: str

    def ask(self, operation: str, values: Mapping[str, str], *, key: str = "") -> Reply:
        headers = {"Content-Type": "text/xml; charset=GBK", "SOAPAction": '""'}
        if key:
            # Not a field of theirs: whoever knows it may use it, others ignore it.
            headers["Idempotency-Key"] = key
        body = call(licence=self.licence, service=SERVICE, operation=operation, values=values)
        content = self.caller.post(body, headers=headers)
        answer = opened(content, wanted=["serviceProxyReturn"])
        return read_reply(answer["serviceProxyReturn"])

    def look(self, operation: str, values: Mapping[str, str]) -> Reply:
        """A question: "so already" is no answer to it, and not the news that there is nothing."""
        reply = self.ask(operation, values)
        if reply.code == ALREADY and not reply.rows:
            raise NotUnderstood("查询的答复是“已是该状态”，没有内容")
        return reply


class ProvinceWeb:
    """Keeps `Province`; one call a letter, more where the other side wants to be asked first."""

    carries = frozenset(OPERATIONS)

    def __init__(self, *, url: str, licence: str, timeout_seconds: float = 8.0) -> None:
        """Speak to `url` with the licence the province gave."""
        self._line = _Line(Caller(url, timeout_seconds=timeout_seconds), licence)

    def tell(self, letters: Sequence[Letter]) -> Iterator[Told]:
        """One answer a letter, until nobody answers."""
        for letter in letters:
            answer = self._tell(letter)
            yield Told(letter.reference, answer)
            if answer.outcome is Outcome.UNREACHABLE:
                return

    # ---------------------------------------------------------------- questions (ProvinceDesk)

    def cards_of(self, *, name: str, number: str) -> Sequence[ProvinceCard]:
        """The cards the province has of a person.

        :raises Unreachable: when it does not answer, or not in a way that was agreed on.
        """
        reply = self._asked("queryCardInfoBySfzhm", person_fields(name, number))
        try:
            return [
                ProvinceCard(number=row.get("kh", ""), standing=WEB_SERVICE.ours(row["kzt"]))
                for row in reply.rows
                if "kzt" in row
            ]
        except CodeUnknown as problem:
            raise Unreachable(str(problem)) from None

    def applications_of(self, *, number: str, span: Span) -> Sequence[ProvinceApplication]:
        """What is in hand for a person, first cards and others.

        :raises Unreachable: when it does not answer, or not in a way that was agreed on.
        """
        found = []
        for kind in (FIRST, AGAIN):
            asked = {
                "qsrq": f"{span.since:%Y%m%d}", "zzrq": f"{span.until:%Y%m%d}", "yhbh": "",
                "zklb": kind, "jgbh": span.office,
            }  # fmt: skip
            reply = self._asked("queryCardZksqList", asked)
            found += [
                ProvinceApplication(replacement=kind == AGAIN, since=_day(row.get("sqrq", "")))
                for row in reply.rows
                if row.get("shbzhm") == number
            ]
        return found

    def person_of(self, *, name: str, number: str) -> ProvincePerson | None:
        """The person as registered there, or None.

        :raises Unreachable: when it does not answer, or not in a way that was agreed on.
        """
        reply = self._asked("queryPersonInfo", person_fields(name, number), nobody=True)
        if not reply.rows:
            return None
        row = reply.rows[0]
        return ProvincePerson(
            name=row.get("xm", ""), sex=row.get("xb", ""), nation=row.get("mz", ""),
            born_on=_day(row.get("csrq", "")), phone=row.get("sjhm", ""),
            address=row.get("txdz", ""),
        )  # fmt: skip

    def photo_of(self, *, name: str, number: str) -> bytes | None:
        """His photo as kept there, or None.

        :raises Unreachable: when it does not answer, or not in a way that was agreed on.
        """
        reply = self._asked("queryPerPhoto", person_fields(name, number), nobody=True)
        text = next((row["zp"] for row in reply.rows if row.get("zp")), "")
        try:
            return base64.b64decode(text, validate=True) or None
        except (binascii.Error, ValueError):
            raise Unreachable("照片无法读出") from None

    def _asked(self, operation: str, values: Mapping[str, str], *, nobody: bool = False) -> Reply:
        """One question. Refused is no answer, unless it says that there is nobody (`nobody`)."""
        try:
            reply = self._line.look(operation, values)
        except NoAnswer as problem:
            raise Unreachable(problem.words) from None
        except NotUnderstood as problem:
            raise Unreachable(f"答复无法理解：{problem}") from None
        if reply.refused and not (nobody and reply.code in _NOBODY):
            raise Unreachable(_refusal(reply))
        return reply

    # ---------------------------------------------------------------- messages

    def _tell(self, letter: Letter) -> Answer:
        try:
            return self._say(letter, operation_of(letter))
        except NoAnswer as problem:
            return Answer(
                outcome=Outcome.UNREACHABLE, words=problem.words, unknown=problem.unknown
            )
        except NotUnderstood as problem:
            # Something answered, but not the service: whether it did anything nobody can tell.
            return Answer(
                outcome=Outcome.UNREACHABLE, words=f"答复无法理解：{problem}", unknown=True
            )

    def _say(self, letter: Letter, operation: Operation) -> Answer:
        if letter.again and self._is_so(letter, operation):
            return Answer(outcome=Outcome.ALREADY_SO, code=ALREADY, words="查询确认已办")
        if letter.kind is MessageKind.PROVINCE_ORAL_LOSS and not letter.card_number:
            return self._stop_all(letter, operation)
        if operation.before is not None:
            answer = self._answer(operation.before, letter)
            if answer.outcome is Outcome.REFUSED:
                return answer
        if operation.check is not None:
            answer = self._answer(operation.check, letter)
            # That a question is "so already" says nothing: what counts is the answer to the wish.
            if answer.outcome is not Outcome.DONE and answer.code != ALREADY:
                return answer
        answer = self._answer(operation, letter)
        return (
            self._nothing_to_stop(letter, answer) or self._to_be_lifted(letter, answer) or answer
        )

    def _to_be_lifted(self, letter: Letter, answer: Answer) -> Answer | None:
        """The end of a loss in writing that the service does not take: somebody does it there.

        Some provinces let the same call end both (domain.md 1.5), so it is tried first.
        """
        refused = answer.outcome is Outcome.REFUSED
        if not refused or letter.kind is not MessageKind.PROVINCE_RELEASE_LOSS:
            return None
        if (letter.card_number, Standing.FORMAL_LOSS) not in _states(self._cards(letter)):
            return None
        return replace(answer, words=f"{LIFT_THERE}（对方答复：{answer.words}）")

    def _nothing_to_stop(self, letter: Letter, answer: Answer) -> Answer | None:
        """A loss, or its end, of a card whose function nobody ever put to use.

        The service takes neither of a card that is sealed there (domain.md 1.5, 9.2a): what is not
        started needs no stop. Putting it to use only to stop it, as some kiosks do, is nobody's
        wish. Where our word of its use is still on its way the refusal stands, and is tried again.
        """
        refused = answer.outcome is Outcome.REFUSED and letter.kind in _OF_A_LOSS
        if not refused or not letter.never_used:
            return None
        if (letter.card_number, Standing.MADE) not in _states(self._cards(letter)):
            return None
        return Answer(outcome=Outcome.ALREADY_SO, code=answer.code, words=NOTHING_TO_STOP)

    def _stop_all(self, letter: Letter, operation: Operation) -> Answer:
        """A card of another city, reported by whoever has lost it: whichever works is stopped.

        A card whose standing nobody agreed on may work as well: somebody has to look.
        """
        answer: Answer | None = None
        reply = self._cards(letter)
        if reply.refused:
            return Answer(outcome=Outcome.REFUSED, code=reply.code, words=_refusal(reply))
        states = _states(reply)
        for card, state in states:
            if state is Standing.NORMAL:
                answer = self._answer(operation, replace(letter, card_number=card))
                if answer.outcome is Outcome.REFUSED:
                    return answer
        if any(state is None for _, state in states):
            words = "省系统所列的卡有未约定的状态代码，请在省系统核对，还能用的手工挂失"
            return Answer(outcome=Outcome.REFUSED, code=_UNKNOWN_CODE, words=words)
        if answer is not None:
            return answer
        if any(state in (Standing.ORAL_LOSS, Standing.FORMAL_LOSS) for _, state in states):
            return Answer(outcome=Outcome.ALREADY_SO, code=ALREADY, words="已是挂失状态")
        words = "省系统没有此人正常使用的社保卡，请核对姓名和号码"
        return Answer(outcome=Outcome.REFUSED, code=UNKNOWN_PERSON, words=words)

    def _is_so(self, letter: Letter, operation: Operation) -> bool:
        """Whether the province already has the card where the letter leads."""
        if operation.leads_to is None:
            return False
        states = _states(self._cards(letter))
        return (letter.card_number, operation.leads_to) in states

    def _cards(self, letter: Letter) -> Reply:
        about = letter.about
        return self._line.look("queryCardInfoBySfzhm", person_fields(about.name, about.number))

    def _answer(self, operation: Operation, letter: Letter) -> Answer:
        reply = self._line.ask(operation.name, operation.fields(letter), key=letter.reference)
        reference = reply.values.get(operation.answers, "")
        for row in reply.rows:
            reference = reference or row.get(operation.answers, "")
        is_ours = letter.again or letter.told_before
        if reply.code == ALREADY or (reply.refused and reply.code == DUPLICATE and is_ours):
            return Answer(
                outcome=Outcome.ALREADY_SO, code=reply.code, words=reply.words, reference=reference
            )
        if reply.refused:
            return Answer(outcome=Outcome.REFUSED, code=reply.code, words=_refusal(reply))
        return Answer(
            outcome=Outcome.DONE, code=reply.code, words=reply.words, reference=reference
        )


def _states(reply: Reply) -> list[tuple[str, Standing | None]]:
    """Each card with its standing; None where they used a code nobody agreed on."""
    return [(row.get("kh", ""), WEB_SERVICE.codes.get(row.get("kzt", ""))) for row in reply.rows]


def _refusal(reply: Reply) -> str:
    return reply.words or REASONS.get(reply.code, "对方不受理，没有说明原因")


def _day(text: str) -> date | None:
    try:
        return datetime.strptime(text, "%Y%m%d").date()  # noqa: DTZ007 - a day has no zone
    except ValueError:
        return None
