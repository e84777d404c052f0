"""Article 8 para. 4, with 9 and 12: a holder collects his own card at a window.

Acts: card.issue, issue.undo.
"""
