"""An event as one line of text: what is hashed, sealed, exported and checked (section 4, Proof).

`proof.py` seals lines, `export.py` writes them, `verify.py` reads them; FORMAT.md describes them.
"""

import json
from collections.abc import Sequence

# Sorted by code point, as canonical JSON wants its keys; the columns below keep the same order.
KEYS = (
    "act",
    "act_version",
    "actor",
    "basis",
    "batch",
    "device",
    "edition",
    "facts",
    "happened_at",
    "id",
    "kind",
    "org",
    "papers",
    "post",
    "recorded_at",
    "second",
    "seq",
    "subject",
    "told",
    "transaction",
)
_MOMENT = """to_char({} AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')"""
COLUMNS = ", ".join(
    (
        "e.act, e.act_version, e.actor_id, e.basis, e.batch::text, e.device, e.edition, e.facts",
        _MOMENT.format("e.happened_at"),
        "e.id, e.subject_kind, e.org_id, e.papers, e.post_id",
        _MOMENT.format("e.recorded_at"),
        "e.second_id, e.seq, e.subject_id, e.told, e.transaction",
    )
)
ID = KEYS.index("id")
RECORDED_AT = KEYS.index("recorded_at")
TRANSACTION = KEYS.index("transaction")

_encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), allow_nan=False).encode


def event_line(row: Sequence[object]) -> bytes:
    """This function will write the `COLUMNS` of one event as its line, without the line's end.

    `facts` stays the text it was recorded as, so no reader has to agree on how to write it again.
    """
    return _encode(dict(zip(KEYS, row, strict=True))).encode()
