"""Addresses of the window; a name is an act's code."""

from django.urls import path

from cardbook.chapters.issuance.individual import pages

urlpatterns = [
    path("desk/", pages.desk, name="card.issue"),
    path("desk/photo/<int:person_id>/", pages.photo, name="card.issue.photo"),
    path("desk/<int:card_id>/undo/", pages.undo, name="issue.undo"),
    path("desk/<int:card_id>/slip.pdf", pages.slip, name="card.issue.slip"),
    path("desk/<int:card_id>/ticket.pdf", pages.ticket, name="card.issue.ticket"),
]
