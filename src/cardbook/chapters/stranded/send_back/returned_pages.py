"""What lies returned: passed on, cancelled, put back, each card with its result (Art. 17, 18)."""

from typing import Any

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from cardbook.chapters.card_heads import left_undone
from cardbook.chapters.row_by_row import Outcome
from cardbook.chapters.screens import status_of
from cardbook.chapters.stranded.send_back import cancelling, commands, queries
from cardbook.chapters.stranded.send_back.forms import CancelForm, PassOnForm, PutBackForm
from cardbook.chapters.stranded.send_back.listing import returned_as_xlsx
from cardbook.chapters.stranded.send_back.pages import READERS, ROWS
from cardbook.lib.ids import ids_of
from cardbook.lifecycle.acts import act
from cardbook.lifecycle.facts import Stranding
from cardbook.lifecycle.pages import ActorRequest, new_key, page
from cardbook.lifecycle.refusals import Refusal, Refused
from cardbook.registers.answers import file_answer
from cardbook.registers.lists import is_export, order_of, rows_ticked, text_of

_CANCEL = act("card.cancel_returned")


@require_http_methods(["GET", "POST"])
@page(roles=READERS, basis="第十七条、第十八条")
def returned(request: ActorRequest) -> HttpResponse:
    """The returned cards that lie here, with what must be looked at before they are cancelled."""
    if not is_export(request):
        return _listed(request)
    now = timezone.now()
    found = queries.returned_rows(list(_found(request)), at=now)
    rows = rows_ticked(request, found, "card", of=lambda row: row.id)
    content = returned_as_xlsx(rows, by=request.actor, at=now)
    return file_answer(content, name=f"退回的卡_{timezone.localdate(now):%Y%m%d}.xlsx")


def _found(request: ActorRequest) -> QuerySet[Any]:
    return queries.narrowed(
        queries.returned_cards(request.actor), reason=request.GET.get("reason", ""),
        text=text_of(request), sort=order_of(request, queries.RETURNED_SORTS),
        by=request.actor, today=timezone.localdate(),
    )  # fmt: skip


def _listed(
    request: ActorRequest,
    *,
    filled: forms.Form | None = None,
    refusals: tuple[Refusal, ...] = (),
    undone: str = "",
    outcome: Outcome | None = None,
    ticked: frozenset[int] = frozenset(),
) -> HttpResponse:
    forms_by_act: dict[str, forms.Form] = {
        "cancel": CancelForm(initial={"key": new_key()}, prefix="cancel"),
        "put_back": PutBackForm(initial={"key": new_key()}, prefix="back"),
        "pass_on": PassOnForm(receivers=queries.receivers_of(request.actor), prefix="pass"),
    }
    if filled is not None:
        forms_by_act[{"cancel": "cancel", "back": "put_back", "pass": "pass_on"}[
            filled.prefix or ""
        ]] = filled  # fmt: skip
    refused = outcome.refused if outcome else {}
    role = request.actor.role
    context = _rows(request) | forms_by_act | {
        "refusals": refusals,
        "undone": undone,
        "results": left_undone(refused, by=request.actor),
        "ticked": ticked,
        "pass_key": new_key(),
        "may_cancel": role in _CANCEL.who,
        "may_note_death": role in act("holder.note_death").who,
        "may_pass": role in act("stranded.pass_on").who and bool(
            queries.receivers_of(request.actor)
        ),
    }  # fmt: skip
    bad = status_of(refusals=refusals, mistakes=filled.errors if filled else None)
    return render(request, "send_back/returned.html", context, status=bad)


def _rows(request: ActorRequest) -> dict[str, Any]:
    listed = Paginator(_found(request), ROWS).get_page(request.GET.get("page"))
    return {
        "found": listed,
        "rows": queries.returned_rows(list(listed), at=timezone.now()),
        "reasons": [(str(one), one.label) for one in Stranding],
        "reason": request.GET.get("reason", ""),
        "text": text_of(request),
        "sorts": [(code, title) for code, (title, _) in queries.RETURNED_SORTS.items()],
        "sort": order_of(request, queries.RETURNED_SORTS),
    }


def _chosen(request: ActorRequest) -> list[int]:
    return ids_of(request.POST.getlist("card"))


def _back(request: ActorRequest) -> HttpResponse:
    return redirect(f"{reverse('stranded.returned')}?{request.GET.urlencode()}")


@require_http_methods(["GET", "POST"])
@page("card.cancel_returned")
def cancel(request: ActorRequest, card_id: int = 0) -> HttpResponse:
    """Cancel the ticked cards; maker here, checker with his own password."""
    if request.method == "GET":
        return _back(request)
    form, ids = CancelForm(request.POST, prefix="cancel"), _chosen(request)
    if not form.is_valid():
        return _listed(request, filled=form, ticked=frozenset(ids))
    given = form.cleaned_data
    try:
        outcome = cancelling.cancel_returned(
            card_ids=ids, words=given["words"], by=request.actor, second=form.second(request),
            at=timezone.now(), key=given["key"],
        )  # fmt: skip
    except Refused as refused:
        return _listed(request, filled=form, refusals=refused.refusals, ticked=frozenset(ids))
    if outcome.done:
        messages.success(
            request,
            f"{len(outcome.done)} 张卡已注销，转待销毁处；"
            "已向省系统和银行发出注销消息，告知函已按银行生成，请送出。",
        )
    if outcome.refused:
        return _listed(request, outcome=outcome, undone="注销")
    return _back(request)


@require_http_methods(["GET", "POST"])
@page("stranded.put_back")
def put_back(request: ActorRequest, card_id: int = 0) -> HttpResponse:
    """The holder turned up: ready for issue again."""
    if request.method == "GET":
        return _back(request)
    form, ids = PutBackForm(request.POST, prefix="back"), _chosen(request)
    if not form.is_valid():
        return _listed(request, filled=form, ticked=frozenset(ids))
    given = form.cleaned_data
    try:
        outcome = commands.put_back_those_that_may(
            card_ids=ids, words=given["words"], by=request.actor, second=form.second(request),
            at=timezone.now(), key=given["key"],
        )  # fmt: skip
    except Refused as refused:
        return _listed(request, filled=form, refusals=refused.refusals, ticked=frozenset(ids))
    if outcome.done:
        messages.success(request, f"{len(outcome.done)} 张卡已恢复待发，在待分类库。")
    if outcome.refused:
        return _listed(request, outcome=outcome, undone="恢复")
    return _back(request)


@require_http_methods(["GET", "POST"])
@page("stranded.pass_on")
def pass_on(request: ActorRequest) -> HttpResponse:
    """One step further up the line."""
    if request.method == "GET":
        return _back(request)
    form = PassOnForm(request.POST, receivers=queries.receivers_of(request.actor), prefix="pass")
    ids = _chosen(request)
    if not form.is_valid():
        return _listed(request, filled=form, ticked=frozenset(ids))
    given = form.cleaned_data
    try:
        outcome = commands.pass_on_those_that_may(
            card_ids=ids, receiver_id=given["receiver"], words=given["pass_words"],
            by=request.actor, at=timezone.now(), key=request.POST.get("pass_key", "")[:64],
        )  # fmt: skip
    except Refused as refused:
        return _listed(request, filled=form, refusals=refused.refusals, ticked=frozenset(ids))
    if outcome.done:
        messages.success(request, f"{len(outcome.done)} 张卡已上交，请打印统计表随卡交接。")
    if outcome.refused:
        return _listed(request, outcome=outcome, undone="上交")
    return redirect("stranded.returns")
