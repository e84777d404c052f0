"""Article 16: holders who did not come are looked for, in several ways.

Acts: card.contact.
"""
