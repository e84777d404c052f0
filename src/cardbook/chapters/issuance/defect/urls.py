"""Addresses of the defect slice; a name is an act's code."""

from django.urls import path

from cardbook.chapters.issuance.defect import pages

urlpatterns = [
    path("cards/<int:card_id>/defect/", pages.defect, name="defect.record"),
    path("applications/", pages.applications, name="application.list"),
    path(
        "applications/<int:application_id>/withdraw/", pages.withdraw, name="application.withdraw"
    ),
]
