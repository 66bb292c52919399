"""Reads one untrusted table in a process of its own and prints it as JSON.

Run by path, never imported by the application: it loads the standard library and python-calamine only, so it starts in
some 50 ms and a file that brings it down (a spreadsheet library may abort the whole process on two far-apart cells)
takes nothing else with it. The limits are set before the first byte of the file is looked at.

    python -I child.py '{"path": "…", "name": "…", "sheet": null, "max_rows": …}'

Prints `{"ok": true, "sheet": …, "sheets": […], "rows": [[cell, …], …], …}`
or `{"ok": false, "code": …, "params": {…}}`.
A cell is a string, a number, a boolean, null, or `{"d": "2019-01-31"}` for a date. Rows and columns count from 0 here.
"""

import codecs
import csv
import datetime
import io
import json
import re
import resource
import sys
import xml.parsers.expat
import zipfile
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

CELL_LIMIT = 32_767  # characters: what a spreadsheet itself allows in a cell
FOUND_LIMIT = 20_000  # formulas, error values and merged ranges located one by one before the file is given up


class Refused(Exception):
    """The file cannot be taken; `code` names the sentence a person is shown."""

    def __init__(self, code: str, **params: Any) -> None:
        super().__init__(code)
        self.code, self.params = code, params


def main(arguments: dict[str, Any]) -> dict[str, Any]:
    limit(arguments)
    path = Path(arguments["path"])
    try:
        return {"ok": True} | (
            read_workbook(path, arguments) if kind_of(path) == "xlsx" else read_text(path, arguments)
        )
    except Refused as refusal:
        return {"ok": False, "code": refusal.code, "params": refusal.params}
    except MemoryError:
        return {"ok": False, "code": "too_heavy", "params": {}}


def limit(arguments: dict[str, Any]) -> None:
    for what, value in (
        (resource.RLIMIT_AS, arguments["memory"]),
        (resource.RLIMIT_CPU, arguments["seconds"]),
        (resource.RLIMIT_FSIZE, arguments["output"]),
        (resource.RLIMIT_CORE, 0),
    ):
        resource.setrlimit(what, (value, value))


# --- What is it? ----------------------------------------------------------------------------------------------------
MAGIC = (
    (b"%PDF", "pdf"),
    (b"MZ", "program"),
    (b"\x7fELF", "program"),
    (b"\x89PNG", "picture"),
    (b"\xff\xd8\xff", "picture"),
    (b"GIF8", "picture"),
    (b"\x1f\x8b", "archive"),
    (b"7z\xbc\xaf", "archive"),
    (b"Rar!", "archive"),
    (b"{\\rtf", "document"),
)
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


def kind_of(path: Path) -> str:
    """`xlsx` or `csv`, judged by content; the name of a file proves nothing."""
    with path.open("rb") as file:
        head = file.read(4096)
    if not head.strip():
        raise Refused("empty_file")
    for start, kind in MAGIC:
        if head.startswith(start):
            raise Refused(f"is_{kind}")
    if head.startswith(OLE):
        raise Refused(ole_kind(path))
    if head.startswith(b"PK\x03\x04"):
        return "xlsx"
    if head.startswith(b"PK"):
        raise Refused("is_archive")
    text = head.lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if text.startswith((b"<!doctype html", b"<html", b"<table")):
        raise Refused("is_html")
    if text.startswith((b"<?xml", b"<!doctype", b"<!entity")):
        raise Refused("is_xml")
    return "csv"


def ole_kind(path: Path) -> str:
    """Old binary Office files and encrypted new ones share one container; stream names tell them apart."""
    content = path.read_bytes()
    if "EncryptedPackage".encode("utf-16-le") in content:
        return "password"
    return "is_xls" if "Workbook".encode("utf-16-le") in content else "is_document"


