"""Addresses of the wrong-card slice; a name is an act's code where the page does one act."""

from django.urls import URLPattern, path

from cardbook.chapters.corrections.wrong_cards import pages, step_pages

_ONE = "wrong-cards/<int:correction_id>/"

urlpatterns: list[URLPattern] = [
    path("wrong-cards/", pages.corrections, name="error.list"),
    path("wrong-cards/new/", pages.start, name="error.start"),
    path("wrong-cards/province/", step_pages.province_bulk, name="error.province"),
    path("cards/<int:card_id>/wrong/", pages.record, name="error.record"),
    path(_ONE, step_pages.show, name="error.show"),
    path(f"{_ONE}letter/", step_pages.letter, name="error.letter"),
    path(f"{_ONE}explain/", step_pages.explain, name="error.explain"),
    path(f"{_ONE}recheck/", step_pages.recheck, name="error.recheck"),
    path(f"{_ONE}province/enter/", step_pages.enter, name="error.enter_province"),
    path(f"{_ONE}province/confirm/", step_pages.confirm, name="error.confirm_province"),
    path(f"{_ONE}resume/", step_pages.resume, name="error.resume"),
    path(f"{_ONE}drop/", step_pages.drop, name="error.drop"),
]
