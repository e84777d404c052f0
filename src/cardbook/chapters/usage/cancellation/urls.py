"""Addresses of this slice; a name is an act's code where the page does one act."""

from django.urls import path

from cardbook.chapters.usage.cancellation import pages

urlpatterns = [
    path("cancellation/<int:card_id>/", pages.cancel, name="card.cancel"),
    path(
        "cancellation/<int:card_id>/unissued/", pages.cancel_unissued, name="card.cancel_unissued"
    ),
    path(
        "cancellation/<int:card_id>/office/", pages.cancel_by_office, name="card.cancel_by_office"
    ),
]
