"""Letters that tell banks which cards were cancelled: sent, answered, exported (Art. 18)."""

from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import ObjectDoesNotExist
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from cardbook.chapters.screens import say_refused, status_of
from cardbook.chapters.stranded.send_back import cancelling, notice_queries
from cardbook.chapters.stranded.send_back.forms import AnswerForm, SentForm
from cardbook.chapters.stranded.send_back.listing import notices_as_xlsx
from cardbook.chapters.stranded.send_back.pages import READERS, ROWS
from cardbook.lib.ids import id_of, ids_of
from cardbook.lifecycle.acts import act
from cardbook.lifecycle.pages import ActorRequest, page
from cardbook.lifecycle.refusals import Refused
from cardbook.registers.answers import file_answer
from cardbook.registers.lists import order_of, text_of

_CANCEL = act("card.cancel_returned")
_BODY = frozenset({*_CANCEL.who, *_CANCEL.second, *READERS}) - frozenset(
    act("stranded.send_back").who
) | frozenset(_CANCEL.who)


@require_http_methods(["GET", "POST"])
@page(roles=_BODY, basis=_CANCEL.basis_text)
def bank_notices(request: ActorRequest) -> HttpResponse:
    """Which banks were told of which cards, when, and what they answered."""
    wrong: forms.Form | None = None
    results: list[tuple[str, str]] = []
    if "export" in request.POST or "export" in request.GET:
        return _exported(request)
    if "chosen" in request.POST:
        wrong, results = _send_chosen(request)
    elif request.method == "POST":
        wrong = _note(request)
        if wrong is None:
            return redirect(request.get_full_path())
    today = timezone.localdate()
    context = {
        "found": Paginator(_found(request), ROWS).get_page(request.GET.get("page")),
        "sent": SentForm(),
        "answer": AnswerForm(today=today, initial={"on": today}),
        "wrong": wrong,
        "results": results,
        "state": request.GET.get("state", ""),
        "states": [(code, title) for code, (title, _) in notice_queries.STATES.items()],
        "text": text_of(request),
        "sorts": [(code, title) for code, (title, _) in notice_queries.SORTS.items()],
        "sort": order_of(request, notice_queries.SORTS),
        "may_send": request.actor.role in _CANCEL.who,
    }
    status = status_of(mistakes=wrong)
    return render(request, "send_back/bank_notices.html", context, status=status)


def _found(request: ActorRequest) -> Any:
    return notice_queries.notices_of(
        request.actor, state=request.GET.get("state", ""), text=text_of(request),
        sort=order_of(request, notice_queries.SORTS),
    )  # fmt: skip


def _exported(request: ActorRequest) -> HttpResponse:
    """The letters that are seen, or of them those that are ticked."""
    now, found = timezone.now(), _found(request)
    chosen = ids_of(request.POST.getlist("pick"))
    content = notices_as_xlsx(
        list(found.filter(pk__in=chosen) if chosen else found), by=request.actor, at=now
    )
    return file_answer(content, name=f"银行告知函_{timezone.localdate(now):%Y%m%d}.xlsx")


def _send_chosen(request: ActorRequest) -> tuple[forms.Form | None, list[tuple[str, str]]]:
    """Record of each ticked letter that it went; what became of each."""
    form = SentForm({"way": request.POST.get("ways", "")})
    if not form.is_valid():
        return form, []
    results = []
    chosen = ids_of(request.POST.getlist("pick"))[:ROWS]
    for notice in notice_queries.notices_of(request.actor, sort="old").filter(pk__in=chosen):
        try:
            cancelling.send_notice(
                notice_id=notice.pk, way=form.cleaned_data["way"], by=request.actor,
                at=timezone.now(),
            )  # fmt: skip
        except Refused as refused:
            results.append((f"{notice}", refused.refusals[0].sentence))
        else:
            results.append((f"{notice}", f"已登记送出（{form.cleaned_data['way']}）。"))
    return None, results or [("", "没有登记送出：请先勾选待送出的告知函。")]


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
