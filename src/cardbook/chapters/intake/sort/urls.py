"""Addresses of sorting; a name is an act's code."""

from django.urls import path

from cardbook.chapters.intake.sort import pages, pile_pages

urlpatterns = [
    path("sort/", pile_pages.sort, name="card.sort"),
    path("sort/ticked/", pile_pages.sort_ticked, name="card.sort_ticked"),
    path("sort/boxes/", pages.boxes, name="box.list"),
    path("sort/boxes/new/", pages.new_box, name="box.open"),
    path("sort/boxes/<int:account_id>/", pages.box, name="box.show"),
    path("sort/boxes/<int:account_id>/put/", pages.put, name="box.put"),
    path("sort/boxes/<int:account_id>/move/", pages.move, name="box.move"),
    path("sort/labels.pdf", pages.labels, name="box.labels"),
]
