"""The register of organisations: rules, services, pages, REST."""

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from rest_framework.test import APIClient

from auditors.people.services import enter_auditor
from auditors.registration.services import enter_registration
from consultancies.organisations.models import Organisation
from consultancies.organisations.rules import staff_finding
from consultancies.organisations.selectors import operating_consultancies, staff_of
from consultancies.organisations.services import change_organisation, enter_organisation
from cpaudit.accounts.models import Body
from cpaudit.rulebook.errors import Invalid, NotAllowed, Stale
from cpaudit.rulebook.rulesets import rule_set
from cpaudit.trail.selectors import timeline
from tests.factories.people import (
    make_assessor,
    make_authority,
    make_centre,
    make_consultancy,
    make_enterprise,
    make_user,
    region,
)

LIST = reverse("consultancies:organisation-list")
REST = "/api/v1/organisations/"
NOW = timezone.now()
RULES = rule_set("1998")
day = dt.date.fromisoformat


@pytest.fixture
def registrar(client, db):
    user = make_user(make_centre(), "registrar", name_en="Chen Jie")
    client.force_login(user)
    return user


def entered(by, **changes):
    values = {
        "kind": "consulting", "name_zh": "本溪咨询", "name_en": "Benxi Consulting", "region": region("210500"),
        "registration_no": "R-1", "affirmed_on": day("2020-05-10"),
    }  # fmt: skip
    return enter_organisation(by=by, at=NOW, **values | changes)


def corrected(organisation, by, version, **changes):
    values = {
        "name_zh": organisation.body.name_zh, "name_en": organisation.body.name_en,
        "region": organisation.body.region, "registration_no": organisation.registration_no,
        "affirmed_on": organisation.affirmed_on, "ended_on": organisation.ended_on,
    }  # fmt: skip
    return change_organisation(organisation=organisation, version=version, by=by, at=NOW, **values | changes)


# --- Rules ----------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("qualified", "associates", "ok", "says"),
    [(5, 0, True, "5 are needed"), (3, 2, False, "only with its 2 associates"), (4, 0, False, "4 registered auditors")],
)
def test_staff_is_met_conditional_or_not_met(qualified, associates, ok, says):
    finding = staff_finding(qualified, associates, RULES)
    assert (finding.ok, finding.blocks, finding.article) == (ok, False, "Item 23(2)")
    assert says in finding.text % finding.params


# --- Services -------------------------------------------------------------------------------------------------------
def test_an_organisation_is_entered_with_its_body(registrar):
    organisation = entered(registrar)
    assert (organisation.body.kind, organisation.body.region.code) == ("consulting", "210500")
    assert timeline(organisation)[0].sentence.startswith("Chen Jie entered the organisation, affirmed on ")


def test_everything_unusable_is_told_at_once_and_leaves_no_body(registrar):
    bodies = Body.objects.count()
    with pytest.raises(Invalid) as refusal:
        entered(
            registrar, kind="enterprise", name_zh="", name_en=" ", registration_no=" ", affirmed_on=day("2199-01-01")
        )
    assert refusal.value.errors.keys() == {"kind", "name_zh", "registration_no", "affirmed_on"}
    entered(registrar)
    with pytest.raises(Invalid) as refusal:
        entered(registrar)
    assert refusal.value.errors.keys() == {"registration_no"}
    assert Body.objects.count() == bodies + 1


@pytest.mark.django_db
@pytest.mark.parametrize("make", [make_authority, make_consultancy, make_enterprise])
def test_only_the_centre_enters_organisations(make):
    with pytest.raises(NotAllowed):
        entered(make_user(make()))


def test_a_correction_affirms_names_its_fields_and_meets_old_versions(registrar):
    organisation = entered(registrar, affirmed_on=None)
    changed = corrected(organisation, registrar, 1, affirmed_on=day("2021-01-01"), name_en="Benxi CP Consulting")
    assert (changed.version, changed.affirmed_on) == (2, day("2021-01-01"))
    assert timeline(organisation)[-1].sentence == "Chen Jie corrected the organisation: name (English), affirmed on"
    with pytest.raises(Stale):
        corrected(organisation, registrar, 1, name_en="Other")
    with pytest.raises(Invalid):
        corrected(changed, registrar, 2, ended_on=day("2021-01-01"))


# --- Selectors ------------------------------------------------------------------------------------------------------
@pytest.mark.django_db
def test_an_organisation_operates_from_its_affirmation_until_its_end():
    consultancy = make_consultancy(affirmed_on=day("1999-05-10"), ended_on=day("2001-05-01"))
    make_assessor(affirmed_on=day("1999-05-10"))
    make_consultancy(affirmed_on=None)
    days = ("1999-05-09", "1999-05-10", "2001-04-30", "2001-05-01")
    found = {on: list(operating_consultancies(day(on))) for on in days}
    assert [bool(found[on]) for on in days] == [False, True, True, False]  # W69
    assert [consultancy.operates(day(on)) for on in days] == [False, True, True, False]


def test_staff_counts_each_auditor_once_and_only_valid_ones(registrar):
    consultancy = make_consultancy()
    today = timezone.localdate()
    for name, level, approved_on in (
        ("a", "auditor", today),
        ("b", "associate", today),
        ("c", "auditor", day("2001-01-01")),
    ):
        auditor = enter_auditor(name_zh=name, employer=consultancy.body, by=registrar, at=NOW)
        enter_registration(
            auditor=auditor, level=level, certificate_no=name, approved_on=approved_on, by=registrar, at=NOW
        )
    finding = staff_of(consultancy, on=today, rules=RULES)
    assert (finding.params["qualified"], finding.params["associates"]) == (1, 1)


