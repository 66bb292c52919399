"""Taking people into the team and out of it (Items 6, 9)."""

from __future__ import annotations

import datetime as dt

from django.db import IntegrityError, transaction
from django.utils import timezone

from auditors.people.models import Auditor
from audits.workflow.models import Audit, TeamMember, TeamRole
from audits.workflow.policies import check_can_form_team
from audits.workflow.services.records import hold
from cpaudit.accounts.models import User
from cpaudit.notices.services import notify
from cpaudit.rulebook.errors import Invalid, Stale
from cpaudit.rulebook.findings import _
from cpaudit.trail.services import record

ROLE_MSGIDS = {TeamRole.LEADER: _("Team leader"), TeamRole.MEMBER: _("Team member")}


@transaction.atomic
def add_member(
    *,
    audit: Audit,
    auditor: Auditor | None,
    user: User | None = None,
    name_zh: str = "",
    name_en: str = "",
    role: str = TeamRole.MEMBER,
    external: bool = True,
    duty: str = "",
    guide: TeamMember | None = None,
    by: User,
    at: dt.datetime,
) -> TeamMember:
    """Take a person in: a registered auditor (names and account come from his record), a colleague, or a plain name."""
    check_can_form_team(by, hold(audit))
    if auditor:
        name_zh, name_en = auditor.name_zh, auditor.name_en
        user = auditor.user
    elif user:
        name_zh, name_en = name_zh or user.name_zh, name_en or user.name_en or user.email
    if not (name_zh or name_en):
        raise Invalid(_("Something is missing."), {"name_zh": [_("Give the person's name.")]})
    if guide and (guide.audit_id != audit.pk or guide.left_on):
        raise Invalid(_("Something is missing."), {"guide": [_("The guide must be in this team.")]})
    if role == TeamRole.LEADER and audit.team.filter(role=TeamRole.LEADER, left_on=None).exists():
        raise Invalid(_("Something is missing."), {"role": [_("The team has a leader already; take him out first.")]})
    try:
        with transaction.atomic():
            member = TeamMember.objects.create(
                audit=audit, auditor=auditor, user=user, name_zh=name_zh, name_en=name_en, role=role,
                external=external, duty=duty, guide=guide, joined_on=timezone.localdate(at),
            )  # fmt: skip
    except IntegrityError as error:
        raise Stale(_("This person is in the team already, or the team got a leader meanwhile.")) from error
    record(
        verb="audit.team_member_added",
        thing=audit,
        by=by,
        at=at,
        part="team",
        facts={"person": member.names, "role": {"msgid": ROLE_MSGIDS[TeamRole(role)]}},
    )
    if user:
        notify(
            kind="audit.team",
            to=[user],
            by=by,
            at=at,
            key=f"audit-{audit.pk}-member-{member.pk}",
            facts={
                "audit": audit.number,
                "enterprise": audit.enterprise.names,
                "role": {"msgid": ROLE_MSGIDS[TeamRole(role)]},
            },
            link=f"/audits/{audit.pk}/",
            thing=audit,
        )
    return member


@transaction.atomic
def remove_member(*, member: TeamMember, by: User, at: dt.datetime) -> None:
    """Take a person out; his hours and signatures stay on record."""
    check_can_form_team(by, hold(member.audit))
    left = TeamMember.objects.filter(pk=member.pk, left_on=None).update(left_on=timezone.localdate(at))
    if not left:
        raise Stale(_("This person has left the team already."))
    TeamMember.objects.filter(guide=member).update(guide=None)
    record(
        verb="audit.team_member_left",
        thing=member.audit,
        by=by,
        at=at,
        part="team",
        facts={"person": member.names},
    )
