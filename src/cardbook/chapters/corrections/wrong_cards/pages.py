"""Compares a card with the document, takes it back, and lists what is under way (Art. 13 to 15).

`step_pages.py` beside it leads a handling on; both ask `queries.py` and call `commands.py`.
"""

from dataclasses import dataclass
from datetime import date
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from cardbook.chapters.corrections.wrong_cards.coming_back import address_of, came_from
from cardbook.chapters.corrections.wrong_cards.commands import record_error
from cardbook.chapters.corrections.wrong_cards.export import corrections_as_xlsx
from cardbook.chapters.corrections.wrong_cards.fees import charge_of, fee_words, told_lines
from cardbook.chapters.corrections.wrong_cards.forms import ListForm, RecordForm, StartForm
from cardbook.chapters.corrections.wrong_cards.queries import (
    ORDERS,
    ROWS,
    STATES,
    CardToCompare,
    Wanted,
    card_to_compare,
    correction_rows,
    count_corrections,
    counts_by_state,
    find_card,
    is_of_another,
    searched,
)
from cardbook.chapters.corrections.wrong_cards.scope import (
    READERS,
    reads_under,
    taken_back_by,
)
from cardbook.chapters.corrections.wrong_cards.values import (
    FieldRow,
    compared,
    open_reading,
    right_by_number,
    seal_reading,
)
from cardbook.chapters.screens import status_of
from cardbook.law import notices
from cardbook.law.parameters import parameter
from cardbook.law.roles import SEES_PEOPLE
from cardbook.lib import citizen_number
from cardbook.lib.plain import InputError
from cardbook.lifecycle.acts import act
from cardbook.lifecycle.facts import Fault, FoundAt
from cardbook.lifecycle.pages import ActorRequest, new_key, page
from cardbook.lifecycle.refusals import Refusal, Refused
from cardbook.registers.answers import file_answer
from cardbook.registers.kept_search import OF, keep_search, words_named
from cardbook.registers.lists import rows_ticked

