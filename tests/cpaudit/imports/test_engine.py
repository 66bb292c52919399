"""The examination: every problem at once with its place, conflicts, and books that balance."""

import datetime as dt
import random
from decimal import Decimal

import pytest

from cpaudit.imports.engine import MappingRefused, examine
from cpaudit.imports.mapping import Mapping, Source, from_data
from cpaudit.imports.problems import Problem
from cpaudit.imports.reading import Suspect, Table
from cpaudit.imports.records import Action, Conflict, Counts, Examination
from tests.cpaudit.imports.shelf import Shelf

FLAT = {"target": "shelf", "fields": {"code": {"column": "id"}, "name": {"column": "name"}}}
WIDE = {
    "target": "shelf",
    "fields": {"code": {"column": "id"}},
    "series": [
        {"amount": {"column": "kg", "unit": "kg"}, "metric": {"constant": "mass"}},
        {"amount": {"column": "m3", "unit": "m3"}, "metric": {"constant": "volume"}},
    ],
}


def table(headers: str, *rows: list, empty: int = 0, suspects: list[Suspect] | None = None) -> Table:
    return Table(
        sheet="Data",
        sheets=["Data"],
        format="xlsx",
        encoding="",
        header_row=1,
        headers=headers.split(),
        rows=[(number, list(row)) for number, row in enumerate(rows, start=2)],
        empty_rows=empty,
        suspects=suspects or [],
    )


def found(examination: Examination) -> list[tuple[int, str, str, str]]:
    return [(one.row, one.letter, one.value, one.problem.code) for one in examination.problems]


def judge(data: dict, page: Table, shelf: Shelf | None = None, conflict: Conflict = Conflict.STOP) -> Examination:
    return examine(page, from_data(data), shelf or Shelf(), conflict=conflict)


def test_rows_become_typed_records():
    data = FLAT | {
        "fields": FLAT["fields"]
        | {
            "colour": {"column": "colour"},
            "bought_on": {"column": "on"},
            "pieces": {"column": "n"},
            "fragile": {"column": "f"},
            "price": {"column": "p"},
        }
    }
    page = table("id name colour on n f p", ["A1", " Cup ", "RED", "2019-01-31", "3", "yes", "1.5"])
    record = judge(data, page).records[0]
    assert record.values == {
        "code": "A1",
        "name": "Cup",
        "colour": "red",
        "bought_on": dt.date(2019, 1, 31),
        "pieces": 3,
        "fragile": True,
        "price": Decimal("1.5"),
    }


def test_every_problem_of_every_row_is_found_at_once():
    data = FLAT | {
        "fields": FLAT["fields"]
        | {
            "colour": {"column": "colour"},
            "bought_on": {"column": "on"},
            "pieces": {"column": "n"},
            "price": {"column": "p"},
        }
    }
    page = table(
        "id name colour on n p",
        ["", "x", "green", "soon", "1.5", "cheap"],
        ["A1", "forbidden", "red", "", "5000", ""],
        ["B2", "y", "", "", "", ""],
    )
    result = judge(data, page)
    assert found(result) == [
        (2, "A", "", "required"),
        (2, "C", "green", "not_a_choice"),
        (2, "D", "soon", "not_a_date"),
        (2, "E", "1.5", "not_an_integer"),
        (2, "F", "cheap", "not_a_number"),
        (3, "B", "forbidden", "conflict"),
        (3, "E", "5000", "out_of_range"),
    ]
    assert [record.values["code"] for record in result.records] == ["B2"]
    assert (result.counts.rows, result.counts.rows_imported, result.counts.rows_refused) == (3, 1, 2)


def test_problems_name_sheet_column_and_value():
    problem = judge(FLAT, table("id name", ["", "x"])).problems[0]
    assert (problem.sheet, problem.row, problem.column, problem.letter) == ("Data", 2, "id", "A")


def test_a_wide_row_gives_one_record_per_filled_metric_in_base_units():
    result = judge(WIDE, table("id kg m3", ["A1", "1500", "2"], ["B2", "", "7"], ["C3", "", ""]))
    assert [(r.values["code"], r.values["metric"], r.values["amount"]) for r in result.records] == [
        ("A1", "mass", Decimal("1.5")),
        ("A1", "volume", Decimal(2)),
        ("B2", "volume", Decimal(7)),
    ]
    assert result.records[0].given == {"amount": (Decimal(1500), "kg")}
    counts = result.counts
    assert (counts.rows, counts.rows_imported, counts.rows_without_value, counts.records) == (3, 2, 1, 3)


