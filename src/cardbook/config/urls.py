"""All addresses: each slice brings its own; the name of an act's address is the act's code."""

from django.conf import settings
from django.urls import include, path

from cardbook.config.api import API, api_urlpatterns
from cardbook.config.wiring import register_urlpatterns

# Each is tried in turn, which costs a little: other systems and windows come first.
urlpatterns = [
    path("api/v1/", (api_urlpatterns(), "ninja", API.urls_namespace)),
    path("account/", include("cardbook.web.account_urls")),
    path("", include("cardbook.web.urls")),
    path("", include("cardbook.chapters.issuance.individual.urls")),
    path("", include("cardbook.chapters.usage.loss.urls")),
    path("", include("cardbook.chapters.duties.organizations.urls")),
    path("", include("cardbook.chapters.duties.receivers.urls")),
    path("", include("cardbook.chapters.duties.campaigns.urls")),
    path("", include("cardbook.chapters.duties.ways.urls")),
    path("", include("cardbook.chapters.duties.guidance.urls")),
    path("", include("cardbook.chapters.intake.receive.urls")),
    path("", include("cardbook.chapters.intake.sort.urls")),
    path("", include("cardbook.chapters.intake.opening.urls")),
    path("", include("cardbook.chapters.intake.distribution.urls")),
    path("", include("cardbook.chapters.issuance.defect.urls")),
    path("", include("cardbook.chapters.issuance.collective.urls")),
    path("", include("cardbook.chapters.issuance.proxy.urls")),
    path("", include("cardbook.chapters.issuance.posting.urls")),
    path("", include("cardbook.chapters.issuance.visiting.urls")),
    path("", include("cardbook.chapters.corrections.wrong_cards.urls")),
    path("", include("cardbook.chapters.safekeeping.harm.urls")),
    path("", include("cardbook.chapters.stranded.tracing.urls")),
    path("", include("cardbook.chapters.stranded.send_back.urls")),
    path("", include("cardbook.chapters.stranded.destruction.urls")),
    path("", include("cardbook.chapters.stranded.bring_home.urls")),
    path("", include("cardbook.chapters.stranded.elsewhere.urls")),
    path("", include("cardbook.chapters.safekeeping.places.urls")),
    path("", include("cardbook.chapters.safekeeping.stocktaking.urls")),
    path("", include("cardbook.chapters.usage.activation.urls")),
    path("", include("cardbook.chapters.usage.uses.urls")),
    path("", include("cardbook.chapters.usage.bank_offers.urls")),
    path("", include("cardbook.chapters.usage.production.urls")),
    path("", include("cardbook.chapters.usage.replacement.urls")),
    path("", include("cardbook.chapters.usage.temporary.urls")),
    path("", include("cardbook.chapters.usage.death.urls")),
    path("", include("cardbook.chapters.usage.cancellation.urls")),
    path("", include("cardbook.chapters.usage.transfer.urls")),
    path("", include("cardbook.chapters.exchange.messages.urls")),
    path("", include("cardbook.chapters.liability.access_log.urls")),
    path("", include("cardbook.insight.figures.urls")),
    *register_urlpatterns(),
]
if settings.DEMO:
    urlpatterns.append(path("", include("cardbook.demo.urls")))

handler400 = "cardbook.web.pages.not_understood"
handler403 = "cardbook.web.pages.refused"
handler500 = "cardbook.web.trouble.broken"
