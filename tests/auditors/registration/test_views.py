"""The pages and the REST calls of the register of auditors."""

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from rest_framework.test import APIClient

from auditors.people.models import Auditor
from auditors.people.services import enter_auditor
from auditors.registration.services import enter_registration
from tests.factories.people import (
    make_authority,
    make_centre,
    make_consultancy,
    make_enterprise,
    make_user,
)

pytestmark = pytest.mark.django_db
LIST = reverse("auditors:auditor-list")
REST = "/api/v1/auditors/"
NOW = timezone.now()
APPROVED_ON = timezone.localdate() - dt.timedelta(days=100)


@pytest.fixture
def registrar(client):
    user = make_user(make_centre(), "registrar")
    client.force_login(user)
    return user


def make_auditor(name, employer, registrar, level="auditor"):
    auditor = enter_auditor(name_zh=name, name_en=name, employer=employer.body, by=registrar, at=NOW)
    enter_registration(
        auditor=auditor, level=level, certificate_no=f"CP-{name}", approved_on=APPROVED_ON, by=registrar, at=NOW
    )
    return auditor


@pytest.fixture
def home(registrar):
    return make_consultancy(region_code="210500", name_en="Home Consulting")


@pytest.fixture
def wang(registrar, home):
    return make_auditor("Wang", home, registrar)


@pytest.fixture
def far(registrar):
    return make_auditor("Wang Far", make_consultancy(region_code="320100"), registrar)


def address(name, *args):
    return reverse(f"auditors:{name}", args=args)


def names_on(client, **query):
    page = client.get(LIST, query)
    assert page.context["rows"].paginator.count == len(page.context["rows"])
    return [auditor.name_en for auditor in page.context["rows"]]


def api_of(user):
    client = APIClient()
    client.force_authenticate(user)
    return client


# --- Who sees what --------------------------------------------------------------------------------------------------
def test_strangers_are_sent_to_the_sign_in(client):
    assert client.get(LIST).status_code == 302
    assert APIClient().get(REST).status_code == 401


def test_everybody_sees_the_auditors_of_his_own(client, wang, far, home):
    assert names_on(client) == ["Wang", "Wang Far"]
    for body in (
        make_authority(region_code="210500"),
        make_authority(region_code="210000", industry_sectors=["C31"]),
        home,
    ):
        client.force_login(make_user(body))
        assert names_on(client, q="wang") == ["Wang"]
        assert client.get(address("auditor-detail", far.pk)).status_code == 404
    for body in (make_authority(region_code="440000"), make_enterprise(), make_consultancy()):
        client.force_login(make_user(body))
        assert names_on(client) == []
        assert client.get(address("auditor-detail", wang.pk)).status_code == 404


def test_an_auditor_without_employer_sees_himself(client, registrar):
    user = make_user(make_enterprise(), email="wang@example.org")
    auditor = enter_auditor(name_zh="王芳", email="wang@example.org", by=registrar, at=NOW)
    client.force_login(user)
    assert client.get(address("auditor-detail", auditor.pk)).status_code == 200


def test_rest_stays_within_what_one_may_see(wang, far, home):
    api = api_of(make_user(home))
    assert [row["id"] for row in api.get(REST).json()["results"]] == [wang.pk]
    assert api.get(f"{REST}{far.pk}/").status_code == 404
    assert api.post(f"{REST}{far.pk}/registrations/", {}, "json").status_code == 404
    assert api.post(REST, {"name_zh": "x"}, "json").status_code == 403


def test_those_who_do_not_keep_the_register_read_it_only(client, wang, home):
    client.force_login(make_user(home))
    page = client.get(address("auditor-detail", wang.pk))
    assert page.context["can"] == {"keep": False}
    registration = wang.registrations.get()
    for url in (
        address("auditor-create"),
        address("auditor-edit", wang.pk),
        address("registration-create", wang.pk),
        address("registration-end", wang.pk, registration.pk),
    ):
        assert client.get(url).status_code == 403


# --- The list -------------------------------------------------------------------------------------------------------
def test_list_is_narrowed_and_sorted(client, registrar, wang, far, home):
    make_auditor("Anna", home, registrar, "associate")
    assert names_on(client, q="cp-wang far") == ["Wang Far"]
    assert names_on(client, q="home cons") == ["Anna", "Wang"]
    assert names_on(client, level="associate") == ["Anna"]
    assert names_on(client, region="210000") == ["Anna", "Wang"]
    assert names_on(client, sort="-name") == ["Wang Far", "Wang", "Anna"]


