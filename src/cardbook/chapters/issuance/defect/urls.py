"""Addresses of the defect slice; a name is an act's code."""

from django.urls import path

from cardbook.chapters.issuance.defect import pages, return_pages

urlpatterns = [
    path("cards/<int:card_id>/defect/", pages.defect, name="defect.record"),
    path("defects/", return_pages.stock, name="defect.stock"),
    path("defects/batches/", return_pages.rates, name="defect.rates"),
    path("defects/batches/<int:batch_id>/", return_pages.cards_of_batch, name="defect.batch"),
]
