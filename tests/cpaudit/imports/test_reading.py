"""Every kind of file a person, or somebody who means harm, may upload; each is really made and really read."""

import datetime
import struct
import zlib
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest

from cpaudit.imports.problems import ALL, FILE, FileRefused
from cpaudit.imports.reading import Limits, Table, cell_text, column_letters, read
from tests.cpaudit.imports.files import archive_of, csv_file, raw_xlsx, sheet_xml, text_cell, xlsx_file

GOOD = "code,name,amount\nA1,Steel,10\nB2,Paper,2.50\n"


def refused(path: Path, code: str, **limits: float) -> FileRefused:
    """Reading `path` ends in the refusal `code`, whose sentence can be shown."""
    with pytest.raises(FileRefused) as caught:
        read(path, limits=replace(Limits(), **limits))
    assert caught.value.problem.code == code
    assert "%(" not in caught.value.sentence
    return caught.value


def marks(table: Table) -> list[tuple[int, int, str, str]]:
    return [(found.row, found.column, found.value, found.problem.code) for found in table.suspects]


# --- What is read ---------------------------------------------------------------------------------------------------
def test_csv_is_read_as_text_with_spreadsheet_row_numbers(tmp_path):
    table = read(csv_file(tmp_path, GOOD))
    assert table.headers == ["code", "name", "amount"]
    assert table.rows == [(2, ["A1", "Steel", "10"]), (3, ["B2", "Paper", "2.50"])]
    assert (table.rows_in, table.empty_rows, table.encoding) == (2, 0, "utf-8")


def test_xlsx_cells_keep_their_kind(tmp_path):
    rows = [["code", "amount", "on", "yes", "whole"], ["007", 0.1, datetime.date(2019, 1, 31), True, 3492.0]]
    table = read(xlsx_file(tmp_path, rows))
    assert table.rows == [(2, ["007", Decimal("0.1"), {"d": "2019-01-31"}, True, 3492])]
    assert table.sheet == "Data"
    assert [cell_text(cell) for cell in table.rows[0][1]] == ["007", "0.1", "2019-01-31", "TRUE", "3492"]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "gb18030"])
def test_chinese_is_read_in_every_encoding_a_spreadsheet_writes(tmp_path, encoding):
    text = "企业名称,用电量\n本溪钢铁公司,1200\n"
    table = read(csv_file(tmp_path, text.encode(encoding)))
    assert table.headers == ["企业名称", "用电量"]
    assert table.rows[0][1] == ["本溪钢铁公司", "1200"]


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_the_delimiter_is_found(tmp_path, delimiter):
    table = read(csv_file(tmp_path, GOOD.replace(",", delimiter)))
    assert table.headers == ["code", "name", "amount"]


def test_quotes_and_line_breaks_inside_values_are_kept(tmp_path):
    table = read(csv_file(tmp_path, 'code,name\nA1,"a ""b"", and\nmore"\n'))
    assert table.rows == [(2, ["A1", 'a "b", and\nmore'])]


def test_empty_rows_are_skipped_but_counted_and_row_numbers_stay(tmp_path):
    table = read(csv_file(tmp_path, "code,name\nA1,x\n\n , \nB2,y\n\n\n"))
    assert [number for number, _cells in table.rows] == [2, 5]
    assert (table.empty_rows, table.rows_in) == (2, 4)


def test_empty_rows_of_a_workbook_are_counted_too(tmp_path):
    table = read(xlsx_file(tmp_path, [["code", "name"], ["A1", "x"], [], ["B2", "y"]]))
    assert [number for number, _cells in table.rows] == [2, 4]
    assert (table.empty_rows, table.rows_in) == (1, 3)


def test_short_rows_are_filled_and_long_ones_reported(tmp_path):
    table = read(csv_file(tmp_path, "code,name\nA1\nB2,y,lost\n"))
    assert table.rows == [(2, ["A1", None]), (3, ["B2", "y"])]
    assert marks(table) == [(3, 2, "lost", "beyond_header")]


