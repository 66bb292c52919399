"""The statistics page: what it shows, what it leads to, what it costs."""

from __future__ import annotations

import csv
import io
import re
from decimal import Decimal
from html import unescape

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from audits.statistics.selectors import catalogue
from tests.factories.figures import add_audit, add_effect, add_option, make_world
from tests.factories.people import make_authority, make_centre, make_consultancy, make_enterprise, make_user
from tests.factories.programmes import effect, enter_benxi, enter_report

pytestmark = pytest.mark.django_db
PAGE = reverse("audits:statistics")


@pytest.fixture
def regulator(client):
    user = make_user(make_authority(region_code="210000", name_en="Liaoning Bureau"))
    client.force_login(user)
    return user


def shown(client, address=PAGE, status=200):
    response = client.get(address)
    assert response.status_code == status
    return unescape(response.content.decode())


def table(text):
    """The rows of the figures' table as lists of words."""
    part = text[text.index('<h2 id="table">') :]
    rows = re.findall(r"<tr>(.*?)</tr>", part[: part.index("</table>")], re.DOTALL)
    return [[re.sub(r"<[^>]*>", "", cell).strip() for cell in re.split(r"</t[hd]>", row)[:-1]] for row in rows]


def link(text, label):
    return re.search(rf'<a [^>]*href="([^"]*)"[^>]*>(?:<svg[^>]*><path[^>]*></svg>)?{re.escape(label)}</a>', text)[1]


def test_page_begins_with_what_lies_below_ones_region(client, regulator):
    add_option(add_audit(make_enterprise(region_code="210502")), actual_investment=Decimal(200))
    add_option(add_audit(make_enterprise(region_code="210200")), "feasible")
    text = shown(client)
    assert "What Liaoning Bureau may see." in text
    assert [row[:4] for row in table(text)] == [
        ["Prefecture", "Options proposed", "Options implemented", "Implementation rate"],
        ["Dalian", "1", "0", "0.0%"],
        ["Benxi", "1", "1", "100.0%"],
        ["Total", "2", "1", "50.0%"],
    ]
    assert "<svg" in text
    assert "All options ever proposed" in text


def test_page_shows_the_contracts_figures_of_benxi_and_its_doubts(client, regulator):
    programme = enter_benxi()
    text = shown(client, f"{PAGE}?by=cost_group")
    rates = {row[0]: row[3] for row in table(text)}
    assert rates == {
        "Cost group": "Implementation rate",
        "No and low cost": "91.0%",
        "Medium and high cost": "58.0%",
        "Not stated": "–",
        "Total": "87.5%",
    }
    assert "1 : 3.9" in text
    assert "2,647,816 mg" in text
    assert reverse("audits:programme-detail", args=[programme.pk]) in text


def test_places_open_into_smaller_ones_and_lead_back(client):
    client.force_login(make_user(make_centre()))
    add_option(add_audit(make_enterprise(region_code="210502", sector_code="C31")))
    text = shown(client, f"{PAGE}?by=macro_region&measures=proposed")
    for label, column in (("Northeast", "Province"), ("Liaoning", "Prefecture"), ("Benxi", "Industry")):
        text = shown(client, link(text, label))
        assert table(text)[0] == [column, "Options proposed"]
        assert table(text)[1][1] == "1"
    trail = re.search(r'aria-label="Places">(.*?)</nav>', text, re.DOTALL)[1]
    assert re.findall(r">([^<>]+)</(?:a|span)>", trail) == ["All regions", "Northeast", "Liaoning", "Benxi"]
    back = shown(client, link(trail, "Northeast"))
    assert table(back)[1] == ["Liaoning", "1"]


