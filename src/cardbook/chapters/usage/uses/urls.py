"""Addresses of uses and keys; the API beside them is mounted by `config/api.py`."""

from django.urls import path

from cardbook.chapters.usage.uses import pages

urlpatterns = [
    path("uses/", pages.listed, name="use.list"),
    path("uses/export/", pages.export, name="use.export"),
    path("uses/new/", pages.add, name="use.add"),
    path("uses/end/", pages.end, name="use.end"),
    path("status-keys/", pages.keys, name="status_key.list"),
    path("status-keys/new/", pages.key_new, name="status_key.new"),
    path("status-keys/revoke/", pages.key_revoke, name="status_key.revoke"),
]
