"""What waits to be destroyed, lots, the bank's count, the destruction itself (Art. 19)."""

from datetime import date, datetime
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from cardbook.chapters.card_heads import left_undone
from cardbook.chapters.row_by_row import Outcome
from cardbook.chapters.screens import say_refused, status_of
from cardbook.chapters.searching import card_meant
from cardbook.chapters.stranded.arrival_pages import answer_scan, arriving
from cardbook.chapters.stranded.destruction import commands, queries
from cardbook.chapters.stranded.destruction.forms import CarryOutForm, SendForm, TakeBackForm
from cardbook.chapters.stranded.destruction.listing import (
    lot_as_xlsx,
    lots_as_xlsx,
    waiting_as_xlsx,
)
from cardbook.chapters.stranded.models import DestructionLot
from cardbook.chapters.unfit_rows import said_of_rows
from cardbook.law.parameters import parameter, whole_number
from cardbook.law.roles import Role
from cardbook.lib.ids import ids_of
from cardbook.lifecycle.acts import act
from cardbook.lifecycle.pages import ActorRequest, new_key, page
from cardbook.lifecycle.refusals import Refusal, Refused
from cardbook.registers.answers import file_answer, kept_picture
from cardbook.registers.lists import is_export, only_ticked, order_of, rows_ticked, text_of, titles

ROWS = 50
_SCANS = "destruction.receive.scan"
_SEND, _RECEIVE = act("destruction.send"), act("destruction.receive")
_CARRY, _BACK = act("destruction.carry_out"), act("destruction.take_back")
READERS = frozenset({*_SEND.who, *_RECEIVE.who, Role.COUNTY_MANAGER, Role.REVIEWER, Role.AUDITOR})
_KEEP = READERS - {Role.BANK_TELLER}


@require_http_methods(["GET", "POST"])
@page(roles=_KEEP, basis=_SEND.basis_text)
def send(request: ActorRequest) -> HttpResponse:
    """Wrong, defective and cancelled cards; tick those of one bank and give them up."""
    if is_export(request):
        return _exported(request)
    banks = [(one.pk, one.name) for one in queries.banks_for(request.actor)]
    # Cards ticked in another list come without a key: they are shown, and nothing is done yet.
    given = request.POST if "key" in request.POST else None
    form = SendForm(given, banks=banks, initial={"key": new_key()})
    refusals: tuple[Refusal, ...] = ()
    results: list[tuple[int, str, str]] = []
    lot = None
    ids = ids_of(request.POST.getlist("card"))
    if given is not None and form.is_valid():
        try:
            outcome, lot = _send(request, form, ids)
        except Refused as refused:
            refusals = refused.refusals
        else:
            if lot and not outcome.refused:
                return redirect("destruction.lot", lot.pk)
            results = left_undone(outcome.refused, by=request.actor)
            ids = [id_ for id_ in ids if id_ in outcome.refused]
            form = SendForm(banks=banks, initial={"key": new_key()})
    only = tuple(ids) if "only" in request.POST else None
    context = _waiting(request, only=only) | {
        "form": form,
        "refusals": refusals,
        "results": results,
        "lot": lot,
        "ticked": frozenset(ids),
        "only": only,
        "banks": banks,
        "may_send": request.actor.role in _SEND.who,
    }
    bad = status_of(refusals=refusals or results, mistakes=form.errors)
    return render(request, "destruction/waiting.html", context, status=bad)


def _send(
    request: ActorRequest, form: SendForm, ids: list[int]
) -> tuple[Outcome, DestructionLot | None]:
    """Give up what may go in one lot, and say which; the others are told why they stay."""
    outcome = commands.send_those_that_may(
        card_ids=ids, bank_id=form.cleaned_data["bank"], by=request.actor,
        second=form.second(request), at=timezone.now(), key=form.cleaned_data["key"],
    )  # fmt: skip
    lot = queries.lot_of(outcome.done)
    if lot:
        messages.success(
            request, f"{len(outcome.done)} 张卡已移交，列入 {lot.number}，请打印销毁清单随卡。"
        )
    return outcome, lot


def _exported(request: ActorRequest) -> HttpResponse:
    now = timezone.now()
    found, days = _narrowed(request, at=now)
    seen = queries.eligible_rows(list(found), at=now, late_days=days)
    rows = rows_ticked(request, seen, "card", of=lambda row: row.id)
    content = waiting_as_xlsx(rows, by=request.actor, at=now)
    return file_answer(content, name=f"待销毁的卡_{timezone.localdate(now):%Y%m%d}.xlsx")


