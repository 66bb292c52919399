"""Alive and ready: what a load balancer is told, and how fast."""

import time
from pathlib import Path

import pytest
from django.conf import settings
from django.test import Client

from cpaudit.web import health


@pytest.fixture
def client() -> Client:
    return Client(headers={"host": "10.0.0.7"})  # an address, as a load balancer uses; not an allowed host


@pytest.fixture(autouse=True)
def strict_hosts(settings: settings) -> None:
    settings.ALLOWED_HOSTS = ["cpaudit.example.org"]
    Path(settings.MEDIA_ROOT).mkdir(parents=True, exist_ok=True)


def test_alive_needs_no_database_and_no_host_name(client: Client) -> None:
    # No `django_db` mark: a query here would fail the test.
    answer = client.get("/healthz/live")
    assert (answer.status_code, answer.json()) == (200, {"live": True})


@pytest.mark.django_db(transaction=True)
def test_ready_when_all_parts_answer(client: Client) -> None:
    answer = client.get("/healthz/ready")
    assert answer.status_code == 200, answer.content
    body = answer.json()
    assert body["ready"] is True
    assert set(body["parts"]) == {"database", "broker", "storage"}
    assert all(part["ok"] and "answered in" in part["text"] for part in body["parts"].values())


@pytest.mark.django_db(transaction=True)
def test_not_ready_when_files_cannot_be_written(client: Client, settings: settings, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path / "gone"
    answer = client.get("/healthz/ready")
    assert answer.status_code == 503
    parts = answer.json()["parts"]
    assert parts["storage"] == {"ok": False, "text": "The storage does not work; the log says why."}
    assert parts["database"]["ok"]
    assert str(tmp_path) not in answer.content.decode()


def test_broken_part_is_named_and_its_secrets_are_not(caplog: pytest.LogCaptureFixture) -> None:
    def broken() -> None:
        raise ConnectionError("could not connect to postgres://cpaudit:hunter2@db")

    parts = health.probe_all({"database": broken})
    assert parts == {"database": {"ok": False, "text": "The database does not work; the log says why."}}
    assert "hunter2" in caplog.text  # the administrator needs the reason


def test_part_that_hangs_does_not_hold_up_the_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(health, "PROBE_SECONDS", 0.2)
    began = time.monotonic()
    parts = health.probe_all({"storage": lambda: time.sleep(5), "broker": lambda: None})
    assert time.monotonic() - began < 1
    assert parts["storage"] == {"ok": False, "text": "No answer within 0.2 seconds."}
    assert parts["broker"]["ok"]


def test_other_addresses_go_on_to_the_site(client: Client) -> None:
    assert client.get("/healthz/other").status_code == 400  # the host name is not allowed there
