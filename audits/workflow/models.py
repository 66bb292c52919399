"""The audit: its status, its seven stages, its team, its hours and its decisions."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _

from auditors.people.models import Auditor
from audits.enterprises.models import Enterprise
from audits.programme.models import Listing
from audits.workflow.rules.stages import FIELD_LABELS, STAGES, StageSpec
from audits.workflow.rules.transitions import (
    ENDED,
    STAGE_STATUS_LABELS,
    STAGE_TRANSITIONS,
    STATUS_LABELS,
    TRANSITIONS,
    Action,
    StageAction,
    StageStatus,
    Status,
)
from cpaudit.accounts.models import Body
from cpaudit.accounts.roles import BodyKind
from cpaudit.web.words import in_language

if TYPE_CHECKING:
    import datetime as dt

    from cpaudit.accounts.models import User


class AuditKind(models.TextChoices):
    COMPULSORY = "compulsory", _("Compulsory")
    VOLUNTARY = "voluntary", _("Voluntary")


class AuditQuerySet(models.QuerySet["Audit"]):
    def visible_to(self, user: User) -> Self:
        """Authorities see their region or industry, the centre all, an enterprise its own, a consultancy those it is
        engaged for. Being in a team opens nothing: a member sees the audit through his posting at one of these."""
        body = user.body
        if body is None:
            return self.none()
        if body.kind == BodyKind.CENTRE:
            return self
        if body.kind == BodyKind.AUTHORITY:
            inside = self.filter(enterprise__body__region__path__startswith=body.region.path)
            if body.is_industry_department:
                return inside.filter(enterprise__sector__in=body.sectors.all())
            return inside
        if body.kind == BodyKind.ENTERPRISE:
            return self.filter(enterprise_id=body.pk)
        if body.kind == BodyKind.CONSULTING:
            return self.filter(consultancy_id=body.pk)
        return self.none()

    def in_work(self) -> Self:
        return self.exclude(status__in=ENDED)

    def overdue(self, *, on: dt.date) -> Self:
        """Whose clock has run out while somebody still has to act."""
        return self.filter(status__in=[Status.PLANNED, Status.ENGAGED, Status.IN_PROGRESS, Status.RETURNED]).filter(
            due_on__lt=on
        )

    def carried_through(self) -> Self:
        """Approved, or recorded as a past audit: a round that counts."""
        return self.filter(status__in=[Status.APPROVED, Status.CLOSED, Status.RECORDED])

    def with_names(self) -> Self:
        return self.select_related(
            "enterprise__body__region", "enterprise__sector", "consultancy", "authority", "listing"
        )


class Audit(models.Model):
    """One round of one enterprise. `version` is what every change of status compares and sets."""

    number = models.CharField(_("audit number"), max_length=24, unique=True)
    enterprise = models.ForeignKey(Enterprise, on_delete=models.PROTECT, related_name="audits")
    kind = models.CharField(_("kind"), max_length=10, choices=AuditKind.choices)
    year = models.PositiveSmallIntegerField(_("year"))
    listing = models.OneToOneField(Listing, on_delete=models.PROTECT, null=True, blank=True, related_name="audit")
    authority = models.ForeignKey(
        Body, on_delete=models.PROTECT, null=True, blank=True, related_name="supervised_audits",
        verbose_name=_("supervising authority"),
    )  # fmt: skip
    consultancy = models.ForeignKey(
        Body, on_delete=models.PROTECT, null=True, blank=True, related_name="consulting_audits",
        verbose_name=_("consulting organisation"),
    )  # fmt: skip
    self_audit = models.BooleanField(_("audits itself"), default=False)
    status = models.CharField(
        _("status"), max_length=12, choices=[(s.value, _(label)) for s, label in STATUS_LABELS.items()],
        default=Status.PLANNED,
    )  # fmt: skip
    rule_set = models.CharField(_("rule set"), max_length=20, default="1998")
    source = models.CharField(_("source"), max_length=60, blank=True)

    currency = models.CharField(_("currency"), max_length=3, default="CNY")
    cost_low_max = models.DecimalField(_("low cost up to"), max_digits=16, decimal_places=2)
    cost_medium_max = models.DecimalField(_("medium cost up to"), max_digits=16, decimal_places=2)

    start_by = models.DateField(_("start by"), null=True, blank=True)
    report_by = models.DateField(_("report by"), null=True, blank=True)
    due_on = models.DateField(_("due on"), null=True, blank=True)
    planned_end = models.DateField(_("planned end"), null=True, blank=True)
    started_on = models.DateField(_("started on"), null=True, blank=True)
    filed_at = models.DateTimeField(null=True, blank=True)
    decided_at = models.DateTimeField(null=True, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)
    filing_version = models.PositiveSmallIntegerField(_("version filed"), default=0)
    opened_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    opened_at = models.DateTimeField()
    version = models.PositiveIntegerField(default=1)

    objects = AuditQuerySet.as_manager()

    class Meta:
        verbose_name = _("audit")
        verbose_name_plural = _("audits")
        ordering = ["-id"]
        indexes = [
            models.Index(fields=["status", "due_on"]),
            models.Index(fields=["enterprise", "year"]),
            models.Index(fields=["consultancy", "status"]),
            models.Index(fields=["year", "status"]),
        ]
        constraints = [
            models.CheckConstraint(name="audit_status_known", condition=Q(status__in=[s.value for s in Status])),
            models.CheckConstraint(
                name="audit_consultancy_or_self", condition=Q(self_audit=False) | Q(consultancy=None)
            ),
            models.CheckConstraint(
                name="audit_engaged_by_somebody",
                condition=Q(status__in=[Status.PLANNED, Status.CANCELLED, Status.RECORDED])
                | Q(self_audit=True)
                | Q(consultancy__isnull=False),
            ),
            models.CheckConstraint(
                name="audit_thresholds_in_order",
                condition=Q(cost_low_max__gt=0, cost_medium_max__gte=F("cost_low_max")),
            ),
            models.CheckConstraint(
                name="audit_listing_iff_compulsory",
                condition=Q(kind="compulsory", listing__isnull=False)
                | Q(kind="voluntary", listing=None)
                | Q(status=Status.RECORDED),
            ),
            models.CheckConstraint(
                name="audit_decided_was_filed",
                condition=~Q(status__in=[Status.FILED, Status.APPROVED, Status.REJECTED, Status.CLOSED])
                | Q(filing_version__gte=1),
            ),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def names(self) -> dict[str, str]:
        return {key: f"{self.number} {name}" for key, name in self.enterprise.names.items()}

    @property
    def auditing_body(self) -> Body | None:
        """Who audits: the consultancy, or the enterprise itself."""
        return self.consultancy or (self.enterprise.body if self.self_audit else None)


class TeamRole(models.TextChoices):
    LEADER = "leader", _("Team leader")
    MEMBER = "member", _("Team member")


class TeamMember(models.Model):
    """A person in the team, internal (enterprise) or external (engaged), an auditor or not. Leaving keeps the row."""

    audit = models.ForeignKey(Audit, on_delete=models.CASCADE, related_name="team")
    name_zh = models.CharField(_("name (Chinese)"), max_length=80, blank=True)
    name_en = models.CharField(_("name (Latin)"), max_length=120, blank=True)
    auditor = models.ForeignKey(Auditor, on_delete=models.PROTECT, null=True, blank=True, related_name="memberships")
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="memberships"
    )
    role = models.CharField(_("role"), max_length=8, choices=TeamRole.choices, default=TeamRole.MEMBER)
    external = models.BooleanField(_("external"), default=True)
    duty = models.CharField(_("duty"), max_length=200, blank=True)
    guide = models.ForeignKey(
        "self", on_delete=models.SET_NULL, null=True, blank=True, related_name="guided",
        verbose_name=_("guided by"),
    )  # fmt: skip
    joined_on = models.DateField(_("joined on"))
    left_on = models.DateField(_("left on"), null=True, blank=True)

    class Meta:
        verbose_name = _("team member")
        verbose_name_plural = _("team members")
        ordering = ["role", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["audit", "auditor"], condition=Q(left_on=None, auditor__isnull=False), name="team_auditor_once"
            ),
            models.UniqueConstraint(fields=["audit"], condition=Q(left_on=None, role="leader"), name="team_one_leader"),
            models.CheckConstraint(
                name="team_left_after_joined", condition=Q(left_on=None) | Q(left_on__gte=F("joined_on"))
            ),
            models.CheckConstraint(name="team_member_has_name", condition=~Q(name_zh="", name_en="")),
        ]

    def __str__(self) -> str:
        if (get_language() or "en").startswith("zh"):
            return self.name_zh or self.name_en
        return self.name_en or self.name_zh

    @property
    def names(self) -> dict[str, str]:
        return {"zh": self.name_zh or self.name_en, "en": self.name_en or self.name_zh}


class Stage(models.Model):
    """One of the seven stages of one audit."""

    audit = models.ForeignKey(Audit, on_delete=models.CASCADE, related_name="stages")
    number = models.PositiveSmallIntegerField(validators=[MinValueValidator(1), MaxValueValidator(7)])
    status = models.CharField(
        max_length=10, choices=[(s.value, _(label)) for s, label in STAGE_STATUS_LABELS.items()],
        default=StageStatus.NOT_BEGUN,
    )  # fmt: skip
    started_on = models.DateField(_("started on"), null=True, blank=True)
    finished_on = models.DateField(_("finished on"), null=True, blank=True)
    completed_at = models.DateTimeField(null=True, blank=True)
    completed_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    sent_back_comment = models.TextField(blank=True)
    due_on = models.DateField(_("due on"), null=True, blank=True)
    escalated_at = models.DateTimeField(null=True, blank=True)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        verbose_name = _("stage")
        verbose_name_plural = _("stages")
        ordering = ["audit", "number"]
        constraints = [
            models.UniqueConstraint(fields=["audit", "number"], name="stage_once"),
            models.CheckConstraint(name="stage_one_to_seven", condition=Q(number__gte=1, number__lte=7)),
            models.CheckConstraint(
                name="stage_finish_after_start",
                condition=Q(finished_on=None) | Q(started_on=None) | Q(finished_on__gte=F("started_on")),
            ),
            models.CheckConstraint(
                name="stage_sent_back_has_due_date", condition=~Q(status="sent_back") | Q(due_on__isnull=False)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.number}. {self.spec.name}"

    @property
    def spec(self) -> StageSpec:
        return STAGES[self.number]


class Section(models.Model):
    """A narrative section of a stage; its key is one of the stage's table."""

    stage = models.ForeignKey(Stage, on_delete=models.CASCADE, related_name="sections")
    key = models.CharField(max_length=30)
    text = models.TextField(_("text"), blank=True)
    written_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    written_at = models.DateTimeField()
    version = models.PositiveIntegerField(default=1)

    class Meta:
        verbose_name = _("section")
        verbose_name_plural = _("sections")
        constraints = [models.UniqueConstraint(fields=["stage", "key"], name="section_once")]

    def __str__(self) -> str:
        return self.key