# --- Pages and REST -------------------------------------------------------------------------------------------------
def names_on(client, **query):
    page = client.get(LIST, query)
    assert page.context["rows"].paginator.count == len(page.context["rows"])
    return {organisation.body.name_en for organisation in page.context["rows"]}


@pytest.mark.django_db
def test_the_affirmed_are_seen_by_all_and_the_waiting_by_those_concerned(client):
    make_consultancy(region_code="320100", name_en="Affirmed")
    waiting = make_consultancy(region_code="210500", name_en="Waiting", affirmed_on=None)
    detail = reverse("consultancies:organisation-detail", args=[waiting.pk])
    assert client.get(LIST).status_code == 302
    for body in (make_enterprise(), make_authority(region_code="320000"), make_assessor(affirmed_on=None)):
        client.force_login(make_user(body))
        assert "Waiting" not in names_on(client)
        assert "Affirmed" in names_on(client)
        assert client.get(detail).status_code == 404
        assert client.get(f"/organisations/{2**70}/").status_code == 404
    for body in (waiting, make_authority(region_code="210000", industry_sectors=["C31"]), make_centre()):
        client.force_login(make_user(body))
        assert {"Waiting", "Affirmed"} <= names_on(client)
        assert client.get(detail).status_code == 200


@pytest.mark.django_db
def test_the_history_and_the_people_of_others_are_not_shown(client, registrar):
    consultancy = make_consultancy(region_code="320100")
    enter_auditor(name_zh="Hidden Wang", employer=consultancy.body, by=registrar, at=NOW)
    detail = reverse("consultancies:organisation-detail", args=[consultancy.pk])
    assert "Hidden Wang" in client.get(detail).content.decode()
    client.force_login(make_user(make_enterprise()))
    page = client.get(detail)
    assert page.context["events"] is None
    assert "Hidden Wang" not in page.content.decode()


def test_list_is_narrowed_sorted_and_costs_the_same(client, registrar):
    def queries():
        with CaptureQueriesContext(connection) as captured:
            assert client.get(LIST).status_code == 200
        return len(captured)

    make_consultancy(region_code="210500", name_en="Alpha")
    one = queries()
    make_assessor(region_code="320100", name_en="Beta")
    make_consultancy(region_code="320100", name_en="Gamma", affirmed_on=None)
    assert queries() == one < 12
    assert names_on(client, q="alp") == {"Alpha"}
    assert names_on(client, kind="assessment") == {"Beta"}
    assert names_on(client, region="320000") == {"Beta", "Gamma"}
    assert names_on(client, operating="yes") == {"Alpha", "Beta"}
    assert names_on(client, operating="no") == {"Gamma"}
    page = client.get(LIST, {"sort": "-name"})
    assert [row.body.name_en for row in page.context["rows"]] == ["Gamma", "Beta", "Alpha"]


def test_the_registrar_enters_and_corrects_in_the_browser(client, registrar):
    data = {"kind": "consulting", "name_zh": "本溪咨询", "region": region("210500").pk, "registration_no": "R-1"}
    page = client.post(reverse("consultancies:organisation-create"), data | {"affirmed_on": "2199-01-01"})
    assert page.status_code == 422
    assert page.context["form"].errors.keys() == {"affirmed_on"}
    assert 'value="本溪咨询"' in page.content.decode()
    created = client.post(reverse("consultancies:organisation-create"), data)
    organisation = Organisation.objects.get(registration_no="R-1")
    assert created["Location"] == reverse("consultancies:organisation-detail", args=[organisation.pk])
    edit = reverse("consultancies:organisation-edit", args=[organisation.pk])
    assert client.get(edit).status_code == 200
    assert client.post(edit, data | {"affirmed_on": "2020-05-10", "version": "1"}).status_code == 302
    assert "Somebody has changed" in client.post(edit, data | {"version": "1"}).content.decode()


@pytest.mark.django_db
def test_others_are_not_given_the_forms(client):
    consultancy = make_consultancy()
    client.force_login(make_user(consultancy))
    assert client.get(reverse("consultancies:organisation-create")).status_code == 403
    assert client.get(reverse("consultancies:organisation-edit", args=[consultancy.pk])).status_code == 403


def test_rest_enters_and_lists(registrar):
    api = APIClient()
    assert api.get(REST).status_code == 401
    api.force_authenticate(registrar)
    body = {"kind": "consulting", "name_zh": "本溪咨询", "region": "210500", "registration_no": "R-1"}
    created = api.post(REST, {**body, "affirmed_on": "2020-05-10"}, "json")
    assert created.status_code == 201
    assert api.get(created["Location"]).json() == created.json()
    assert [row["id"] for row in api.get(REST, {"operating": "yes"}).json()["results"]] == [created.json()["id"]]
    assert api.get(REST, {"kind": "bakery"}).status_code == 400
    enterprise = APIClient()
    enterprise.force_authenticate(make_user(make_enterprise()))
    assert enterprise.post(REST, {**body, "registration_no": "R-2"}, "json").status_code == 403
    assert [row["name_zh"] for row in enterprise.get(REST).json()["results"]] == ["本溪咨询"]
    waiting = make_consultancy(affirmed_on=None)
    assert enterprise.get(f"{REST}{waiting.pk}/").status_code == 404
