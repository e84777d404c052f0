"""The API keeps what its document promises, whatever is thrown at it; every address is in it."""

import pytest
import schemathesis
from django.core.wsgi import get_wsgi_application
from hypothesis import HealthCheck, settings
from schemathesis.checks import CheckFunction
from schemathesis.specs.openapi.checks import positive_data_acceptance

from cardbook.chapters.usage.uses.tests.test_states import an_agency
from cardbook.config.api import API
from cardbook.lifecycle.acts import ACTS
from cardbook.testing import factories as make
from cardbook.testing.clients import signed_in
from cardbook.testing.factories import City

DOCUMENT = schemathesis.pytest.from_fixture("document")
TOKEN = "t" * 32
# A check digit, "an outlet of this bank", "write why" are beyond JSON Schema: 422 says so.
NOT_SAID_BY_SCHEMA: list[CheckFunction] = [positive_data_acceptance]


@pytest.fixture
def document():
    return schemathesis.openapi.from_wsgi("/api/v1/openapi.json", get_wsgi_application())


def headers_of(who: str, city: City) -> dict[str, str]:
    if who == "agency":
        return {"X-API-Key": an_agency(city, per_minute=5000).key}
    session = signed_in(getattr(city.here, who)).cookies["sessionid"].value
    return {"Cookie": f"sessionid={session}; csrftoken={TOKEN}", "X-CSRFToken": TOKEN}


@pytest.mark.article(23)
@pytest.mark.django_db
@pytest.mark.parametrize("who", ["clerk", "keeper", "agency"])
@DOCUMENT.parametrize()
@settings(
    max_examples=6, deadline=None, database=None, derandomize=True,
    suppress_health_check=list(HealthCheck),
)  # fmt: skip
def test_whatever_is_sent_the_answer_is_one_of_those_documented(
    case: schemathesis.Case, who: str, city: City
) -> None:
    if case.meta.generation.mode.is_positive and "number" in case.path_parameters:
        case.path_parameters["number"] = make.issued_card(city, city.here).number
    case.call_and_validate(headers=headers_of(who, city), excluded_checks=NOT_SAID_BY_SCHEMA)


def test_every_address_has_a_summary_its_errors_and_an_act_or_a_key() -> None:
    for path, operations in API.get_openapi_schema()["paths"].items():
        for operation in operations.values():
            assert operation["summary"] and operation["description"], path
            assert {"401", "403", "422"} <= set(operation["responses"]), path
            (way_in,) = operation["security"][0]
            code = path.rpartition("/")[2]
            assert way_in == "AgencyKey" or (way_in == "StaffSession" and code in ACTS), path
