"""Chapter 8: the card in daily use (Art. 22 to 30)."""
