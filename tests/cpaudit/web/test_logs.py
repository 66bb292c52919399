"""Request ids and log lines."""

import json
import logging
import sys

import pytest
from celery import Celery
from django.test import Client

from cpaudit.web.logs import JsonFormatter, RequestIdFilter, request_id, sane_request_id, working_on
from cpaudit.web.middleware import loggable_path
from tests.factories.people import make_user


def as_line(record: logging.LogRecord) -> dict[str, object]:
    RequestIdFilter().filter(record)
    return json.loads(JsonFormatter().format(record))


@pytest.mark.parametrize("offered", ["abcdef12", "7f3e0c1a-2222-4444-8888-0123456789ab", "a" * 64])
def test_sane_id_is_kept(offered: str) -> None:
    assert sane_request_id(offered) == offered


NOT_SANE = [None, "", "short", "a" * 65, "two words 12", 'x" level="fake', "newline1\nfake", "-leading-dash"]


@pytest.mark.parametrize("offered", NOT_SANE)
def test_other_ids_are_replaced(offered: str | None) -> None:
    fresh = sane_request_id(offered)
    assert fresh != offered
    assert len(fresh) == 32


@pytest.mark.django_db
def test_id_is_echoed_and_stands_in_every_line(client: Client, caplog: pytest.LogCaptureFixture) -> None:
    caplog.handler.addFilter(RequestIdFilter())
    with caplog.at_level(logging.INFO):
        answer = client.get("/no/such/page?password=hunter2", headers={"X-Request-ID": "from-the-proxy-1"})
    assert answer["X-Request-ID"] == "from-the-proxy-1"
    lines = [json.loads(JsonFormatter().format(record)) for record in caplog.records]
    # Django writes a line of its own when all middleware is through.
    assert {line["logger"] for line in lines} >= {
        "cpaudit.access",
        "django.request",
    }
    assert {line["request_id"] for line in lines} == {"from-the-proxy-1"}
    (access,) = (line for line in lines if line["logger"] == "cpaudit.access")
    assert (access["method"], access["path"], access["status"], access["user_id"]) == (
        "GET",
        "/no/such/page",
        404,
        None,
    )
    assert isinstance(access["ms"], int)
    assert "hunter2" not in json.dumps(lines)
    assert request_id() == "-"  # nothing stays behind in the thread


@pytest.mark.django_db
def test_access_line_names_who_was_signed_in(client: Client, caplog: pytest.LogCaptureFixture) -> None:
    user = make_user()
    client.force_login(user)
    with caplog.at_level(logging.INFO, logger="cpaudit.access"):
        client.get("/")
    (line,) = (record for record in caplog.records if record.name == "cpaudit.access")
    assert line.user_id == user.pk


def test_line_is_one_json_object_with_extras_and_exception() -> None:
    try:
        raise ValueError("first\nsecond")
    except ValueError:
        record = logging.LogRecord("audits", logging.ERROR, __file__, 1, "清洁 %s", ("生产",), sys.exc_info())
    record.audit = 7
    record.request = "<WSGIRequest: GET '/?token=secret'>"
    with working_on("abcdefgh"):
        line = as_line(record)
    assert (line["level"], line["logger"], line["message"]) == ("ERROR", "audits", "清洁 生产")
    assert (line["request_id"], line["audit"]) == ("abcdefgh", 7)
    assert "ValueError: first\nsecond" in str(line["exception"])
    assert "secret" not in json.dumps(line)
    assert "\n" not in JsonFormatter().format(record)


def test_secret_part_of_an_address_is_covered_up() -> None:
    class Match:
        kwargs = {"token": "s3cret", "pk": 5}

    class Request:
        path = "/invitations/5/s3cret/"
        resolver_match = Match()

    assert loggable_path(Request()) == "/invitations/5/***/"


def test_task_logs_as_the_request_that_rang() -> None:
    seen: list[str] = []
    app = Celery("logs", set_as_current=False)

    @app.task(shared=False)
    def remember() -> None:
        seen.append(request_id())

    remember.apply(headers={"request_id": "from-the-proxy-1"})
    remember.apply(task_id="scheduled-task")
    assert seen == ["from-the-proxy-1", "scheduled-task"]
    assert request_id() == "-"
