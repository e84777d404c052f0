"""Addresses of reports of harmed or lost cards; a name is an act's code."""

from django.urls import path

from cardbook.chapters.safekeeping.harm import pages

urlpatterns = [
    path("harms/", pages.listed, name="harm.list"),
    path("harms/new/", pages.report, name="harm.report"),
    path("harms/<int:report_id>/", pages.show, name="harm.show"),
    path("harms/<int:report_id>/name/", pages.name, name="harm.name"),
]
