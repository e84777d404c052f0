"""Who may do what, to a card in which state and place: read off the regulation, not off acts.py.

Three tables of letters, checked against the judge by `test_truth_table.py` and, with a bent table
of acts, by `test_table_mutants.py`. `y` the regulation orders or allows it, `n` it excludes it,
`?` it does not say, so the office decides and no test holds it.
"""

from dataclasses import dataclass

from cardbook.cards.states import Hold, Progress, Social, Stage, TemporaryStage
from cardbook.custody.places import Place
from cardbook.law.roles import Role

ROLES = {
    "city": Role.CITY_MANAGER,
    "county": Role.COUNTY_MANAGER,
    "keeper": Role.CARD_KEEPER,
    "clerk": Role.WINDOW_CLERK,
    "review": Role.REVIEWER,
    "agency": Role.AGENCY_CLERK,
    "bank": Role.BANK_TELLER,
    "village": Role.VILLAGE_HELPER,
    "unit": Role.UNIT_HANDLER,
    "12333": Role.HOTLINE_OPERATOR,
    "audit": Role.AUDITOR,
    "system": Role.SYSTEM_ADMIN,
    "secure": Role.SECURITY_ADMIN,
}

# Art. 5: who leads the city or the county orders its offices.
# Art. 6, 20: what the county keeps it registers, so the opening balance is its keeper's.
# Art. 6: the county fetches its cards at the city, checks and sorts them. Art. 8: the window hands
# out one by one, the agencies by their own lists; a unit or a village never at the window's desk.
# Art. 28: the hotline reports losses, no more. Art. 32: who watches or runs machines does nothing.
WHO = """
act                       art.  city county keeper clerk review agency bank village unit 12333 audit system secure
stock.hand_on             5     y    y      n      n     n      n      n    n       n    n     n     n      n
stock.hand_on_defects     5     y    y      n      n     n      n      n    n       n    n     n     n      n
opening.keep              6     ?    ?      y      n     n      n      n    n       n    n     n     n      n
opening.issue             6     ?    ?      y      n     n      n      n    n       n    n     n     n      n
opening.recall            6     ?    ?      y      n     n      n      n    n       n    n     n     n      n
opening.return            6     ?    ?      y      n     n      n      n    n       n    n     n     n      n
opening.miss              6     ?    ?      y      n     n      n      n    n       n    n     n     n      n
opening.cancel            6     ?    ?      y      n     n      n      n    n       n    n     n     n      n
opening.destroy           6     ?    ?      y      n     n      n      n    n       n    n     n     n      n
opening.find_kept         20    ?    ?      y      n     n      n      n    n       n    n     n     n      n
opening.find_held         20    ?    ?      y      n     n      n      n    n       n    n     n     n      n
opening.find_function     22    ?    ?      y      ?     n      n      n    n       n    n     n     n      n
opening.confirm           6     ?    ?      y      n     n      n      n    n       n    n     n     n      n
delivery.register         6     ?    ?      y      n     n      n      n    n       n    n     n     n      n
delivery.receive          6     ?    ?      y      n     ?      n      n    n       n    n     n     n      n
delivery.note_shortage    6     ?    ?      y      n     ?      n      n    n       n    n     n     n      n
delivery.explain_found    6     ?    ?      y      n     n      n      n    n       n    n     n     n      n
delivery.explain_missing  6     ?    ?      ?      n     n      n      n    n       n    n     n     n      n
card.sort                 6     ?    ?      y      ?     n      ?      n    n       n    n     n     n      n
card.issue                8     n    n      n      y     n      ?      ?    n       n    n     n     n      n
issue.undo                8     ?    ?      n      y     n      ?      ?    n       n    n     n     n      n
defect.record             9     ?    ?      y      y     n      ?      ?    n       n    n     n     n      n
replacement.open_free     9     ?    ?      ?      y     n      ?      ?    n       n    n     n     n      n
application.withdraw      25    ?    ?      ?      y     n      ?      ?    n       n    n     n     n      n
temporary.stock_in        27    ?    ?      y      ?     n      n      ?    n       n    n     n     n      n
temporary.void            27    ?    ?      y      ?     n      n      ?    n       n    n     n     n      n
"""

