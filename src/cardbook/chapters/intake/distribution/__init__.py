"""Articles 6 and 8 paragraph 1: cards handed from office to office.

Acts: handover.send, handover.receive, handover.note_difference, handover.take_back, card.unsort,
drawer.fill.
"""
