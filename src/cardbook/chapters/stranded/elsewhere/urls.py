"""Addresses of cards wanted elsewhere; a name is an act's code where the page does one act."""

from django.urls import path

from cardbook.chapters.stranded.elsewhere import pages

urlpatterns = [
    path("elsewhere/", pages.wish_list, name="elsewhere.list"),
    path("elsewhere/find/", pages.find, name="elsewhere.find"),
    path("elsewhere/<int:card_id>/", pages.ask, name="card.ask_outlet"),
    path("elsewhere/decline/", pages.decline, name="card.decline_outlet"),
]
