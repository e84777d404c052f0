"""The sandbox's province in a process of its own: no Django there, as on the other side."""

import multiprocessing
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from cardbook.adapters.sandbox.province import Province

LICENCE = "bench"


def serve(link: Any) -> None:
    """Serve until told to end."""
    with Province(licence=LICENCE).server() as server:
        link.send(server.url)
        link.recv()


@contextmanager
def sandbox() -> Iterator[str]:
    """Where it listens."""
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe()
    process = context.Process(target=serve, args=(theirs,))
    process.start()
    theirs.close()  # a sandbox that does not start is then an error, not a wait
    try:
        yield ours.recv()
    finally:
        ours.send("end")
        process.join()
