"""Addresses of sorting; a name is an act's code."""

from django.urls import path

from cardbook.chapters.intake.sort import pages

urlpatterns = [
    path("sort/", pages.sort, name="card.sort"),
    path("sort/boxes/", pages.boxes, name="box.list"),
    path("sort/boxes/new/", pages.new_box, name="box.open"),
    path("sort/boxes/<int:account_id>/", pages.box, name="box.show"),
    path("sort/boxes/<int:account_id>/put/", pages.put, name="box.put"),
    path("sort/boxes/<int:account_id>/move/", pages.move, name="box.move"),
    path("sort/labels.pdf", pages.labels, name="box.labels"),
]
