"""Addresses of this slice; a name is an act's code where the page does one act."""

from django.urls import path

from cardbook.chapters.usage.activation import call_pages, pages, report_pages

urlpatterns = [
    path("activation/<int:card_id>/", pages.activate, name="social.activate"),
    path("activation/<int:card_id>/bank/", pages.direct, name="bank.direct"),
    path("activation/<int:card_id>/slip/", pages.slip, name="bank.slip"),
    path("activation/<int:card_id>/report/", pages.report, name="bank.report"),
    path("activation/<int:card_id>/pin/", pages.pin, name="pin.reset"),
    path("bank/queue/", pages.queue, name="bank.queue"),
    path("bank/queue/export/", pages.queue_export, name="bank.queue_export"),
    path("bank/reports/", report_pages.reports, name="bank.reports"),
    path("bank/reports/<int:file_id>/", report_pages.report_sheet, name="bank.report_sheet"),
    path("activation/calls/", call_pages.listed, name="activation.calls"),
    path("activation/calls/export/", call_pages.export, name="activation.calls_export"),
    path("halves/", pages.halves, name="halves.list"),
    path("halves/export/", pages.halves_export, name="halves.export"),
]
