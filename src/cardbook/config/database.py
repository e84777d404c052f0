"""Brings the schema up to date as the owner and gives the application's role just what it needs.

Used by `cardbook migrate`, the demo and the tests; the grants are lifecycle/sql/grants.sql.
"""

from pathlib import Path

from django.core.management import call_command
from django.db import connections

from cardbook.config.schema_state import refuse_another_version

_GRANTS = Path(__file__).resolve().parents[1] / "lifecycle" / "sql" / "grants.sql"

# Whatever an administrator or an extension keeps in the schema besides is not ours to give.
_OURS = """
SELECT string_agg(oid::regclass::text, ', ') FILTER (WHERE relkind IN ('r', 'p', 'v', 'm')),
    string_agg(oid::regclass::text, ', ') FILTER (WHERE relkind = 'S')
FROM pg_class
WHERE relnamespace = current_schema()::regnamespace
    AND pg_has_role(current_user, relowner, 'USAGE')
"""


def migrate(*, verbosity: int = 0) -> None:
    """This function will apply all migrations as the owner, then the grants.

    :raises SchemaOfAnotherVersion: when no upgrade can start from there; nothing is changed.
    :raises django.db.utils.OperationalError: when the server cannot be reached.
    """
    refuse_another_version(connections["owner"])
    call_command("migrate", database="owner", verbosity=verbosity, interactive=False)
    grant()


def grant() -> None:
    """This function will give the application's role its rights, and only those (section 4)."""
    role = connections["default"].settings_dict["USER"]
    owner = connections["owner"]
    if role == owner.settings_dict["USER"]:
        return  # one role for both: the triggers alone keep the ledger, `doctor` says so
    with owner.cursor() as cursor:
        cursor.execute("SELECT quote_ident(%s), quote_ident(current_schema())", [role])
        quoted, schema = cursor.fetchone()
        cursor.execute(_OURS)
        tables, sequences = cursor.fetchone()
        text = _GRANTS.read_text(encoding="utf-8")
        named = {":app": quoted, ":schema": schema, ":tables": tables, ":sequences": sequences}
        for name, value in named.items():
            text = text.replace(name, value)
        cursor.execute(text)
