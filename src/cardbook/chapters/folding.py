"""Forms in which what only one choice asks for waits until it is chosen (Art. 10, 11, 27, 29).

Without scripts everything stands there; what is hidden is not sent, and the server judges.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import ClassVar

from django import forms
from django.forms import BoundField

from cardbook.chapters.asked import AskedForm, AskedPaper


@dataclass(frozen=True, slots=True, kw_only=True)
class Only:
    """Asked only when the field named so has one of the values."""

    field: str
    values: frozenset[str]

    @property
    def said(self) -> str:
        """The values as a page's attribute carries them."""
        return " ".join(sorted(self.values))


@dataclass(frozen=True, slots=True, kw_only=True)
class Placed:
    """A field on the page, and the choice that alone asks for it."""

    field: BoundField
    only: Only | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Matter:
    """What only others know: the matter, what was found, who said so."""

    title: str
    found: BoundField
    said_by: BoundField


def when(field: str, *values: object) -> Only:
    """This function will say which values of a field alone ask for another one."""
    return Only(field=field, values=frozenset(map(str, values)))


class FoldingForm(AskedForm):
    """What is asked first, then the matters as a table if there are any, then the rest."""

    only_with: ClassVar[Mapping[str, Only]] = {}

    @cached_property
    def matters(self) -> Sequence[Matter]:
        """What others are asked; nothing unless a form says so."""
        return ()

    @property
    def before(self) -> list[Placed]:
        """What stands above the matters."""
        return self._parts[0]

    @property
    def after(self) -> list[Placed]:
        """What stands below the matters."""
        return self._parts[1]

    @cached_property
    def _parts(self) -> tuple[list[Placed], list[Placed]]:
        asked = {one.name for row in self.matters for one in (row.found, row.said_by)}
        only = {**self.only_with, **self._papers_of_a_choice()}
        above: list[Placed] = []
        below: list[Placed] = []
        part = above
        for field in self.visible_fields():
            if field.name in asked:
                part = below
            else:
                part.append(Placed(field=field, only=only.get(field.name)))
        return above, below

    def _papers_of_a_choice(self) -> dict[str, Only]:
        """Papers the row asks for in one case only, as the row says it."""
        found = ((paper, self._asked_when(paper)) for paper in self.asked.papers)
        return {name: asked for paper, asked in found if asked for name in paper.fields()}

    def _asked_when(self, paper: AskedPaper) -> Only | None:
        always = self.row.papers.groups if self.row.papers else ()
        cases = [one for one in self.row.papers_when if paper.kinds in one.rule.groups]
        if paper.kinds in always or len(cases) != 1 or cases[0].field not in self.fields:
            return None
        ticked = isinstance(self.fields[cases[0].field], forms.BooleanField)
        return Only(field=cases[0].field, values=frozenset({"on"}) if ticked else cases[0].values)
