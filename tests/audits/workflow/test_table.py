"""The transition table: every cell of (status, action, role), and the page printed from it."""

from __future__ import annotations

import io
import itertools
from pathlib import Path

import pytest
from django.core.management import call_command

from audits.workflow.models import Audit, Stage
from audits.workflow.policies import allowed, check_can, check_can_on_stage
from audits.workflow.rules.transitions import (
    ENDED,
    STAGE_TRANSITIONS,
    TRANSITIONS,
    Action,
    Side,
    StageAction,
    StageStatus,
    Status,
)
from audits.workflow.services import move
from audits.workflow.services.stages import _move
from cpaudit.accounts.roles import ROLES, BodyKind
from cpaudit.rulebook.errors import NotAllowed, Stale
from cpaudit.trail.models import Event
from tests.factories.audits import add_rows_of_options, engaged, later, make_world, started
from tests.factories.people import make_assessor, make_authority, make_centre, make_user

ROOT = Path(__file__).resolve().parents[3]


def test_the_page_is_fresh():
    printed = io.StringIO()
    call_command("print_workflow", stdout=printed)
    assert (ROOT / "docs" / "workflow.md").read_text("utf-8") == printed.getvalue()


def test_nothing_leaves_an_ended_status():
    assert not [row.action for row in TRANSITIONS.values() if row.sources & ENDED]


def test_every_status_can_be_reached_and_left_or_is_an_end():
    reached = {row.target for row in TRANSITIONS.values()} | {Status.RECORDED}
    left = set().union(*(row.sources for row in TRANSITIONS.values()))
    assert reached == set(Status)
    assert left | ENDED == set(Status)


def people(world) -> dict[str, tuple[object, frozenset[Side]]]:
    """One person for every role at the body where he matters, with the sides he must be found on; and outsiders."""
    inside = {
        BodyKind.AUTHORITY: (world.authority, {Side.AUTHORITY}),
        BodyKind.CENTRE: (make_centre(), {Side.CENTRE}),
        BodyKind.CONSULTING: (world.consultancy, {Side.AUDITING}),
        BodyKind.ASSESSMENT: (make_assessor(), set()),
        BodyKind.ENTERPRISE: (world.enterprise, {Side.ENTERPRISE}),
    }
    found = {
        f"{role.key}@{kind}": (make_user(inside[kind][0], role.key), frozenset(inside[kind][1]))
        for role in ROLES.values()
        for kind in role.bodies
    }
    other = make_world(region_code="320100")
    found["regulator elsewhere"] = (make_user(other.authority, "regulator"), frozenset())
    found["consultant elsewhere"] = (make_user(other.consultancy, "consultancy_manager"), frozenset())
    found["enterprise elsewhere"] = (make_user(other.enterprise, "enterprise_manager"), frozenset())
    industry = make_authority(region_code="210000", industry_sectors=["C31"])
    found["industry department"] = (make_user(industry, "regulator"), frozenset({Side.AUTHORITY}))
    wrong = make_authority(region_code="210000", industry_sectors=["C22"])
    found["another industry"] = (make_user(wrong, "regulator"), frozenset())
    return found


MOVES = [action for action, row in TRANSITIONS.items() if row.sources]


@pytest.mark.django_db
@pytest.mark.usefixtures("reference")
def test_every_cell_of_the_matrix():
    world = make_world()
    audit = engaged(world)
    cast = people(world)
    cells = 0
    for status, action, (name, (user, sides)) in itertools.product(Status, MOVES, cast.items()):
        Audit.objects.filter(pk=audit.pk).update(status=status, filing_version=1, version=7)
        audit.refresh_from_db()
        row = TRANSITIONS[action]
        may = row.side in sides and row.permission in ROLES[user.posting.role].permissions
        events = Event.objects.count()
        words = {"comment": "because", "due_on": later(400).date()}
        cell = f"{name} takes {action} in {status}"
        if not may:
            with pytest.raises(NotAllowed):
                move(audit=audit, action=action, version=7, by=user, at=later(5), **words)
        elif status not in row.sources:
            with pytest.raises(Stale):
                move(audit=audit, action=action, version=7, by=user, at=later(5), **words)
        else:
            changes = {Action.DECLINE: {"consultancy": None}}.get(action, {})
            move(audit=audit, action=action, version=7, by=user, at=later(5), changes=changes, **words)
            audit.refresh_from_db()
            assert (audit.status, audit.version) == (row.target, 8), cell
            assert Event.objects.count() == events + 1, cell
            Audit.objects.filter(pk=audit.pk).update(consultancy=world.consultancy.body)
            audit.decisions.all().delete()
            audit = Audit.objects.get(pk=audit.pk)
            cells += 1
            continue
        audit.refresh_from_db()
        assert (audit.status, audit.version) == (status, 7), cell
        assert Event.objects.count() == events, cell
        assert allowed(check_can, action, user, audit) == may, cell
    allowed_cells = sum(
        len(row.sources)
        * sum(row.side in sides and row.permission in ROLES[u.posting.role].permissions for u, sides in cast.values())
        for row in (TRANSITIONS[action] for action in MOVES)
    )
    assert cells == allowed_cells > 20


@pytest.mark.django_db
@pytest.mark.usefixtures("reference")
def test_every_cell_of_the_stages_matrix():
    world = make_world()
    audit = started(world)
    add_rows_of_options(audit)
    stage = audit.stages.get(number=2)
    cast = people(world)
    cells = 0
    for audit_status, status, action, (name, (user, sides)) in itertools.product(
        (Status.IN_PROGRESS, Status.RETURNED, Status.FILED, Status.APPROVED), StageStatus, StageAction, cast.items()
    ):
        Audit.objects.filter(pk=audit.pk).update(status=audit_status, filing_version=1)
        Stage.objects.filter(pk=stage.pk).update(status=status, version=3, due_on=later(300).date())
        stage = Stage.objects.select_related("audit").get(pk=stage.pk)
        row = STAGE_TRANSITIONS[action]
        may = row.side in sides and row.permission in ROLES[user.posting.role].permissions
        cell = f"{name} takes {action} in {status}, audit {audit_status}"
        arguments = {
            "stage": stage, "action": action, "version": 3, "by": user, "at": later(5), "comment": "because",
            "due_on": later(400).date(), "changes": {},
        }  # fmt: skip
        if may and status in row.sources and audit_status in (Status.IN_PROGRESS, Status.RETURNED):
            assert _move(**arguments).status == row.target, cell
            cells += 1
        else:
            with pytest.raises(Stale if may else NotAllowed):
                _move(**arguments)
            stage.refresh_from_db()
            assert (stage.status, stage.version) == (status, 3), cell
        assert allowed(check_can_on_stage, action, user, audit) == may, cell
    assert cells > 8


@pytest.mark.django_db
@pytest.mark.usefixtures("reference")
def test_nobody_decides_on_an_audit_he_worked_in():
    world = make_world()
    audit = engaged(world)
    audit.team.create(user=world.officer, name_en="The officer", joined_on=later(0).date())
    Audit.objects.filter(pk=audit.pk).update(status=Status.FILED, filing_version=1)
    audit.refresh_from_db()
    for action in (Action.APPROVE, Action.RETURN, Action.REJECT):
        with pytest.raises(NotAllowed, match="yourself"):
            move(
                audit=audit, action=action, version=audit.version, by=world.officer, at=later(5), comment="x",
                due_on=later(50).date(),
            )  # fmt: skip
    colleague = make_user(world.authority, "regulator")
    assert (
        move(audit=audit, action=Action.APPROVE, version=audit.version, by=colleague, at=later(5)).status == "approved"
    )
