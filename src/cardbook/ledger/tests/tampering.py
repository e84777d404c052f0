"""Does what the owner of the database could do: change rows past triggers and grants."""

from django.db import connections

_TABLES = (
    "ledger_event",
    "ledger_seal",
    "ledger_checkpoint",
    "ledger_request",
    "cards_card",
    "cards_application",
    "cards_temporarycard",
    "custody_movement",
    "custody_posting",
    "custody_position",
    "papers_paper",
)


def tamper(*statements: str) -> None:
    """Run statements as the owner with every trigger of our own switched off."""
    with connections["owner"].cursor() as cursor:
        for switch in ("DISABLE", "ENABLE"):
            if switch == "ENABLE":
                for statement in statements:
                    cursor.execute(statement)
                    assert cursor.rowcount, f"changed nothing: {statement}"
            for table in _TABLES:
                cursor.execute(f"ALTER TABLE {table} {switch} TRIGGER USER")


def database() -> str:
    """The name of the test's own database."""
    return str(connections["default"].settings_dict["NAME"])


def drop_foreign_keys(table: str) -> None:
    """Take a table's references away, as an owner could."""
    with connections["owner"].cursor() as cursor:
        cursor.execute(
            "SELECT conname FROM pg_constraint WHERE contype = 'f' AND conrelid = %s::regclass",
            [table],
        )
        for (name,) in cursor.fetchall():
            cursor.execute(f'ALTER TABLE {table} DROP CONSTRAINT "{name}"')
