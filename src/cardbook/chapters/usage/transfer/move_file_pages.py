"""The screens of lists of those who come, as files (Art. 30)."""

from cardbook.chapters.usage.row_file_pages import FilePages
from cardbook.chapters.usage.transfer.move_files import FILES, LONG

MOVE_FILES = FilePages(
    files=FILES,
    long=LONG,
    name="move_file",
    lead="转出地或省里给的社会保障关系转入名单。",
    leads_to="move.in_list",
    leads_words="看转入名单",
)
