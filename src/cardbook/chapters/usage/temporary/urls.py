"""Addresses of this slice; a name is an act's code where the page does one act."""

from django.urls import path

from cardbook.chapters.usage.temporary import pages

urlpatterns = [
    path("temporary/", pages.listed, name="temporary.list"),
    path("temporary/export/", pages.export, name="temporary.export"),
    path("temporary/stock/", pages.stock_in, name="temporary.stock_in"),
    path("temporary/lend/<int:application_id>/", pages.lend, name="temporary.lend"),
    path("temporary/<int:temporary_id>/", pages.show, name="temporary.show"),
    path("temporary/<int:temporary_id>/extend/", pages.extend, name="temporary.extend"),
    path("temporary/<int:temporary_id>/back/", pages.take_back, name="temporary.take_back"),
    path("temporary/<int:temporary_id>/dun/", pages.dun, name="temporary.dun"),
    path("temporary/<int:temporary_id>/lost/", pages.lose, name="temporary.lose"),
    path("temporary/<int:temporary_id>/excuse/", pages.excuse, name="temporary.excuse"),
    path("temporary/<int:temporary_id>/void/", pages.void, name="temporary.void"),
]
