"""Small sheets the tests of registers print and freeze; no test of its own."""

from dataclasses import replace
from datetime import UTC, datetime

from cardbook.law.articles import art
from cardbook.orgs.models import Organization
from cardbook.registers.forms import Column, Form, Office, Sheet

AT = datetime(2026, 11, 20, 4, 0, tzinfo=UTC)
LONG_NAME = "阿不都热合曼·买买提艾力·阿卜杜拉·阿布都克里"
RARE_NAME = "䶮㛃𬭎𠮷"
NUMBER = "999999198005170017"

FORM = Form(
    code="test_form",
    prefix="CSBD",
    title="陕西省商洛市社会保障卡测试登记表",
    basis=(art(8, 4), art(12)),
    columns=(
        Column(key="order", title="序号", width=10, align="center"),
        Column(key="name", title="姓名", width=40),
        Column(key="number", title="社会保障号码", width=40, under=True),
        Column(key="count", title="张数", width=12, align="right"),
        Column(key="signature", title="签字", width=30, picture=True),
    ),
    signatures=("经办人", "复核人"),
    seal="发放机构（章）",
    note="测试用表。",
    blank_rows=1,
)
OFFICE = Office(id=1, code="T00001", name="甲县一号窗口", path="1.2.")


def row(
    order: int, *, name: str = "王小明", number: str = NUMBER, signature: str = ""
) -> tuple[str, ...]:
    """One entry."""
    return (str(order), name, number, "1", signature)


def sheet(*rows: tuple[str, ...], **changes: object) -> Sheet:
    """A sheet with these entries; `changes` is what a test makes different."""
    made = Sheet(
        form=FORM,
        office=OFFICE,
        covers="2026-11-20",
        rows=rows,
        totals=(("合计张数", str(len(rows))),),
        printed_by="窗口甲",
        printed_at=AT,
    )
    return replace(made, **changes)  # type: ignore[arg-type]


def office(organization: Organization) -> Office:
    """The office of a sheet that is to be issued."""
    return Office(
        id=organization.pk,
        code=organization.code,
        name=organization.name,
        path=organization.path,
    )
