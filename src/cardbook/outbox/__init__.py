"""What other systems are owed, from the act that owes it until they have it (Art. 14, 22, 25-30).

`owing.py` writes it down inside the act's transaction, `letters.py` puts it into clear words,
`leasing.py` and `deliver.py` take it over after the commit, `by_hand.py` is for an office without
an interface. Nothing here knows how anybody is spoken to: that is `adapters/`.
"""
