"""Articles 10 and 11: a proxy or a guardian comes for the holder.

Acts: card.issue_proxy, card.issue_guardian.
"""
