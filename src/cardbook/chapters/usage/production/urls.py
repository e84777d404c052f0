"""Addresses of this slice; a name is an act's code where the page does one act."""

from django.urls import path

from cardbook.chapters.usage.production import (
    answer_pages,
    list_pages,
    maker_pages,
    pages,
    province_pages,
)

urlpatterns = [
    path("applications/", list_pages.applications_page, name="application.list"),
    path("applications/new/", pages.capture, name="application.capture"),
    path("applications/new/province/", province_pages.person, name="application.person"),
    path("applications/checks/", province_pages.checks, name="application.checks"),
    path("applications/maker/", maker_pages.orders, name="application.maker"),
    path("applications/maker/accounts/", maker_pages.accounts_file, name="application.accounts"),
    path("applications/maker/<slug:code>/", maker_pages.order_file, name="application.maker_file"),
    path("applications/submit/", pages.submit, name="application.submit"),
    path("applications/answers/", answer_pages.answers, name="application.answers"),
    path("applications/answers/sheet/", answer_pages.sheet, name="application.answer_sheet"),
    path(
        "applications/answers/sheet/<int:file_id>/", answer_pages.sheet_problems,
        name="application.sheet",
    ),
    path("applications/<int:application_id>/", list_pages.show, name="application.show"),
    path("applications/<int:application_id>/photo/", list_pages.photo, name="application.photo"),
    path("applications/<int:application_id>/slip/", list_pages.slip, name="application.slip"),
    path("applications/<int:application_id>/correct/", pages.correct, name="application.correct"),
    path("applications/<int:application_id>/confirm/", pages.confirm, name="application.confirm"),
    path(
        "applications/<int:application_id>/withdraw/", list_pages.withdraw,
        name="application.withdraw",
    ),
]  # fmt: skip
