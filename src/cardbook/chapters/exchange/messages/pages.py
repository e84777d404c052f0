"""What others are owed (对方系统 · 待办消息): GET shows, a POST sends again or settles."""

from typing import Any

from django.contrib import messages as said
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from cardbook.chapters.exchange.messages import commands, queries
from cardbook.chapters.exchange.messages.files import bank_files
from cardbook.chapters.exchange.messages.following import next_steps
from cardbook.chapters.exchange.messages.forms import SettleForm
from cardbook.chapters.screens import status_of
from cardbook.lib.ids import ids_of
from cardbook.lifecycle.pages import ActorRequest, page
from cardbook.outbox.by_hand import Answered
from cardbook.registers.answers import file_answer
from cardbook.registers.listing import table_as_xlsx
from cardbook.registers.lists import only_ticked, order_of, titles

ROWS = 20
MOST_EXPORTED = 20_000
MAY_ACT = queries.MAY_ACT
_READING = page(roles=queries.READERS, basis=queries.BASIS)
_HEADS = (
    "对方", "事项", "依据", "接收方", "卡号", "流水号", "登记时间", "状态", "次数", "最近回复",
    "对方流水号", "办结人",
)  # fmt: skip
Results = list[tuple[str, str]]


def _asked(request: ActorRequest) -> dict[str, str]:
    return {
        "party": request.GET.get("party", ""),
        "view": request.GET.get("view", "open"),
        "kind": request.GET.get("kind", ""),
        "text": request.GET.get("q", "").strip()[:80],
        "sort": order_of(request, queries.SORTS),
    }


@require_http_methods(["GET", "POST"])
@_READING
def listed(request: ActorRequest) -> HttpResponse:
    """Sums, rows, and for whoever answers for the county two buttons."""
    may_act = request.actor.role in MAY_ACT
    if request.method != "POST" or not may_act:
        return _show(request, SettleForm(), may_act=may_act)
    ids = ids_of(request.POST.getlist("message"))[:ROWS]
    if not ids:
        said.error(request, "请先勾选消息。")
        return redirect(request.get_full_path())
    if "send" in request.POST:
        return _show(request, SettleForm(), results=_sent_again(request, ids), may_act=may_act)
    form = SettleForm(request.POST)
    if not form.is_valid():
        return _show(request, form, may_act=may_act, ticked=frozenset(ids))
    return _show(request, SettleForm(), results=_settled(request, ids, form), may_act=may_act)


def _sent_again(request: ActorRequest, ids: list[int]) -> Results:
    """What became of each message that was to leave again."""
    answered = commands.send_again(message_ids=ids, by=request.actor, at=timezone.now())
    return _told(request, answered, done="几秒后再送。")


def _settled(request: ActorRequest, ids: list[int], form: SettleForm) -> Results:
    """What became of each message that was to be closed."""
    given = form.cleaned_data
    answered = commands.settle(message_ids=ids, by=request.actor, at=timezone.now(), **given)
    return _told(request, answered, done=f"已按对方流水号 {given['reference']} 办结。")


def _told(request: ActorRequest, answered: Answered, *, done: str) -> Results:
    names = queries.names_of([*answered.done, *answered.left], by=request.actor)
    said_of = dict.fromkeys(answered.done, done) | dict(answered.left)
    return [(names.get(id_, f"第 {id_} 号消息"), words) for id_, words in said_of.items()]


def _show(
    request: ActorRequest, form: SettleForm, *, may_act: bool, results: Results | None = None,
    ticked: frozenset[int] = frozenset(),
) -> HttpResponse:  # fmt: skip
    asked = _asked(request)
    steps = next_steps(by=request.actor)
    listed = queries.messages(by=request.actor, steps=steps, **asked)
    found = Paginator(listed, ROWS).get_page(request.GET.get("page"))
    rows = queries.rows(found, steps=steps, may_act=may_act)
    context: dict[str, Any] = asked | {
        "parties": queries.parties(by=request.actor, steps=steps),
        "views": queries.VIEWS.items(),
        "kinds": queries.kinds(),
        "sorts": titles(queries.SORTS),
        "query": request.GET.urlencode(),
        "found": found,
        "rows": rows,
        "notes": sorted({(row.title, row.electronic) for row in rows if row.electronic}),
        "files": bank_files(),
        "form": form,
        "may_act": may_act,
        "ticked": ticked,
        "results": results or [],
    }
    status = status_of(mistakes=form.errors)
    return render(request, "exchange/messages.html", context, status=status)


@require_http_methods(["GET", "POST"])
@_READING
def export(request: ActorRequest) -> HttpResponse:
    """What is listed, or what is ticked of it, as a workbook; numbers of cards, no people."""
    steps = next_steps(by=request.actor)
    listed = queries.messages(by=request.actor, steps=steps, **_asked(request))
    found = only_ticked(request, listed, "message")[:MOST_EXPORTED]
    content = table_as_xlsx(
        "待办消息",
        _HEADS,
        (
            (
                row.party, row.title, row.basis, row.recipient, row.card_number, row.reference,
                f"{timezone.localtime(row.owed_at):%Y-%m-%d %H:%M}", row.state_title,
                row.attempts, row.answer, row.external, row.settled_by,
            )
            for row in queries.rows(found, steps=steps, may_act=False)
        ),
    )  # fmt: skip
    return file_answer(content, name="待办消息.xlsx")
