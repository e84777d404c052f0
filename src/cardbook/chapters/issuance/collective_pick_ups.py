"""Collective pick-ups as rows of the 领卡登记表 (Art. 8 para. 3): one row for who took a bundle.

The register belongs to `individual/`; the bundles to `collective/`; neither knows the other.
"""

from collections.abc import Mapping
from datetime import datetime

from django.db import connection

from cardbook.law.papers import COLLECTIVE_PICK_UP
from cardbook.lib.clock import LOCAL
from cardbook.lib.masking import mask_number, mask_phone
from cardbook.lib.rows import named_rows
from cardbook.orgs.models import Kind
from cardbook.people import vault

_QUERY = """
SELECT b.id, b.handed_at, b.cards, b.signing, b.signature, o.code, o.name AS unit, o.kind,
       p.name_sealed, p.number_sealed, p.phone_sealed, u.name AS actor,
       r.first, r.last, r.batches, r.banks
FROM issuance_bundle b
JOIN orgs_organization o ON o.id = b.unit_id
JOIN orgs_organization f ON f.id = b.office_id AND f.path LIKE %(office)s
JOIN people_person p ON p.id = b.collector_id
JOIN orgs_user u ON u.id = b.handed_by_id
CROSS JOIN LATERAL (
    SELECT (array_agg(r.place ORDER BY r.row))[1] AS first,
           (array_agg(r.place ORDER BY r.row DESC))[1] AS last,
           string_agg(DISTINCT m.code, '、') AS batches,
           string_agg(DISTINCT k.name, '、') AS banks
    FROM issuance_bundlerow r
    JOIN cards_card c ON c.id = r.card_id
    JOIN cards_batch m ON m.id = c.batch_id
    LEFT JOIN orgs_organization k ON k.id = c.bank_org_id
    WHERE r.bundle_id = b.id
) AS r
WHERE b.handed_at >= %(start)s AND b.handed_at < %(end)s
ORDER BY b.handed_at, b.id
LIMIT %(limit)s
"""
OF_A_VILLAGE, OF_A_UNIT = "社区村集中", "单位集中"
COLLECTIVE_WAYS = frozenset({OF_A_VILLAGE, OF_A_UNIT})
_SIGNED = {"screen": "屏幕签字", "thumb": "（按手印）"}


def collective_pick_ups(
    *, office_path: str, start: datetime, end: datetime, masked: bool, limit: int | None = None
) -> list[Mapping[str, str]]:
    """This function will list bundles an office handed out, keyed as the register's columns."""
    values: dict[str, str | datetime | int | None] = {
        "office": f"{office_path}%",
        "start": start,
        "end": end,
        "limit": limit,
    }
    with connection.cursor() as cursor:
        cursor.execute(_QUERY, values)
        rows = named_rows(cursor)
    return [_row(row, masked=masked) for row in rows]


def _row(row: Mapping[str, object], *, masked: bool) -> Mapping[str, str]:
    name = vault.open_text(_bytes(row["name_sealed"]), context=vault.NAME)
    number = vault.open_text(_bytes(row["number_sealed"]), context=vault.NUMBER)
    sealed = row["phone_sealed"]
    phone = vault.open_text(_bytes(sealed), context=vault.PHONE) if sealed else ""
    village = row["kind"] in (Kind.VILLAGE, Kind.TOWN)
    at = row["handed_at"]
    assert isinstance(at, datetime)
    return {
        "happened_at": f"{at.astimezone(LOCAL):%Y-%m-%d %H:%M}",
        "way": OF_A_VILLAGE if village else OF_A_UNIT,
        "name": "见签字明细表",
        "number": f"QZMX{row['id']:08d}",
        "card_number": "见签字明细表",
        "bank": str(row["banks"] or ""),
        "batch": str(row["batches"] or ""),
        "unit": f"{row['code']} {row['unit']}",
        "quantity": str(row["cards"]),
        "boxes": _span(str(row["first"]), str(row["last"])),
        "receiver": name,
        "relation": "单位经办人",
        "document": f"居民身份证 {mask_number(number) if masked else number}",
        "phone": (mask_phone(phone) if masked else phone) if phone else "",
        "papers": "、".join(kind.title for kind in COLLECTIVE_PICK_UP.usual),
        "copy_kept": "",
        "face": "",
        "told": "",
        "activated": "否",
        "signature": str(row["signature"] or _SIGNED.get(str(row["signing"]), "")),
        "actor": str(row["actor"]),
        "second": "",
        "seal": "",
        "remarks": "未发放，凭明细表签字发放",
    }


def _span(first: str, last: str) -> str:
    return first if first == last else f"{first} 至 {last}"


def _bytes(value: object) -> bytes:
    assert isinstance(value, bytes | memoryview)
    return bytes(value)
