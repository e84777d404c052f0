"""Chapter 3, Article 6: a county collects its cards, counts, registers and sorts them."""
