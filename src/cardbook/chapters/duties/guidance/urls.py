"""Addresses of this slice; no act on a card."""

from django.urls import path

from cardbook.chapters.duties.guidance import pages

urlpatterns = [
    path("guidance/", pages.listed, name="guidance.list"),
    path("guidance/publish/", pages.publish, name="guidance.publish"),
    path("guidance/<int:guidance_id>/", pages.show, name="guidance.show"),
    path("guidance/<int:guidance_id>/read/", pages.sign, name="guidance.sign"),
    path("guidance/<int:guidance_id>/withdraw/", pages.withdraw, name="guidance.withdraw"),
]
