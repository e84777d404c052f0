"""Chapter 2 of the regulation: who answers for what (Articles 5, 33, 34), and how that changes."""