def test_downloads_hold_exactly_what_is_shown(client, regulator):
    make_world(20, places=["210500", "210502", "210200"])
    text = shown(client, f"{PAGE}?by=prefecture&by=year&year=2010..2012&measures=proposed&measures=cod&origin=audit")
    answer = client.get(link(text, "As JSON")).json()
    assert answer["by"] == ["prefecture", "year"]
    assert list(answer["measures"]) == ["proposed", "cod"]
    assert [str(row["proposed"]) for row in answer["rows"]] == [row[2] for row in table(text)[1:-1]] + [
        table(text)[-1][1]
    ]
    download = client.get(link(text, "As CSV"))
    assert "attachment" in download["Content-Disposition"]
    sheet = b"".join(download.streaming_content).decode("utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(sheet)))
    assert [row["proposed"] for row in rows] == [str(row["proposed"]) for row in answer["rows"]]


@pytest.mark.parametrize(
    "words",
    [
        "by=", "by=province", "by=year", "by=sector", "by=year&by=status", "by=province&by=cost_group",
        "by=aspect,kind,origin", "by=prefecture&by=sector", "by=year&measures=cod", "by=year&measures=payback_usd",
        "by=sector&draw=implementation_rate", "dataset=audits", "dataset=audits&by=year&by=status&draw=approved",
        "dataset=audits&by=", "view=print&year=2009..2011", "province=21,44&prefecture=none",
        "dataset=nothing&by=year&measures=implementation_rate&by=kind",
    ],
)  # fmt: skip
def test_every_question_has_a_page(client, words):
    make_world(21)
    enter_benxi()
    client.force_login(make_user(make_centre()))
    assert shown(client, f"{PAGE}?{words}").count("<h1") == 1


def test_bad_question_is_told_and_the_page_still_stands(client, regulator):
    text = shown(client, f"{PAGE}?year=soon&by=province", status=400)
    assert "“soon” is no year" in text
    assert "Statistics" in text


def test_nothing_to_count_says_so(client, regulator):
    assert "Nothing to count yet" in shown(client)


def test_print_view_has_no_controls_but_says_the_filters(client, regulator):
    add_option(add_audit(make_enterprise(), year=2012))
    text = shown(client, f"{PAGE}?view=print&year=2012&province=21")
    assert "<select" not in text
    assert "Year: 2012" in text
    assert "Province: Liaoning" in text


def test_one_row_for_everything_shows_every_measure(client, regulator):
    add_option(add_audit(make_enterprise()))
    text = shown(client, f"{PAGE}?by=&measures=" + ",".join(catalogue(regulator)["options"].measures))
    part = re.search(r'<dl class="figures">(.*?)</dl>', text, re.DOTALL)[1]
    assert part.count("<dt>") == len(catalogue(regulator)["options"].measures)


@pytest.mark.parametrize(
    ("body", "offered"), [(make_centre, True), (make_enterprise, False), (make_consultancy, False)]
)
def test_programmes_are_offered_to_those_who_enter_them(client, body, offered):
    at = body()
    client.force_login(make_user(at, "statistician" if offered else ""))
    assert (reverse("audits:programme-list") in shown(client)) is offered


def test_strangers_see_public_figures_by_province(client):
    add_option(add_audit(make_enterprise()))
    add_option(add_audit(make_enterprise(), "in_progress"))
    enter_benxi()
    text = shown(client)
    assert "Public figures" in text
    assert table(text)[1][:2] == ["Liaoning", "473"]
    assert reverse("audits:programme-list") not in text
    assert "/programmes/" not in text


def test_foreign_rows_do_not_show(client, regulator):
    make_world(22, places=["210500"])
    before = shown(client)
    make_world(23, places=["320100", "440300"])
    enter_report(region_code="320000", no_low_proposed=2, no_low_implemented=9)

    def plain(text):
        return re.sub(r'<time.*?</time>|name="csrfmiddlewaretoken" value="[^"]*"', "", text)

    assert plain(shown(client)) == plain(before)


def test_definitions_name_every_measure(client, regulator):
    text = shown(client, reverse("audits:statistics-definitions"))
    for name in ("implementation_rate", "cod_expected", "mean_days_to_file", "prefecture", "benefit_ratio_usd"):
        assert f"<code>{name}</code>" in text


def test_number_of_queries_does_not_depend_on_rows(client, regulator):
    address = f"{PAGE}?by=prefecture&by=sector&measures=proposed,investment,cod"
    make_world(24, audits=2, options=3, places=["210500"])
    enter_benxi()
    client.get(address)
    with CaptureQueriesContext(connection) as few:
        client.get(address)
    make_world(25, audits=30, options=200, places=["210500", "210502", "210200", "210300"])
    for year in range(1990, 1996):
        enter_report(year=year, no_low_proposed=3, no_low_implemented=5, effects=[effect("cod", "9", "t")])
    add_effect(add_option(add_audit(make_enterprise(region_code="210400"))), "cod", "3")
    with CaptureQueriesContext(connection) as many:
        client.get(address)
    assert len(many) == len(few)
