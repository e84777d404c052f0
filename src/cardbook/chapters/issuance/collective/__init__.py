"""Article 8 paragraphs 2 and 3: a unit takes cards, its people sign, the sheet is filed.

Acts: bundle.hand_out, card.issue_collective, bundle.note_open, bundle.give_back, bundle.undo.
"""
