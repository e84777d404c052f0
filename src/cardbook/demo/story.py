"""When it is, who works where, who lives here: what each episode of the demo city needs."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from pathlib import Path

from cardbook.demo.people import Population
from cardbook.demo.staff import PREFIXES, actor_named
from cardbook.lib.clock import LOCAL, local_day
from cardbook.orgs.actors import Actor

Say = Callable[[str], None]


@dataclass(slots=True)
class Story:
    """The fortnight as an episode sees it; `say` tells the visitor what happened."""

    now: datetime
    folder: Path
    say: Say
    population: Population

    @property
    def today(self) -> date:
        """The day on which the visitor looks."""
        return local_day(self.now)

    def at(self, day: int, hour: int, minute: int = 0) -> datetime:
        """A moment of the fortnight; never later than now."""
        on = self.today - timedelta(days=12 - day)
        return min(datetime.combine(on, time(hour, minute), tzinfo=LOCAL), self.now)

    def actor(self, county: str, post: str) -> Actor:
        """Who holds a post in a county."""
        return actor_named(f"{PREFIXES[county]}_{post}", on=self.today)
