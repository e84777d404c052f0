"""Addresses of this slice; a name is an act's code where the page does one act."""

from django.urls import path

from cardbook.chapters.stranded.tracing import pages

urlpatterns = [
    path("stranded/", pages.radar, name="stranded.radar"),
    path("stranded/cards/", pages.waiting, name="card.contact"),
    path("stranded/cards/export/", pages.export, name="stranded.waiting_export"),
    path("stranded/poster.pdf", pages.poster, name="stranded.poster"),
    path("stranded/letters.pdf", pages.letters, name="stranded.letters"),
]
