"""What a reason to say no consists of, and the catalogue that all of them are entered in."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from cardbook.law.articles import Basis


@dataclass(frozen=True, slots=True)
class Reason:
    """One entry of the catalogue; `{…}` in the sentence are filled from the case."""

    code: str
    sentence: str
    way_out: str
    basis: Basis


@dataclass(frozen=True, slots=True)
class Refusal:
    """A reason applied to one subject.

    `where` says which of many it meets, where the sentence does not: a row of a sheet.
    `basis` names the articles of the act where the reason may meet any act: a paper is missing by
    the article that asks for it. `remedy` is the act that clears the way, where one is known.
    """

    reason: Reason
    values: Mapping[str, object] = field(default_factory=dict)
    subject_id: int | None = None
    basis: str = ""
    where: str = ""
    remedy: str = ""

    @property
    def code(self) -> str:
        """The stable code, for scripts and tests."""
        return self.reason.code

    @property
    def sentence(self) -> str:
        """What is wrong, in Chinese."""
        return self.where + self.reason.sentence.format_map(self.values)

    @property
    def way_out(self) -> str:
        """What to do next, in Chinese."""
        return self.reason.way_out.format_map(self.values)

    @property
    def article(self) -> str:
        """The article that stands behind it."""
        return self.basis or self.reason.basis.label


class Refused(Exception):
    """The act was not done; nothing was changed. Carries every reason for every subject."""

    def __init__(self, refusals: Sequence[Refusal]) -> None:
        self.refusals = tuple(refusals)
        super().__init__(self.refusals)  # as given: a process passes the refusal on to another

    def __str__(self) -> str:
        return "；".join(f"{r.sentence}{r.way_out}" for r in self.refusals[:5])


CATALOGUE: dict[str, Reason] = {}


def reason(code: str, sentence: str, way_out: str, basis: Basis) -> Reason:
    """This function will enter one reason into the catalogue.

    :raises ValueError: when the code is there already.
    """
    if code in CATALOGUE:
        raise ValueError(f"two refusals named {code}")
    CATALOGUE[code] = Reason(code, sentence, way_out, basis)
    return CATALOGUE[code]
