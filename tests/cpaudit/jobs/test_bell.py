"""The doorbell: rung after the commit, never in the way."""

import json
import socket
import threading
import time
from base64 import b64decode
from collections.abc import Iterator
from pathlib import Path

import pytest
from celery import Celery, Task
from celery.contrib.testing.worker import start_worker
from django.conf import settings
from django.contrib.auth.models import Group
from django.db import transaction

from cpaudit.jobs import bell
from cpaudit.web.logs import request_id, working_on

DONE = threading.Event()
SEEN: list[tuple[int, str]] = []


def task_on(broker: str, **transport_options: object) -> Task:
    """A task whose messages go to `broker`."""
    app = Celery("bell", broker=broker, set_as_current=False)
    app.conf.update(task_ignore_result=True, broker_transport_options=transport_options)

    @app.task(name="tests.note", shared=False)
    def note(number: int) -> None:
        SEEN.append((number, request_id()))
        DONE.set()

    return note


@pytest.fixture(autouse=True)
def bell_of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bell, "_silent_until", 0.0)
    monkeypatch.delenv("CELERY_BROKER_URL", raising=False)  # Celery would prefer it to the address an app is given
    SEEN.clear()
    DONE.clear()


@pytest.fixture
def task(tmp_path: Path) -> Iterator[Task]:
    """A task on a file broker of its own."""
    for name in ("queue", "control"):
        (tmp_path / name).mkdir()
    queue = str(tmp_path / "queue")
    options = {"data_folder_in": queue, "data_folder_out": queue, "control_folder": str(tmp_path / "control")}
    yield task_on("filesystem://", polling_interval=0.05, **options)


def messages(task: Task) -> list[dict]:
    """What waits in the file broker, as the arguments and headers sent."""
    folder = Path(task.app.conf.broker_transport_options["data_folder_out"])
    return [json.loads(path.read_text()) for path in sorted(folder.iterdir())]


@pytest.mark.django_db(transaction=True)
def test_rings_after_the_commit_and_not_before(task: Task) -> None:
    with transaction.atomic():
        bell.ring(task, 7)
        assert messages(task) == []
    (message,) = messages(task)
    assert json.loads(b64decode(message["body"]))[0] == [7]
    assert message["headers"]["task"] == "tests.note"


@pytest.mark.django_db(transaction=True)
def test_does_not_ring_when_the_transaction_is_rolled_back(task: Task) -> None:
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        bell.ring(task, 7)
        raise ZeroDivisionError
    assert messages(task) == []


def test_worker_hears_the_ring_and_logs_as_its_request(task: Task) -> None:
    with start_worker(task.app, pool="solo", perform_ping_check=False, shutdown_timeout=20):
        with working_on("from-the-proxy-1"):
            assert bell.publish(task, 7)
        assert DONE.wait(10)
    assert SEEN == [(7, "from-the-proxy-1")]


def closed_port() -> int:
    with socket.socket() as briefly:
        briefly.bind(("127.0.0.1", 0))
        return briefly.getsockname()[1]


@pytest.mark.django_db(transaction=True)
def test_broker_that_is_down_loses_no_row_and_fails_no_request(
    caplog: pytest.LogCaptureFixture,
) -> None:
    note = task_on(f"redis://127.0.0.1:{closed_port()}/0", **settings.REDIS_BROKER_OPTIONS)
    began = time.monotonic()
    with transaction.atomic():
        Group.objects.create(name="kept")
        bell.ring(note, 7)
    assert time.monotonic() - began < 5  # a moment; the library's own retries would take six seconds
    assert Group.objects.filter(name="kept").exists()
    assert "The broker did not take tests.note; the sweep will find the row" in caplog.text


def test_broker_that_never_answers_is_waited_for_only_once() -> None:
    with socket.socket() as mute:
        mute.bind(("127.0.0.1", 0))
        mute.listen(5)
        note = task_on(f"redis://127.0.0.1:{mute.getsockname()[1]}/0", **settings.REDIS_BROKER_OPTIONS)
        note.app.amqp  # noqa: B018  (importing the transport is no part of the waiting)
        began = time.monotonic()
        rings = [bell.publish(note, number) for number in range(20)]
        assert time.monotonic() - began < 10  # 1.5 seconds; each for itself they would take half a minute
    assert not any(rings)


def test_bell_works_again_after_its_silence(task: Task, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bell, "_silent_until", time.monotonic() + 60)
    assert not bell.publish(task, 7)
    monkeypatch.setattr(bell, "_silent_until", time.monotonic() - 1)
    assert bell.publish(task, 7)
