"""Article 19: wrong and cancelled cards are destroyed by the bank, under witness.

Acts: destruction.send, destruction.receive, destruction.take_back, destruction.carry_out.
"""
