"""Addresses of this slice; a name is an act's code where the page does one act."""

from django.urls import path

from cardbook.chapters.usage.transfer import pages

urlpatterns = [
    path("relations/<int:card_id>/end/", pages.end, name="relation.end"),
    path("relations/<int:card_id>/keep/", pages.keep, name="relation.keep"),
    path("misuse/<int:card_id>/freeze/", pages.freeze, name="card.freeze"),
    path("misuse/<int:card_id>/unfreeze/", pages.unfreeze, name="card.unfreeze"),
]
