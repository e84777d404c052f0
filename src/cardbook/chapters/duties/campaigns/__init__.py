"""Article 5, 8 paragraph 1: what the city orders, by when, and how far each office has come.

no act: targets and rules as data.
"""
