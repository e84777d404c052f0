"""A card cancelled because somebody with the right to it asks; its plastic taken in (Art. 29).

Acts: card.cancel, old_card.hand_in.
"""
