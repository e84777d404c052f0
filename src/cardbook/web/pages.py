"""The shell's own pages: home by role, search, lists, a card with its history, the error pages.

Neighbours: `queries.py` and `history.py` (what they read), `navigation.py` (who may open what).
"""

from dataclasses import dataclass
from datetime import datetime

from django.contrib.sessions.exceptions import SessionInterrupted
from django.core.exceptions import RequestDataTooBig
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from cardbook.cards.models import Card
from cardbook.cards.states import Hold, Subject
from cardbook.chapters.blind import Blind, blind_for
from cardbook.chapters.card_heads import act_address
from cardbook.chapters.corrections.wrong_cards.scope import open_correction_of
from cardbook.chapters.issuance.proxy.scan_pages import scanned
from cardbook.chapters.liability.access_log.queries import TELLERS
from cardbook.chapters.looking import Whom, how_of, looked_at
from cardbook.chapters.old_boxes import HAND_INS, old_boxes_of
from cardbook.chapters.printed_mandates import looks_like_mandate
from cardbook.chapters.scanned_mandates import SCANNERS
from cardbook.custody.places import Place
from cardbook.law.roles import SEES_PEOPLE
from cardbook.lifecycle.acts import act
from cardbook.lifecycle.load import load_cases
from cardbook.lifecycle.openacts import OpenAct, open_acts
from cardbook.lifecycle.pages import ActorRequest, page
from cardbook.registers.answers import file_answer, picture_answer
from cardbook.registers.kept_search import OF, keep_search, words_named
from cardbook.registers.lists import is_export, order_of, text_of, ticked
from cardbook.web import queries
from cardbook.web.history import history_of
from cardbook.web.listing import MOST_EXPORTED, cards_as_xlsx
from cardbook.web.navigation import navigation
from cardbook.web.trouble import unconfirmed
from cardbook.web.waiting import waiting_for

ROWS = 50
SORTS = {"old": "在该处最久的在前", "new": "新到的在前"}
# Who hands a card to a face, and who looks into a face that does not fit (Art. 8, 31).
_SEES_FACES = frozenset({*act("card.issue").who, *act("card.freeze").who}) & SEES_PEOPLE

# ------------------------------------------------------------------------------------------- home

# Kinds of place the home page counts: title, article.
FIGURES: tuple[tuple[Place, str, str], ...] = (
    (Place.TRANSIT, "在途", "第六条"),
    (Place.STORE, "待分类", "第六条"),
    (Place.BOX, "柜内可发放", "第二十条"),
    (Place.DRAWER, "窗口抽屉", "第八条"),
    (Place.HOLDER, "已发放", "第八条"),
    (Place.DEFECT, "质量问题卡", "第九条"),
    (Place.MISSING, "下落不明", "第二十条"),
)
# Counted when there are any.
_NOW_AND_THEN: tuple[tuple[Place, str, str], ...] = (
    (Place.UNIT, "单位、村代发", "第八条"),
    (Place.POST, "邮寄途中", "第七条"),
    (Place.VISIT, "上门途中", "第七条"),
    (Place.ERROR, "错卡", "第十三条"),
    (Place.RETURNED, "退回待处理", "第十七条"),
    (Place.SCRAP, "待销毁", "第十九条"),
)
_ALARMING = frozenset({Place.DEFECT, Place.MISSING})


@dataclass(frozen=True, slots=True)
class Tile:
    """A number on the home page; it opens the rows behind it. None while it is counted blind."""

    title: str
    value: int | None
    url: str
    basis: str
    alarming: bool


@require_GET
@page(basis="第五条")
def home(request: ActorRequest) -> HttpResponse:
    """Where a shift begins: search, what waits, the county's figures, by the actor's role."""
    sees_people = request.actor.role in SEES_PEOPLE
    figures = queries.county_figures(request.actor) if sees_people else {}
    blind = blind_for(request.actor)
    return render(
        request,
        "web/home.html",
        {
            "tiles": _tiles(figures, blind) if sees_people else (),
            "waiting": waiting_for(request.actor, figures=figures, blind=blind, at=timezone.now()),
            "groups": navigation(by=request.actor, path=request.path)[1:],
        },
    )


