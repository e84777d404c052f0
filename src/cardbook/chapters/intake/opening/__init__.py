"""Before this book began: the opening balance, its sources and what they disagree on (Art. 6, 20).

Acts: opening.keep, .issue, .recall, .return, .miss, .cancel, .destroy register; opening.find_kept,
.find_held, .find_sealed, .find_active, .find_locked, .find_cancelled, .confirm settle later.
"""
