"""Chapter 7: safe-keeping (Art. 20, 21)."""
