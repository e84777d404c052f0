"""The generated page of trust: every row with the tests that prove it, or why none does."""

from collections.abc import Iterator, Mapping

from cardbook.insight.markdown import page, table
from cardbook.insight.marks import SOAK_FACTOR, TrustTest
from cardbook.insight.trust import TrustRow, claims, trust_groups, trust_rows


def trust_page() -> str:
    """This function will write the list of trust from its rows and the marks of the tests."""
    rows, tests = trust_rows(), claims()
    proven = sum(1 for id_ in rows if id_ in tests)
    return page(
        "可信清单",
        "糟糕的情形、应有的结果，以及证明它的测试；不能在这里证明的写明原因。"
        f"共 {len(rows)} 行，{proven} 行有测试。每一组测试之后账实规则（N1–N6）都应相符。",
        "抢办的测试写明轮数：前一个数是 `make test` 和 `make long`，后一个数是 `make soak`。",
        *(
            f"## {letter} {title}\n\n"
            + _group([r for r in rows.values() if r.group == letter], tests)
            for letter, title in trust_groups().items()
        ),
    )


def _group(rows: list[TrustRow], tests: Mapping[str, tuple[TrustTest, ...]]) -> str:
    return table(
        ("行", "情形", "应有的结果", "测试"),
        (
            (row.id, row.when, row.then, "\n".join(_proof(row, tests.get(row.id, ()))))
            for row in rows
        ),
    )


def _proof(row: TrustRow, tests: tuple[TrustTest, ...]) -> Iterator[str]:
    by_file: dict[str, list[TrustTest]] = {}
    for test in tests:
        by_file.setdefault(test.file, []).append(test)
    for file, found in by_file.items():
        shown = "、".join(f"`{test.name}`{_rounds(test)}" for test in found)
        yield f"[{file.rsplit('/', 1)[-1]}](../../{file})：{shown}"
    if row.open:
        yield f"尚未证明：{row.open}" if tests else f"没有测试：{row.open}"


def _rounds(test: TrustTest) -> str:
    return f"（{test.rounds} / {test.rounds * SOAK_FACTOR} 轮）" if test.rounds else ""
