"""All addresses: each slice brings its own; the name of an act's address is the act's code."""

from django.urls import include, path

urlpatterns = [
    path("account/", include("allauth.urls")),
    path("", include("cardbook.web.urls")),
    path("", include("cardbook.chapters.intake.receive.urls")),
    path("", include("cardbook.chapters.intake.sort.urls")),
    path("", include("cardbook.chapters.issuance.individual.urls")),
    path("", include("cardbook.chapters.issuance.defect.urls")),
    path("", include("cardbook.registers.urls")),
]

handler403 = "cardbook.web.pages.refused"
