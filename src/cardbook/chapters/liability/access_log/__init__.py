"""Art. 32 item 3: who looked at whom is kept; nobody alters it, and whoever is asked can tell."""
