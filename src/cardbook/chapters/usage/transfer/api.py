"""Moved relations and stopped cards, by API (Art. 30, 31)."""

from cardbook.chapters.usage.act_api import Call, Target, acts_on
from cardbook.chapters.usage.row_file_api import rows_router
from cardbook.chapters.usage.transfer.commands import end_relation, record
from cardbook.chapters.usage.transfer.forms import (
    EndForm,
    EndUnissuedForm,
    FreezeForm,
    KeepForm,
    UnfreezeForm,
    ask_about_unfetched,
)
from cardbook.chapters.usage.transfer.move_files import FILES, LEAVERS

ROUTER = acts_on(
    Target(),
    Call(form=EndForm, do=end_relation, prepare=ask_about_unfetched),
    Call(form=EndUnissuedForm, do=end_relation),
    Call(form=KeepForm, do=record),
    Call(form=FreezeForm, do=record),
    Call(form=UnfreezeForm, do=record),
)
INCOMING = rows_router(FILES, path="/transfers-in", tag="转入名单")
OUTGOING = rows_router(LEAVERS, path="/transfers-out", tag="转出名单")
