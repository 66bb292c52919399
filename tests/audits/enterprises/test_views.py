"""The pages about enterprises: who sees what, what survives, what it costs."""

import csv
import datetime as dt
import io
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from audits.enterprises.models import Enterprise
from audits.enterprises.services import GivenFigure, record_figures
from audits.programme.models import Listing
from cpaudit.reference.models import Metric
from tests.factories.people import (
    make_assessor,
    make_authority,
    make_centre,
    make_consultancy,
    make_enterprise,
    make_user,
)

pytestmark = pytest.mark.django_db
AT = dt.datetime(2026, 11, 21, 4, 0, tzinfo=dt.UTC)
LIST = reverse("audits:enterprise-list")
CODE = "91350100M000100Y43"


@pytest.fixture
def regulator(client):
    user = make_user(make_authority(region_code="210500"))
    client.force_login(user)
    return user


@pytest.fixture
def steel():
    return make_enterprise(name_en="Benxi Steel", name_zh="本溪钢铁", region_code="210502", sector_code="C31")


@pytest.fixture
def foreign():
    """What could leak: the same name in another region, and in another industry of the same region."""
    return [
        make_enterprise(name_en="Benxi Steel of Nanjing", region_code="320100", sector_code="C31"),
        make_enterprise(name_en="Benxi Paper", region_code="210502", sector_code="C22"),
    ]


def detail(enterprise):
    return reverse("audits:enterprise-detail", args=[enterprise.pk])


def text_of(response):
    return response.content.decode()


def rows_of(response):
    lines = b"".join(response.streaming_content).decode("utf-8-sig")
    return list(csv.reader(io.StringIO(lines)))


def queries_of(client, url):
    with CaptureQueriesContext(connection) as queries:
        assert client.get(url).status_code == 200
    return len(queries)


# --- Who sees what --------------------------------------------------------------------------------------------------
def test_pages_send_strangers_to_the_sign_in(client, steel):
    for url in (LIST, detail(steel), reverse("audits:enterprise-export"), reverse("audits:enterprise-create")):
        assert client.get(url).status_code == 302


def test_list_of_a_region_shows_and_counts_only_its_own(client, regulator, steel, foreign):
    page = client.get(LIST)
    assert [row.pk for row in page.context["rows"]] == [foreign[1].pk, steel.pk]
    assert page.context["rows"].paginator.count == 2
    assert "Nanjing" not in text_of(page)


def test_list_of_an_industry_department_shows_only_its_industry(client, steel, foreign):
    client.force_login(make_user(make_authority(region_code="210000", industry_sectors=["C31"])))
    page = client.get(LIST)
    assert [row.pk for row in page.context["rows"]] == [steel.pk]
    assert "Paper" not in text_of(page)


def test_search_and_export_do_not_reach_outside(client, regulator, steel, foreign):
    assert [row.pk for row in client.get(LIST, {"q": "benxi steel"}).context["rows"]] == [steel.pk]
    exported = rows_of(client.get(reverse("audits:enterprise-export"), {"q": "Steel"}))
    assert [row[3] for row in exported[1:]] == ["Benxi Steel"]


@pytest.mark.parametrize("name", ["enterprise-detail", "enterprise-edit", "figures-choose"])
def test_pages_of_a_foreign_enterprise_do_not_exist(client, regulator, foreign, name):
    assert client.get(reverse(f"audits:{name}", args=[foreign[0].pk])).status_code == 404


def test_figures_of_a_foreign_enterprise_cannot_be_posted(client, regulator, foreign):
    url = reverse("audits:figures-edit", args=[foreign[0].pk, 2025])
    assert client.post(url, {"cod-amount": "1", "version": "1"}).status_code == 404


@pytest.mark.parametrize("make", [make_consultancy, make_assessor, make_enterprise])
def test_others_see_nothing_of_it(client, steel, make):
    client.force_login(make_user(make()))
    assert steel not in client.get(LIST).context["rows"]
    assert client.get(detail(steel)).status_code == 404