def _narrowed(
    request: ActorRequest, *, at: datetime, only: tuple[int, ...] | None = None
) -> tuple[QuerySet[Any], int]:
    """What is asked for, and after how many days a cancelled card is late."""
    days = whole_number("cancelled_not_destroyed_alert_days", on=timezone.localdate(at))
    chosen = {name: request.GET.get(name, "").strip() for name in ("source", "bank")}
    late, text, on = request.GET.get("late") == "1", text_of(request), timezone.localdate(at)
    found = queries.narrowed(
        queries.waiting_for_destruction(request.actor), **chosen,
        meant=card_meant(text, by=request.actor, today=on, prefix="card__") if text else None,
        before=queries.late_before(at=at, days=days) if late else None,
    ).order_by(*queries.WAITING_SORTS[order_of(request, queries.WAITING_SORTS)][1])  # fmt: skip
    return (found if only is None else found.filter(card__in=only)), days


def _waiting(request: ActorRequest, *, only: tuple[int, ...] | None) -> dict[str, Any]:
    now = timezone.now()
    alert = parameter("cancelled_not_destroyed_alert_days").on(timezone.localdate())
    found, days = _narrowed(request, at=now, only=only)
    listed = Paginator(found, ROWS).get_page(request.GET.get("page"))
    return {
        "found": listed,
        "rows": queries.eligible_rows(list(listed), at=now, late_days=days),
        "alert": alert,
        "overdue": queries.late_count(request.actor, at=now),
        "late": request.GET.get("late") == "1",
        "sources": [(str(code), title) for code, title in queries.SOURCES.items()],
        "chosen": {name: request.GET.get(name, "").strip() for name in ("source", "bank")},
        "text": text_of(request),
        "sorts": titles(queries.WAITING_SORTS),
        "sort": order_of(request, queries.WAITING_SORTS),
    }


@require_GET
@page(roles=READERS, basis=_SEND.basis_text)
def lots(request: ActorRequest) -> HttpResponse:
    """Lots given to banks, and what became of them."""
    state, sort = request.GET.get("state", ""), order_of(request, queries.LOT_SORTS)
    now, text = timezone.now(), text_of(request)
    found = queries.lots_found(request.actor, state=state, text=text, sort=sort, at=now)
    if "export" in request.GET:
        rows = queries.lot_rows(list(only_ticked(request, found)), at=now)
        content = lots_as_xlsx(rows, by=request.actor, at=now)
        return file_answer(content, name=f"销毁清单_{timezone.localdate(now):%Y%m%d}.xlsx")
    listed = Paginator(found, ROWS).get_page(request.GET.get("page"))
    context = {
        "found": listed,
        "rows": queries.lot_rows(list(listed), at=now),
        "state": state,
        "states": [(code, title) for code, (title, _) in queries.LOT_STATES.items()],
        "alert": parameter("cancelled_not_destroyed_alert_days").on(timezone.localdate(now)),
        "late": queries.lots_in(request.actor, state="late", at=now).count(),
        "text": text,
        "sorts": titles(queries.LOT_SORTS),
        "sort": sort,
    }
    return render(request, "destruction/lots.html", context)


def _lot_of(request: ActorRequest, lot_id: int) -> Any:
    found = queries.lots_of(request.actor).filter(pk=lot_id).first()
    if found is None:
        raise Http404
    return found


@require_http_methods(["GET", "POST"])
@page(roles=READERS, basis=_SEND.basis_text)
def lot(request: ActorRequest, lot_id: int) -> HttpResponse:
    """One lot: its cards, who counted, who destroyed, the pictures."""
    if not is_export(request):
        return _show_lot(request, lot_id)
    now = timezone.now()
    found = _lot_of(request, lot_id)
    seen = _lines(request, found, on=timezone.localdate(now))
    rows = rows_ticked(request, seen, "card", of=lambda line: line.card_id)
    content = lot_as_xlsx(rows, number=found.number, by=request.actor, at=now)
    return file_answer(content, name=f"{found.number}_{timezone.localdate(now):%Y%m%d}.xlsx")


def _lines(request: ActorRequest, found: Any, *, on: date) -> list[queries.LotLine]:
    text = text_of(request)
    meant = card_meant(text, by=request.actor, today=on, prefix="card__") if text else None
    return queries.lot_lines(found, sort=order_of(request, queries.LINE_SORTS), meant=meant)


def _show_lot(
    request: ActorRequest,
    lot_id: int,
    form: TakeBackForm | None = None,
    refusals: tuple[Refusal, ...] = (),
    ticked: frozenset[int] = frozenset(),
) -> HttpResponse:
    found = _lot_of(request, lot_id)
    (row,) = queries.lot_rows([found], at=timezone.now())
    role = request.actor.role
    context = {
        "lot": found,
        "row": row,
        "lines": _lines(request, found, on=timezone.localdate()),
        "text": text_of(request),
        "sorts": titles(queries.LINE_SORTS),
        "sort": order_of(request, queries.LINE_SORTS),
        "query": request.GET.urlencode(),
        "form": form or TakeBackForm(initial={"key": new_key()}),
        "refusals": refusals,
        "ticked": ticked,
        "may_receive": role in _RECEIVE.who and row.under_way > 0,
        "may_carry": role in _CARRY.who and not row.under_way and row.at_bank > 0,
        "may_back": role in _BACK.who and not found.carried_batch,
    }
    bad = status_of(refusals=refusals, mistakes=form.errors if form else None)
    return render(request, "destruction/lot.html", context, status=bad)


