"""Reads the letters that tell banks which cards were cancelled (Art. 18)."""

from collections.abc import Mapping

from django.db.models import Count, Q, QuerySet

from cardbook.chapters.stranded.models import BankNotice
from cardbook.chapters.stranded.scope import office_within
from cardbook.lib.ids import id_of
from cardbook.orgs.actors import Actor

STATES: Mapping[str, tuple[str, Q]] = {
    "": ("全部", Q()),
    "open": ("待送出", Q(sent_at=None)),
    "waiting": ("待回执", Q(sent_at__isnull=False, acknowledged_on=None)),
    "done": ("已有回执", Q(acknowledged_on__isnull=False)),
}
SORTS: Mapping[str, tuple[str, tuple[str, ...]]] = {
    "new": ("新的在前", ("-id",)),
    "old": ("旧的在前", ("id",)),
    "bank": ("按银行", ("bank__code", "-id")),
    "cards": ("张数多的在前", ("-cards", "-id")),
}


def notices_of(
    by: Actor, *, state: str = "", text: str = "", sort: str = "new"
) -> QuerySet[BankNotice]:
    """This function will list the letters of the actor's county to banks, with their cards."""
    _, condition = STATES.get(state, STATES[""])
    if text:
        number = id_of(text.upper().removeprefix("GZ"))
        condition = condition & (Q(bank__name__contains=text) | Q(pk=number))
    return (
        BankNotice.objects.filter(office_within(by, "office__"), condition)
        .select_related("bank", "office", "sent_by", "acknowledged_by")
        .annotate(cards=Count("lines"))
        .order_by(*SORTS[sort][1])
    )


def notices_to_send(by: Actor) -> int:
    """This function will count the letters to banks that nobody has sent yet."""
    return notices_of(by, state="open").count()
