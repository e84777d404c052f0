"""Addresses of the shell's own pages."""

from django.urls import path

from cardbook.web import pages

urlpatterns = [
    path("", pages.home, name="home"),
    path("search/", pages.search_page, name="search"),
    path("cards/", pages.card_list, name="card.list"),
    path("cards/<int:card_id>/", pages.card_page, name="card.show"),
    path("cards/<int:card_id>/photo/", pages.card_photo, name="card.photo"),
    path("post/", pages.choose_post, name="post.choose"),
]
