"""What serves an article of the regulation, gathered from the tables of the house.

`cardbook article 8` prints it, `docs.py` writes the index; nothing is listed by hand.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from cardbook.insight.addresses import Address, addresses
from cardbook.insight.marks import MarkedTest, marked_tests
from cardbook.insight.registers_found import registers
from cardbook.law.articles import ARTICLES, Article, Basis, art, chinese_number
from cardbook.law.groups import GROUPS, Group
from cardbook.law.notices import NOTICES, Notice
from cardbook.law.papers import KINDS, PaperKind
from cardbook.law.parameters import Parameter, all_parameters
from cardbook.law.terms import Term, terms_of
from cardbook.lifecycle.acts import ROWS, Act
from cardbook.lifecycle.refusals import CATALOGUE, Reason
from cardbook.registers.registry import Register

_CHINESE = {chinese_number(number): number for number in range(1, 100)}
_DIGITS = "[0-9]+|[一二三四五六七八九十]+"
# 8, 8 4, 8.4, 8(4), 第八条, 第八条第四款, Article 8, art. 8 para. 4.
_SPELT = re.compile(
    rf"(?:article|art\.?|第)?[\s(（]*({_DIGITS})\s*条?"
    rf"(?:(?:[\s,，.(（]+(?:第|para(?:graph|\.)?|¶)?|第)\s*({_DIGITS})\s*款?)?[)）]?",
    re.IGNORECASE,
)
_FULL_WIDTH = str.maketrans("０１２３４５６７８９", "0123456789")
_HOW_TO_ASK = "可以写 8、8 4、第八条、第八条第四款或 Article 8。"


class NoSuchArticle(LookupError):
    """The regulation has no such article; the sentence says how to ask."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Served:
    """An article with all that serves it."""

    article: Article
    acts: tuple[Act, ...]
    pages: tuple[Address, ...]
    registers: tuple[Register, ...]
    parameters: tuple[Parameter, ...]
    notices: tuple[Notice, ...]
    papers: tuple[PaperKind, ...]
    terms: tuple[Term, ...]
    refusals: tuple[Reason, ...]
    groups: tuple[Group, ...]
    tests: tuple[MarkedTest, ...]
    paragraph: int | None = None

    @property
    def paragraphs_served(self) -> Mapping[int, list[str]]:
        """What serves each paragraph, or the article as a whole: acts, or pages without acts.

        Empty for an article of one paragraph: what is said of it is said of the article.
        """
        if not self.article.needs_software or self.article.paragraphs == 1:
            return {}
        number, asked = self.article.number, self.paragraph
        every = range(1, self.article.paragraphs + 1) if asked is None else [asked]
        served_by = [(row.code, row.basis) for row in self.acts]
        if self.article.software == "pages":
            served_by = [(page.name, page.cited) for page in self.pages]
        return {
            paragraph: [name for name, basis in served_by if _cites(basis, number, paragraph)]
            for paragraph in every
        }

    @property
    def test_files(self) -> tuple[str, ...]:
        """The files of the tests that keep it true, each once."""
        return tuple(dict.fromkeys(test.file for test in self.tests))

    @property
    def gaps(self) -> tuple[str, ...]:
        """What an article that needs software still lacks: acts, pages, tests."""
        if not self.article.needs_software:
            return ()
        needed: dict[str, tuple[object, ...]] = {"pages": self.pages, "tests": self.tests}
        if self.article.software == "acts":
            needed = {"acts": self.acts, **needed}
        return tuple(kind for kind, found in needed.items() if not found)


def asked_article(asked: str) -> Basis:
    """This function will understand 8, 8 4, 第八条, 第八条第四款, 八, Article 8.

    :raises NoSuchArticle: when the regulation has no such article, or the article no such
        paragraph.
    """
    spelt = _SPELT.fullmatch(asked.strip().translate(_FULL_WIDTH))
    number, paragraph = (_number(word) for word in spelt.groups()) if spelt else (0, None)
    if number not in ARTICLES:
        raise NoSuchArticle(f"细则没有“{asked}”。共 {len(ARTICLES)} 条，{_HOW_TO_ASK}")
    article = ARTICLES[number]
    if paragraph is not None and not 1 <= paragraph <= article.paragraphs:
        raise NoSuchArticle(f"{article.label}没有“{asked}”：共 {article.paragraphs} 款。")
    return art(number, paragraph)


def _number(word: str | None) -> int | None:
    if word is None:
        return None
    return int(word) if word.isdecimal() else _CHINESE.get(word, 0)


def served(number: int, *, paragraph: int | None = None) -> Served:
    """This function will gather what serves an article, or what in it serves one paragraph.

    :raises KeyError: when the regulation has no such article.
    """
    return _served(ARTICLES[number], paragraph, addresses(), registers(), marked_tests())


def served_articles(numbers: Iterable[int]) -> tuple[Served, ...]:
    """This function will gather what serves each article, reading pages and tests once."""
    pages, forms, tests = addresses(), registers(), marked_tests()
    return tuple(_served(ARTICLES[number], None, pages, forms, tests) for number in numbers)


def _served(
    article: Article,
    paragraph: int | None,
    pages: tuple[Address, ...],
    forms: tuple[Register, ...],
    tests: tuple[MarkedTest, ...],
) -> Served:
    number = article.number

    def cites(*basis: Basis) -> bool:
        return _cites(basis, number, paragraph)

    return Served(
        article=article,
        paragraph=paragraph,
        acts=tuple(row for row in ROWS if cites(*row.basis)),
        pages=tuple(page for page in pages if cites(*page.cited)),
        registers=tuple(form for form in forms if cites(*form.form.basis)),
        parameters=tuple(item for item in all_parameters() if cites(*item.basis)),
        notices=tuple(notice for notice in NOTICES if cites(*notice.basis)),
        papers=tuple(kind for kind in KINDS.values() if cites(kind.basis)),
        groups=tuple(group for group in GROUPS if cites(group.basis)),
        terms=terms_of(number),
        refusals=tuple(item for item in CATALOGUE.values() if cites(item.basis)),
        tests=tuple(test for test in tests if cites(art(test.article, test.paragraph))),
    )


def _cites(basis: Iterable[Basis], number: int, paragraph: int | None = None) -> bool:
    """Whether one of them is the article; who asks for a paragraph also gets the whole article."""
    return any(
        item.article == number and (not paragraph or item.paragraph in (None, paragraph))
        for item in basis
    )
