"""The list of articles is whole, and only what exists can be cited."""

import pytest

from cardbook.law.articles import ARTICLES, Basis, art, article, chinese_number

# Counted by hand in the regulation: first article of each chapter, paragraphs, numbered items.
CHAPTER_STARTS = {1: 1, 2: 5, 3: 6, 4: 7, 5: 13, 6: 16, 7: 20, 8: 22, 9: 31, 10: 33}
PARAGRAPHS = {5: 3, 8: 4, 23: 2}
ITEMS = {21: 4, 32: 5}


def test_lists_all_34_in_order_with_their_chapters() -> None:
    assert list(ARTICLES) == list(range(1, 35))
    for number, entry in ARTICLES.items():
        chapter = max(one for one, start in CHAPTER_STARTS.items() if start <= number)
        assert (entry.number, entry.chapter) == (number, chapter)


@pytest.mark.parametrize("number", range(1, 35))
def test_every_article_says_something_and_whether_software_acts(number: int) -> None:
    entry = article(number)
    assert entry.title
    assert entry.sentences
    assert all(entry.sentences)
    assert entry.needs_software or len(entry.software) > 10
    assert entry.paragraphs == PARAGRAPHS.get(number, 1)
    assert entry.items == ITEMS.get(number, 0)
    assert len(entry.sentences) >= max(entry.paragraphs, entry.items)


@pytest.mark.parametrize(
    ("basis", "label"),
    [
        (art(8, 4), "第八条第四款"),
        (art(21), "第二十一条"),
        (art(10), "第十条"),
        (art(11), "第十一条"),
        (art(20), "第二十条"),
        (art(34), "第三十四条"),
        (art(32, item=3), "第三十二条第三项"),
    ],
)
def test_cites_as_statutes_do(basis: Basis, label: str) -> None:
    assert basis.label == label
    assert str(basis) == label


def test_refuses_what_the_regulation_does_not_have() -> None:
    for number in (0, 35):
        with pytest.raises(KeyError):
            art(number)
    for paragraph in (0, 5):
        with pytest.raises(ValueError, match="4 paragraphs"):
            art(8, paragraph)
    with pytest.raises(ValueError, match="5 items"):
        art(32, item=6)
    with pytest.raises(ValueError, match="0 items"):
        art(8, item=1)


def test_numbers_in_words() -> None:
    assert [chinese_number(n) for n in (1, 9, 10, 19, 20, 21, 99)] == [
        "一", "九", "十", "十九", "二十", "二十一", "九十九",
    ]  # fmt: skip
    with pytest.raises(ValueError, match="1 to 99"):
        chinese_number(100)
