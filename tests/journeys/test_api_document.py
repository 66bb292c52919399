"""docs/api.md does what it says: its very lines, run by bash and curl against a live server, do the whole main job."""

from __future__ import annotations

import datetime as dt
import logging
import os
import re
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from decimal import Decimal
from pathlib import Path

import pytest
from django.conf import settings
from django.utils import timezone
from pytest_django.live_server_helper import LiveServer

from audits.options.models import EffectKind, Option
from audits.reports.models import Rendering
from audits.reports.tasks import render_report
from audits.workflow.models import Audit
from cpaudit.accounts.models import User
from cpaudit.jobs.models import JobState
from cpaudit.members.services import create_token
from tests.factories.audits import World, make_world

DOCUMENT = Path(settings.BASE_DIR) / "docs" / "api.md"
BLOCK = re.compile(r"^```sh\n(.*?)^```$", re.MULTILINE | re.DOTALL)
ANNOUNCED = re.compile(r"# → (.+)$", re.MULTILINE)
END_OF_BLOCK = "--- end of block ---"
REFUSALS_SHOWN = [("POST", 422), ("POST", 409)]

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("reference"), pytest.mark.pdf]


class Shell:
    """One bash for the whole document: what a block defines, the next ones use."""

    def __init__(self, process: subprocess.Popen[str], folder: Path) -> None:
        self.process = process
        self.folder = folder

    def run(self, block: str) -> list[str]:
        """The lines the block prints; fails with what it said on standard error where one of its commands fails."""
        script = self.folder / "block.sh"
        script.write_text(block)
        assert self.process.stdin
        assert self.process.stdout
        self.process.stdin.write(f"source {script} && echo '{END_OF_BLOCK}'\n")
        self.process.stdin.flush()
        lines = []
        for line in self.process.stdout:
            if line.rstrip("\n") == END_OF_BLOCK:
                return lines
            lines.append(line.rstrip("\n"))
        complaints = (self.folder / "stderr").read_text()
        raise AssertionError("\n".join(["This block of docs/api.md fails:", block, *lines, complaints]))


@contextmanager
def shell(folder: Path, environment: dict[str, str]) -> Iterator[Shell]:
    with (folder / "stderr").open("w") as stderr:
        process = subprocess.Popen(
            ["bash", "--noprofile", "--norc"],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=stderr, text=True, encoding="utf-8",
            env={**os.environ, "TMPDIR": str(folder), "NO_PROXY": "*", "no_proxy": "*", **environment},
        )  # fmt: skip
        with process:  # waits for it, after closing its input, which ends it
            yield Shell(process, folder)


def token_of(user: User) -> str:
    """A token that may write, made as the person makes it."""
    assert user.posting
    now = timezone.now()
    expires_on = timezone.localdate(now) + dt.timedelta(days=1)
    _token, secret = create_token(
        posting=user.posting, label="curl", may_write=True, expires_on=expires_on, by=user, at=now
    )
    return secret


def people_of(world: World) -> dict[str, str]:
    return {
        "REGULATOR": token_of(world.officer),
        "ENTERPRISE": token_of(world.manager),
        "CONSULTANT": token_of(world.consultant),
        "AUDITOR": token_of(world.second_user),
    }


def do_the_workers_part() -> None:
    """Render the PDF the document downloads. Before the block that waits for it, not meanwhile: SQLite's test database
    is one connection for all threads."""
    render_report(Rendering.objects.get(language="en", state=JobState.WAITING).pk)


def test_lines_of_the_document_do_the_whole_main_job(
    live_server: LiveServer, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, logger="cpaudit.access")
    world = make_world()
    with shell(tmp_path, {"HOST": live_server.url, **people_of(world)}) as bash:
        for block in BLOCK.findall(DOCUMENT.read_text()):
            if "until " in block:  # the reader's script waits here
                do_the_workers_part()
            assert bash.run(block) == ANNOUNCED.findall(block)

    answers = [(record.method, record.status) for record in caplog.records if record.name == "cpaudit.access"]
    assert [answer for answer in answers if answer[1] >= 400] == REFUSALS_SHOWN
    assert {status for _method, status in answers} == {200, 201, 409, 422}

    audit = Audit.objects.get(enterprise=world.enterprise)
    assert (audit.status, audit.filing_version) == ("approved", 1)
    assert set(audit.stages.values_list("status", flat=True)) == {"completed"}
    assert audit.decisions.get().decided_by == world.officer

    options = {option.code: option for option in Option.objects.filter(audit=audit)}
    assert {code: option.status for code, option in options.items()} == {
        "01": "approved", "02": "implemented", "03": "screened_out",
    }  # fmt: skip
    done = options["02"]
    assert (done.actual_investment, done.actual_benefit) == (Decimal(175_000), Decimal(102_000))
    assert done.effects.get(kind=EffectKind.MEASURED).amount == Decimal(25_500)