def test_an_auditor_with_two_certificates_is_found_once(client, registrar, wang):
    enter_registration(
        auditor=wang, level="principal", certificate_no="CP-Wang-2", approved_on=APPROVED_ON, by=registrar, at=NOW
    )
    assert names_on(client, q="CP-Wang") == ["Wang"]


def test_pages_cost_the_same_for_one_and_for_three(client, registrar, wang, home):
    def queries(url):
        with CaptureQueriesContext(connection) as captured:
            assert client.get(url).status_code == 200
        return len(captured)

    one, detail = queries(LIST), queries(address("auditor-detail", wang.pk))
    for name in ("Li", "Zhao"):
        make_auditor(name, home, registrar)
    enter_registration(
        auditor=wang, level="principal", certificate_no="CP-P", approved_on=APPROVED_ON, by=registrar, at=NOW
    )
    assert queries(LIST) == one < 12
    assert queries(address("auditor-detail", wang.pk)) == detail


# --- Keeping it -----------------------------------------------------------------------------------------------------
def test_the_registrar_enters_corrects_registers_and_ends(client, registrar, home):
    enterprise = make_enterprise()
    created = client.post(address("auditor-create"), {"name_zh": "王芳", "employer": home.body.pk})
    wang = Auditor.objects.get()
    assert created["Location"] == address("auditor-detail", wang.pk)
    data = {"name_zh": "王芳", "enterprise_code": enterprise.credit_code, "version": "1"}
    assert client.post(address("auditor-edit", wang.pk), data).status_code == 302
    assert Auditor.objects.get().employer == enterprise.body
    data = {"level": "auditor", "certificate_no": "CP-1", "approved_on": APPROVED_ON.isoformat()}
    assert client.post(address("registration-create", wang.pk), data).status_code == 302
    registration = wang.registrations.get()
    data = {"ended_on": timezone.localdate().isoformat(), "because": "retired"}
    assert client.post(address("registration-end", wang.pk, registration.pk), data).status_code == 302
    page = client.get(address("auditor-detail", wang.pk))
    assert [state for _registration, state, _words in page.context["registrations"]] == ["ended"]
    assert len(page.context["events"]) == 4


def test_forms_keep_what_was_typed_and_say_what_is_wrong(client, registrar, wang):
    page = client.post(address("auditor-create"), {"name_en": "Li Lei", "email": "nobody@example.org"})
    assert page.status_code == 422
    assert 'value="Li Lei"' in page.content.decode()
    assert page.context["form"].errors.keys() == {"email"}
    page = client.post(address("auditor-create"), {"enterprise_code": "91350100M000100Y43"})
    assert page.context["form"].errors.keys() == {"enterprise_code"}
    data = {"level": "associate", "certificate_no": "CP-2", "approved_on": APPROVED_ON.isoformat()}
    page = client.post(address("registration-create", wang.pk), data)
    assert page.status_code == 422
    assert [finding.article for finding in page.context["findings"]] == ["Item 8"]
    assert 'value="CP-2"' in page.content.decode()


def test_a_correction_on_an_old_page_is_told(client, registrar, wang):
    page = client.post(address("auditor-edit", wang.pk), {"name_zh": "王", "version": "0"})
    assert "Somebody has changed this auditor" in page.content.decode()


def test_rest_enters_registers_and_ends(registrar, home):
    api = api_of(registrar)
    created = api.post(REST, {"name_zh": "王芳", "employer": home.body.pk}, "json")
    assert created.status_code == 201
    url = created["Location"]
    body = {"level": "auditor", "certificate_no": "CP-1", "approved_on": "2024-02-29"}
    entered = api.post(f"{url}registrations/", body, "json").json()
    assert entered["valid_until"] == "2028-02-29"
    again = api.post(f"{url}registrations/", {**body, "level": "associate", "certificate_no": "CP-2"}, "json")
    assert (again.status_code, again.json()["findings"][0]["rule"]) == (422, "R-8")
    ended = api.post(
        f"{url}registrations/{entered['id']}/end/", {"ended_on": "2025-01-01", "because": "rescinded"}, "json"
    )
    assert ended.json()["ended_on"] == "2025-01-01"
    assert api.get(url).json()["registrations"][0]["ended_because"] == "rescinded"
    assert api.post(REST, {"name": "x"}, "json").status_code == 400
