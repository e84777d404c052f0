"""Messages owed (待办消息): to whom, since when, what was answered; send again or settle by hand.

Art. 14, 22, 25 to 30: whoever answers for a county sees what the other side still has to hear. No
act of the table: what is settled here was done on the other side, under its own number.
"""
