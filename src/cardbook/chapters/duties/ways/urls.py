"""Addresses of this slice: ways of issuing; no act on a card."""

from django.urls import path

from cardbook.chapters.duties.ways import pages

urlpatterns = [
    path("ways/", pages.ways, name="ways.list"),
    path("ways/<int:rule_id>/withdraw/", pages.withdraw, name="ways.withdraw"),
]
