"""Both halves of a card put to use: ours at the window, the bank's at the bank (Art. 22).

Acts: social.activate, bank.direct, bank.report, pin.reset.
"""
