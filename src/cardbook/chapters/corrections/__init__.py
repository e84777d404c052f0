"""Chapter 5: wrong cards (Art. 13 to 15)."""
