"""Chapter 4, Articles 7 to 12: cards are handed to people, checked first, advised after."""
