"""The demo city: invented people and offices, and a fortnight of their life done through commands.

Serves no article by itself; it is the first thing a visitor sees and the longest integration test.
"""
