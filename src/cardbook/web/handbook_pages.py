"""The handbook's own pages: its contents, a chapter, a picture."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from cardbook.lifecycle.pages import page
from cardbook.registers.answers import picture_answer
from cardbook.web import handbook


@require_GET
@page(basis="第五条第一款")
def contents(request: HttpRequest) -> HttpResponse:
    """The table of contents, or where a word stands in the whole handbook."""
    text = " ".join(request.GET.get("q", "").split())[:40]
    return render(
        request,
        "web/handbook.html",
        {
            "chapter": handbook.chapter(handbook.CONTENTS),
            "text": text,
            "hits": handbook.found(text) if text else None,
        },
    )


@require_GET
@page(basis="第五条第一款")
def show(request: HttpRequest, name: str) -> HttpResponse:
    """One chapter."""
    try:
        chapter = handbook.chapter(name)
    except KeyError:
        raise Http404 from None
    return render(request, "web/handbook_chapter.html", {"chapter": chapter})


@require_GET
@page(basis="第五条第一款")
def picture(request: HttpRequest, name: str) -> HttpResponse:
    """A picture of the demo city that a chapter shows."""
    for path in handbook.FOLDER.glob("*.png"):
        if path.name == name:
            return picture_answer(path.read_bytes())
    raise Http404
