"""Addresses of this slice; a name is an act's code where the page does one act."""

from django.urls import path

from cardbook.chapters.usage.replacement import fee_pages, pages

urlpatterns = [
    path("replacement/", pages.desk, name="replacement.capture"),
    path("replacement/cards/<int:card_id>/photo/", pages.photo, name="replacement.photo"),
    path("cards/<int:card_id>/hand-in/", pages.hand_in, name="old_card.hand_in"),
    path("applications/<int:application_id>/fee/take/", fee_pages.take, name="fee.take"),
    path("applications/<int:application_id>/fee/waive/", fee_pages.waive, name="fee.waive"),
    path("applications/<int:application_id>/fee/refund/", fee_pages.refund, name="fee.refund"),
    path("applications/<int:application_id>/fee/refuse/", fee_pages.refuse, name="fee.refuse"),
    path("applications/<int:application_id>/receipt/", fee_pages.receipt, name="fee.receipt"),
]
