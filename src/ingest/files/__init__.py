"""Files: one module a format, told apart by content and never by name."""

from ...errors import FileError
from ..source import Decoded
from .options import Options

__all__ = ["Options", "decode"]

#: Longest stretch at the head of a file that is looked at to tell text from bytes.
_HEAD = 4096


def decode(data: bytes, name: str, options: Options | None = None) -> Decoded:
    """Return what a file says, whatever its format; ``name`` is only quoted, never trusted.

    Raises FileError, one sentence that names the file, for anything that is not sound.
    """
    options = options or Options()
    if data.startswith(b"\x1f\x8b"):
        from .archive import unpacked

        data, name = unpacked(data, name)
    kind = sniff(data)
    # The decoders are imported when a file asks for them: the FIT profile alone is 16,000 lines.
    if kind == "fit":
        from . import fit

        return fit.decode(data, name, options)
    if kind == "podlog":
        from . import podlog

        return podlog.decode(data, name)
    if kind == "xml":
        from . import xmltracks

        return xmltracks.decode(data, name, options)
    if kind == "text":
        from . import csv

        return csv.decode(data, name, options)
    raise FileError(f"{name}: {_WHAT_IT_IS[kind]}")


def sniff(data: bytes) -> str:
    """Return ``fit``, ``podlog``, ``text``, or why it is none of them as a key."""
    if not data:
        return "empty"
    if data[8:12] == b".FIT":
        return "fit"
    if data.startswith(b"CFPODLG1"):
        return "podlog"
    if data.startswith(b"PK\x03\x04"):
        return "zip"
    head = data[:_HEAD]
    if head.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<"):
        return "xml"
    if head.startswith((b"\xff\xfe", b"\xfe\xff")) or (b"\0" not in head and _mostly_text(head)):
        return "text"
    return "unknown"


def _mostly_text(head: bytes) -> bool:
    """Tell text from bytes: control characters other than white space are rare in text."""
    control = sum(byte < 32 and byte not in b"\t\r\n\f\v" for byte in head)
    return control <= len(head) // 100


_WHAT_IT_IS = {
    "empty": "the file is empty",
    "zip": "a ZIP archive; import it as a whole, not as one recording",
    "unknown": "not a file that catfoot can read: expected FIT, TCX, GPX, a CSV of a raw "
    "IMU or a pod recording",
}
