"""Hands a bundle to a unit, files its signed sheet, corrects a row (Art. 8 para. 3, 20).

One `perform()` each. Cards are not issued by handing them out: only a signed row issues one.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import Any

from django.db.models import F, Value
from django.db.models.functions import Coalesce

from cardbook.cards.models import Card
from cardbook.chapters.collecting import collected_steps, collecting_undone_steps
from cardbook.chapters.issuance.collective.agents import Agents
from cardbook.chapters.issuance.collective.filing_plan import (
    Plan,
    filing_objections,
    plan_of,
)
from cardbook.chapters.issuance.collective.naming import NO_COLUMNS
from cardbook.chapters.issuance.collective.queries import (
    bundle_of,
    due_days,
    overdue_blocks,
    overdue_of,
    photo_is_required,
)
from cardbook.chapters.issuance.models import (
    Bundle,
    BundleFiling,
    BundlePage,
    BundleRow,
    Result,
)
from cardbook.chapters.receivers import objections_to_receiver
from cardbook.chapters.representatives import readiness_of, uncount_pick_up
from cardbook.chapters.ways_open import objections_to_way
from cardbook.custody.places import Place
from cardbook.custody.postings import Destination, account_of
from cardbook.jobs.queue import enqueue
from cardbook.law import papers as kinds
from cardbook.law.working_days import national_calendar
from cardbook.ledger.models import Event
from cardbook.lib.clock import local_day
from cardbook.lifecycle import refusals as no
from cardbook.lifecycle.acts import act
from cardbook.lifecycle.cases import Case
from cardbook.lifecycle.facts import (
    BundleHandedOut,
    BundleRowOpen,
    BundleRowReturned,
    BundleRowUndone,
    CardIssuedCollectively,
    Signer,
    Signing,
    Unclaimed,
)
from cardbook.lifecycle.judge import Presented
from cardbook.lifecycle.perform import Done, Step, batch_of, perform
from cardbook.lifecycle.refusals import Refusal, Refused
from cardbook.orgs.actors import Actor
from cardbook.papers.pictures import KeptImage
from cardbook.papers.storage import keep_images

# What `sheet_job.py` does; named here because it is asked for in the hand-out's transaction.
SHEET_JOB = "sheet.set"
# So many pages are cited one by one; of a longer sheet a list of them all is kept and cited.
_CITED_PAGES = 8
# A row as it was before anything was read off it.
_UNREAD = {
    "filed": "", "result": "", "signer": "", "signed_on": None, "self_supporting": False,
    "reason": "", **NO_COLUMNS,
}  # fmt: skip


def hand_out_bundle(
    *,
    bundle_id: int,
    signing: Signing,
    papers: Sequence[Presented],
    pages: int,
    images: Sequence[KeptImage] = (),
    by: Actor,
    at: datetime,
    key: str,
) -> Done:
    """This function will hand the prepared cards to the unit; none of them is issued by that.

    `pages` is how many pages the sheet has as printed, 0 when a worker is to set it: he is asked
    in the same transaction. The due day is counted from here.

    :raises Refused: what is not on file of the unit, what hinders a card, sheets overdue.
    """
    bundle = bundle_of(bundle_id, by=by)
    on = local_day(at)
    card_ids = list(bundle.rows.order_by("row").values_list("card_id", flat=True))
    facts = _handed_out(bundle, signing, images, on=on)

    def objections(cases: Sequence[Case]) -> Iterator[Refusal]:
        yield from _hand_out_objections(bundle, facts, card_ids, on=on)
        yield from objections_to_way(cases, unit_kind=bundle.unit.kind, on=on)

    def also(done: Done) -> None:
        keep_images(images, by=by)
        _go_out(bundle, facts, done, pages=pages, by=by, at=at)

    step = Step(
        act=act("bundle.hand_out"),
        facts=facts,
        subject_ids=card_ids,
        papers=papers,
        destination=Destination(account_of(organization_id=bundle.unit_id, kind=Place.UNIT).pk),
        objections=objections,
    )
    return perform(step, by=by, at=at, key=key, also=also)


def _handed_out(
    bundle: Bundle, signing: Signing, images: Sequence[KeptImage], *, on: date
) -> BundleHandedOut:
    kept = {image.kind: image.digest for image in images}
    ready = readiness_of(bundle.unit_id, on=on)
    return BundleHandedOut(
        unit=bundle.unit_id,
        handlers=ready.handler_ids,
        signing=signing,
        original_seen=bundle.id_seen,
        signature=kept.get(kinds.SIGNATURE_SCREEN.code, ""),
        photo=kept.get(kinds.COLLECTOR_PHOTO.code, ""),
        letter=ready.letter.pk if ready.letter else None,
        plan=ready.plan.pk if ready.plan else None,
    )


def _hand_out_objections(
    bundle: Bundle, facts: BundleHandedOut, card_ids: Sequence[int], *, on: date
) -> Iterator[Refusal]:
    now = Bundle.objects.select_for_update(of=("self",)).get(pk=bundle.pk)
    if now.batch is not None:
        yield Refusal(no.SHEET_NOT_OUT, {"sheet": now.number, "state": "已经交付"})
        return
    if not card_ids:
        yield Refusal(no.NOTHING_CHOSEN)
    if list(now.rows.order_by("row").values_list("card_id", flat=True)) != list(card_ids):
        yield Refusal(no.SHEET_CHANGED, {"sheet": now.number})
    yield from objections_to_receiver(bundle.unit, on=on, lock=True)
    ready = readiness_of(bundle.unit_id, on=on)
    if now.collector_id is None or now.collector_id not in ready.handler_ids:
        yield Refusal(no.COLLECTOR_UNKNOWN, {"unit": bundle.unit.name})
    if facts.signing is Signing.NONE or (facts.signing is Signing.SCREEN and not facts.signature):
        yield Refusal(no.SIGNATURE_MISSING)
    if not facts.photo and photo_is_required(on=on):
        yield Refusal(no.COLLECTOR_PHOTO_MISSING, {"unit": bundle.unit.name})
    overdue = overdue_of(bundle.unit_id, on=on)
    if overdue and overdue_blocks(on=on):
        yield Refusal(no.SHEETS_OVERDUE, {"unit": bundle.unit.name, "count": overdue})


def _go_out(
    bundle: Bundle, facts: BundleHandedOut, done: Done, *, pages: int, by: Actor, at: datetime
) -> None:
    on = local_day(at)
    due_on, _ = national_calendar().add_working_days(on, due_days(on=on))
    BundleRow.objects.filter(bundle=bundle).update(batch=done.batch)
    Bundle.objects.filter(pk=bundle.pk).update(
        batch=done.batch,
        office_id=by.org_id,
        handed_at=at,
        handed_by_id=by.user_id,
        signing=facts.signing,
        signature=facts.signature,
        cards=len(done.subject_ids),
        pages=pages,
        due_on=due_on,
    )
    if not pages:
        ask_for_sheet(bundle_id=bundle.pk, by=by)


def ask_for_sheet(*, bundle_id: int, by: Actor) -> None:
    """This function will ask a worker to set the sheet of a bundle that is out."""
    enqueue(SHEET_JOB, in_line=f"sheet-{bundle_id}", bundle_id=bundle_id, post_id=by.post_id)


# ------------------------------------------------------------------------------------- filing
def file_sheet(
    *,
    bundle_id: int,
    told: Sequence[str],
    by: Actor,
    at: datetime,
    key: str,
    approver: Actor | None = None,
) -> Done:
    """This function will file a signed sheet (备案), or its late rows once it is filed.

    Signed rows become issued cards, rows without a signature stay with the unit or came back. Who
    signed for others is entered and counted; `approver` signs where a proxy's year is full.

    :raises Refused: naming each row that has no result, each page that is missing, what hinders.
    """
    bundle = bundle_of(bundle_id, by=by)
    plan = plan_of(bundle)
    # Sent twice, a filing finds nothing new: it is known by its key. Asked after planning, so that
    # a first click that ends meanwhile is seen here, or its rows are still in the plan.
    before = BundleFiling.objects.filter(batch=batch_of(key), filed_by_id=by.user_id)
    if before.exists():
        return Done(batch=batch_of(key), subject_ids=(), repeated=True)
    try:
        return _filed(bundle, plan, told=told, by=by, at=at, key=key, approver=approver)
    except Refused as refused:
        raise Refused(_by_row(refused.refusals, plan)) from refused


def _filed(
    bundle: Bundle,
    plan: Plan,
    *,
    told: Sequence[str],
    by: Actor,
    at: datetime,
    key: str,
    approver: Actor | None,
) -> Done:
    on = local_day(at)
    agents = Agents(rows=plan.moving(Result.SIGNED), by=by, on=on)
    index = _page_index(bundle, plan)
    shown = [Presented(kind=kinds.SIGNED_SHEET_IMAGE.code, digest=digest) for digest in (
        [index.digest] if index else [digest for _, digest in plan.pages])]  # fmt: skip

    def objections(cases: Sequence[Case]) -> Iterator[Refusal]:
        yield from filing_objections(bundle, plan, on=on)

    def also(done: Done) -> None:
        keep_images([index] if index else [], by=by)
        agents.count(done)
        _close(bundle, plan, done, agents, at=at)

    def issued() -> Step:
        agents.enter()
        return _issued(bundle, agents, shown, told, approver=approver)

    issue = act("card.issue_collective")
    # The sheet is locked before any card: of two who file at once, one waits and is told.
    gate = Step(act=issue, facts=None, objections=objections)
    collected = collected_steps([row["card_id"] for row in agents.rows], by=by, key=key)
    return perform(
        gate, issued, *_unsigned_steps(bundle, plan, shown), *collected,
        by=by, second=approver, at=at, key=key, also=also,
    )  # fmt: skip


def _by_row(refusals: Sequence[Refusal], plan: Plan) -> list[Refusal]:
    """What meets one card of many says which row of the sheet it is, in the order of the sheet."""
    rows = {row["card_id"]: row["row"] for row in plan.rows}
    return [
        replace(one, where=f"第 {rows[one.subject_id]} 行：")
        if one.subject_id in rows and not {"row", "rows"} & one.values.keys()
        else one
        for one in sorted(refusals, key=lambda one: rows.get(one.subject_id or 0, 0))
    ]


def _issued(
    bundle: Bundle,
    agents: Agents,
    shown: Sequence[Presented],
    told: Sequence[str],
    *,
    approver: Actor | None,
) -> Step:
    return Step(
        act=act("card.issue_collective"),
        facts={
            row["card_id"]: CardIssuedCollectively(
                sheet=bundle.pk, row=row["row"], signed_on=row["signed_on"],
                signer=Signer(row["signer"]), words=row["words"],
                self_supporting=row["self_supporting"], **agents.facts(row),
            )
            for row in agents.rows
        },
        subject_ids=[row["card_id"] for row in agents.rows], papers=shown, told=told,
        objections=lambda cases: agents.objections(approver=approver),
    )  # fmt: skip


def _unsigned_steps(bundle: Bundle, plan: Plan, shown: Sequence[Presented]) -> list[Step]:
    open_, back = plan.moving(Result.OPEN), plan.moving(Result.RETURNED)
    return [
        Step(
            act=act("bundle.note_open"),
            facts={
                row["card_id"]: BundleRowOpen(
                    sheet=bundle.pk, row=row["row"], reason=_reason(row), words=row["words"]
                )
                for row in open_
            },
            subject_ids=[row["card_id"] for row in open_], papers=shown,
        ),
        Step(
            act=act("bundle.give_back"),
            facts={
                row["card_id"]: BundleRowReturned(
                    sheet=bundle.pk, row=row["row"], reason=_reason(row), words=row["words"]
                )
                for row in back
            },
            subject_ids=[row["card_id"] for row in back],
        ),
    ]  # fmt: skip


def _reason(row: dict[str, Any]) -> Unclaimed:
    # A row without one is refused before anything is written.
    return Unclaimed(row["reason"] or Unclaimed.OTHER)


def _page_index(bundle: Bundle, plan: Plan) -> KeptImage | None:
    """The list of all page pictures of a long sheet: its digest binds every page."""
    if len(plan.pages) <= _CITED_PAGES:
        return None
    lines = [f"{bundle.number} 签字明细表影像 {len(plan.pages)} 张"]
    lines += [f"第 {page} 页 {digest}" for page, digest in plan.pages]
    return KeptImage(
        kind=kinds.SIGNED_SHEET_IMAGE.code,
        title=f"{bundle.number} 影像清单",
        media_type="text/plain; charset=utf-8",
        content="\n".join(lines).encode(),
    )


def _close(bundle: Bundle, plan: Plan, done: Done, agents: Agents, *, at: datetime) -> None:
    number = BundleFiling.objects.filter(bundle=bundle).count() + 1
    sums = plan.sums
    rows = BundleRow.objects.filter(bundle=bundle)
    rows.filter(row__in=list(agents.mandates)).update(proof=kinds.MANDATE.code)
    rows.exclude(filed=F("result")).update(filed=F("result"))
    BundlePage.objects.filter(bundle=bundle, filing=0).update(filing=number)
    sent = Bundle.objects.values("sent_at", "sent_by").get(pk=bundle.pk)
    Bundle.objects.filter(pk=bundle.pk).update(
        filed_at=Coalesce(F("filed_at"), Value(at)), sent_at=None, sent_by=None, sent_back=""
    )
    BundleFiling.objects.create(
        bundle=bundle, number=number, batch=done.batch, filed_at=at, filed_by_id=agents.by.user_id,
        sent_at=sent["sent_at"], sent_by_id=sent["sent_by"],
        due=sums.due, signed=sums.signed, open=sums.open, returned=sums.returned,
        wrong=sums.wrong,
    )  # fmt: skip


# --------------------------------------------------------------------------------- correction
def undo_row(
    *,
    bundle_id: int,
    row: int,
    event_id: int,
    words: str,
    by: Actor,
    second: Actor | None,
    at: datetime,
    key: str,
) -> Done:
    """This function will take back a row that was filed as signed by mistake; two people sign.

    The card is with the unit still; the row waits for a supplementary filing.

    :raises Refused: when the card was activated since, or no reason is given.
    """
    bundle = bundle_of(bundle_id, by=by)
    found = bundle.rows.get(row=row)

    def objections(cases: Sequence[Case]) -> Iterator[Refusal]:
        Bundle.objects.select_for_update(of=("self",)).get(pk=bundle.pk)
        if bundle.rows.get(row=row).filed != Result.SIGNED:
            yield Refusal(no.NOT_THE_NEWEST, {}, found.card_id)

    def also(done: Done) -> None:
        BundleRow.objects.filter(pk=found.pk).update(**_UNREAD, batch=done.batch)
        _uncount(found.card_id, event_id)

    step = Step(
        act=act("bundle.undo"),
        facts=BundleRowUndone(event=event_id, words=words),
        subject_ids=[found.card_id],
        destination=Destination(account_of(organization_id=bundle.unit_id, kind=Place.UNIT).pk),
        objections=objections,
    )
    reopened = collecting_undone_steps(found.card_id, handed_over=event_id, words=words)
    return perform(step, *reopened, by=by, second=second, at=at, key=key, also=also)


def _uncount(card_id: int, event_id: int) -> None:
    """Whoever signed for the holder has fetched one card less (Art. 10)."""
    holder_id = Card.objects.values_list("person_id", flat=True).get(pk=card_id)
    uncount_pick_up(batch=Event.objects.get(pk=event_id).batch, holder_id=holder_id)
