"""What serves an article of the regulation, gathered from the tables of the house.

`cardbook article 8` prints it, `docs.py` writes the index; nothing is listed by hand.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from cardbook.insight.addresses import Address, addresses
from cardbook.insight.marks import MarkedTest, marked_tests
from cardbook.insight.registers_found import registers
from cardbook.law.articles import ARTICLES, Article, Basis
from cardbook.law.notices import NOTICES, Notice
from cardbook.law.papers import KINDS, PaperKind
from cardbook.law.parameters import Parameter, all_parameters
from cardbook.law.terms import Term, terms_of
from cardbook.lifecycle.acts import ROWS, Act
from cardbook.lifecycle.refusals import CATALOGUE, Reason
from cardbook.registers.registry import Register

_BY_LABEL = {article.label: article.number for article in ARTICLES.values()}
_SPELT = re.compile(
    r"(?:article|art\.?|第)?\s*([0-9]+|[一二三四五六七八九十]+)\s*条?", re.IGNORECASE
)
_FULL_WIDTH = str.maketrans("０１２３４５６７８９", "0123456789")


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
    tests: tuple[MarkedTest, ...]

    @property
    def by_software(self) -> bool:
        """Whether an act, a page, a register, a parameter or a notice serves it."""
        return any((self.acts, self.pages, self.registers, self.parameters, self.notices))


def article_number(asked: str) -> int:
    """This function will understand 8, 第八条, 八, Article 8.

    :raises NoSuchArticle: when it is no number of an article.
    """
    spelt = _SPELT.fullmatch(asked.strip().translate(_FULL_WIDTH))
    if spelt is not None:
        word = spelt.group(1)
        number = int(word) if word.isdecimal() else _BY_LABEL.get(f"第{word}条", 0)
        if number in ARTICLES:
            return number
    raise NoSuchArticle(
        f"细则没有“{asked}”。共 {len(ARTICLES)} 条，可以写 8、第八条或 Article 8。"
    )


def served(number: int) -> Served:
    """This function will gather what serves an article.

    :raises KeyError: when the regulation has no such article.
    """
    return served_articles([number])[0]


def served_articles(numbers: Iterable[int]) -> tuple[Served, ...]:
    """This function will gather what serves each article, reading pages and tests once."""
    pages, forms, tests = addresses(), registers(), marked_tests()
    return tuple(_served(ARTICLES[number], pages, forms, tests) for number in numbers)


def _served(
    article: Article,
    pages: tuple[Address, ...],
    forms: tuple[Register, ...],
    tests: tuple[MarkedTest, ...],
) -> Served:
    number = article.number
    return Served(
        article=article,
        acts=tuple(row for row in ROWS if _cites(row.basis, number)),
        pages=tuple(page for page in pages if number in page.articles),
        registers=tuple(form for form in forms if _cites(form.form.basis, number)),
        parameters=tuple(item for item in all_parameters() if _cites(item.basis, number)),
        notices=tuple(notice for notice in NOTICES if _cites(notice.basis, number)),
        papers=tuple(kind for kind in KINDS.values() if kind.basis.article == number),
        terms=terms_of(number),
        refusals=tuple(item for item in CATALOGUE.values() if item.basis.article == number),
        tests=tuple(test for test in tests if test.article == number),
    )


def _cites(basis: Iterable[Basis], number: int) -> bool:
    return any(item.article == number for item in basis)
