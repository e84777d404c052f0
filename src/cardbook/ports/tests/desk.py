"""A province that answers at once, in memory, for tests."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from cardbook.ports.messages import Unreachable
from cardbook.ports.province import ProvinceApplication, ProvinceCard, ProvincePerson, Span


@dataclass
class DeskInMemory:
    """Knows what a test put in, by number; `silent` answers nothing. `asked` counts questions."""

    cards: dict[str, list[ProvinceCard]] = field(default_factory=dict)
    applications: dict[str, list[ProvinceApplication]] = field(default_factory=dict)
    people: dict[str, ProvincePerson] = field(default_factory=dict)
    photos: dict[str, bytes] = field(default_factory=dict)
    silent: bool = False
    asked: list[str] = field(default_factory=list)

    def cards_of(self, *, name: str, number: str) -> Sequence[ProvinceCard]:
        """The cards put in for a number."""
        self._ask("cards")
        return self.cards.get(number, [])

    def applications_of(self, *, number: str, span: Span) -> Sequence[ProvinceApplication]:
        """The applications put in for a number."""
        self._ask("applications")
        return self.applications.get(number, [])

    def person_of(self, *, name: str, number: str) -> ProvincePerson | None:
        """The person of that number, if his name is the one."""
        self._ask("person")
        found = self.people.get(number)
        return found if found and found.name == name else None

    def photo_of(self, *, name: str, number: str) -> bytes | None:
        """The photo of the person of that number and name."""
        self._ask("photo")
        found = self.people.get(number)
        return self.photos.get(number) if found and found.name == name else None

    def _ask(self, what: str) -> None:
        self.asked.append(what)
        if self.silent:
            raise Unreachable("连接不上")
