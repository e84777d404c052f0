"""Small tools without Django and without the domain: numbers, names, seals, trees, working days.

Everything above may import this package; it imports nothing of the house.
"""
