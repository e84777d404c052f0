"""Addresses of this slice; a name is an act's code where the page does one act."""

from django.urls import path

from cardbook.chapters.issuance.visiting import pages

urlpatterns = [
    path("visiting/", pages.listed, name="visiting.list"),
    path("visiting/export/", pages.export, name="visiting.export"),
    path("visiting/take-out/", pages.take_out_some, name="visiting.take_out"),
    path("visiting/<int:card_id>/take-out/", pages.take_out_one, name="card.take_out"),
    path("visiting/<int:card_id>/hand-over/", pages.hand_over, name="card.issue_home"),
    path("visiting/<int:card_id>/back/", pages.back, name="card.bring_back"),
]
