"""The handbook of docs/handbook/zh inside the program, and which chapter tells about a page.

Neighbours: `handbook_pages.py` (shows it), `context.py` (the link to it on every page).
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe
from markdown_it import MarkdownIt
from markdown_it.token import Token

FOLDER = Path(__file__).resolve().parents[3] / "docs" / "handbook" / "zh"
CONTENTS = "README"
# Parts of the house and the chapter about each; of two that fit, the longer name is meant.
ABOUT = {
    "cardbook.chapters.corrections": "wrong-cards",
    "cardbook.chapters.duties": "campaigns",
    "cardbook.chapters.duties.organizations": "organizations",
    "cardbook.chapters.exchange": "messages",
    "cardbook.chapters.intake": "intake",
    "cardbook.chapters.intake.distribution": "hand-down",
    "cardbook.chapters.intake.opening": "opening",
    "cardbook.chapters.issuance.collective": "collective",
    "cardbook.chapters.issuance.collective.own_pages": "own-sheets",
    "cardbook.chapters.issuance.defect": "defects",
    "cardbook.chapters.issuance.individual": "desk",
    "cardbook.chapters.issuance.posting": "proxy",
    "cardbook.chapters.issuance.proxy": "proxy",
    "cardbook.chapters.issuance.visiting": "proxy",
    "cardbook.chapters.liability": "looks",
    "cardbook.chapters.safekeeping": "safekeeping",
    "cardbook.chapters.stranded": "stranded",
    "cardbook.chapters.stranded.bring_home": "wrong-cards",
    "cardbook.chapters.usage": "in-use",
    "cardbook.chapters.usage.bank_offers": "uses",
    "cardbook.chapters.usage.loss": "loss",
    "cardbook.chapters.usage.production": "applications",
    "cardbook.chapters.usage.replacement": "replacement",
    "cardbook.chapters.usage.temporary": "temporary",
    "cardbook.chapters.usage.uses": "uses",
    "cardbook.insight.figures": "figures",
    "cardbook.registers": "registers",
}
_MARKDOWN = MarkdownIt("commonmark", {"html": False}).enable("table")
_FEWEST_LETTERS = 2


@dataclass(frozen=True, slots=True)
class Section:
    """A heading of a chapter with the plain words under it; "" is what stands before the first."""

    anchor: str
    title: str
    words: str


@dataclass(frozen=True, slots=True)
class Chapter:
    """One file of the handbook."""

    name: str
    title: str
    text: SafeString
    sections: tuple[Section, ...]


@dataclass(frozen=True, slots=True)
class Hit:
    """Where a word stands in the handbook, and the words around it."""

    chapter: Chapter
    section: Section
    before: str
    word: str
    after: str


@cache
def names() -> tuple[str, ...]:
    """This function will name the chapters there are, in the order of the table of contents."""
    listed = re.findall(r"\]\(([a-z-]+)\.md\)", _source(CONTENTS))
    return tuple(dict.fromkeys(listed))


def chapter_about(module: str) -> str:
    """This function will name the chapter about the pages of a module, the contents for others."""
    fitting = [part for part in ABOUT if module == part or module.startswith(f"{part}.")]
    return ABOUT[max(fitting, key=len)] if fitting else CONTENTS


@cache
def chapter(name: str) -> Chapter:
    """This function will set a chapter as HTML.

    :raises KeyError: when the handbook has none of that name.
    """
    if name not in (CONTENTS, *names()):
        raise KeyError(name)
    tokens = _MARKDOWN.parse(_source(name))
    # Title and heading stand in the page's own head.
    title, tokens = tokens[1].content, tokens[3:]
    sections = tuple(_sections(tokens))
    text = _MARKDOWN.renderer.render(tokens, _MARKDOWN.options, {})
    return Chapter(name, title, mark_safe(text), sections)  # noqa: S308 # our own, HTML is off


def found(text: str) -> list[Hit]:
    """This function will find where a word of two letters or more stands, one hit a section."""
    if len(text) < _FEWEST_LETTERS:
        return []
    hits = []
    for one in map(chapter, names()):
        for section in one.sections:
            words = f"{section.title}　{section.words}"
            at = words.casefold().find(text.casefold())
            if at >= 0:
                end = at + len(text)
                around = (words[max(0, at - 24) : at], words[at:end], words[end : end + 48])
                hits.append(Hit(one, section, *around))
    return hits


def _source(name: str) -> str:
    return (FOLDER / f"{name}.md").read_text(encoding="utf-8")


def _sections(tokens: Sequence[Token]) -> Iterator[Section]:
    """Give every heading an anchor, lead the links within the program, and gather the words."""
    anchor, title, heads = "", "", 0
    words: list[str] = []
    for place, token in enumerate(tokens):
        if token.type == "heading_open":
            yield Section(anchor, title, " ".join(words))
            heads += 1
            anchor, title, words = f"s{heads}", tokens[place + 1].content, []
            token.attrs["id"] = anchor
        elif token.type == "inline":
            for child in token.children or ():
                _lead(child)
            if tokens[place - 1].type != "heading_open":
                words.append("".join(child.content for child in token.children or ()))
    yield Section(anchor, title, " ".join(words))


def _lead(token: Token) -> None:
    """Links to other chapters and pictures stay within the program; others are only words."""
    if token.type == "image":
        token.attrs["src"] = reverse("handbook.picture", args=[token.attrs["src"]])
        token.attrs["loading"] = "lazy"
    elif token.type == "link_open":
        target = re.fullmatch(r"([\w-]+)\.md", str(token.attrs["href"]))
        token.attrs = {"href": reverse("handbook.show", args=[target[1]])} if target else {}
