"""Addresses of this slice; a name is an act's code where the page does one act."""

from django.urls import path

from cardbook.chapters.stranded.destruction import pages

urlpatterns = [
    path("destruction/", pages.send, name="destruction.send"),
    path("destruction/lots/", pages.lots, name="destruction.lots"),
    path("destruction/lots/<int:lot_id>/", pages.lot, name="destruction.lot"),
    path(
        "destruction/lots/<int:lot_id>/photo/<int:place>/", pages.photo, name="destruction.photo"
    ),
    path("destruction/lots/<int:lot_id>/receive/", pages.receive, name="destruction.receive"),
    path(
        "destruction/shipments/<int:shipment_id>/scan/",
        pages.scan,
        name="destruction.receive.scan",
    ),
    path(
        "destruction/lots/<int:lot_id>/take-back/", pages.take_back, name="destruction.take_back"
    ),
    path(
        "destruction/lots/<int:lot_id>/carry-out/", pages.carry_out, name="destruction.carry_out"
    ),
]
