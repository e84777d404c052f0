"""A card lent while another is being made (Art. 27).

Acts: temporary.stock_in, temporary.lend, temporary.extend, temporary.take_back,
temporary.lose, temporary.excuse, temporary.void.
"""
