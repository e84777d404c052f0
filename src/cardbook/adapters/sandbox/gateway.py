"""The text gateway in memory: one text for one reference, however often it is asked."""

import json
import threading

from cardbook.adapters.sandbox.faults import Fault, Faults
from cardbook.adapters.sandbox.server import Server


class Gateway:
    """Texts it sent, by reference; phone numbers are counted, not kept."""

    def __init__(self, *, faults: Faults | None = None) -> None:
        """Nothing sent yet."""
        self.faults = faults or Faults()
        self.texts: dict[str, str] = {}
        self._lock = threading.Lock()

    def server(self, port: int = 0) -> Server:
        """Its desk."""
        return Server(
            self.handle, faults=self.faults, seen=lambda: {"sent": len(self.texts)}, port=port
        )

    def handle(self, body: bytes) -> bytes:
        """One text."""
        try:
            asked = json.loads(body)
            to, text, reference = asked["to"], asked["text"], asked["reference"]
        except (ValueError, KeyError, TypeError):
            return _say("bad", words="请求不完整")
        fault = self.faults.next(Fault.REFUSE, Fault.GARBLED)
        if fault is Fault.REFUSE or not to:
            return _say("refused", words=f"{to} 号码停机")
        with self._lock:
            known = reference in self.texts
            self.texts.setdefault(reference, text)
            place = len(self.texts)
        if fault is Fault.GARBLED:
            return b"\xff\xfe<html>"
        return _say("duplicate" if known else "sent", id=f"M{place:08d}")


def _say(code: str, **more: str) -> bytes:
    return json.dumps({"code": code, **more}, ensure_ascii=False).encode()
