"""What a region code says by itself."""

import pytest

from cpaudit.reference import rules


@pytest.mark.parametrize(
    ("code", "level", "macro_region"),
    [
        ("100000", rules.NATION, None),
        ("110000", rules.PROVINCE, 1),
        ("210000", rules.PROVINCE, 2),
        ("210500", rules.PREFECTURE, 2),
        ("210502", rules.COUNTY, 2),
        ("429021", rules.COUNTY, 4),
        ("650000", rules.PROVINCE, 6),
        ("710000", rules.PROVINCE, None),
        ("820000", rules.PROVINCE, None),
    ],
)
def test_level_and_macro_region_follow_from_the_code(code, level, macro_region):
    assert rules.level_of(code) == level
    assert rules.macro_region_of(code) == macro_region


@pytest.mark.parametrize(
    ("parent", "child", "fits"),
    [
        ("100000", "210000", True),
        ("210000", "210500", True),
        ("210500", "210502", True),
        ("110000", "110101", True),  # a municipality's district lies directly in it
        ("100000", "210500", False),
        ("320000", "210500", False),
        ("210500", "210602", False),
        ("210000", "320000", False),
        ("210502", "210503", False),
        ("210500", "210000", False),
    ],
)
def test_may_be_parent_needs_a_higher_level_and_the_same_leading_digits(parent, child, fits):
    assert rules.may_be_parent(parent, child) is fits


@pytest.mark.parametrize("text", ["", "21050", "2105000", "021050", "21050a", "２１０５００"])
def test_is_code_refuses_what_is_not_six_digits(text):
    assert not rules.is_code(text)


def test_path_ends_with_a_separator_and_reads_back():
    path = rules.path_of("100000/210000/", "210500")
    assert path == "100000/210000/210500/"
    assert rules.codes_on(path) == ["100000", "210000", "210500"]
