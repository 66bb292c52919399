"""Each error type becomes its problem document."""

import json

import pytest
from django.core.exceptions import PermissionDenied
from django.core.exceptions import ValidationError as DjangoValidationError
from django.db import OperationalError
from django.http import Http404
from rest_framework import exceptions, serializers
from rest_framework.test import APIRequestFactory
from rest_framework.views import APIView

from cpaudit.rulebook.errors import Invalid, NotAllowed, Refused, Stale
from cpaudit.rulebook.findings import Finding
from cpaudit.web.problems import handle

FINDING = Finding("R-6b", "Item 6", False, "%(count)s of 2 auditors.", params={"count": 1}, remedy="Add one.")


def answer(exc: Exception) -> tuple[int, dict, object]:
    response = handle(exc, {})
    assert response is not None
    assert response["Content-Type"] == "application/problem+json"
    body = json.loads(response.content)
    assert body["status"] == response.status_code
    assert {"type", "title", "status", "detail"} <= set(body)
    return response.status_code, body, response


@pytest.mark.parametrize(
    ("exc", "status", "slug"),
    [
        (NotAllowed("Only the authority decides."), 403, "not-allowed"),
        (Stale("Too late."), 409, "stale"),
        (Refused("Not yet.", [FINDING]), 422, "refused"),
        (Invalid("Not usable.", {"title": ["Missing."]}), 400, "invalid"),
        (Http404(), 404, "not-found"),
        (PermissionDenied(), 403, "permission-denied"),
        (exceptions.NotAuthenticated(), 401, "not-authenticated"),
        (exceptions.MethodNotAllowed("PUT"), 405, "method-not-allowed"),
        (exceptions.UnsupportedMediaType("text/csv"), 415, "unsupported-media-type"),
        (exceptions.Throttled(wait=2.5), 429, "throttled"),
        (exceptions.ParseError("Not JSON."), 400, "parse-error"),
        (DjangoValidationError({"year": ["Too early."]}), 400, "invalid"),
        (OperationalError("gone"), 503, "unavailable"),
    ],
)
def test_error_becomes_its_problem(exc: Exception, status: int, slug: str) -> None:
    code, body, _response = answer(exc)

    assert code == status
    assert body["type"] == f"urn:cpaudit:problem:{slug}"


def test_refused_carries_its_findings_in_words() -> None:
    _status, body, _response = answer(Refused("Not yet.", [FINDING]))

    assert body["detail"] == "Not yet."
    assert body["findings"] == [
        {
            "rule": "R-6b",
            "article": "Item 6",
            "ok": False,
            "text": "1 of 2 auditors.",
            "severity": "block",
            "remedy": "Add one.",
        }
    ]


def test_stale_names_what_happened() -> None:
    _status, body, _response = answer(Stale("%(who)s approved it.", who="Li Wei"))

    assert body["detail"] == "Li Wei approved it."


def test_every_problem_of_the_input_is_listed_with_its_pointer() -> None:
    class Audit(serializers.Serializer):
        hours = serializers.IntegerField(max_value=80)

    class Person(serializers.Serializer):
        name = serializers.CharField()
        audits = Audit(many=True)

        def validate(self, attrs):
            raise AssertionError("not reached")

    data = {"name": "", "audits": [{"hours": 8}, {"hours": 81}, {"hours": "x"}]}
    serializer = Person(data=data)
    assert not serializer.is_valid()
    _status, body, _response = answer(exceptions.ValidationError(serializer.errors))

    assert [error["pointer"] for error in body["errors"]] == ["/name", "/audits/1/hours", "/audits/2/hours"]


def test_error_about_the_whole_points_at_the_whole_and_odd_names_are_escaped() -> None:
    errors = {"non_field_errors": ["Weights must add up to 1."], "a/b~c": ["Unknown."]}
    _status, body, _response = answer(exceptions.ValidationError(errors))

    assert [error["pointer"] for error in body["errors"]] == ["", "/a~1b~0c"]


def test_throttled_and_unavailable_say_when_to_come_again() -> None:
    assert answer(exceptions.Throttled(wait=2.5))[2]["Retry-After"] == "3"
    assert answer(OperationalError())[2]["Retry-After"] == "5"


def test_a_bug_is_left_to_django() -> None:
    assert handle(ValueError("a bug"), {}) is None


def test_problem_stays_json_when_the_caller_asked_for_something_else() -> None:
    class View(APIView):
        authentication_classes = ()
        permission_classes = ()

        def get(self, request):
            raise Stale("Too late.")

    response = View.as_view()(APIRequestFactory().get("/", headers={"Accept": "application/json"}))

    assert response.status_code == 409
    assert response["Content-Type"] == "application/problem+json"
    assert response.data["detail"] == "Too late."
