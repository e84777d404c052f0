"""One way to ask over HTTP: time-outs for each step, and whether a failure may have arrived.

No retries here: the outbox retries, under the same reference and in its own time.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

import urllib3
from urllib3.exceptions import (
    ConnectTimeoutError,
    HTTPError,
    MaxRetryError,
    NewConnectionError,
    ProtocolError,
    ReadTimeoutError,
    SSLError,
)

_MOST_BYTES = 8 * 1024 * 1024


class NoAnswer(Exception):
    """Nobody answered. `unknown` when the request had left: it may have arrived."""

    def __init__(self, words: str, *, unknown: bool) -> None:
        """Keep both."""
        super().__init__(words)
        self.words, self.unknown = words, unknown


@dataclass(slots=True)
class Caller:
    """Asks one address; keeps its connections."""

    url: str
    timeout_seconds: float = 8.0
    connect_seconds: float = 3.0
    _pool: urllib3.PoolManager = field(init=False, repr=False)

    def __post_init__(self) -> None:
        """Make the pool once: a handshake a message would cost more than the message."""
        self._pool = urllib3.PoolManager(
            retries=False,
            timeout=urllib3.Timeout(connect=self.connect_seconds, read=self.timeout_seconds),
        )

    def post(self, body: bytes, *, headers: Mapping[str, str]) -> bytes:
        """This function will send `body` and return what came back with status 200.

        :raises NoAnswer: when nobody was there, it took too long, or the server failed.
        """
        try:
            answer = self._pool.request("POST", self.url, body=body, headers=dict(headers))
        except (NewConnectionError, ConnectTimeoutError, SSLError, MaxRetryError) as problem:
            raise NoAnswer(f"连接不上（{_why(problem)}）", unknown=False) from None
        except HTTPError as problem:
            raise NoAnswer(f"没有等到答复（{_why(problem)}）", unknown=True) from None
        if answer.status != 200 or len(answer.data) > _MOST_BYTES:
            raise NoAnswer(f"对方服务器答复 {answer.status}", unknown=answer.status != 503)
        return answer.data


# As whoever looks after the line reads it; the most particular first.
_WHY: Mapping[type[HTTPError], str] = {
    SSLError: "证书不对或不受信任",
    NewConnectionError: "对方没有开机，或地址、端口不对",
    ConnectTimeoutError: "连接超时",
    ReadTimeoutError: "等候超时",
    ProtocolError: "中途断开",
}


def _why(problem: HTTPError) -> str:
    known = (words for kind, words in _WHY.items() if isinstance(problem, kind))
    return next(known, type(problem).__name__)
