"""One value, one text, one digest: the form in which facts are written, hashed and compared.

The ledger seals this text (architecture, section 4); `merkle.py` beside it chains the digests.
"""

import json
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from datetime import UTC, date, datetime
from enum import Enum
from typing import Any
from uuid import UUID

from cardbook.lib.sm import sm3

_encode = json.JSONEncoder(
    ensure_ascii=False, separators=(",", ":"), sort_keys=True, allow_nan=False
).encode


def canonical_json(value: object) -> str:
    """This function will write a value as JSON that is the same text on every machine.

    Keys are sorted by code point, nothing is padded, Chinese is kept. Moments are written in UTC
    with `Z`, days as YYYY-MM-DD, an Enum as its value, a frozen dataclass as its fields. Numbers
    are integers: money is fen, shares are per mille, so no float can round a fact.

    :raises TypeError: when a value has no canonical form (float, bytes, set, mutable dataclass).
    :raises ValueError: when a moment has no time zone or a text holds half a surrogate pair.
    """
    text = _encode(_plain(value))
    try:
        text.encode()
    except UnicodeEncodeError as problem:
        raise ValueError("文本含有不完整的字符（半个代理对），请检查来源文件的编码") from problem
    return text


def digest(value: object) -> bytes:
    """This function will return SM3 of the canonical JSON, 32 bytes."""
    return sm3(canonical_json(value).encode())


def _plain(value: object) -> Any:
    if value is None or type(value) in (str, int, bool):
        return value
    if isinstance(value, Enum):
        return _plain(value.value)
    if isinstance(value, str):
        return str(value)
    if isinstance(value, Mapping):
        return {_key(key): _plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    return _plain_object(value)


def _key(key: object) -> str:
    plain = _plain(key)
    if not isinstance(plain, str):
        raise TypeError(f"canonical JSON keys are text, not {type(key).__name__}")
    return plain


def _plain_object(value: object) -> Any:
    if isinstance(value, datetime):
        return _moment(value)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, UUID):
        return str(value)
    if is_dataclass(value) and not isinstance(value, type):
        if not value.__dataclass_params__.frozen:  # type: ignore[attr-defined]
            raise TypeError(f"{type(value).__name__} must be frozen to have a canonical form")
        return {field.name: _plain(getattr(value, field.name)) for field in fields(value)}
    raise TypeError(f"{type(value).__name__} has no canonical form")


def _moment(value: datetime) -> str:
    if value.utcoffset() is None:
        raise ValueError("时间缺少时区，不能写入台账")
    return value.astimezone(UTC).replace(tzinfo=None).isoformat() + "Z"
