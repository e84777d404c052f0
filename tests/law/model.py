"""What leads from whose hands to whose: the model of a card's life that `perform` is held against.

Written from the regulation like the tables; where those say `?`, the office's choice stands here.
"""

from dataclasses import dataclass

_HOME = {"at_home", "at_home_by_sheet"}
# A card may be missed by who waits for it: reported lost before it was ever handed over (Art. 28).
_MISSED_BY_ITS_HOLDER = _HOME | {
    "on_the_way",
    "on_the_shelf",
    "handed",
    "with_unit",
    "in_post",
    "on_visit",
}

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
    # Chapter 4: given to one, to a unit, to the post, at home; taken back (Art. 7 to 11)
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
    "card.take_out": ({"on_the_shelf"}, "on_visit"),
    "card.issue_home": ({"on_visit"}, "at_home"),
    "card.bring_back": ({"on_visit"}, "on_the_shelf"),
    "issue.undo": ({"at_home"}, "on_the_shelf"),
    "defect.record": ({"on_the_shelf", "on_visit", "at_home", "at_home_by_sheet"}, "set_aside"),
    # Chapter 5: wrong, and wrong by mistake (Art. 13)
    "error.record": (
        {
            "on_the_way",
            "handed",
            "on_the_shelf",
            "with_unit",
            "on_visit",
            "at_home",
            "at_home_by_sheet",
        },
        "wrong",
    ),
    "error.lift": ({"wrong"}, "on_the_shelf"),
    "error.lift_in_use": ({"wrong"}, "at_home"),
    # Chapter 6: called, sent back, cancelled, destroyed (Art. 16 to 19)
    "card.contact": (
        {"on_the_way", "on_the_shelf", "handed", "with_unit", "in_post", "on_visit"},
        "",
    ),
    "card.ask_outlet": (
        {"on_the_way", "on_the_shelf", "handed", "with_unit", "in_post", "on_visit"},
        "",
    ),
    "card.decline_outlet": (
        {"on_the_way", "on_the_shelf", "handed", "with_unit", "in_post", "on_visit"},
        "",
    ),
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
    "stock.miss": ({"on_the_shelf", "handed", "with_unit", "in_post", "on_visit"}, "missed"),
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
    "stock.damage": ({"on_the_shelf", "with_unit", "on_visit"}, "set_aside"),
    # Chapter 8: put to use, lost and found, ended, handed in (Art. 22, 26, 28 to 30)
    "social.activate": (_HOME, ""),
    "bank.direct": (_HOME, ""),
    "pin.reset": (_HOME, ""),
    "loss.report": (_MISSED_BY_ITS_HOLDER, ""),
    "loss.renew": (_MISSED_BY_ITS_HOLDER, ""),
    "loss.formal": (_MISSED_BY_ITS_HOLDER, ""),
    "loss.lift": (_MISSED_BY_ITS_HOLDER, ""),
    "card.cancel": (_HOME, ""),
    "card.cancel_unissued": ({"on_the_shelf"}, "cancelled"),
    "relation.end": (_HOME, ""),
    "relation.end_unissued": ({"on_the_shelf"}, "cancelled"),
    "relation.keep": (_MISSED_BY_ITS_HOLDER, ""),
    "old_card.void": (_HOME, ""),
    "old_card.hand_in": (_HOME, "cancelled"),
    # Chapter 9: stopped on suspicion, and freed (Art. 31)
    "card.freeze": (_HOME, ""),
    "card.unfreeze": (_HOME, ""),
}
# Acts on a card that no walk takes, and where they are tested instead.
NOT_WALKED = {
    "delivery.register": "a card's birth: every walk begins with it",
    "loss.lift_formal": "Shaanxi lets nobody do it: the truth table, under a city that does",
    "loss.tell": "what was owed is said, nothing else changes: usage/loss",
    "holder.note_death": "the holder died, his card lies where it lay: usage/death",
    "card.cancel_by_office": "like card.cancel, by two and on a letter: usage/cancellation",
    **dict.fromkeys(
        ("recalled.send_home", "recalled.receive_wrong", "recalled.receive_bad"),
        "from an outlet's own place, where no walk leaves a card: stranded/bring_home",
    ),
    "harm.report": "said of a card, which stays as it is: safekeeping/harm",
    "harm.name": "a keeper says which cards a report means: safekeeping/harm",
    "old_card.hand_in_defective": "like old_card.hand_in, into the stock of defects: replacement",
    "holder.undo_death": "the holder lives after all: usage/death",
    "bank.report": "the bank's word on its own half of any card: usage/activation",
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
    "card.contact", "card.ask_outlet", "card.decline_outlet", "stranded.send_back",
    "error.lift_in_use", "old_card.void", "old_card.hand_in",
    "handover.take_back",
}  # fmt: skip
# Any window of the city takes a loss; the bank whose card it is, one in writing (Art. 28).
ANYWHERE = {"loss.report", "loss.renew", "loss.formal", "loss.lift"}
OWN_BANKS_WORK = {"loss.formal", "old_card.void"}
WINDOWS_WORK = _EVERYBODYS | ANYWHERE | {
    "card.issue", "card.issue_proxy", "card.issue_guardian", "issue.undo", "card.post",
    "card.issue_posted", "card.post_back", "card.take_out", "card.issue_home", "card.bring_back",
    "social.activate", "bank.direct", "pin.reset",
    "card.cancel", "card.cancel_unissued", "relation.end", "relation.end_unissued",
    "relation.keep",
}  # fmt: skip
BANKS_WORK = {"destruction.receive", "destruction.take_back", "destruction.carry_out"}
KEEPERS_WORK = {*LEADS} - (WINDOWS_WORK - _EVERYBODYS) - BANKS_WORK
WORK = {
    "keeper": KEEPERS_WORK,
    "clerk": WINDOWS_WORK,
    "other_clerk": WINDOWS_WORK,
    "teller": BANKS_WORK | OWN_BANKS_WORK,
}
TWO_PEOPLE = {
    "delivery.receive", "delivery.note_shortage", "delivery.explain_found",
    "delivery.explain_missing", "handover.note_difference", "bundle.undo", "issue.undo",
    "error.lift", "stranded.put_back", "card.cancel_returned", "destruction.send",
    "destruction.take_back", "destruction.carry_out", "stock.miss", "stock.miss_set_aside",
    "stock.find", "stock.find_stopped", "stock.damage", "error.lift_in_use", "card.freeze",
    "card.unfreeze", "card.take_out", "card.issue_home",
}  # fmt: skip
WITNESSED = {"destruction.carry_out"}

