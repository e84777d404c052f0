"""Turns rows of a manifest into sealed rows for the staging table, and problems (Art. 6; PIPL 51).

Runs in helper processes (`imports/pool.py`): no database, no settings. `layouts.py` reads single
cells; what one row alone cannot tell is asked in sql/check_manifest.sql.
"""

import re
import unicodedata
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from cardbook.chapters.intake.account_keys import account_key
from cardbook.chapters.intake.receive.layouts import LOOSE_BOX, Packing, manifest_layout
from cardbook.imports import copying as pg
from cardbook.imports.columns import NO_DATA, RowProblem, RowReader
from cardbook.imports.reading import Cell, Row
from cardbook.law.divisions import CITY_NAME
from cardbook.lib.citizen_number import Parsed, mismatches
from cardbook.people.bulk import ADDRESS, BANK, NAME, NUMBER, PHONE, BulkVault

# The columns of the staging table in the order in which `_Sealing` writes them.
COLUMNS = (
    "file_id", "row", "card_number", "number_kind", "number_sealed", "number_index",
    "name_sealed", "name_key", "phone_sealed", "phone_index", "address_sealed", "search_keys",
    "sex", "born_on", "batch_code", "box_code", "packing", "bank_name", "bank_account_sealed",
    "bank_last4", "group", "unit_code", "unit_name", "town_name", "village", "county_name",
    "maker", "account_key", "noted",
)  # fmt: skip
_TOWN_ENDINGS = ("街道办事处", "街道办", "街道", "镇")
_VILLAGE = re.compile(r"(?:镇|街道|街道办事处)([^0-9\s]{1,20}?(?:村|社区))")
_MOST_REMEMBERED = 20_000
_MOST_LISTED = 10
# Rows as they travel, by the fields of a `Row`, which takes three times as long to pickle.
PlainRow = tuple[int, tuple[Cell, ...], bool, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What the receiving county knows of itself: names of counties, towns and banks."""

    county: str
    other_counties: tuple[str, ...]
    towns: dict[str, str]
    banks: dict[str, str]

    @property
    def bank_names(self) -> tuple[str, ...]:
        """The banks a manifest may name, each once."""
        return tuple(dict.fromkeys(self.banks.values()))

    def is_elsewhere(self, text: str) -> bool:
        """Whether a text names another county of the city, or another city."""
        if self.county in text:
            return False
        other_city = text.endswith("市") and CITY_NAME not in text
        return other_city or any(name in text for name in self.other_counties)


def spelled(name: str) -> str:
    """This function will give a name as it is compared: no spaces, brackets of one width."""
    return "".join(unicodedata.normalize("NFKC", name).split())


def bare_town(name: str) -> str:
    """This function will take 镇 or 街道 off a town's name, as people leave it out."""
    for ending in _TOWN_ENDINGS:
        if name.endswith(ending) and len(name) > len(ending) + 1:
            return name.removesuffix(ending)
    return name


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """All that a helper needs to know of a file; it goes through a pipe, keys and all."""

    file_id: int
    today: date
    mapping: Mapping[str, int]
    width: int
    preamble: Mapping[str, str]
    around: Surroundings
    keys: Mapping[int, bytes] = field(repr=False)
    index_key: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Worked:
    """What came of a chunk: rows for COPY, how many of which kind, and everything found."""

    staged: bytes
    rows: int
    error_rows: int
    problems: list[RowProblem]
    batches: Counter[str]
    notes: Counter[str]


class RowWork:
    """Works on chunks of rows of one file; made once in each process."""

    def __init__(self, task: Task) -> None:
        """Prepare layout, ciphers and memories."""
        self._reader = RowReader(manifest_layout(today=task.today), task.mapping, width=task.width)
        self._preamble = task.preamble
        self._around = task.around
        self._elsewhere: dict[str, bool] = {}
        self._banks: dict[str, str] = {}
        self._sealing = _Sealing(task)

    def __call__(self, rows: Sequence[PlainRow]) -> Worked:
        """Read, check and seal."""
        staged: list[bytes] = []
        problems: list[RowProblem] = []
        batches: Counter[str] = Counter()
        notes: Counter[str] = Counter()
        for plain in rows:
            row = Row(*plain)
            values, found = self._reader(row)
            batch = self._batch_of(values)
            batches[batch] += 1
            if not batch and not any(_says_of_batch(problem) for problem in found):
                found.append(_no_batch(row))
            found += self._misplaced(values, row)
            found += self._of_no_bank(values, row)
            if isinstance(values.get("number"), Parsed):
                found += _mismatched(values, row)
            problems += found
            if any(problem.is_error for problem in found):
                continue
            self._note_town(values, notes)
            staged.append(self._sealing(values, row=row.number, batch=batch, noted=bool(found)))
        errors = len(rows) - len(staged)
        return Worked(b"".join(staged), len(rows), errors, problems, batches, notes)

    def _batch_of(self, values: dict[str, object]) -> str:
        packing = values.get("packing")
        batch = (
            _text(values, "batch")
            or (packing.batch if isinstance(packing, Packing) else "")
            or self._preamble.get("批次号", "")
            or self._preamble.get("批次", "")
        )
        return batch[:40]

    def _misplaced(self, values: dict[str, object], row: Row) -> Iterator[RowProblem]:
        for name, title in (("city", "所属城市"), ("office", "经办机构")):
            text = _text(values, name)
            if text and self._is_elsewhere(text):
                yield RowProblem(
                    row=row.number, title=title, code="other_county",
                    sentence=f"{title}是“{text}”，不是{self._around.county}",
                    remedy="错发的卡请退回市局信息中心调拨，不要在本县区登记",
                )  # fmt: skip
                return

    def _is_elsewhere(self, text: str) -> bool:
        found = self._elsewhere.get(text)
        if found is None:
            found = self._around.is_elsewhere(text)
            if len(self._elsewhere) < _MOST_REMEMBERED:
                self._elsewhere[text] = found
        return found

    def _of_no_bank(self, values: dict[str, object], row: Row) -> Iterator[RowProblem]:
        """A card of an unknown bank belongs to no teller: nobody would be told (Art. 22)."""
        text = _text(values, "bank") or self._preamble.get("银行", "")
        if not text:
            return
        name = self._banks.get(text)
        if name is None:
            name = self._around.banks.get(spelled(text), "")
            if len(self._banks) < _MOST_REMEMBERED:
                self._banks[text] = name
        if name:
            values["bank"] = name
        else:
            yield _unknown_bank(text, row, known=self._around.bank_names)

    def _note_town(self, values: dict[str, object], notes: Counter[str]) -> None:
        town = _text(values, "town")
        if town and town not in self._around.towns:
            notes[f"镇街“{town[:40]}”不在{self._around.county}，归入“未填镇街”"] += 1


def _unknown_bank(text: str, row: Row, *, known: Sequence[str]) -> RowProblem:
    listed = "、".join(name[:20] for name in known[:_MOST_LISTED])
    more = f"等 {len(known)} 家" if len(known) > _MOST_LISTED else ""
    says = f"已登记的有：{listed}{more}。请改为其中的名称" if known else "台账还没有登记银行"
    return RowProblem(
        row=row.number, title="所属银行", code="unknown_bank",
        sentence=f"银行“{text[:40]}”没有登记",
        remedy=f"{says}；确是合作银行的，请系统管理员先在“机构”登记，再重新检查",
    )  # fmt: skip


def _says_of_batch(problem: RowProblem) -> bool:
    return problem.title == "批次号" or problem.code in {"cell_struck", NO_DATA}


def _no_batch(row: Row) -> RowProblem:
    return RowProblem(
        row=row.number, title="批次号", code="missing", sentence="批次号为空",
        remedy="请补填，或在表头上方写一行“批次号：…”",
    )  # fmt: skip


def _mismatched(values: dict[str, object], row: Row) -> Iterator[RowProblem]:
    parsed, born_on, sex = values["number"], values.get("born_on"), _text(values, "sex")
    assert isinstance(parsed, Parsed)
    if not born_on and not sex:
        return
    said = mismatches(
        parsed, born_on=born_on if isinstance(born_on, date) else None, sex=sex or None
    )
    for sentence in said:
        yield RowProblem(
            row=row.number, title="社会保障号码", code="mismatch", sentence=sentence,
            remedy="可以登记；发放时请对照身份证，确有错误按信息错误办理", is_error=False,
        )  # fmt: skip


def _text(values: dict[str, object], name: str) -> str:
    found = values.get(name, "")
    return found if isinstance(found, str) else ""


class _Sealing:
    """Writes a row of the staging table: what is personal sealed, what finds it blind."""

    def __init__(self, task: Task) -> None:
        self._vault = BulkVault(keys=task.keys, index_key=task.index_key)
        self._number, self._name, self._phone, self._address, self._bank = (
            self._vault.sealer(context) for context in (NUMBER, NAME, PHONE, ADDRESS, BANK)
        )
        self._towns = task.around.towns
        self._texts = pg.Texts()
        self._start = pg.row_start(len(COLUMNS)) + pg.int8(task.file_id)
        self._county = pg.text(task.around.county)
        self._maker_above = task.preamble.get("卡商", "")[:100]

    def __call__(self, values: dict[str, object], *, row: int, batch: str, noted: bool) -> bytes:
        parsed, name = values["number"], _text(values, "name")
        assert isinstance(parsed, Parsed)
        phone, address = _text(values, "phone"), _text(values, "address")
        account = _text(values, "bank_number")
        packing = values.get("packing")
        place = packing if isinstance(packing, Packing) else Packing("", "", LOOSE_BOX)
        town, village = self._residence(values, address)
        texts, vault = self._texts, self._vault
        return b"".join((
            self._start,
            pg.int4(row),
            pg.text(_text(values, "card_number")),
            texts(str(parsed.kind)),
            pg.binary(self._number(parsed.number.encode())),
            pg.binary(vault.number_index(parsed.number)),
            pg.binary(self._name(name.encode())),
            pg.int8(vault.name_key(name)),
            pg.binary(self._phone(phone.encode())) if phone else pg.NULL,
            pg.binary(vault.phone_index(phone)) if phone else pg.NULL,
            pg.binary(self._address(address.encode())) if address else pg.NULL,
            pg.int8_array(vault.search_keys(name=name, number=parsed.number)),
            texts(str(parsed.sex)),
            pg.day(parsed.born_on),
            texts(batch),
            texts(place.box),
            pg.text(place.text),
            texts(_text(values, "bank")),
            pg.binary(self._bank(account.encode())) if account else pg.NULL,
            pg.text(account[-4:]),
            texts(_group(values)),
            texts(_text(values, "unit_code")),
            texts(_text(values, "unit_name")),
            texts(town),
            texts(village),
            self._county,
            texts(_text(values, "maker") or self._maker_above),
            pg.int8(account_key(account, index=vault.number_index)) if account else pg.NULL,
            pg.boolean(noted),
        ))  # fmt: skip

    def _residence(self, values: dict[str, object], address: str) -> tuple[str, str]:
        """Town and village as columns say, else as read from the address; never by the number."""
        town = self._towns.get(_text(values, "town"), "")
        village = _text(values, "village")
        if not town and address:
            town = next((name for name in self._towns.values() if name in address), "")
        if not village and address:
            found = _VILLAGE.search(address)
            village = found[1] if found else ""
        return town, village[:60]


def _group(values: dict[str, object]) -> str:
    """Files without a column for it: whoever has an employer is an employee (Art. 8 para. 1)."""
    given = _text(values, "group")
    return given or ("employee" if _text(values, "unit_name") else "resident")