def _tiles(figures: dict[str, int], blind: Blind) -> tuple[Tile, ...]:
    return tuple(
        Tile(
            title,
            None if place in blind.kinds else figures.get(place, 0),
            f"{reverse('card.list')}?place={place}",
            basis,
            alarming=place in _ALARMING - blind.kinds and figures.get(place, 0) > 0,
        )
        for place, title, basis in (
            *FIGURES,
            *(one for one in _NOW_AND_THEN if figures.get(one[0])),
        )
    )


# ---------------------------------------------------------------------------------------- search


@require_http_methods(["GET", "POST"])
@page(roles=SEES_PEOPLE, basis="第二条、第五条、第三十二条第三项")
def search_page(request: ActorRequest) -> HttpResponse:
    """Find a person or a card of the county by anything a clerk knows.

    What is asked travels in the body and waits sealed in the session, so that no address, history
    or log keeps a number; the answer's address names the question by chance letters only.
    """
    now = timezone.now()
    if request.method == "POST":
        return _ask(request, now)
    text, today = words_named(request), timezone.localdate(now)
    found = queries.find(text=text, by=request.actor, at=now) if text else []
    if text:
        shown = [line.card_id for line in found[: queries.MOST_FOUND]]
        looked_at(request, Whom.CARD, shown, how=how_of(text, today=today))
    context = {
        "text": text,
        "found": found[: queries.MOST_FOUND],
        "more": len(found) > queries.MOST_FOUND,
        "wrong": queries.what_is_wrong(text=text, today=today) if text and not found else "",
    }
    return render(request, "web/search.html", context)


def _ask(request: ActorRequest, now: datetime) -> HttpResponse:
    text = request.POST.get("q", "").strip()
    if looks_like_mandate(text) and request.actor.role in SCANNERS:
        return scanned(request, text)
    text = text[:80]
    if not text:
        return redirect("search")
    found = queries.find(text=text, by=request.actor, at=now)
    if len(found) == 1:
        how = how_of(text, today=timezone.localdate(now))
        # The card's page is opened at once, and counts.
        looked_at(request, Whom.CARD, [found[0].card_id], how=how, counted=False)
        return redirect("card.show", found[0].card_id)
    return redirect(f"{reverse('search')}?{OF}={keep_search(request, {'q': text})}")


# ------------------------------------------------------------------------------ lists and one card


@require_GET
@page(roles=SEES_PEOPLE, basis="第五条、第二十条")
def card_list(request: ActorRequest) -> HttpResponse:
    """The rows behind a figure of the home page: cards by where they are."""
    titles = {str(place): title for place, title, _ in (*FIGURES, *_NOW_AND_THEN)}
    wanted = request.GET.get("place", str(Place.BOX))
    if wanted not in titles:
        raise Http404
    if Place(wanted) in blind_for(request.actor).kinds:
        return render(
            request,
            "web/cards.html",
            {"place": wanted, "title": titles[wanted], "places": tuple(titles.items()),
             "blind": True},
        )  # fmt: skip
    now, text, sort = timezone.now(), text_of(request), order_of(request, SORTS)
    newest = sort == "new"
    cards: queries.CardsAt | list[int] = queries.CardsAt(
        request.actor, Place(wanted), newest=newest
    )
    if text:
        cards = queries.cards_found_at(
            request.actor, Place(wanted), text=text, today=timezone.localdate(now), newest=newest
        )
    if is_export(request):
        if ids := ticked(request):
            cards = queries.chosen_at(request.actor, Place(wanted), ids=ids)
        return _exported(request, cards, title=titles[wanted])
    pages: Paginator[int] = Paginator(cards, ROWS)  # type: ignore[arg-type] # it counts and slices
    found = pages.get_page(request.GET.get("page"))
    return render(
        request,
        "web/cards.html",
        {"place": wanted, "title": titles[wanted], "places": tuple(titles.items()), "page": found,
         "rows": queries.lines(found.object_list, at=now), "blind": False,
         "most": MOST_EXPORTED, "text": text, "sorts": tuple(SORTS.items()), "sort": sort},
    )  # fmt: skip


