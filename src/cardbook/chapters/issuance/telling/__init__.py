"""What holders were told, by whom, when, in which words: read off the ledger (Art. 12, 15, 28).

No act of its own: every act that owes a notice records it as told.
"""