# How the book must have a card in these hands: its stage, and in which kinds of place.
STANDS = {
    "on_the_way": ("in_custody", {"transit"}),
    "handed": ("in_custody", {"transit"}),
    "on_the_shelf": ("in_custody", {"store", "box", "drawer"}),
    "with_unit": ("in_custody", {"unit"}),
    "in_post": ("in_custody", {"post"}),
    "on_visit": ("in_custody", {"visit"}),
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
SPOTS = {
    "card.sort": "box", "drawer.fill": "drawer", "issue.undo": "drawer",
    "card.bring_back": "drawer",
}  # fmt: skip


# Steps by which no card is moved: it lies where it lay.
STILL = ANYWHERE | {"card.contact", "card.ask_outlet", "card.decline_outlet"}
# Who reported a loss is given nothing (Art. 28).
GIVEN = {
    "card.issue", "card.issue_proxy", "card.issue_guardian", "bundle.hand_out",
    "card.issue_collective", "card.post", "card.issue_posted", "card.take_out", "card.issue_home",
    "stock.find", "stranded.put_back",
}  # fmt: skip
# Called a slip of the pen, or bad from the start: only of a card nobody has put to use (Art. 22).
UNUSED = {"issue.undo", "bundle.undo", "defect.record"}
# What has ended is not lost, stopped or ended once more (Art. 28 to 30).
LIVING = ANYWHERE | {
    "error.record", "bank.direct", "card.cancel", "relation.end", "relation.keep", "old_card.void",
}  # fmt: skip
SOCIAL = {
    **dict.fromkeys(
        (
            "social.activate",
            "error.lift",
            "card.cancel_unissued",
            "relation.end_unissued",
            *UNUSED,
        ),
        ("sealed",),
    ),
    **dict.fromkeys(("pin.reset", "card.freeze"), ("active",)),
    **dict.fromkeys(LIVING, ("sealed", "active", "locked")),
    "error.lift_in_use": ("active", "locked"),
    "card.unfreeze": ("locked",),
    # Only what has ended comes back here: no walk orders another card in its place (Art. 26, 29).
    "old_card.hand_in": ("cancelled",),
}
LOSS = {
    **dict.fromkeys((*GIVEN, *UNUSED, "error.record", "social.activate", "pin.reset"), ("",)),
    "loss.report": ("",),
    "loss.renew": ("oral_loss",),
    "loss.lift": ("oral_loss",),
    "loss.formal": ("", "oral_loss"),
    "old_card.void": ("formal_loss",),
}
# What a step makes of the social function and of a loss.
SOCIAL_AFTER = {
    **dict.fromkeys(
        ("card.cancel_returned", "destruction.carry_out", "card.cancel", "card.cancel_unissued",
         "relation.end", "relation.end_unissued", "old_card.void", "old_card.hand_in"),
        "cancelled",
    ),
    **dict.fromkeys(("social.activate", "card.unfreeze"), "active"),
    "card.freeze": "locked",
}  # fmt: skip
LOSS_AFTER = {
    **dict.fromkeys(("loss.report", "loss.renew"), "oral_loss"),
    "loss.formal": "formal_loss",
    **dict.fromkeys(
        ("loss.lift", "card.cancel", "card.cancel_unissued", "relation.end",
         "relation.end_unissued", "old_card.hand_in", "stock.damage", "destruction.carry_out"),
        "",
    ),
}  # fmt: skip


@dataclass
class Life:
    """What the model knows of one card."""

    card: int
    county: str
    hands: str = "on_the_way"
    spot: str = ""
    is_wrong: bool = False
    is_bad: bool = False
    social: str = "sealed"
    loss: str = ""
    events: int = 1

    @property
    def hold(self) -> str:
        """What stops it."""
        stopped = "error" if self.is_wrong else "defect" if self.is_bad else self.loss
        return stopped or "none"

    def may(self, code: str) -> bool:
        """Whether the step leads on from here."""
        if self.hands not in LEADS[code][0]:
            return False
        if code == "drawer.fill":
            return self.spot != "drawer"
        if self.social not in SOCIAL.get(code, (self.social,)):
            return False
        if self.loss not in LOSS.get(code, (self.loss,)):
            return False
        return code != "stranded.put_back" or (self.hold, self.social) == ("none", "sealed")

    def goes(self, code: str) -> None:
        """The step was taken."""
        self.hands = LEADS[code][1] or self.hands
        if code not in STILL:
            shelf = self.hands == "on_the_shelf"
            self.spot = SPOTS.get(code, "store") if shelf else ""
        if code in ("error.record", "error.lift", "error.lift_in_use"):
            self.is_wrong = code == "error.record"
        if code in ("defect.record", "stock.damage"):
            self.is_bad = True
        if code == "destruction.carry_out":
            self.is_wrong = self.is_bad = False
        self.social = SOCIAL_AFTER.get(code, self.social)
        self.loss = LOSS_AFTER.get(code, self.loss)
        self.events += 1
