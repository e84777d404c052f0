"""Addresses of uses and keys; the API beside them is mounted by `config/api.py`."""

from django.urls import path

from cardbook.chapters.usage.uses import list_pages, pages, rate_pages, status_pages
from cardbook.chapters.usage.uses.use_file_pages import USE_FILES

urlpatterns = [
    *USE_FILES.urls("uses/files/"),
    path("uses/unused/", list_pages.unused, name="use.unused"),
    path("uses/unused/units/", list_pages.unused_units, name="use.unused_units"),
    path("uses/unused/export/", list_pages.unused_export, name="use.unused_export"),
    path("uses/rates/", rate_pages.shown, name="use.rates"),
    path("uses/rates/export/", rate_pages.export, name="use.rates_export"),
    path("uses/rates/people/", rate_pages.people, name="use.rate_people"),
    path("uses/rates/people/export/", rate_pages.people_export, name="use.rate_people_export"),
    path("uses/suspicious/", list_pages.suspicious, name="use.suspicious"),
    path("uses/suspicious/export/", list_pages.suspicious_export, name="use.suspicious_export"),
    path("uses/", pages.listed, name="use.list"),
    path("uses/export/", pages.export, name="use.export"),
    path("uses/new/", pages.add, name="use.add"),
    path("uses/end/", pages.end, name="use.end"),
    path("cards/<int:card_id>/status/", status_pages.status, name="card.status"),
    path("status-keys/", pages.keys, name="status_key.list"),
    path("status-keys/new/", pages.key_new, name="status_key.new"),
    path("status-keys/revoke/", pages.key_revoke, name="status_key.revoke"),
]