class Deliverable(models.Model):
    """A ticked line of a stage's checklist; a missing row is an open one."""

    stage = models.ForeignKey(Stage, on_delete=models.CASCADE, related_name="deliverables")
    key = models.CharField(max_length=30)
    done_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    done_at = models.DateTimeField()

    class Meta:
        verbose_name = _("deliverable")
        verbose_name_plural = _("deliverables")
        constraints = [models.UniqueConstraint(fields=["stage", "key"], name="deliverable_once")]

    def __str__(self) -> str:
        return self.key


class WorkEntry(models.Model):
    """Hours of one team member in one of the ten fields of the audit (Appendix 1.4)."""

    audit = models.ForeignKey(Audit, on_delete=models.CASCADE, related_name="work")
    member = models.ForeignKey(TeamMember, on_delete=models.PROTECT, related_name="work")
    field = models.CharField(
        _("field"), max_length=24, choices=[(key, _(label)) for key, label in FIELD_LABELS.items()]
    )
    worked_on = models.DateField(_("day"))
    hours = models.DecimalField(
        _("hours"), max_digits=4, decimal_places=1, validators=[MinValueValidator(0), MaxValueValidator(24)]
    )
    note = models.CharField(_("note"), max_length=200, blank=True)
    entered_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    entered_at = models.DateTimeField()

    class Meta:
        verbose_name = _("work entry")
        verbose_name_plural = _("work entries")
        ordering = ["worked_on", "pk"]
        constraints = [
            models.CheckConstraint(name="work_hours_in_a_day", condition=Q(hours__gt=0, hours__lte=24)),
        ]

    def __str__(self) -> str:
        return f"{self.worked_on} {self.hours} h"

    @property
    def field_label(self) -> str:
        return gettext(FIELD_LABELS[self.field])


