"""`cardbook doctor`: what is wrong with an installation, in plain words, and what to do (Art. 20).

`machine.py` looks at this computer, `database.py` at the server, `ledger.py` at the sealed book,
`outbox.py` at what others are owed; each check is one small function, `cli.py` runs them and
writes the table.
"""
