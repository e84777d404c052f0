"""The insurance relation moved or ended (Art. 30); misuse stopped (Art. 31).

Acts: relation.end, relation.end_unissued, relation.keep, card.freeze, card.unfreeze.
"""
