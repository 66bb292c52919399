"""Compulsory lists with their deadlines, and programmes that were reported as sums."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from audits.enterprises.models import Enterprise
from audits.programme.rules import REASON_LABELS, Reason
from cpaudit.accounts.models import Body
from cpaudit.accounts.roles import BodyKind
from cpaudit.reference.models import Metric, Region
from cpaudit.web.words import in_language

if TYPE_CHECKING:
    import datetime as dt

    from cpaudit.accounts.models import User


class ListingQuerySet(models.QuerySet["Listing"]):
    def visible_to(self, user: User) -> Self:
        return self.filter(enterprise__in=Enterprise.objects.visible_to(user))

    def about(self, text: str) -> Self:
        """Listings of the enterprises somebody looks for by name or credit code."""
        return self.filter(enterprise__in=Enterprise.objects.named(text))

    def in_state(self, state: str, *, on: dt.date) -> Self:
        """How far the listed audits are: waiting, working, filed, or overdue on that day."""
        if state == "waiting":
            return self.filter(audit__started_on=None)
        if state == "working":
            return self.filter(audit__started_on__isnull=False, audit__filed_at=None)
        if state == "filed":
            return self.filter(audit__filed_at__isnull=False)
        # What is overdue, the audit itself knows; it is a higher room, reached by the relation that points here.
        audits = Listing._meta.get_field("audit").related_model._default_manager
        return self.filter(audit__in=audits.overdue(on=on))

    def with_names(self) -> Self:
        return self.select_related("enterprise__body__region", "enterprise__sector", "authority", "audit__consultancy")


class Listing(models.Model):
    """One enterprise on one year's compulsory list, with the deadlines that count from publication."""

    enterprise = models.ForeignKey(Enterprise, on_delete=models.PROTECT, related_name="listings")
    authority = models.ForeignKey(Body, on_delete=models.PROTECT, related_name="listings")
    year = models.PositiveSmallIntegerField(_("year"))
    reason = models.CharField(
        _("reason"), max_length=16, choices=[(reason.value, _(label)) for reason, label in REASON_LABELS.items()]
    )
    grounds = models.TextField(_("grounds"), blank=True)
    published_on = models.DateField(_("published on"))
    disclose_by = models.DateField(_("disclose by"))
    start_by = models.DateField(_("start by"))
    report_by = models.DateField(_("report by"))
    listed_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    listed_at = models.DateTimeField()

    objects = ListingQuerySet.as_manager()

    class Meta:
        verbose_name = _("listing")
        verbose_name_plural = _("listings")
        ordering = ["-year", "-pk"]
        constraints = [
            models.UniqueConstraint(fields=["enterprise", "year"], name="listing_once_a_year"),
            models.CheckConstraint(
                name="listing_deadlines_in_order",
                condition=Q(disclose_by__gte=F("published_on"), start_by__gte=F("published_on"))
                & Q(report_by__gte=F("start_by")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.year} · {self.enterprise_id}"

    @property
    def reason_msgid(self) -> str:
        """The reason as an English msgid, for records that are read in another language later."""
        return REASON_LABELS[Reason(self.reason)]


class ReportedProgrammeQuerySet(models.QuerySet["ReportedProgramme"]):
    def visible_to(self, user: User) -> Self:
        """Authorities see programmes inside their region, the centre all of them; nobody else."""
        body = user.body
        if body is None or body.kind not in {BodyKind.AUTHORITY, BodyKind.CENTRE}:
            return self.none()
        return self if body.kind == BodyKind.CENTRE else self.filter(region__path__startswith=body.region.path)

    def with_effects(self) -> Self:
        """With the region and, in the order of the metrics, the effects."""
        effects = ReportedEffect.objects.select_related("metric").order_by("metric__position", "metric__code")
        return self.select_related("region__parent").prefetch_related(models.Prefetch("effects", queryset=effects))


class ReportedProgramme(models.Model):
    """Sums as somebody reported them, entered as reported and never corrected; checks raise flags beside them."""

    title_en = models.CharField(_("title (English)"), max_length=200)
    title_zh = models.CharField(_("title (Chinese)"), max_length=200, blank=True)
    region = models.ForeignKey(Region, on_delete=models.PROTECT, related_name="reported_programmes")
    year_from = models.PositiveSmallIntegerField(_("first year"))
    year_to = models.PositiveSmallIntegerField(_("last year"))
    source = models.CharField(_("source"), max_length=300)
    enterprises = models.PositiveIntegerField(_("enterprises audited"), null=True, blank=True)
    no_low_proposed = models.PositiveIntegerField(_("no- and low-cost options proposed"), null=True, blank=True)
    no_low_implemented = models.PositiveIntegerField(_("no- and low-cost options implemented"), null=True, blank=True)
    medium_high_proposed = models.PositiveIntegerField(
        _("medium- and high-cost options proposed"), null=True, blank=True
    )
    medium_high_implemented = models.PositiveIntegerField(
        _("medium- and high-cost options implemented"), null=True, blank=True
    )
    investment = models.DecimalField(_("investment"), max_digits=20, decimal_places=2, null=True, blank=True)
    benefit = models.DecimalField(_("benefit"), max_digits=20, decimal_places=2, null=True, blank=True)
    currency = models.CharField(_("currency"), max_length=3, default="CNY")
    total_reduction_percent = models.DecimalField(
        _("total reduction of pollutants in per cent"), max_digits=7, decimal_places=3, null=True, blank=True
    )
    notes = models.TextField(_("notes"), blank=True)
    version = models.PositiveIntegerField(default=1)
    entered_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    entered_at = models.DateTimeField()

    objects = ReportedProgrammeQuerySet.as_manager()

    class Meta:
        verbose_name = _("reported programme")
        verbose_name_plural = _("reported programmes")
        ordering = ["-year_to", "pk"]
        constraints = [
            models.CheckConstraint(name="programme_years_in_order", condition=Q(year_to__gte=F("year_from"))),
        ]

    def __str__(self) -> str:
        return self.title_en

    @property
    def name(self) -> str:
        """The title in the reader's language."""
        return in_language(self.names)

    @property
    def years(self) -> str:
        """The years it covers: 2001, or 1996–2001."""
        return str(self.year_to) if self.year_from == self.year_to else f"{self.year_from}–{self.year_to}"

    @property
    def names(self) -> dict[str, str]:
        return {"zh": self.title_zh or self.title_en, "en": self.title_en or self.title_zh}


class ReportedEffect(models.Model):
    """A yearly reduction or saving as reported, in the metric's base unit and as given."""

    programme = models.ForeignKey(ReportedProgramme, on_delete=models.CASCADE, related_name="effects")
    metric = models.ForeignKey(Metric, on_delete=models.PROTECT, related_name="+")
    amount = models.DecimalField(_("amount"), max_digits=24, decimal_places=6)
    given_amount = models.DecimalField(_("amount as given"), max_digits=24, decimal_places=6)
    given_unit = models.CharField(_("unit as given"), max_length=20)
    share_percent = models.DecimalField(
        _("reduction in per cent"), max_digits=7, decimal_places=3, null=True, blank=True
    )

    class Meta:
        verbose_name = _("reported effect")
        verbose_name_plural = _("reported effects")
        constraints = [models.UniqueConstraint(fields=["programme", "metric"], name="reported_effect_once")]

    def __str__(self) -> str:
        return f"{self.programme_id} {self.metric_id}"
