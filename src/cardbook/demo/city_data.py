"""A city's worth of cards by the fast paths: lots written side by side by several processes.

Used by `make demo SIZE=city` and by `make bench`; a build that was cut off goes on where it was.
"""

import multiprocessing
import os
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import cache

from django.conf import settings
from django.db import connections

from cardbook.demo.mass_load import load_lot
from cardbook.demo.mass_lots import MassLot, lots
from cardbook.demo.mass_offices import Offices
from cardbook.demo.mass_people import Mass
from cardbook.demo.story import Say
from cardbook.demo.words import MASS
from cardbook.law.divisions import COUNTIES
from cardbook.people.bulk import BulkVault

SEED = 611000
_GROWING = (
    "ledger_event", "ledger_request", "cards_card", "people_person", "custody_movement",
    "custody_posting", "custody_position", "intake_deliveryline", "intake_countscan",
)  # fmt: skip


class Size(StrEnum):
    """How large a city is built."""

    TINY = "tiny"
    TOWN = "town"
    CITY = "city"

    @property
    def mass(self) -> int:
        """How many cards come by the fast paths; the others live through commands."""
        return {"tiny": 0, "town": 0, "city": 2_600_000}[self]


@dataclass(frozen=True, slots=True)
class _Job:
    """What a process needs to write any lot."""

    mass: Mass
    today: date
    seed: int


def build_mass(*, cards: int, say: Say, seed: int = SEED, workers: int = 0) -> int:
    """This function will bring the mass of the city into the book; returns how many are new.

    `workers` processes write lots at once (0: one for each core, two at least).

    :raises cardbook.lifecycle.refusals.Refused: when the book refuses a lot.
    """
    today: date = MASS["as_of"]
    planned = list(lots(cards=cards, today=today))
    job = _Job(Mass(seed=seed, size=cards, today=today), today, seed)
    # Accounts are opened before the processes start, so that they do not wait for each other.
    for county in {lot.county.code: lot.county for lot in planned}.values():
        Offices.of(county, on=today)
    _let_go()
    processes = workers or max(os.cpu_count() or 2, 2)
    fork = multiprocessing.get_context("fork")
    new = 0
    with ProcessPoolExecutor(processes, mp_context=fork) as pool:
        waiting = [pool.submit(_write, job, lot) for lot in planned]
        try:
            for place, finished in enumerate(as_completed(waiting), start=1):
                new += finished.result()
                if place.bit_count() == 1 and new:
                    refresh_statistics()
                if place % 10 == 0 or place == len(planned):
                    say(f"成批建立：{place}/{len(planned)} 批，新增 {new} 张")
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)  # a lot that fails is told at once
            raise
    return new


def _let_go() -> None:
    """Close what a fork must not share."""
    for alias in connections:
        link = connections[alias]
        link.close()
        link.close_pool()  # type: ignore[attr-defined]


@cache
def _sealing() -> BulkVault:
    return BulkVault(keys=settings.VAULT_KEYS, index_key=settings.INDEX_KEY)


@cache
def _offices(code: str, on: date) -> Offices:
    return Offices.of(next(county for county in COUNTIES if county.code == code), on=on)


def _write(job: _Job, lot: MassLot) -> int:
    people = job.mass.people(lot.county, first=lot.first, count=lot.count)
    offices = _offices(lot.county.code, job.today)
    return load_lot(lot, people=people, offices=offices, sealing=_sealing(), seed=job.seed)


def refresh_statistics(*, tidy: bool = False) -> None:
    """This function will let the planner see how large tables have become; `tidy` vacuums too."""
    owner = connections["owner"]
    with owner.cursor() as cursor:
        for table in _GROWING:
            cursor.execute(f"{'VACUUM (ANALYZE)' if tidy else 'ANALYZE'} {table}")
    owner.close()
