"""Chapter 6: stranded cards (Art. 16 to 19)."""
