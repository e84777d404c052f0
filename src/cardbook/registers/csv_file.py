"""A sheet as CSV, for the program of whoever gets it: the heads, then the rows (I8).

Text never is a formula; a picture in a cell is said in words.
"""

import csv
import io

from cardbook.lib.plain import inert
from cardbook.registers.forms import Sheet


def sheet_as_csv(sheet: Sheet) -> bytes:
    """This function will write a sheet's rows under their titles, as UTF-8 with its mark."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow([column.title for column in sheet.form.columns])
    for row in sheet.rows:
        shown = ("屏幕签字" if cell in sheet.pictures else cell for cell in row)
        writer.writerow([inert(cell) for cell in shown])
    return text.getvalue().encode("utf-8-sig")
