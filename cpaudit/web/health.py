"""Is this process alive, and can it do its work?"""

import logging
import os
import threading
import time
from collections.abc import Callable
from pathlib import Path

from celery import current_app
from django.conf import settings
from django.core.files.storage import FileSystemStorage, default_storage
from django.db import connection
from django.http import HttpRequest, HttpResponse, JsonResponse

logger = logging.getLogger(__name__)
PROBE_SECONDS = 2.0


class HealthMiddleware:
    """Answers `/healthz/live` and `/healthz/ready` before anything else is asked.

    A middleware and no URL: the one who asks is a load balancer that knows an address and no host name, and the answer
    "alive" must come without sessions, and so without the database.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response
        self.answers = {"/healthz/live": live, "/healthz/ready": ready}

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.answers.get(request.path, self.get_response)(request)


def live(request: HttpRequest) -> JsonResponse:
    """The process takes requests; nothing else is looked at."""
    return JsonResponse({"live": True})


def ready(request: HttpRequest) -> JsonResponse:
    """200 if database, broker and storage all answer, otherwise 503; each part's state with a sentence."""
    parts = probe_all({"database": probe_database, "broker": probe_broker, "storage": probe_storage})
    everything = all(part["ok"] for part in parts.values())
    response = JsonResponse({"ready": everything, "parts": parts}, status=200 if everything else 503)
    response["Cache-Control"] = "no-store"
    return response


def probe_all(probes: dict[str, Callable[[], None]]) -> dict[str, dict[str, object]]:
    """Runs the probes side by side, each in a thread of its own, and gives all of them `PROBE_SECONDS`.

    The drivers' own time limits do not cover everything (name lookups, a disk that hangs), so the wait is limited here
    too. The threads are daemons: one that hangs does not keep the process from ending.
    """
    results: dict[str, dict[str, object]] = {}

    def run(name: str, probe: Callable[[], None]) -> None:
        began = time.monotonic()
        try:
            probe()
        except Exception:  # whatever went wrong, the part is not ready; the reason may name hosts: log, do not tell
            logger.exception("The %s is not ready", name)
            results[name] = {"ok": False, "text": f"The {name} does not work; the log says why."}
        else:
            results[name] = {"ok": True, "text": f"The {name} answered in {(time.monotonic() - began) * 1000:.0f} ms."}

    threads = [threading.Thread(target=run, args=item, daemon=True) for item in probes.items()]
    deadline = time.monotonic() + PROBE_SECONDS
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(max(0, deadline - time.monotonic()))
    late = {"ok": False, "text": f"No answer within {PROBE_SECONDS:g} seconds."}
    return {name: results.get(name, late) for name in probes}


def probe_database() -> None:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    finally:
        connection.close()  # connections belong to threads, and this thread ends here


def probe_broker() -> None:
    with current_app.connection_for_write() as broker:
        broker.ensure_connection(max_retries=1, timeout=PROBE_SECONDS)
    if settings.CELERY_BROKER_URL.startswith("filesystem"):
        check_writable(settings.BROKER_DIR / "queue")


def probe_storage() -> None:
    default_storage.exists("ready")
    if isinstance(default_storage, FileSystemStorage):
        check_writable(Path(default_storage.location))


def check_writable(folder: Path) -> None:
    if not os.access(folder, os.W_OK | os.X_OK):
        raise PermissionError(f"{folder} is missing or may not be written")