def test_a_title_above_the_header_is_passed_over_when_the_row_is_chosen(tmp_path):
    path = xlsx_file(tmp_path, [["2019 年用能统计表"], ["code", "name"], ["A1", "x"]], merged="A1:B1")
    refused(path, "merged_header")
    assert read(path, header_row=2).rows == [(3, ["A1", "x"])]


def test_a_sheet_is_chosen_by_name(tmp_path):
    path = xlsx_file(tmp_path, [["code"], ["A1"]])
    assert read(path, sheet="Data").sheets == ["Data"]
    with pytest.raises(FileRefused, match="no sheet “Other”"):
        read(path, sheet="Other")


def test_a_column_without_a_name_stays_in_sight(tmp_path):
    assert read(csv_file(tmp_path, "code,,name\nA1,5,x\n")).headers == ["code", "[B]", "name"]


def test_samples_are_the_first_different_values(tmp_path):
    table = read(csv_file(tmp_path, "code\nA\nA\n\nB\nC\nD\n"))
    assert table.samples("code") == ["A", "B", "C"]


def test_column_letters():
    assert [column_letters(index) for index in (0, 25, 26, 701, 702)] == ["A", "Z", "AA", "ZZ", "AAA"]


def test_ten_thousand_rows_take_seconds_not_minutes(tmp_path):
    path = xlsx_file(tmp_path, [["a", "b", "c"], *([f"N{n}", n, n / 7] for n in range(10_000))])
    assert read(path, limits=replace(Limits(), seconds=10, wall=10)).rows_in == 10_000


# --- Cells that must not be trusted ---------------------------------------------------------------------------------
def test_formulas_are_named_cell_by_cell(tmp_path):
    table = read(xlsx_file(tmp_path, [["code", "amount"], ["A1", "=1+1"], ["B2", 5]]))
    assert marks(table) == [(2, 1, "", "formula")]


def test_a_formula_is_found_in_a_prefixed_sheet_and_shows_its_stored_result(tmp_path):
    sheet = (
        '<?xml version="1.0"?><x:worksheet xmlns:x="http://schemas.openxmlformats.org/spreadsheetml/2006/main">'
        '<x:sheetData><x:row r="1"><x:c r="A1" t="inlineStr"><x:is><x:t>amount</x:t></x:is></x:c></x:row>'
        '<x:row r="2"><x:c r="A2"><x:f>1+1</x:f><x:v>2</x:v></x:c></x:row></x:sheetData></x:worksheet>'
    )
    assert marks(read(raw_xlsx(tmp_path, sheet)))[0][::3] == (2, "formula")


def test_error_values_are_not_read_as_nothing(tmp_path):
    table = read(xlsx_file(tmp_path, [["code", "amount"], ["A1", "#DIV/0!"]]))
    assert marks(table) == [(2, 1, "#DIV/0!", "error_value")]


def test_merged_cells_are_reported_for_every_row_they_cover(tmp_path):
    rows = [["code", "amount", "note"], ["A1", 5, "x"], ["B2", None, "y"]]
    table = read(xlsx_file(tmp_path, rows, merged="B2:B3"))
    assert marks(table) == [(2, 1, "", "merged"), (3, 1, "", "merged")]
    assert table.suspects[0].problem.params == {"range": "B2:B3"}


