"""Addresses of the opening balance."""

from django.urls import path

from cardbook.chapters.intake.opening import list_pages, pages

urlpatterns = [
    path("opening/", pages.overview, name="opening.list"),
    path("opening/upload/", pages.upload, name="opening.upload"),
    path("opening/files/<int:file_id>/", pages.show, name="opening.file"),
    path("opening/files/<int:file_id>/progress/", pages.progress, name="opening.progress"),
    path("opening/files/<int:file_id>/cancel/", pages.cancel, name="opening.cancel"),
    path("opening/files/<int:file_id>/resume/", pages.resume, name="opening.resume"),
    path("opening/files/<int:file_id>/mapping/", pages.mapping, name="opening.mapping"),
    path("opening/files/<int:file_id>/post/", pages.post, name="opening.post"),
    path("opening/files/<int:file_id>/drop/", pages.drop, name="opening.drop"),
    path("opening/files/<int:file_id>/errors/", pages.error_sheet, name="opening.errors"),
    path("opening/lists/<slug:slug>/", list_pages.show, name="opening.listed"),
    path("opening/lists/<slug:slug>/xlsx/", list_pages.export, name="opening.export"),
    path("opening/lists/<slug:slug>/settle/", list_pages.settle, name="opening.settle"),
]