def test_a_wrong_amount_refuses_the_whole_row():
    result = judge(WIDE, table("id kg m3", ["A1", "x", "2"], ["B2", "1", "7"]))
    assert found(result) == [(2, "B", "x", "not_a_number")]
    assert {record.row for record in result.records} == {3}
    assert result.counts.records_refused == 2


def test_columns_are_added_up():
    data = {"target": "shelf", "fields": {"code": {"column": "id"}, "price": {"columns": ["a", "b", "c"]}}}
    result = judge(data, table("id a b c", ["A1", "1.5", "", "2"], ["B2", "", "", ""], ["C3", "1", "x", ""]))
    assert [record.values.get("price") for record in result.records] == [Decimal("3.5"), None]
    assert found(result) == [(4, "B", "1 + x", "not_a_number")]


def test_texts_are_joined():
    data = {"target": "shelf", "fields": {"code": {"column": "id"}, "name": {"columns": ["id", "name", "more"]}}}
    result = judge(data, table("id name more", ["A1", " Cup ", "blue"], ["B2", "", ""]))
    assert [record.values["name"] for record in result.records] == ["A1 Cup blue", "B2"]


def test_units_come_from_a_column_where_rows_differ():
    data = {
        "target": "shelf",
        "fields": {
            "code": {"column": "id"},
            "metric": {"column": "what"},
            "unit": {"column": "unit"},
            "amount": {"column": "n"},
        },
    }
    page = table(
        "id what unit n",
        ["A", "Mass", "kg", "500"],
        ["B", "体积", "m³", "2"],
        ["C", "mass", "m3", "2"],
        ["D", "mass", "", "2"],
    )
    result = judge(data, page)
    assert [record.values["amount"] for record in result.records] == [Decimal("0.5"), Decimal(2)]
    assert found(result) == [(4, "D", "2", "unit_unknown"), (5, "D", "2", "unit_missing")]


def test_codes_are_translated_by_the_lookup_and_what_is_left_out_is_counted():
    data = FLAT | {
        "fields": FLAT["fields"] | {"colour": {"column": "colour"}},
        "lookups": {"colour": {"R": "red", "X": None, "": "blue"}},
    }
    page = table("id name colour", ["A", "", "R"], ["B", "", "X"], ["C", "", ""], ["D", "", "Blue"], ["E", "", "Q"])
    result = judge(data, page)
    assert [record.values.get("colour") for record in result.records] == ["red", None, "blue", "blue"]
    assert result.left_out == {("colour", "X"): 1}
    assert found(result) == [(6, "C", "Q", "not_in_lookup")]


def test_a_metric_left_out_takes_its_amount_along_and_is_counted():
    data = {
        "target": "shelf",
        "fields": {"code": {"column": "id"}, "metric": {"column": "what"}, "amount": {"column": "n", "unit": "t"}},
        "lookups": {"metric": {"FEE": None}},
    }
    result = judge(data, table("id what n", ["A", "FEE", "500"], ["B", "mass", "2"]))
    assert [record.values.get("amount") for record in result.records] == [None, Decimal(2)]
    assert result.left_out == {("metric", "FEE"): 1}


def test_a_record_whose_required_code_is_left_out_is_left_out_and_counted():
    data = FLAT | {"lookups": {"code": {"OLD": None}}}
    result = judge(data, table("id name", ["OLD", "forbidden"], ["B", "y"]))
    assert [record.values["code"] for record in result.records] == ["B"]
    assert (found(result), result.counts.rows_without_value) == ([], 1)
    assert result.left_out == {("code", "OLD"): 1}


def test_blank_markers_are_nothing():
    data = FLAT | {"blanks": ["-", "n/a"]}
    assert [r.values for r in judge(data, table("id name", ["A", "-"], ["B", "n/a"])).records] == [
        {"code": "A"},
        {"code": "B"},
    ]


def test_a_negative_amount_is_refused_or_kept_with_a_warning():
    data = {"target": "shelf", "fields": {"code": {"column": "id"}, "price": {"column": "p"}}}
    result = judge(data, table("id p", ["A", "-5"]))
    assert found(result) == [(2, "B", "-5", "negative_kept")]
    assert (result.counts.warnings, result.counts.problems, result.counts.rows_imported) == (1, 0, 1)
    data = WIDE | {"series": WIDE["series"][:1]}
    assert found(judge(data, table("id kg", ["A", "-5"]))) == [(2, "B", "-5", "negative")]


def test_rounding_is_never_silent():
    data = {"target": "shelf", "fields": {"code": {"column": "id"}, "price": {"column": "p"}}}
    result = judge(data, table("id p", ["A", "1.239"]))
    assert result.records[0].values["price"] == Decimal("1.24")
    assert found(result) == [(2, "B", "1.239", "rounded")]


