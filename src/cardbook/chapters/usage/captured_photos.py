"""The photo an application was captured with: opened when it leaves for the province, the maker.

The police's photo is not here: the province has it (Art. 25).
"""

from collections.abc import Callable, Mapping, Sequence
from functools import partial

from cardbook.chapters.usage.models import ApplicationDetail
from cardbook.lib.sm import Damaged
from cardbook.papers.storage import PaperMissing, read_paper


def open_photo(digest: str) -> bytes | None:
    """This function will return a photo, or None when it is lost or was altered."""
    try:
        return read_paper(digest)
    except (PaperMissing, Damaged):
        return None


def captured_photos(ids: Sequence[int]) -> Mapping[int, Callable[[], bytes | None]]:
    """This function will say how to open the photos of applications that have one of ours."""
    found = ApplicationDetail.objects.filter(pk__in=ids).exclude(photo="")
    return {id_: partial(open_photo, digest) for id_, digest in found.values_list("pk", "photo")}