# One region differs from a card that is in custody, sealed, not held and lies on the shelf - for
# issue.undo from one its holder took home, for delivery.* from one in transit.
# Art. 20: whatever an office keeps goes along when it is merged; nothing else is its own to give.
# Art. 20: only what is missing is found. Art. 22: an unknown function is found out once, wherever
# the card is. Art. 6: a source that is not believed changes nothing, so it may be said of any card.
# Art. 6: what was counted is not counted again. Art. 9: a defect is looked for when it is fetched.
# Art. 13: a wrong card is taken back, never given out. Art. 17, 18: a stranded card goes up, not
# out. Art. 19: what was destroyed is gone. Art. 22: the social function starts after the hand-over,
# so a hand-over whose card was activated cannot be called a slip of the pen. Art. 28: a reported
# card is given to nobody.
STAGE = """
act                       art.  in_custody issued recalled returned missing cancelled destroyed
stock.hand_on             20    y          n      n        n        n       n         n
stock.hand_on_defects     20    n          n      y        y        n       y         n
opening.find_kept         20    n          n      n        n        y       n         n
opening.find_held         20    n          n      n        n        y       n         n
opening.find_function     22    ?          y      y        y        y       n         n
opening.confirm           6     y          y      y        y        y       y         y
delivery.receive          6     y          n      n        n        n       n         n
delivery.note_shortage    6     y          n      n        n        n       n         n
delivery.explain_found    6     ?          n      n        n        ?       n         n
delivery.explain_missing  6     y          n      n        n        n       n         n
card.sort                 6     y          n      n        n        n       n         n
card.issue                8     y          n      n        n        n       n         n
issue.undo                8     n          y      n        n        n       n         n
defect.record             9     y          ?      n        n        n       n         n
"""
HOLD = """
act                       art.  none oral_loss formal_loss error
card.issue                8     y    n         n           n
issue.undo                28    y    n         n           ?
"""
SOCIAL = """
act                       art.  sealed active locked cancelled unknown
card.issue                22    y      n      n      n         n
issue.undo                22    y      n      n      n         n
opening.find_kept         22    y      n      n      n         y
opening.find_function     22    n      n      n      n         y
"""
PROGRESS = """
act                       art.  captured confirmed submitted refused accepted in_production produced collected withdrawn
application.withdraw      25    y        ?         ?         ?       ?        ?             n        n         n
"""
TEMPORARY = """
act                       art.  in_stock lent returned lost void
temporary.void            27    y        ?    ?        n    n
"""

# Art. 6: only what is on the way can be received. Art. 8: only what the office has counted and
# keeps can be handed out. Art. 9: what was set aside as bad is not handed out. Art. 20: what
# nobody keeps cannot be sorted.
PLACE = """
act                       art.  outside transit store box drawer defect holder missing destroyed
stock.hand_on             20    n       n       y     y   y      n      n      n       n
stock.hand_on_defects     20    n       n       n     n   n      y      n      n       n
opening.find_kept         20    n       n       n     n   n      n      n      y       n
opening.find_held         20    n       n       n     n   n      n      n      y       n
opening.find_function     22    ?       ?       y     y   y      y      y      y       ?
opening.confirm           6     y       y       y     y   y      y      y      y       y
delivery.receive          6     n       y       n     n   n      n      n      n       n
delivery.note_shortage    6     n       y       n     n   n      n      n      n       n
delivery.explain_found    6     n       ?       n     n   n      n      n      ?       n
delivery.explain_missing  6     n       y       ?     ?   ?      n      n      n       n
card.sort                 20    n       n       y     y   ?      n      n      n       n
card.issue                8     n       n       y     y   y      n      n      n       n
issue.undo                8     n       n       n     n   n      n      y      n       n
defect.record             9     n       ?       y     y   y      n      ?      n       n
"""

# Art. 5, 6: each county its own cards. `own` the actor's office keeps the card, `county` another
# office of his county, `other` an office of the neighbour county.
REACH = """
act                       art.  own county other
stock.hand_on             5     y   y      n
stock.hand_on_defects     5     y   y      n
opening.find_kept         6     y   ?      n
opening.find_held         6     y   ?      n
opening.find_function     6     y   ?      n
opening.confirm           6     y   ?      n
delivery.receive          6     y   ?      n
delivery.note_shortage    6     y   ?      n
delivery.explain_found    6     y   ?      n
delivery.explain_missing  6     y   ?      n
card.sort                 6     y   ?      n
card.issue                5     y   y      n
issue.undo                5     y   ?      n
defect.record             5     y   y      n
application.withdraw      5     y   ?      n
temporary.void            5     y   ?      n
"""

