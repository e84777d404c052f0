"""What a bank says of its half of cards: enabled, stopped, closed, and when (Art. 22, 28, 29).

The sources describe no file for it (domain.md 3.2): this one is our own, in the manner of the
notices beside it, and has to be agreed on with each bank. Codes are those of the bank's files.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime

from cardbook.adapters.codes import FILES
from cardbook.adapters.files.notices import read_rows, write_rows
from cardbook.lib.clock import LOCAL
from cardbook.ports.bank_sheets import HalfRow
from cardbook.ports.standings import CodeUnknown, Standing

TAG = b"ZT|"
TITLE = "金融功能状态回报"
COLUMNS = ("社保卡号", "状态", "办理时间", "网点", "银行流水号")


def encode(rows: Sequence[tuple[str, Standing, datetime, str, str]]) -> bytes:
    """This function will write a report, as a bank does."""
    return write_rows(
        TAG,
        [
            "|".join(
                (
                    card,
                    FILES.theirs(standing),
                    f"{at.astimezone(LOCAL):%Y%m%d%H%M%S}",
                    outlet,
                    reference,
                )
            )
            for card, standing, at, outlet, reference in rows
        ],
    )


def decode(content: bytes) -> Iterator[HalfRow]:
    """This function will read a report; what one row says wrong is that row's trouble alone.

    :raises FileRefused: when the file is cut or not of this kind.
    """
    for number, row in enumerate(list(read_rows(content, TAG, COLUMNS)), start=1):
        card, reference = row["社保卡号"].strip().upper(), row["银行流水号"].strip()
        try:
            standing = FILES.ours(row["状态"].strip())
            at = datetime.strptime(row["办理时间"].strip(), "%Y%m%d%H%M%S").replace(tzinfo=LOCAL)
        except CodeUnknown as problem:
            yield HalfRow(row=number, card_number=card, trouble=f"{problem}")
        except ValueError:
            said = f"办理时间“{row['办理时间'][:20]}”应为十四位年月日时分秒"
            yield HalfRow(row=number, card_number=card, trouble=said)
        else:
            yield HalfRow(
                row=number, card_number=card, standing=standing, at=at, reference=reference[:40]
            )
