"""The page of numbers (Art. 5, 6, 8, 9, 16): each is a named SQL view and opens its own rows.

`catalogue.py` owns the names, `sql/` the views, `choice.py` what is counted, `counting.py` counts.
"""
