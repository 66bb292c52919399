"""Which files are taken, and under which name. Pure.

What a file is, its bytes say: a name or a browser may claim anything.
"""

from __future__ import annotations

import codecs
import unicodedata
from dataclasses import dataclass
from pathlib import PurePath

HEAD = 64 * 1024
TAIL = 256 * 1024
"""How much of a file's beginning and end is looked at: enough for a ZIP's list of names, and bounded."""

NAME_LENGTH = 200


@dataclass(frozen=True, slots=True)
class FileType:
    """A kind of file that is taken. `shown`: a browser may show it in a tab of its own."""

    content_type: str
    extensions: tuple[str, ...]
    shown: bool = False


PDF = FileType("application/pdf", (".pdf",), shown=True)
PNG = FileType("image/png", (".png",), shown=True)
JPEG = FileType("image/jpeg", (".jpg", ".jpeg"), shown=True)
WEBP = FileType("image/webp", (".webp",), shown=True)
XLSX = FileType("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", (".xlsx",))
DOCX = FileType("application/vnd.openxmlformats-officedocument.wordprocessingml.document", (".docx",))
CSV = FileType("text/csv", (".csv",))
TEXT = FileType("text/plain", (".txt",))
TAKEN = (PDF, PNG, JPEG, WEBP, XLSX, DOCX, CSV, TEXT)

BY_CONTENT_TYPE = {kind.content_type: kind for kind in TAKEN}
ACCEPT = ",".join(extension for kind in TAKEN for extension in kind.extensions)
"""For a file field's `accept`: what the chooser offers first."""


def type_of(head: bytes, tail: bytes, name: str) -> FileType | None:
    """What the bytes are: `head` the first (up to `HEAD`), `tail` the last (up to `TAIL`). None: nothing we take.

    Only between CSV and plain text, which are the same bytes, does the name decide.
    """
    if head.startswith(b"%PDF-"):
        return PDF
    if head.startswith(b"\x89PNG\r\n\x1a\n"):
        return PNG
    if head.startswith(b"\xff\xd8\xff"):
        return JPEG
    if head.startswith(b"RIFF") and head[8:12] == b"WEBP":
        return WEBP
    if head.startswith(b"PK\x03\x04"):
        return _office_type(tail)
    if _is_text(head):
        return CSV if PurePath(name).suffix.lower() == ".csv" else TEXT
    return None


def _office_type(tail: bytes) -> FileType | None:
    """An Office file is a ZIP; the list of its parts stands, unpacked, at its end. With macros it is not taken."""
    if b"vbaProject.bin" in tail or b"[Content_Types].xml" not in tail:
        return None
    if b"xl/workbook.xml" in tail:
        return XLSX
    return DOCX if b"word/document.xml" in tail else None


def _is_text(head: bytes) -> bool:
    """Readable as UTF-8 or as GB 18030, which Chinese spreadsheets write, and without control characters."""
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            # `final=False`: the head may end in the middle of a character.
            text = codecs.getincrementaldecoder(encoding)().decode(head, False)
        except UnicodeDecodeError:
            continue
        return bool(text) and not any(unicodedata.category(sign) == "Cc" and sign not in "\t\r\n\f" for sign in text)
    return False


def shown_name(name: str, kind: FileType) -> str:
    """A name to show and to download under: no folders, no control or direction characters, the type's extension.

    `../../a.pdf` → `a.pdf`; `invoice.exe` that is a PDF → `invoice.exe.pdf`; nothing left → `file.pdf`.
    """
    name = unicodedata.normalize("NFC", name.replace("\\", "/").rsplit("/", 1)[-1])
    name = "".join(sign for sign in name if unicodedata.category(sign)[0] != "C")
    name = " ".join(name.split()).strip(". ")
    stem, suffix = PurePath(name).stem, PurePath(name).suffix
    if suffix.lower() not in kind.extensions:
        stem, suffix = name, kind.extensions[0]
    return (stem or "file")[: NAME_LENGTH - len(suffix)] + suffix
