"""Sets a long sheet to be signed in a worker: its pages counted, its bytes kept (Art. 8 para. 3).

The hand-out asked for it in its own transaction. The job may come twice, and again after its
worker died: what is kept is kept once, and the same rows give the same bytes.
"""

from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models.functions import Now

from cardbook.chapters.issuance.collective.commands import SHEET_JOB
from cardbook.chapters.issuance.collective.register import count_pages_of, travelling_pdf
from cardbook.chapters.issuance.models import Bundle
from cardbook.jobs.queue import job
from cardbook.orgs.actors import Actor, actor_in
from cardbook.orgs.models import Post
from cardbook.papers.storage import add_paper, read_paper

# Two thousand rows take a few seconds; after so long its worker is gone, or nobody serves.
INTERRUPTED_AFTER = timedelta(seconds=60)


def is_long(rows: int) -> bool:
    """This function will say whether so many rows are set by a worker, not in a request."""
    return rows > settings.SHEET_ROWS_IN_REQUEST


@job(SHEET_JOB)
def set_sheet(bundle_id: int, post_id: int) -> None:
    """This function will set the sheet and the copy that stays, or find both set already."""
    bundle = Bundle.objects.select_related("unit", "office", "handed_by").get(pk=bundle_id)
    if not bundle.is_being_set or bundle.handed_at is None:
        return
    Bundle.objects.filter(pk=bundle_id).update(sheet_begun_at=Now())
    whole, copy = (
        travelling_pdf(bundle, masked=masked, printed_at=bundle.handed_at)
        for masked in (False, True)
    )
    post = Post.objects.select_related("user", "organization__county").get(pk=post_id)
    _keep(bundle, whole, copy, by=actor_in(post, device="后台"))


@transaction.atomic
def _keep(bundle: Bundle, whole: bytes, copy: bytes, *, by: Actor) -> None:
    now = Bundle.objects.select_for_update(of=("self",)).get(pk=bundle.pk)
    if not now.is_being_set:
        return
    kept = [
        add_paper(
            kind="travelling_sheet", content=content, media_type="application/pdf",
            title=f"{bundle.number} {title}", by=by,
        ).digest
        for title, content in (("签字明细表", whole), ("村留存联", copy))
    ]  # fmt: skip
    now.sheet_digest, now.copy_digest = kept
    now.pages = count_pages_of(whole)
    now.save(update_fields=["sheet_digest", "copy_digest", "pages"])


def printed_sheet(bundle: Bundle, *, masked: bool, printed_at: datetime) -> bytes:
    """This function will return the sheet as PDF: a long one as kept, a short one set again.

    :raises cardbook.papers.storage.PaperMissing: when the kept one is gone.
    :raises cardbook.lib.sm.Damaged: when it was altered.
    """
    if bundle.sheet_digest:
        return read_paper(bundle.copy_digest if masked else bundle.sheet_digest)
    return travelling_pdf(bundle, masked=masked, printed_at=printed_at)
