"""Enterprises and their yearly figures."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from audits.enterprises import rules
from cpaudit.accounts.models import Body
from cpaudit.accounts.roles import BodyKind
from cpaudit.reference.models import Metric, Sector

if TYPE_CHECKING:
    from cpaudit.accounts.models import User


class Ownership(models.TextChoices):
    STATE = "state", _("State-owned")
    COLLECTIVE = "collective", _("Collective")
    PRIVATE = "private", _("Private")
    JOINT_VENTURE = "joint_venture", _("Joint venture")
    FOREIGN = "foreign", _("Foreign-owned")
    OTHER = "other", _("Other")


class Size(models.TextChoices):
    LARGE = "large", _("Large")
    MEDIUM = "medium", _("Medium")
    SMALL = "small", _("Small")
    MICRO = "micro", _("Micro")


class Method(models.TextChoices):
    MEASURED = "measured", _("Measured")
    BALANCE = "balance", _("From a balance")
    ESTIMATED = "estimated", _("Estimated")
    REPORTED = "reported", _("As reported")


class EnterpriseQuerySet(models.QuerySet["Enterprise"]):
    def visible_to(self, user: User) -> Self:
        """An authority sees its region (Item 3), an industry department its industry there (Item 4), the centre all,
        a consultancy those it is or was engaged by, an enterprise itself."""
        body = user.body
        if body is None:
            return self.none()
        if body.kind == BodyKind.CENTRE:
            return self
        if body.kind == BodyKind.AUTHORITY:
            inside = self.filter(body__region__path__startswith=body.region.path)
            return inside.filter(sector__in=body.sectors.all()) if body.is_industry_department else inside
        if body.kind == BodyKind.ENTERPRISE:
            return self.filter(pk=body.pk)
        if body.kind == BodyKind.CONSULTING:
            return self.filter(pk__in=body.consulting_audits.values("enterprise"))
        return self.none()

    def named(self, text: str) -> Self:
        """Those somebody looks for: by a part of either name, or the beginning of the credit code."""
        text, code = text.strip(), rules.tidy_code(text)
        found = Q(body__name_en__icontains=text) | Q(body__name_zh__icontains=text)
        return self.filter(found | Q(credit_code__startswith=code) if code else found)

    def with_names(self) -> Self:
        return self.select_related("body", "body__region", "sector")

    def american(self) -> Self:
        """Factories of the US Industrial Assessment Centers, found by the index on their references."""
        return self.filter(source=AMERICAN_FACTORIES).exclude(source_ref="")


AMERICAN_FACTORIES = "US DOE Industrial Assessment Centers"
"""The source of the factories that come with the system: real figures, at places that are assigned."""


class Enterprise(models.Model):
    """What an enterprise has beyond a body. Without a credit code it carries its source's reference."""

    body = models.OneToOneField(Body, on_delete=models.CASCADE, primary_key=True, related_name="enterprise")
    credit_code = models.CharField(_("unified social credit code"), max_length=18, null=True, blank=True, unique=True)
    source = models.CharField(_("source"), max_length=40, blank=True)
    source_ref = models.CharField(_("reference in the source"), max_length=60, blank=True)
    sector = models.ForeignKey(
        Sector, on_delete=models.PROTECT, related_name="enterprises", verbose_name=_("industry (GB/T 4754)")
    )
    address = models.CharField(_("address"), max_length=300, blank=True)
    contact_name = models.CharField(_("contact"), max_length=120, blank=True)
    contact_phone = models.CharField(_("telephone"), max_length=40, blank=True)
    contact_email = models.EmailField(_("e-mail"), blank=True)
    ownership = models.CharField(_("ownership"), max_length=16, choices=Ownership.choices, blank=True)
    size = models.CharField(_("size"), max_length=8, choices=Size.choices, blank=True)
    employees = models.PositiveIntegerField(_("employees"), null=True, blank=True)
    products = models.CharField(_("main products"), max_length=300, blank=True)
    version = models.PositiveIntegerField(default=1)

    objects = EnterpriseQuerySet.as_manager()

    class Meta:
        verbose_name = _("enterprise")
        verbose_name_plural = _("enterprises")
        constraints = [
            models.UniqueConstraint(
                fields=["source", "source_ref"], condition=~Q(source_ref=""), name="enterprise_source_ref_once"
            ),
            models.CheckConstraint(
                name="enterprise_has_code_or_source_ref",
                condition=Q(credit_code__isnull=False) | ~Q(source_ref=""),
            ),
        ]

    def __str__(self) -> str:
        return str(self.body)

    @property
    def is_american(self) -> bool:
        return self.source == AMERICAN_FACTORIES

    @property
    def name(self) -> str:
        return self.body.name

    @property
    def names(self) -> dict[str, str]:
        return self.body.names


class YearlyFigure(models.Model):
    """One figure of one year: the amount in the metric's base unit, and as it was given (never silently rounded)."""

    enterprise = models.ForeignKey(Enterprise, on_delete=models.CASCADE, related_name="figures")
    year = models.PositiveSmallIntegerField(_("year"), validators=[MinValueValidator(1980), MaxValueValidator(2100)])
    metric = models.ForeignKey(Metric, on_delete=models.PROTECT, related_name="+", verbose_name=_("metric"))
    amount = models.DecimalField(_("amount"), max_digits=24, decimal_places=6)
    given_amount = models.DecimalField(_("amount as given"), max_digits=24, decimal_places=6)
    given_unit = models.CharField(_("unit as given"), max_length=20)
    currency = models.CharField(_("currency"), max_length=3, blank=True)
    method = models.CharField(_("method"), max_length=10, choices=Method.choices, default=Method.REPORTED)

    class Meta:
        verbose_name = _("yearly figure")
        verbose_name_plural = _("yearly figures")
        ordering = ["-year", "metric_id"]
        constraints = [
            models.UniqueConstraint(fields=["enterprise", "year", "metric"], name="yearly_figure_once"),
        ]

    def __str__(self) -> str:
        return f"{self.enterprise_id} {self.year} {self.metric_id}"
