"""All addresses: each slice brings its own; the name of an act's address is the act's code."""

from django.urls import include, path

urlpatterns = [
    path("account/", include("allauth.urls")),
]
