"""Addresses of the figures."""

from django.urls import path

from cardbook.insight.figures import pages

urlpatterns = [
    path("figures/", pages.board, name="figures.board"),
    path("figures/rows/", pages.rows, name="figures.rows"),
    path("figures/meanings/", pages.meanings, name="figures.meanings"),
]