# --- XLSX -----------------------------------------------------------------------------------------------------------
def read_workbook(path: Path, arguments: dict[str, Any]) -> dict[str, Any]:
    try:
        with zipfile.ZipFile(path) as archive:
            names = check_archive(archive, arguments)
            parts = {name: read_part(archive, name) for name in names if name.endswith((".xml", ".rels"))}
    except (zipfile.BadZipFile, zipfile.LargeZipFile, EOFError, NotImplementedError, OSError, ValueError) as error:
        raise Refused("damaged") from error
    paths = sheet_paths(parts)
    sheet = arguments.get("sheet") or next(iter(paths))
    if sheet not in paths:
        raise Refused("no_such_sheet", sheet=sheet, sheets=", ".join(paths))
    part = parts[paths[sheet]]
    check_extent(part, arguments)
    strings = parts.get("xl/sharedStrings.xml", b"")
    if len(re.findall(rb"<(?:\w+:)?si\b", strings)) > arguments["max_cells"]:
        raise Refused("too_many_cells", limit=arguments["max_cells"])
    formulas, failures = marked_cells(part)
    del parts, strings
    rows, merged = cells_of(path, sheet)
    return {
        "format": "xlsx",
        "encoding": "",
        "delimiter": "",
        "sheet": sheet,
        "sheets": list(paths),
        "rows": rows,
        "formulas": formulas,
        "failures": failures,
        "merged": merged,
    }


def check_archive(archive: zipfile.ZipFile, arguments: dict[str, Any]) -> list[str]:
    """Names of the parts, after the directory has promised sizes that can be borne and kept no secrets."""
    entries = archive.infolist()
    if len(entries) > arguments["max_entries"]:
        raise Refused("zip_bomb")
    names = [entry.filename for entry in entries]
    if any(entry.flag_bits & 0x1 for entry in entries):
        raise Refused("password")
    unpacked = sum(entry.file_size for entry in entries)
    packed = max(1, sum(entry.compress_size for entry in entries))
    if unpacked > arguments["max_unpacked"] or (unpacked > 10_000_000 and unpacked / packed > arguments["max_ratio"]):
        raise Refused("zip_bomb")
    if "xl/workbook.xml" not in names:
        raise Refused(package_kind(archive, names))
    if "xl/vbaProject.bin" in names:
        raise Refused("is_macro")
    if len(set(names)) != len(names):
        raise Refused("damaged")
    return names


def package_kind(archive: zipfile.ZipFile, names: list[str]) -> str:
    if "xl/workbook.bin" in names:
        return "is_xlsb"
    if any(name.startswith(("word/", "ppt/")) for name in names):
        return "is_document"
    if "mimetype" in names and archive.getinfo("mimetype").file_size < 200:
        return "is_ods" if b"spreadsheet" in archive.read("mimetype") else "is_document"
    return "is_archive"


def read_part(archive: zipfile.ZipFile, name: str) -> bytes:
    """One XML part, checked for what no spreadsheet program writes: document types, entities, other encodings."""
    part = archive.read(name)
    if b"<!DOCTYPE" in part or b"<!ENTITY" in part:
        raise Refused("entities")
    if b"\x00" in part or part.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        raise Refused("damaged")
    return part


def sheet_paths(parts: dict[str, bytes]) -> dict[str, str]:
    """`{sheet name: part name}` in the order of the workbook; chart and dialogue sheets are left out."""
    try:
        workbook = ET.fromstring(parts["xl/workbook.xml"])  # noqa: S314  read_part has refused entities
        relations = ET.fromstring(parts["xl/_rels/workbook.xml.rels"])  # noqa: S314
    except (ET.ParseError, KeyError) as error:
        raise Refused("damaged") from error
    targets: dict[str | None, str] = {}
    for relation in relations:
        if relation.get("Type", "").endswith("/worksheet"):
            path = relation.get("Target", "")
            targets[relation.get("Id")] = path.lstrip("/") if path.startswith("/") else f"xl/{path}"
    found = {}
    for element in workbook.iter():
        if element.tag.rpartition("}")[2] == "sheet":
            # The namespace of `r:id` differs between the transitional and the strict kind of workbook.
            relation_id = next((value for name, value in element.attrib.items() if name.endswith("}id")), "")
            target = targets.get(relation_id, "")
            if target in parts:
                found[element.get("name", "")] = target
    if not found:
        raise Refused("no_sheets")
    return found


