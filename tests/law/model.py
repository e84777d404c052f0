"""What leads from whose hands to whose: the model of a card's life that `perform` is held against.

Written from the regulation like the tables; where those say `?`, the office's choice stands here.
"""

from dataclasses import dataclass

# From whose hands to whose each step leads.
LEADS: dict[str, tuple[set[str], str]] = {
    # Chapter 3: received, sorted, handed down (Art. 6, 8 para. 1)
    "delivery.receive": ({"on_the_way"}, "on_the_shelf"),
    "delivery.note_shortage": ({"on_the_way"}, "on_the_way"),
    "delivery.explain_found": ({"on_the_way", "lost", "missed"}, "on_the_shelf"),
    "delivery.explain_missing": ({"on_the_way"}, "lost"),
    "card.sort": ({"on_the_shelf"}, "on_the_shelf"),
    "card.unsort": ({"on_the_shelf"}, "on_the_shelf"),
    "drawer.fill": ({"on_the_shelf"}, "on_the_shelf"),
    "handover.send": ({"on_the_shelf"}, "handed"),
    "handover.receive": ({"handed"}, "on_the_shelf"),
    "handover.note_difference": ({"handed"}, "handed"),
    "handover.take_back": ({"handed"}, "on_the_shelf"),
    # Chapter 4: given to one, to a unit, to the post; taken back (Art. 7 to 11)
    "card.issue": ({"on_the_shelf"}, "at_home"),
    "card.issue_proxy": ({"on_the_shelf"}, "at_home"),
    "card.issue_guardian": ({"on_the_shelf"}, "at_home"),
    "bundle.hand_out": ({"on_the_shelf"}, "with_unit"),
    "card.issue_collective": ({"with_unit"}, "at_home_by_sheet"),
    "bundle.note_open": ({"with_unit"}, "with_unit"),
    "bundle.give_back": ({"with_unit"}, "on_the_shelf"),
    "bundle.undo": ({"at_home_by_sheet"}, "with_unit"),
    "card.post": ({"on_the_shelf"}, "in_post"),
    "card.issue_posted": ({"in_post"}, "at_home"),
    "card.post_back": ({"in_post"}, "on_the_shelf"),
    "issue.undo": ({"at_home"}, "on_the_shelf"),
    "defect.record": ({"on_the_shelf", "at_home", "at_home_by_sheet"}, "set_aside"),
    # Chapter 5: wrong, and wrong by mistake (Art. 13)
    "error.record": ({"on_the_shelf", "with_unit", "at_home", "at_home_by_sheet"}, "wrong"),
    "error.lift": ({"wrong"}, "on_the_shelf"),
    # Chapter 6: called, sent back, cancelled, destroyed (Art. 16 to 19)
    "card.contact": ({"on_the_way", "on_the_shelf", "handed", "with_unit", "in_post"}, ""),
    "stranded.send_back": ({"on_the_shelf", "with_unit"}, "going_back"),
    "stranded.receive_back": ({"going_back"}, "came_back"),
    "stranded.pass_on": ({"came_back", "found_again"}, "going_back"),
    "stranded.put_back": ({"came_back"}, "on_the_shelf"),
    "card.cancel_returned": ({"came_back", "found_again"}, "cancelled"),
    "destruction.send": ({"set_aside", "wrong", "cancelled", "bank_gave_back"}, "sent_to_bank"),
    "destruction.receive": ({"sent_to_bank"}, "with_bank"),
    "destruction.take_back": ({"sent_to_bank", "with_bank"}, "bank_gave_back"),
    "destruction.carry_out": ({"with_bank"}, "gone"),
    # Chapter 7: missed, found, spoilt (Art. 20, 21)
    "stock.miss": ({"on_the_shelf", "handed", "with_unit", "in_post"}, "missed"),
    "stock.miss_set_aside": (
        {
            "set_aside",
            "wrong",
            "going_back",
            "came_back",
            "found_again",
            "cancelled",
            "bank_gave_back",
        },
        "missed_set_aside",
    ),
    "stock.find": ({"lost", "missed"}, "on_the_shelf"),
    "stock.find_stopped": ({"lost", "missed", "missed_set_aside"}, "found_again"),
    "stock.damage": ({"on_the_shelf", "with_unit"}, "set_aside"),
}
# Acts on a card that no walk takes, and where they are tested instead.
NOT_WALKED = {
    "delivery.register": "a card's birth: every walk begins with it",
    "error.lift_in_use": "nothing activates a card yet (Art. 22): corrections' own tests",
    **dict.fromkeys(
        ("stock.hand_on", "stock.hand_on_unit", "stock.hand_on_defects", "stock.hand_on_errors",
         "stock.hand_on_returned", "stock.hand_on_scrap", "county.join"),
        "by decree, never one card: duties/organizations",
    ),
    **dict.fromkeys(
        ("opening.keep", "opening.issue", "opening.recall", "opening.return", "opening.miss",
         "opening.cancel", "opening.destroy", "opening.find_kept", "opening.find_held",
         "opening.find_function", "opening.confirm"),
        "before this book began: intake/opening",
    ),
}  # fmt: skip

