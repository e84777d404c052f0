"""Serves the pages with gunicorn; TLS and the network are the front server's business."""

import socket
import subprocess
import sys
from threading import Event, Thread
from typing import Any

from django.core.management import call_command
from django.db import DatabaseError, InterfaceError, connections
from gunicorn.app.base import BaseApplication

# Of each process; whoever comes while all are at work waits in line. More would answer nobody
# sooner, for they share one core. Two would halve what the last of sixteen clerks waits, and four
# long papers printed at once would hold up every window (docs/bench-notes.md).
THREADS = 4


class _Server(BaseApplication):  # type: ignore[misc]
    """Gunicorn with its settings given in code."""

    def __init__(self, options: dict[str, Any]) -> None:
        self.options = options
        super().__init__()

    def load_config(self) -> None:
        """Hand the options over."""
        for name, value in self.options.items():
            self.cfg.set(name, value)

    def load(self) -> Any:
        """The application, made in each worker after the fork."""
        from cardbook.config.wsgi import application

        return application


class PortTaken(Exception):
    """Somebody listens there already, as a rule Cardbook itself."""

    def __init__(self, port: int) -> None:
        super().__init__(
            f"端口 {port} 已被占用，可能卡簿已在运行：请直接打开 http://127.0.0.1:{port} ；"
            f"或先停下占用它的程序，或用 cardbook serve --port 另选端口。"
        )


class AssetsMissing(Exception):
    """Style sheets or scripts were never fetched; pages without them are of no use."""

    def __init__(self, names: list[str]) -> None:
        super().__init__(
            f"缺少页面样式和脚本（{'、'.join(names)}）："
            "请在程序目录运行 scripts/setup assets，成功后再启动。"
        )


class KeysDoNotFit(Exception):
    """Whatever was registered with these keys could never be joined to what is there."""

    def __init__(self, said: str, remedy: str) -> None:
        super().__init__(
            f"没有启动：{said}。{remedy}。带着不对的密钥启动，新登记的资料用原密钥就再也打不开了。"
        )


def serve(*, port: int, workers: int = 2, only_web: bool = False) -> None:
    """This function will serve http://127.0.0.1:`port` until it is interrupted.

    `only_web` where sealer and worker are services of their own (deploy/systemd).

    :raises PortTaken: when somebody listens there already.
    :raises AssetsMissing: when `scripts/setup assets` was not run, or failed.
    :raises KeysDoNotFit: when the keys do not open the people who are registered.
    """
    from django.conf import settings

    from cardbook.config.doctor.machine import missing_assets

    with socket.socket() as probe:
        if probe.connect_ex(("127.0.0.1", port)) == 0:
            raise PortTaken(port)
    if lost := missing_assets():
        raise AssetsMissing(lost)
    _refuse_other_keys()
    if not (settings.DEBUG or settings.DEMO):
        call_command("collectstatic", interactive=False, verbosity=0)
    # `demo` has used the database by now: two forks must never share one connection.
    connections.close_all()
    connections["default"].close_pool()  # type: ignore[attr-defined]
    _Server(
        {
            "bind": f"127.0.0.1:{port}",
            "workers": workers,
            "threads": THREADS,
            "worker_class": "gthread",
            "timeout": 120,
            "max_requests": 5000,
            "max_requests_jitter": 500,
            "accesslog": None,
            "errorlog": "-",
            "loglevel": "warning",
            "when_ready": _nothing if only_web else _start_helpers,
            "on_exit": _stop_helpers,
        }
    ).run()


def _refuse_other_keys() -> None:
    """A server that is down or waits for its upgrade is the pages' own affair."""
    from cardbook.config.doctor.findings import Level
    from cardbook.config.doctor.ledger import keys_open_the_people

    try:
        found = keys_open_the_people()
    except (DatabaseError, InterfaceError):
        return
    if found.level is Level.WRONG:
        raise KeysDoNotFit(found.said, found.remedy)


def _nothing(_: Any) -> None:
    """Sealer and worker run elsewhere."""


# Processes beside the server: one seals the ledger, one keeps a worker for long imports running.
_HELPERS = ("cardbook.config.sealing", "cardbook.config.working")
_running: list[subprocess.Popen[bytes]] = []


_LOOK_SECONDS = 2.0
_stopping = Event()


def _start_helpers(_: Any) -> None:
    """Processes of their own: a fork of a threaded server must not hold their connections."""
    _running.extend(map(_started, _HELPERS))
    Thread(target=_keep_helpers, daemon=True).start()


def _started(module: str) -> "subprocess.Popen[bytes]":
    return subprocess.Popen([sys.executable, "-m", module])


def _keep_helpers() -> None:
    """Start anew what was killed: without it files would wait, and nobody would see why."""
    while not _stopping.wait(_LOOK_SECONDS):
        for place, module in enumerate(_HELPERS):
            if _running[place].poll() is not None:
                _running[place] = _started(module)


def _stop_helpers(_: Any) -> None:
    _stopping.set()
    for process in _running:
        process.terminate()
