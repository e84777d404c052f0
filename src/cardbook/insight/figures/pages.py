"""The page of numbers, the rows behind each, how each is made, and the rows as a workbook.

GET only: nothing here writes (Art. 5, 6, 8, 9, 16, 20).
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from django.core.paginator import Page, Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.functional import cached_property
from django.views.decorators.http import require_GET

from cardbook.chapters.blind import blind_for
from cardbook.custody.places import Place
from cardbook.insight.figures import counting
from cardbook.insight.figures.board import SPANS, make_board
from cardbook.insight.figures.catalogue import BY_CODE, FIGURES
from cardbook.insight.figures.choice import NONE, Choice, NotAChoice, Reach, bands, read_choice
from cardbook.insight.figures.export import TooMany, export_rows
from cardbook.insight.figures.picture import PARTS, draw_places, draw_spans
from cardbook.insight.figures.rows import Line, page_of_lines
from cardbook.insight.figures.table import TITLES
from cardbook.law.groups import group_label
from cardbook.law.roles import Role
from cardbook.lib.clock import local_day
from cardbook.lifecycle.pages import ActorRequest, page
from cardbook.registers.answers import file_answer

ROWS = 50
# Whoever answers for a county's or the city's cards, and whoever supervises them (Art. 5, 32).
READERS = frozenset({Role.CITY_MANAGER, Role.COUNTY_MANAGER, Role.CARD_KEEPER, Role.AUDITOR})
_BASIS = "第五条、第六条、第八条、第十六条、第二十条"


def _reach(request: ActorRequest) -> Reach:
    return counting.reach_of(request.actor.county_path)


@require_GET
@page(roles=READERS, basis=_BASIS)
def board(request: ActorRequest) -> HttpResponse:
    """All figures of the city by county, or of one county by office, as of now."""
    if blind_for(request.actor).kinds:
        return render(request, "figures/blind.html")
    reach = _reach(request)
    county = _county(request, reach)
    dimensions = _dimensions(whole_city=not county)
    by = request.GET.get("by", dimensions[0])
    per = request.GET.get("per", "day")
    if by not in dimensions or per not in SPANS:
        raise Http404
    made = make_board(
        scope=Choice(figure=BY_CODE["registered"], county=county),
        by=by,
        per=per,
        reach=reach,
        as_of=timezone.now(),
    )
    names = counting.names_of({int(county)} if county else set())
    own = {"county": county} if county and len(reach.counties) > 1 else {}
    return render(
        request,
        "figures/board.html",
        {
            "board": made,
            "place": names.get(int(county), "") if county else "全市",
            "up": bool(own),
            "tabs": [(_query(own, by=one), TITLES[one], one == by) for one in dimensions],
            "spans": [
                (_query(own, by=by, per=one), word, one == per)
                for one, word in (("day", "按日"), ("week", "按周"))
            ],
            "places": draw_places(made),
            "columns": draw_spans(made.spans),
            "legend": PARTS,
        },
    )


def _county(request: ActorRequest, reach: Reach) -> str:
    """The county to show: the one asked for within reach, or the only one, or all ("")."""
    asked = request.GET.get("county", "")
    if asked:
        if asked not in {str(one) for one in reach.counties}:
            raise Http404
        return asked
    return str(reach.counties[0]) if len(reach.counties) == 1 and not reach.city else ""


def _dimensions(*, whole_city: bool) -> tuple[str, ...]:
    return ("county" if whole_city else "office", "town", "people", "bank")


def _query(*parts: dict[str, str], **more: str) -> str:
    return urlencode({key: text for part in (*parts, more) for key, text in part.items()})


@require_GET
@page(roles=READERS, basis=_BASIS)
def rows(request: ActorRequest) -> HttpResponse:
    """Exactly the rows a number counts, page by page, or all of them as a workbook."""
    if blind_for(request.actor).kinds:
        return render(request, "figures/blind.html")
    try:
        choice = read_choice(request.GET)
    except NotAChoice as problem:
        return render(request, "figures/not_found.html", {"sentence": str(problem)}, status=400)
    reach, now = _reach(request), timezone.now()
    title, meaning = _title(choice), counting.definitions()[choice.figure.code]
    trouble = ""
    if request.GET.get("format") == "xlsx":
        try:
            return _workbook(request, choice, title=title, meaning=meaning, reach=reach, at=now)
        except TooMany as too_many:
            trouble = str(too_many)
    found: Page[Line] = Paginator(_Rows(choice, reach, now), ROWS).get_page(
        request.GET.get("page")
    )
    return render(
        request,
        "figures/rows.html",
        {
            "choice": choice,
            "title": title,
            "meaning": meaning,
            "problem": trouble,
            "page": found,
            "lines": list(found),
            "as_of": now,
        },
        status=409 if trouble else 200,
    )


class _Rows(Sequence[Line]):
    """What a paginator needs: how many rows there are, and some of them."""

    def __init__(self, choice: Choice, reach: Reach, as_of: datetime) -> None:
        """Keep what is asked."""
        self.choice, self.reach, self.as_of = choice, reach, as_of

    @cached_property
    def _count(self) -> int:
        return counting.count(self.choice, reach=self.reach, as_of=self.as_of)

    def __len__(self) -> int:
        """The number itself."""
        return self._count

    def __getitem__(self, part: Any) -> Any:
        """One page of rows; a paginator only ever slices."""
        first = part.start or 0
        most = (part.stop or self._count) - first
        return page_of_lines(
            self.choice, reach=self.reach, as_of=self.as_of, first=first, most=most
        )


def _workbook(
    request: ActorRequest, choice: Choice, *, title: str, meaning: str, reach: Reach, at: datetime
) -> HttpResponse:
    actor = request.actor
    content = export_rows(
        choice,
        title=title,
        meaning=meaning,
        reach=reach,
        as_of=at,
        taken_by=f"{actor.org_name} {actor.name}",
    )
    return file_answer(content, name=f"{title}.xlsx")


def _title(choice: Choice) -> str:
    """What is listed, in words: 已发放 · 甲县人社局 · 2026-11-20."""
    offices = {"county": choice.county, "office": choice.office, "town": choice.town}
    asked = {name: text for name, text in {**offices, "bank": choice.bank}.items() if text}
    names = counting.names_of({int(text) for text in asked.values() if text != NONE})
    words = [choice.figure.title]
    for name, text in asked.items():
        words.append(f"{TITLES[name]}未登记" if text == NONE else names.get(int(text), "？"))
    if choice.people:
        words.append("人群未登记" if choice.people == NONE else group_label(choice.people))
    return " · ".join([*words, *_narrowed(choice)])


def _narrowed(choice: Choice) -> list[str]:
    words = []
    if choice.place:
        words.append("没有登记位置" if choice.place == NONE else Place(choice.place).label)
    if choice.start or choice.end:
        days = dict.fromkeys(f"{day:%Y-%m-%d}" for day in (choice.start, choice.end) if day)
        words.append(" 至 ".join(days))
    if choice.days_from is not None:
        below = "以上" if choice.days_below is None else f"至 {choice.days_below - 1} 天"
        words.append(f"接收后 {choice.days_from} 天{below}")
    return words


@require_GET
@page(roles=READERS, basis=_BASIS)
def meanings(request: ActorRequest) -> HttpResponse:
    """How each number is made: its view's own sentence, and its question to the database."""
    said = counting.definitions()
    edges = [least for least, _ in bands(on=local_day(timezone.now()))]
    return render(
        request,
        "figures/meanings.html",
        {
            "figures": [
                (figure, said[figure.code], counting.question_of(figure.view))
                for figure in FIGURES
            ],
            "edges": "、".join(str(edge) for edge in edges),
        },
    )
