"""Cards inside the office: back to the pile, or into the drawer (Art. 6, 8 para. 4, 20)."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from cardbook.chapters.intake.distribution import choosing_queries, stock_commands
from cardbook.chapters.intake.distribution.choosing import exported, offered
from cardbook.chapters.intake.distribution.forms import ChooseForm, problems, typed
from cardbook.chapters.intake.distribution.pages import named
from cardbook.chapters.screens import status_of
from cardbook.lifecycle.acts import act
from cardbook.lifecycle.pages import ActorRequest, new_key, page
from cardbook.lifecycle.refusals import Refusal, Refused
from cardbook.registers.lists import is_export

_WORDS = {
    "card.unsort": ("退回待分类库", "退回待分类库的卡可以重新分类入柜。"),
    "drawer.fill": ("领入窗口抽屉", "从柜内盒位取出，放进本窗口的抽屉，当天发放。"),
}


@require_http_methods(["GET", "POST"])
@page("card.unsort")
def unsort(request: ActorRequest) -> HttpResponse:
    """Lay some boxes, piles or cards back on the pile."""
    return _stock(request, "card.unsort", choosing_queries.own_shelves(request.actor))


@require_http_methods(["GET", "POST"])
@page("drawer.fill")
def drawer(request: ActorRequest) -> HttpResponse:
    """Put some boxes, piles or cards into the drawer of the window."""
    return _stock(request, "drawer.fill", choosing_queries.shelves_above(request.actor))


def _stock(request: ActorRequest, code: str, offices: tuple[int, ...]) -> HttpResponse:
    if request.method == "GET":
        return _choosing(request, code, offices)
    form = ChooseForm(request.POST, offices=offices)
    if is_export(request):
        return exported(offered(request, offices=offices, by=request.actor), form)
    if not form.is_valid():
        return _choosing(request, code, offices, form)
    chosen = form.chosen()
    if chosen.wrong:
        form.add_error("numbers", f"不是卡号：{'、'.join(chosen.wrong[:10])}。请删去后再办。")
        return _choosing(request, code, offices, form)
    do = stock_commands.unsort_cards if code == "card.unsort" else stock_commands.fill_drawer
    try:
        count = do(
            chosen=chosen, words=form.cleaned_data["words"], by=request.actor,
            at=timezone.now(), key=form.cleaned_data["key"],
        )  # fmt: skip
    except Refused as refused:
        return _choosing(request, code, offices, form, refused.refusals)
    messages.success(request, f"{count} 张卡已{_WORDS[code][0]}。")
    return redirect(code)


def _choosing(
    request: ActorRequest,
    code: str,
    offices: tuple[int, ...],
    form: Any = None,
    refusals: tuple[Refusal, ...] = (),
) -> HttpResponse:
    given = request.POST if request.method == "POST" else request.GET
    asked = choosing_queries.box_of_label(offices, text=given.get("label", ""))
    context = {
        "code": code,
        "act": act(code),
        "title": _WORDS[code][0],
        "help": _WORDS[code][1],
        "others": [(name, words[0]) for name, words in _WORDS.items()
                   if name != code and request.actor.role in act(name).who],
        **offered(request, offices=offices, by=request.actor).context,
        "ticked_boxes": form.boxes() if form else [asked] if asked else [],
        "ticked_piles": form.piles() if form else [],
        "suggested": {},
        "given": typed(given),
        "problems": problems(form),
        "key": given.get("key") or new_key(),
        "refused": named(refusals, by=request.actor),
    }  # fmt: skip
    status = status_of(refusals=refusals, mistakes=form.errors if form else None)
    return render(request, "distribution/stock.html", context, status=status)
