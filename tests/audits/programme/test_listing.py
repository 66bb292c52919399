"""Putting enterprises on the list, and the list itself."""

import csv
import datetime as dt
import io

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from rest_framework.test import APIClient

from audits.programme.models import Listing
from audits.programme.services import put_on_list
from audits.workflow.models import Audit
from audits.workflow.services import open_compulsory
from cpaudit.rulebook.errors import Invalid, NotAllowed, Refused
from cpaudit.rulebook.findings import Finding
from cpaudit.trail.models import Event
from cpaudit.trail.selectors import timeline
from tests.factories.people import make_authority, make_centre, make_consultancy, make_enterprise, make_user

pytestmark = pytest.mark.django_db
LIST = reverse("audits:listing-list")
TODAY = timezone.localdate()
NOW = timezone.now()


@pytest.fixture
def officer(client):
    user = make_user(make_authority(region_code="210500"), "regulator", name_en="Li Wei")
    client.force_login(user)
    return user


def put(enterprise, by, **changes):
    values = {"reason": "energy", "grounds": "", "published_on": TODAY, "year": TODAY.year}
    return put_on_list(enterprise=enterprise, by=by, at=NOW, **values | changes)


def listed(enterprise, by, **changes):
    values = {"reason": "energy", "grounds": "", "published_on": TODAY, "year": TODAY.year}
    return open_compulsory(enterprise=enterprise, by=by, at=NOW, **values | changes)


def recorded_round(enterprise, year):
    return Audit.objects.create(
        number=f"{year}-{enterprise.pk}", enterprise=enterprise, kind="voluntary", year=year, status="recorded",
        cost_low_max=1, cost_medium_max=1, opened_at=NOW,
    )  # fmt: skip


# --- The service ----------------------------------------------------------------------------------------------------
def test_listing_keeps_who_why_and_until_when(officer):
    listing = put(make_enterprise(), officer, grounds="COD above the limit")
    assert (listing.authority, listing.listed_by, listing.grounds) == (officer.body, officer, "COD above the limit")
    assert listing.published_on < listing.disclose_by < listing.start_by < listing.report_by


def test_listing_stands_on_the_enterprises_timeline(officer):
    enterprise = make_enterprise()
    put(enterprise, officer)
    assert [line.sentence for line in timeline(enterprise)] == [
        f"Li Wei put the enterprise on the compulsory list of {TODAY.year}: Energy use above the unit-product limit"
    ]


def test_a_second_listing_in_a_year_is_refused_with_its_article(officer):
    enterprise = make_enterprise()
    put(enterprise, officer)
    with pytest.raises(Refused) as refusal:
        put(enterprise, officer)
    assert [finding.article for finding in refusal.value.findings] == ["Measures 2016, Art. 8"]
    assert enterprise.listings.count() == 1


def test_a_young_last_round_is_a_warning_kept_on_the_record(officer):
    enterprise = make_enterprise()
    recorded_round(enterprise, TODAY.year - 2)
    put(enterprise, officer)
    kept = Event.objects.about(enterprise).get(verb="enterprise.listed").facts["warnings"]["findings"]
    assert [Finding.from_data(data).rule for data in kept] == ["L-ROUND"]


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"reason": "dislike"}, "reason"),
        ({"year": TODAY.year - 1}, "published_on"),
        ({"published_on": TODAY + dt.timedelta(days=366), "year": TODAY.year + 1}, "published_on"),
    ],
)
def test_an_impossible_listing_says_which_field(officer, changes, field):
    with pytest.raises(Invalid) as refusal:
        put(make_enterprise(), officer, **changes)
    assert refusal.value.errors.keys() == {field}


def test_only_the_authorities_over_it_list_an_enterprise():
    enterprise = make_enterprise(region_code="210500", sector_code="C31")
    bodies = [
        make_authority(region_code="320000"),
        make_authority(region_code="210000", industry_sectors=["C22"]),
        make_centre(),
        make_consultancy(),
        enterprise,
    ]
    for body in bodies:
        with pytest.raises(NotAllowed):
            put(enterprise, make_user(body))
    put(enterprise, make_user(make_authority(region_code="210000", industry_sectors=["C31"])))


# --- The act in the browser -----------------------------------------------------------------------------------------
def test_listing_in_the_browser_opens_the_audit(client, officer):
    enterprise = make_enterprise()
    url = reverse("audits:listing-create", args=[enterprise.pk])
    assert client.get(url).status_code == 200
    response = client.post(url, {"reason": "energy", "grounds": "x", "published_on": TODAY.isoformat()})
    audit = enterprise.audits.get()
    assert response["Location"] == reverse("audits:audit-detail", args=[audit.pk])
    assert audit.listing.grounds == "x"


