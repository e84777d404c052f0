"""Chapter 9: who answers for what was done (Art. 31, 32)."""
