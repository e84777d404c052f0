"""Whether the paper that charges somebody holds on a day: judged here and nowhere else (Art. 10).

The table of acts asks it of what an act says of the paper, slices of a mandate on file.
"""

from datetime import date


def why_out_of_term(*, signed_on: date, since: date, until: date, on: date) -> str:
    """This function will say why a mandate does not hold on a day, or "" (Civil Code 165, 173)."""
    reasons = (
        (signed_on > on, f"签署日期 {signed_on} 在今天之后"),
        (on < since, f"自 {since} 起才有效"),
        (on > until, f"已于 {until} 到期"),
    )
    return next((words for fails, words in reasons if fails), "")
