"""How much of a file we are willing to read, and why; no file may cost the office its server.

Serves receiving of manifests (Art. 6); kept by `archives.py`, `sheet_scan.py`, `text_tables.py`.
"""

MEGABYTE = 1024 * 1024

# A million manifest rows in GBK take about 150 MB; twice that and some room.
MAX_TEXT_BYTES = 512 * MEGABYTE
# 300,000 rows of 14 columns weigh 14 MB as XLSX and 99 MB unpacked.
MAX_WORKBOOK_BYTES = 128 * MEGABYTE
# 65,536 rows is all the old format can hold.
MAX_OLD_WORKBOOK_BYTES = 64 * MEGABYTE

# Records of an old workbook, a second or two per million: 65,536 rows of 60 columns.
MAX_OLD_RECORDS = 4_000_000

# Parts of an XLSX: one sheet or the shared strings, and all of them together.
MAX_PART_BYTES = 320 * MEGABYTE
MAX_UNPACKED_BYTES = 640 * MEGABYTE
# Sheets pack 5 to 20 times, formatted empty rows up to about 60 times, bombs 1,000 times.
MAX_RATIO = 150
RATIO_FREE_BYTES = 16 * MEGABYTE
# A workbook with a photo for each of 100 rows has about 250 parts.
MAX_PARTS = 3_000
# The small parts (list of sheets, relations) are read whole.
MAX_SMALL_PART_BYTES = 4 * MEGABYTE
# A tag of a sheet is a few dozen bytes, a text at most 32,767 characters; 2 MB of either is none.
MAX_TAG_BYTES = 2 * MEGABYTE

MAX_SHEETS = 100
MAX_COLUMNS = 1_024
# The library keeps 32 bytes for every cell of the rectangle around the data, empty or not;
# two cells in opposite corners would ask for 512 GB and abort the process.
MAX_SHEET_CELLS = 9_000_000
MAX_MERGED_RANGES = 100_000
# Cells with a format and nothing in them: six columns of 300,000 rows may be empty, frames drawn
# down to the last row of the sheet are not looked through.
MAX_BLANK_CELLS = 2_000_000
# How much of a workbook's sheets a page searches by patterns (300,000 rows), and how many tags it
# walks over one by one: a second or two of each. A worker goes on to the end.
MAX_BYTES_IN_REQUEST = 128 * MEGABYTE
MAX_TAGS_IN_REQUEST = 400_000
# What a page did not look through to its end counts as at least so long.
ROWS_FOR_A_WORKER = 10_000
# Errors and formulas without a result are remembered one by one.
MAX_ODD_CELLS = 200_000

MAX_LINE_BYTES = MEGABYTE
CHUNK_BYTES = MEGABYTE

# The header must be among the first rows that hold anything.
HEADER_REGION_ROWS = 20

# Rows of a sheet that a page looks at: titles, head, what would be left out, the preview.
HEAD_ROWS = 2_000

# A person says of these rows whether the file reads right.
PREVIEW_ROWS = 5

# The library that keeps the user's own formatting needs 2.8 KB a row of 14 columns, and an object
# for every cell of a merged range.
MAX_ROWS_KEPT_FORMATTED = 20_000
MAX_MERGED_CELLS_KEPT = 50_000
