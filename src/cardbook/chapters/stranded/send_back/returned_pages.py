"""What lies returned: passed on, cancelled, put back; letters to banks (Art. 17, 18)."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import ObjectDoesNotExist
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods

from cardbook.chapters.screens import say_refused, status_of
from cardbook.chapters.stranded.send_back import cancelling, commands, queries
from cardbook.chapters.stranded.send_back.forms import (
    AnswerForm,
    CancelForm,
    PassOnForm,
    PutBackForm,
    SentForm,
)
from cardbook.chapters.stranded.send_back.listing import returned_as_xlsx
from cardbook.chapters.stranded.send_back.pages import READERS, ROWS
from cardbook.lib.ids import id_of, ids_of
from cardbook.lifecycle.acts import act
from cardbook.lifecycle.facts import Stranding
from cardbook.lifecycle.pages import ActorRequest, new_key, page
from cardbook.lifecycle.refusals import Refusal, Refused
from cardbook.registers.answers import file_answer

_CANCEL = act("card.cancel_returned")
Work = Callable[[forms.Form, list[int]], str]


@require_GET
@page(roles=READERS, basis="第十七条、第十八条")
def returned(request: ActorRequest) -> HttpResponse:
    """The returned cards that lie here, with what must be looked at before they are cancelled."""
    if "export" not in request.GET:
        return _listed(request)
    now = timezone.now()
    rows = queries.returned_rows(list(_found(request)), at=now)
    content = returned_as_xlsx(rows, by=request.actor, at=now)
    return file_answer(content, name=f"退回的卡_{timezone.localdate(now):%Y%m%d}.xlsx")


def _found(request: ActorRequest) -> QuerySet[Any]:
    reason, text = request.GET.get("reason", ""), request.GET.get("q", "").strip()
    return queries.narrowed(queries.returned_cards(request.actor), reason=reason, text=text)


def _listed(
    request: ActorRequest,
    *,
    filled: forms.Form | None = None,
    refusals: tuple[Refusal, ...] = (),
    results: list[tuple[int, str]] | None = None,
    ticked: frozenset[int] = frozenset(),
) -> HttpResponse:
    listed = Paginator(_found(request), ROWS).get_page(request.GET.get("page"))
    forms_by_act: dict[str, forms.Form] = {
        "cancel": CancelForm(initial={"key": new_key()}, prefix="cancel"),
        "put_back": PutBackForm(initial={"key": new_key()}, prefix="back"),
        "pass_on": PassOnForm(receivers=queries.receivers_of(request.actor), prefix="pass"),
    }
    if filled is not None:
        forms_by_act[{"cancel": "cancel", "back": "put_back", "pass": "pass_on"}[
            filled.prefix or ""
        ]] = filled  # fmt: skip
    role = request.actor.role
    context: dict[str, Any] = {
        "found": listed,
        "rows": queries.returned_rows(list(listed), at=timezone.now()),
        "reasons": [(str(one), one.label) for one in Stranding],
        "reason": request.GET.get("reason", ""),
        "text": request.GET.get("q", "").strip(),
        "refusals": refusals,
        "results": results or [],
        "ticked": ticked,
        "pass_key": new_key(),
        "may_cancel": role in _CANCEL.who,
        "may_pass": role in act("stranded.pass_on").who and bool(
            queries.receivers_of(request.actor)
        ),
        **forms_by_act,
    }  # fmt: skip
    bad = status_of(refusals=refusals, mistakes=filled.errors if filled else None)
    return render(request, "send_back/returned.html", context, status=bad)


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
            request, f"{len(outcome.done)} 张卡已注销，转待销毁处；告知函已按银行生成，请送出。"
        )
    results = [(id_, one.sentence) for id_, one in outcome.refused.items()]
    return _listed(request, results=results) if results else _back(request)


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
        commands.put_back(
            card_ids=ids, words=given["words"], by=request.actor, second=form.second(request),
            at=timezone.now(), key=given["key"],
        )  # fmt: skip
    except Refused as refused:
        return _listed(request, filled=form, refusals=refused.refusals, ticked=frozenset(ids))
    messages.success(request, f"{len(ids)} 张卡已恢复待发，在待分类库。")
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
        commands.pass_on(
            card_ids=ids, receiver_id=given["receiver"], words=given["pass_words"],
            by=request.actor, at=timezone.now(), key=request.POST.get("pass_key", "")[:64],
        )  # fmt: skip
    except Refused as refused:
        return _listed(request, filled=form, refusals=refused.refusals, ticked=frozenset(ids))
    messages.success(request, f"{len(ids)} 张卡已上交，请打印统计表随卡交接。")
    return redirect("stranded.returns")


# -------------------------------------------------------------------------------- letters to banks
_BODY = frozenset({*_CANCEL.who, *_CANCEL.second, *READERS}) - frozenset(
    act("stranded.send_back").who
) | frozenset(_CANCEL.who)


@require_http_methods(["GET", "POST"])
@page(roles=_BODY, basis=_CANCEL.basis_text)
def bank_notices(request: ActorRequest) -> HttpResponse:
    """Which banks were told of which cards, when, and what they answered."""
    today = timezone.localdate()
    sent, answer = SentForm(), AnswerForm(today=today, initial={"on": today})
    wrong: forms.Form | None = None
    if request.method == "POST":
        wrong = _note(request)
        if wrong is None:
            return redirect(request.get_full_path())
    state = request.GET.get("state", "")
    found = queries.notices_of(request.actor, state=state)
    context = {
        "found": Paginator(found, ROWS).get_page(request.GET.get("page")),
        "sent": sent,
        "answer": answer,
        "wrong": wrong,
        "state": state,
        "states": [(code, title) for code, (title, _) in queries.NOTICE_STATES.items()],
        "may_send": request.actor.role in _CANCEL.who,
    }
    status = status_of(mistakes=wrong)
    return render(request, "send_back/bank_notices.html", context, status=status)


def _note(request: ActorRequest) -> forms.Form | None:
    """Record that a letter went, or what came back; returns the form that needs mending."""
    text = request.POST.get("notice", "")
    notice_id = id_of(text) or 0
    try:
        if "way" in request.POST:
            form: forms.Form = SentForm(request.POST)
            if not form.is_valid():
                return form
            notice = cancelling.send_notice(
                notice_id=notice_id, way=form.cleaned_data["way"], by=request.actor,
                at=timezone.now(),
            )  # fmt: skip
            messages.success(request, f"告知函 {notice.number} 已登记送出。")
        else:
            form = AnswerForm(request.POST, today=timezone.localdate())
            if not form.is_valid():
                return form
            notice = cancelling.acknowledge_notice(
                notice_id=notice_id, on=form.cleaned_data["on"],
                words=form.cleaned_data["words"], by=request.actor,
            )  # fmt: skip
            messages.success(request, f"告知函 {notice.number} 的回执已登记。")
    except ObjectDoesNotExist as missing:
        raise Http404 from missing
    except Refused as refused:
        say_refused(request, refused)
    return None
