"""Letters for tests of adapters, about nobody."""

from datetime import UTC, date, datetime

from cardbook.ports.messages import Addressee, Letter, LiesAt, MadeCard, MessageKind

NUMBER = "999999198005170012"
GUARDIAN = ("李大山", "999999195001010018", "parent")


def letter(
    kind: MessageKind,
    *,
    order: int = 1,
    card: str = "B00000001",
    name: str = "王小明",
    number: str = NUMBER,
    phone: str = "13900000001",
    again: bool = False,
    facts: dict[str, object] | None = None,
    made: MadeCard | None = None,
    lies_at: LiesAt | None = None,
    never_used: bool = False,
    told_before: bool = False,
    guardian: tuple[str, str, str] = ("", "", ""),
) -> Letter:
    """One letter; `order` makes its reference, `guardian` has his name, number and relation."""
    return Letter(
        kind=kind,
        reference=f"{kind.value}/{order}",
        happened_at=datetime(2026, 11, 20, 4, 0, tzinfo=UTC),
        about=Addressee(
            name=name, number=number, number_kind="citizen", sex="1",
            born_on=date(1980, 5, 17), phone=phone, address="甲县城关镇",
            guardian_name=guardian[0], guardian_number=guardian[1],
            guardian_relation=guardian[2],
        ),
        card_number=card,
        bank="CCB",
        bank_account="6217000000000000001",
        made=made,
        lies_at=lies_at,
        never_used=never_used,
        told_before=told_before,
        office="611002",
        office_name="甲县人社局",
        clerk="窗口甲",
        facts=facts or {},
        again=again,
    )  # fmt: skip
