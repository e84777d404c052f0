"""Article 5 paragraph 1: the city guides its offices; who is guided signs that he read it.

no act: letters and signatures as data.
"""
