"""What a file is, by its bytes; and what it may be called."""

import io
import zipfile

import pytest
from openpyxl import Workbook

from cpaudit.documents import rules
from cpaudit.documents.rules import CSV, DOCX, JPEG, PDF, PNG, TEXT, WEBP, XLSX, FileType, shown_name, type_of


def recognised(content: bytes, name: str = "file") -> FileType | None:
    return type_of(content[: rules.HEAD], content[-rules.TAIL :], name)


def zipped(*names: str) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name in names:
            archive.writestr(name, "x" * 10)
    return buffer.getvalue()


def workbook() -> bytes:
    buffer = io.BytesIO()
    Workbook().save(buffer)
    return buffer.getvalue()


@pytest.mark.parametrize(
    ("content", "name", "kind"),
    [
        (b"%PDF-1.7\n...", "a.pdf", PDF),
        (b"\x89PNG\r\n\x1a\n...", "a.png", PNG),
        (b"\xff\xd8\xff\xe0...", "a.jpg", JPEG),
        (b"RIFF\x10\x00\x00\x00WEBPVP8 ", "a.webp", WEBP),
        (workbook(), "a.xlsx", XLSX),
        (zipped("[Content_Types].xml", "word/document.xml"), "a.docx", DOCX),
        ("名称,数量\n水,3\n".encode(), "a.csv", CSV),
        ("名称,数量\n水,3\n".encode("gb18030"), "a.CSV", CSV),
        (b"\xef\xbb\xbfname,amount\n", "a.csv", CSV),
        (b"plain words\n", "a.txt", TEXT),
        (b"plain words\n", "a.unknown", TEXT),
    ],
)
def test_files_that_are_taken_are_known_by_their_bytes(content: bytes, name: str, kind: FileType):
    assert recognised(content, name) is kind


@pytest.mark.parametrize(
    ("content", "name"),
    [
        (b"MZ\x90\x00\x03\x00\x00\x00", "report.pdf"),
        (b"\x7fELF\x02\x01\x01\x00", "report.txt"),
        (b"RIFF\x10\x00\x00\x00WAVEfmt ", "a.webp"),
        (zipped("readme.txt"), "a.xlsx"),
        (zipped("[Content_Types].xml", "xl/workbook.xml", "xl/vbaProject.bin"), "a.xlsx"),
        (b"words\x00with a zero", "a.txt"),
        (b"\x1b[31mcolours", "a.txt"),
        (b"", "a.txt"),
    ],
)
def test_other_files_are_not_taken_whatever_their_name(content: bytes, name: str):
    assert recognised(content, name) is None


def test_text_cut_in_the_middle_of_a_character_is_text():
    content = "水".encode() * rules.HEAD

    assert recognised(content, "a.txt") is TEXT


def test_parts_list_behind_a_large_workbook_is_found():
    buffer = io.BytesIO(workbook())
    with zipfile.ZipFile(buffer, "a", zipfile.ZIP_STORED) as archive:
        archive.writestr("xl/media/picture.png", b"\x00" * (rules.TAIL + rules.HEAD))

    assert recognised(buffer.getvalue()) is XLSX


@pytest.mark.parametrize(
    ("name", "kind", "shown"),
    [
        ("report.pdf", PDF, "report.pdf"),
        ("../../etc/report.pdf", PDF, "report.pdf"),
        ("C:\\files\\水表.pdf", PDF, "水表.pdf"),
        ("photo.JPEG", JPEG, "photo.JPEG"),
        ("invoice.exe", PDF, "invoice.exe.pdf"),
        ("noextension", PNG, "noextension.png"),
        ("cod\u202efdp.pdf", PDF, "codfdp.pdf"),
        ("two\r\nlines.txt", TEXT, "twolines.txt"),
        ("  many   spaces .pdf", PDF, "many spaces .pdf"),
        ("", PDF, "file.pdf"),
        (".pdf", PDF, "pdf.pdf"),
    ],
)
def test_shown_name_is_plain_and_fits_the_type(name: str, kind: FileType, shown: str):
    assert shown_name(name, kind) == shown


def test_shown_name_is_cut_but_keeps_its_extension():
    name = shown_name("长" * 300 + ".pdf", PDF)

    assert len(name) == rules.NAME_LENGTH
    assert name.endswith(".pdf")
