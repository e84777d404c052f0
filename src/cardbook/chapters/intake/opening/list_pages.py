"""The lists of the opening balance: look, export, and settle what was found out (Art. 6, 20, 22).

`pages.py` beside it takes the sources in; a POST here calls one command.
"""

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from cardbook.cards.states import Social
from cardbook.chapters.intake.opening import commands, queries
from cardbook.chapters.intake.opening.forms import SettleForm
from cardbook.chapters.intake.opening.pages import BASIS, READERS
from cardbook.chapters.intake.opening.sheets import cards_as_xlsx
from cardbook.chapters.screens import status_of
from cardbook.lifecycle.acts import act
from cardbook.lifecycle.pages import ActorRequest, new_key, page, second_actor
from cardbook.lifecycle.refusals import Refusal, Refused
from cardbook.registers.answers import file_answer

ROWS = 50


def _kind(slug: str) -> queries.ListKind:
    if slug not in queries.LISTS:
        raise Http404
    return queries.LISTS[slug]


@require_GET
@page(roles=READERS, basis=BASIS)
def show(request: ActorRequest, slug: str) -> HttpResponse:
    """One list: every card with what the book and each source say of it."""
    return _show(request, _kind(slug))


class _Counted:
    """As many rows as there are, read a page at a time."""

    def __init__(self, slug: str, request: ActorRequest, count: int) -> None:
        self._slug, self._request, self._count = slug, request, count

    def __len__(self) -> int:
        return self._count

    def __getitem__(self, wanted: slice) -> list[queries.Listed]:
        return queries.listed(
            slug=self._slug, by=self._request.actor, start=wanted.start,
            limit=wanted.stop - wanted.start,
        )  # fmt: skip


def _show(
    request: ActorRequest,
    kind: queries.ListKind,
    form: SettleForm | None = None,
    refusals: tuple[Refusal, ...] = (),
    ticked: frozenset[int] = frozenset(),
) -> HttpResponse:
    counted = queries.counts(request.actor)
    rows: Any = _Counted(kind.slug, request, counted[kind.slug])
    may_settle = bool(kind.acts) and request.actor.role in act("opening.confirm").who
    return render(
        request, "opening/list.html",
        {
            "kind": kind,
            "kinds": [(one, counted[slug]) for slug, one in queries.LISTS.items()],
            "found": Paginator(rows, ROWS).get_page(request.GET.get("page")),
            "count": counted[kind.slug],
            "form": (form or SettleForm(kind=kind, initial={"key": new_key()}))
            if may_settle
            else None,
            "refusals": refusals,
            "ticked": ticked,
        },
        status=status_of(refusals=refusals, mistakes=form),
    )  # fmt: skip


@require_GET
@page(roles=READERS, basis=BASIS)
def export(request: ActorRequest, slug: str) -> HttpResponse:
    """The whole list as a workbook, numbers masked."""
    kind = _kind(slug)
    content, name = cards_as_xlsx(
        kind=kind, rows=queries.listed(slug=slug, by=request.actor), by=request.actor,
        at=timezone.now(),
    )  # fmt: skip
    return file_answer(content, name=name)


@require_POST
@page("opening.confirm", "opening.find_function", "opening.find_kept", "opening.find_held")
def settle(request: ActorRequest, slug: str) -> HttpResponse:
    """Do what was found out to the ticked cards, signed by two."""
    kind = _kind(slug)
    form = SettleForm(request.POST, kind=kind)
    ticked = frozenset(int(text) for text in request.POST.getlist("card") if text.isdigit())
    if form.is_valid() and not ticked:
        form.add_error(None, "请先勾选要办理的卡。")
    if not form.is_valid():
        return _show(request, kind, form, ticked=ticked)
    try:
        count = _settle(request, form.cleaned_data, sorted(ticked))
    except Refused as refused:
        return _show(request, kind, form, refused.refusals, ticked)
    messages.success(request, f"已办理 {count} 张。")
    return redirect("opening.listed", slug)


def _settle(request: ActorRequest, given: dict[str, Any], card_ids: list[int]) -> int:
    signed = commands.Signed(
        by=request.actor,
        second=second_actor(
            act("opening.confirm"), username=given["second_name"],
            password=given["second_password"], request=request,
        ),
        at=timezone.now(), words=given["words"], key=given["key"],
    )  # fmt: skip
    name, _, value = given["action"].partition("-")
    if name == "confirm":
        done = commands.confirm_cards(card_ids=card_ids, signed=signed)
    elif name == "living":
        done = commands.confirm_living(card_ids=card_ids, signed=signed)
    elif name == "function":
        social = next(one for one in Social if str(one) == value)
        done = commands.find_function(card_ids=card_ids, social=social, signed=signed)
    else:
        done = commands.find_cards(card_ids=card_ids, held=name == "held", signed=signed)
    return len(done.subject_ids)
