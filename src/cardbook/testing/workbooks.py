"""What an exported workbook says, for tests of lists and registers."""

import io

from openpyxl import load_workbook


def cells_of(content: bytes) -> list[str]:
    """This function will return a workbook's first sheet cell by cell, without empty ones."""
    sheet = load_workbook(io.BytesIO(content)).active
    assert sheet is not None
    return [str(cell.value) for row in sheet.iter_rows() for cell in row if cell.value]
