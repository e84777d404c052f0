"""Writes and reads the sealed bytes of papers; a file is named by the digest of its content.

The row is in `models.py`; acts refer to papers by digest (architecture, section 4).
"""

import os
import secrets
from collections.abc import Iterable, Iterator
from contextlib import suppress
from datetime import datetime
from pathlib import Path

from django.conf import settings

from cardbook.lib.sm import (
    HEAD_BYTES,
    TAG_BYTES,
    Damaged,
    StreamOpener,
    StreamSealer,
    open_sealed,
    sm3,
    sm3_of_pieces,
)
from cardbook.orgs.actors import Actor
from cardbook.papers.models import Paper
from cardbook.papers.pictures import KeptImage

LARGEST_BYTES = 64 * 1024 * 1024
_CONTEXT = b"paper"
_PIECE_BYTES = 1024 * 1024


class PaperMissing(Exception):
    """The row is there, the file is not: the store was tampered with or restored incompletely."""


class FileChanged(Exception):
    """Somebody was still writing to a file, or copying it, while it was read."""


def _path(digest: str) -> Path:
    return Path(settings.PAPERS_ROOT) / digest[:2] / digest


def add_paper(*, kind: str, content: bytes, media_type: str, title: str, by: Actor) -> Paper:
    """This function will seal the bytes on disk and return their row; the same bytes share a file.

    :raises ValueError: when the content is empty or larger than 64 MiB.
    """
    if not 0 < len(content) <= LARGEST_BYTES:
        raise ValueError("文件为空或超过 64 MB")
    digest = sm3(content).hex()
    _keep(digest, [content])
    return _row(kind, digest, len(content), media_type=media_type, title=title, by=by)


def keep_images(images: Iterable[KeptImage], *, by: Actor) -> None:
    """This function will keep the pictures of an act; called within the act's transaction."""
    for image in images:
        add_paper(
            kind=image.kind,
            content=image.content,
            media_type=image.media_type,
            title=image.title,
            by=by,
        )


def add_long_paper(*, kind: str, path: Path, media_type: str, title: str, by: Actor) -> Paper:
    """This function will seal a file of any length piece by piece and return its row.

    :raises ValueError: when it is empty.
    :raises FileChanged: when somebody writes to it at the same time; nothing is kept.
    """
    before = path.stat()
    if not before.st_size:
        raise ValueError("文件为空")
    digest = digest_of_file(path)
    _keep(digest, _still_pieces(path, before))
    return _row(kind, digest, before.st_size, media_type=media_type, title=title, by=by)


def digest_of_file(path: Path) -> str:
    """This function will say under which digest a file is kept."""
    return sm3_of_pieces(_pieces(path)).hex()


def _still_pieces(path: Path, before: os.stat_result) -> Iterator[bytes]:
    """The pieces of a file that nobody has touched since; what is sealed must be what was read."""
    yield from _pieces(path)
    after = path.stat()
    if (after.st_size, after.st_mtime_ns) != (before.st_size, before.st_mtime_ns):
        raise FileChanged(path.name)


