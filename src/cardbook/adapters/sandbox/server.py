"""A small HTTP server on loopback in threads, which can fall silent or hang up on purpose."""

import json
import threading
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from cardbook.adapters.sandbox.faults import Fault, Faults

_LONGEST_SILENCE = 30.0
# Body in, body out.
Work = Callable[[bytes], bytes]


class Server:
    """Serves one desk; `with` starts and stops it."""

    def __init__(
        self, work: Work, *, faults: Faults, seen: Callable[[], object], port: int = 0
    ) -> None:
        """`seen` is what GET tells, for whoever wants to look; port 0 takes any free one."""
        self._over = threading.Event()
        handler = type(
            "Handler", (_Handler,),
            {"work": staticmethod(work), "faults": faults, "seen": staticmethod(seen),
             "over": self._over},
        )  # fmt: skip
        self._http = ThreadingHTTPServer(("127.0.0.1", port), handler)
        self._http.daemon_threads = True
        self._thread = threading.Thread(target=self._http.serve_forever, args=(0.05,), daemon=True)

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"http://127.0.0.1:{self._http.server_address[1]}/"

    def __enter__(self) -> "Server":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._http.shutdown()
        self._http.server_close()
        self._thread.join()


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    # An answer is two packets: without this the second waits for the receipt of the first.
    disable_nagle_algorithm = True
    work: Work
    faults: Faults
    seen: Callable[[], object]
    over: threading.Event

    def do_POST(self) -> None:
        """Do the work, unless a fault comes first, between or after."""
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        fault = self.faults.next(Fault.DOWN, Fault.BUSY, Fault.TIME_OUT)
        if fault is Fault.DOWN:
            self.close_connection = True
            self.connection.close()
            return
        if fault is Fault.BUSY:
            self._answer(500, b"")
            return
        content = self.work(body)
        if fault is Fault.TIME_OUT:
            self.over.wait(_LONGEST_SILENCE)
            self.close_connection = True
            return
        self._answer(200, content)

    def do_GET(self) -> None:
        """What was heard so far, for people and tests."""
        self._answer(200, json.dumps(self.seen(), ensure_ascii=False).encode())

    def _answer(self, status: int, content: bytes) -> None:
        self.send_response(status)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, format: str, *args: Any) -> None:
        """Write nothing: requests are about people."""
