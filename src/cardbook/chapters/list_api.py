"""Lists by API: some rows at a time and how many there are; each list names its rows (Art. 14)."""

from typing import Annotated

from django.http import HttpRequest
from ninja import Query, Schema
from pydantic import Field

from cardbook.chapters.api import Mistake, Trouble

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


def refuse_unknown(request: HttpRequest, *more: str) -> None:
    """This function will let nothing pass that the list does not know, `more` besides its part.

    A filter that is misspelt would show everything, and nobody would notice.

    :raises Trouble: 422, naming every one.
    """
    known = {*_Part.model_fields, *more}
    wrong = [
        Mistake(
            code="INPUT_WRONG", detail="没有这个参数。", field=name[:40],
            way_out="请照 /api/v1/openapi.json 的说明修改后重新提交。",
        )
        for name in request.GET
        if name not in known
    ]  # fmt: skip
    if wrong:
        raise Trouble(422, wrong)
