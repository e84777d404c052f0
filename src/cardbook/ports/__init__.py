"""What we ask of the systems on the other side: kinds of message, letters, answers, Protocols.

Knows no Django; `outbox/` keeps what is owed, `adapters/` speak the other side's language.
"""
