"""Audits for tests: every state is reached by walking the services, as people do."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal

from django.utils import timezone

from auditors.people.models import Auditor
from auditors.registration.models import Registration
from auditors.registration.rules import valid_until
from audits.enterprises.models import Enterprise
from audits.options.models import Option
from audits.workflow import services
from audits.workflow.models import Audit, TeamMember, TeamRole
from audits.workflow.rules.stages import FIELD_LABELS, STAGES
from consultancies.organisations.models import Organisation
from cpaudit.accounts.models import Body, User
from cpaudit.rulebook.rulesets import rule_set
from tests.factories.people import make_authority, make_consultancy, make_enterprise, make_user

START = dt.datetime(2026, 3, 2, 9, 0, tzinfo=dt.UTC)
"""When the audits of the tests are listed; a Monday."""


def later(days: float) -> dt.datetime:
    return START + dt.timedelta(days=days)


@dataclass
class World:
    """The people around one audit."""

    authority: Body
    officer: User
    enterprise: Enterprise
    manager: User
    consultancy: Organisation
    consultant: User
    leader: Auditor
    second: Auditor

    @property
    def second_user(self) -> User:
        assert self.second.user
        return self.second.user.acting_as(self.second.user.current_postings[0])


def make_auditor(
    employer: Body, user: User | None = None, *, level: str = "auditor", approved_on: dt.date = dt.date(2025, 1, 10)
) -> Auditor:
    """A registered auditor; names come from the account."""
    auditor = Auditor.objects.create(
        user=user,
        employer=employer,
        name_en=user.name_en if user else "Wang Fang",
        name_zh=user.name_zh if user else "王芳",
    )
    Registration.objects.create(
        auditor=auditor,
        level=level,
        certificate_no=f"CP-{auditor.pk:06}",
        approved_on=approved_on,
        valid_until=valid_until(level, approved_on, rule_set("1998")),
        entered_at=START,
    )
    return auditor


def make_world(*, region_code: str = "210500", sector_code: str = "C31") -> World:
    """An authority, an enterprise, a consultancy with two registered auditors, and a person at each."""
    authority = make_authority(region_code=region_code)
    enterprise = make_enterprise(region_code=region_code, sector_code=sector_code)
    consultancy = make_consultancy(region_code=region_code)
    consultant = make_user(consultancy, "consultancy_manager")
    colleague = make_user(consultancy, "consultant")
    return World(
        authority=authority,
        officer=make_user(authority, "regulator"),
        enterprise=enterprise,
        manager=make_user(enterprise, "enterprise_manager"),
        consultancy=consultancy,
        consultant=consultant,
        leader=make_auditor(consultancy.body, consultant),
        second=make_auditor(consultancy.body, colleague),
    )


def listed(world: World) -> Audit:
    return services.open_compulsory(
        enterprise=world.enterprise,
        year=2026,
        reason="over_standard",
        grounds="COD above the limit in three months of 2025",
        published_on=dt.date(2026, 3, 2),
        by=world.officer,
        at=START,
    )


def engaged(world: World) -> Audit:
    audit = listed(world)
    return services.engage(
        audit=audit, consultancy=world.consultancy.body, version=audit.version, by=world.manager, at=later(1)
    )


def with_team(world: World) -> Audit:
    audit = engaged(world)
    for auditor, role in ((world.leader, TeamRole.LEADER), (world.second, TeamRole.MEMBER)):
        services.add_member(audit=audit, auditor=auditor, role=role, by=world.consultant, at=later(2))
    return audit


def started(world: World) -> Audit:
    audit = with_team(world)
    return services.start(
        audit=audit, version=audit.version, planned_end=dt.date(2026, 12, 1), by=world.consultant, at=later(3)
    )


def fill_stage(world: World, audit: Audit, number: int, at: dt.datetime) -> None:
    """Write what the gates of a stage ask for: text, checklist, hours, dates."""
    stage = audit.stages.get(number=number)
    if stage.status == "not_begun":
        stage = services.begin_stage(stage=stage, version=stage.version, by=world.consultant, at=at)
    for section in STAGES[number].sections:
        services.write_section(
            stage=stage, key=section.key, text=f"{section.title}: 已完成。", version=0, by=world.consultant, at=at
        )
    for item in STAGES[number].deliverables:
        services.tick_deliverable(stage=stage, key=item.key, by=world.consultant, at=at)
    fields = [f"stage_{number}"] + (["preliminary_training"] if number == 1 else [])
    for member in TeamMember.objects.filter(audit=audit, left_on=None):
        for field in fields:
            assert field in FIELD_LABELS
            services.log_work(
                audit=audit, member=member, field=field, worked_on=timezone.localdate(at), hours=Decimal("8"),
                by=world.consultant, at=at,
            )  # fmt: skip
    stage.refresh_from_db()
    services.set_stage_dates(
        stage=stage, started_on=stage.started_on, finished_on=timezone.localdate(at), version=stage.version,
        by=world.consultant, at=at,
    )  # fmt: skip


def complete(world: World, audit: Audit, number: int, at: dt.datetime) -> None:
    fill_stage(world, audit, number, at)
    stage = audit.stages.get(number=number)
    services.complete_stage(stage=stage, version=stage.version, by=world.consultant, at=at)


def add_rows_of_options(audit: Audit) -> list[Option]:
    """Three screened options with money and plan, as rows: tests of the options' own services are elsewhere."""
    rows = [
        ("01", "Repair leaking steam traps", "no", "0", "12000"),
        ("02", "Recover condensate", "medium", "180000", "96000"),
        ("03", "Replace the quench furnace", "high", "1250000", "410000"),
    ]
    return Option.objects.bulk_create(
        [
            Option(
                audit=audit, code=code, title=title, aspect="equipment", cost_class=cost_class, status="feasible",
                screening_reason="Pays for itself", screened_at=START, planned_investment=Decimal(investment),
                planned_benefit=Decimal(benefit), responsible="Li Lei", due_on=dt.date(2026, 12, 20),
            )
            for code, title, cost_class, investment, benefit in rows
        ]
    )  # fmt: skip


def all_stages_completed(world: World) -> Audit:
    audit = started(world)
    for number in range(1, 8):
        if number == 4:
            add_rows_of_options(audit)
        complete(world, audit, number, later(10 * number))
    audit.refresh_from_db()
    return audit
