"""Which bank account is on which card, blind: one account is on one card only (Art. 2, 6).

Beside the cards and not in them: a card's row changes with every act, its account never.
"""

from django.db import models

from cardbook.cards.models import Card


class CardAccount(models.Model):
    """The key of the account on a card's financial side; `account_keys.py` makes it."""

    pk = models.CompositePrimaryKey("account_key", "card")
    account_key = models.BigIntegerField()
    card = models.ForeignKey(
        Card, models.PROTECT, related_name="+", db_index=False, db_constraint=False
    )
