"""What a clerk types to read a sheet back (Art. 8 para. 3)."""

import pytest

from cardbook.chapters.issuance.collective.ticks import read_ticks
from cardbook.lib.plain import InputError

pytestmark = pytest.mark.article(8, 3)


def marks(text: str, *, last: int = 10, decided: tuple[int, ...] = ()) -> dict[int, str]:
    undecided = {row for row in range(1, last + 1) if row not in decided}
    found: dict[int, str] = {}
    for tick in read_ticks(text, last=last, undecided=undecided):
        for row in tick.rows:
            found[row] = " ".join(
                part for part in (tick.mark.result, tick.mark.signer, tick.mark.reason) if part
            )
    return found


def test_ranges_and_single_rows_are_signed_by_the_holder() -> None:
    assert marks("1-3,5") == dict.fromkeys((1, 2, 3, 5), "signed holder")


@pytest.mark.article(11)
def test_who_lives_on_his_own_work_signs_himself() -> None:
    (tick,) = read_ticks("4=s", last=10, undecided={4})
    assert (tick.mark.signer, tick.mark.self_supporting) == ("holder", True)
    (other,) = read_ticks("4=b", last=10, undecided={4})
    assert (other.mark.signer, other.mark.self_supporting) == ("holder", False)


def test_full_width_marks_of_an_input_method_are_read_too() -> None:
    assert marks("１－２，４；５＝Ｄ") == marks("1-2,4;5=d")


@pytest.mark.parametrize("line", ["除7,9", "!7,9", "all but 7,9", "除 7、9"])
def test_all_but_leaves_out_what_is_named_and_what_is_decided(line: str) -> None:
    assert sorted(marks(line, decided=(1,))) == [2, 3, 4, 5, 6, 8, 10]


def test_a_row_with_its_own_mark_is_not_among_all_but() -> None:
    found = marks("除;7=1;9=3t;10=c")
    assert found[7] == "open away" and found[9] == "returned dead" and found[10] == "wrong"
    assert found[8] == "signed holder" and len(found) == 10


@pytest.mark.parametrize(
    ("line", "code"),
    [("", "empty"), ("0", "rows"), ("11", "rows"), ("5-3", "rows"), ("a", "rows"),
     ("1=8", "mark"), ("1=bt", "mark"), ("=1", "rows")],
)  # fmt: skip
def test_what_cannot_be_is_refused_with_a_sentence(line: str, code: str) -> None:
    with pytest.raises(InputError) as refused:
        marks(line)
    assert refused.value.code == code