def check_extent(part: bytes, arguments: dict[str, Any]) -> None:
    """The rectangle the cells span: the reader allocates all of it, however few cells are filled."""
    rows = max((int(number) for number in re.findall(rb'<(?:\w+:)?row\b[^>]*?\sr="(\d{1,9})"', part)), default=0)
    letters = set(re.findall(rb'\sr="([A-Z]{1,4})\d{1,9}"', part))
    far_row = max((int(n) for n in re.findall(rb'\sr="[A-Z]{1,4}(\d{5,9})"', part)), default=0)
    columns = max((column_number(text.decode()) for text in letters), default=0)
    rows = max(rows, far_row)
    if rows > arguments["max_rows"]:
        raise Refused("too_many_rows", rows=rows, limit=arguments["max_rows"])
    if columns > arguments["max_columns"]:
        raise Refused("too_many_columns", columns=columns, limit=arguments["max_columns"])
    if rows * columns > arguments["max_cells"]:
        raise Refused("too_many_cells", limit=arguments["max_cells"])


def column_number(letters: str) -> int:
    """A → 1, Z → 26, AA → 27."""
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - 64
    return number


def marked_cells(part: bytes) -> tuple[list[list[int]], list[list[Any]]]:
    """Positions of the cells that hold a formula, and of those that hold an error value (`#DIV/0!`).

    The fast reader hands over a formula's stored result and turns an error value into nothing, so both are looked for
    here. Most sheets have neither, and one search says so.
    """
    if not re.search(rb'<(?:\w+:)?f[\s>/]|\st="e"', part):
        return [], []
    formulas: list[list[int]] = []
    failures: list[list[Any]] = []
    here: dict[str, Any] = {"row": -1, "column": -1, "error": False, "text": None}

    def start(tag: str, attributes: dict[str, str]) -> None:
        name = tag.rpartition(":")[2]
        if name == "row":
            here.update(row=int(attributes.get("r", here["row"] + 2)) - 1, column=-1)
        elif name == "c":
            reference = re.fullmatch(r"([A-Z]+)(\d+)", attributes.get("r", ""))
            column = column_number(reference[1]) - 1 if reference else here["column"] + 1
            here.update(column=column, error=attributes.get("t") == "e")
        elif name == "f":
            formulas.append([here["row"], here["column"]])
        elif name == "v" and here["error"]:
            here["text"] = ""
        if len(formulas) + len(failures) > FOUND_LIMIT:
            raise Refused("too_many_formulas", limit=FOUND_LIMIT)

    def data(text: str) -> None:
        if here["text"] is not None:
            here["text"] += text

    def end(tag: str) -> None:
        if tag.rpartition(":")[2] == "v" and here["text"] is not None:
            failures.append([here["row"], here["column"], here["text"][:20]])
            here["text"] = None

    parser = xml.parsers.expat.ParserCreate()
    parser.StartElementHandler, parser.CharacterDataHandler, parser.EndElementHandler = start, data, end
    try:
        parser.Parse(part, True)
    except xml.parsers.expat.ExpatError as error:
        raise Refused("damaged") from error
    return formulas, failures


def cells_of(path: Path, sheet: str) -> tuple[list[list[Any]], list[list[int]]]:
    import python_calamine  # a CSV does not need it, and it is half of the start-up time

    try:
        with python_calamine.load_workbook(str(path)) as book:
            page = book.get_sheet_by_name(sheet)
            rows = page.to_python(skip_empty_area=False)
            ranges = page.merged_cell_ranges or []
    except python_calamine.PasswordError as error:
        raise Refused("password") from error
    except (python_calamine.CalamineError, OSError, ValueError) as error:
        raise Refused("damaged") from error
    if len(ranges) > FOUND_LIMIT:
        raise Refused("too_many_merged", limit=FOUND_LIMIT)
    plain = (str, bool, int)
    out = [[cell if type(cell) in plain else plain_cell(cell) for cell in row] for row in rows]
    for row in out:
        check_length(row)
    merged = [[top, left, bottom, right] for (top, left), (bottom, right) in ranges]
    return out, merged


