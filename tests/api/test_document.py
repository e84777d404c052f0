"""The API keeps what its document promises, whatever is thrown at it; every address is in it."""

import os
from collections.abc import Iterator
from typing import Any

import pytest
import schemathesis
from django.core import signals
from django.core.wsgi import get_wsgi_application
from django.db import close_old_connections
from django.test import Client
from hypothesis import HealthCheck, given, settings
from schemathesis.checks import CheckFunction
from schemathesis.core.parameters import ParameterLocation
from schemathesis.specs.openapi.checks import positive_data_acceptance

from cardbook.chapters.api import PROBLEM_TYPE
from cardbook.chapters.usage.replacement.tests.windows import taken, windows
from cardbook.chapters.usage.uses.tests.test_states import an_agency
from cardbook.config.api import API
from cardbook.lifecycle.acts import ACTS
from cardbook.testing import factories as make
from cardbook.testing.clients import signed_in
from cardbook.testing.factories import City

# What each must have met, or the test threw nothing that matters.
SURELY = {"clerk": {401, 403, 409, 422}, "keeper": {401, 403, 409, 422}, "agency": {200, 401, 422}}
TOKEN = "t" * 32
# How often right and wrong input is thrown at an address, the plainest of each first.
THROWS = 3 if os.environ.get("CARDBOOK_SOAK_FACTOR", "1") == "1" else 50
# What somebody signed in asks and nothing is changed by.
LOOKS = {
    "application_state", "loss_find", "temporary_cards", "bank_offers", "half_done",
    "messages_owed", "refused_charges",
}  # fmt: skip
# Rows that are kept beside the ledger; no card changes by them.
LISTS = {"card_uses", "transfers_in", "transfers_out", "refused_charge_settle"}
# A check digit, "an outlet of this bank", "write why" are beyond JSON Schema: 422 says so.
NOT_SAID_BY_SCHEMA: list[CheckFunction] = [positive_data_acceptance]


def credentials(who: str, city: City) -> dict[str, dict[str, str]]:
    if who == "agency":
        return {"headers": {"X-API-Key": an_agency(city, per_minute=5000).key}}
    session = signed_in(getattr(city.here, who)).cookies["sessionid"].value
    return {
        "headers": {"X-CSRFToken": TOKEN}, "cookies": {"sessionid": session, "csrftoken": TOKEN},
    }  # fmt: skip


def served(environ: dict[str, Any], start: Any) -> Any:
    """The application behind a server, which always says who asks."""
    return get_wsgi_application()(environ | {"REMOTE_ADDR": "127.0.0.1"}, start)


@pytest.fixture
def _one_connection() -> Iterator[None]:
    """The server's habit of closing connections after a request would end the test's own."""
    habits = (signals.request_started, signals.request_finished)
    for one in habits:
        one.disconnect(close_old_connections)
    yield
    for one in habits:
        one.connect(close_old_connections)


@pytest.mark.article(23)
@pytest.mark.trust("A8")
@pytest.mark.django_db
@pytest.mark.usefixtures("_one_connection")
@pytest.mark.parametrize("who", ["clerk", "keeper", "agency"])
def test_whatever_is_sent_the_answer_is_one_of_those_documented(who: str, city: City) -> None:
    document = schemathesis.openapi.from_wsgi("/api/v1/openapi.json", served)
    way_in, card = credentials(who, city), make.issued_card(city, city.here)
    under_way = taken(windows(city), make.issued_card(city, city.here)).application_id
    operations = [found.ok() for found in document.get_all_operations()]
    seen: set[int] = set()
    for operation in operations:
        number = str(under_way) if "/applications/" in operation.path else card.number
        throws = THROWS if _is_work_of(who, operation, city) else 1
        _throw_at(
            operation, way_in=way_in, number=number, seen=seen, throws=throws,
            also_wrong=who == "clerk",
        )  # fmt: skip
    assert seen >= SURELY[who]
    assert len(operations) == sum(map(len, API.get_openapi_schema()["paths"].values()))


def _is_work_of(who: str, operation: schemathesis.APIOperation, city: City) -> bool:
    """Whether he gets past the door; whom it is closed to is told so whatever he sends."""
    if "AgencyKey" in str(operation.definition.raw["security"]):
        return who == "agency"
    row = ACTS.get(operation.path.rpartition("/")[2])
    return who != "agency" and (row is None or getattr(city.here, who).role in row.who)


def _throw_at(
    operation: schemathesis.APIOperation,
    *,
    way_in: dict[str, dict[str, str]],
    number: str,
    seen: set[int],
    throws: int,
    also_wrong: bool,
) -> None:
    """Right input about a card there is, and wrong input of every kind; each answer is checked.

    Before a closed door wrong input is thrown once, by one of those it is closed to.
    """

    @settings(
        max_examples=throws, deadline=None, database=None, derandomize=True,
        suppress_health_check=list(HealthCheck),
    )  # fmt: skip
    @given(case=operation.as_strategy())
    def right(case: schemathesis.Case) -> None:
        if "number" in case.path_parameters:
            case.path_parameters["number"] = number
        for sent in (case.query, case.body):
            if isinstance(sent, dict) and "purpose" in sent:
                sent["purpose"] = "clinic"
        answer = case.call_and_validate(**way_in, excluded_checks=NOT_SAID_BY_SCHEMA)
        seen.add(answer.status_code)

    @settings(
        max_examples=throws, deadline=None, database=None, derandomize=True,
        suppress_health_check=list(HealthCheck),
    )  # fmt: skip
    @given(case=operation.as_strategy(generation_mode=schemathesis.GenerationMode.NEGATIVE))
    def wrong(case: schemathesis.Case) -> None:
        if _is_wrong_but_for_who_asks(case):
            seen.add(case.call_and_validate(**way_in).status_code)

    right()
    if throws > 1 or also_wrong:
        wrong()


def _is_wrong_but_for_who_asks(case: schemathesis.Case) -> bool:
    """Who asks is set here: a wrong cookie alone leaves nothing wrong in a look at a list."""
    assert case.meta is not None
    return any(
        part.mode is schemathesis.GenerationMode.NEGATIVE
        for place, part in case.meta.components.items()
        if place is not ParameterLocation.COOKIE
    )


def test_every_address_has_a_summary_its_errors_and_an_act_a_list_or_a_key() -> None:
    for path, operations in API.get_openapi_schema()["paths"].items():
        for operation in operations.values():
            assert operation["summary"] and operation["description"], path
            assert {"401", "403", "422"} <= set(map(str, operation["responses"])), path
            (way_in,) = operation["security"][0]
            code = path.rpartition("/")[2]
            is_staffs = code in ACTS or operation["operationId"] in LOOKS | LISTS
            assert way_in == "AgencyKey" or (way_in == "StaffSession" and is_staffs), path


def test_a_method_that_does_not_fit_is_a_problem_too(client: Client, db: None) -> None:
    answer = client.delete("/api/v1/refused-charges")
    assert (answer.status_code, answer["Allow"]) == (405, "GET")
    assert answer["Content-Type"] == PROBLEM_TYPE
    assert answer.json()["detail"] == "这个地址不接受 DELETE。"
