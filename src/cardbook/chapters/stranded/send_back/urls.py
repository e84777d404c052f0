"""Addresses of this slice; a name is an act's code where the page does one act."""

from django.urls import path

from cardbook.chapters.stranded.send_back import notice_pages, pages, returned_pages

urlpatterns = [
    path("stranded/return/", pages.send_back, name="stranded.send_back"),
    path("stranded/return/scan/", pages.scan, name="stranded.send_back.scan"),
    path("stranded/return/lines/<int:line_id>/proof/", pages.proof, name="stranded.proof"),
    path("stranded/returns/", pages.returns, name="stranded.returns"),
    path("stranded/returns/<int:shipment_id>/", pages.return_cards, name="stranded.return_cards"),
    path(
        "stranded/returns/<int:shipment_id>/receive/",
        pages.receive_back,
        name="stranded.receive_back",
    ),
    path(
        "stranded/returns/<int:shipment_id>/scan/",
        pages.scan_arrival,
        name="stranded.receive_back.scan",
    ),
    path("stranded/returned/", returned_pages.returned, name="stranded.returned"),
    path("stranded/returned/pass-on/", returned_pages.pass_on, name="stranded.pass_on"),
    path("stranded/returned/cancel/", returned_pages.cancel, name="card.cancel_returned"),
    path("stranded/returned/put-back/", returned_pages.put_back, name="stranded.put_back"),
    path("stranded/bank-notices/", notice_pages.bank_notices, name="stranded.bank_notices"),
]
