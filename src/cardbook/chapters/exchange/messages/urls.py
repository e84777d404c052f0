"""Addresses of this slice."""

from django.urls import path

from cardbook.chapters.exchange.messages import pages

urlpatterns = [
    path("messages/", pages.listed, name="message.list"),
    path("messages/export/", pages.export, name="message.export"),
]
