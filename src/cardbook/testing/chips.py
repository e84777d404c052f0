"""A reader with a card in it, for tests: what it types is made of what the chip is to say."""


def record(tag: int, value: bytes) -> str:
    """One record in hex: tag, length, value."""
    return f"{tag:02X}{len(value):02X}{value.hex()}"


def answer_of_issue(*, card_number: str, version: str = "2.00") -> str:
    """EF05 as a card of the second generation answers: which card it is, from when to when."""
    said = (
        record(0x03, version.encode()), "050420200105", "060420300105",
        record(0x07, card_number.encode()), "9000",
    )  # fmt: skip
    return "".join(said)


def answer_of_holder(*, name: str, number: str) -> str:
    """EF06 as a card of the second generation answers: padded, the name in two fields."""
    called = name.encode("gb18030").ljust(50, b"\x00")
    said = (
        record(0x08, number.encode()), record(0x09, called[:30]), record(0x4E, called[30:]),
        record(0x0A, b"2"), "0B0101", "0C03611000", "0D0419860308", "9000",
    )  # fmt: skip
    return "".join(said)


def answer_of_card(*, card_number: str, name: str, number: str) -> str:
    """Both files, one after the other, as a reader types them."""
    return answer_of_issue(card_number=card_number) + answer_of_holder(name=name, number=number)
