"""How outside systems are spoken to: the province's web service, banks' files, text messages.

Each adapter keeps a Protocol of `ports/messages.py`; `sandbox/` is the other side for tests, demos
and whoever integrates. Settings come from one file, `lines.py` reads it.
"""