def test_the_form_keeps_what_was_typed_and_shows_why_not(client, officer):
    enterprise = make_enterprise()
    url = reverse("audits:listing-create", args=[enterprise.pk])
    page = client.post(url, {"grounds": "COD & SO2", "published_on": "2199-01-01"})
    assert page.status_code == 422
    assert page.context["form"].errors.keys() == {"reason", "published_on"}
    assert "COD &amp; SO2" in page.content.decode()
    listed(enterprise, officer)
    page = client.post(url, {"reason": "energy", "grounds": "again", "published_on": TODAY.isoformat()})
    assert page.status_code == 422
    assert "is on the list of" in page.content.decode()
    assert Listing.objects.count() == 1


def test_the_form_tells_about_the_last_round(client, officer):
    enterprise = make_enterprise()
    recorded_round(enterprise, TODAY.year - 7)
    page = client.get(reverse("audits:listing-create", args=[enterprise.pk]))
    assert "the next one was due by" in page.content.decode()


def test_the_form_of_a_foreign_enterprise_does_not_exist(client, officer):
    foreign = make_enterprise(region_code="320100")
    url = reverse("audits:listing-create", args=[foreign.pk])
    assert client.get(url).status_code == 404
    assert client.post(url, {"reason": "energy", "published_on": TODAY.isoformat()}).status_code == 404
    assert client.get(reverse("audits:listing-create", args=[2**70])).status_code == 404


# --- The list -------------------------------------------------------------------------------------------------------
@pytest.fixture
def three(officer):
    """Listed: steel at home, paper at home, steel elsewhere."""
    home = make_enterprise(name_en="Home Steel", region_code="210502", sector_code="C31")
    paper = make_enterprise(name_en="Home Paper", region_code="210502", sector_code="C22")
    far = make_enterprise(name_en="Far Steel", region_code="320100", sector_code="C31")
    listed(home, officer)
    listed(paper, officer, reason="toxic")
    listed(far, make_user(make_authority(region_code="320000")))
    return home, paper, far


def names_on(client, **query):
    page = client.get(LIST, query)
    assert page.context["rows"].paginator.count == len(page.context["rows"])
    return [listing.enterprise.body.name_en for listing in page.context["rows"]]


def test_list_stays_within_region_and_industry(client, three):
    assert names_on(client) == ["Home Paper", "Home Steel"]
    client.force_login(make_user(make_authority(region_code="210000", industry_sectors=["C31"])))
    assert names_on(client) == ["Home Steel"]
    client.force_login(make_user(make_consultancy()))
    assert names_on(client) == []
    client.force_login(make_user(three[2]))
    assert names_on(client) == ["Far Steel"]
    client.force_login(make_user(make_centre()))
    assert len(names_on(client)) == 3


def test_export_and_rest_stay_within_the_jurisdiction(client, officer, three):
    lines = b"".join(client.get(reverse("audits:listing-export")).streaming_content).decode("utf-8-sig")
    header, *rows = csv.reader(io.StringIO(lines))
    assert [row[header.index("Name (English)")] for row in rows] == ["Home Paper", "Home Steel"]
    api = APIClient()
    api.force_authenticate(officer)
    found = api.get("/api/v1/listings/").json()["results"]
    assert {row["enterprise"] for row in found} == {three[0].pk, three[1].pk}
    assert api.get("/api/v1/listings/", {"reason": "dislike"}).status_code == 400


def test_list_is_of_this_year_unless_another_is_asked_for(client, officer, three):
    Listing.objects.filter(enterprise=three[0]).update(year=2020)
    assert names_on(client) == ["Home Paper"]
    assert names_on(client, year="2020") == ["Home Steel"]


def test_list_is_narrowed_by_everything_it_offers(client, officer, three):
    assert names_on(client, reason="toxic") == ["Home Paper"]
    assert names_on(client, sector="C31") == ["Home Steel"]
    assert names_on(client, q="steel") == ["Home Steel"]
    assert names_on(client, region="210503") == []
    assert names_on(client, sort="-name") == ["Home Steel", "Home Paper"]
    Audit.objects.filter(enterprise=three[0]).update(due_on=TODAY - dt.timedelta(days=1))
    assert names_on(client, state="overdue") == ["Home Steel"]
    Audit.objects.filter(enterprise=three[0]).update(started_on=TODAY)
    assert names_on(client, state="waiting") == ["Home Paper"]
    assert names_on(client, state="working") == ["Home Steel"]
    assert names_on(client, state="filed") == []


def test_list_shows_the_days_left_and_the_audit(client, officer, three):
    page = client.get(LIST).content.decode()
    assert "days left" in page
    assert Audit.objects.get(enterprise=three[0]).number in page


def test_list_costs_the_same_for_one_and_for_three(client, officer):
    def queries():
        with CaptureQueriesContext(connection) as captured:
            assert client.get(LIST).status_code == 200
        return len(captured)

    listed(make_enterprise(), officer)
    one = queries()
    for _number in range(2):
        listed(make_enterprise(), officer)
    assert queries() == one < 12
