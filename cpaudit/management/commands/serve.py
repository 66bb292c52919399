"""`manage.py serve`: the whole system on one machine, for trying it out.

Prepares what is missing (folders, translations, tables, reference and demo data), then starts the web server, the
worker and the schedule as children, and stops all of them when asked to (Ctrl-C, TERM, HUP) or when one cannot stay up.
"""

import ctypes
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from argparse import ArgumentParser
from contextlib import suppress
from dataclasses import dataclass, field
from io import StringIO
from typing import Any
from urllib.error import URLError
from urllib.request import urlopen

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError

PATIENCE = 10.0  # seconds a child has to finish its work after TERM; what is killed then is taken up again later
SHORT_LIFE = 5.0  # seconds; a child that ends sooner than this will not do better the next time
START_LIMIT = 60.0  # seconds the web server has to answer for the first time
ASKED_TO_STOP = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


@dataclass
class Child:
    """A process of ours, in a session of its own: Ctrl-C reaches only the parent, who stops the children in order."""

    name: str
    arguments: list[str]
    environment: dict[str, str] = field(default_factory=dict)
    process: subprocess.Popen[bytes] | None = None
    started: float = 0.0

    def start(self) -> None:
        self.started = time.monotonic()
        self.process = subprocess.Popen(  # noqa: S603  (the command lines stand below)
            [sys.executable, "-m", *self.arguments],
            env=os.environ | self.environment,
            cwd=settings.BASE_DIR,
            stdin=subprocess.DEVNULL,
            start_new_session=True,
            preexec_fn=die_with_parent,
        )

    def has_ended(self) -> bool:
        return self.process is None or self.process.poll() is not None

    def ask_to_end(self) -> None:
        """To the child alone: what it started itself (a PDF being rendered) may be finished first."""
        if self.process is not None:
            self.process.terminate()

    def kill(self) -> None:
        """The child and whatever it started and left behind."""
        if self.process is not None:
            with suppress(ProcessLookupError):  # nothing left
                os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()


def die_with_parent() -> None:
    """Asks Linux to send TERM to this child when its parent dies, so that even a killed parent leaves no orphans."""
    if sys.platform == "linux":
        PR_SET_PDEATHSIG = 1
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)


class Command(BaseCommand):
    help = "Runs web server, worker and schedule together, for trying the system out."
    requires_system_checks = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--host", default=os.environ.get("HOST", "127.0.0.1"))
        parser.add_argument("--port", default=os.environ.get("PORT", "8000"))
        parser.add_argument("--no-demo", action="store_true", help="no demo data, only reference data")

    def handle(self, *, host: str, port: str, no_demo: bool, **options: Any) -> None:
        address = (host, free_port(host, port))
        url = f"http://{host}:{port}"
        self.stdout.write("Preparing tables and data (the first time takes a while) ...")
        self.stdout.flush()
        try:
            accounts = prepare(demo=not no_demo)
        except KeyboardInterrupt:
            raise CommandError("Stopped. The next start goes on from here.") from None
        stop = threading.Event()
        for number in ASKED_TO_STOP:
            # Set explicitly: a process started in the background by a shell is born with SIGINT ignored.
            signal.signal(number, lambda *_: stop.set())
        family = children(*address)
        try:
            for child in family:
                child.start()
            wait_for_answer(url, family, stop)
            if not stop.is_set():
                self.stdout.write(f"\n{accounts}\nCP Audit is at {url}    (Ctrl-C stops it)")
                self.stdout.flush()
            watch(family, stop)
        finally:
            self.stdout.write("\nStopping; work under way may finish ...")
            self.stdout.flush()
            end(family)
            self.stdout.write("Stopped.")


def free_port(host: str, port: str) -> int:
    """The port as a number, if it can be listened on; otherwise a sentence saying what to do."""
    if not port.isdigit() or not 0 < int(port) < 65536:
        raise CommandError(f"PORT must be a number from 1 to 65535, not {port!r}.")
    with socket.socket(socket.AF_INET) as trial:
        trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            trial.bind((host, int(port)))
        except OSError as error:
            raise CommandError(
                f"Port {port} on {host} cannot be used ({error.strerror}). Choose another: make run PORT=8123"
            ) from None
    return int(port)


def prepare(*, demo: bool) -> str:
    """Brings an empty or an older installation up to date. Returns what the demo says of its accounts.

    Running it again changes nothing.
    """
    call_command("make_folders")
    call_command("compile_translations")
    call_command("migrate", verbosity=0, interactive=False)
    call_command("load_reference", stdout=StringIO())
    accounts = StringIO()
    if demo:
        call_command("load_demo", stdout=accounts)
    return accounts.getvalue()


def children(host: str, port: int) -> list[Child]:
    """Web server, worker, schedule. The two in the background speak up only when something is wrong."""
    quiet = {
        "LOG_LEVEL": os.environ.get("LOG_LEVEL", "WARNING"),
        # Celery advises against root, rightly; but a bare machine for trying out may have nobody else.
        "PYTHONWARNINGS": "ignore:You're running the worker with superuser privileges",
    }
    web = {
        "HOST": host,
        "PORT": str(port),
        "SITE_URL": os.environ.get("SITE_URL", f"http://{host}:{port}"),
        "GUNICORN_LOG_LEVEL": "warning",
    }
    site = {"SITE_URL": web["SITE_URL"]}
    worker = ["celery", "--quiet", "-A", "cpaudit", "worker", "--pool", "threads", "--concurrency", "4"]
    schedule = ["celery", "--quiet", "-A", "cpaudit", "beat", "--pidfile="]
    return [
        Child("web server", ["gunicorn", "cpaudit.wsgi"], web),
        Child("worker", [*worker, "--without-gossip", "--without-mingle"], quiet | site),
        Child("schedule", schedule, quiet | site),
    ]


def wait_for_answer(url: str, family: list[Child], stop: threading.Event) -> None:
    """Until the web server answers. The others start at the same time, and must not have ended meanwhile."""
    deadline = time.monotonic() + START_LIMIT
    while time.monotonic() < deadline and not stop.is_set():
        for child in family:
            if child.has_ended():
                raise CommandError(f"The {child.name} ended right after its start; the lines above say why.")
        try:
            with urlopen(f"{url}/healthz/live", timeout=2):  # noqa: S310  (http, and our own address)
                return
        except (URLError, OSError):
            stop.wait(0.2)
    if not stop.is_set():
        raise CommandError(f"The web server did not answer within {START_LIMIT:.0f} seconds.")


def watch(family: list[Child], stop: threading.Event) -> None:
    """Until asked to stop. A child that ends by itself is started again, unless it lived too short."""
    while not stop.wait(0.5):
        for child in family:
            if child.has_ended():
                if time.monotonic() - child.started < SHORT_LIFE:
                    raise CommandError(f"The {child.name} ended right after its start; the lines above say why.")
                sys.stderr.write(f"The {child.name} ended by itself and is started again.\n")
                child.kill()
                child.start()


def end(family: list[Child]) -> None:
    """TERM to all, time to finish, then KILL to what is left, grandchildren included."""
    for number in ASKED_TO_STOP:
        signal.signal(number, signal.SIG_IGN)  # a second Ctrl-C must not leave half of them running
    for child in family:
        child.ask_to_end()
    deadline = time.monotonic() + PATIENCE
    for child in family:
        while not child.has_ended() and time.monotonic() < deadline:
            time.sleep(0.05)
        child.kill()
