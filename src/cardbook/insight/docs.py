"""Writes docs/generated from the tables, or says which page is not what the tables say.

The pages themselves are in `docs_acts.py`, `docs_law.py` and `docs_trust.py`; `cardbook docs
[--check]` calls this.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from cardbook.insight.addresses import addresses
from cardbook.insight.articles import served_articles
from cardbook.insight.docs_acts import acts_page, roles_page, states_page
from cardbook.insight.docs_law import (
    articles_page,
    pages_page,
    papers_and_notices_page,
    parameters_page,
    refusals_page,
    replacing_page,
)
from cardbook.insight.docs_trust import trust_page
from cardbook.insight.marks import ROOT
from cardbook.insight.registers_found import registers
from cardbook.law.articles import ARTICLES

FOLDER = ROOT / "docs" / "generated"
# Measured, not derived: `make bench` writes it (tests/bench), and it differs from run to run.
MEASURED = frozenset({"bench.md"})


@dataclass(frozen=True, slots=True)
class Difference:
    """One page that is not what the tables say."""

    name: str
    what: str


def generated_docs() -> Mapping[str, str]:
    """This function will write every page as text, by file name; the same text every time."""
    pages = addresses()
    return {
        "acts.md": acts_page(forms=registers()),
        "states.md": states_page(),
        "articles.md": articles_page(found=served_articles(ARTICLES)),
        "roles.md": roles_page(pages=pages),
        "refusals.md": refusals_page(),
        "parameters.md": parameters_page(),
        "replacing.md": replacing_page(),
        "pages.md": pages_page(pages=pages),
        "papers_and_notices.md": papers_and_notices_page(),
        "trust.md": trust_page(),
    }


def write_docs(*, folder: Path = FOLDER) -> tuple[Difference, ...]:
    """This function will bring the folder up to date and return what was not.

    :raises OSError: when the folder cannot be written.
    """
    texts = generated_docs()
    changed = differences(folder=folder, texts=texts)
    folder.mkdir(parents=True, exist_ok=True)
    for difference in changed:
        path = folder / difference.name
        if difference.name in texts:
            path.write_text(texts[difference.name], encoding="utf-8")
        else:
            path.unlink()
    return changed


def differences(
    *, folder: Path = FOLDER, texts: Mapping[str, str] | None = None
) -> tuple[Difference, ...]:
    """This function will compare the folder with the tables, page by page."""
    wanted = generated_docs() if texts is None else texts
    found = []
    for name, text in wanted.items():
        path = folder / name
        if not path.exists():
            found.append(Difference(name, "缺少"))
        elif path.read_text(encoding="utf-8") != text:
            found.append(Difference(name, "与业务总表不一致"))
    known = {*wanted, *MEASURED}
    strangers = sorted(path.name for path in folder.glob("*.md") if path.name not in known)
    return (*found, *(Difference(name, "已不再生成") for name in strangers))
