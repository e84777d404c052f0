"""A card in place of another, its fee and the old one's fate (Art. 9, 15, 26).

Acts: replacement.capture, replacement.capture_free, fee.take, fee.waive, fee.refund,
fee.refuse, old_card.void, old_card.hand_in, old_card.hand_in_defective.
"""
