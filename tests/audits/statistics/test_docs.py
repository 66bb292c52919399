"""`docs/statistics.md` defines everything that can be asked."""

import re
from pathlib import Path

import pytest
from django.conf import settings

from audits.statistics.selectors import catalogue
from tests.factories.people import make_centre, make_user

DOCS = Path(settings.BASE_DIR) / "docs" / "statistics.md"


def part_about(dataset):
    text = DOCS.read_text("utf-8")
    return text[text.index(f"## Dataset `{dataset}`") :].split("\n## ")[0]


def named(text):
    return set(re.findall(r"`([a-z0-9_]+)`", text))


@pytest.mark.django_db
def test_every_dimension_and_measure_is_defined():
    for dataset in catalogue(make_user(make_centre())).values():
        missing = (set(dataset.dimensions) | set(dataset.measures)) - named(part_about(dataset.key))
        assert not missing, f"docs/statistics.md does not define of {dataset.key}: {sorted(missing)}"


@pytest.mark.django_db
def test_units_are_those_of_the_code():
    text = DOCS.read_text("utf-8")
    measures = catalogue(make_user(make_centre()))["options"].measures
    told = re.findall(r"^\| `([a-z0-9_]+)` \| `[a-z0-9_]+_expected` \| ([^|]+) \|$", text, re.MULTILINE)
    assert dict(told) == {
        key: measure.unit for key, measure in measures.items() if measure.parts[0].endswith(":measured")
    }


def test_every_check_is_listed():
    rules = Path(settings.BASE_DIR, "audits", "programme", "reported", "rules.py").read_text("utf-8")
    assert set(re.findall(r'"(P-[A-Z]+)"', rules)) == set(
        re.findall(r"^\| `(P-[A-Z]+)`", DOCS.read_text("utf-8"), re.MULTILINE)
    )
