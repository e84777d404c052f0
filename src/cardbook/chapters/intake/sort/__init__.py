"""Article 6: received cards are sorted by group, unit, town, bank or batch into slots.

Act: card.sort.
"""