def _exported(
    request: ActorRequest, cards: queries.CardsAt | list[int], *, title: str
) -> HttpResponse:
    now = timezone.now()
    total = cards.count() if isinstance(cards, queries.CardsAt) else len(cards)
    rows = queries.lines(cards[:MOST_EXPORTED], at=now)
    content = cards_as_xlsx(rows, title=title, total=total, by=request.actor, at=now)
    return file_answer(content, name=f"{title}_{timezone.localdate(now):%Y%m%d}.xlsx")


@dataclass(frozen=True, slots=True)
class Button:
    """An act on this card: its address when it is open, the reasons when it is not."""

    act: OpenAct
    url: str


@require_GET
@page(roles=SEES_PEOPLE, basis="第二条、第五条、第二十条")
def card_page(request: ActorRequest, card_id: int) -> HttpResponse:
    """One card: who, where, both halves of its state, what is open on it, its whole history."""
    now = timezone.now()
    try:
        sheet = queries.card_sheet(card_id=card_id, by=request.actor, at=now)
    except Card.DoesNotExist as missing:
        raise Http404 from missing
    case = load_cases(subject=Subject.CARD, ids=[card_id], lock=False)[card_id]
    hold = case.regions_at(now)["hold"]
    acts = open_acts(case=case, by=request.actor, at=now)
    buttons = [
        Button(one, url) for one in acts if (url := act_address(code=one.code, card_id=card_id))
    ]
    # What can be done now comes first; the law's order within.
    buttons.sort(key=lambda button: not button.act.allowed)
    return render(
        request,
        "web/card.html",
        {
            "sheet": sheet,
            "line": sheet.line,
            "box": old_boxes_of([card_id]).get(card_id, "") if case.came_by in HAND_INS else "",
            "holder": sheet.line.holder,
            "hold": dict(Hold.choices())[hold],
            "held": hold != Hold.NONE,
            "correction": open_correction_of(card_number=sheet.line.number, by=request.actor)
            if hold == Hold.ERROR
            else None,
            "as_of": case.last.recorded_at if case.last else None,
            "buttons": buttons,
            "shows_photo": request.actor.role in _SEES_FACES,
            "tells_looks": request.actor.role in TELLERS,
            "history": history_of(card_id),
        },
    )


@require_GET
@page(roles=_SEES_FACES, basis="第八条第四款、第三十一条")
def card_photo(request: ActorRequest, card_id: int) -> HttpResponse:
    """The holder's photo as captured with the application, for whoever compares faces."""
    content = queries.photo_of_holder(card_id=card_id, by=request.actor)
    if content is None:
        raise Http404
    return picture_answer(content)


@require_POST
@page()
def choose_post(request: ActorRequest) -> HttpResponse:
    """Work in another of one's own posts from now on."""
    wanted = request.POST.get("post", "")
    own = {str(post.post_id) for post in request.posts}  # type: ignore[attr-defined]
    if wanted in own:
        request.session["post"] = int(wanted)
    return redirect("home")


# ---------------------------------------------------------------------------------------- refusals


def refused(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """403: what is not this post's business, in words."""
    sentence = str(exception or "") or "您没有办理此项业务的权限。"
    return render(request, "403.html", {"sentence": sentence}, status=403)


def not_understood(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """400, or 413 when more was sent than one form may carry; nothing was registered.

    A session that could not be kept at the end comes here too, after the act was registered.
    """
    if isinstance(exception, SessionInterrupted):
        return unconfirmed()
    if isinstance(exception, RequestDataTooBig):
        return render(request, "413.html", status=413)
    return render(request, "400.html", status=400)
