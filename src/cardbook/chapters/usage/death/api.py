"""A holder's death by API (Art. 17, 29)."""

from cardbook.chapters.usage.act_api import Call, Target, acts_on
from cardbook.chapters.usage.death.commands import note_death, undo_death
from cardbook.chapters.usage.death.forms import NoteForm, UndoForm

ROUTER = acts_on(Target(), Call(form=NoteForm, do=note_death), Call(form=UndoForm, do=undo_death))
