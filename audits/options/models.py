"""CP options, planned and actual side by side."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from django.conf import settings
from django.core.validators import MaxValueValidator
from django.db import models
from django.db.models import Exists, OuterRef, Q, Value
from django.db.models.functions import Concat, Length
from django.utils.translation import gettext_lazy as _

from audits.enterprises.models import Method
from audits.options.rules import ASPECT_LABELS, COST_CLASS_LABELS, OPTION_STATUS_LABELS, OptionStatus
from audits.workflow.models import Audit
from audits.workflow.rules.facts import OptionFacts
from audits.workflow.rules.transitions import ENDED
from cpaudit.documents.models import StoredFile
from cpaudit.reference.models import Metric

if TYPE_CHECKING:
    import datetime as dt

    from cpaudit.accounts.models import User


PART_PREFIX = "option:"
"""An option's files and events belong to its audit; their `part` is this and the option's code."""


class OptionQuerySet(models.QuerySet["Option"]):
    def visible_to(self, user: User) -> Self:
        return self.filter(audit__in=Audit.objects.visible_to(user))

    def carried_out(self) -> Self:
        """Binding or begun: somebody has to carry them out."""
        return self.filter(status__in=[OptionStatus.APPROVED, OptionStatus.IN_PROGRESS])

    def overdue(self, *, on: dt.date) -> Self:
        """Approved or begun, due before that day, and not implemented; of audits that still go on."""
        return self.carried_out().filter(due_on__lt=on).exclude(audit__status__in=ENDED)

    def with_names(self) -> Self:
        return self.select_related("audit__enterprise__body__region")

    def with_effects(self) -> Self:
        return self.prefetch_related("effects__metric")

    def with_has_file(self) -> Self:
        """Each with `has_file`: is there a file kept under its part of the audit?"""
        files = StoredFile.objects.filter(
            thing_kind=Audit._meta.label_lower,
            thing_id=OuterRef("audit_id"),
            part=Concat(Value(PART_PREFIX), OuterRef("code")),
            removed_at=None,
        )
        return self.annotate(has_file=Exists(files))

    def in_order(self) -> Self:
        """As people count: "9" before "10", "99" before "100"."""
        return self.annotate(code_length=Length("code")).order_by("audit", "code_length", "code")

    def for_facts(self) -> Self:
        """Each with what `Option.facts` needs, in the order of the codes; one query."""
        measured = OptionEffect.objects.filter(option=OuterRef("pk"), kind=EffectKind.MEASURED)
        return self.with_has_file().annotate(has_measured_effect=Exists(measured)).in_order()


ASPECT_CHOICES = [(aspect.value, _(label)) for aspect, label in ASPECT_LABELS.items()]
STATUS_CHOICES = [(status.value, _(label)) for status, label in OPTION_STATUS_LABELS.items()]


class Option(models.Model):
    """One option of one audit. Money is in `currency`; the class follows the audit's limits until stage 4 is closed."""

    audit = models.ForeignKey(Audit, on_delete=models.CASCADE, related_name="options")
    code = models.CharField(_("code"), max_length=20)
    title = models.CharField(_("title"), max_length=200)
    description = models.TextField(_("description"), blank=True)
    aspect = models.CharField(_("main aspect"), max_length=12, blank=True, choices=ASPECT_CHOICES)
    other_aspects = models.JSONField(_("other aspects"), default=list, blank=True)
    cost_class = models.CharField(
        _("cost class"),
        max_length=8,
        blank=True,
        choices=[(c.value, _(label)) for c, label in COST_CLASS_LABELS.items()],
    )
    status = models.CharField(
        _("status"), max_length=14, choices=STATUS_CHOICES,
        default=OptionStatus.PROPOSED,
    )  # fmt: skip
    screening_reason = models.TextField(_("reason of the screening"), blank=True)
    screened_at = models.DateTimeField(null=True, blank=True)
    abandoned_reason = models.TextField(_("reason of abandoning"), blank=True)
    currency = models.CharField(_("currency"), max_length=3, default="CNY")
    planned_investment = models.DecimalField(
        _("planned investment"), max_digits=18, decimal_places=2, null=True, blank=True
    )
    planned_benefit = models.DecimalField(
        _("planned yearly benefit"), max_digits=18, decimal_places=2, null=True, blank=True
    )
    actual_investment = models.DecimalField(
        _("actual investment"), max_digits=18, decimal_places=2, null=True, blank=True
    )
    actual_benefit = models.DecimalField(
        _("actual yearly benefit"), max_digits=18, decimal_places=2, null=True, blank=True
    )
    responsible = models.CharField(_("responsible"), max_length=120, blank=True)
    due_on = models.DateField(_("due on"), null=True, blank=True)
    progress = models.PositiveSmallIntegerField(_("progress (%)"), default=0, validators=[MaxValueValidator(100)])
    progress_note = models.TextField(_("note on progress"), blank=True)
    implemented_on = models.DateField(_("implemented on"), null=True, blank=True)
    source_ref = models.CharField(_("reference in the source"), max_length=60, blank=True)
    # The due date that was told to be overdue, so that each one is told once, whoever runs the sweep and how often.
    overdue_noted_for = models.DateField(null=True, blank=True)
    version = models.PositiveIntegerField(default=1)

    objects = OptionQuerySet.as_manager()

    class Meta:
        verbose_name = _("option")
        verbose_name_plural = _("options")
        ordering = ["audit", "code"]
        indexes = [models.Index(fields=["status", "due_on"])]
        constraints = [
            models.UniqueConstraint(fields=["audit", "code"], name="option_code_once"),
            models.CheckConstraint(name="option_status_known", condition=Q(status__in=[s.value for s in OptionStatus])),
            models.CheckConstraint(
                name="option_abandoned_has_reason", condition=~Q(status="abandoned") | ~Q(abandoned_reason="")
            ),
            models.CheckConstraint(
                name="option_screened_out_has_reason", condition=~Q(status="screened_out") | ~Q(screening_reason="")
            ),
            models.CheckConstraint(name="option_progress_percent", condition=Q(progress__lte=100)),
            models.CheckConstraint(
                name="option_investment_not_negative",
                condition=(Q(planned_investment=None) | Q(planned_investment__gte=0))
                & (Q(actual_investment=None) | Q(actual_investment__gte=0)),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.title}"

    @property
    def part(self) -> str:
        """Under which its files and events are kept in the audit."""
        return f"{PART_PREFIX}{self.code}"

    def facts(self) -> OptionFacts:
        """What the audit's gates look at; needs a row of `for_facts`."""
        return OptionFacts(
            code=self.code,
            title=self.title,
            cost_class=self.cost_class,
            status=self.status,
            screened=self.status != OptionStatus.PROPOSED,
            has_investment=self.planned_investment is not None,
            has_benefit=self.planned_benefit is not None,
            has_measured_effect=self.has_measured_effect,  # type: ignore[attr-defined]  # annotated by `for_facts`
            has_evidence=self.has_measured_effect or self.has_file,  # type: ignore[attr-defined]
            has_plan=bool(self.responsible) and self.due_on is not None,
        )


class EffectKind(models.TextChoices):
    EXPECTED = "expected", _("Expected")
    MEASURED = "measured", _("Measured")


class OptionEffect(models.Model):
    """What an option saves or cuts in a year, expected or measured: positive is better, in the metric's base unit."""

    option = models.ForeignKey(Option, on_delete=models.CASCADE, related_name="effects")
    metric = models.ForeignKey(Metric, on_delete=models.PROTECT, related_name="+", verbose_name=_("metric"))
    kind = models.CharField(_("kind"), max_length=8, choices=EffectKind.choices)
    amount = models.DecimalField(_("amount a year"), max_digits=24, decimal_places=6)
    given_amount = models.DecimalField(_("amount as given"), max_digits=24, decimal_places=6)
    given_unit = models.CharField(_("unit as given"), max_length=20)
    method = models.CharField(_("method"), max_length=10, choices=Method.choices, default=Method.ESTIMATED)
    note = models.CharField(_("note"), max_length=200, blank=True)
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    recorded_at = models.DateTimeField()

    class Meta:
        verbose_name = _("effect")
        verbose_name_plural = _("effects")
        ordering = ["metric_id", "kind"]
        constraints = [models.UniqueConstraint(fields=["option", "metric", "kind"], name="effect_once")]

    def __str__(self) -> str:
        return f"{self.option_id} {self.metric_id} {self.kind}"