def _pieces(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        while piece := file.read(_PIECE_BYTES):
            yield piece


def _row(kind: str, digest: str, size: int, *, media_type: str, title: str, by: Actor) -> Paper:
    return Paper.objects.create(
        kind=kind,
        digest=digest,
        media_type=media_type,
        size=size,
        title=title[:200],
        organization_id=by.org_id,
        added_by_id=by.user_id,
    )


def _keep(digest: str, pieces: Iterable[bytes]) -> None:
    path = _path(digest)
    if path.exists():
        with suppress(FileNotFoundError):
            os.utime(path)  # wanted anew: `drop_bytes` leaves it alone
            return
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    _write(path, pieces)


def _write(path: Path, pieces: Iterable[bytes]) -> None:
    """Seal the pieces with the newest key; the file is there whole, or as it was before."""
    # Two threads of one process may keep the same picture at once: each has a draft of its own.
    draft = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    version = max(settings.VAULT_KEYS)
    sealer = StreamSealer(key=settings.VAULT_KEYS[version], context=_CONTEXT, version=version)
    try:
        with draft.open("wb") as file:
            file.write(sealer.head)
            for piece in pieces:
                file.write(sealer(piece))
            file.write(sealer.end())
            file.flush()
            os.fsync(file.fileno())
        draft.replace(path)
    except BaseException:
        draft.unlink(missing_ok=True)  # a full disk keeps no half of a picture (B6)
        raise


def read_paper(digest: str) -> bytes:
    """This function will return the clear bytes of a paper.

    :raises PaperMissing: when the file is not in the store.
    :raises cardbook.lib.sm.Damaged: when the file was altered, or is another paper's.
    """
    path = _path(digest)
    if not path.exists():
        raise PaperMissing(digest)
    content = open_sealed(settings.VAULT_KEYS, path.read_bytes(), context=_CONTEXT)
    if sm3(content).hex() != digest:
        raise Damaged("文件与登记的摘要不一致")
    return content


def sealed_by(digest: str) -> int:
    """This function will say which version of the key a paper's bytes are sealed with.

    :raises PaperMissing: when the file is not in the store.
    """
    try:
        with _path(digest).open("rb") as file:
            return file.read(1)[0]
    except (FileNotFoundError, IndexError) as problem:
        raise PaperMissing(digest) from problem


def verify_paper(digest: str) -> None:
    """This function will open a paper piece by piece, and keep nothing of it.

    :raises PaperMissing: when the file is not in the store.
    :raises cardbook.lib.sm.Damaged: when it was altered or is another paper's.
    """
    _verify(_path(digest), digest)


def _verify(path: Path, digest: str) -> None:
    if not path.exists():
        raise PaperMissing(digest)
    if sm3_of_pieces(_opened(path)).hex() != digest:
        raise Damaged("文件与登记的摘要不一致")


def reseal_paper(digest: str) -> None:
    """This function will seal a paper's bytes anew with the newest key.

    :raises PaperMissing: when the file is not in the store.
    :raises cardbook.lib.sm.Damaged: when it was altered; the file is left as it is.
    """
    verify_paper(digest)
    _write(_path(digest), _opened(_path(digest)))


def put_back(digest: str, *, sealed: Path) -> None:
    """This function will put a saved copy of a paper's sealed bytes back into the store.

    :raises PaperMissing: when there is no copy.
    :raises cardbook.lib.sm.Damaged: when the copy does not open either; nothing is changed.
    """
    _verify(sealed, digest)
    path = _path(digest)
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    _write(path, _opened(sealed))


def drop_bytes(digest: str, *, untouched_since: datetime) -> bool:
    """This function will delete a paper's sealed bytes; its row and its digest stay (Art. 32).

    The caller knows that nobody refers to them. Returns False, and leaves them, when the same
    bytes were kept anew meanwhile: it is looked at under another name, where nobody finds it.
    """
    path = _path(digest)
    aside = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    try:
        path.rename(aside)
    except FileNotFoundError:
        return True
    if aside.stat().st_mtime >= untouched_since.timestamp():
        aside.rename(path)
        return False
    aside.unlink()
    return True


def lay_out_paper(digest: str, *, to: Path) -> None:
    """This function will write the clear bytes of a paper to a file, piece by piece.

    :raises PaperMissing: when the file is not in the store.
    :raises cardbook.lib.sm.Damaged: when it was altered or is another paper's; `to` is gone then.
    """
    path = _path(digest)
    if not path.exists():
        raise PaperMissing(digest)
    try:
        with to.open("wb") as clear:
            for piece in _opened(path):
                clear.write(piece)
        if digest_of_file(to) != digest:
            raise Damaged("文件与登记的摘要不一致")
    except Damaged:
        to.unlink()
        raise


def _opened(path: Path) -> Iterator[bytes]:
    """The clear pieces of a sealed file; the last step says whether they may be believed."""
    left = path.stat().st_size - HEAD_BYTES - TAG_BYTES
    if left < 0:
        raise Damaged("密文不完整")
    with path.open("rb") as file:
        head = file.read(HEAD_BYTES)
        file.seek(-TAG_BYTES, os.SEEK_END)
        tag = file.read(TAG_BYTES)
        file.seek(HEAD_BYTES)
        opener = StreamOpener(settings.VAULT_KEYS, head=head, tag=tag, context=_CONTEXT)
        while left and (piece := file.read(min(_PIECE_BYTES, left))):
            left -= len(piece)
            yield opener(piece)
    yield opener.end()
