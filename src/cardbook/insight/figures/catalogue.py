"""The figures by name, in the order of the regulation; a view's own comment says what it counts.

One row of a view is one thing counted, so a number is `count(*)` and its list is the same rows.
"""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """One figure. `code` names its view, its SQL file and its address."""

    code: str
    title: str
    unit: str
    basis: str
    alarming: bool = False

    @property
    def view(self) -> str:
        """The name of its view in the database."""
        return f"figures_{self.code}"


# The order of the page; insight's migrations make the views, a test holds the two together.
FIGURES: tuple[Figure, ...] = (
    Figure(code="registered", title="登记入账", unit="张", basis="第六条"),
    Figure(code="received", title="已接收", unit="张", basis="第六条"),
    Figure(code="in_transit", title="在途", unit="张", basis="第六条"),
    Figure(code="in_custody", title="在库", unit="张", basis="第二十条"),
    Figure(code="issued", title="已发放", unit="张", basis="第八条"),
    Figure(code="defective", title="质量问题", unit="张", basis="第九条", alarming=True),
    Figure(code="missing", title="下落不明", unit="张", basis="第二十条", alarming=True),
    Figure(code="differences", title="短少未说明", unit="张", basis="第六条", alarming=True),
    Figure(
        code="handed_short",
        title="下发短少",
        unit="张",
        basis="第六条、第八条第一款",
        alarming=True,
    ),
    Figure(
        code="claims_open",
        title="期初差异",
        unit="条",
        basis="第六条、第二十条",
        alarming=True,
    ),
    Figure(code="replacements", title="补换办理中", unit="件", basis="第九条、第二十五条"),
    Figure(code="stranded", title="滞留", unit="张", basis="第十六条", alarming=True),
    Figure(code="issue_time", title="领发间隔", unit="张", basis="第一条"),
)

BY_CODE: Mapping[str, Figure] = {figure.code: figure for figure in FIGURES}
