"""The contract of the statistics interface."""

from __future__ import annotations

import csv
import io
import json
from decimal import Decimal

import pytest

from tests.factories.figures import add_audit, add_effect, add_option, make_world
from tests.factories.people import make_authority, make_centre, make_enterprise, make_user
from tests.factories.programmes import enter_benxi

pytestmark = pytest.mark.django_db
URL = "/api/v1/statistics/"


@pytest.fixture
def centre(client):
    user = make_user(make_centre())
    client.force_login(user)
    return client


@pytest.fixture
def liaoning_2012(db):
    """472 options proposed and 413 implemented would be many rows; three and two do."""
    audit = add_audit(make_enterprise(region_code="210500", sector_code="C22"), year=2012)
    for _time in range(2):
        add_effect(add_option(audit, actual_investment=Decimal("0.10")), "cod", "2879.5")
    add_option(audit, "abandoned")


def problem(response, status=400):
    assert response.status_code == status
    assert response["Content-Type"] == "application/problem+json"
    return {each["pointer"]: each["detail"] for each in response.json().get("errors", [])}


# --- What there is --------------------------------------------------------------------------------------------------
def test_list_names_datasets_dimensions_measures_units_and_meanings(centre):
    options, audits = centre.get(URL).json()["datasets"]
    assert (options["dataset"], audits["dataset"]) == ("options", "audits")
    assert options["measures"]["cod"]["unit"] == "t/a"
    assert options["measures"]["investment_usd"]["unit"] == "USD"
    assert options["dimensions"]["cost_group"]["values"] == {
        "no_low": "No and low cost",
        "medium_high": "Medium and high cost",
    }
    for dataset in (options, audits):
        for measure in dataset["measures"].values():
            assert measure.keys() == {"unit", "label", "definition", "aggregation"}
            assert all(measure.values())
        for dimension in dataset["dimensions"].values():
            assert dimension["label"]
            assert dimension["definition"]


# --- The shape ------------------------------------------------------------------------------------------------------
def test_answer_has_the_shape_of_the_contract(centre, liaoning_2012):
    answer = centre.get(f"{URL}options/?by=province,year&measures=proposed,cod").json()
    as_of = answer.pop("as_of")
    assert len(as_of) == 20
    assert as_of.endswith("Z")
    assert answer == {
        "dataset": "options",
        "by": ["province", "year"],
        "measures": {
            "proposed": {"unit": "1", "label": "Options proposed"},
            "cod": {"unit": "t/a", "label": "Chemical oxygen demand (COD) cut"},
        },
        "rows": [{"province": "21", "province_label": "Liaoning", "year": 2012, "proposed": 3, "cod": "5759"}],
        "findings": [],
    }


def test_answer_without_by_is_one_total_row(centre, liaoning_2012):
    answer = centre.get(f"{URL}options/?measures=implemented,implementation_rate,investment&total=true").json()
    assert answer["rows"] == [{"total": True, "implemented": 2, "implementation_rate": "66.7", "investment": "0.2"}]


def test_total_row_comes_last_and_says_so(centre, liaoning_2012):
    add_option(add_audit(make_enterprise(region_code="320100"), year=2012))
    rows = centre.get(f"{URL}options/?by=province,year&measures=proposed&total=true").json()["rows"]
    assert [row["proposed"] for row in rows] == [3, 1, 4]
    assert rows[-1] == {"province": None, "province_label": "Total", "year": None, "total": True, "proposed": 4}
    assert "total" not in rows[0]


def test_ratio_is_a_number_with_its_label(centre):
    enter_benxi()
    answer = centre.get(f"{URL}options/?by=origin&measures=benefit_ratio,payback,benefit_ratio_usd").json()
    assert answer["rows"] == [
        {
            "origin": "reported_programme",
            "origin_label": "Reported programmes",
            "benefit_ratio": "3.9",
            "benefit_ratio_label": "1 : 3.9",
            "payback": "0.259",
            "benefit_ratio_usd": None,
            "benefit_ratio_usd_label": None,
        }
    ]


def test_doubts_stand_beside_the_figures(centre):
    programme = enter_benxi()
    answer = centre.get(f"{URL}options/?measures=wastewater").json()
    assert answer["rows"] == [{"total": True, "wastewater": "2175"}]
    doubt = next(finding for finding in answer["findings"] if finding["rule"] == "P-WATER")
    assert doubt["ok"] is False
    assert doubt["severity"] == "warn"
    assert "2,647,816 mg" in doubt["text"]
    assert doubt["about"] == {"kind": "programme", "id": programme.pk, "title": programme.title_en}


def test_all_measures_are_the_default(centre, liaoning_2012):
    answer = centre.get(f"{URL}options/").json()
    (listed, _audits) = centre.get(URL).json()["datasets"]
    assert answer["measures"].keys() == listed["measures"].keys()


def test_labels_are_in_the_readers_language(centre, liaoning_2012):
    answer = centre.get(f"{URL}options/?by=province&measures=cod", headers={"Accept-Language": "zh-hans"}).json()
    assert answer["rows"][0]["province_label"] == "辽宁省"
    assert "化学需氧量" in answer["measures"]["cod"]["label"]


# --- Filters --------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("words", "years"),
    [
        ("year=2009&year=2011", [2009, 2011]),
        ("year=2009,2011", [2009, 2011]),
        ("year=2010..2012&year=2009", [2009, 2010, 2011]),
        ("year=", [2009, 2010, 2011]),
        ("province=21,44&sector=C31", [2009, 2010, 2011]),
        ("province=44", []),
        ("sector=none", []),
    ],
)
def test_filters_are_repeatable_or_comma_separated(centre, words, years):
    enterprise = make_enterprise()
    for year in (2009, 2010, 2011):
        add_option(add_audit(enterprise, year=year))
    answer = centre.get(f"{URL}options/?by=year&measures=proposed&{words}").json()
    assert [row["year"] for row in answer["rows"]] == years


