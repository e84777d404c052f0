"""What both importers ask of bank accounts, in one wording (Art. 2, 6).

`receive/sql` and `opening/sql` name these parts in braces; `card_accounts.py` is the table.
"""

from pathlib import Path

from cardbook.cards.states import Stage

_SQL = Path(__file__).parent / "sql"
# A card that ended, or is on its way back, has lent its account to the one made for it.
_LENT = (Stage.CANCELLED, Stage.DESTROYED, Stage.RECALLED, Stage.RETURNED)
LIVING = "NOT IN ({})".format(", ".join(f"'{stage}'" for stage in _LENT))


def filled(statement: str, **parts: str) -> str:
    """This function will put the shared parts and a statement's own where its braces name them."""
    return statement.format(
        living=LIVING,
        account_twin=(_SQL / "account_twin.sql").read_text("utf-8"),
        account_taken=(_SQL / "account_taken.sql").read_text("utf-8").format(living=LIVING),
        **parts,
    )
