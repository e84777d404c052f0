"""A card cancelled because somebody with the right to it asks, or an office (Art. 29).

Acts: card.cancel, card.cancel_unissued, card.cancel_by_office.
"""
