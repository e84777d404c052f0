"""A holder's death recorded, or taken back where it was a mistake (Art. 17, 29).

Acts: holder.note_death, holder.undo_death.
"""
