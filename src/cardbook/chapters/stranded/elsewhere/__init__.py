"""Article 16: a holder wants to fetch his card at another office; the one that has it sends it on.

Acts: card.ask_outlet, card.decline_outlet.
"""
