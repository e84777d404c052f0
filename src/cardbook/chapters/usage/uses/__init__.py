"""What the card is used for, and its state told to whoever may ask (Art. 2, 23)."""
