"""Addresses of this slice; a name is an act's code where the page does one act."""

from django.urls import path

from cardbook.chapters.usage.replacement import fee_pages, pages, refused_pages

urlpatterns = [
    path("replacement/", pages.desk, name="replacement.capture"),
    path("replacement/cards/<int:card_id>/photo/", pages.photo, name="replacement.photo"),
    path("cards/<int:card_id>/hand-in/", pages.hand_in, name="old_card.hand_in"),
    path("applications/<int:application_id>/fee/take/", fee_pages.take, name="fee.take"),
    path("applications/<int:application_id>/fee/waive/", fee_pages.waive, name="fee.waive"),
    path("applications/<int:application_id>/fee/refund/", fee_pages.refund, name="fee.refund"),
    path("applications/<int:application_id>/fee/refuse/", fee_pages.refuse, name="fee.refuse"),
    path("applications/<int:application_id>/receipt/", fee_pages.receipt, name="fee.receipt"),
    path("fees/refused/", refused_pages.listed, name="fee.refused_list"),
    path("fees/refused/export/", refused_pages.export, name="fee.refused_export"),
    path("fees/refused/<int:charge_id>/", refused_pages.show, name="fee.refused_show"),
    path("fees/refused/<int:charge_id>/settle/", refused_pages.settle, name="fee.refused_settle"),
]
