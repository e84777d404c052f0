"""Files exchanged with banks and card makers, declared as data (domain.md 3.2; Art. 25, 26).

`fixed.py` reads and writes records of a fixed number of bytes, `layouts.py` declares F3 and F5;
`piped.py` does the same between pipes, `factory.py` declares F4 with its photos.
"""
