"""What counts left open, short, missing or not listed, and how it is explained (Art. 6, 20).

`pages.py` beside it counts; a POST here calls one command and tells the result of each card.
"""

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from cardbook.chapters.card_heads import numbers_of
from cardbook.chapters.intake.receive import commands, difference_queries
from cardbook.chapters.intake.receive.forms import DifferencesForm, ExplainForm, NoteForm
from cardbook.chapters.intake.receive.listing import cards_as_xlsx, scans_as_xlsx
from cardbook.chapters.intake.receive.odd_commands import NOTERS, note_odd
from cardbook.chapters.intake.receive.pages import READERS, ROWS
from cardbook.chapters.row_by_row import Outcome
from cardbook.chapters.screens import status_of
from cardbook.lib.ids import ids_of
from cardbook.lifecycle import refusals as no
from cardbook.lifecycle.acts import act
from cardbook.lifecycle.pages import ActorRequest, new_key, page, second_actor
from cardbook.lifecycle.refusals import Refusal, Refused
from cardbook.orgs.actors import Actor
from cardbook.registers.answers import file_answer
from cardbook.registers.lists import is_export, order_of, rows_ticked, text_of

_CARDS = {
    "short": difference_queries.short_cards,
    "missing": difference_queries.missing_cards,
}


@require_http_methods(["GET", "POST"])
@page(roles=READERS, basis="第六条、第二十条")
def differences(request: ActorRequest) -> HttpResponse:
    """Short cards to explain, missing cards that may turn up, and what was not listed."""
    if not is_export(request):
        return _differences(request)
    kind, now = _kind(request), timezone.now()
    found = _found(request, kind, _delivery(_chosen(request)))
    title = difference_queries.KINDS[kind]
    as_xlsx: Any = scans_as_xlsx if kind == "odd" else cards_as_xlsx
    rows = rows_ticked(request, _rows(kind, found), "card", of=lambda row: row.id)
    content = as_xlsx(rows, title=title, by=request.actor, at=now)
    return file_answer(content, name=f"差异_{title}_{timezone.localdate(now):%Y%m%d}.xlsx")


def _kind(request: ActorRequest) -> str:
    kind = request.GET.get("kind", "short")
    if kind not in difference_queries.KINDS:
        raise Http404
    return kind


def _chosen(request: ActorRequest) -> DifferencesForm:
    listed = difference_queries.deliveries_with_differences(request.actor)
    return DifferencesForm(request.GET, deliveries=listed)


def _delivery(chosen: DifferencesForm) -> int | None:
    return chosen.cleaned_data["delivery"] if chosen.is_valid() else None


def _sorts(kind: str) -> difference_queries.Sorts:
    return difference_queries.ODD_SORTS if kind == "odd" else difference_queries.CARD_SORTS


def _found(request: ActorRequest, kind: str, delivery_id: int | None) -> QuerySet[Any]:
    """The rows of a kind that were asked for."""
    by, text, sort = request.actor, text_of(request), order_of(request, _sorts(kind))
    if kind == "odd":
        scans = difference_queries.odd_scans(by, delivery_id=delivery_id)
        return difference_queries.scans_meant(scans, text=text, sort=sort)
    cards = _CARDS[kind](by, delivery_id=delivery_id)
    return difference_queries.cards_meant(
        cards, text=text, sort=sort, by=by, today=timezone.localdate()
    )


def _rows(kind: str, found: Any) -> list[Any]:
    if kind == "odd":
        return difference_queries.odd_rows(list(found))
    return difference_queries.card_rows(found)


