"""Labels for boxes: ten to an A4 sheet, a big code and a QR a scanner reads (Art. 6, 20).

`pages.py` beside it prints them; `cardbook.registers.codes` reads the QR back.
"""

from collections.abc import Iterable
from datetime import date, datetime, time
from pathlib import Path

from cardbook.custody.models import Account
from cardbook.lib.clock import LOCAL
from cardbook.registers.codes import BOX, qr_svg, scan_code
from cardbook.registers.typesetting import typeset

_LAYOUT = Path(__file__).parent / "layouts" / "labels.typ"


def box_scan_code(box: Account) -> str:
    """This function will write what a box's QR says: its office's code and its own."""
    return scan_code(BOX, box.organization.code, box.code)


def labels_pdf(*, boxes: Iterable[Account], on: date) -> bytes:
    """This function will set the labels of the boxes, two by five on A4 (99.1 x 57 mm each).

    :raises ValueError: when there is no box.
    """
    labels = [
        {
            "code": box.code,
            "cabinet": box.cabinet,
            "shelf": box.shelf,
            "box": box.box,
            "label": box.label,
            "office": box.organization.name,
            "capacity": box.capacity,
            "qr": qr_svg(text := box_scan_code(box)),
            "scan": text,
        }
        for box in boxes
    ]
    if not labels:
        raise ValueError("没有要打印标签的盒")
    data = {"labels": labels, "on": on.isoformat()}
    return typeset(layout=_LAYOUT, data=data, at=datetime.combine(on, time.min, tzinfo=LOCAL))
