"""Text messages through a gateway: over HTTP, or as a sealed file for an operator without one.

A phone number is in clear only while it travels: never in a log, never in a file (Art. 32). One
reference, one text: the gateway is told the reference, and repeats count as said already.
"""

import json
from collections.abc import Iterator, Sequence
from pathlib import Path

from cardbook.adapters.folders import write_whole
from cardbook.adapters.http import Caller, NoAnswer
from cardbook.adapters.sms_texts import TEXTS, text_of
from cardbook.lib.canonical import canonical_json
from cardbook.lib.sm import open_sealed, seal, sm3
from cardbook.ports.messages import Answer, Letter, Outcome, Told

CONTEXT = b"sms-file"
_NO_PHONE = Answer(
    outcome=Outcome.REFUSED, code="no_phone", words="没有登记手机号，请电话或上门通知"
)


class SmsHttp:
    """Keeps `Sms`: one request a text, JSON, the gateway's own key in the head."""

    carries = frozenset(TEXTS)

    def __init__(self, *, url: str, key: str, timeout_seconds: float = 8.0) -> None:
        """Speak to the gateway at `url`."""
        self._caller = Caller(url, timeout_seconds=timeout_seconds)
        self._key = key

    def tell(self, letters: Sequence[Letter]) -> Iterator[Told]:
        """One answer a letter, until nobody answers."""
        for letter in letters:
            answer = self._tell(letter) if letter.about.phone else _NO_PHONE
            yield Told(letter.reference, answer)
            if answer.outcome is Outcome.UNREACHABLE:
                return

    def _tell(self, letter: Letter) -> Answer:
        body = canonical_json(
            {"to": letter.about.phone, "text": text_of(letter), "reference": letter.reference}
        )
        headers = {
            "Content-Type": "application/json",
            "Authorization": f"Bearer {self._key}",
            "Idempotency-Key": letter.reference,
        }
        try:
            said = json.loads(self._caller.post(body.encode(), headers=headers))
            code, words = str(said["code"]), str(said.get("words", ""))
        except NoAnswer as problem:
            return Answer(
                outcome=Outcome.UNREACHABLE, words=problem.words, unknown=problem.unknown
            )
        except (ValueError, KeyError, TypeError):
            return Answer(outcome=Outcome.UNREACHABLE, words="答复无法理解", unknown=True)
        outcome = {"sent": Outcome.DONE, "duplicate": Outcome.ALREADY_SO}.get(
            code, Outcome.REFUSED
        )
        return Answer(outcome=outcome, code=code, words=words, reference=str(said.get("id", "")))


class SmsFile:
    """Keeps `Sms`: a file a batch, sealed with the key the operator of the gateway has too."""

    carries = frozenset(TEXTS)

    def __init__(self, *, folder: Path, key: bytes) -> None:
        """Write into `folder`."""
        self._folder, self._key = folder, key

    def tell(self, letters: Sequence[Letter]) -> Iterator[Told]:
        """All of them in one file, named after them: the same letters are the same file."""
        fit = [letter for letter in letters if letter.about.phone]
        lines = [
            {"to": letter.about.phone, "text": text_of(letter), "reference": letter.reference}
            for letter in fit
        ]
        if lines:
            name = sm3("\n".join(letter.reference for letter in fit).encode()).hex()[:24]
            sealed = seal(self._key, canonical_json(lines).encode(), context=CONTEXT)
            write_whole(self._folder / f"SMS_{name}.sealed", sealed)
        for letter in letters:
            done = Answer(outcome=Outcome.DONE, words="已交短信平台文件")
            yield Told(letter.reference, done if letter.about.phone else _NO_PHONE)


def open_file(content: bytes, *, key: bytes) -> list[dict[str, str]]:
    """This function will open a file of texts, as the gateway's operator does.

    :raises cardbook.lib.sm.Damaged: when the key is another or a bit was flipped.
    """
    lines: list[dict[str, str]] = json.loads(open_sealed({1: key}, content, context=CONTEXT))
    return lines
