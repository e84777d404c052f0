"""Addresses of this slice; a name is an act's code where the page does one act."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
