"""Writes and reads the sealed bytes of papers; a file is named by the digest of its content.

The row is in `models.py`; acts refer to papers by digest (architecture, section 4).
"""

import os
import secrets
from pathlib import Path

from django.conf import settings

from cardbook.lib.sm import Damaged, open_sealed, seal, sm3
from cardbook.orgs.actors import Actor
from cardbook.papers.models import Paper

LARGEST_BYTES = 64 * 1024 * 1024
_CONTEXT = b"paper"


class PaperMissing(Exception):
    """The row is there, the file is not: the store was tampered with or restored incompletely."""


def _path(digest: str) -> Path:
    return Path(settings.PAPERS_ROOT) / digest[:2] / digest


def add_paper(*, kind: str, content: bytes, media_type: str, title: str, by: Actor) -> Paper:
    """This function will seal the bytes on disk and return their row; the same bytes share a file.

    :raises ValueError: when the content is empty or larger than 64 MiB.
    """
    if not 0 < len(content) <= LARGEST_BYTES:
        raise ValueError("文件为空或超过 64 MB")
    digest = sm3(content).hex()
    path = _path(digest)
    if not path.exists():
        _write(path, content)
    return Paper.objects.create(
        kind=kind,
        digest=digest,
        media_type=media_type,
        size=len(content),
        title=title[:200],
        organization_id=by.org_id,
        added_by_id=by.user_id,
    )


def _write(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    # Two threads of one process may keep the same picture at once: each has a draft of its own.
    draft = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    version = max(settings.VAULT_KEYS)
    sealed = seal(settings.VAULT_KEYS[version], content, context=_CONTEXT, version=version)
    try:
        with draft.open("wb") as file:
            file.write(sealed)
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
