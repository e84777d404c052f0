"""Article 8 paragraph 3, Article 20: who may take cards for a unit, and how it keeps them.

no act: what is on file of a unit.
"""
