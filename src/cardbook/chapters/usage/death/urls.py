"""Addresses of this slice; a name is an act's code where the page does one act."""

from django.urls import path

from cardbook.chapters.usage.death import pages

urlpatterns = [
    path("deaths/<int:card_id>/note/", pages.note, name="holder.note_death"),
    path("deaths/<int:card_id>/undo/", pages.undo, name="holder.undo_death"),
]
