"""GBK as Windows writes it: the byte 0x80 is the euro sign, which GB 18030 does not know (Art. 6).

Python's own `cp936` is another name for GBK and refuses that byte; `text_tables.py` asks for this.
"""

import codecs

WINDOWS_936 = "windows-936"
_EURO = b"\x80"
_BASE = codecs.lookup("gb18030")


def _euro(problem: UnicodeError) -> tuple[str, int]:
    if (
        isinstance(problem, UnicodeDecodeError)
        and problem.object[problem.start : problem.start + 1] == _EURO
    ):
        return "€", problem.start + 1
    raise problem


def _decoder(errors: str = "strict") -> codecs.IncrementalDecoder:
    return _BASE.incrementaldecoder(WINDOWS_936 if errors == "strict" else errors)


def _found(name: str) -> codecs.CodecInfo | None:
    if name != WINDOWS_936.replace("-", "_"):
        return None
    return codecs.CodecInfo(
        _BASE.encode, _BASE.decode, name=WINDOWS_936,
        incrementalencoder=_BASE.incrementalencoder, incrementaldecoder=_decoder,
    )  # fmt: skip


codecs.register_error(WINDOWS_936, _euro)
codecs.register(_found)
