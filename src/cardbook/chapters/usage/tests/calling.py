"""Calls of the API for the tests of this chapter's slices."""

from typing import Any

from django.test import Client

from cardbook.orgs.actors import Actor
from cardbook.testing import factories as make
from cardbook.testing.clients import signed_in


def call(
    path: str,
    body: object,
    *,
    by: Actor | None,
    key: str = "",
    client: Client | None = None,
) -> Any:
    """This function will POST a body to an address below /api/v1/, as somebody or a visitor."""
    client = client or (signed_in(by) if by else Client())
    return client.post(
        f"/api/v1/{path}", body, content_type="application/json",
        headers={"Idempotency-Key": key or make.key()},
    )  # fmt: skip


def codes(answer: Any) -> set[str]:
    """This function will list the codes of everything that is wrong."""
    return {one["code"] for one in answer.json()["errors"]}
