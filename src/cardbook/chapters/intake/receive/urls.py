"""Addresses of receiving; a name is an act's code where the page does one act."""

from django.urls import path

from cardbook.chapters.intake.receive import difference_pages, manifest_pages, pages

urlpatterns = [
    path("imports/", manifest_pages.files, name="import.list"),
    path("imports/upload/", manifest_pages.upload, name="import.upload"),
    path("imports/<int:file_id>/", manifest_pages.show, name="import.show"),
    path("imports/<int:file_id>/mapping/", manifest_pages.mapping, name="import.mapping"),
    path("imports/<int:file_id>/progress/", manifest_pages.progress, name="import.progress"),
    path("imports/<int:file_id>/cancel/", manifest_pages.cancel, name="import.cancel"),
    path("imports/<int:file_id>/resume/", manifest_pages.resume, name="import.resume"),
    path("imports/<int:file_id>/post/", manifest_pages.post, name="import.post"),
    path("imports/<int:file_id>/drop/", manifest_pages.drop, name="import.drop"),
    path("imports/<int:file_id>/errors/", manifest_pages.error_sheet, name="import.errors"),
    path("deliveries/", pages.deliveries, name="delivery.list"),
    path("deliveries/<int:delivery_id>/", pages.delivery, name="delivery.show"),
    path("deliveries/boxes/<int:box_id>/count/", pages.count, name="delivery.receive"),
    path("deliveries/counts/<int:count_id>/scan/", pages.scan, name="delivery.scan"),
    path("deliveries/counts/<int:count_id>/", pages.counted, name="delivery.count"),
    path("deliveries/differences/", difference_pages.differences, name="delivery.differences"),
    path("deliveries/differences/note/", difference_pages.note, name="delivery.note_odd"),
    path(
        "deliveries/differences/found/",
        difference_pages.explain_found,
        name="delivery.explain_found",
    ),
    path(
        "deliveries/differences/missing/",
        difference_pages.explain_missing,
        name="delivery.explain_missing",
    ),
]
