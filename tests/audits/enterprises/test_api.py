"""Enterprises over REST: the same rules as the pages, every problem with its place."""

import datetime as dt

import pytest
from rest_framework.test import APIClient

from audits.enterprises.models import Enterprise
from tests.factories.people import make_authority, make_centre, make_consultancy, make_enterprise, make_user

pytestmark = pytest.mark.django_db
CODE = "91350100M000100Y43"
LIST = "/api/v1/enterprises/"


def api_of(user):
    client = APIClient()
    client.force_authenticate(user)
    return client


@pytest.fixture
def api():
    return api_of(make_user(make_authority(region_code="210500")))


def entered(**fields):
    return {"name_zh": "本溪钢铁", "region": "210502", "sector": "C31", "credit_code": CODE, **fields}


def pointers(response):
    return {error["pointer"] for error in response.json()["errors"]}


def test_strangers_are_asked_who_they_are():
    assert APIClient().get(LIST).status_code == 401


def test_list_and_detail_stay_within_the_jurisdiction(api):
    own = make_enterprise(name_en="Steel", region_code="210502")
    foreign = make_enterprise(name_en="Steel", region_code="320100")
    assert [row["id"] for row in api.get(LIST, {"q": "steel"}).json()["results"]] == [own.pk]
    assert api.get(f"{LIST}{own.pk}/").json()["region"] == "210502"
    assert api.get(f"{LIST}{foreign.pk}/").status_code == 404
    assert api.patch(f"{LIST}{foreign.pk}/", {"version": 1, "address": "x"}, "json").status_code == 404
    assert api.get(f"{LIST}{foreign.pk}/figures/").status_code == 404
    assert api.put(f"{LIST}{foreign.pk}/figures/2025/", {}, "json").status_code == 404
    assert api.get(f"{LIST}{2**70}/").status_code == 404


def test_list_of_an_industry_department_is_its_industry():
    steel, paper = make_enterprise(sector_code="C31"), make_enterprise(sector_code="C22")
    department = api_of(make_user(make_authority(region_code="210000", industry_sectors=["C22"])))
    assert [row["id"] for row in department.get(LIST).json()["results"]] == [paper.pk]
    assert department.get(f"{LIST}{steel.pk}/").status_code == 404


def test_list_is_narrowed_by_codes_and_refuses_unknown_ones(api):
    make_enterprise(sector_code="C31")
    paper = make_enterprise(sector_code="C22")
    assert [row["id"] for row in api.get(LIST, {"sector": "C22", "region": "210500"}).json()["results"]] == [paper.pk]
    refused = api.get(LIST, {"sector": "X99", "size": "huge"})
    assert (refused.status_code, pointers(refused)) == (400, {"/sector", "/size"})


def test_an_enterprise_is_entered_and_corrected(api):
    created = api.post(LIST, entered(), "json")
    assert created.status_code == 201
    url = created["Location"]
    assert api.get(url).json() == created.json()
    corrected = api.patch(url, {"version": 1, "name_en": "Benxi Steel", "employees": None}, "json")
    assert (corrected.json()["name_en"], corrected.json()["version"]) == ("Benxi Steel", 2)
    stale = api.patch(url, {"version": 1, "name_en": "Other"}, "json")
    assert (stale.status_code, stale.json()["title"]) == (409, "Somebody was faster")


def test_a_repeated_call_with_its_key_enters_once(api):
    for _try in range(2):
        answer = api.post(LIST, entered(), "json", headers={"Idempotency-Key": "k1"})
        assert answer.status_code == 201
    assert Enterprise.objects.count() == 1


def test_every_problem_is_told_with_its_place(api):
    refused = api.post(LIST, entered(region="999999", size="huge", colour="red"), "json")
    assert (refused.status_code, pointers(refused)) == (400, {"/region", "/size", "/colour"})
    refused = api.post(LIST, entered(credit_code="91350100M000100Y44"), "json")
    assert pointers(refused) == {"/credit_code"}
    assert "should be 3" in refused.json()["errors"][0]["detail"]


def test_entering_outside_the_jurisdiction_or_without_the_role_is_refused(api):
    assert api.post(LIST, entered(region="320100"), "json").status_code == 403
    for body in (make_consultancy(), make_centre()):
        assert api_of(make_user(body)).post(LIST, entered(), "json").status_code == 403


def test_figures_are_recorded_and_read_in_both_units(api):
    enterprise = make_enterprise()
    url = f"{LIST}{enterprise.pk}/figures/"
    body = {"figures": [{"metric": "cod", "amount": "1250", "unit": "kg"}, {"metric": "so2", "amount": "3"}]}
    recorded = api.put(f"{url}2025/", body, "json")
    assert recorded.json()[0] == {
        "year": 2025, "metric": "cod", "amount": "1.250000", "unit": "t", "given_amount": "1250.000000",
        "given_unit": "kg", "currency": "", "method": "reported",
    }  # fmt: skip
    assert [row["metric"] for row in api.get(url).json()["results"]] == ["cod", "so2"]
    left = api.put(f"{url}2025/", {"figures": [{"metric": "cod", "amount": None}]}, "json")
    assert [row["metric"] for row in left.json()] == ["so2"]


def test_unusable_figures_are_told_at_their_place(api):
    url = f"{LIST}{make_enterprise().pk}/figures/{dt.date.today().year + 1}/"
    body = {"figures": [{"metric": "so2", "amount": "1"}, {"metric": "cod", "amount": "-1"}]}
    refused = api.put(url, body, "json")
    assert (refused.status_code, pointers(refused)) == (400, {"/year", "/figures/1/amount"})
    twice = api.put(url, {"figures": [{"metric": "so2", "amount": "1"}] * 2}, "json")
    assert pointers(twice) == {"/figures/0/metric", "/figures/1/metric"}


def test_figures_on_an_old_version_are_stale(api):
    url = f"{LIST}{make_enterprise().pk}/figures/2025/"
    body = {"version": 1, "figures": [{"metric": "cod", "amount": "1"}]}
    assert api.put(url, body, "json").status_code == 200
    assert api.put(url, {"version": 1, "figures": [{"metric": "cod", "amount": "2"}]}, "json").status_code == 409
