"""Article 20: stock counted blind while work goes on, every difference closed by two.

Acts: stock.miss, stock.miss_set_aside, stock.find, stock.find_stopped.
"""
