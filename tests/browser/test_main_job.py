"""The main job in the browser: four people take one enterprise from the list to measured savings and a number."""

from __future__ import annotations

import re
import subprocess
from decimal import Decimal
from pathlib import Path

import pytest
from django.utils import timezone
from playwright.sync_api import Browser, expect
from pytest_django.live_server_helper import LiveServer

from audits.reports.services import sweep_renderings
from audits.reports.tasks import render_report
from audits.workflow.models import Audit, TeamMember
from audits.workflow.rules.stages import STAGES
from cpaudit.accounts.models import User
from tests.browser.person import Person
from tests.factories.audits import make_world
from tests.factories.people import PASSWORD

pytestmark = [
    pytest.mark.browser,
    pytest.mark.pdf,
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("reference"),
]

OPTIONS = (
    ("Repair leaking steam traps", "0", "120000"),
    ("Recover condensate", "180000", "96000"),
    ("Replace the quench furnace", "1250000", "410000"),
)


@pytest.fixture
def world():
    world = make_world()
    for user in (world.officer, world.manager, world.consultant, world.second.user):
        user.set_password(PASSWORD)
        user.save(update_fields=["password"])
    return world


def person(browser: Browser, server: LiveServer, user: User, seen: set[str]) -> Person:
    return Person(browser, server.url, user, seen).sign_in()


def test_one_audit_from_the_list_to_measured_savings(live_server, browser, world, tmp_path):
    seen: set[str] = set()
    today = timezone.localdate()
    officer = person(browser, live_server, world.officer, seen)
    officer.go(f"/enterprises/{world.enterprise.pk}/").follow("List for a compulsory audit")
    officer.submit(reason="over_standard", grounds="COD above the limit in three months", published_on=str(today))
    audit = Audit.objects.get()
    assert audit.number in officer.text

    manager = person(browser, live_server, world.manager, seen)
    expect(manager.page.get_by_role("heading", name="Choose who carries out the audit")).to_be_visible()
    manager.follow(world.enterprise.name)
    manager.submit(consultancy=str(world.consultancy.pk))
    assert "is engaged" in manager.text

    consultant = person(browser, live_server, world.consultant, seen)
    consultant.follow(world.enterprise.name)
    form_team_and_start(consultant, audit, world)
    for number in STAGES:
        work_through(consultant, audit, number)
    assert {stage.status for stage in audit.stages.all()} == {"completed"}

    auditor = person(browser, live_server, world.second.user, seen)
    sign(auditor, audit)
    sign(consultant, audit)
    consultant.go(f"/audits/{audit.pk}/report/file/").submit()
    audit.refresh_from_db()
    assert (audit.status, audit.filing_version) == ("filed", 1)

    consultant.go("/")  # whose page would ask for the PDFs' progress: SQLite in memory locks whole tables
    print_as_the_worker_does(audit)
    officer.go("/").follow(world.enterprise.name)
    text = pdf_of(officer, audit, tmp_path)
    assert audit.number in text
    assert "Recover condensate" in text
    officer.go(f"/audits/{audit.pk}/report/1/decide/")
    officer.submit("#decide form", action="approve", comment="Carry them out in time", confirmed=True)
    audit.refresh_from_db()
    assert audit.status == "approved"

    carry_out(manager, audit, tmp_path)
    option = audit.options.get(title="Recover condensate")
    assert (option.status, option.actual_benefit) == ("implemented", Decimal("101000"))

    officer.go("/statistics/?dataset=options&by=province&measures=proposed,implemented")
    row = officer.page.locator("section[aria-labelledby=table] tbody tr").first.inner_text()
    assert re.findall(r"\d+", row)[-2:] == ["3", "1"], row
    for one in (officer, manager, consultant, auditor):
        assert one.complaints == []


def form_team_and_start(consultant: Person, audit: Audit, world) -> None:
    consultant.go(f"/audits/{audit.pk}/team/")
    add = f"form[action='/audits/{audit.pk}/team/']"
    consultant.submit(add, auditor=str(world.leader.pk), role="leader")
    consultant.submit(add, auditor=str(world.second.pk), role="member")
    consultant.submit(f"form[action='/audits/{audit.pk}/start/']")
    assert "1. Planning and organization" in consultant.text


