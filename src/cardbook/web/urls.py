"""Addresses of the shell's own pages."""

from django.urls import path

from cardbook.web import asking, handbook_pages, pages

urlpatterns = [
    path("", pages.home, name="home"),
    path("search/", pages.search_page, name="search"),
    path("asked/", asking.ask, name="list.ask"),
    path("cards/", pages.card_list, name="card.list"),
    path("cards/<int:card_id>/", pages.card_page, name="card.show"),
    path("cards/<int:card_id>/photo/", pages.card_photo, name="card.photo"),
    path("handbook/", handbook_pages.contents, name="handbook"),
    path("handbook/<slug:name>/", handbook_pages.show, name="handbook.show"),
    path("handbook/pictures/<str:name>", handbook_pages.picture, name="handbook.picture"),
    path("post/", pages.choose_post, name="post.choose"),
]
