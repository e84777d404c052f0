"""Pages judged by axe-core, without measuring the contrast of one look of text over and over.

Contrast takes more time than all other rules together, and a page has hundreds of texts of a few
dozen looks. What decides is what a browser computed: a text's colours, size and weight, and what
every box around it draws, fades, clips or lifts. That is the key of a text. One whose key was
measured in this worker and was enough is not measured again; one that anything else lies over or
under has no key, and always is. Every other rule that can find something grave sees every page.
"""

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from cardbook.testing.plugin import ROOT

if TYPE_CHECKING:
    from playwright.sync_api import Page

_AXE = ROOT / "node_modules" / "axe-core" / "axe.min.js"
_OURS = Path(__file__).with_name("axe.js")


@dataclass(frozen=True, slots=True)
class Judgement:
    """What was found, one line a finding, and how many texts were measured for it."""

    found: tuple[str, ...]
    measured: int


class Judge:
    """Remembers the keys of texts whose contrast was enough."""

    def __init__(self) -> None:
        """Start without knowing any."""
        self._enough: set[str] = set()

    def look(self, page: "Page", *, within: str = "") -> Judgement:
        """This function will run axe-core on a page, or on what a selector names."""
        page.evaluate(_source(_AXE))
        asked = {"within": within, "known": " ".join(self._enough)}
        said = page.evaluate(_source(_OURS), asked)
        self._enough.update(said["enough"].split())
        return Judgement(tuple(said["lines"]), said["measured"])


_judge = Judge()


def axe(page: "Page", *, within: str = "") -> list[str]:
    """This function will list what axe-core calls serious or critical, one line a finding."""
    return list(_judge.look(page, within=within).found)


@cache
def _source(path: Path) -> str:
    return path.read_text(encoding="utf-8")