def test_the_centre_sees_all_and_changes_nothing(client, steel, foreign):
    client.force_login(make_user(make_centre()))
    assert len(client.get(LIST).context["rows"]) == 3
    page = client.get(detail(steel))
    assert page.context["can"] == {"change": False, "record_figures": False, "list": False}
    assert client.get(reverse("audits:enterprise-edit", args=[steel.pk])).status_code == 403


def test_a_number_no_database_holds_is_simply_not_found(client, regulator):
    assert client.get(f"/enterprises/{2**70}/").status_code == 404


# --- The list -------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({"q": "本溪"}, {"steel"}),
        ({"q": "STEEL"}, {"steel"}),
        ({"q": " 9135-0100m"}, {"code"}),
        ({"sector": "C22"}, {"paper"}),
        ({"size": "large"}, {"code"}),
        ({"region": "210502"}, {"steel", "paper"}),
        ({"listed": "yes"}, {"paper"}),
        ({"listed": "no"}, {"steel", "code"}),
    ],
)
def test_filters_find_what_they_say(client, regulator, steel, query, found):
    code = make_enterprise(name_en="Code", region_code="210500", credit_code=CODE, size="large")
    paper = make_enterprise(name_en="Paper", region_code="210502", sector_code="C22")
    put_on_list(paper)
    if "sector" in query:
        query = {"sector": "C22"}
    if "region" in query:
        query = {"region": "210502"}
    page = client.get(LIST, query)
    names = {"steel": steel, "paper": paper, "code": code}
    assert {row.pk for row in page.context["rows"]} == {names[name].pk for name in found}


def put_on_list(enterprise):
    today = dt.date.today()
    return Listing.objects.create(
        enterprise=enterprise,
        authority=make_authority(),
        year=today.year,
        reason="energy",
        published_on=today,
        disclose_by=today,
        start_by=today,
        report_by=today,
        listed_at=AT,
    )


def test_regions_to_choose_from_are_the_jurisdiction(client, regulator):
    choices = client.get(LIST).context["filter"].form.fields["region"].queryset
    assert {region.code[:4] for region in choices} == {"2105"}


@pytest.mark.parametrize("sort", ["name", "-name", "region", "sector", "size", "last_audit", "-last_audit", "nonsense"])
def test_sorting_by_every_column_works(client, regulator, steel, sort):
    assert client.get(LIST, {"sort": sort}).status_code == 200


def test_names_sort_in_the_readers_language_and_the_other_where_it_is_missing(client, regulator):
    for name in ("Beta", "Alpha"):
        make_enterprise(name_en=name)
    nameless = make_enterprise()
    nameless.body.name_en, nameless.body.name_zh = "", "Alphz 钢铁"
    nameless.body.save()
    names = [str(row) for row in client.get(LIST, {"sort": "name"}).context["rows"]]
    assert names == ["Alpha", "Alphz 钢铁", "Beta"]


def test_filters_and_sorting_survive_paging(client, regulator):
    for _number in range(51):
        make_enterprise(size="small")
    page = client.get(LIST, {"size": "small", "sort": "-name"})
    assert "size=small&amp;sort=-name&amp;page=2" in text_of(page)
    assert len(client.get(LIST, {"size": "small", "sort": "-name", "page": "2"}).context["rows"]) == 1


def test_list_costs_the_same_for_one_and_for_three(client, regulator, steel):
    one = queries_of(client, LIST)
    for _number in range(2):
        put_on_list(make_enterprise())
    assert queries_of(client, LIST) == one < 12


def test_export_is_safe_in_a_spreadsheet(client, regulator):
    make_enterprise(name_en="=HYPERLINK(1)", name_zh="+1", products="@SUM(A1)", employees=5)
    header, row = rows_of(client.get(reverse("audits:enterprise-export")))
    exported = dict(zip(header, row, strict=True))
    assert exported["Name (English)"] == "'=HYPERLINK(1)"
    assert exported["Name (Chinese)"] == "'+1"
    assert exported["Main products"] == "'@SUM(A1)"
    assert exported["Employees"] == "5"


