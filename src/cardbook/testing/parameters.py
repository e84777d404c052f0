"""A city that decided otherwise: for tests of the numbers the regulation leaves open (Art. 33)."""

from contextlib import AbstractContextManager
from dataclasses import replace
from datetime import date
from unittest.mock import patch

import pytest

from cardbook.law import parameters

# Before the day on which most tests act, after the first value of every parameter.
DECIDED = date(2026, 11, 1)


def ruled(key: str, value: parameters.Number) -> AbstractContextManager[object]:
    """A parameter has this value on every day."""
    rule = parameters.parameter(key)
    decided = replace(rule, values=(replace(rule.values[0], value=value),))
    return patch.dict(parameters._PARAMETERS, {key: decided})


def decide(
    monkeypatch: pytest.MonkeyPatch, key: str, value: parameters.Number, *, since: date = DECIDED
) -> None:
    """From a day on a parameter has this value; before it the old one, for the whole test."""
    rule = parameters.parameter(key)
    decided = replace(
        rule, values=(*rule.values, replace(rule.values[0], value=value, since=since))
    )
    monkeypatch.setitem(parameters._PARAMETERS, key, decided)
