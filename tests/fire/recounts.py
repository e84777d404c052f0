"""What the book says after a fire: every promise recounted, and how much was written."""

from typing import Any

from django.db import connection

from cardbook.insight.check import recount

_WRITTEN = (
    "ledger_event", "ledger_request", "custody_movement", "custody_posting", "cards_card",
    "cards_application", "registers_issueddocument", "papers_paper", "intake_delivery",
    "intake_deliveryline", "outbox_message", "usage_applicationdetail", "usage_feereceipt",
    "usage_bankvisit",
)  # fmt: skip
_CHANGED = (
    "SELECT sum(version) FROM cards_card",
    "SELECT sum(version) FROM cards_temporarycard",
    "SELECT coalesce(sum(last), 0) FROM registers_runningnumber",
    "SELECT count(*) FROM intake_count WHERE closed_at IS NOT NULL",
    "SELECT count(*) FROM custody_position WHERE slot IS NOT NULL",
)


def written() -> tuple[int, ...]:
    """This function will count the rows of every table an act writes, and what it changes."""
    questions = [*(f"SELECT count(*) FROM {table}" for table in _WRITTEN), *_CHANGED]
    with connection.cursor() as cursor:
        cursor.execute(" UNION ALL ".join(f"SELECT ({q})::bigint" for q in questions))
        rows: list[Any] = cursor.fetchall()
    return tuple(int(row[0] or 0) for row in rows)


def added(before: tuple[int, ...], after: tuple[int, ...]) -> tuple[int, ...]:
    """This function will say how much was written between two counts."""
    return tuple(late - early for early, late in zip(before, after, strict=True))


def all_promises_hold() -> None:
    """N1 to N6 from raw rows, as `cardbook check` counts them."""
    broken = [
        f"{finding.rule.code} {finding.rule.name}: {finding.first.sentence}"
        for finding in recount().findings
        if finding.first is not None
    ]
    assert broken == []
