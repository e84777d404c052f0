"""The screens of files of uses (Art. 23)."""

from cardbook.chapters.usage.row_file_pages import FilePages
from cardbook.chapters.usage.uses.use_files import FILES, LONG

USE_FILES = FilePages(
    files=FILES,
    long=LONG,
    name="use_file",
    lead="经办机构、医院或省平台给的用卡明细，只保存卡和时间，不保存持卡人信息。",
    leads_to="use.suspicious",
    leads_words="看可疑用卡",
)
