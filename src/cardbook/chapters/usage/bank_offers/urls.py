"""Addresses of what banks have promised, and of complaints about it (Art. 24)."""

from django.urls import path

from cardbook.chapters.usage.bank_offers import complaint_pages, pages, public_pages

urlpatterns = [
    path("bank-offers/", pages.listed, name="offer.list"),
    path("offers/", public_pages.published, name="offer.public"),
    path("bank-offers/poster/", public_pages.poster, name="offer.poster"),
    path("bank-offers/export/", pages.export, name="offer.export"),
    path("bank-offers/new/", pages.enter, name="offer.new"),
    path("bank-offers/confirm/", pages.confirm, name="offer.confirm"),
    path("bank-offers/withdraw/", pages.withdraw, name="offer.withdraw"),
    path("bank-complaints/", complaint_pages.listed, name="complaint.list"),
    path("bank-complaints/export/", complaint_pages.export, name="complaint.export"),
    path("bank-complaints/new/", complaint_pages.take, name="complaint.take"),
    path("bank-complaints/<int:complaint_id>/", complaint_pages.show, name="complaint.show"),
    path(
        "bank-complaints/<int:complaint_id>/answer/", complaint_pages.answer,
        name="complaint.answer",
    ),
    path(
        "bank-complaints/<int:complaint_id>/close/", complaint_pages.close, name="complaint.close"
    ),
]  # fmt: skip
