"""Addresses of this slice; a name is an act's code where the page does one act."""

from django.urls import path

from cardbook.chapters.safekeeping.places import check_pages, incident_pages, pages

urlpatterns = [
    path("places/", pages.listed, name="place.list"),
    path("places/new/", pages.new, name="place.new"),
    path("places/<int:place_id>/", pages.show, name="place.show"),
    path("places/<int:place_id>/close/", pages.close, name="place.close"),
    path("places/holdings/<int:holding_id>/end/", pages.end, name="place.end_holding"),
    path("places/<int:place_id>/check/", check_pages.check, name="check.new"),
    path("checks/", check_pages.listed, name="check.list"),
    path("checks/<int:check_id>/", check_pages.show, name="check.show"),
    path("incidents/", incident_pages.listed, name="incident.list"),
    path("incidents/report/", incident_pages.report, name="incident.report"),
    path("incidents/<int:incident_id>/", incident_pages.show, name="incident.show"),
]