def test_everything_unknown_is_told_at_once_with_what_exists(centre):
    words = "by=town&measures=profit&colour=red&year=20x&year=2012..2003&province=99&total=yes&status=gone"
    errors = problem(centre.get(f"{URL}options/?{words}"))
    assert errors.keys() == {"/by", "/measures", "/colour", "/year", "/province", "/total", "/status"}
    assert "macro_region, province, prefecture, sector" in errors["/by"]
    assert "implementation_rate" in errors["/measures"]
    assert "by, measures, total, format, macro_region" in errors["/colour"]
    assert "21" in errors["/province"]
    assert "screened_out" in errors["/status"]
    assert "2003..2012" in errors["/year"]


def test_unknown_format_names_what_exists(centre):
    assert "json, csv" in problem(centre.get(f"{URL}options/?format=xlsx"))["/format"]
    assert "json" in problem(centre.get(f"{URL}?format=csv"))["/format"]


def test_unknown_dataset_is_not_there_and_says_what_is(centre):
    response = centre.get(f"{URL}plants/")
    assert problem(response, 404) == {}
    assert "options, audits" in response.json()["detail"]


# --- Formats --------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("accept", "found"),
    [
        ("text/csv", "text/csv"),
        ("application/json;q=0.4, text/csv;q=0.9", "text/csv"),
        ("text/html, */*;q=0.8", "application/json"),
        ("text/csv;q=0, */*", "application/json"),
        ("text/*", "text/csv"),
    ],
)
def test_format_by_accept(centre, accept, found):
    response = centre.get(f"{URL}audits/", headers={"Accept": accept})
    assert response["Content-Type"].split(";")[0] == found


def test_format_nobody_has_is_not_acceptable(centre):
    problem(centre.get(f"{URL}audits/", headers={"Accept": "image/png"}), 406)


def test_csv_holds_the_same_figures(centre):
    make_world(11)
    words = "by=province,year,cost_group&total=true&measures=proposed,implementation_rate,investment,cod"
    answer = centre.get(f"{URL}options/?{words}").json()
    text = centre.get(f"{URL}options/?{words}&format=csv").content.decode()
    rows = list(csv.DictReader(io.StringIO(text)))
    assert list(rows[0]) == [
        "province", "province_label", "year", "cost_group", "cost_group_label", "proposed", "implementation_rate",
        "investment", "cod",
    ]  # fmt: skip
    for row, expected in zip(rows, answer["rows"], strict=True):
        shown = {name: "" if expected[name] is None else str(expected[name]) for name in row}
        assert row == (shown | {"year": "Total"} if "total" in expected else shown)


# --- Tags -----------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("form", ["json", "csv"])
def test_tag_holds_until_the_figures_change(centre, form, liaoning_2012):
    address = f"{URL}options/?by=province&measures=proposed&format={form}"
    tag = centre.get(address)["ETag"]
    assert tag.startswith('"')
    again = centre.get(address, headers={"If-None-Match": f'"other", {tag}'})
    assert (again.status_code, again.content, again["ETag"]) == (304, b"", tag)
    add_option(add_audit(make_enterprise()))
    changed = centre.get(address, headers={"If-None-Match": tag})
    assert changed.status_code == 200
    assert changed["ETag"] != tag


def test_answers_are_kept_apart_by_reader_and_language(client, liaoning_2012):
    response = client.get(f"{URL}options/")
    assert response["Cache-Control"] == "public, no-cache"
    assert {"Accept", "Accept-Language", "Authorization", "Cookie"} <= set(response["Vary"].split(", "))
    client.force_login(make_user(make_centre()))
    assert client.get(f"{URL}options/")["Cache-Control"] == "private, no-cache"


# --- Who sees what --------------------------------------------------------------------------------------------------
def test_foreign_jurisdiction_changes_no_byte(client):
    make_world(12, places=["210500", "210502"])
    client.force_login(make_user(make_authority(region_code="210500")))
    addresses = [
        f"{URL}{dataset}/?format={form}&total=true&by={by}"
        for dataset in ("options", "audits")
        for form in ("json", "csv")
        for by in ("", "province", "prefecture,status", "sector,year", "origin")
    ]
    before = [client.get(address)["ETag"] for address in addresses]
    make_world(13, places=["210200", "320100", "440300"])
    assert [client.get(address)["ETag"] for address in addresses] == before


def test_strangers_get_public_figures_and_no_prefectures(client, liaoning_2012):
    add_option(add_audit(make_enterprise(), "in_progress"))
    answer = client.get(f"{URL}options/?measures=proposed&by=province").json()
    assert [row["proposed"] for row in answer["rows"]] == [3]
    errors = problem(client.get(f"{URL}options/?by=prefecture&prefecture=210500"))
    assert errors.keys() == {"/by", "/prefecture"}
    assert "prefecture" not in json.dumps(client.get(URL).json()["datasets"][0]["dimensions"]["province"])


def test_public_answers_are_throttled_by_the_public_rate(client, monkeypatch):
    from rest_framework.throttling import ScopedRateThrottle

    monkeypatch.setattr(ScopedRateThrottle, "THROTTLE_RATES", {"public": "2/min"})
    codes = [client.get(URL, REMOTE_ADDR="192.0.2.77").status_code for _time in range(3)]
    assert codes == [200, 200, 429]
