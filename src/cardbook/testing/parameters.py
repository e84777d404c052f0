"""A city that decided otherwise: for tests of the numbers the regulation leaves open (Art. 33)."""

from contextlib import AbstractContextManager
from dataclasses import replace
from unittest.mock import patch

from cardbook.law import parameters


def ruled(key: str, value: parameters.Number) -> AbstractContextManager[object]:
    """A parameter has this value on every day."""
    rule = parameters.parameter(key)
    decided = replace(rule, values=(replace(rule.values[0], value=value),))
    return patch.dict(parameters._PARAMETERS, {key: decided})
