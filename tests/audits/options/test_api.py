"""Options over REST: the same rules as the pages, in the words of programs."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone
from rest_framework.test import APIClient

from audits.options import services
from audits.options.models import Option
from audits.options.rules import OptionStatus
from cpaudit.accounts.models import User
from tests.factories.options import AT, CHEAP, DEAR, Case, make_case, make_option

pytestmark = pytest.mark.django_db
S = OptionStatus
PDF = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\n%%EOF\n"


@pytest.fixture
def case() -> Case:
    return make_case()


def as_(user: User) -> APIClient:
    client = APIClient()
    client.force_authenticate(user)
    return client


def address(case: Case, *parts: object) -> str:
    return "/".join(["/api/v1/audits", case.audit.number, "options", *map(str, parts), ""])


def post(user: User, url: str, data: dict[str, Any] | None = None, **headers: str) -> Any:
    return as_(user).post(url, data or {}, format="json", headers=headers)


def test_a_whole_life_through_rest(case: Case) -> None:
    made = post(
        case.consultant,
        address(case),
        {
            "title": "Recover condensate",
            "planned_investment": "900000",
            "planned_benefit": 400000.5,
            "due_on": "2026-12-24",
        },
    )
    assert made.status_code == 201, made.content
    option = made.json()
    assert (option["code"], option["cost_class"], option["planned_benefit"]) == ("01", "high", "400000.50")
    assert option["economics"]["planned"]["payback_years"] == "2.249997"

    def act(user: User, name: str, **data: Any) -> dict[str, Any]:
        nonlocal option
        answer = post(user, address(case, "01", name), {"version": option["version"], **data})
        assert answer.status_code == 200, answer.content
        option = answer.json()
        return option

    effect = {"kind": "expected", "metric": "fresh_water", "amount": "1.5", "unit": "万吨", "method": "estimated"}
    assert act(case.consultant, "effects", **effect)["effects"][0]["amount"] == "15000.000000"
    assert act(case.consultant, "screen", feasible=True, reason="Pays back fast")["status"] == "feasible"
    case.approve()
    option = as_(case.staff).get(address(case, "01")).json()
    assert option["status"] == "approved"
    assert act(case.staff, "start")["status"] == "in_progress"
    assert act(case.staff, "progress", progress=50, note="Piped")["progress"] == 50
    refused = post(
        case.staff,
        address(case, "01", "implement"),
        {"version": option["version"], "implemented_on": "2026-11-20", "actual_investment": "1", "actual_benefit": "2"},
    )
    assert refused.status_code == 422
    assert refused["Content-Type"] == "application/problem+json"
    assert [f["rule"] for f in refused.json()["findings"] if not f["ok"]] == ["R-2"]
    file = SimpleUploadedFile("invoice.pdf", PDF, "application/pdf")
    stored = as_(case.staff).post(address(case, "01", "files"), {"file": file}, format="multipart")
    assert (stored.status_code, stored.json()["part"]) == (201, "option:01")
    act(case.staff, "effects", **(effect | {"kind": "measured", "amount": "12000", "unit": "m3", "method": "measured"}))
    done = act(case.staff, "implement", implemented_on="2026-11-20", actual_investment="950000")
    assert (done["status"], done["files"][0]["name"]) == ("implemented", "invoice.pdf")
    assert done["economics"]["investment_attainment"] == "1.055556"
    assert act(case.staff, "results", implemented_on="2026-11-20", actual_investment="950000", actual_benefit="-1")
    assert any(finding["severity"] == "warn" and not finding["ok"] for finding in option["findings"])


def test_unknown_fields_and_wrong_values_are_all_named(case: Case) -> None:
    answer = post(
        case.consultant,
        address(case),
        {"title": "", "cost_class": "no", "aspect": "weather", "planned_investment": "-1", "due_on": "soon"},
    )
    assert answer.status_code == 400
    pointers = {error["pointer"] for error in answer.json()["errors"]}
    assert pointers == {"/title", "/cost_class", "/aspect", "/planned_investment", "/due_on"}
    assert not Option.objects.exists()


def test_patch_changes_only_what_is_given_and_compares_the_version(case: Case) -> None:
    option = make_option(case, responsible="Li Lei")
    url = address(case, option.code)
    changed = as_(case.consultant).patch(url, {"version": 1, "title": "New"}, format="json")
    assert (changed.status_code, changed.json()["title"], changed.json()["responsible"]) == (200, "New", "Li Lei")
    stale = as_(case.consultant).patch(url, {"version": 1, "title": "Newer"}, format="json")
    assert (stale.status_code, stale.json()["type"]) == (409, "urn:cpaudit:problem:stale")
    assert "changed the option" in stale.json()["detail"]


def test_a_repeated_call_with_a_key_does_nothing_twice(case: Case) -> None:
    first, again = (post(case.consultant, address(case), {"title": "Once"}, **{"Idempotency-Key": "k1"}) for _ in "ab")
    assert (first.status_code, again.status_code) == (201, 201)
    assert first.json() == again.json()
    assert Option.objects.count() == 1


def test_removing_needs_the_version(case: Case) -> None:
    option = make_option(case)
    url = address(case, option.code)
    assert as_(case.consultant).delete(url).status_code == 400
    assert as_(case.consultant).delete(f"{url}?version=9").status_code == 409
    assert as_(case.consultant).delete(f"{url}?version=1").status_code == 204
    assert as_(case.consultant).get(url).status_code == 404


def test_effects_and_files_are_removed(case: Case) -> None:
    option = make_option(case)
    effect = {"kind": "expected", "metric": "cod", "amount": "1", "unit": "t", "method": "estimated"}
    stated = post(case.consultant, address(case, "01", "effects"), {"version": 1, **effect}).json()
    pk = stated["effects"][0]["id"]
    gone = as_(case.consultant).delete(f"{address(case, '01', 'effects', pk)}?version={stated['version']}")
    assert (gone.status_code, gone.json()["effects"]) == (200, [])
    file = services.add_evidence(
        option=option, upload=SimpleUploadedFile("a.pdf", PDF), by=case.consultant, at=AT
    )  # fmt: skip
    assert as_(case.consultant).delete(address(case, "01", "files", file.pk)).status_code == 204
    assert as_(case.consultant).get(address(case, "01", "files")).json() == []


@pytest.mark.parametrize(
    ("who", "act", "status"),
    [("regulator", "screen", 403), ("manager", "screen", 403), ("consultant", "start", 422), ("staff", "reopen", 422)],
)
def test_what_one_may_not_and_what_cannot_be_are_told_apart(case: Case, who: str, act: str, status: int) -> None:
    make_option(case)
    body = {"version": 1} | ({"feasible": True, "reason": "x"} if act == "screen" else {})
    answer = post(getattr(case, who), address(case, "01", act), body)
    assert answer.status_code == status
    assert answer.json()["detail"]


def test_another_jurisdiction_finds_nothing(case: Case) -> None:
    option = make_option(case, S.IN_PROGRESS, due_on=timezone.localdate() - dt.timedelta(days=2))
    elsewhere = make_case(region_code="440300")
    make_option(elsewhere)
    for stranger in (elsewhere.regulator, elsewhere.consultant, elsewhere.manager):
        client = as_(stranger)
        for url in (address(case), address(case, option.code), address(case, option.code, "files")):
            assert client.get(url).status_code == 404
        for act in ("start", "progress", "effects", "implement", "results", "abandon", "reopen", "screen"):
            assert post(stranger, address(case, option.code, act), {"version": 1}).status_code == 404
        assert client.patch(address(case, option.code), {"version": 1}, format="json").status_code == 404
        assert client.delete(f"{address(case, option.code)}?version=1").status_code == 404
        assert client.get("/api/v1/options/").json()["results"] == []
    (row,) = as_(case.regulator).get("/api/v1/options/").json()["results"]
    assert (row["audit"], row["code"]) == (case.audit.number, option.code)


def test_the_list_is_filtered_paged_and_costs_the_same(case: Case, django_assert_max_num_queries: Any) -> None:
    counts = []
    for number in (1, 2):
        for _each in range(number):
            make_option(case, S.IMPLEMENTED)
        with django_assert_max_num_queries(30) as captured:
            assert as_(case.regulator).get(address(case)).status_code == 200
        counts.append(len(captured))
    assert counts[0] == counts[1]
    make_option(case, planned_investment=DEAR)
    client = as_(case.regulator)
    assert [row["code"] for row in client.get(f"{address(case)}?cost_class=high").json()["results"]] == ["04"]
    first = client.get(f"{address(case)}?page_size=3").json()
    second = client.get(first["next"]).json()
    assert [row["code"] for row in first["results"] + second["results"]] == ["01", "02", "03", "04"]
    assert client.get(f"{address(case)}?status=nonsense").status_code == 400


def test_cost_classes_are_set_and_the_options_follow(case: Case) -> None:
    option = make_option(case)
    url = f"/api/v1/audits/{case.audit.number}/cost-classes/"
    body = {"version": case.audit.version, "low_max": "10", "medium_max": str(CHEAP + 1)}
    answer = post(case.consultant, url, body)
    assert answer.status_code == 200, answer.content
    option.refresh_from_db()
    assert option.cost_class == "medium"
    assert Decimal(answer.json()["cost_low_max"]) == 10


@pytest.mark.parametrize("code", ["01%00", "no-such", "😀"])
def test_codes_that_are_none_are_not_found(case: Case, code: str) -> None:
    make_option(case)
    assert as_(case.consultant).get(f"{address(case)}{code}/").status_code in {400, 404}
