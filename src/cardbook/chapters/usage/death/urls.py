"""Addresses of this slice; a name is an act's code where the page does one act."""

from django.urls import path

from cardbook.chapters.usage.death import late_pages, match_pages, pages

urlpatterns = [
    path("deaths/late/", late_pages.listed, name="death.late_list"),
    path("deaths/late/export/", late_pages.export, name="death.late_export"),
    path("deaths/cards/", match_pages.living, name="death.living"),
    path("deaths/match/", match_pages.match, name="death.match"),
    path("deaths/<int:card_id>/note/", pages.note, name="holder.note_death"),
    path("deaths/<int:card_id>/undo/", pages.undo, name="holder.undo_death"),
]