@require_GET
@page(roles=READERS, basis=_SEND.basis_text)
def photo(request: ActorRequest, lot_id: int, place: int) -> HttpResponse:
    """One picture of a destruction."""
    photos = _lot_of(request, lot_id).photos
    if not 0 < place <= len(photos):
        raise Http404
    return kept_picture(photos[place - 1])


@require_http_methods(["GET", "POST"])
@page("destruction.receive")
def receive(request: ActorRequest, lot_id: int) -> HttpResponse:
    """The bank counts a lot in by scan."""
    found = _lot_of(request, lot_id)
    if request.method == "POST":
        try:
            done = commands.receive_lot(
                lot_id=found.pk, by=request.actor, at=timezone.now(),
                key=request.POST.get("key", "")[:64],
            )  # fmt: skip
        except Refused as refused:
            say_refused(request, refused)
            return redirect(request.path)
        messages.success(request, f"已点收 {len(done.subject_ids)} 张。")
        return redirect("destruction.lot", found.pk)
    context = {"lot": found, **arriving(found.shipment, scans=_SCANS)}
    return render(request, "destruction/receive.html", context)


@require_POST
@page("destruction.receive")
def scan(request: ActorRequest, shipment_id: int) -> HttpResponse:
    """One number of a lot, or one taken back; answers with what was scanned."""
    found = queries.lots_of(request.actor).filter(shipment=shipment_id).first()
    if found is None or found.shipment is None:
        raise Http404
    back = ("destruction.receive", found.pk)
    return answer_scan(request, found.shipment, scans=_SCANS, back=back)


@require_http_methods(["GET", "POST"])
@page("destruction.take_back")
def take_back(request: ActorRequest, lot_id: int) -> HttpResponse:
    """Cards the bank did not find or did not take go back to who sent them."""
    if request.method == "GET":
        return redirect("destruction.lot", lot_id)
    _lot_of(request, lot_id)
    form = TakeBackForm(request.POST)
    ids = ids_of(request.POST.getlist("card"))
    if not form.is_valid():
        return _show_lot(request, lot_id, form, ticked=frozenset(ids))
    given = form.cleaned_data
    try:
        commands.take_back(
            lot_id=lot_id, card_ids=ids, words=given["words"], by=request.actor,
            second=form.second(request), at=timezone.now(), key=given["key"],
        )  # fmt: skip
    except Refused as refused:
        return _show_lot(request, lot_id, form, refused.refusals, frozenset(ids))
    messages.success(request, f"{len(ids)} 张卡已退回交出机构的待销毁处。")
    return redirect("destruction.lot", lot_id)


@require_http_methods(["GET", "POST"])
@page("destruction.carry_out")
def carry_out(request: ActorRequest, lot_id: int) -> HttpResponse:
    """Two destroy, one of another office watches, the count must equal the list."""
    found = _lot_of(request, lot_id)
    if request.method == "GET" and found.carried_batch:
        return redirect("destruction.lot", found.pk)
    (row,) = queries.lot_rows([found], at=timezone.now())
    photos = parameter("destruction_photos").on(timezone.localdate())
    form = CarryOutForm(
        request.POST or None, request.FILES or None, photos=int(str(photos.value)),
        initial={"key": new_key(), "place": request.actor.org_name},
    )  # fmt: skip
    refusals: tuple[Refusal, ...] = ()
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        try:
            second = form.second(request)
            done = commands.carry_out(
                lot_id=found.pk, counted=given["counted"], method=given["method"],
                place=given["place"], images=form.photos(), by=request.actor,
                second=second, witness=form.witness(request, second), at=timezone.now(),
                key=given["key"],
            )  # fmt: skip
            messages.success(request, f"{len(done.subject_ids)} 张卡已登记销毁，请打印销毁证明。")
            return redirect("destruction.lot", found.pk)
        except Refused as refused:
            listed = found.lines.values_list("card_id", "row", "card__number")
            rows = {card: (place, number) for card, place, number in listed}
            refusals = said_of_rows(rows, refused.refusals)
    context = {"lot": found, "row": row, "form": form, "refusals": refusals, "photos": photos}
    bad = status_of(refusals=refusals, mistakes=form.errors)
    return render(request, "destruction/carry_out.html", context, status=bad)