def work_through(consultant: Person, audit: Audit, number: int) -> None:
    """Write, tick, log and date one stage; its gates refuse it first where that shows something."""
    base = f"/audits/{audit.pk}/stages/{number}/"
    consultant.go(base)
    if audit.stages.get(number=number).status == "not_begun":
        consultant.submit(f"form[action='{base}begin/']")
    if number == 1:
        consultant.submit(f"form[action='{base}submit/']")
        assert "The section “Work plan” is empty." in consultant.text
    if number == 4:
        propose_and_screen(consultant, audit)
        consultant.go(base)
    for section in STAGES[number].sections:
        consultant.page.locator(f"#section-{section.key} details:not([open]) > summary").evaluate_all(
            "all => all.forEach(one => one.click())"
        )
        consultant.submit(f"form[action='{base}sections/{section.key}/']", text=f"{section.title}：已完成。")
    for item in STAGES[number].deliverables:
        consultant.submit(f"form[action='{base}deliverables/{item.key}/']")
    member = TeamMember.objects.filter(audit=audit).first()
    assert member
    today = str(timezone.localdate())
    fields = ["preliminary_training", "stage_1"] if number == 1 else [f"stage_{number}"]
    for field in fields:
        hours = {"member": str(member.pk), "field": field, "worked_on": today, "hours": "1.5"}
        consultant.submit(f"form[action='{base}work/']", **hours)
    consultant.submit(f"form[action='{base}dates/']", started_on=today, finished_on=today)
    consultant.submit(f"form[action='{base}submit/']")
    assert audit.stages.get(number=number).status == "completed", consultant.text[:3000]


def propose_and_screen(consultant: Person, audit: Audit) -> None:
    for title, investment, benefit in OPTIONS:
        consultant.go(f"/audits/{audit.pk}/options/add/")
        consultant.submit(
            title=title, aspect="equipment", planned_investment=investment, planned_benefit=benefit,
            responsible="Li Lei", due_on=str(timezone.localdate()),
        )  # fmt: skip
    for option in audit.options.all():
        consultant.go(f"/audits/{audit.pk}/options/{option.pk}/do/screen/")
        consultant.submit(feasible="yes", reason="Pays for itself")
    consultant.go(f"/audits/{audit.pk}/options/")
    assert "Recover condensate" in consultant.text


def sign(auditor: Person, audit: Audit) -> None:
    auditor.go(f"/audits/{audit.pk}/report/sign/")
    auditor.submit("#sign form", declared=True, password=PASSWORD)
    assert audit.signatures.filter(signed_by=auditor.user).count() == 1, auditor.text[:2000]


def print_as_the_worker_does(audit: Audit) -> None:
    sweep_renderings(by=None, at=timezone.now())
    for rendering in audit.filings.get().renderings.exclude(state="done"):
        render_report(rendering.pk)
    assert {rendering.state for rendering in audit.filings.get().renderings.all()} == {"done"}


def pdf_of(officer: Person, audit: Audit, folder: Path) -> str:
    officer.go(f"/audits/{audit.pk}/report/")
    with officer.page.expect_download() as download:
        officer.page.get_by_role("link", name=re.compile("PDF")).first.click()
    target = folder / "report.pdf"
    download.value.save_as(target)
    return subprocess.run(["pdftotext", "-layout", target, "-"], capture_output=True, text=True, check=True).stdout


def carry_out(manager: Person, audit: Audit, folder: Path) -> None:
    option = audit.options.get(title="Recover condensate")
    base = f"/audits/{audit.pk}/options/{option.pk}/"
    today = str(timezone.localdate())
    manager.go(f"{base}do/start/").submit()
    manager.go(f"{base}do/progress/").submit(progress="60", note="The pipe is laid")
    evidence = folder / "读数.csv"
    evidence.write_text("班次,立方米\n白班,412.6\n", "utf-8")
    manager.go(f"{base}do/implement/")
    manager.page.locator("[name=file]").set_input_files(evidence)
    manager.submit(implemented_on=today, actual_investment="176500", actual_benefit="101000")
    manager.go(base)
    assert "Implemented" in manager.text
