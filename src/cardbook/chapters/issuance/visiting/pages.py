"""The screens of visits: take cards along, hand them over, bring them back (Art. 7, 8, 20)."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from cardbook.chapters.bank_outlets import outlets_told
from cardbook.chapters.card_heads import CardHead, card_head
from cardbook.chapters.collecting import old_card_out
from cardbook.chapters.issuance.visiting import commands
from cardbook.chapters.issuance.visiting.forms import BackForm, HomeForm, TakeOutForm
from cardbook.chapters.issuance.visiting.queries import (
    LATE,
    SORTS,
    OnVisit,
    ids_of_numbers,
    on_visits,
    with_returns,
)
from cardbook.chapters.issuance.visiting.register import on_visits_xlsx
from cardbook.chapters.screens import status_of
from cardbook.law.parameters import parameter
from cardbook.law.roles import Role
from cardbook.lib.ids import ids_of
from cardbook.lifecycle.acts import act
from cardbook.lifecycle.facts import VisitReason
from cardbook.lifecycle.pages import ActorRequest, new_key, page
from cardbook.lifecycle.refusals import Refusal, Refused
from cardbook.registers.answers import file_answer
from cardbook.registers.lists import find_in, rows_ticked

ROWS = 50
READERS = frozenset(
    {
        *act("card.take_out").who, Role.COUNTY_MANAGER, Role.REVIEWER, Role.AUDITOR,
        Role.CITY_MANAGER,
    }
)  # fmt: skip
_BASIS = "第七条、第二十条"


def _card(request: ActorRequest, card_id: int) -> CardHead:
    card = card_head(card_id=card_id, by=request.actor)
    if card is None:
        raise Http404
    return card


def _out(request: ActorRequest, card_id: int) -> OnVisit | None:
    found = on_visits(by=request.actor, today=timezone.localdate(), card_ids=[card_id])
    return found[0] if found else None


def _answer(
    request: ActorRequest,
    template: str,
    form: Any,
    refused: list[tuple[str, Refusal]],
    **more: object,
) -> HttpResponse:
    context = {"form": form, "refused": refused, **more}
    status = status_of(refusals=refused, mistakes=form.errors)
    return render(request, template, context, status=status)


@require_http_methods(["GET", "POST"])
@page("card.take_out")
def take_out_one(request: ActorRequest, card_id: int) -> HttpResponse:
    """Take one card along, found at the desk or on its own page."""
    return _take_out(request, _card(request, card_id))


@require_http_methods(["GET", "POST"])
@page("card.take_out")
def take_out_some(request: ActorRequest) -> HttpResponse:
    """Take the cards of one round along: one list, one second signature."""
    return _take_out(request, None)


def _take_out(request: ActorRequest, card: CardHead | None) -> HttpResponse:
    now = timezone.now()
    initial = {"key": new_key(), "planned_on": timezone.localdate(now)}
    initial |= {"numbers": card.number} if card else {}
    form = TakeOutForm(request.POST or None, request.FILES or None, initial=initial)
    refused: list[tuple[str, Refusal]] = []
    if request.method == "POST" and form.is_valid():
        given, numbers = form.cleaned_data, form.cleaned_data["numbers"]
        found = ids_of_numbers(numbers, by=request.actor)
        form.unknown([number for number in numbers if number not in found])
        if form.is_valid():
            try:
                commands.take_out(
                    card_ids=[found[number] for number in numbers],
                    reason=VisitReason(given["reason"]), planned_on=given["planned_on"],
                    words=given["words"], by=request.actor, second=form.second(request), at=now,
                    key=given["key"],
                )  # fmt: skip
            except Refused as no:
                refused = _by_number(no, {id_: number for number, id_ in found.items()})
            else:
                messages.success(
                    request, f"{len(numbers)} 张卡已登记带出；交到持卡人手中、登记后才算发放。"
                )
                return redirect("visiting.list")
    days = parameter("visit_back_days").on(timezone.localdate(now))
    return _answer(request, "visiting/take_out.html", form, refused, card=card, days=days)


def _by_number(no: Refused, numbers: dict[int, str]) -> list[tuple[str, Refusal]]:
    """Each reason with the number of the card it is about, "" where it is about none."""
    return [(numbers.get(one.subject_id or 0, ""), one) for one in no.refusals]


@require_http_methods(["GET", "POST"])
@page("card.issue_home")
def hand_over(request: ActorRequest, card_id: int) -> HttpResponse:
    """Register that the holder has his card: what was seen, what was signed, who was there."""
    card, now, out = _card(request, card_id), timezone.now(), _out(request, card_id)
    handed_on = min(out.planned_on, timezone.localdate(now)) if out else None
    initial = {"key": new_key(), "handed_on": handed_on}
    form = HomeForm(
        request.POST or None, request.FILES or None, initial=initial,
        was_minor=out is not None and out.was_minor, old_card=old_card_out(card_id),
    )  # fmt: skip
    refused: list[tuple[str, Refusal]] = []
    if request.method == "POST" and form.is_valid():
        answered = form.answered()
        try:
            commands.issue_home(
                card_id=card_id, facts=form.facts(), papers=form.papers(), told=answered.told,
                images=answered.images, old_card=form.old_card_back(), by=request.actor,
                second=form.second(request), at=now, key=form.cleaned_data["key"],
            )  # fmt: skip
        except Refused as no:
            refused = _by_number(no, {})
        else:
            messages.success(request, f"卡 {card.number} 已上门发放给本人。")
            return redirect("visiting.list")
    outlets = outlets_told(card_id=card_id, by=request.actor)
    return _answer(
        request, "visiting/hand_over.html", form, refused, card=card, out=out, outlets=outlets
    )


@require_http_methods(["GET", "POST"])
@page("card.bring_back")
def back(request: ActorRequest, card_id: int) -> HttpResponse:
    """Lay a card that was not handed over back into the drawer."""
    card = _card(request, card_id)
    form = BackForm(request.POST or None, initial={"key": new_key()})
    refused: list[tuple[str, Refusal]] = []
    if request.method == "POST" and form.is_valid():
        refused = [("", one) for one in _bring_back(request, form, [card_id])[1].values()]
        if not refused:
            messages.success(request, f"卡 {card.number} 已带回，放入窗口抽屉。")
            return redirect("visiting.list")
    out = _out(request, card_id)
    return _answer(request, "visiting/back.html", form, refused, card=card, out=out)


@require_http_methods(["GET", "POST"])
@page(roles=READERS, basis=_BASIS)
def listed(request: ActorRequest) -> HttpResponse:
    """The county's cards on visits; several come back at once, each with its own result."""
    find, today = find_in(request.GET), timezone.localdate()
    may = request.actor.role in act("card.bring_back").who
    form = BackForm(request.POST or None, initial={"key": new_key()})
    results: list[tuple[str, str]] = []
    if request.method == "POST" and may and form.is_valid():
        results = _many(request, form)
        form = BackForm(initial={"key": new_key()})
    rows = on_visits(
        by=request.actor, today=today, text=find["q"], sort=find["sort"], only=find["only"]
    )
    shown = Paginator(rows, ROWS).get_page(request.GET.get("page"))
    shown.object_list = with_returns(list(shown))
    return render(
        request, "visiting/list.html",
        {
            "page": shown, "late": sum(row.is_late for row in rows),
            "days": parameter("visit_back_days").on(today),
            "find": find, "sorts": SORTS.items(), "late_code": LATE,
            "form": form if may else None, "results": results,
            "query": request.GET.urlencode(),
        },
        status=status_of(mistakes=form.errors if request.method == "POST" else None),
    )  # fmt: skip


