"""Folders where two systems leave files for each other: whole files only, each taken once."""

import os
import secrets
from collections.abc import Iterator
from pathlib import Path

from cardbook.lib.sm import sm3


def write_whole(path: Path, content: bytes) -> None:
    """This function will put a file where the other side looks: all of it at once, or nothing.

    A file of the same name with the same content stays: it was written before a crash.
    """
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    draft = path.parent / f".{path.name}.{secrets.token_hex(4)}.part"
    draft.touch(mode=0o600)
    with draft.open("wb") as stream:
        stream.write(content)
        stream.flush()
        os.fsync(stream.fileno())
    draft.replace(path)


class Incoming:
    """What the other side left in a folder; `done/` and `refused/` below it keep what was read."""

    def __init__(self, folder: Path) -> None:
        """Look into `folder`, which may not exist yet."""
        self._folder = folder

    def waiting(self) -> Iterator[tuple[Path, bytes]]:
        """Files with their content, by name; one whose bytes were taken before is put away."""
        if not self._folder.is_dir():
            return
        for path in sorted(self._folder.iterdir()):
            if path.is_file() and not path.name.startswith("."):
                content = path.read_bytes()
                if self._mark(content).exists():
                    self._put(path, "done")
                else:
                    yield path, content

    def take(self, path: Path, content: bytes) -> None:
        """Everything in it is known now."""
        mark = self._mark(content)
        mark.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        mark.write_text(path.name, encoding="utf-8")
        self._put(path, "done")

    def refuse(self, path: Path, sentence: str) -> None:
        """Nothing of it was taken; why, lies beside it."""
        kept = self._put(path, "refused")
        kept.with_name(f"{kept.name}.why.txt").write_text(sentence, encoding="utf-8")

    def set_aside(self, path: Path) -> None:
        """It is for a person: it waits in `people/` until he has entered it."""
        self._put(path, "people")

    def aside(self) -> list[Path]:
        """What waits for a person, by name."""
        return sorted(path for path in (self._folder / "people").glob("*") if path.is_file())

    def refused(self) -> list[tuple[str, str]]:
        """Names and reasons of what was refused and not yet cleared away."""
        found = sorted((self._folder / "refused").glob("*.why.txt"))
        return [
            (path.name.removesuffix(".why.txt"), path.read_text(encoding="utf-8"))
            for path in found
        ]

    def _mark(self, content: bytes) -> Path:
        return self._folder / "done" / "digests" / sm3(content).hex()

    def _put(self, path: Path, where: str) -> Path:
        target = self._folder / where / path.name
        target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        if target.exists() and target.read_bytes() != (content := path.read_bytes()):
            # Another file of the same name lies there: neither may be lost.
            target = target.with_name(f"{path.stem}~{sm3(content).hex()[:8]}{path.suffix}")
        path.replace(target)
        return target
