"""Holders told before a day comes, and of a card that waits for them, by text (Art. 16, 22, 27).

No act of the table: nothing about a card changes. Lists and the radar say the same to the office,
for those who gave no telephone number.
"""
