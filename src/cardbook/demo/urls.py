"""Addresses of the practice page; included in demo mode only."""

from django.urls import path

from cardbook.demo import pages

urlpatterns = [
    path("demo/", pages.practice, name="demo.practice"),
    path("demo/files/<str:name>", pages.practice_file, name="demo.file"),
]
