"""Addresses of this slice; a name is an act's code where the page does one act."""

from django.urls import path

from cardbook.chapters.intake.distribution import arrival_pages, pages, stock_pages

urlpatterns = [
    path("handovers/", pages.hand_overs, name="handover.list"),
    path("handovers/recall/", pages.recall_lists, name="handover.recall_lists"),
    path("handovers/send/", pages.send, name="handover.send"),
    path("handovers/<int:shipment_id>/", pages.show, name="handover.show"),
    path("handovers/<int:shipment_id>/take-back/", pages.take_back, name="handover.take_back"),
    path("handovers/<int:shipment_id>/reroute/", pages.reroute, name="handover.reroute"),
    path("handovers/<int:shipment_id>/count/", arrival_pages.receive, name="handover.receive"),
    path("handovers/<int:shipment_id>/count/scan/", arrival_pages.scan, name="handover.scan"),
    path(
        "handovers/<int:shipment_id>/count/finish/",
        arrival_pages.finish,
        name="handover.note_difference",
    ),
    path("stock/unsort/", stock_pages.unsort, name="card.unsort"),
    path("stock/drawer/", stock_pages.drawer, name="drawer.fill"),
]
