"""What changed between two versions."""

import copy

import pytest
from hypothesis import given
from hypothesis import strategies as st

from audits.reports.canonical import content_hash
from audits.reports.diff import Kind, diff_of, records_of, words_changed
from tests.audits.reports import contents


@pytest.fixture
def old():
    return contents.rich()


@pytest.fixture
def new(old):
    return copy.deepcopy(old)


def told(old, new):
    return [(change.group, change.record, change.kind, change.field) for change in diff_of(old, new)]


def test_equal_contents_have_no_difference(old, new):
    assert diff_of(old, new) == []


def test_changed_amount_of_an_option_is_told_with_both_values(old, new):
    new["options"][2]["planned_investment"] = "450000"
    (change,) = diff_of(old, new)
    assert (change.group, change.record, change.field) == ("option", "F1", "planned_investment")
    assert (change.old, change.new) == ("420000", "450000")
    assert change.pieces == []


def test_added_and_removed_options_are_told_whole(old, new):
    new["options"].append(contents.option("N9", "Another option"))
    del new["options"][0]
    assert told(old, new) == [
        ("option", "N9", Kind.ADDED, ""),
        ("option", "N1", Kind.REMOVED, ""),
        ("effect", "N1/electricity/expected", Kind.REMOVED, ""),
        ("effect", "N1/electricity/measured", Kind.REMOVED, ""),
    ]


def test_order_of_rows_is_no_change(old, new):
    new["options"].reverse()
    new["files"].reverse()
    assert diff_of(old, new) == []


def test_member_who_moves_up_in_the_list_is_no_change(old, new):
    """Places are only how hours point to people; somebody new at the top renumbers everybody."""
    new["team"] = [contents.member(1, "赵一", "Zhao Yi", "auditor"), *new["team"]]
    for place, member in enumerate(new["team"], start=1):
        member["place"] = place
        member["guide"] = member["guide"] and member["guide"] + 1
    for row in new["hours"]:
        row["member"] += 1
    assert told(old, new) == [("team", "Zhao Yi", Kind.ADDED, "")]


def test_long_text_is_compared_word_by_word(old, new):
    section = new["stages"][2]["sections"][1]
    section["text"] = section["text"].replace("not metered", "metered since May")
    (change,) = diff_of(old, new)
    assert (change.group, change.record) == ("section", "3/balance")
    assert [piece.text for piece in change.pieces if piece.kind is Kind.REMOVED] == ["not metered"]
    assert "".join(piece.text for piece in change.pieces if piece.kind is not Kind.REMOVED) == section["text"]


def test_chinese_text_is_compared_character_by_character():
    pieces = words_changed("排污水未计量，应先安装计量装置。", "排污水已计量，应先安装计量装置。")
    assert [(piece.text, piece.kind) for piece in pieces if piece.kind] == [
        ("未", Kind.REMOVED),
        ("已", Kind.ADDED),
    ]


@given(st.text(), st.text())
def test_pieces_give_back_both_texts(old, new):
    pieces = words_changed(old, new)
    assert "".join(piece.text for piece in pieces if piece.kind is not Kind.ADDED) == old
    assert "".join(piece.text for piece in pieces if piece.kind is not Kind.REMOVED) == new


def test_very_long_texts_are_not_compared_word_by_word():
    old, new = "水" * 9_000, "汽" * 9_000
    assert [piece.kind for piece in words_changed(old, new)] == [Kind.REMOVED, Kind.ADDED]


def test_no_change_of_a_content_goes_unseen(old):
    """Whatever single value of the content changes, the hash changes, and the difference shows something."""
    paths = list(leaves(old))
    for path in paths:
        new = copy.deepcopy(old)
        change(new, path)
        assert content_hash(new) != content_hash(old)
        assert diff_of(old, new), path
    assert len(paths) > 300


def leaves(value, path=()):
    """Paths to every value, but for the shape's version and the numbers by which hours and guides point to people."""
    if isinstance(value, dict):
        for key, item in value.items():
            yield from leaves(item, (*path, key))
    elif isinstance(value, list) and value:
        for index, item in enumerate(value):
            yield from leaves(item, (*path, index))
    elif value != [] and not {path[0], path[-1]} & {"schema", "place", "guide", "member", "registration"}:
        yield path


def change(content, path):
    *way, last = path
    for step in way:
        content = content[step]
    value = content[last]
    content[last] = not value if isinstance(value, bool) else f"{value}9" if isinstance(value, str) else 9


def test_two_files_of_one_name_are_told_apart(old, new):
    new["files"].append({**new["files"][0], "sha256": "f" * 64})
    assert told(old, new) == [("file", "stage_1/审核计划.pdf (2)", Kind.ADDED, "")]
    assert len(records_of(new)) == len(records_of(old)) + 1
