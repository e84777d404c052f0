"""Article 7: two of the office take a card to its holder's home, or bring it back.

Acts: card.take_out, card.issue_home, card.bring_back.
"""
