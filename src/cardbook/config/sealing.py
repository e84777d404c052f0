"""Seals the ledger every half minute beside the web server, and ends when the server ends.

Serves every article; what sealing means is in `ledger/proof.py` (architecture, section 4, Proof).
"""

import logging
import os
import time

import django
from django.db import DatabaseError

EVERY_SECONDS = 30


def main() -> None:
    """Seal until the parent is gone, also when it was killed without a word."""
    parent = os.getppid()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "cardbook.config.settings")
    django.setup()
    from cardbook.ledger.proof import AnotherSealer, SealingRefused, seal_events

    while os.getppid() == parent:
        try:
            seal_events()
        except AnotherSealer:
            pass
        except (SealingRefused, DatabaseError) as problem:
            logging.getLogger(__name__).warning("%s", problem)
        time.sleep(EVERY_SECONDS)


if __name__ == "__main__":
    main()
