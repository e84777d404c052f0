"""Addresses of the way home of wrong and defective cards; a name is an act's code."""

from django.urls import path

from cardbook.chapters.stranded.bring_home import pages

_ONE = "recalled/shipments/<int:shipment_id>/"

urlpatterns = [
    path("recalled/", pages.cards_out, name="recalled.list"),
    path("recalled/send/", pages.send, name="recalled.send_home"),
    path("recalled/shipments/", pages.shipments, name="recalled.shipments"),
    path(_ONE, pages.receive, name="recalled.receive_wrong"),
    path(f"{_ONE}cards/", pages.shipment_cards, name="recalled.shipment_cards"),
    path(f"{_ONE}scan/", pages.scan, name="recalled.receive.scan"),
]
