"""What an administrator relies on: settings that refuse to be unsafe, pinned packages, one command that starts all."""

import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.request import urlopen

import environ
import pytest
import yaml
from django.conf import settings
from django.core.management import CommandError

from cpaudit.celery import app
from cpaudit.management.commands import compile_translations
from cpaudit.management.commands.serve import free_port
from cpaudit.web.static import StaticStorage

pytestmark = pytest.mark.once
ROOT = Path(settings.BASE_DIR)
PRODUCTION = {
    "DEBUG": "0",
    "SECRET_KEY": "only-for-this-test-" + "0123456789" * 4,
    "ALLOWED_HOSTS": "cpaudit.example.org",
    "SITE_URL": "https://cpaudit.example.org",
    "HTTPS_ONLY": "1",
    "STATIC_FROM_SOURCE": "0",
    "DJANGO_SETTINGS_MODULE": "cpaudit.settings",
}


def manage(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """`manage.py` in a process of its own, with nothing of the tests' settings."""
    return subprocess.run(
        [sys.executable, "manage.py", *arguments],
        cwd=ROOT,
        env={"PATH": os.environ["PATH"], "VAR_DIR": os.environ["VAR_DIR"]} | environment,
        capture_output=True,
        text=True,
        check=False,
    )


# --- Settings -------------------------------------------------------------------------------------------------------


def test_refuses_to_start_with_the_key_everybody_knows() -> None:
    result = manage("check", **PRODUCTION | {"SECRET_KEY": settings.INSECURE_KEY})
    assert result.returncode != 0
    assert "Give the environment a long random SECRET_KEY" in result.stderr


def test_deployment_check_is_clean() -> None:
    result = manage("check", "--deploy", "--fail-level", "WARNING", **PRODUCTION)
    assert result.returncode == 0, result.stderr
    assert "no issues" in result.stdout + result.stderr


def names_in(source: str) -> set[str]:
    """Environment names that Python code asks for."""
    return set(re.findall(r'env(?:\.\w+|iron\.get)?\(\s*"([A-Z_]+)"', source))


def test_example_explains_every_name_and_no_other() -> None:
    read = names_in((ROOT / "cpaudit/settings.py").read_text()) | names_in((ROOT / "gunicorn.conf.py").read_text())
    read -= {"GUNICORN_LOG_LEVEL"}  # between `serve` and the web server only
    explained = set(re.findall(r"^#?([A-Z_]+)=", (ROOT / ".env.example").read_text(), flags=re.MULTILINE))
    assert explained == read | {"POSTGRES_PASSWORD"}


def test_example_is_a_working_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    environment: dict[str, str] = {}
    monkeypatch.setattr(environ.Env, "ENVIRON", environment)
    environ.Env.read_env(ROOT / ".env.example")
    database = environ.Env().db("DATABASE_URL")
    assert (database["ENGINE"], database["NAME"]) == ("django.db.backends.postgresql", "cpaudit")
    assert environ.Env().email("EMAIL_URL")["EMAIL_USE_TLS"]
    assert environment["SECRET_KEY"] == ""  # nobody deploys with a key from the example


# --- Background work ------------------------------------------------------------------------------------------------


def test_worker_knows_every_task_of_the_schedule() -> None:
    app.loader.import_default_modules()
    wanted = {entry["task"] for entry in app.conf.beat_schedule.values()}
    assert wanted
    assert wanted <= set(app.tasks)


# --- Packages and image ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["requirements.txt", "requirements-dev.txt"])
def test_packages_are_pinned_with_hashes_and_without_addresses(name: str) -> None:
    lines = (ROOT / name).read_text().splitlines()
    packages = [line for line in lines if not line.startswith(" ")]
    assert len(packages) > 50
    assert all(re.match(r"[a-z0-9.-]+==\S+( ; .+)? \\$", line) for line in packages)
    assert all(re.fullmatch(r"    --hash=sha256:[0-9a-f]{64}( \\)?", line) for line in lines if line.startswith(" "))


def test_development_has_the_same_packages_as_a_deployment() -> None:
    def pins(name: str) -> set[str]:
        return {line.split(" ")[0] for line in (ROOT / name).read_text().splitlines() if "==" in line}

    assert pins("requirements.txt") <= pins("requirements-dev.txt")


def test_composition_has_its_parts_and_each_can_say_how_it_is() -> None:
    services = yaml.safe_load((ROOT / "docker-compose.yml").read_text())["services"]
    assert set(services) == {"postgres", "redis", "migrate", "web", "worker", "beat"}
    for name in ("postgres", "redis", "worker", "beat"):
        assert services[name]["healthcheck"]["test"], name
    dockerfile = (ROOT / "Dockerfile").read_text()
    assert "HEALTHCHECK" in dockerfile
    assert "\nUSER cpaudit\n" in dockerfile
    for name in ("web", "worker", "beat"):
        assert services[name]["depends_on"]["migrate"] == {"condition": "service_completed_successfully"}


def test_static_files_are_compressed_without_brotli() -> None:
    assert StaticStorage().create_compressor(quiet=True).use_brotli is False


# --- Translations ---------------------------------------------------------------------------------------------------


def test_translations_are_compiled_once_per_change(tmp_path: Path) -> None:
    source = tmp_path / "zh_Hans" / "LC_MESSAGES" / "django.po"
    source.parent.mkdir(parents=True)
    source.write_text('msgid ""\nmsgstr "Content-Type: text/plain; charset=UTF-8\\n"\n\nmsgid "Audit"\nmsgstr "审核"\n')
    assert compile_translations.compile_if_newer(source)
    assert not compile_translations.compile_if_newer(source)
    assert "审核".encode() in source.with_suffix(".mo").read_bytes()
    later = time.time() + 10
    os.utime(source, (later, later))
    assert compile_translations.compile_if_newer(source)


# --- make run -------------------------------------------------------------------------------------------------------


@pytest.fixture
def taken_port() -> Iterator[int]:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        yield listener.getsockname()[1]


def unused_port() -> int:
    with socket.socket() as briefly:
        briefly.bind(("127.0.0.1", 0))
        return briefly.getsockname()[1]


def test_busy_port_is_a_clear_error_before_anything_is_made(taken_port: int, tmp_path: Path) -> None:
    result = manage("serve", "--port", str(taken_port), **PRODUCTION | {"VAR_DIR": str(tmp_path / "var")})
    assert result.returncode == 1
    assert f"Port {taken_port} on 127.0.0.1 cannot be used (Address already in use)." in result.stderr
    assert not (tmp_path / "var").exists()


@pytest.mark.parametrize("port", ["", "0", "65536", "http", "-1", "80 80"])
def test_impossible_port_is_a_clear_error(port: str) -> None:
    with pytest.raises(CommandError, match="PORT must be a number from 1 to 65535"):
        free_port("127.0.0.1", port)


def processes_with(mark: str) -> dict[int, str]:
    """Process id and command line of everything that inherited the environment variable `mark`."""
    found = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                if mark.encode() in (entry / "environ").read_bytes():
                    found[int(entry.name)] = (entry / "cmdline").read_text().replace("\0", " ")
            except OSError:
                pass  # ended meanwhile, or not ours
    return found


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_serve_starts_all_and_leaves_nothing_behind(tmp_path: Path, number: signal.Signals) -> None:
    """The real thing with its own files. Even a killed parent takes the children along."""
    port, mark = unused_port(), f"OPERATIONS_TEST={tmp_path}"
    environment = PRODUCTION | {
        "PATH": os.environ["PATH"],
        "VAR_DIR": str(tmp_path),
        "HTTPS_ONLY": "0",
        "STATIC_FROM_SOURCE": "1",
        "OPERATIONS_TEST": str(tmp_path),
    }
    serve = subprocess.Popen(
        [sys.executable, "manage.py", "serve", "--no-demo", "--port", str(port)],
        cwd=ROOT,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )
    try:
        assert serve.stdout is not None
        seen = []
        for line in serve.stdout:
            seen.append(line)
            if f"http://127.0.0.1:{port}" in line:
                break
        else:
            pytest.fail("".join(seen))
        with urlopen(f"http://127.0.0.1:{port}/healthz/ready") as answer:
            assert answer.status == 200
        running = " ".join(processes_with(mark).values())
        assert all(part in running for part in ("gunicorn", "celery --quiet -A cpaudit worker", "cpaudit beat"))
        # Ctrl-C in a terminal reaches the whole foreground group; the other signals come to the one process.
        if number == signal.SIGINT:
            os.killpg(serve.pid, number)
        else:
            serve.send_signal(number)
        serve.communicate(timeout=40)
        deadline = time.monotonic() + 40  # a killed parent cannot wait for its children
        while processes_with(mark) and time.monotonic() < deadline:
            time.sleep(0.2)
        assert processes_with(mark) == {}
        assert serve.returncode == (-signal.SIGKILL if number == signal.SIGKILL else 0)
    finally:
        for process in processes_with(mark):
            os.kill(process, signal.SIGKILL)
        serve.wait()
