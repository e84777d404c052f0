"""Addresses of this slice; a name is an act's code where the page does one act."""

from django.urls import path

from cardbook.chapters.safekeeping.stocktaking import pages, result_pages

urlpatterns = [
    path("stocktakes/", pages.listed, name="stocktake.list"),
    path("stocktakes/start/", pages.start, name="stocktake.start"),
    path("stocktakes/<int:take_id>/", result_pages.show, name="stocktake.show"),
    path("stocktakes/<int:take_id>/count/", pages.count, name="stocktake.count"),
    path("stocktakes/<int:take_id>/scan/", pages.scan, name="stocktake.scan"),
    path("stocktakes/<int:take_id>/end/", pages.end, name="stocktake.end"),
    path("stocktakes/<int:take_id>/settle/", result_pages.settle, name="stocktake.settle"),
    path("stocktakes/<int:take_id>/close/", result_pages.close, name="stocktake.close"),
    path("cards/<int:card_id>/found/", result_pages.found, name="stock.find"),
    path(
        "cards/<int:card_id>/found-stopped/",
        result_pages.found_stopped,
        name="stock.find_stopped",
    ),
]
