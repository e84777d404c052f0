"""Addresses of this slice; a name is an act's code where the page does one act."""

from django.urls import path

from cardbook.chapters.issuance.proxy import mandate_pages, pages, scan_pages

urlpatterns = [
    path("proxy/", pages.proxy, name="card.issue_proxy"),
    path("proxy/<int:card_id>/", pages.proxy, name="card.issue_proxy"),
    path("guardian/", pages.guardian, name="card.issue_guardian"),
    path("guardian/<int:card_id>/", pages.guardian, name="card.issue_guardian"),
    path("mandates/", mandate_pages.mandates, name="mandate.list"),
    path("mandates/export/", mandate_pages.mandates_export, name="mandate.export"),
    path("mandates/new/", mandate_pages.register, name="mandate.register"),
    path("mandates/scan/", scan_pages.scan, name="mandate.scan"),
    path("mandates/print/", mandate_pages.print_, name="mandate.print"),
    path("mandates/blank.pdf", mandate_pages.blank, name="mandate.blank"),
    path("agents/", mandate_pages.agents, name="agent.list"),
    path("agents/<int:person_id>/", mandate_pages.agent, name="agent.show"),
    path("agents/export/", mandate_pages.agents_export, name="agent.export"),
]
