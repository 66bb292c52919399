"""What can be wrong with a table, as sentences: the problem, and what the person does about it.

Pure. Each entry is a pair of message ids with `%(name)s` parameters; pages and files translate them when they are read,
so a report made by a worker is in the language of whoever opens it.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from cpaudit.rulebook.findings import _


@dataclass(frozen=True)
class Sentence:
    problem: str
    remedy: str


def say(problem: str, remedy: str) -> Sentence:
    return Sentence(problem, remedy)


SAVE_AS = _("Open it in a spreadsheet program and save it as “Excel workbook (.xlsx)” or “CSV UTF-8”.")
VALUES_ONLY = _("Copy the cells and paste them as values only, then save and upload again.")
SPLIT = _("Split the table into several files, or delete what lies outside the data.")

# The whole file.
FILE: Mapping[str, Sentence] = {
    "empty_file": say(_("The file is empty."), _("Upload a table with a header row and at least one row of data.")),
    "too_large": say(
        _("The file has %(size)s bytes; at most %(limit)s are accepted."),
        _("Delete pictures and unused sheets, or split the table into several files."),
    ),
    "is_pdf": say(_("This is a PDF, not a table."), _("Upload the spreadsheet the PDF was made from.")),
    "is_program": say(_("This is a program, not a table."), _("Upload an .xlsx or .csv file.")),
    "is_picture": say(_("This is a picture, not a table."), _("Upload an .xlsx or .csv file.")),
    "is_archive": say(_("This is an archive, not a table."), _("Unpack it and upload the table inside.")),
    "is_document": say(
        _("This is a text document or a presentation, not a table."), _("Upload an .xlsx or .csv file.")
    ),
    "is_xls": say(_("This is an Excel file of the old binary kind (.xls)."), SAVE_AS),
    "is_xlsb": say(_("This is a binary Excel workbook (.xlsb)."), SAVE_AS),
    "is_ods": say(_("This is an OpenDocument spreadsheet (.ods)."), SAVE_AS),
    "is_macro": say(_("This workbook contains macros (.xlsm)."), SAVE_AS),
    "is_html": say(_("This is a web page, even if its name ends like a spreadsheet's."), SAVE_AS),
    "is_xml": say(_("This is an XML file, not a table."), SAVE_AS),
    "password": say(_("The file is protected by a password."), _("Remove the password, save, and upload again.")),
    "damaged": say(_("The workbook is damaged or was made by a faulty program."), SAVE_AS),
    "zip_bomb": say(
        _("Unpacked, this workbook would be out of all proportion to its size."),
        _("If it is a real table, copy the data into a new workbook and upload that."),
    ),
    "entities": say(_("The workbook declares XML entities, which spreadsheets never need."), SAVE_AS),
    "no_sheets": say(_("The workbook has no worksheet."), _("Put the table on a worksheet.")),
    "no_such_sheet": say(_("There is no sheet “%(sheet)s” in this workbook."), _("Choose one of: %(sheets)s.")),
    "too_many_rows": say(_("The table reaches down to row %(rows)s; at most %(limit)s rows are read."), SPLIT),
    "too_many_columns": say(_("The table is %(columns)s columns wide; at most %(limit)s are read."), SPLIT),
    "too_many_cells": say(_("The table spans more than %(limit)s cells."), SPLIT),
    "too_many_formulas": say(_("More than %(limit)s cells hold formulas or error values."), VALUES_ONLY),
    "too_many_merged": say(_("More than %(limit)s ranges of cells are merged."), _("Unmerge all cells of the table.")),
    "cell_too_long": say(
        _("A cell holds more than %(limit)s characters."), _("Shorten it; files belong to the documents of a record.")
    ),
    "too_heavy": say(
        _("Reading this file took more memory or time than a table of this size should."),
        _("Copy the data into a new workbook and upload that."),
    ),
    "nul_bytes": say(_("The file contains zero bytes, so it is not a text table."), SAVE_AS),
    "encoding": say(
        _("The characters of this file cannot be read as UTF-8, UTF-16 or GB 18030."),
        _("Save it as “CSV UTF-8” in the program it comes from."),
    ),
    "mojibake": say(
        _("Line %(line)s has garbled characters (“%(sample)s”): the text was decoded wrongly before it was saved."),
        _("Go back to the original and save it as “CSV UTF-8”; the lost characters cannot be restored from this file."),
    ),
    "bad_quotes": say(
        _("Near line %(line)s the quotation marks do not match."),
        _("Double every quotation mark inside a quoted value, and close each quoted value."),
    ),
    "no_header": say(
        _("Row %(row)s does not look like a header: most of its cells are numbers or dates."),
        _("Give the columns names in one row, or choose the row that has them."),
    ),
    "header_only": say(_("The table has a header but no rows of data."), _("Add the data below the header.")),
    "duplicate_headers": say(
        _("More than one column is called: %(names)s."), _("Give every column a name of its own.")
    ),
    "merged_header": say(
        _("Cells of the header row %(row)s are merged (%(range)s)."),
        _("Unmerge them, or choose the row that holds one name per column."),
    ),
}

# The mapping.
MAPPING: Mapping[str, Sentence] = {
    "required_unmapped": say(
        _("“%(field)s” is required and gets no value."), _("Choose a column or enter one value for all.")
    ),
    "unknown_field": say(_("There is no field “%(field)s”."), _("Remove it from the mapping.")),
    "unknown_column": say(_("The file has no column “%(column)s”."), _("Choose one of its columns.")),
    "no_source": say(
        _("“%(field)s” names neither a column nor a value."), _("Choose a column or enter one value for all.")
    ),
    "two_sources": say(_("“%(field)s” has both a column and a fixed value."), _("Keep one of them.")),
    "cannot_add": say(
        _("Only amounts and texts can be put together from several columns, not “%(field)s”."), _("Choose one column.")
    ),
    "unknown_unit": say(_("“%(unit)s” is not a unit for “%(field)s”."), _("Choose one of: %(units)s.")),
    "unit_unmapped": say(
        _("The amounts of “%(columns)s” have no unit."), _("Choose their unit, or a column that names it.")
    ),
    "bad_constant": say(_("The fixed value “%(value)s” does not fit “%(field)s”."), _("Correct the value.")),
    "lookup_target": say(
        _("The lookup of “%(field)s” turns “%(code)s” into “%(value)s”, which does not exist."),
        _("Choose an existing value, or leave it out on purpose."),
    ),
    "lookup_field": say(_("“%(field)s” takes no lookup."), _("Remove the lookup.")),
    "no_series": say(_("No column gives an amount."), _("Add at least one amount column with its metric and unit.")),
    "series_not_used": say(_("“%(target)s” has one record per row; it takes no repeated columns."), _("Remove them.")),
    "nothing_mapped": say(_("No field is mapped."), _("Choose a column for each required field.")),
    "same_separators": say(_("Decimal and thousands separators are the same."), _("Choose different ones.")),
    "wrong_target": say(_("This mapping is for “%(target)s”."), _("Choose a mapping made for this kind of data.")),
}

# One cell or one row.
ROW: Mapping[str, Sentence] = {
    "required": say(_("“%(field)s” is missing."), _("Fill the cell.")),
    "not_a_number": say(_("This is not a number."), _("Write digits only; decimal separator “%(decimal)s”.")),
    "not_an_integer": say(_("This is not a whole number."), _("Write a whole number.")),
    "not_a_date": say(_("This is not a date."), _("Write it as %(format)s.")),
    "not_a_choice": say(
        _("“%(field)s” does not know this value."), _("Write one of %(choices)s, or add it to the lookup.")
    ),
    "not_in_lookup": say(
        _("This code is not in the lookup of “%(field)s”."), _("Add it to the lookup, with a value or “leave out”.")
    ),
    "not_yes_no": say(_("This is neither yes nor no."), _("Write yes or no.")),
    "too_long": say(_("The text has %(length)s characters; %(limit)s fit."), _("Shorten it.")),
    "too_many_digits": say(
        _("The number has too many digits to be kept exactly."), _("Round it, or choose a larger unit.")
    ),
    "out_of_range": say(_("The number is outside %(low)s to %(high)s."), _("Correct the value.")),
    "rounded": say(_("The number is rounded to %(places)s decimal places."), _("Nothing to do, if that is enough.")),
    "negative": say(_("“%(field)s” cannot be negative."), _("Correct the value.")),
    "negative_kept": say(
        _("“%(field)s” is negative. It is kept as it is."), _("Check it; a fuel switch can mean this.")
    ),
    "digits_lost": say(
        _("The spreadsheet keeps this code as a number, so its last digits are lost."),
        _("Format the column as text and enter the code again."),
    ),
    "unit_missing": say(_("There is an amount but no unit."), _("Give the unit in the mapping or in a column.")),
    "unit_unknown": say(_("“%(unit)s” cannot be converted into %(base)s."), _("Choose a unit of the same kind.")),
    "formula": say(_("This cell holds a formula; its result may be out of date."), VALUES_ONLY),
    "error_value": say(
        _("The spreadsheet could not calculate this cell."), _("Correct the formula, then paste the value.")
    ),
    "merged": say(
        _("The cells %(range)s are merged; which row has the value?"), _("Unmerge them and fill every cell.")
    ),
    "beyond_header": say(
        _("There is a value beyond the last named column."), _("Name the column, or remove the value.")
    ),
    "control_characters": say(_("The text contains control characters."), _("Type it again without them.")),
    "duplicate_in_file": say(_("The same record stands in row %(row)s."), _("Remove one of the two rows.")),
    "duplicate_series": say(
        _("Two columns of this row give the same record."), _("Add the columns up, or map one of them.")
    ),
    "conflict": say(
        _("This record exists already."), _("Choose “skip” or “update” for existing records, or remove the row.")
    ),
    "values_left_out": say(
        _("“%(field)s” is left out, as the lookup says for this code."), _("Nothing to do, if that is meant.")
    ),
}

# The run as a whole.
RUN: Mapping[str, Sentence] = {
    "rows_refused": say(
        _("Rows are refused, and all or nothing was chosen: nothing was imported."),
        _("Correct the rows, or choose to import the good rows only."),
    ),
    "not_allowed": say(_("The import may not go on: %(reason)s"), _("Let somebody who may start it again.")),
    "not_kept": say(
        _("The same records were changed by others again and again while this ran; nothing was imported."),
        _("Start a new dry run when the others have finished."),
    ),
    "broke": say(
        _("Something went wrong on our side; nothing was imported."),
        _("Start it again. If it happens again, tell the operators; they find the cause in the log."),
    ),
}

LABELS = frozenset({"field", "target"})
"""Parameters that are message ids themselves: the labels of fields and targets."""

ALL: Mapping[str, Sentence] = {**FILE, **MAPPING, **ROW, **RUN}


@dataclass(frozen=True)
class Problem:
    """A code of this module's tables (or of a target's own) with the values its sentences need."""

    code: str
    params: Mapping[str, Any] = field(default_factory=dict)


class FileRefused(Exception):
    """The file as a whole cannot be read. `problem.code` is in `FILE`."""

    def __init__(self, code: str, **params: Any) -> None:
        self.problem = Problem(code, params)
        super().__init__(self.sentence)

    @property
    def sentence(self) -> str:
        """The problem and its remedy in English."""
        found = FILE[self.problem.code]
        return f"{found.problem} {found.remedy}" % self.problem.params
