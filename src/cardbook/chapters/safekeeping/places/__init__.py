"""Articles 20 and 21: where cards are kept, by whom, how safely, and what went wrong.

Acts: stock.damage.
"""
