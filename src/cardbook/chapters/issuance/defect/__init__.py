"""Article 9: a card that is soiled, incomplete or unreadable is taken back and replaced free.

Acts: defect.record, replacement.open_free.
"""
