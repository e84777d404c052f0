"""What an exported file says, whatever kind it is: for tests of what leaves the house."""

import io
import re
import zipfile

from pypdf import PdfReader

_TAG = re.compile(r"<[^>]*>")


def text_of(content: bytes) -> str:
    """This function will return the words of a PDF, a workbook, an archive or a text."""
    if content.startswith(b"PK"):
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            parts = [text_of(archive.read(name)) for name in archive.namelist()]
        return "\n".join(_TAG.sub(" ", part) for part in parts)
    if content.startswith(b"%PDF"):
        return "".join(page.extract_text() for page in PdfReader(io.BytesIO(content)).pages)
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("gb18030", errors="ignore")
