"""Where the databases of tests live: in memory where there is room, else in `.cache`.

Each copy of the template makes a thousand files and gives them up again, and for minutes ext4
steps past every inode that was just given up: a copy on disk soon takes ten times as long.
"""

import hashlib
import shutil
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
CACHE = ROOT / ".cache"
_MEMORY = Path("/dev/shm")  # noqa: S108 - the rooms are made by mkdtemp
_PREFIX = "cardbook-test-"
_ENOUGH_BYTES = 3 << 30


def room_for(cache: Path) -> Path:
    """This function will return the folder of a clone's test data, the same one every time.

    `cache/test-room` is the folder, or a link to it. Rooms of clones that are gone are cleared.
    """
    link = cache / "test-room"
    if link.exists() or not _has_room():
        return link.resolve()
    cache.mkdir(exist_ok=True)
    _clear_deserted()
    room = Path(tempfile.mkdtemp(prefix=_PREFIX, dir=_MEMORY))
    room.chmod(0o755)  # the server's own account passes through
    (room / "link").write_text(str(link), encoding="utf-8")
    link.unlink(missing_ok=True)  # of a room that went when the machine was started again
    link.symlink_to(room)
    return room


def digest_of_schema() -> str:
    """This function will name what a template depends on: every migration and every SQL file."""
    running = hashlib.sha256()
    files = [*(ROOT / "src").rglob("migrations/*.py"), *(ROOT / "src").rglob("*.sql")]
    for path in sorted(files):
        running.update(path.read_bytes())
    return running.hexdigest()[:12]


def _has_room() -> bool:
    return _MEMORY.is_dir() and shutil.disk_usage(_MEMORY).free > _ENOUGH_BYTES


def _clear_deserted() -> None:
    from cardbook.config import embedded

    for room in _MEMORY.glob(f"{_PREFIX}*"):
        try:
            link = Path((room / "link").read_text(encoding="utf-8"))
        except OSError:
            continue
        if link.resolve() != room:
            for data in (room, *room.iterdir()):
                embedded.stop(data)
            shutil.rmtree(room, ignore_errors=True)
