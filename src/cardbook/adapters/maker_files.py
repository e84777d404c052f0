"""Writes what leaves for maker and bank: F4 with its photos, F5 (domain.md 3.2, Art. 25)."""

from collections.abc import Sequence

from cardbook.adapters.files.factory import write_order as write_task
from cardbook.adapters.files.fixed import RowsRefused, encode
from cardbook.adapters.files.layouts import ACCOUNTS
from cardbook.adapters.files.piped import Task
from cardbook.adapters.persons import person_row
from cardbook.ports.maker_files import (
    AccountRow,
    MakerOrder,
    MakerRow,
    OrderRefused,
    Trouble,
    WrittenFile,
)

_SPECIFICATION = "3.00"
# 卡的类别, as makers' files and chips write it (domain.md 4.3).
_CARD_TYPE = "3"


def write_order(order: MakerOrder) -> tuple[WrittenFile, WrittenFile]:
    """This function will write the rows of a task and the archive of their photos.

    :raises OrderRefused: naming rows without a photo and what does not fit.
    """
    rows = tuple(
        _maker_row(order, row, place=place) for place, row in enumerate(order.rows, start=1)
    )
    task = Task(
        {
            "task_id": order.task, "card_type": _CARD_TYPE, "bank_id": order.bank,
            "serid": order.office, "sname": order.office_name,
        },
        rows,
    )  # fmt: skip
    photos = {row.about.number: row.photo for row in order.rows if row.photo}
    try:
        content, archive = write_task([task], photos)
    except RowsRefused as refused:
        raise _named(refused) from None
    return (
        WrittenFile(f"{order.task}.txt", content),
        WrittenFile(f"{order.task}_photos.zip", archive),
    )


def _named(refused: RowsRefused) -> OrderRefused:
    return OrderRefused(
        [Trouble(one.row, f"“{one.field}”：{one.sentence}") for one in refused.troubles]
    )


def _maker_row(order: MakerOrder, row: MakerRow, *, place: int) -> dict[str, str]:
    person = person_row(row.about)
    return {
        "task_id": order.task,
        "data_seq": f"{place:06d}",
        # The maker returns it: the answer names the order and not only the person.
        "client_id": row.order,
        "department": row.about.unit,
        "card_no": row.card_number,
        "card_type": _CARD_TYPE,
        "version": _SPECIFICATION,
        "org_code": order.office,
        "cardissuedate": f"{order.made_on:%Y%m%d}",
        "ssseef0506": f"{order.valid_until:%Y%m%d}",
        "ssseef0507": row.card_number,
        "cert_no": row.about.number,
        "name": person["name"],
        "sex": person["sex"],
        "nation": person["nation"],
        "birthplace": person["birthplace"],
        "birthday": person["born_on"],
    }


def write_accounts(rows: Sequence[AccountRow], *, name: str) -> WrittenFile:
    """This function will write cards beside their accounts, 484 bytes each.

    :raises OrderRefused: naming every row and field that does not fit.
    """
    try:
        content = encode(
            ACCOUNTS,
            [
                {
                    **person_row(row.about), "card": row.made.number,
                    "account": row.made.account, "voucher": row.made.voucher,
                }
                for row in rows
            ],
        )  # fmt: skip
    except RowsRefused as refused:
        raise _named(refused) from None
    return WrittenFile(name, content)
