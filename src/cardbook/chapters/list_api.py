"""Lists by API: some rows at a time and how many there are; each list names its rows (Art. 14)."""

from typing import Annotated

from ninja import Query, Schema
from pydantic import Field

MOST = 200
Total = Annotated[int, Field(description="一共多少行")]


class _Part(Schema):
    """Which rows of a list are asked for."""

    q: str = Field("", max_length=40, description="与页面查找框相同；空为全部")
    first: int = Field(0, ge=0, le=1_000_000, description="从第几行起，第一行为 0")
    most: int = Field(50, ge=1, le=MOST, description=f"最多几行，至多 {MOST}")

    @property
    def rows(self) -> slice:
        """The part of a list, or of a query."""
        return slice(self.first, self.first + self.most)


Part = Annotated[_Part, Query()]
