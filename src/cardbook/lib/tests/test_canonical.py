"""The same value is the same text; what cannot be the same everywhere is refused."""

import json
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from enum import Enum, StrEnum
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cardbook.lib.canonical import canonical_json, digest
from cardbook.lib.sm import sm3

TEXTS = st.text(st.characters(exclude_categories=["Cs"]))
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | TEXTS,
    lambda inner: st.lists(inner) | st.dictionaries(TEXTS, inner),
    max_leaves=20,
)


class Colour(Enum):
    RED = 1


class Word(StrEnum):
    YES = "是"


@dataclass(frozen=True)
class Fact:
    words: str
    on: date


@dataclass
class Loose:
    words: str


@given(VALUES)
def test_reads_back_as_the_same_value(value: object) -> None:
    assert json.loads(canonical_json(value)) == value


@given(st.dictionaries(TEXTS, st.integers()))
def test_does_not_depend_on_the_order_of_keys(value: dict[str, int]) -> None:
    assert canonical_json(dict(reversed(value.items()))) == canonical_json(value)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ({"b": 1, "a": [True, None]}, '{"a":[true,null],"b":1}'),
        ("𠮷·䶮", '"𠮷·䶮"'),
        ((1, 2), "[1,2]"),
        (date(2026, 3, 1), '"2026-03-01"'),
        (datetime(2026, 3, 1, 8, tzinfo=timezone(timedelta(hours=8))), '"2026-03-01T00:00:00Z"'),
        (datetime(2026, 3, 1, 0, 0, 0, 5, tzinfo=UTC), '"2026-03-01T00:00:00.000005Z"'),
        (UUID(int=1), '"00000000-0000-0000-0000-000000000001"'),
        (Colour.RED, "1"),
        ({Word.YES: Word.YES}, '{"是":"是"}'),
        (Fact("好", date(2026, 1, 2)), '{"on":"2026-01-02","words":"好"}'),
    ],
)
def test_writes(value: object, text: str) -> None:
    assert canonical_json(value) == text


@pytest.mark.parametrize(
    "value", [1.0, float("nan"), b"x", {1}, Decimal(1), Loose("x"), Fact, {1: "x"}, object()]
)
def test_refuses_what_has_no_canonical_form(value: object) -> None:
    with pytest.raises(TypeError):
        canonical_json([value])


@pytest.mark.parametrize("value", [datetime(2026, 1, 1), "\ud800", {"\udfff": 1}])
def test_refuses_a_moment_without_zone_and_half_characters(value: object) -> None:
    with pytest.raises(ValueError, match=r"时区|半个"):
        canonical_json(value)


def test_digest_is_sm3_of_the_text() -> None:
    assert digest({"a": "中"}) == sm3('{"a":"中"}'.encode())
