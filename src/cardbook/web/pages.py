"""The shell's own pages: home by role, search, a card with its history, the error pages."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from cardbook.cards.models import Card
from cardbook.cards.states import Subject
from cardbook.custody.places import Place
from cardbook.lifecycle.load import load_cases
from cardbook.lifecycle.openacts import open_acts
from cardbook.lifecycle.pages import ActorRequest, page
from cardbook.orgs.actors import posts_of
from cardbook.people.holders import holder_of
from cardbook.web.navigation import navigation
from cardbook.web.queries import Tile, county_figures, find, history_of


@require_GET
@page(basis="第五条")
def home(request: ActorRequest) -> HttpResponse:
    """Where a shift begins: what waits, by the actor's role."""
    figures = county_figures(request.actor)
    shelf = sum(figures.get(kind, 0) for kind in (Place.BOX, Place.DRAWER))
    tiles = (
        Tile("在途未清点", figures.get(Place.TRANSIT, 0), reverse("delivery.list"), "第六条"),
        Tile("待分类入柜", figures.get(Place.STORE, 0), reverse("card.sort"), "第六条"),
        Tile("柜内可发放", shelf, reverse("delivery.list"), "第二十条"),
        Tile("已发放", figures.get(Place.HOLDER, 0), reverse("register.pick_up"), "第八条"),
        Tile("质量问题卡", figures.get(Place.DEFECT, 0), reverse("application.list"), "第九条"),
        Tile("下落不明", figures.get(Place.MISSING, 0), reverse("delivery.differences"), "第二十条"),
    )
    groups = navigation(by=request.actor, path=request.path)
    open_urls = {item.url for group in groups for item in group.items}
    return render(
        request, "web/home.html",
        {"tiles": [tile for tile in tiles if tile.url in open_urls], "groups": groups[1:]},
    )


@require_GET
@page(basis="第五条")
def search_page(request: ActorRequest) -> HttpResponse:
    """Find a person or a card of the county by anything a clerk knows."""
    text = request.GET.get("q", "")
    found = find(text=text, by=request.actor, today=timezone.localdate()) if text else []
    return render(request, "web/search.html", {"text": text, "found": found})


@require_GET
@page(basis="第五条、第二十条")
def card_page(request: ActorRequest, card_id: int) -> HttpResponse:
    """One card: who, where, both halves of its state, what is open on it, its whole history."""
    card = get_object_or_404(
        Card.objects.select_related(
            "person", "county", "batch", "bank_org", "town", "position__account__organization"
        ),
        pk=card_id,
        county__path__startswith=request.actor.county_path,
    )
    now = timezone.now()
    case = load_cases(subject=Subject.CARD, ids=[card_id], lock=False)[card_id]
    return render(
        request, "web/card.html",
        {
            "card": card,
            "case": case,
            "holder": holder_of(card.person),
            "open_acts": open_acts(case=case, by=request.actor, at=now),
            "history": history_of(card_id),
        },
    )


@require_POST
@page()
def choose_post(request: ActorRequest) -> HttpResponse:
    """Work in another of one's own posts from now on."""
    wanted = request.POST.get("post", "")
    own = {str(post.pk) for post in posts_of(request.user, on=timezone.localdate())}  # type: ignore[arg-type]
    if wanted in own:
        request.session["post"] = int(wanted)
    return redirect("home")


def refused(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """403: what is not this post's business, in words."""
    sentence = str(exception or "") or "您没有办理此项业务的权限。"
    return render(request, "403.html", {"sentence": sentence}, status=403)
