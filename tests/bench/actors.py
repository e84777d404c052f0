"""Who acts in the benches: the demo's people, in their posts."""

from datetime import date

from cardbook.demo.staff import PREFIXES, actor_named
from cardbook.orgs.actors import Actor

TODAY = date(2026, 11, 25)


def keeper(county: str) -> Actor:
    """The card keeper of a county."""
    return actor_named(f"{PREFIXES[county]}_kaguan", on=TODAY)


def reviewer(county: str) -> Actor:
    """The second person of a county."""
    return actor_named(f"{PREFIXES[county]}_fuhe", on=TODAY)


def window_clerk(county: str) -> Actor:
    """The first window of a county."""
    return actor_named(f"{PREFIXES[county]}_chuangkou1", on=TODAY)


def city_manager() -> Actor:
    """Who looks at the whole city."""
    return actor_named("sl_guanli", on=TODAY)
