"""Work that outlives a request: asked for in a transaction, done by `cardbook worker` (ADR 0011).

Serves no article of its own; `queue.py` takes jobs, `worker.py` does them and rescues the stalled.
"""
