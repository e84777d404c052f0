"""The web server starts or says why not."""

import socket
from pathlib import Path
from threading import Event
from time import monotonic, sleep

import pytest

from cardbook.config import serve as server
from cardbook.config.doctor import machine
from cardbook.config.serve import AssetsMissing, PortTaken, serve


def test_a_port_in_use_is_named_with_the_way_out() -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        with pytest.raises(PortTaken, match=f"端口 {port} 已被占用.*请直接打开"):
            serve(port=port)


def test_without_styles_and_scripts_it_says_how_to_fetch_them(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(machine, "_ASSETS", (*machine._ASSETS, "vendor/lost.css"))
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with pytest.raises(AssetsMissing, match=r"vendor/lost\.css.*scripts/setup assets"):
        serve(port=port)


@pytest.mark.trust("B1")
def test_a_helper_that_was_killed_is_started_anew(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "sleeper.py").write_text("import time\ntime.sleep(600)\n")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    monkeypatch.setattr(server, "_HELPERS", ("sleeper",))
    monkeypatch.setattr(server, "_LOOK_SECONDS", 0.02)
    monkeypatch.setattr(server, "_stopping", Event())
    monkeypatch.setattr(server, "_running", [])
    server._start_helpers(None)
    (first,) = server._running
    first.kill()
    try:
        until = monotonic() + 20
        while server._running[0] is first:
            assert monotonic() < until, "nobody started it anew"
            sleep(0.02)
        assert server._running[0].poll() is None
    finally:
        server._stop_helpers(None)
    assert server._running[0].wait(20) != 0