# --- One enterprise -------------------------------------------------------------------------------------------------
def figure(code, amount, unit):
    return GivenFigure(Metric.objects.get(code=code), Decimal(amount), unit)


def test_detail_shows_facts_figures_and_what_happened(client, regulator, steel):
    for year in (2024, 2025):
        record_figures(
            enterprise=steel,
            year=year,
            figures=[figure("cod", year - 2000, "t"), figure("electricity", "12", "10k_kWh")],
            by=regulator,
            at=AT,
        )
    page = client.get(detail(steel))
    assert "本溪钢铁" in text_of(page)
    assert "120,000" in text_of(page)
    assert page.context["figures"].years == [2024, 2025]
    assert "<svg" in page.context["chart"].svg
    assert len(page.context["events"]) == 2


def test_detail_shows_people_to_the_authority_but_not_to_a_consultancy(client, regulator, steel):
    make_user(steel, name_en="Manager Zhao")
    assert "Manager Zhao" in text_of(client.get(detail(steel)))


def test_detail_costs_the_same_for_one_and_for_three(client, regulator, steel):
    record_figures(enterprise=steel, year=2025, figures=[figure("cod", 1, "t")], by=regulator, at=AT)
    make_user(steel)
    put_on_list(steel)
    one = queries_of(client, detail(steel))
    for year in (2023, 2024):
        record_figures(
            enterprise=steel, year=year, figures=[figure("cod", 1, "t"), figure("so2", 1, "t")], by=regulator, at=AT
        )
        make_user(steel)
    assert queries_of(client, detail(steel)) == one < 14


# --- Entering and correcting ----------------------------------------------------------------------------------------
def entered(**fields):
    return {"name_zh": "本溪造纸", "name_en": "Benxi Paper", "credit_code": CODE, **fields}


def test_an_authority_enters_an_enterprise(client, regulator, steel):
    data = entered(region=steel.body.region_id, sector=steel.sector_id, employees="120")
    response = client.post(reverse("audits:enterprise-create"), data)
    enterprise = Enterprise.objects.get(credit_code=CODE)
    assert response["Location"] == detail(enterprise)
    assert (enterprise.employees, enterprise.body.region_id) == (120, steel.body.region_id)


def test_a_form_with_errors_keeps_what_was_typed_and_says_everything(client, regulator, steel):
    data = entered(credit_code="91350100M000100Y44", region=steel.body.region_id, address="1 Steel Road")
    page = client.post(reverse("audits:enterprise-create"), data)
    assert page.status_code == 422
    assert "should be 3 and is 4" in text_of(page)
    assert 'value="1 Steel Road"' in text_of(page)
    assert page.context["form"].errors.keys() == {"credit_code", "sector"}


def test_a_code_that_is_taken_is_told_beside_the_field_without_telling_by_whom(client, regulator, steel, foreign):
    Enterprise.objects.filter(pk=foreign[0].pk).update(credit_code=CODE)
    data = entered(region=steel.body.region_id, sector=steel.sector_id)
    page = client.post(reverse("audits:enterprise-create"), data)
    assert page.context["form"].errors["credit_code"] == ["Another enterprise is on record under this."]
    assert "Nanjing" not in text_of(page)


def test_a_region_outside_cannot_be_chosen(client, regulator, steel, foreign):
    data = entered(region=foreign[0].body.region_id, sector=steel.sector_id)
    assert client.post(reverse("audits:enterprise-create"), data).context["form"].errors.keys() == {"region"}


def test_only_authorities_get_the_form(client):
    client.force_login(make_user(make_consultancy()))
    assert client.get(reverse("audits:enterprise-create")).status_code == 403


def test_the_enterprise_corrects_its_contact_and_is_not_offered_its_identity(client, steel):
    client.force_login(make_user(steel, "enterprise_manager"))
    url = reverse("audits:enterprise-edit", args=[steel.pk])
    assert "credit_code" not in client.get(url).context["form"].fields
    client.post(url, {"contact_phone": "024 1", "version": "1", "region": "1"})
    steel.refresh_from_db()
    assert steel.contact_phone == "024 1"