def test_untrustworthy_cells_count_only_in_columns_that_are_read():
    suspects = [
        Suspect(2, 1, "5", Problem("formula")),
        Suspect(2, 2, "6", Problem("formula")),
        Suspect(3, 3, "lost", Problem("beyond_header")),
    ]
    result = judge(FLAT, table("id name other", ["A", "5", "6"], ["B", "x", ""], suspects=suspects))
    assert found(result) == [(2, "B", "5", "formula"), (3, "D", "lost", "beyond_header")]
    assert result.counts.rows_refused == 2


# --- Duplicates and conflicts ---------------------------------------------------------------------------------------
def test_the_second_of_two_equal_records_is_refused_and_names_the_first():
    result = judge(FLAT, table("id name", ["A", "x"], ["B", "y"], ["A", "z"]))
    assert found(result) == [(4, "A", "A", "duplicate_in_file")]
    assert result.problems[0].problem.params == {"row": 2}


def test_two_columns_that_give_the_same_record_are_refused():
    data = WIDE | {
        "series": [WIDE["series"][0], {"amount": {"column": "m3", "unit": "kg"}, "metric": {"constant": "mass"}}]
    }
    assert found(judge(data, table("id kg m3", ["A", "1", "2"]))) == [(2, "C", "2", "duplicate_series")]


@pytest.mark.parametrize(
    ("conflict", "actions", "problems"),
    [
        (Conflict.STOP, [Action.CREATE], [(2, "A", "A", "conflict")]),
        (Conflict.SKIP, [Action.SKIP, Action.CREATE], []),
        (Conflict.UPDATE, [Action.UPDATE, Action.CREATE], []),
    ],
)
def test_records_that_exist_are_skipped_updated_or_stop_the_import(conflict, actions, problems):
    shelf = Shelf({("A", None): {"code": "A", "name": "old"}})
    result = judge(FLAT, table("id name", ["A", "x"], ["B", "y"]), shelf, conflict)
    assert [record.action for record in result.records] == actions
    assert found(result) == problems


def test_a_dry_run_writes_nothing_and_an_import_writes_what_it_said():
    shelf = Shelf({("A", None): {"code": "A", "name": "old", "price": Decimal(1)}})
    result = judge(FLAT, table("id name", ["A", "new"], ["B", "y"]), shelf, Conflict.UPDATE)
    assert shelf.kept == {("A", None): {"code": "A", "name": "old", "price": Decimal(1)}}
    shelf.write(result.records, lambda done: None)
    assert shelf.kept == {
        ("A", None): {"code": "A", "name": "new", "price": Decimal(1)},
        ("B", None): {"code": "B", "name": "y"},
    }


# --- The mapping, progress and the books ----------------------------------------------------------------------------
def test_a_mapping_that_does_not_fit_is_refused_before_any_row():
    with pytest.raises(MappingRefused) as caught:
        judge(FLAT, table("other columns", ["A", "x"]))
    assert [problem.code for problem in caught.value.problems] == ["unknown_column", "unknown_column"]


def test_progress_is_reported_from_none_to_all():
    steps: list[tuple[int, int]] = []
    page = table("id name", *([f"N{n}", ""] for n in range(1200)))
    examine(page, from_data(FLAT), Shelf(), progress=lambda done, total: steps.append((done, total)))
    assert steps == [(0, 1200), (500, 1200), (1000, 1200), (1200, 1200)]


def test_books_that_do_not_balance_are_an_error():
    with pytest.raises(RuntimeError, match="Rows do not add up"):
        Counts(rows=3, rows_imported=2).check()
    with pytest.raises(RuntimeError, match="Records do not add up"):
        Counts(records=3, created=2).check()


def test_the_books_balance_whatever_the_file_holds():
    chance = random.Random(2019)
    cells = ["", "A", "B", "1", "-3", "x", "1e5", "red", None, 5, Decimal("0.1"), True, {"d": "2019-01-31"}]
    for _round in range(60):
        rows = [[chance.choice(cells) for _column in range(4)] for _row in range(chance.randint(1, 30))]
        page = table("id kg m3 p", *rows, empty=chance.randint(0, 3))
        mapping = Mapping(
            "shelf",
            {"code": Source(("id",)), "price": Source(("p",))},
            series=from_data(WIDE).series if chance.random() < 0.5 else (),
        )
        shelf = Shelf({("A", "mass"): {}, ("A", None): {}})
        result = examine(page, mapping, shelf, conflict=chance.choice(list(Conflict)))
        assert result.counts.rows == len(rows) + page.empty_rows
        assert {problem.row for problem in result.problems if problem.blocks} == result.refused_rows
