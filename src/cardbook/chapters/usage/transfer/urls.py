"""Addresses of this slice; a name is an act's code where the page does one act."""

from django.urls import path

from cardbook.chapters.usage.transfer import leaving_pages, list_pages, pages
from cardbook.chapters.usage.transfer.move_file_pages import LEAVER_FILES, MOVE_FILES

urlpatterns = [
    *MOVE_FILES.urls("relations/files/"),
    *LEAVER_FILES.urls("relations/leaving/files/"),
    path("relations/leaving/", leaving_pages.listed, name="move.out_list"),
    path("relations/leaving/reopen/", leaving_pages.reopen, name="move.out_reopen"),
    path("relations/leaving/export/", leaving_pages.export, name="move.out_export"),
    path("relations/incoming/ask/", list_pages.ask, name="move.ask"),
    path("relations/incoming/", list_pages.listed, name="move.in_list"),
    path("relations/incoming/export/", list_pages.export, name="move.in_export"),
    path("relations/incoming/settle/", list_pages.settle, name="move.settle"),
    path("relations/incoming/reopen/", list_pages.reopen, name="move.reopen"),
    path("relations/<int:card_id>/end/", pages.end, name="relation.end"),
    path(
        "relations/<int:card_id>/end-unissued/", pages.end_unissued, name="relation.end_unissued"
    ),
    path("relations/<int:card_id>/keep/", pages.keep, name="relation.keep"),
    path("misuse/<int:card_id>/freeze/", pages.freeze, name="card.freeze"),
    path("misuse/<int:card_id>/unfreeze/", pages.unfreeze, name="card.unfreeze"),
]
