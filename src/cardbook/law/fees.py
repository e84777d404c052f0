"""The tariff of cards: what one costs by the reason it is asked for, on a day (Art. 4, 9, 15, 26).

An amount is computed here and nowhere typed. The numbers are dated parameters; each carries the
document it was read from and whether the city bureau stands behind it (Art. 33).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from cardbook.law.articles import Basis
from cardbook.law.parameters import parameter, whole_number

# Reason -> parameter. The reasons are those of an application; `own_change` is a wrong face that
# the holder's own change of data made wrong (Art. 15).
TARIFF: Mapping[str, str] = {
    "first": "first_card_fee_fen",
    "transfer_in": "first_card_fee_fen",
    "lost": "personal_replacement_fee_fen",
    "damaged": "personal_replacement_fee_fen",
    "expired": "other_exchange_fee_fen",
    "data_changed": "other_exchange_fee_fen",
    "bank_changed": "other_exchange_fee_fen",
    "defect": "quality_replacement_fee_fen",
    "error": "error_replacement_fee_fen",
    "own_change": "personal_replacement_fee_fen",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Charge:
    """What one card costs, by which rule, from which document."""

    fee_fen: int
    rule: str
    title: str
    document: str
    confirmed: bool
    since: date
    basis: tuple[Basis, ...]

    @property
    def is_free(self) -> bool:
        """Whether nothing may be asked for it (Art. 4, 9, 32 item 2)."""
        return self.fee_fen == 0

    @property
    def yuan(self) -> str:
        """The amount as it stands on a receipt."""
        return f"{self.fee_fen / 100:.2f}"

    @property
    def basis_text(self) -> str:
        """The articles behind it."""
        return "、".join(basis.label for basis in self.basis)

    def words(self, why: str) -> str:
        """This function will say the fee as it is said to a holder; `why` is the reason.

        Whoever pays is told by which document (domain.md 8.2).
        """
        if self.is_free:
            return f"不收费（{why}）"
        return f"工本费 {self.yuan} 元（{why}，依据{self.document}）"


def charge_for(reason: str, *, on: date) -> Charge:
    """This function will look the charge of a reason up, as of a day.

    :raises KeyError: when the tariff does not know the reason.
    """
    rule = parameter(TARIFF[reason])
    value = rule.on(on)
    return Charge(
        fee_fen=whole_number(rule.key, on=on),
        rule=rule.key,
        title=rule.title,
        document=value.document or value.source,
        confirmed=value.confirmed,
        since=value.since,
        basis=rule.basis,
    )
