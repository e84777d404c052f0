"""One refusal in the words of the screen, beside the field it concerns (Art. 8 para. 4)."""

from dataclasses import dataclass

from cardbook.lifecycle.refusals import Refusal


@dataclass(frozen=True, slots=True, kw_only=True)
class Note:
    """One problem beside the field it concerns."""

    sentence: str
    way_out: str = ""
    article: str = ""
    code: str = ""


def note_of(refusal: Refusal) -> Note:
    """This function will put a refusal into the words of the screen."""
    return Note(
        sentence=refusal.sentence,
        way_out=refusal.way_out,
        article=refusal.article,
        code=refusal.code,
    )
