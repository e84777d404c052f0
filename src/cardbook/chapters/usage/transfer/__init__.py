"""The insurance relation moved or ended (Art. 30); misuse stopped (Art. 31).

Acts: relation.end, relation.keep, card.freeze, card.unfreeze.
"""