def _differences(
    request: ActorRequest,
    form: ExplainForm | NoteForm | None = None,
    refusals: tuple[Refusal, ...] = (),
    ticked: frozenset[int] = frozenset(),
    results: tuple[tuple[str, str], ...] = (),
) -> HttpResponse:
    kind, chosen = _kind(request), _chosen(request)
    delivery_id = _delivery(chosen)
    found = Paginator(_found(request, kind, delivery_id), ROWS).get_page(request.GET.get("page"))
    context = {
        "kind": kind,
        "kinds": difference_queries.KINDS.items(),
        "filter": chosen,
        "delivery_id": delivery_id,
        "text": text_of(request),
        "sort": order_of(request, _sorts(kind)),
        "sorts": [(code, title) for code, (title, _) in _sorts(kind).items()],
        "found": found,
        "rows": _rows(kind, found),
        "ticked": ticked,
        "form": form or _form(kind),
        "refusals": refusals,
        "results": results,
        "may_explain": request.actor.role in act("delivery.explain_found").who,
    }
    bad = status_of(refusals=refusals, mistakes=form)
    return render(request, "receive/differences.html", context, status=bad)


def _form(kind: str) -> ExplainForm | NoteForm:
    return NoteForm() if kind == "odd" else ExplainForm(initial={"key": new_key()})


@require_POST
@page(roles=NOTERS, basis="第六条、第二十条")
def note(request: ActorRequest) -> HttpResponse:
    """What was done with ticked cards that lay in a box and are not listed there."""
    form, ids = NoteForm(request.POST), ids_of(request.POST.getlist("card"))
    if not ids:
        form.add_error(None, "没有勾选卡片，请先在表中勾选。")
    if not form.is_valid():
        return _differences(request, form, ticked=frozenset(ids))
    results = note_odd(
        scan_ids=ids, words=form.cleaned_data["words"], by=request.actor, at=timezone.now()
    )
    return _differences(request, results=tuple(results))


def _explain(request: ActorRequest, *, found: bool) -> HttpResponse:
    back = f"{reverse('delivery.differences')}?{request.GET.urlencode()}"
    if request.method == "GET":
        # A refusal is shown at this address; whoever turns a page or reloads there comes back.
        return redirect(back)
    form = ExplainForm(request.POST)
    ids = ids_of(request.POST.getlist("card"))
    if not ids:
        form.add_error(None, "没有勾选卡片，请先在表中勾选。")
    if not form.is_valid():
        return _differences(request, form, ticked=frozenset(ids))
    given = form.cleaned_data
    try:
        with no.signing_as("第二人"):
            second = second_actor(
                act("delivery.explain_found" if found else "delivery.explain_missing"),
                username=given["second_name"],
                password=given["second_password"],
                request=request,
            )
        outcome = commands.explain_those_that_may(
            card_ids=ids, found=found, words=given["words"], by=request.actor, second=second,
            at=timezone.now(), key=given["key"],
        )  # fmt: skip
    except Refused as refused:
        return _differences(request, form, refused.refusals, frozenset(ids))
    if outcome.refused:
        return _differences(request, results=_said(outcome, found=found, by=request.actor))
    messages.success(request, f"{len(outcome.done)} 张卡{_done(found=found)}。")
    return redirect(back)


def _done(*, found: bool) -> str:
    if found:
        return "已接收入库，待分类入柜"
    return "已登记下落不明；日后找到可在“下落不明”中登记找回"


def _said(outcome: Outcome, *, found: bool, by: Actor) -> tuple[tuple[str, str], ...]:
    """How many cards were settled, and why each of the others was not."""
    done = ((f"{len(outcome.done)} 张卡", f"{_done(found=found)}。"),) if outcome.done else ()
    numbers = numbers_of(outcome.refused, by=by)
    return done + tuple(
        (numbers.get(id_, f"第 {id_} 号"), f"没有办理：{one.sentence}{one.way_out}")
        for id_, one in outcome.refused.items()
    )


@require_http_methods(["GET", "POST"])
@page("delivery.explain_found")
def explain_found(request: ActorRequest) -> HttpResponse:
    """Short cards turned up: receive them."""
    return _explain(request, found=True)


@require_http_methods(["GET", "POST"])
@page("delivery.explain_missing")
def explain_missing(request: ActorRequest) -> HttpResponse:
    """Short cards did not turn up: they are missing from now on."""
    return _explain(request, found=False)
