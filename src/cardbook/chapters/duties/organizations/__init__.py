"""Offices that change, and posts handed on with their balance (Art. 5, 8, 20).

Acts: stock.hand_on, stock.hand_on_… by place (cards go along when an office is merged or split),
county.join, county.join_… by subject (a county goes into another; nothing moves).
Every other change is an event of the organisation or of the post (`orgs.changes`, `orgs.actors`).
"""
