"""The keys of what belongs to people: does everything open, and how a key is changed (P6, P7).

`walking.py` reads all there is, `repairing.py` fetches one value back from a backup, `night.py`
looks every night, `cli.py` is for the administrator (docs/operate/keys.md).
"""
