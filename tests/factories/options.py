"""Audits with options for tests. States are reached by walking the services; the gates of stages and filing, which ask
for a team and seven written stages, are other rooms' tests and not walked here."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.utils import timezone

from audits.options import services
from audits.options.models import Option
from audits.options.rules import OptionStatus
from audits.workflow import services as workflow
from audits.workflow.models import Audit, Stage
from audits.workflow.rules.transitions import Action, StageStatus, Status
from cpaudit.accounts.models import User
from tests.factories.people import make_authority, make_consultancy, make_enterprise, make_user

AT = dt.datetime(2026, 11, 20, 9, 0, tzinfo=dt.UTC)
TODAY = dt.date(2026, 11, 20)
CHEAP, DEAR = Decimal(20_000), Decimal(900_000)
"""Investments of a low-cost and a high-cost option under the limits a new audit has."""


@dataclass
class Case:
    """One audit of an enterprise by a consultancy, and the people around it."""

    audit: Audit
    regulator: User
    consultant: User
    manager: User
    staff: User

    def move(self, action: Action, by: User, **changes: Any) -> None:
        """One step of the audit, without the gates."""
        self.audit = workflow.move(
            audit=self.audit, action=action, version=self.audit.version, by=by, at=AT, comment="Because.",
            due_on=TODAY + dt.timedelta(days=30) if action is Action.RETURN else None, changes=changes,
        )  # fmt: skip

    def file(self) -> None:
        self.move(Action.FILE, self.consultant, filing_version=self.audit.filing_version + 1)

    def approve(self) -> None:
        """File the report and have it approved, with its options."""
        self.file()
        self.move(Action.APPROVE, self.regulator)
        services.approve_feasible(audit=self.audit, by=self.regulator, at=AT)

    def complete_stage_4(self) -> None:
        Stage.objects.update_or_create(audit=self.audit, number=4, defaults={"status": StageStatus.COMPLETED})


def make_case(*, self_audit: bool = False, region_code: str = "210500") -> Case:
    """An audit in progress."""
    authority = make_authority(region_code=region_code)
    enterprise = make_enterprise(region_code=region_code)
    manager = make_user(enterprise, "enterprise_manager")
    consultancy = make_consultancy(region_code=region_code)
    consultant = manager if self_audit else make_user(consultancy, "consultancy_manager")
    audit = workflow.open_voluntary(enterprise=enterprise, year=2026, by=manager, at=AT)
    if self_audit:
        audit = workflow.self_audit(audit=audit, version=audit.version, by=manager, at=AT)
    else:
        audit = workflow.engage(
            audit=audit, consultancy=consultancy.body, version=audit.version, by=manager, at=AT
        )  # fmt: skip
    case = Case(
        audit, make_user(authority, "regulator"), consultant, manager, make_user(enterprise, "enterprise_staff")
    )
    case.move(Action.START, consultant, started_on=TODAY)
    return case


def bring_to(case: Case, status: Status) -> None:
    """From an audit in progress to any other status but those before it."""
    match status:
        case Status.IN_PROGRESS:
            pass
        case Status.FILED:
            case.file()
        case Status.RETURNED:
            case.file()
            case.move(Action.RETURN, case.regulator)
        case Status.APPROVED:
            case.approve()
        case Status.CLOSED:
            case.approve()
            case.move(Action.CLOSE, case.regulator)
        case Status.REJECTED:
            case.file()
            case.move(Action.REJECT, case.regulator)
        case Status.CANCELLED:
            case.move(Action.CANCEL, case.regulator)
        case _:
            raise ValueError(status)


def make_option(case: Case, status: OptionStatus = OptionStatus.PROPOSED, **fields: Any) -> Option:
    """An option of an audit in work (or, from "approved" on, of one that is then approved) in any status.

    A cheap one by default, so that it may be begun early.
    """
    fields = {
        "title": "Reuse of cooling water",
        "planned_investment": CHEAP,
        "planned_benefit": Decimal(8_000),
    } | fields
    option = services.add_option(audit=case.audit, by=case.consultant, at=AT, **fields)
    return carry(case, option, status)


def carry(case: Case, option: Option, status: OptionStatus) -> Option:
    """Take a proposed option to a status."""
    writing = {"by": case.consultant, "at": AT}
    if status == OptionStatus.PROPOSED:
        return option
    feasible = status != OptionStatus.SCREENED_OUT
    option = services.screen_option(
        option=option, feasible=feasible, reason="Examined.", version=option.version, **writing
    )  # fmt: skip
    if status in {OptionStatus.SCREENED_OUT, OptionStatus.FEASIBLE}:
        return option
    if status == OptionStatus.APPROVED:
        if case.audit.status != Status.APPROVED:
            case.approve()
        return Option.objects.get(pk=option.pk)
    option = services.start_option(option=option, version=option.version, **writing)
    if status == OptionStatus.ABANDONED:
        return services.abandon_option(option=option, reason="No use.", version=option.version, **writing)
    if status == OptionStatus.IMPLEMENTED:
        return services.mark_implemented(
            option=option, implemented_on=timezone.localdate(AT), actual_investment=Decimal(18_000),
            actual_benefit=Decimal(9_000), version=option.version, **writing,
        )  # fmt: skip
    return option
