"""Who signed a row for its holder, as the sheet names him: read, sealed, opened (Art. 10, 11).

A draft like the row itself: `agents.py` enters him as a person when the sheet is filed.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from cardbook.law import papers
from cardbook.lib.citizen_number import parse
from cardbook.lib.masking import mask_number
from cardbook.lib.plain import InputError
from cardbook.lifecycle.facts import Relation, Signer
from cardbook.people import vault

OTHERS = (Signer.PROXY, Signer.GUARDIAN)
PROOFS: Mapping[str, tuple[papers.PaperKind, ...]] = {
    Signer.PROXY: papers.ROW_BY_PROXY.kinds,
    Signer.GUARDIAN: (*papers.ROW_BY_GUARDIAN.kinds, *papers.ROW_BY_GUARDIAN_OF_ADULT.kinds),
}
PROOF_CHOICES = tuple(
    dict.fromkeys((kind.code, kind.title) for kinds in PROOFS.values() for kind in kinds)
)
PAPER = "证明材料"
# The columns of a row that say who signed for its holder.
COLUMNS = ("agent_name_sealed", "agent_number_sealed", "relation", "proof")
NO_COLUMNS: Mapping[str, str | None] = {
    "agent_name_sealed": None, "agent_number_sealed": None, "relation": "", "proof": "",
}  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Named:
    """A proxy or guardian: name, number, what he is to the holder, which paper entitles him."""

    name: str = ""
    number: str = ""
    relation: str = ""
    proof: str = ""

    @property
    def masked_number(self) -> str:
        """The number as screens and files show it."""
        return mask_number(self.number) if self.number else ""

    @property
    def relation_label(self) -> str:
        """What he is to the holder, in words."""
        return Relation(self.relation).label if self.relation else ""

    @property
    def proof_title(self) -> str:
        """The paper that entitles him, by its title."""
        return papers.paper_kind(self.proof).title if self.proof else ""

    @property
    def missing(self) -> tuple[str, ...]:
        """What is not written down of him."""
        parts = {
            "姓名": self.name, "证件号码": self.number, "关系": self.relation,
            PAPER: self.proof,
        }  # fmt: skip
        return tuple(title for title, given in parts.items() if not given)

    @property
    def words(self) -> str:
        """Who he is, in one line; his number masked."""
        parts = (self.name, self.masked_number, self.relation_label, self.proof_title)
        return " ".join(part for part in parts if part)

    def columns(self) -> dict[str, object]:
        """This function will seal him for a row."""
        return {
            "agent_name_sealed": (self.name and vault.seal_text(self.name, context=vault.NAME))
            or None,
            "agent_number_sealed": (self.number
            and vault.seal_text(self.number, context=vault.NUMBER)) or None,
            "relation": self.relation,
            "proof": self.proof,
        }  # fmt: skip


NOBODY = Named()


def named_in(row: Mapping[str, Any]) -> Named:
    """This function will open who signed a row for its holder; `NOBODY` when none is named."""
    name, number = row["agent_name_sealed"], row["agent_number_sealed"]
    return Named(
        name=vault.open_text(name, context=vault.NAME) if name else "",
        number=vault.open_text(number, context=vault.NUMBER) if number else "",
        relation=row["relation"],
        proof=row["proof"],
    )


def read_number(text: str, *, today: date, known: Named = NOBODY) -> str:
    """This function will check an identity number; masked as it was shown, it stays as it is.

    :raises InputError: when it cannot be anybody's.
    """
    plain = text.strip()
    if not plain or plain == known.masked_number:
        return known.number if plain else ""
    return parse(plain, today=today).number


def refuse_other_papers(signer: str, proof: str) -> None:
    """This function will refuse a paper that entitles nobody of the kind.

    :raises InputError: `proof`, saying which papers do.
    """
    if not proof or proof in {kind.code for kind in PROOFS[signer]}:
        return
    title = papers.paper_kind(proof).title
    allowed = "、".join(kind.title for kind in PROOFS[signer])
    raise InputError(
        "proof", f"“{title}”不能作{Signer(signer).label}的证明材料；请选{allowed}中的一种"
    )
