"""The API: every slice's addresses under one document, each with its policy.

`urls.py` beside it mounts it. The document is open to everybody: it tells nothing about anybody.
"""

from django.urls import URLPattern, URLResolver

from cardbook.chapters.api import POLICIES, CardbookAPI, in_words, named
from cardbook.chapters.exchange.messages.api import ROUTER as MESSAGES
from cardbook.chapters.usage.activation.api import ROUTER as ACTIVATION
from cardbook.chapters.usage.bank_offers.api import ROUTER as OFFERS
from cardbook.chapters.usage.cancellation.api import ROUTER as CANCELLATION
from cardbook.chapters.usage.death.api import ROUTER as DEATHS
from cardbook.chapters.usage.loss.api import ROUTER as LOSSES
from cardbook.chapters.usage.production.api import CAPTURING
from cardbook.chapters.usage.production.api import ROUTER as APPLICATIONS
from cardbook.chapters.usage.replacement.api import FEES, OLD_CARDS, REPLACING
from cardbook.chapters.usage.replacement.refused_api import ROUTER as REFUSED_CHARGES
from cardbook.chapters.usage.temporary.api import LENDING
from cardbook.chapters.usage.temporary.api import ROUTER as TEMPORARY
from cardbook.chapters.usage.transfer.api import INCOMING, OUTGOING
from cardbook.chapters.usage.transfer.api import ROUTER as TRANSFER
from cardbook.chapters.usage.uses.api import RECORDS
from cardbook.chapters.usage.uses.api import ROUTER as STATES
from cardbook.lifecycle.pages import Policy

API = CardbookAPI(
    title="卡簿 API",
    version="1",
    description="社保卡状态核验和业务办理。错误一律为 problem+json：code、detail、way_out。",
    docs_url=None,
    urls_namespace="api",
)
ROUTERS = (
    STATES, CAPTURING, APPLICATIONS, REPLACING, FEES, REFUSED_CHARGES, OLD_CARDS, ACTIVATION,
    LENDING, TEMPORARY,
    LOSSES, DEATHS, CANCELLATION, TRANSFER, INCOMING, OUTGOING, RECORDS, OFFERS, MESSAGES,
)  # fmt: skip
for router in ROUTERS:
    API.add_router("", router)

# The document, and the root that addresses are told from.
for name in ("openapi-json", "api-root"):
    named(name, Policy(frozenset(), "第二条、第二十三条"))


def api_urlpatterns() -> list[URLPattern | URLResolver]:
    """This function will list the addresses of the API; one without a policy is a mistake here."""
    patterns, _, _ = API.urls
    for one in patterns:
        assert isinstance(one, URLPattern)
        one.callback = in_words(one.callback)
        one.callback.policy = POLICIES[str(one.name)]  # type: ignore[attr-defined]
    return patterns