# --- Wrong files ----------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "empty_file"),
        (b"\n\n  \n", "empty_file"),
        (b"%PDF-1.7\n...", "is_pdf"),
        (b"MZ\x90\x00...", "is_program"),
        (b"\x7fELF...", "is_program"),
        (b"\x89PNG\r\n\x1a\n", "is_picture"),
        (b"\x1f\x8b\x08", "is_archive"),
        (b"<html><table><tr><td>1</td></tr></table></html>", "is_html"),
        (b'<?xml version="1.0"?><a/>', "is_xml"),
        (b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><a>&x;</a>', "is_xml"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "Workbook".encode("utf-16-le"), "is_xls"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "WordDocument".encode("utf-16-le"), "is_document"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le"), "password"),
        (archive_of({"readme.txt": b"x"}), "is_archive"),
        (archive_of({"word/document.xml": b"<a/>"}), "is_document"),
        (archive_of({"xl/workbook.bin": b"x"}), "is_xlsb"),
        (archive_of({"mimetype": b"application/vnd.oasis.opendocument.spreadsheet"}), "is_ods"),
        (archive_of({"xl/workbook.xml": b"<a/>", "xl/vbaProject.bin": b"x"}), "is_macro"),
        (archive_of({"xl/workbook.xml": b"<a/>"}), "damaged"),
        (archive_of({"xl/workbook.xml": b"x" * 100})[:60], "damaged"),
        (b"code,name\nA\x001,x\n", "nul_bytes"),
        (b'code,name\n1,2\n3,"x\n', "bad_quotes"),
        (b"code,name\nA,caf\xe9 au lait\n", "encoding"),
        (b"code,name\nA,Br\xe9sil\n", "encoding"),
        ("code,name\nA,Brésil".encode().decode("latin-1").encode(), "mojibake"),
        ("code,name\nA,中国".encode().decode("latin-1").encode(), "mojibake"),
        ("code,name\nA,锟斤拷锟斤拷\n".encode(), "mojibake"),
        ("code,name\nA,\ufffd\ufffd\n".encode(), "mojibake"),
        (b"12,13,14\n15,16,17\n", "no_header"),
        (b"code,name,code\n1,2,3\n", "duplicate_headers"),
        (b"code,name\n", "header_only"),
        (b"code,name\n\n , \n", "header_only"),
        (b"a\n" + b"x" * 40_000, "cell_too_long"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",  # the bytes hold the time: no two workers agree on them
)
def test_what_is_not_a_readable_table_is_refused_with_a_reason(tmp_path, content, code):
    refused(csv_file(tmp_path, content), code)


def test_the_name_of_a_file_proves_nothing(tmp_path):
    assert read(csv_file(tmp_path, GOOD, name="table.xlsx")).format == "csv"
    refused(csv_file(tmp_path, b"%PDF-1.7", name="table.csv"), "is_pdf")


def test_two_hundred_megabytes_are_refused_by_size_alone(tmp_path):
    path = tmp_path / "large.csv"
    with path.open("wb") as file:
        file.truncate(200 * 1024 * 1024)
    error = refused(path, "too_large")
    assert error.problem.params["size"] == 209_715_200


def test_too_many_rows_and_columns(tmp_path):
    refused(csv_file(tmp_path, "a,b\n" + "1,2\n" * 50), "too_many_rows", max_rows=20)
    refused(csv_file(tmp_path, ",".join(f"c{n}" for n in range(30)) + "\n"), "too_many_columns", max_columns=20)
    refused(csv_file(tmp_path, "a,b\n" + "1,2\n" * 50), "too_many_cells", max_cells=20)


# --- Bombs ----------------------------------------------------------------------------------------------------------
def test_a_zip_bomb_is_refused_by_what_its_directory_promises(tmp_path):
    sheet = sheet_xml(f'<row r="1">{text_cell("A1", "x" * 30_000_000)}</row>')
    path = raw_xlsx(tmp_path, sheet)
    assert path.stat().st_size < 100_000
    refused(path, "zip_bomb")


def test_one_huge_string_within_the_ratio_is_refused_by_its_length(tmp_path):
    path = raw_xlsx(tmp_path, sheet_xml(f'<row r="1">{text_cell("A1", "x" * 4_000_000)}</row>'))
    refused(path, "cell_too_long")


def test_a_directory_that_lies_about_sizes_is_refused(tmp_path):
    path = raw_xlsx(tmp_path, sheet_xml(f'<row r="1">{text_cell("A1", "x" * 30_000_000)}</row>'))
    content = bytearray(path.read_bytes())
    place = content.rindex(b"xl/worksheets/sheet1.xml") - 46  # the entry in the central directory
    assert content[place : place + 4] == b"PK\x01\x02"
    content[place + 24 : place + 28] = struct.pack("<I", 500)
    path.write_bytes(content)
    refused(path, "damaged")


def test_thousands_of_parts_are_refused(tmp_path):
    refused(raw_xlsx(tmp_path, sheet_xml(""), extra={f"x/{n}": b"" for n in range(2_100)}), "zip_bomb")


@pytest.mark.parametrize("dimension", ["A1:XFD1048576", "A1:A1"])
def test_two_cells_at_the_far_corners_are_refused_whatever_the_dimension_says(tmp_path, dimension):
    rows = f'<row r="1">{text_cell("A1", "a")}</row><row r="1048576">{text_cell("XFD1048576", "b")}</row>'
    path = raw_xlsx(tmp_path, sheet_xml(rows, dimension=dimension))
    assert path.stat().st_size < 3_000
    refused(path, "too_many_rows")


def test_a_far_cell_without_row_numbers_cannot_hide(tmp_path):
    rows = f"<row>{text_cell('A1', 'a')}</row><row>{text_cell('XFD1048576', 'b')}</row>"
    refused(raw_xlsx(tmp_path, sheet_xml(rows)), "too_many_rows")


def test_the_parent_survives_a_reader_that_aborts(tmp_path):
    """With the checks before it out of the way the spreadsheet library really dies; the refusal is still a sentence."""
    rows = f'<row r="1">{text_cell("A1", "a")}</row><row r="1048576">{text_cell("XFD1048576", "b")}</row>'
    path = raw_xlsx(tmp_path, sheet_xml(rows))
    wide_open = {"max_rows": 2_000_000, "max_columns": 20_000, "max_cells": 10**12}
    refused(path, "too_heavy", **wide_open)


def test_a_reader_that_takes_too_long_is_stopped(tmp_path):
    refused(csv_file(tmp_path, GOOD), "too_heavy", wall=0.001)


def test_millions_of_shared_strings_are_refused(tmp_path):
    strings = f'<sst xmlns="x">{"<si><t>a</t></si>" * 60_000}</sst>'
    path = raw_xlsx(tmp_path, sheet_xml(f'<row r="1">{text_cell("A1", "a")}</row>'), strings=strings)
    refused(path, "too_many_cells", max_cells=50_000)


@pytest.mark.parametrize(
    "prolog",
    [
        '<?xml version="1.0"?><!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]>',
        '<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">]>',
        '<?xml version="1.0"?><!DOCTYPE x SYSTEM "http://127.0.0.1:9/x.dtd">',
    ],
)
def test_entities_and_document_types_are_refused(tmp_path, prolog):
    sheet = sheet_xml(f'<row r="1">{text_cell("A1", "&e;")}</row>', prolog=prolog)
    refused(raw_xlsx(tmp_path, sheet), "entities")


def test_entities_cannot_hide_in_another_encoding(tmp_path):
    sheet = sheet_xml("", prolog='<?xml version="1.0" encoding="utf-16"?><!DOCTYPE x>').encode("utf-16")
    refused(raw_xlsx(tmp_path, sheet), "damaged")


def test_a_password_on_the_archive_is_recognised(tmp_path):
    path = raw_xlsx(tmp_path, sheet_xml(""))
    content = bytearray(path.read_bytes())
    place = content.index(b"PK\x01\x02")
    content[place + 8] |= 1
    path.write_bytes(content)
    refused(path, "password")


def test_a_broken_checksum_is_damage(tmp_path):
    path = raw_xlsx(tmp_path, sheet_xml(f'<row r="1">{text_cell("A1", "code")}</row>'))
    content = path.read_bytes()
    crc = struct.pack("<I", zlib.crc32(sheet_xml(f'<row r="1">{text_cell("A1", "code")}</row>').encode()))
    assert crc in content
    path.write_bytes(content.replace(crc, b"\0\0\0\0"))
    refused(path, "damaged")


def test_every_sentence_can_be_filled_with_its_parameters():
    for code, sentence in ALL.items():
        assert sentence.problem, code
        assert sentence.remedy, code
    assert FILE.keys() <= ALL.keys()
