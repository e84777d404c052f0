"""A PostgreSQL of the test's own, which may be shot, and the web server as an office runs it."""

import os
import re
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings
from django.db import connections

from cardbook.config import embedded
from cardbook.orgs.actors import Actor
from cardbook.testing.clients import signed_in
from cardbook.testing.installation import forget, furnish
from cardbook.testing.plugin import ROOT
from tests.fire.processes import without_connections

SHORTEST_WAIT = 0.05


@dataclass(frozen=True, slots=True)
class OwnServer:
    """A server in a folder of its own, with fsync, as an office has it."""

    data: Path

    def shoot(self) -> None:
        """Kill -9 the server and every process of it at once."""
        home = (self.data / "postgres").resolve()
        first = int((home / "cluster" / "postmaster.pid").read_text().splitlines()[0])
        listed = subprocess.run(
            ["ps", "-o", "pid=", "--ppid", str(first)], capture_output=True, text=True, check=False
        )
        for pid in (first, *map(int, listed.stdout.split())):
            with suppress(ProcessLookupError):  # it left when the first one fell
                os.kill(pid, signal.SIGKILL)

    def start(self) -> embedded.Urls:
        """Start it again, as `cardbook serve` would."""
        return embedded.ensure_running(self.data)

    def as_superuser(self, *statements: str) -> None:
        """What only the server's own administrator may do; nobody is connected meanwhile."""
        without_connections()
        place = embedded._place(self.data)
        done = embedded._run(
            place, "psql", "-q", "-v", "ON_ERROR_STOP=1", "-h", place.socket, "-U", "postgres",
            "-d", "postgres", given=";\n".join(statements) + ";\n",
        )  # fmt: skip
        assert done.returncode == 0, done.stdout


@contextmanager
def pointed_at(urls: embedded.Urls, *, name: str = "cardbook") -> Iterator[None]:
    """This function will let this process work on another server for a while."""
    kept = {alias: dict(connections[alias].settings_dict) for alias in ("default", "owner")}
    without_connections()
    for alias, url in (("default", urls.app_url), ("owner", urls.owner_url)):
        parts = urllib.parse.urlsplit(url)
        connections[alias].settings_dict.update(
            NAME=name,
            USER=parts.username,
            PASSWORD=parts.password,
            HOST=urllib.parse.parse_qs(parts.query)["host"][0],
            OPTIONS={},
        )
    try:
        yield
    finally:
        without_connections()
        for alias, before in kept.items():
            connections[alias].settings_dict.update(before)


@contextmanager
def own_server() -> Iterator[OwnServer]:
    """This function will run a migrated server of its own and leave nothing of it behind."""
    data = Path(tempfile.mkdtemp(prefix="cb-"))
    server = OwnServer(data)
    try:
        furnish(data)
        with pointed_at(server.start()):
            yield server
    finally:
        forget(data)


def address(*, owner: bool = False) -> str:
    """This function will write the URL of the database this process works on."""
    here = connections["owner" if owner else "default"].settings_dict
    host = urllib.parse.quote(str(here["HOST"]), safe="/")
    return f"postgresql://{here['USER']}:{here['PASSWORD']}@/{here['NAME']}?host={host}"


@contextmanager
def web(**environment: str) -> Iterator[str]:
    """This function will run `cardbook serve` over this process's database; gives its address."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    log = Path(tempfile.mkstemp(prefix="cb-web-")[1])
    process = subprocess.Popen(
        [sys.executable, "-m", "cardbook.config.cli", "serve", "--port", str(port)],
        env=os.environ
        | {
            "CARDBOOK_DATABASE_URL": address(owner=True),
            "CARDBOOK_APP_DATABASE_URL": address(),
            "CARDBOOK_DATA": str(settings.ENVIRONMENT.data),
            "PYTHONPATH": str(ROOT / "src"),
        }
        | environment,
        stdout=subprocess.DEVNULL,
        stderr=log.open("w"),
        start_new_session=True,
    )
    try:
        url = f"http://127.0.0.1:{port}"
        for _ in range(1200):
            with suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
                break
            assert process.poll() is None, log.read_text()
            time.sleep(SHORTEST_WAIT)
        yield url
    finally:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        sys.stderr.write(log.read_text())  # shown by pytest when the test fails
        log.unlink()


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back over the wire; `place` is where a redirect leads."""

    status: int
    text: str
    place: str
    headers: Mapping[str, str]


class _Staying(urllib.request.HTTPRedirectHandler):
    """Shows redirects instead of following them."""

    def redirect_request(self, *_: object) -> None:  # type: ignore[override]
        return None


class Visitor:
    """Somebody signed in, over real HTTP."""

    def __init__(self, url: str, actor: Actor) -> None:
        self.url = url
        client = signed_in(actor)
        self._opener = urllib.request.build_opener(_Staying())
        self._session = client.cookies[settings.SESSION_COOKIE_NAME].value
        self._secret = self.token = ""

    @property
    def cookie(self) -> str:
        """What the browser would send with every request."""
        return f"{settings.SESSION_COOKIE_NAME}={self._session}; csrftoken={self._secret}"

    def get(self, path: str) -> Answer:
        """Open a page; its token is kept for the next form."""
        answer = self._ask(urllib.request.Request(self.url + path))
        kept = re.search(r"csrftoken=([^;]+)", answer.headers.get("Set-Cookie", ""))
        self._secret = kept[1] if kept else self._secret
        found = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', answer.text)
        self.token = found[1] if found else self.token
        return answer

    def post(self, path: str, fields: Mapping[str, str]) -> Answer:
        """Send a form."""
        body = urllib.parse.urlencode({**fields, "csrfmiddlewaretoken": self.token}).encode()
        return self._ask(urllib.request.Request(self.url + path, data=body))

    def upload(self, path: str, name: str, content: bytes, fields: Mapping[str, str]) -> Answer:
        """Send a form with a file."""
        body, kind = self.form_of(name, content, fields)
        request = urllib.request.Request(self.url + path, data=body)
        request.add_header("Content-Type", kind)
        return self._ask(request)

    def form_of(self, name: str, content: bytes, fields: Mapping[str, str]) -> tuple[bytes, str]:
        """A form with a file as a browser writes it, and its content type."""
        edge = "----cardbook-edge"
        parts = [
            f'--{edge}\r\nContent-Disposition: form-data; name="{key}"\r\n\r\n{value}\r\n'.encode()
            for key, value in {**fields, "csrfmiddlewaretoken": self.token}.items()
        ]
        head = f'--{edge}\r\nContent-Disposition: form-data; name="file"; filename="{name}"\r\n'
        parts += [head.encode(), b"Content-Type: text/csv\r\n\r\n", content, b"\r\n"]
        return b"".join(
            [*parts, f"--{edge}--\r\n".encode()]
        ), f"multipart/form-data; boundary={edge}"

    def _ask(self, request: urllib.request.Request) -> Answer:
        request.add_header("Cookie", self.cookie)
        try:
            answer = self._opener.open(request, timeout=60)
        except urllib.error.HTTPError as problem:
            answer = problem
        with answer:
            return Answer(
                answer.status, answer.read().decode(), answer.headers.get("Location", ""),
                dict(answer.headers),
            )  # fmt: skip
