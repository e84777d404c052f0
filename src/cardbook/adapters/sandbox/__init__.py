"""The other side on this machine: province, bank and text gateway, with faults to switch on.

For tests, demos and whoever integrates; it holds what it hears in memory unless told to keep it,
listens on loopback only, and never comes near a real system. `cli.py` starts it.
"""
