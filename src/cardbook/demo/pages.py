"""Things to practise with: whose document to scan, which file to import. In demo mode only.

Numbers are shown in full here, because these people do not exist (Art. 8, 9, 11 to try out).
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings
from django.db.models import Q, QuerySet
from django.http import FileResponse, Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from cardbook.cards.models import Card
from cardbook.cards.states import Stage
from cardbook.custody.places import Place
from cardbook.law.parameters import whole_number
from cardbook.law.roles import SEES_PEOPLE
from cardbook.lifecycle.pages import ActorRequest, page
from cardbook.people.holders import Holder, holder_of

MOST = 5


@dataclass(frozen=True, slots=True)
class Practice:
    """One situation with a few people in it."""

    title: str
    hint: str
    rows: tuple[tuple[Holder, str], ...]


@require_GET
@page(roles=SEES_PEOPLE, basis="演示专用")
def practice(request: ActorRequest) -> HttpResponse:
    """People of the actor's county in every situation a window meets."""
    cards = Card.objects.filter(county__path__startswith=request.actor.county_path)
    files = sorted(path.name for path in _folder().glob("*.*"))
    return render(request, "demo/practice.html", {"groups": list(_groups(cards)), "files": files})


def _groups(cards: QuerySet[Card]) -> Iterator[Practice]:
    today = timezone.localdate()
    grown_up_since = today.replace(year=today.year - whole_number("minor_age", on=today), day=1)
    adult = Q(person__born_on__lte=grown_up_since)
    ready = Q(stage=Stage.IN_CUSTODY, position__account__kind=Place.BOX)
    for title, hint, which in (
        ("可以领卡", "扫身份证号，扫卡号，签字，回车", adult & ready),
        ("未成年人", "须由监护人代领（第十一条）", ~adult & ready),
        ("已经领过", "窗口会说明何时由谁发放", Q(stage=Stage.ISSUED)),
        ("还在途", "要先清点接收（第六条）", Q(position__account__kind=Place.TRANSIT)),
        ("质量问题，正在免费补换", "第九条", Q(stage=Stage.RECALLED)),
    ):
        found = cards.filter(which).select_related("person").order_by("pk")[:MOST]
        yield Practice(title, hint, tuple((holder_of(card.person), card.number) for card in found))


@require_GET
@page(roles=SEES_PEOPLE, basis="演示专用")
def practice_file(request: ActorRequest, name: str) -> HttpResponseBase:
    """One of the files the demo left, to be imported by the visitor."""
    known = {path.name: path for path in _folder().glob("*.*")}
    if name not in known:
        raise Http404
    return FileResponse(known[name].open("rb"), as_attachment=True, filename=name)


def _folder() -> Path:
    return Path(settings.ENVIRONMENT.data) / "demo"
