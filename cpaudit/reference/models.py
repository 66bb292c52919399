"""Reference data: regions (GB/T 2260), sectors (GB/T 4754), metrics with their base units. Loaded from `fixtures/`."""

from __future__ import annotations

from typing import Self

from django.db import models
from django.db.models import Q
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _


def _reads_chinese() -> bool:
    return (get_language() or "en").startswith("zh")


class RegionLevel(models.TextChoices):
    NATION = "nation", _("Nation")
    PROVINCE = "province", _("Province")
    PREFECTURE = "prefecture", _("Prefecture")
    COUNTY = "county", _("County")


class RegionQuerySet(models.QuerySet["Region"]):
    def subtree_of(self, region: Region) -> Self:
        """The region and everything inside it."""
        return self.filter(path__startswith=region.path)


class RegionManager(models.Manager.from_queryset(RegionQuerySet)):  # type: ignore[misc]
    def get_by_natural_key(self, code: str) -> Region:
        return self.get(code=code)


class Region(models.Model):
    """A place of the tree. `path`: the codes from the nation down, each followed by "/", so a prefix is a subtree."""

    code = models.CharField(_("code"), max_length=6, unique=True)
    name_zh = models.CharField(_("name (Chinese)"), max_length=60)
    name_en = models.CharField(_("name (English)"), max_length=80)
    level = models.CharField(_("level"), max_length=10, choices=RegionLevel.choices)
    parent = models.ForeignKey("self", on_delete=models.PROTECT, null=True, blank=True, related_name="children")
    path = models.CharField(max_length=40, unique=True)
    macro_region = models.PositiveSmallIntegerField(_("macro-region"), null=True, blank=True)

    objects = RegionManager()

    class Meta:
        verbose_name = _("region")
        verbose_name_plural = _("regions")
        ordering = ["code"]

    def __str__(self) -> str:
        return self.name

    @property
    def name(self) -> str:
        return self.name_zh if _reads_chinese() else self.name_en

    def natural_key(self) -> tuple[str]:
        return (self.code,)


class SectorManager(models.Manager["Sector"]):
    def get_by_natural_key(self, edition: str, code: str) -> Sector:
        return self.get(edition=edition, code=code)


class Sector(models.Model):
    """A division of GB/T 4754, sections B-D, in one edition of the standard."""

    code = models.CharField(_("code"), max_length=6)
    edition = models.CharField(_("edition"), max_length=4, default="2017")
    section = models.CharField(_("section"), max_length=1)
    name_zh = models.CharField(_("name (Chinese)"), max_length=80)
    name_en = models.CharField(_("name (English)"), max_length=120)

    objects = SectorManager()

    class Meta:
        verbose_name = _("industry")
        verbose_name_plural = _("industries")
        ordering = ["code"]
        constraints = [models.UniqueConstraint(fields=["edition", "code"], name="sector_once_an_edition")]

    def __str__(self) -> str:
        return f"{self.code} {self.name}"

    @property
    def name(self) -> str:
        return self.name_zh if _reads_chinese() else self.name_en

    def natural_key(self) -> tuple[str, str]:
        return (self.edition, self.code)


class MetricGroup(models.TextChoices):
    ECONOMY = "economy", _("Economy")
    PRODUCT = "product", _("Product")
    RESOURCES = "resources", _("Resources")
    WATER = "water", _("Water")
    AIR = "air", _("Air")
    SOLID = "solid", _("Solid waste")


class Direction(models.TextChoices):
    SAVED = "saved", _("Saved")
    CUT = "cut", _("Cut")
    RAISED = "raised", _("Raised")


class MetricManager(models.Manager["Metric"]):
    def get_by_natural_key(self, code: str) -> Metric:
        return self.get(code=code)


class Metric(models.Model):
    """Something that is measured in a year: its base unit, and whether less of it is saved or cut."""

    code = models.SlugField(_("code"), max_length=30, unique=True)
    name_zh = models.CharField(_("name (Chinese)"), max_length=60)
    name_en = models.CharField(_("name (English)"), max_length=80)
    group = models.CharField(_("group"), max_length=10, choices=MetricGroup.choices)
    unit = models.CharField(_("base unit"), max_length=12)
    direction = models.CharField(_("direction"), max_length=8, choices=Direction.choices)
    position = models.PositiveSmallIntegerField(default=0)

    objects = MetricManager()

    class Meta:
        verbose_name = _("metric")
        verbose_name_plural = _("metrics")
        ordering = ["position", "code"]
        constraints = [
            models.CheckConstraint(name="metric_direction_known", condition=Q(direction__in=Direction.values))
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def name(self) -> str:
        return self.name_zh if _reads_chinese() else self.name_en

    def natural_key(self) -> tuple[str]:
        return (self.code,)