def _many(request: ActorRequest, form: BackForm) -> list[tuple[str, str]]:
    """What became of each ticked card; one that is refused leaves the others as they are."""
    ticked = ids_of(request.POST.getlist("card"))[:ROWS]
    if not ticked:
        return [("", "没有办理：请先勾选带回的卡。")]
    found = on_visits(by=request.actor, today=timezone.localdate(), card_ids=ticked)
    numbers = {one.card_id: one.number for one in found}
    if not numbers:
        return [("", "没有办理：勾选的卡不在上门途中。")]
    done, refused = _bring_back(request, form, list(numbers))
    said = [(numbers[id_], "已带回，放入窗口抽屉。") for id_ in done]
    return [*said, *((numbers.get(id_, ""), one.sentence) for id_, one in refused.items())]


def _bring_back(
    request: ActorRequest, form: BackForm, card_ids: list[int]
) -> tuple[Sequence[int], Mapping[int, Refusal]]:
    """The cards that came back, and why the others did not."""
    given = form.cleaned_data
    try:
        outcome = commands.bring_back(
            card_ids=card_ids, words=given["words"], by=request.actor, at=timezone.now(),
            key=given["key"],
        )  # fmt: skip
    except Refused as no:
        return (), dict(enumerate(no.refusals))
    return outcome.done, outcome.refused


@require_http_methods(["GET", "POST"])
@page(roles=READERS, basis=_BASIS)
def export(request: ActorRequest) -> HttpResponse:
    """The cards that are seen, or those ticked, as a workbook."""
    find, now = find_in(request.GET), timezone.now()
    today = timezone.localdate(now)
    rows = on_visits(
        by=request.actor, today=today, text=find["q"], sort=find["sort"], only=find["only"]
    )
    chosen = rows_ticked(request, rows, "card", of=lambda row: row.card_id)
    content = on_visits_xlsx(chosen, by=request.actor, at=now)
    return file_answer(content, name=f"上门途中_{today:%Y%m%d}.xlsx")