def test_a_correction_on_an_old_page_keeps_what_was_typed_and_shows_what_is_now(client, regulator, steel):
    url = reverse("audits:enterprise-edit", args=[steel.pk])
    form = client.get(url).context["form"]
    data = {name: form[name].value() or "" for name in form.fields}
    assert client.post(url, data | {"address": "1 New Road"}).status_code == 302
    page = client.post(url, data | {"address": "2 Late Road"})
    assert page.status_code == 409
    assert "On record now: Address: 1 New Road" in text_of(page)
    assert 'value="2 Late Road"' in text_of(page)
    again = {name: page.context["form"][name].value() or "" for name in form.fields}
    assert client.post(url, again).status_code == 302
    steel.refresh_from_db()
    assert steel.address == "2 Late Road"


# --- Figures --------------------------------------------------------------------------------------------------------
def test_figures_of_a_year_are_entered_and_shown_again(client, regulator, steel):
    url = reverse("audits:figures-edit", args=[steel.pk, 2025])
    data = {"version": "1", "cod-amount": "1250.5", "cod-unit": "kg", "cod-method": "measured"}
    data |= {"output_value-amount": "3", "output_value-unit": "10k_money", "output_value-currency": "USD"}
    assert client.post(url, data)["Location"].endswith("#figures")
    assert steel.figures.get(metric__code="cod").amount == Decimal("1.2505")
    rows = {row.metric.code: row for row in client.get(url).context["form"]}
    assert rows["cod"]["amount"].value() == "1250.5"
    assert rows["cod"]["unit"].value() == "kg"
    assert rows["output_value"]["currency"].value() == "USD"


def test_an_emptied_amount_takes_the_figure_out(client, regulator, steel):
    record_figures(enterprise=steel, year=2025, figures=[figure("cod", 1, "t")], by=regulator, at=AT)
    client.post(reverse("audits:figures-edit", args=[steel.pk, 2025]), {"version": "2", "cod-amount": ""})
    assert not steel.figures.exists()


def test_wrong_figures_are_told_beside_their_metric_and_everything_typed_stays(client, regulator, steel):
    url = reverse("audits:figures-edit", args=[steel.pk, 2025])
    page = client.post(url, {"version": "1", "cod-amount": "-4", "so2-amount": "7", "so2-unit": "m3", "tn-amount": "x"})
    assert page.status_code == 422
    rows = {row.metric.code: row for row in page.context["form"]}
    assert rows["so2"].errors.keys() == {"unit"}
    assert rows["tn"].errors.keys() == {"amount"}
    page = client.post(url, {"version": "1", "cod-amount": "-4", "so2-amount": "7"})
    rows = {row.metric.code: row for row in page.context["form"]}
    assert "cannot be below zero" in rows["cod"].errors["amount"][0]
    assert rows["so2"]["amount"].value() == "7"
    assert not steel.figures.exists()


def test_figures_on_an_old_page_are_kept_and_told(client, regulator, steel):
    url = reverse("audits:figures-edit", args=[steel.pk, 2025])
    client.post(url, {"version": "1", "cod-amount": "1"})
    page = client.post(url, {"version": "1", "cod-amount": "2"})
    assert page.status_code == 409
    assert steel.figures.get().amount == 1
    assert client.post(url, {"version": str(page.context["version"]), "cod-amount": "2"}).status_code == 302
    assert steel.figures.get().amount == 2


def test_choosing_a_year_leads_to_its_form_and_an_impossible_one_says_why(client, regulator, steel):
    url = reverse("audits:figures-choose", args=[steel.pk])
    assert client.get(url, {"year": "2025"})["Location"] == reverse("audits:figures-edit", args=[steel.pk, 2025])
    page = client.get(url, {"year": "2199"}, follow=True)
    assert "has not begun" in text_of(page)
    assert client.get(reverse("audits:figures-edit", args=[steel.pk, 2199])).status_code == 404
