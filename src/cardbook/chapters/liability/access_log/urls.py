"""Addresses of this slice; no act on a card."""

from django.urls import path

from cardbook.chapters.liability.access_log import pages

urlpatterns = [
    path("looks/", pages.listed, name="look.list"),
    path("looks/reason/", pages.reason, name="look.reason"),
    path("cards/<int:card_id>/looks/", pages.of_card, name="look.of_card"),
    path("cards/<int:card_id>/looks/paper.pdf", pages.paper, name="look.paper"),
]
