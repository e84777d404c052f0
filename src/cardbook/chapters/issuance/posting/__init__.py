"""Article 7: a card goes by post and is issued when its receipt comes back signed.

Acts: card.post, card.issue_posted, card.post_back.
"""