class Decision(models.Model):
    """Who decided what on which version, and on which findings it rested."""

    audit = models.ForeignKey(Audit, on_delete=models.PROTECT, related_name="decisions")
    action = models.CharField(max_length=12)
    stage_number = models.PositiveSmallIntegerField(null=True, blank=True)
    filing_version = models.PositiveSmallIntegerField(default=0)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    decider_names = models.JSONField()
    body_names = models.JSONField()
    at = models.DateTimeField()
    comment = models.TextField(blank=True)
    due_on = models.DateField(null=True, blank=True)
    findings = models.JSONField(default=list)

    class Meta:
        verbose_name = _("decision")
        verbose_name_plural = _("decisions")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["audit", "filing_version"],
                condition=Q(action__in=["approve", "return", "reject"]),
                name="decision_once_a_version",
            )
        ]

    def __str__(self) -> str:
        return f"{self.action} {self.at:%Y-%m-%d}"

    @property
    def action_label(self) -> str:
        row = STAGE_TRANSITIONS[StageAction(self.action)] if self.stage_number else TRANSITIONS[Action(self.action)]
        return gettext(row.label)

    @property
    def decider_name(self) -> str:
        return str(in_language(self.decider_names))

    @property
    def body_name(self) -> str:
        return str(in_language(self.body_names))
