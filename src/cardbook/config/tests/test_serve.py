"""The web server starts or says why not."""

import socket

import pytest

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