def plain_cell(cell: Any) -> Any:
    """JSON for a cell: a number without a false `.0`, a date as ISO text marked as a date."""
    if isinstance(cell, float):
        return int(cell) if cell.is_integer() and abs(cell) < 1e15 else cell
    if isinstance(cell, datetime.datetime):
        midnight = cell.time() == datetime.time()
        return {"d": (cell.date() if midnight else cell).isoformat()}
    if isinstance(cell, datetime.date):
        return {"d": cell.isoformat()}
    return str(cell)


def check_length(row: list[Any]) -> None:
    for cell in row:
        if isinstance(cell, str) and len(cell) > CELL_LIMIT:
            raise Refused("cell_too_long", limit=CELL_LIMIT)


# --- Delimited text -------------------------------------------------------------------------------------------------
def read_text(path: Path, arguments: dict[str, Any]) -> dict[str, Any]:
    text, encoding = decode(path.read_bytes())
    delimiter = delimiter_of(text)
    csv.field_size_limit(CELL_LIMIT)
    rows: list[list[str]] = []
    cells = 0
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    try:
        for row in reader:
            rows.append(row)
            cells += len(row)
            if len(rows) > arguments["max_rows"]:
                raise Refused("too_many_rows", rows=len(rows), limit=arguments["max_rows"])
            if len(row) > arguments["max_columns"]:
                raise Refused("too_many_columns", columns=len(row), limit=arguments["max_columns"])
            if cells > arguments["max_cells"]:
                raise Refused("too_many_cells", limit=arguments["max_cells"])
    except csv.Error as error:
        if "field larger" in str(error):
            raise Refused("cell_too_long", limit=CELL_LIMIT) from error
        raise Refused("bad_quotes", line=reader.line_num) from error
    return {
        "format": "csv",
        "encoding": encoding,
        "delimiter": delimiter,
        "sheet": "",
        "sheets": [],
        "rows": rows,
        "formulas": [],
        "failures": [],
        "merged": [],
    }


def decode(content: bytes) -> tuple[str, str]:
    """The text and its encoding: UTF-8, UTF-16 with its mark, or GB 18030, which Chinese spreadsheets still write."""
    if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        encodings: tuple[str, ...] = ("utf-16",)
    elif b"\x00" in content:
        raise Refused("nul_bytes")
    else:
        encodings = ("utf-8-sig", "gb18030")
    for encoding in encodings:
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if encoding == "gb18030" and not looks_chinese(text):
            continue
        if "\x00" in text:
            raise Refused("nul_bytes")
        check_legible(text)
        return text, encoding.removesuffix("-sig")
    raise Refused("encoding")


def looks_chinese(text: str) -> bool:
    """GB 18030 decodes much of Western text too, into rare characters; real Chinese is nearly all in GB 2312."""
    foreign = [character for character in text if ord(character) > 127]
    common = sum(1 for character in foreign if in_gb2312(character))
    return common >= 0.9 * len(foreign)


def in_gb2312(character: str) -> bool:
    try:
        character.encode("gb2312")
    except UnicodeEncodeError:
        return False
    return True


def check_legible(text: str) -> None:
    """Text that somebody already decoded wrongly and saved so: nothing here can bring the characters back."""
    for number, line in enumerate(text.splitlines(), start=1):
        if line.isascii():
            continue
        if "\ufffd" in line or "锟斤拷" in line or decoded_twice(line):
            raise Refused("mojibake", line=number, sample=line.strip()[:60])


def decoded_twice(line: str) -> bool:
    for encoding in ("cp1252", "latin-1"):
        try:
            again = line.encode(encoding).decode("utf-8")
        except UnicodeError:
            continue
        return again != line
    return False


def delimiter_of(text: str) -> str:
    """The separator that occurs most often outside quotes in the first line; a comma when there is none."""
    first = re.sub(r'"[^"]*"', "", text.lstrip("\r\n").split("\n", 1)[0])
    best = max(",;\t|", key=first.count)
    return best if first.count(best) else ","


if __name__ == "__main__":
    json.dump(main(json.loads(sys.argv[1])), sys.stdout, ensure_ascii=True, separators=(",", ":"))
