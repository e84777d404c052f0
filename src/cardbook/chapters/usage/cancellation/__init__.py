"""A card cancelled because somebody with the right to it asks (Art. 29).

Acts: card.cancel.
"""
