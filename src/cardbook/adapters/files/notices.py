"""Notices to a bank that a social function was stopped, given back, cancelled (Art. 22, 28 to 30).

The sources describe no file for them (domain.md 3.2 has orders only): this one is our own, in the
manner of F4, and has to be agreed on with each bank. GBK, pipes, the count in the head.
"""

from collections.abc import Iterator, Mapping, Sequence

from cardbook.adapters.files.fixed import ENCODING, FileRefused
from cardbook.lib.clock import LOCAL
from cardbook.ports.messages import Answer, Letter, Outcome, Told

TAG, ANSWER_TAG = b"TZ|", b"HZ|"
COLUMNS = ("流水号", "事项", "社保卡号", "姓名", "证件号码", "发生时间", "经办机构")
ANSWER_COLUMNS = ("流水号", "结果", "说明", "银行流水号")
OUTCOMES: Mapping[str, Outcome] = {
    "00": Outcome.DONE,
    "01": Outcome.ALREADY_SO,
    "99": Outcome.REFUSED,
}


def encode(letters: Sequence[Letter]) -> bytes:
    """This function will write notices; what GBK does not have is written as a question mark.

    The card's number says which card is meant: a rare name must not hold up a stop.
    """
    lines = [
        "|".join(
            (
                letter.reference,
                letter.kind.operation,
                letter.card_number,
                letter.about.name,
                letter.about.number,
                f"{letter.happened_at.astimezone(LOCAL):%Y%m%d%H%M%S}",
                letter.office,
            )
        )
        for letter in letters
    ]
    return write_rows(TAG, lines)


def decode(content: bytes) -> list[dict[str, str]]:
    """This function will read notices, as a bank does.

    :raises FileRefused: when the file is cut or not of this kind.
    """
    return list(read_rows(content, TAG, COLUMNS))


def encode_answers(rows: Sequence[tuple[str, str, str, str]]) -> bytes:
    """This function will write answers, as a bank does."""
    return write_rows(ANSWER_TAG, ["|".join(row) for row in rows])


def decode_answers(content: bytes) -> Iterator[Told]:
    """This function will read a bank's answers, all or nothing.

    :raises FileRefused: when the file is cut, not of this kind, or holds a code nobody agreed on.
    """
    for row in list(read_rows(content, ANSWER_TAG, ANSWER_COLUMNS)):
        if row["结果"] not in OUTCOMES:
            raise FileRefused(f"结果代码“{row['结果']}”未约定，整份未读入")
        answer = Answer(
            outcome=OUTCOMES[row["结果"]],
            code=row["结果"],
            words=row["说明"],
            reference=row["银行流水号"],
        )
        yield Told(row["流水号"], answer)


def write_rows(tag: bytes, lines: Sequence[str]) -> bytes:
    """This function will write lines below a head that says what they are and how many."""
    clean = [line.replace("\n", " ").replace("\r", " ") for line in lines]
    body = "".join(f"{line}\n" for line in clean).encode(ENCODING, "replace")
    return tag + f"{len(lines)}|\n".encode() + body


def read_rows(content: bytes, tag: bytes, columns: Sequence[str]) -> Iterator[dict[str, str]]:
    """This function will read lines whose head says the same, as `columns` name their parts.

    :raises FileRefused: when the file is cut, miscounted, no GBK or of another kind.
    """
    try:
        head, *lines = content.decode(ENCODING).splitlines()
    except (UnicodeDecodeError, ValueError):
        raise FileRefused("文件不是 GBK 编码，整份未读入，请重新传送") from None
    if not content.startswith(tag) or not content.endswith(b"\n"):
        raise FileRefused("文件不完整或不是约定的文件，整份未读入，请重新传送")
    count = head.split("|")[1]
    if count != str(len(lines)):
        raise FileRefused(f"文件头写明 {count} 条，实有 {len(lines)} 条，整份未读入，请重新传送")
    for number, line in enumerate(lines, start=1):
        parts = line.split("|")
        # Who ends the head with a pipe may end every line with one.
        if len(parts) == len(columns) + 1 and not parts[-1]:
            parts.pop()
        if len(parts) != len(columns):
            raise FileRefused(
                f"第 {number} 条有 {len(parts)} 列，应为 {len(columns)} 列"
                f"（{'、'.join(columns)}），整份未读入，请重新传送"
            )
        yield dict(zip(columns, parts, strict=True))
