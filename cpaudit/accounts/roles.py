"""Who may do what, as a table a person can read who cannot program. Pure.

A posting is a person in a role at a body. A role belongs to some kinds of body and carries permissions; *where* it may
use them (region, industry, own audits) is jurisdiction and lives in each room's `visible_to` and policies.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from cpaudit.rulebook.findings import _


class BodyKind(StrEnum):
    AUTHORITY = "authority"
    CENTRE = "centre"
    CONSULTING = "consulting"
    ASSESSMENT = "assessment"
    ENTERPRISE = "enterprise"


class Permission(StrEnum):
    LIST_ENTERPRISES = "list_enterprises"
    DECIDE_AUDITS = "decide_audits"
    MANAGE_ENTERPRISES = "manage_enterprises"
    IMPORT_DATA = "import_data"
    SEE_STATISTICS = "see_statistics"
    KEEP_REGISTRATIONS = "keep_registrations"
    REPORT_PROGRAMMES = "report_programmes"
    OPEN_AUDITS = "open_audits"
    ENGAGE = "engage"
    RUN_AUDITS = "run_audits"
    WORK_ON_AUDITS = "work_on_audits"
    SIGN_REPORTS = "sign_reports"
    TRACK_OPTIONS = "track_options"
    INVITE = "invite"


PERMISSION_TEXTS: dict[Permission, str] = {
    Permission.LIST_ENTERPRISES: _("list enterprises for a compulsory audit, in own region or industry"),
    Permission.DECIDE_AUDITS: _(
        "send stages back and approve, return or reject filed reports, in own region or industry"
    ),
    Permission.MANAGE_ENTERPRISES: _("enter and correct enterprises and their yearly figures"),
    Permission.IMPORT_DATA: _("import enterprises, yearly figures and options from files"),
    Permission.SEE_STATISTICS: _("see the statistics of own jurisdiction"),
    Permission.KEEP_REGISTRATIONS: _("enter auditors' registrations"),
    Permission.REPORT_PROGRAMMES: _("enter figures of a reported programme"),
    Permission.OPEN_AUDITS: _("open a voluntary audit of own enterprise"),
    Permission.ENGAGE: _("engage a consulting organisation or audit oneself"),
    Permission.RUN_AUDITS: _("form the team, submit stages and file the report of own organisation's audits"),
    Permission.WORK_ON_AUDITS: _("record work, sections, options and files in audits of own team"),
    Permission.SIGN_REPORTS: _("declare and sign the report as a qualified auditor of the team"),
    Permission.TRACK_OPTIONS: _("record what own enterprise's options really cost and saved"),
    Permission.INVITE: _(
        "invite colleagues to own body, end their postings, and invite into the bodies it helps to staff"
    ),
}


@dataclass(frozen=True, slots=True)
class Role:
    key: str
    label: str
    bodies: frozenset[BodyKind]
    permissions: frozenset[Permission]


P = Permission
ROLES: dict[str, Role] = {
    role.key: role
    for role in (
        Role(
            "regulator",
            _("Regulator"),
            frozenset({BodyKind.AUTHORITY}),
            frozenset(
                {P.LIST_ENTERPRISES, P.DECIDE_AUDITS, P.MANAGE_ENTERPRISES, P.IMPORT_DATA, P.SEE_STATISTICS}
                | {P.REPORT_PROGRAMMES, P.INVITE}
            ),
        ),
        Role(
            "statistician",
            _("Statistician"),
            frozenset({BodyKind.AUTHORITY, BodyKind.CENTRE}),
            frozenset({P.SEE_STATISTICS, P.REPORT_PROGRAMMES}),
        ),
        Role(
            "registrar",
            _("Registrar"),
            frozenset({BodyKind.CENTRE}),
            frozenset({P.KEEP_REGISTRATIONS, P.SEE_STATISTICS, P.INVITE}),
        ),
        Role(
            "consultancy_manager",
            _("Consultancy manager"),
            frozenset({BodyKind.CONSULTING}),
            frozenset({P.RUN_AUDITS, P.WORK_ON_AUDITS, P.SIGN_REPORTS, P.IMPORT_DATA, P.SEE_STATISTICS, P.INVITE}),
        ),
        Role(
            "consultant",
            _("Consultant"),
            frozenset({BodyKind.CONSULTING}),
            frozenset({P.WORK_ON_AUDITS, P.SIGN_REPORTS, P.SEE_STATISTICS}),
        ),
        Role(
            "assessor",
            _("Assessor"),
            frozenset({BodyKind.ASSESSMENT}),
            frozenset({P.SEE_STATISTICS, P.INVITE}),
        ),
        Role(
            "enterprise_manager",
            _("Enterprise manager"),
            frozenset({BodyKind.ENTERPRISE}),
            frozenset(
                {P.OPEN_AUDITS, P.ENGAGE, P.RUN_AUDITS, P.WORK_ON_AUDITS, P.SIGN_REPORTS, P.TRACK_OPTIONS}
                | {P.MANAGE_ENTERPRISES, P.SEE_STATISTICS, P.INVITE}
            ),
        ),
        Role(
            "enterprise_staff",
            _("Enterprise staff"),
            frozenset({BodyKind.ENTERPRISE}),
            frozenset({P.WORK_ON_AUDITS, P.SIGN_REPORTS, P.TRACK_OPTIONS}),
        ),
    )
}


STAFFS: dict[BodyKind, frozenset[BodyKind]] = {
    BodyKind.AUTHORITY: frozenset({BodyKind.ENTERPRISE, BodyKind.CONSULTING}),
    BodyKind.CENTRE: frozenset({BodyKind.AUTHORITY, BodyKind.ASSESSMENT}),
    BodyKind.CONSULTING: frozenset(),
    BodyKind.ASSESSMENT: frozenset(),
    BodyKind.ENTERPRISE: frozenset(),
}
"""Whose first people a body may invite besides its own: an authority inside its jurisdiction, the centre anywhere."""

BODY_KIND_TEXTS: dict[BodyKind, str] = {
    BodyKind.AUTHORITY: _("Authority"),
    BodyKind.CENTRE: _("National centre"),
    BodyKind.CONSULTING: _("Consulting organisation"),
    BodyKind.ASSESSMENT: _("Assessment organisation"),
    BodyKind.ENTERPRISE: _("Enterprise"),
}


def roles_for(kind: BodyKind | str) -> list[Role]:
    """The roles a body of that kind can give."""
    return [role for role in ROLES.values() if kind in role.bodies]
