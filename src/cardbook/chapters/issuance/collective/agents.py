"""Who signed rows of a sheet for their holders, while it is filed: people, mandates, counts.

They are entered in the filing's transaction and locked after the cards, as at a window (Art. 10).
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from cardbook.chapters.fetching import Fetched, against_counts, lock_agents
from cardbook.chapters.issuance.collective.naming import OTHERS, Named, named_in
from cardbook.chapters.representatives import (
    against_young_guardian,
    remembered_all,
    too_young_to_act,
    why_mandate_fails,
)
from cardbook.law.papers import MANDATE
from cardbook.lifecycle import refusals as no
from cardbook.lifecycle.acts import act
from cardbook.lifecycle.facts import Relation, Signer
from cardbook.lifecycle.perform import Done
from cardbook.lifecycle.refusals import Refusal
from cardbook.orgs.actors import Actor
from cardbook.people.holders import holder_of
from cardbook.people.models import Mandate, Person, PickUp

_FILE = act("card.issue_collective")


@dataclass(slots=True, kw_only=True)
class Agents:
    """The proxies and guardians of the rows a filing issues; `enter` comes first.

    `between` has what the register knows of holder and proxy, `mandates` by row the one that
    covered the day he signed; a guardian needs none.
    """

    rows: Sequence[Mapping[str, Any]]
    by: Actor
    on: date
    named: dict[int, Named] = field(default_factory=dict)
    people: dict[int, Person] = field(default_factory=dict)
    between: dict[tuple[int, int], list[Mandate]] = field(default_factory=dict)
    mandates: dict[int, Mandate] = field(default_factory=dict)

    def enter(self) -> None:
        """This function will find or enter everybody named, and read what they are charged with.

        A row that names nobody, or not wholly, is left out: the table refuses it.
        """
        signed_by_others = [row for row in self.rows if row["signer"] in OTHERS]
        self.named = {
            row["row"]: named
            for row in signed_by_others
            if (named := named_in(row)).name and named.number
        }
        names = {named.number: named.name for named in self.named.values()}
        known = remembered_all(names, today=self.on)
        self.people = {row: known[named.number] for row, named in self.named.items()}
        found = Mandate.objects.filter(
            agent_id__in={person.pk for person in self.people.values()},
            principal_id__in=[row["person_id"] for row in signed_by_others],
            matter=Mandate.Matter.PICK_UP,
        )
        grouped: dict[tuple[int, int], list[Mandate]] = defaultdict(list)
        for one in found.order_by("-until", "-pk"):
            grouped[one.principal_id, one.agent_id].append(one)
        self.between = dict(grouped)
        self.mandates = {
            row["row"]: living
            for row in self._others()
            if row["signer"] == Signer.PROXY and (living := self._living(row))
        }

    def facts(self, row: Mapping[str, Any]) -> dict[str, Any]:
        """This function will say of a row who signed it for its holder; nothing of one's own."""
        person = self.people.get(row["row"])
        if person is None:
            return {}
        mandate = self.mandates.get(row["row"])
        return {
            "agent": person.pk,
            "relation": Relation(row["relation"]) if row["relation"] else None,
            "proof": MANDATE.code if mandate else row["proof"],
            "mandate": mandate.pk if mandate else None,
        }

    def objections(self, *, approver: Actor | None) -> Iterator[Refusal]:
        """This function will lock who signed for others and yield what speaks against it."""
        rows = self._others()
        locked = lock_agents(sorted({person.pk for person in self.people.values()}))
        used = {mandate.pk for mandate in self.mandates.values()}
        mandates = Mandate.objects.select_for_update(no_key=True).filter(pk__in=used)
        fresh = {one.pk: one for one in mandates.order_by("pk")}
        for row in rows:
            person = locked[self.people[row["row"]].pk]
            yield from self._against_person(row, person)
            if row["signer"] == Signer.GUARDIAN:
                yield from against_young_guardian(
                    person, on=row["signed_on"], card_id=row["card_id"]
                )
            else:
                yield from self._against_mandate(row, person, fresh)
        # Without a card's id: the sentence names the rows itself.
        fetched = [
            Fetched(
                agent_id=self.people[row["row"]].pk, card_id=None, on=row["signed_on"],
                row=row["row"],
            )
            for row in rows
            if row["signer"] == Signer.PROXY
        ]  # fmt: skip
        yield from against_counts(fetched, of=_FILE, approver=approver, by=self.by)

    def count(self, done: Done) -> None:
        """This function will count what each of them fetched, on the day he signed."""
        PickUp.objects.bulk_create(
            PickUp(
                agent=self.people[row["row"]], holder_id=row["person_id"],
                mandate=self.mandates.get(row["row"]), county_id=row["county_id"],
                relation=row["relation"], as_guardian=row["signer"] == Signer.GUARDIAN,
                on=row["signed_on"], batch=done.batch,
            )
            for row in self._others()
        )  # fmt: skip

    def _others(self) -> list[Mapping[str, Any]]:
        return [row for row in self.rows if row["row"] in self.people]

    def _between(self, row: Mapping[str, Any]) -> list[Mandate]:
        return self.between.get((row["person_id"], self.people[row["row"]].pk), [])

    def _living(self, row: Mapping[str, Any]) -> Mandate | None:
        """The mandate in the register that covered the day he signed."""
        fit = (one for one in self._between(row) if not self._why(one, row))
        return next(fit, None)

    def _why(self, mandate: Mandate, row: Mapping[str, Any]) -> str:
        agent = self.people[row["row"]]
        return why_mandate_fails(
            mandate, agent=agent, holder_id=row["person_id"], on=row["signed_on"]
        )

    def _against_person(self, row: Mapping[str, Any], person: Person) -> Iterator[Refusal]:
        if holder_of(person).name != self.named[row["row"]].name:
            signer = Signer(row["signer"]).label
            yield Refusal(no.AGENT_NAME_DIFFERS, {"signer": signer}, row["card_id"])
        if person.died_on is not None and person.died_on <= row["signed_on"]:
            yield Refusal(no.AGENT_DEAD, {"died_on": person.died_on}, row["card_id"])

    def _against_mandate(
        self, row: Mapping[str, Any], person: Person, fresh: Mapping[int, Mandate]
    ) -> Iterator[Refusal]:
        """One in the register counts while it lives; shown dead, it is no paper at all."""
        living, why = self.mandates.get(row["row"]), ""
        if living is not None:
            why = self._why(fresh[living.pk], row)
        elif row["proof"] == MANDATE.code and self._between(row):
            why = self._why(self._between(row)[0], row)
        if why := why or too_young_to_act(person, on=row["signed_on"]):
            yield Refusal(no.MANDATE_DOES_NOT_COVER, {"why": why}, row["card_id"])