BASIS = "第十三条、第十四条、第十五条"
_READING = "wrong_card_reading"
_RECEIPT = "wrong_card_receipt"
# By whether an outlet of a bank asks: it takes back what lies with it, and nothing else.
_NOT_HERE = {
    False: "本县区没有这张卡。请核对卡号；外县区的卡退回原县区处理。",
    True: "本网点没有这张卡。请核对卡号；持卡人已领走的，请他到县区综合服务窗口登记（第十三条）。",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One line of the comparison on the screen: the row with its three controls."""

    row: FieldRow
    pick: Any
    face: Any
    right: Any


@require_http_methods(["GET", "POST"])
@page("error.record")
def start(request: ActorRequest) -> HttpResponse:
    """Scan the document, scan the card: the comparison appears on the same screen."""
    form = StartForm(request.POST or None, initial={"found": request.GET.get("found", "")})
    problem = ""
    if request.method == "POST" and form.is_valid():
        number, problem = number_read(form.cleaned_data["number"])
        if not problem:
            try:
                card = find_card(
                    text=form.cleaned_data["card"], by=request.actor, at=timezone.now()
                )
            except InputError as wrong:
                card, problem = None, wrong.sentence
            if card is not None:
                found = _found(card, form.cleaned_data["found"])
                return _compare(request, card.id, number=number, found=found)
            problem = problem or _NOT_HERE[taken_back_by(request.actor) is not None]
    receipt = request.session.pop(_RECEIPT, None)
    return render(
        request,
        "wrong_cards/start.html",
        {"form": form, "problem": problem, "receipt": receipt, **_way_back(request)},
        status=422 if problem or form.errors else 200,
    )


def _compare(request: ActorRequest, card_id: int, *, number: str, found: str) -> HttpResponse:
    """To the comparison at an address of its own: whoever comes back to it is not asked to send
    his scans again. What was read of the document waits sealed in the session.
    """
    request.session[_READING] = {"card": card_id, "sealed": seal_reading(number)}
    asked = {"found": found} | ({"back": back} if (back := came_from(request)) else {})
    return redirect(f"{reverse('error.record', args=[card_id])}?{urlencode(asked)}")


def _number_kept(request: ActorRequest, card_id: int) -> str:
    """The number read for this card a moment ago, "" for any other."""
    kept = request.session.get(_READING) or {}
    return open_reading(kept["sealed"]) if kept.get("card") == card_id else ""


def _way_back(request: ActorRequest) -> dict[str, str]:
    """The count the card was found in, if it was found in one."""
    back = came_from(request)
    return {"back": back, "back_url": address_of(back)}


def number_read(text: str) -> tuple[str, str]:
    """The document's number, or why it cannot be one; nothing when none was scanned."""
    if not text.strip():
        return "", ""
    try:
        parsed = citizen_number.parse(text.strip().removeprefix("~"), today=timezone.localdate())
    except InputError as problem:
        return "", problem.sentence
    return parsed.number, ""


def _found(card: CardToCompare, asked: str) -> str:
    """A card its holder has already was found in use, wherever the clerk came from."""
    if asked not in {str(one) for one in FoundAt}:
        asked = "issuing"
    return "use" if card.issued and asked == "issuing" else asked


@require_http_methods(["GET", "POST"])
@page("error.record")
def record(request: ActorRequest, card_id: int) -> HttpResponse:
    """Compare one card, and take it back with one Enter."""
    card = card_to_compare(card_id=card_id, by=request.actor, at=timezone.now())
    if card is None:
        raise Http404
    if request.method == "GET":
        # From the desk the document was read already: it is the holder's own number.
        read = card.holder_number if request.GET.get("from") == "desk" else ""
        number = read or _number_kept(request, card_id)
        return _show(
            request, card, number=number, found=_found(card, request.GET.get("found", ""))
        )
    if "compare" in request.POST:
        return _read(request, card)
    form = RecordForm(request.POST, face=card.face, today=timezone.localdate())
    if not form.is_valid():
        return _again(request, card, form)
    try:
        done = record_error(
            card_id=card_id,
            facts=form.facts(),
            compared=form.compared(),
            telling=form.telling(),
            by=request.actor,
            at=timezone.now(),
            key=form.cleaned_data["key"],
        )
    except Refused as refused:
        return _again(request, card, form, refusals=refused.refusals)
    request.session.pop(_READING, None)
    if back := address_of(came_from(request)):
        return _count_on(request, back, card=card, told=form.cleaned_data["is_told"])
    # No name and no values: the person is gone from the screen with the card taken back.
    request.session[_RECEIPT] = {
        "correction": done.subject_ids[1],
        "number": card.number,
        "told": form.cleaned_data["is_told"],
        "repeated": done.repeated,
    }
    return redirect("error.start")


def _read(request: ActorRequest, card: CardToCompare) -> HttpResponse:
    """The document is read on the page of the card itself."""
    number, problem = number_read(request.POST.get("number", ""))
    found = _found(card, request.POST.get("found", ""))
    if number:
        return _compare(request, card.id, number=number, found=found)
    return _show(request, card, number="", found=found, problem=problem)


def _count_on(
    request: ActorRequest, back: str, *, card: CardToCompare, told: bool
) -> HttpResponse:
    """Back to the count the card was found in; what was done to it is said there."""
    untold = "" if told else "，尚未向持卡人说明"
    said = f"卡 {card.number} 已收回，已记入《信息错误人员清单》{untold}。请接着清点。"
    messages.success(request, said)
    return redirect(back)


def _show(
    request: ActorRequest, card: CardToCompare, *, number: str, found: str, problem: str = ""
) -> HttpResponse:
    today = timezone.localdate()
    rows = compared(card.face, right_by_number(number, today=today))
    picked = [row.field for row in rows if row.differs]
    counting = found == FoundAt.COUNTING
    initial = {
        "key": new_key(),
        "reading": seal_reading(number) if number else "",
        "found": found,
        "reported": "staff",
        "is_told": not counting,
        **{f"pick_{field}": True for field in picked},
    }
    form = RecordForm(initial=initial, face=card.face, today=today)
    return _render(
        request,
        card,
        form,
        rows,
        problem=problem,
        another=is_of_another(number, than=card.person_id),
        today=today,
    )


def _again(
    request: ActorRequest,
    card: CardToCompare,
    form: RecordForm,
    *,
    refusals: tuple[Refusal, ...] = (),
) -> HttpResponse:
    """The form as it came back with nothing typed lost."""
    today = timezone.localdate()
    number = open_reading(request.POST.get("reading", ""))
    rows = compared(card.face, right_by_number(number, today=today))
    return _render(request, card, form, rows, refusals=refusals, today=today)


def _render(
    request: ActorRequest,
    card: CardToCompare,
    form: RecordForm,
    rows: tuple[FieldRow, ...],
    *,
    today: date,
    refusals: tuple[Refusal, ...] = (),
    problem: str = "",
    another: bool = False,
) -> HttpResponse:
    picked = [row.field for row in rows if form[f"pick_{row.field}"].value()]
    fault = Fault(form["fault"].value() or Fault.CAPTURE)
    return render(
        request,
        "wrong_cards/record.html",
        {
            "card": card,
            "form": form,
            "lines": lines_of(form, rows),
            "has_reading": bool(form["reading"].value()),
            "refusals": refusals,
            "hindrances": card.hindrances,
            "may_open": request.actor.role in SEES_PEOPLE,
            "problem": problem,
            "another": another,
            "notice": notices.WRONG_CARD,
            "told_lines": told_lines(picked, fault, on=today),
            "fees": [
                (str(one), fee_words(one, on=today), charge_of(one, on=today).confirmed)
                for one in Fault
            ],
            "differing": len([row for row in rows if row.differs]),
            **_way_back(request),
        },
        status=422 if problem else status_of(refusals=refusals, mistakes=form.errors),
    )


def lines_of(form: Any, rows: tuple[FieldRow, ...]) -> list[Line]:
    """This function will put the controls of a form beside the rows of a comparison."""
    return [
        Line(
            row=row,
            pick=form[f"pick_{row.field}"],
            face=form[f"face_{row.field}"],
            right=form[f"right_{row.field}"],
        )
        for row in rows
    ]


@require_http_methods(["GET", "POST"])
@page(roles=READERS, basis=BASIS)
def corrections(request: ActorRequest) -> HttpResponse:
    """The wrong cards of a county, or of an outlet, by progress, the longest waiting first.

    A search is posted and kept, so that no name or number stands in an address.
    """
    today, within = timezone.localdate(), reads_under(request.actor)
    wanted, text = _wanted(request, today=today)
    if "export" in request.POST or "export" in request.GET:
        return _exported(request, wanted, today=today)
    if request.method == "POST":
        asked = {"state": wanted.state, "order": wanted.order}
        if text:
            asked[OF] = keep_search(request, {"q": text})
        return redirect(f"{request.path}?{urlencode(asked)}")
    count = count_corrections(wanted, within=within, today=today)
    found = Paginator(range(count), ROWS).get_page(request.GET.get("page"))
    offset = (found.number - 1) * ROWS
    rows = correction_rows(wanted, within=within, today=today, limit=ROWS, offset=offset)
    counts = counts_by_state(by=request.actor, today=today)
    return render(
        request,
        "wrong_cards/list.html",
        {
            "rows": rows,
            "found": found,
            "q": text,
            "of": request.GET.get(OF, "") if text else "",
            "state": wanted.state,
            "order": wanted.order,
            "states": [(key, title, counts[key]) for key, title in STATES.items()],
            "orders": [(key, title) for key, (title, _) in ORDERS.items()],
            "overdue": counts["overdue"],
            "police_late": counts["police_late"],
            "due": parameter("error_confirm_due_days").on(today),
            "may_record": request.actor.role in act("error.record").who,
            "may_enter": request.actor.role in act("error.enter_province").who,
        },
    )


def _wanted(request: ActorRequest, *, today: date) -> tuple[Wanted, str]:
    """Which handlings were asked for, and the text that was searched."""
    posted = request.method == "POST"
    form = ListForm(request.POST if posted else request.GET)
    given = form.cleaned_data if form.is_valid() else {}
    wanted = Wanted(
        state=given.get("state") or "",
        order=given.get("order") or "age",
        outlet=taken_back_by(request.actor),
    )
    text = given.get("q", "").strip() if posted else words_named(request)
    if text:
        wanted = searched(text, wanted=wanted, by=request.actor, today=today)
    return wanted, text


def _exported(request: ActorRequest, wanted: Wanted, *, today: date) -> HttpResponse:
    found = correction_rows(wanted, within=reads_under(request.actor), today=today, limit=None)
    rows = rows_ticked(request, found, "chosen", of=lambda row: row.id)
    title = STATES.get(wanted.state, "全部")
    content, name = corrections_as_xlsx(rows, title=title, by=request.actor, at=timezone.now())
    return file_answer(content, name=name)
