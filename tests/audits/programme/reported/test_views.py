"""The pages and the interface of reported programmes."""

from html import unescape

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from rest_framework.test import APIClient

from audits.programme.models import ReportedProgramme
from tests.factories.people import make_authority, make_centre, make_consultancy, make_enterprise, make_user, region
from tests.factories.programmes import effect, enter_benxi, enter_report

pytestmark = pytest.mark.django_db
LIST = reverse("audits:programme-list")
API = "/api/v1/programmes/"


@pytest.fixture
def regulator(client):
    user = make_user(make_authority(region_code="210500"))
    client.force_login(user)
    return user


def shown(client, address, status=200):
    response = client.get(address)
    assert response.status_code == status
    return unescape(response.content.decode())


def posted(**fields):
    return {
        "title_en": "Benxi", "region": region("210500").pk, "year_from": "1996", "year_to": "2001", "source": "a paper",
        "currency": "CNY", "no_low_proposed": "422", "no_low_implemented": "384", "effect0-metric": "cod",
        "effect0-amount": "5759", "effect0-unit": "t", "effect0-share_percent": "33.3", "effect1-metric": "wastewater",
        "effect1-amount": "2175", **fields,
    }  # fmt: skip


# --- Pages ----------------------------------------------------------------------------------------------------------
def test_detail_shows_reported_and_derived_and_marks_the_doubtful(client, regulator):
    text = shown(client, reverse("audits:programme-detail", args=[enter_benxi().pk]))
    for part in (
        "91.0%",
        "58.0%",
        "87.5%",
        "1 : 3.9",
        "0.259 years",
        "2,800\xa010⁶ Nm³",
        "280,000\xa010⁴ Nm³",
        "17,294\xa0t",
    ):
        assert part in text
    marked = [row for row in text.split("<tr") if row.startswith(' class="row-marked"')]
    assert len(marked) == 2
    assert any("Wastewater" in row for row in marked)


def test_enter_goes_to_the_detail_page(client, regulator):
    response = client.post(reverse("audits:programme-create"), posted())
    programme = ReportedProgramme.objects.get()
    assert response["Location"] == reverse("audits:programme-detail", args=[programme.pk])
    assert {each.metric.code for each in programme.effects.all()} == {"cod", "wastewater"}
    assert programme.entered_by == regulator


def test_problems_of_the_form_and_of_the_service_stand_together_with_what_was_typed(client, regulator):
    create = reverse("audits:programme-create")
    response = client.post(create, posted(title_en="", **{"effect1-amount": "", "effect2-amount": "3"}))
    text = unescape(response.content.decode())
    assert response.status_code == 422
    assert "Give the amount" in text
    assert "Say what was saved or cut." in text
    response = client.post(create, posted(year_to="1995", **{"effect0-unit": "kWh"}))
    text = unescape(response.content.decode())
    assert "not before the first" in text
    assert "they measure different things" in text
    assert 'value="5759"' in text
    assert not ReportedProgramme.objects.exists()


def test_edit_shows_what_is_there_and_corrects_it(client, regulator):
    programme = enter_benxi()
    address = reverse("audits:programme-edit", args=[programme.pk])
    assert 'value="75090000"' in shown(client, address)
    client.post(address, posted(version="1"))
    programme.refresh_from_db()
    assert (programme.version, programme.investment, programme.effects.count()) == (2, None, 2)
    response = client.post(address, posted(version="1", enterprises="3"))
    assert response.status_code == 409
    assert "meanwhile" in response.content.decode()


def test_foreign_programmes_are_not_there(client, regulator):
    own, foreign = enter_benxi(), enter_report(region_code="320100", title_en="Nanjing")
    for name in ("programme-detail", "programme-edit"):
        assert client.get(reverse(f"audits:{name}", args=[foreign.pk])).status_code == 404
    text = shown(client, LIST)
    assert own.title_en in text
    assert "Nanjing" not in text


@pytest.mark.parametrize("body", [make_enterprise, make_consultancy])
def test_others_see_no_programmes_and_enter_none(client, body):
    programme = enter_benxi()
    client.force_login(make_user(body()))
    assert programme.title_en not in shown(client, LIST)
    assert client.get(reverse("audits:programme-detail", args=[programme.pk])).status_code == 404
    assert client.get(reverse("audits:programme-create")).status_code == 403


def test_strangers_are_sent_to_sign_in(client):
    assert client.get(LIST).status_code == 302


def test_list_costs_the_same_for_one_and_for_many(client, regulator):
    enter_report(effects=[effect("cod", "1", "t")])
    client.get(LIST)
    with CaptureQueriesContext(connection) as one:
        client.get(LIST)
    for year in range(1990, 1995):
        enter_report(year=year, effects=[effect("cod", "1", "t"), effect("so2", "1", "t")])
    with CaptureQueriesContext(connection) as many:
        client.get(LIST)
    assert len(many) == len(one)


# --- REST -----------------------------------------------------------------------------------------------------------
def api_of(user):
    client = APIClient()
    client.force_authenticate(user)
    return client


BODY = {
    "title_en": "Benxi", "region": "210500", "year_from": 1996, "year_to": 2001, "source": "paper 19",
    "no_low_proposed": 422, "no_low_implemented": 384, "medium_high_proposed": 50, "medium_high_implemented": 29,
    "investment": "75090000", "benefit": "290000000", "total_reduction_percent": "10",
    "effects": [
        {"metric": "cod", "amount": "5759", "unit": "t", "share_percent": "33.3"},
        {"metric": "wastewater", "amount": "2175"},
    ],
}  # fmt: skip


def test_programme_is_entered_read_and_corrected_over_rest():
    api = api_of(make_user(make_authority(region_code="210000")))
    answer = api.post(API, BODY, "json")
    assert answer.status_code == 201
    data = api.get(answer["Location"]).json()
    assert data["derived"] == {
        "no_low_rate": "91.0",
        "medium_high_rate": "58.0",
        "all_options_rate": "87.5",
        "benefit_ratio": "3.9",
        "payback": "0.259",
    }
    assert {each["rule"] for each in data["findings"] if not each["ok"]} == {"P-WATER", "P-TOTAL"}
    changed = api.patch(answer["Location"], {"version": 1, "enterprises": 41}, "json").json()
    assert (changed["version"], changed["enterprises"], len(changed["effects"])) == (2, 41, 2)
    assert api.patch(answer["Location"], {"version": 1, "enterprises": 4}, "json").status_code == 409
    changed = api.patch(answer["Location"], {"version": 2, "effects": []}, "json").json()
    assert changed["effects"] == []


def test_unusable_bodies_are_refused_with_their_places():
    api = api_of(make_user(make_centre(), "statistician"))
    answer = api.post(API, BODY | {"colour": "red", "year_to": "soon"}, "json")
    assert answer.status_code == 400
    assert {each["pointer"] for each in answer.json()["errors"]} == {"/colour", "/year_to"}
    answer = api.post(API, BODY | {"effects": [{"metric": "cod", "amount": "1", "unit": "kWh"}]}, "json")
    assert {each["pointer"] for each in answer.json()["errors"]} == {"/cod"}


def test_foreign_programmes_are_not_there_over_rest():
    foreign = enter_report(region_code="320100")
    api = api_of(make_user(make_authority(region_code="210500")))
    assert api.get(API).json()["results"] == []
    assert api.get(f"{API}{foreign.pk}/").status_code == 404
    assert api.patch(f"{API}{foreign.pk}/", {"version": 1}, "json").status_code == 404
    assert api.post(API, BODY | {"region": "320100"}, "json").status_code == 403
    assert APIClient().get(API).status_code == 401
