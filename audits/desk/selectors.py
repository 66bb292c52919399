"""What waits for a person: by role, with counts, dates and one link each. A fixed number of queries."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, F, Q
from django.urls import reverse
from django.utils.translation import gettext as _

from auditors.registration.models import Registration
from audits.options.selectors import options_to_follow
from audits.workflow.models import Audit, Stage
from audits.workflow.rules.transitions import WORKING, StageStatus, Status
from cpaudit.accounts.models import User
from cpaudit.accounts.roles import BodyKind, Permission

SHOWN = 8
EXPIRY_DAYS = 90


@dataclass(frozen=True, slots=True)
class Item:
    """One thing to do."""

    title: str
    url: str
    text: str = ""
    due_on: dt.date | None = None
    state: str = ""
    state_label: str = ""


@dataclass(frozen=True, slots=True)
class Group:
    """Things of one kind: how many there are, the most urgent of them, and where all of them are listed."""

    key: str
    title: str
    count: int
    items: list[Item]
    url: str = ""


def waiting_for(user: User, *, on: dt.date) -> list[Group]:
    """The groups that are not empty, the most urgent kind first."""
    body = user.body
    if body is None:
        return []
    groups = (make(user, on) for make in DESKS.get(BodyKind(body.kind), ()))
    return [group for group in groups if group and group.count]


def _audits(
    key: str,
    title: str,
    user: User,
    condition: Q,
    *,
    query: str = "",
    to: Callable[[Audit], str] | None = None,
    due: bool = True,
) -> Group:
    found = Audit.objects.visible_to(user).filter(condition)
    rows = found.with_names().order_by(F("due_on").asc(nulls_last=True), "pk")[:SHOWN]
    return Group(
        key=key,
        title=title,
        count=found.count(),
        items=[
            Item(
                title=audit.enterprise.name,
                url=to(audit) if to else reverse("audits:audit-detail", args=[audit.pk]),
                text=f"{audit.number} · {audit.enterprise.body.region}",
                due_on=audit.due_on if due else None,
                state=audit.status,
                state_label=str(audit.get_status_display()),
            )
            for audit in rows
        ],
        url=reverse("audits:audit-list") + query,
    )


def _to_decide(user: User, on: dt.date) -> Group | None:
    if not user.may(Permission.DECIDE_AUDITS):
        return None
    return _audits(
        "decide", _("Reports to examine"), user, Q(status=Status.FILED), query="?status=filed",
        to=lambda audit: reverse("audits:report-detail", args=[audit.pk]), due=False,
    )  # fmt: skip


def _overdue(user: User, on: dt.date) -> Group | None:
    condition = Q(status__in=[Status.PLANNED, Status.ENGAGED, Status.IN_PROGRESS, Status.RETURNED], due_on__lt=on)
    return _audits("overdue", _("Overdue audits"), user, condition, query="?overdue=true")


def _to_engage(user: User, on: dt.date) -> Group | None:
    if not user.may(Permission.ENGAGE):
        return None
    return _audits(
        "engage", _("Choose who carries out the audit"), user, Q(status=Status.PLANNED), query="?status=planned",
        to=lambda audit: reverse("audits:audit-engage", args=[audit.pk]),
    )  # fmt: skip


def _to_start(user: User, on: dt.date) -> Group | None:
    if not user.may(Permission.RUN_AUDITS):
        return None
    condition = Q(status=Status.ENGAGED) & _carried_out_by(user)
    return _audits(
        "start", _("Form the team and start"), user, condition, query="?status=engaged",
        to=lambda audit: reverse("audits:team", args=[audit.pk]),
    )  # fmt: skip


def _carried_out_by(user: User) -> Q:
    """Audits his own body carries out: as consultancy, or as an enterprise that audits itself."""
    body = user.body
    assert body is not None
    return Q(consultancy=body) | Q(self_audit=True, enterprise=body.pk)


def _sent_back(user: User, on: dt.date) -> Group | None:
    stages = Stage.objects.filter(
        audit__in=Audit.objects.visible_to(user).filter(_carried_out_by(user), status__in=WORKING),
        status=StageStatus.SENT_BACK,
    )
    rows = stages.select_related("audit__enterprise__body").order_by("due_on", "pk")[:SHOWN]
    return Group(
        key="sent_back",
        title=_("Stages sent back"),
        count=stages.count(),
        items=[
            Item(
                title=_("Stage %(stage)s of %(enterprise)s")
                % {"stage": stage.number, "enterprise": stage.audit.enterprise.name},
                url=reverse("audits:stage-detail", args=[stage.audit_id, stage.number]),
                text=stage.sent_back_comment,
                due_on=stage.due_on,
            )
            for stage in rows
        ],
    )


def _to_sign(user: User, on: dt.date) -> Group | None:
    """All seven stages completed, he is an auditor of the team and has not signed since the last stage was closed."""
    if not user.may(Permission.SIGN_REPORTS):
        return None
    ready = (
        Audit.objects.visible_to(user)
        .filter(status__in=WORKING, team__user=user, team__left_on=None, team__auditor__isnull=False)
        .annotate(completed=Count("stages", filter=Q(stages__status=StageStatus.COMPLETED), distinct=True))
        .filter(completed=7)
    )
    signed = Audit.objects.filter(signatures__signed_by=user).exclude(
        stages__completed_at__gt=F("signatures__at"), signatures__signed_by=user
    )
    return _audits(
        "sign", _("Reports to sign"), user, Q(pk__in=ready.values("pk")) & ~Q(pk__in=signed.values("pk")),
        to=lambda audit: reverse("audits:report-detail", args=[audit.pk]),
    )  # fmt: skip


def _in_work(user: User, on: dt.date) -> Group | None:
    condition = Q(status__in=WORKING) & _carried_out_by(user)
    return _audits("work", _("Audits in work"), user, condition, query="?status=in_progress&status=returned")


def _with_authority(user: User, on: dt.date) -> Group | None:
    return _audits(
        "with_authority", _("Reports the authority examines"), user, Q(status=Status.FILED), query="?status=filed",
        due=False,
    )  # fmt: skip


def _options_due(user: User, on: dt.date) -> Group | None:
    """Options to carry out; the overdue ones first, because the earliest date comes first."""
    found = options_to_follow(user, on=on)
    mine = bool(user.body and user.body.kind == BodyKind.ENTERPRISE)
    return Group(
        key="options",
        title=_("Options to carry out") if mine else _("Overdue options"),
        count=found.count(),
        items=[
            Item(
                title=f"{option.code} {option.title}",
                url=reverse("audits:option-detail", args=[option.audit_id, option.pk]),
                text=f"{option.audit.number} · {option.audit.enterprise.name}",
                due_on=option.due_on,
                state=option.status,
                state_label=str(option.get_status_display()),
            )
            for option in found[:SHOWN]
        ],
        url=reverse("audits:my-options"),
    )


def _expiring(user: User, on: dt.date) -> Group | None:
    soon = Registration.objects.valid(on=on).filter(valid_until__lte=on + dt.timedelta(days=EXPIRY_DAYS))
    rows: Iterable[Any] = soon.select_related("auditor").order_by("valid_until", "pk")[:SHOWN]
    return Group(
        key="expiring",
        title=_("Registrations that expire within 90 days"),
        count=soon.count(),
        items=[
            Item(
                title=str(registration.auditor),
                url=reverse("auditors:auditor-detail", args=[registration.auditor_id]),
                text=f"{registration.get_level_display()} · {registration.certificate_no}",
                due_on=registration.valid_until,
            )
            for registration in rows
        ],
    )


Maker = Callable[[User, dt.date], Group | None]
DESKS: dict[BodyKind, tuple[Maker, ...]] = {
    BodyKind.AUTHORITY: (_to_decide, _overdue, _options_due),
    BodyKind.CENTRE: (_expiring, _overdue),
    BodyKind.CONSULTING: (_sent_back, _to_sign, _to_start, _in_work, _with_authority, _options_due),
    BodyKind.ENTERPRISE: (_to_engage, _sent_back, _to_sign, _to_start, _options_due, _in_work, _with_authority),
    BodyKind.ASSESSMENT: (),
}
