"""The list of mandates on file, one county's (Art. 10); `agent_queries.py` lists who comes."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Count, F, Q, QuerySet

from cardbook.cards.states import Standing
from cardbook.chapters.representatives import MandateNote, mandate_notes
from cardbook.lib import citizen_number
from cardbook.lib.plain import InputError
from cardbook.lifecycle.facts import ProxyReason, Relation, Signing
from cardbook.orgs.actors import Actor
from cardbook.people import vault
from cardbook.people.holders import holder_of
from cardbook.people.models import Mandate

REVOKED, DEAD, OVER, EARLY, VALID = "revoked", "dead", "over", "early", "valid"
STATUS = {
    VALID: "有效", EARLY: "未到起始日", OVER: "已到期", REVOKED: "已撤销", DEAD: "因去世失效",
}  # fmt: skip
_SIGNED = {str(Signing.PAPER): "签名", str(Signing.THUMB): "按手印"}
SORTS: dict[str, tuple[str, tuple[Any, ...]]] = {
    "newest": ("登记先后（新的在前）", ("-id",)),
    "until": ("到期先后", ("until", "id")),
    "uses": ("用过次数（多的在前）", (F("used").desc(), "-id")),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class MandateRow:
    """One mandate as the list shows it."""

    id: int
    principal: str
    principal_number: str
    agent: str
    agent_number: str
    relation: str
    reason: str
    matter: str
    scope: str
    since: date
    until: date
    signed_on: date
    signing: str
    witness: str
    status: str
    status_title: str
    used: int
    registered: str
    note: str

    @property
    def may_revoke(self) -> bool:
        """Whether there is anything left to revoke."""
        return self.status in (VALID, EARLY)


def _in_status(status: str, on: date) -> Q:
    dead = Q(principal__died_on__isnull=False) | Q(agent__died_on__isnull=False)
    kept = Q(standing=Standing.REGISTERED)
    return {
        REVOKED: ~kept,
        DEAD: kept & dead,
        OVER: kept & ~dead & Q(until__lt=on),
        EARLY: kept & ~dead & Q(since__gt=on),
        VALID: kept & ~dead & Q(since__lte=on, until__gte=on),
    }.get(status, Q())


def mandates(*, by: Actor, status: str, sort: str, text: str, on: date) -> QuerySet[Mandate]:
    """This function will find a county's mandates; `text` is a number, a name or initials."""
    found = Mandate.objects.filter(
        _in_status(status, on), county__path__startswith=by.county_path
    ).select_related("principal", "agent")
    if text:
        found = found.filter(_named(text, on))
    return found.annotate(
        used=Count("uses", distinct=True) + Count("errands", distinct=True)
    ).order_by(*SORTS.get(sort, SORTS["newest"])[1])


def _named(text: str, on: date) -> Q:
    try:
        index = vault.number_index(citizen_number.parse(text, today=on).number)
    except InputError:
        keys = vault.query_keys(text.split())
        return Q(principal__search_keys__contains=keys) | Q(agent__search_keys__contains=keys)
    return Q(principal__number_index=index) | Q(agent__number_index=index)


def mandate_rows(found: Iterable[Mandate], *, on: date) -> list[MandateRow]:
    """This function will open a page of mandates, with what the ledger says of each."""
    rows = list(found)
    notes = mandate_notes([one.pk for one in rows])
    return [_row(one, notes[one.pk], on=on) for one in rows]


def _row(one: Mandate, noted: Mapping[str, MandateNote], *, on: date) -> MandateRow:
    principal, agent = holder_of(one.principal), holder_of(one.agent)
    status = _status(one, on)
    registered, revoked = noted["mandate.register"], noted.get("mandate.revoke")
    notes = {
        REVOKED: f"{revoked.on} {revoked.who}：{revoked.words}" if revoked else "",
        DEAD: "委托人或代领人已去世",
    }
    return MandateRow(
        id=one.pk,
        principal=principal.name, principal_number=principal.masked_number,
        agent=agent.name, agent_number=agent.masked_number,
        relation=Relation(one.relation).label if one.relation else "",
        reason=ProxyReason(one.reason).label if one.reason else "",
        matter=one.get_matter_display(), scope=registered.facts.get("scope") or one.scope,
        since=one.since, until=one.until, signed_on=one.signed_on,
        signing=_SIGNED.get(registered.facts.get("holder_signing", ""), ""),
        witness=_opened(one.witness_sealed),
        status=status, status_title=STATUS[status], used=getattr(one, "used", 0),
        registered=f"{registered.on} {registered.who}",
        note=notes.get(status, ""),
    )  # fmt: skip


def _opened(sealed: bytes | memoryview | None) -> str:
    return vault.open_text(sealed, context=vault.NAME) if sealed else ""


def _status(one: Mandate, on: date) -> str:
    if one.standing == Standing.REVOKED:
        return REVOKED
    if one.principal.died_on is not None or one.agent.died_on is not None:
        return DEAD
    if one.until < on:
        return OVER
    return EARLY if one.since > on else VALID
