"""The API: every slice's addresses under one document, each with its policy.

`urls.py` beside it mounts it. The document is open to everybody: it tells nothing about anybody.
"""

from django.urls import URLPattern, URLResolver

from cardbook.chapters.api import POLICIES, CardbookAPI, named
from cardbook.chapters.usage.uses.api import ROUTER as STATES
from cardbook.lifecycle.pages import Policy

API = CardbookAPI(
    title="卡簿 API",
    version="1",
    description="社保卡状态核验和业务办理。错误一律为 problem+json：code、detail、way_out。",
    docs_url=None,
    urls_namespace="api",
)
API.add_router("", STATES)

_DOCUMENT = named("openapi-json", Policy(frozenset(), "第二条、第二十三条"))


def api_urlpatterns() -> list[URLPattern | URLResolver]:
    """This function will list the addresses of the API; one without a policy is a mistake here."""
    patterns, _, _ = API.urls
    kept = [one for one in patterns if isinstance(one, URLPattern) and one.name != "api-root"]
    for one in kept:
        one.callback.policy = POLICIES[str(one.name)]  # type: ignore[attr-defined]
    return [*kept]
