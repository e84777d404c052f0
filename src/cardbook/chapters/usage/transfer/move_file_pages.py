"""The screens of lists of those who come or leave, as files (Art. 30)."""

from cardbook.chapters.usage.row_file_pages import FilePages
from cardbook.chapters.usage.transfer.move_files import FILES, LEAVERS, LONG, LONG_LEAVERS

MOVE_FILES = FilePages(
    files=FILES,
    long=LONG,
    name="move_file",
    lead="转出地或省里给的社会保障关系转入名单。",
    leads_to="move.in_list",
    leads_words="看转入名单",
)
LEAVER_FILES = FilePages(
    files=LEAVERS,
    long=LONG_LEAVERS,
    name="leaver_file",
    lead="社保经办给的社会保障关系转出名单；入账后逐人办理转出或继续使用，不会自动注销。",
    leads_to="move.out_list",
    leads_words="看转出待办",
)
