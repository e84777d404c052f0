"""Addresses of this slice: what is on file of a unit; no act on a card is done here."""

from django.urls import path

from cardbook.chapters.duties.receivers import pages

urlpatterns = [
    path("units/", pages.units, name="unit.list"),
    path("units/<int:unit_id>/", pages.show, name="unit.show"),
    path("units/<int:unit_id>/letters/", pages.file_letter, name="unit.file_letter"),
    path(
        "units/<int:unit_id>/letters/<int:letter_id>/handlers/",
        pages.add_handler,
        name="unit.add_handler",
    ),
    path(
        "units/<int:unit_id>/letters/<int:letter_id>/revoke/",
        pages.revoke_letter,
        name="unit.revoke_letter",
    ),
    path(
        "units/<int:unit_id>/handlers/<int:handler_id>/end/",
        pages.end_handler,
        name="unit.end_handler",
    ),
    path("units/<int:unit_id>/plan/", pages.file_plan, name="unit.file_plan"),
]
