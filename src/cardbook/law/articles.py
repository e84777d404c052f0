"""The 34 articles: chapter, our own title and one-line summaries, and typed references to them.

The wording is ours, for screens and indexes; the regulation itself is the only authority.
"""

from dataclasses import dataclass

from cardbook.law.article_data import ROWS

EDITION = "商洛-2014"
_DIGITS = "零一二三四五六七八九"


def chinese_number(number: int) -> str:
    """This function will write 1 to 99 the way statutes do: 4 -> 四, 10 -> 十, 28 -> 二十八.

    :raises ValueError: when the number is outside 1 to 99.
    """
    if not 1 <= number <= 99:
        raise ValueError("only 1 to 99 are written out")
    tens, ones = divmod(number, 10)
    head = "" if tens == 0 else "十" if tens == 1 else _DIGITS[tens] + "十"
    return head + (_DIGITS[ones] if ones else "")


@dataclass(frozen=True, slots=True)
class Basis:
    """The ground of an act: an article, and where it helps its paragraph (款) and item (项)."""

    article: int
    paragraph: int | None = None
    item: int | None = None

    @property
    def label(self) -> str:
        """As cited on screens and forms: 第八条第四款, 第三十二条第三项."""
        written = f"第{chinese_number(self.article)}条"
        if self.paragraph is not None:
            written += f"第{chinese_number(self.paragraph)}款"
        if self.item is not None:
            written += f"第{chinese_number(self.item)}项"
        return written

    def __str__(self) -> str:
        """The same words."""
        return self.label


@dataclass(frozen=True, slots=True, kw_only=True)
class Article:
    """One article. `paragraphs` and `items` say what can be cited in it.

    `software` is `acts` when the house acts on it, `pages` when what it orders is kept and shown
    without an act on any card, else the reason why none is needed.
    """

    number: int
    chapter: int
    chapter_title: str
    title: str
    sentences: tuple[str, ...]
    paragraphs: int = 1
    items: int = 0
    software: str = "acts"

    @property
    def needs_software(self) -> bool:
        """Whether there is something to build for it."""
        return self.software in ("acts", "pages")

    @property
    def label(self) -> str:
        """第八条."""
        return f"第{chinese_number(self.number)}条"

    @property
    def chapter_label(self) -> str:
        """第四章 社保卡发放."""
        return f"第{chinese_number(self.chapter)}章 {self.chapter_title}"


def _articles() -> dict[int, Article]:
    found: dict[int, Article] = {}
    for row in ROWS:
        if row["number"] in found:
            raise ValueError(f"article {row['number']} is listed twice")
        found[row["number"]] = Article(**row)
    if list(found) != list(range(1, 35)):
        raise ValueError("the regulation has articles 1 to 34, in order")
    return found


ARTICLES: dict[int, Article] = _articles()


def article(number: int) -> Article:
    """This function will return an article.

    :raises KeyError: when the regulation has no such article.
    """
    return ARTICLES[number]


def art(number: int, paragraph: int | None = None, *, item: int | None = None) -> Basis:
    """This function will cite an article: `art(8, 4)`, `art(32, item=3)`.

    :raises KeyError: when the regulation has no such article.
    :raises ValueError: when the article has no such paragraph or item.
    """
    cited = ARTICLES[number]
    if paragraph is not None and not 1 <= paragraph <= cited.paragraphs:
        raise ValueError(f"article {number} has {cited.paragraphs} paragraphs")
    if item is not None and not 1 <= item <= cited.items:
        raise ValueError(f"article {number} has {cited.items} items")
    return Basis(number, paragraph, item)
