"""The benches by name, in the order of the table; loaded only when they run."""

import importlib
from dataclasses import dataclass

from tests.bench.measure import Bench

BOTH = ("small", "city")


@dataclass(frozen=True, slots=True)
class Named:
    """One bench: `module:function`, and the database it works in a copy of (None: the book)."""

    name: str
    where: str
    copy_of: str | None = None
    sizes: tuple[str, ...] = BOTH

    def load(self) -> Bench:
        """Import it."""
        module, _, function = self.where.partition(":")
        found: Bench = getattr(importlib.import_module(f"tests.bench.{module}"), function)
        return found


BENCHES = (
    Named("intake-empty", "intake:into_empty", "bench_empty", ("small",)),
    Named("intake-full", "intake:into_full", "cardbook", ("small",)),
    Named("intake-million-empty", "intake:million_into_empty", "bench_empty", ("city",)),
    Named("intake-million-full", "intake:million_into_full", "cardbook", ("city",)),
    Named("by-library", "by_library:both_ways", "bench_empty"),
    Named("xlsx", "workbook:read_workbook"),
    Named("hand-over", "hand_over:clerks"),
    Named("loss", "losses:operators"),
    Named("status", "answers:agencies"),
    Named("look-up", "finding:look_up"),
    Named("search", "finding:search"),
    Named("desk", "pages:desk"),
    Named("register", "sheets:registers"),
    Named("act", "one_act:fifty_thousand", "cardbook"),
    Named("cancel", "cancelling:fifty_thousand"),
    Named("stocktake", "stocktake:whole_county"),
    Named("bundle", "bundle:two_thousand"),
    Named("check", "recounting:whole_book"),
    Named("card-list", "pages:card_list"),
    Named("stranded", "stranded:queues"),
    Named("every-page", "every_page:pages"),
    Named("ledger", "sealing:seal_and_verify"),
    Named("batch-files", "exchange:batch_files"),
    Named("outbox", "exchange:outbox", "cardbook"),
)
