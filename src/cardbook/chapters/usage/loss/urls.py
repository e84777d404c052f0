"""Addresses of the loss slice; a name is an act's code, the screen has one of its own."""

from django.urls import path

from cardbook.chapters.usage.loss import list_pages, pages, step_pages

urlpatterns = [
    path("loss/", pages.desk, name="loss.report"),
    path("loss/<int:card_id>/", pages.desk_with_card, name="loss.report"),
    path("loss/<int:card_id>/tell/", step_pages.tell, name="loss.tell"),
    path("loss/<int:card_id>/renew/", step_pages.renew, name="loss.renew"),
    path("loss/<int:card_id>/formal/", step_pages.formal, name="loss.formal"),
    path("loss/<int:card_id>/lift/", step_pages.lift, name="loss.lift"),
    path("loss/<int:card_id>/lift-formal/", step_pages.lift_formal, name="loss.lift_formal"),
    path("loss/outside/", list_pages.outside, name="loss.outside"),
    path("losses/", list_pages.losses, name="loss.list"),
]
