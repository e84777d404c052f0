"""Addresses of this slice; a name is an act's code where the page does one act."""

from django.urls import path

from cardbook.chapters.issuance.posting import pages

urlpatterns = [
    path("posting/", pages.listed, name="posting.list"),
    path("posting/export/", pages.export, name="posting.export"),
    path("posting/<int:card_id>/post/", pages.post, name="card.post"),
    path("posting/<int:card_id>/received/", pages.received, name="card.issue_posted"),
    path("posting/<int:card_id>/back/", pages.back, name="card.post_back"),
]