# Art. 6 (received by two), Art. 7 (orders are kept strictly): `y` one person alone may not.
# Handing a card to its own holder needs nobody else: he signs himself (Art. 8 para. 4).
SECOND = """
act                       art.  alone_refused
stock.hand_on             5     ?
stock.hand_on_defects     5     ?
opening.keep              6     ?
opening.issue             6     ?
opening.recall            6     ?
opening.return            6     ?
opening.miss              6     ?
opening.cancel            6     ?
opening.destroy           6     ?
opening.find_kept         7     y
opening.find_held         7     y
opening.find_function     7     y
opening.confirm           7     y
delivery.register         6     ?
delivery.receive          6     y
delivery.note_shortage    6     y
delivery.explain_found    6     y
delivery.explain_missing  6     y
card.sort                 6     ?
card.issue                8     n
issue.undo                7     y
defect.record             9     n
replacement.open_free     9     n
"""

# What must be there for a card to be given to its holder in person; each missing thing refuses.
# `copy` either kind of copy will do, `signed` any way of signing.
PICK_UP = """
missing              art.  outcome
nothing              8     y
original             8     n
copy                 8     n
signed               8     n
notice               12    n
"""

# What the clerk found when he looked; each one refuses the hand-over.
FOUND = """
found                art.  outcome
original_not_seen    8     n
face_differs         8     n
does_not_read        9     n
other_card_scanned   9     n
nobody_signed        8     n
holder_is_dead       17    n
holder_is_minor      11    n
holder_is_adult_today 11   y
"""

COLUMNS: dict[str, dict[str, object]] = {
    "WHO": dict(ROLES),
    "STAGE": {str(value): value for value in Stage},
    "HOLD": {str(value): value for value in Hold},
    "SOCIAL": {str(value): value for value in Social},
    "PROGRESS": {str(value): value for value in Progress},
    "TEMPORARY": {str(value): value for value in TemporaryStage},
    "PLACE": {str(value): value for value in Place},
    "REACH": {"own": "own", "county": "county", "other": "other"},
    "SECOND": {"alone_refused": True},
    "PICK_UP": {"outcome": True},
    "FOUND": {"outcome": True},
}
TABLES = {
    "WHO": WHO,
    "STAGE": STAGE,
    "HOLD": HOLD,
    "SOCIAL": SOCIAL,
    "PROGRESS": PROGRESS,
    "TEMPORARY": TEMPORARY,
    "PLACE": PLACE,
    "REACH": REACH,
    "SECOND": SECOND,
    "PICK_UP": PICK_UP,
    "FOUND": FOUND,
}


@dataclass(frozen=True, slots=True)
class Cell:
    """One letter: in this table, for this act (or circumstance), under this column."""

    table: str
    row: str
    article: int
    column: str
    letter: str

    def __str__(self) -> str:
        return f"{self.table}-{self.row}-{self.column}-{self.letter}"


def cells_of(table: str) -> list[Cell]:
    """This function will read the letters of a table, `?` included.

    :raises ValueError: when a row is not as long as its head, a column unknown or a letter wrong.
    """
    head, *rows = [line.split() for line in TABLES[table].strip().splitlines()]
    columns = head[2:]
    if set(columns) != set(COLUMNS[table]):
        raise ValueError(f"{table}: the head names {columns}")
    found = []
    for row, article, *letters in rows:
        if len(letters) != len(columns) or not set(letters) <= set("yn?"):
            raise ValueError(f"{table}: {row} reads {letters}")
        found += [
            Cell(table, row, int(article), column, letter)
            for column, letter in zip(columns, letters, strict=True)
        ]
    return found


def held_cells() -> list[Cell]:
    """This function will list every letter that the regulation settles."""
    return [cell for table in TABLES for cell in cells_of(table) if cell.letter != "?"]