_EVERYBODYS = {
    "drawer.fill", "bundle.hand_out", "card.issue_collective", "bundle.note_open",
    "bundle.give_back", "bundle.undo", "defect.record", "error.record", "error.lift",
    "card.contact", "stranded.send_back",
}  # fmt: skip
WINDOWS_WORK = _EVERYBODYS | {
    "card.issue", "card.issue_proxy", "card.issue_guardian", "issue.undo", "card.post",
    "card.issue_posted", "card.post_back",
}  # fmt: skip
BANKS_WORK = {"destruction.receive", "destruction.take_back", "destruction.carry_out"}
KEEPERS_WORK = {*LEADS} - (WINDOWS_WORK - _EVERYBODYS) - BANKS_WORK
WORK = {
    "keeper": KEEPERS_WORK,
    "clerk": WINDOWS_WORK,
    "other_clerk": WINDOWS_WORK,
    "teller": BANKS_WORK,
}
TWO_PEOPLE = {
    "delivery.receive", "delivery.note_shortage", "delivery.explain_found",
    "delivery.explain_missing", "handover.note_difference", "bundle.undo", "issue.undo",
    "error.lift", "stranded.put_back", "card.cancel_returned", "destruction.send",
    "destruction.take_back", "destruction.carry_out", "stock.miss", "stock.miss_set_aside",
    "stock.find", "stock.find_stopped", "stock.damage",
}  # fmt: skip
WITNESSED = {"destruction.carry_out"}

# How the book must have a card in these hands: its stage, and in which kinds of place.
STANDS = {
    "on_the_way": ("in_custody", {"transit"}),
    "handed": ("in_custody", {"transit"}),
    "on_the_shelf": ("in_custody", {"store", "box", "drawer"}),
    "with_unit": ("in_custody", {"unit"}),
    "in_post": ("in_custody", {"post"}),
    "at_home": ("issued", {"holder"}),
    "at_home_by_sheet": ("issued", {"holder"}),
    "lost": ("missing", {"missing"}),
    "missed": ("missing", {"missing"}),
    "missed_set_aside": ("missing", {"missing"}),
    "set_aside": ("recalled", {"defect"}),
    "wrong": ("recalled", {"error"}),
    "going_back": ("returned", {"transit"}),
    "came_back": ("returned", {"returned"}),
    "found_again": ("returned", {"returned"}),
    "cancelled": ("cancelled", {"scrap"}),
    "sent_to_bank": ("recalled cancelled", {"transit"}),
    "with_bank": ("recalled cancelled", {"scrap"}),
    "bank_gave_back": ("recalled cancelled", {"scrap"}),
    "gone": ("destroyed", {"destroyed"}),
}
# On which part of the shelf a step leaves the card; a slot in a box is one of few.
SPOTS = {"card.sort": "box", "drawer.fill": "drawer", "issue.undo": "drawer"}


@dataclass
class Life:
    """What the model knows of one card."""

    card: int
    county: str
    hands: str = "on_the_way"
    spot: str = ""
    is_wrong: bool = False
    is_bad: bool = False
    is_cancelled: bool = False
    events: int = 1

    def may(self, code: str) -> bool:
        """Whether the step leads on from here."""
        if self.hands not in LEADS[code][0]:
            return False
        if code == "drawer.fill":
            return self.spot != "drawer"
        stopped = self.is_wrong or self.is_bad or self.is_cancelled
        return code != "stranded.put_back" or not stopped

    def goes(self, code: str) -> None:
        """The step was taken."""
        self.hands = LEADS[code][1] or self.hands
        if code != "card.contact":
            shelf = self.hands == "on_the_shelf"
            self.spot = SPOTS.get(code, "store") if shelf else ""
        if code in ("error.record", "error.lift"):
            self.is_wrong = code == "error.record"
        if code in ("defect.record", "stock.damage"):
            self.is_bad = True
        if code in ("card.cancel_returned", "destruction.carry_out"):
            self.is_cancelled = True
        if code == "destruction.carry_out":
            self.is_wrong = self.is_bad = False
        self.events += 1
