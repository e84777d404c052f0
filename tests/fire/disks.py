"""Small disks that run full, and what is too large for them."""

import os
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

MANY_ROWS = "社保卡号,社会保障号码,姓名,批次号\n" + "".join(
    f"坏{number},1,,P1\n" for number in range(300_000)
)


@contextmanager
def small_disk(*, megabytes: int) -> Iterator[Path]:
    """This function will mount a disk of so many megabytes and take it away again."""
    folder = Path(tempfile.mkdtemp(prefix="cb-small-"))
    folder.chmod(0o755)
    size = f"size={megabytes}m,mode=0755"
    mount = ["mount", "-t", "tmpfs", "-o", size, "none", str(folder)]
    if os.geteuid() != 0 or subprocess.run(mount, check=False).returncode != 0:
        folder.rmdir()
        pytest.skip("only root may mount a small disk")
    try:
        yield folder
    finally:
        # Lazily: whoever still holds a file there lets go of it in his own time.
        subprocess.run(["umount", "-l", str(folder)], check=True)
        folder.rmdir()


def filled_up(folder: Path) -> Path:
    """This function will write a file that takes the last byte of the disk."""
    path = folder / "filler"
    with path.open("wb", buffering=0) as file, suppress(OSError):
        while True:
            file.write(b"\0" * 4096)
    return path
