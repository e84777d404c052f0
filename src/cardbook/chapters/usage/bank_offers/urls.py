"""Addresses of what banks have promised (Art. 24)."""

from django.urls import path

from cardbook.chapters.usage.bank_offers import pages

urlpatterns = [
    path("bank-offers/", pages.listed, name="offer.list"),
    path("bank-offers/export/", pages.export, name="offer.export"),
    path("bank-offers/new/", pages.enter, name="offer.new"),
    path("bank-offers/withdraw/", pages.withdraw, name="offer.withdraw"),
]
