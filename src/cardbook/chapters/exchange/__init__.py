"""What is between us and the systems on the other side (Art. 14, 22, 25, 26, 28 to 30)."""
