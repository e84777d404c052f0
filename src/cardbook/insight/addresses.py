"""Every address of the house with its policy: who may open it, which acts and articles it serves.

Read from the URL configuration itself (`lifecycle.pages.page` puts the policy on each view), so a
page cannot be forgotten here.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from django.urls import URLPattern, URLResolver, get_resolver

from cardbook.law.articles import ARTICLES, Basis, art, chinese_number
from cardbook.law.roles import Role
from cardbook.lifecycle.pages import Policy

_CITED = re.compile(r"(第[一二三四五六七八九十]+条)(?:第([一二三四五六七八九十]+)款)?")
_NUMBERS = {article.label: article.number for article in ARTICLES.values()}
_PARAGRAPHS = {chinese_number(number): number for number in range(1, 20)}


@dataclass(frozen=True, slots=True, kw_only=True)
class Address:
    """One page: its name, its path, and what its policy says."""

    name: str
    path: str
    roles: frozenset[Role]
    basis: str
    acts: tuple[str, ...]

    @property
    def articles(self) -> frozenset[int]:
        """The numbers of the articles the policy cites."""
        return cited_articles(self.basis)

    @property
    def cited(self) -> tuple[Basis, ...]:
        """The articles the policy cites, with their paragraphs."""
        return cited_bases(self.basis)


def cited_articles(text: str) -> frozenset[int]:
    """This function will find the articles a text cites: 第八条第四款、第十二条 -> 8, 12."""
    return frozenset(basis.article for basis in cited_bases(text))


def cited_bases(text: str) -> tuple[Basis, ...]:
    """This function will find what a text cites, with paragraphs: 第八条第四款 -> art(8, 4)."""
    return tuple(
        art(_NUMBERS[label], _PARAGRAPHS.get(paragraph))
        for label, paragraph in _CITED.findall(text)
        if label in _NUMBERS
    )


def addresses() -> tuple[Address, ...]:
    """This function will list every page that has a policy, in the order of the configuration."""
    return tuple(_walk(get_resolver().url_patterns, ""))


def _walk(patterns: list[URLPattern | URLResolver], prefix: str) -> Iterator[Address]:
    for pattern in patterns:
        path = f"{prefix}{pattern.pattern}"
        if isinstance(pattern, URLResolver):
            yield from _walk(pattern.url_patterns, path)
            continue
        policy = getattr(pattern.callback, "policy", None)
        if isinstance(policy, Policy):
            yield Address(
                name=str(pattern.name),
                path=f"/{path}",
                roles=policy.roles,
                basis=policy.basis,
                acts=policy.acts,
            )
