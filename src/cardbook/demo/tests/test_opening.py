"""The demo's old ledgers name no day that the check of an opening balance refuses (Art. 6)."""

from dataclasses import replace
from datetime import date, datetime
from pathlib import Path
from typing import cast

import pytest

from cardbook.demo.opening import HEAD, Beginning, _paper, _province
from cardbook.demo.people import Population
from cardbook.law.divisions import COUNTIES
from cardbook.lib.clock import LOCAL
from cardbook.orgs.actors import Actor


@pytest.mark.article(6)
def test_nothing_happens_to_anybody_before_he_is_born() -> None:
    today, county = date(2026, 11, 26), COUNTIES[0]
    population = Population(seed=1, today=today)
    people = [replace(person, born_on=today) for person in population.people_of(county, count=40)]
    nobody = cast(Actor, None)
    beginning = Beginning(
        county=county, people=people, folder=Path(), keeper=nobody, manager=nobody,
        at=datetime(2026, 11, 26, tzinfo=LOCAL), as_of=today, say=print,
    )  # fmt: skip
    days = [
        line[HEAD.index(column)]
        for line in (*_paper(beginning), *_province(beginning))
        for column in ("发放日期", "死亡日期")
    ]
    assert {day for day in days if day} == {f"{today}"}
