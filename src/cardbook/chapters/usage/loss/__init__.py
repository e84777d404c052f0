"""A lost card stopped at once, told, and found again (Art. 28).

Acts: loss.report, loss.renew, loss.tell, loss.formal, loss.lift, loss.lift_formal.
"""
