"""An import by token alone: the same services, the same words."""

import csv
import datetime as dt
import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from rest_framework.test import APIClient

from audits.enterprises.models import Enterprise
from cpaudit.accounts.models import User
from cpaudit.imports import work
from cpaudit.imports.models import Import, ImportRun
from tests.cpaudit.imports.iac import PLANTS, mapping
from tests.factories.people import make_authority, make_consultancy, make_user

AT = dt.datetime(2026, 11, 2, 9, 0, tzinfo=dt.UTC)
LIST = "/api/v1/imports/"
pytestmark = pytest.mark.django_db


@pytest.fixture
def officer(reference: None) -> User:
    return make_user(make_authority(region_code="100000"))


@pytest.fixture
def api(officer) -> APIClient:
    return api_of(officer)


def api_of(user: User) -> APIClient:
    client = APIClient()
    client.force_authenticate(user)
    return client


def upload(api: APIClient, content: bytes | None = None, **more):
    file = SimpleUploadedFile("plants.csv", PLANTS.read_bytes() if content is None else content)
    return api.post(LIST, {"file": file, "target": "enterprises", **more}, format="multipart")


def order(api: APIClient, pk: int, kind: str) -> dict:
    response = api.post(f"{LIST}{pk}/runs/", {"kind": kind}, format="json")
    assert response.status_code == 202, response.json()
    work.carry_out(pk=response.json()["id"], by=None, at=AT)
    return api.get(response["Location"]).json()


def test_a_file_goes_in_by_five_calls(api):
    made = upload(api)
    assert made.status_code == 201, made.json()
    pk, version = made.json()["id"], made.json()["version"]
    assert (made.json()["rows"], made["Location"]) == (516, f"{LIST}{pk}/")
    body = {"mapping": mapping("enterprises"), "conflict": "stop", "good_rows_only": False, "version": version}
    assert api.put(f"{LIST}{pk}/mapping/", body, format="json").status_code == 200
    dry = order(api, pk, "dry")
    assert (dry["state"], dry["counts"]["rows_imported"]) == ("done", 516)
    assert not Enterprise.objects.exists()
    assert order(api, pk, "real")["counts"]["created"] == 516
    assert Enterprise.objects.count() == 516
    assert api.get(f"{LIST}{pk}/").json()["imported_at"] is not None
    again = api.post(f"{LIST}{pk}/runs/", {"kind": "real"}, format="json")
    assert again.status_code in (409, 422)


def test_problems_are_listed_and_downloaded(api):
    pk = upload(api).json()["id"]
    data = mapping("enterprises")
    del data["lookups"]["region"]["OH"]
    version = Import.objects.get().version
    api.put(f"{LIST}{pk}/mapping/", {"mapping": data, "version": version}, format="json")
    run = order(api, pk, "dry")
    assert run["counts"]["rows_refused"] == 23
    problems = api.get(f"{LIST}{pk}/runs/{run['id']}/problems/", {"page_size": 200}).json()["results"]
    assert len(problems) == 23
    assert {(one["column"], one["value"], one["code"], one["refuses_row"]) for one in problems} == {
        ("state", "OH", "not_in_lookup", True)
    }
    assert problems[0]["problem"] == "This code is not in the lookup of “Region”."
    response = api.get(f"{LIST}{pk}/runs/{run['id']}/refused.csv")
    rows = list(csv.DictReader(io.StringIO(b"".join(response.streaming_content).decode("utf-8-sig"))))
    assert [row["state"] for row in rows] == ["OH"] * 23
    refused = api.post(f"{LIST}{pk}/runs/", {"kind": "real"}, format="json")
    assert refused.status_code == 422
    assert [finding["ok"] for finding in refused.json()["findings"]] == [True, False]


def test_a_bad_file_is_a_problem_with_a_pointer(api):
    response = upload(api, b"%PDF-1.7")
    assert response.status_code == 400
    assert response.json()["detail"] == "This is a PDF, not a table."
    assert {error["pointer"] for error in response.json()["errors"]} == {"/file"}
    assert upload(api, b"").status_code == 400
    assert upload(api, target="ships").status_code == 400
    assert upload(api, colour="red").status_code == 400


@pytest.mark.parametrize(
    ("data", "status"),
    [
        ({"target": "enterprises"}, 422),
        ({"target": "enterprises", "fields": {"region": {"column": "gone"}}}, 422),
        ({"target": "enterprises", "felds": {}}, 400),
        ([], 400),
        (None, 400),
        ("x", 400),
        ({"target": "options", "fields": {"code": {"column": "id"}}}, 422),
    ],
)
def test_a_mapping_that_cannot_be_used_is_refused(api, data, status):
    made = upload(api).json()
    response = api.put(f"{LIST}{made['id']}/mapping/", {"mapping": data, "version": made["version"]}, format="json")
    assert response.status_code == status, response.json()


def test_an_older_version_of_the_mapping_is_stale(api):
    made = upload(api).json()
    body = {"mapping": mapping("enterprises"), "version": made["version"]}
    assert api.put(f"{LIST}{made['id']}/mapping/", body, format="json").status_code == 200
    assert api.put(f"{LIST}{made['id']}/mapping/", body, format="json").status_code == 409


def test_a_repeated_upload_with_the_same_key_is_one_import(api):
    def send():
        file = SimpleUploadedFile("plants.csv", PLANTS.read_bytes())
        body = {"file": file, "target": "enterprises"}
        return api.post(LIST, body, format="multipart", headers={"Idempotency-Key": "k1"})

    assert send().json()["id"] == send().json()["id"]
    assert Import.objects.count() == 1


def test_what_is_another_bodys_is_not_there(api):
    pk = upload(api).json()["id"]
    run = ImportRun.objects.filter(of=pk).first() or None
    assert run is None
    stranger = api_of(make_user(make_authority(region_code="210000")))
    for path in ("", "runs/", "runs/1/", "runs/1/problems/", "runs/1/problems.csv", "runs/1/refused.csv"):
        assert stranger.get(f"{LIST}{pk}/{path}").status_code == 404, path
    assert stranger.put(f"{LIST}{pk}/mapping/", {"mapping": {}, "version": 1}, format="json").status_code == 404
    assert stranger.post(f"{LIST}{pk}/runs/", {"kind": "dry"}, format="json").status_code == 404
    assert stranger.get(LIST).json()["results"] == []
    assert api.get(f"{LIST}{2**70}/").status_code == 404


def test_targets_are_those_of_the_role(api, reference):
    assert [one["key"] for one in api.get(f"{LIST}targets/").json()] == ["enterprises", "yearly_figures", "options"]
    manager = api_of(make_user(make_consultancy(), "consultancy_manager"))
    assert [one["key"] for one in manager.get(f"{LIST}targets/").json()] == ["options"]
    consultant = api_of(make_user(make_consultancy(), "consultant"))
    assert consultant.get(f"{LIST}targets/").status_code == 403
    assert consultant.get(LIST).status_code == 403
    assert upload(consultant).status_code == 403
    assert APIClient().get(LIST).status_code == 401
