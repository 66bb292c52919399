"""Lists that everything else refers to: regions (GB/T 2260), sectors (GB/T 4754), metrics with their base units.

The rows come from `fixtures/` and are kept in step by `load_reference`; nothing else writes them.
"""

from decimal import Decimal
from typing import Self

from django.db import models
from django.db.models import Q
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from cpaudit.reference import rules, units


class Bilingual(models.Model):
    """A thing with a Chinese and an English name, shown in the reader's language."""

    name_zh = models.CharField(_("name in Chinese"), max_length=120)
    name_en = models.CharField(_("name in English"), max_length=160)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.label

    def name_in(self, language: str) -> str:
        """The name in `language`, a code such as "en" or "zh-hans"."""
        return (self.name_zh or self.name_en) if language.startswith("zh") else (self.name_en or self.name_zh)

    @property
    def name(self) -> str:
        """The name in the reader's language."""
        return self.name_in(get_language() or "en")

    @property
    def names(self) -> dict[str, str]:
        """Both names, for events and findings that are read in either language."""
        return {"zh": self.name_zh, "en": self.name_en}

    @property
    def label(self) -> str:
        """How the thing is written in lists and choices."""
        return self.name


class RegionLevel(models.TextChoices):
    NATION = rules.NATION, _("nation")
    PROVINCE = rules.PROVINCE, _("province")
    PREFECTURE = rules.PREFECTURE, _("prefecture")
    COUNTY = rules.COUNTY, _("county")


class MacroRegion(models.IntegerChoices):
    """The six parts of the mainland; the number is the first digit of the region code."""

    NORTH = 1, _("North")
    NORTHEAST = 2, _("Northeast")
    EAST = 3, _("East")
    CENTER_SOUTH = 4, _("Center South")
    SOUTHWEST = 5, _("Southwest")
    NORTHWEST = 6, _("Northwest")


class RegionQuerySet(models.QuerySet["Region"]):
    def get_by_natural_key(self, code: str) -> "Region":
        return self.get(code=code)

    def subtree_of(self, region: "Region") -> Self:
        """The region itself and everything below it."""
        return self.filter(path__startswith=region.path)

    def provinces(self) -> Self:
        return self.filter(level=RegionLevel.PROVINCE)

    def prefectures(self) -> Self:
        return self.filter(level=RegionLevel.PREFECTURE)

    def named(self, text: str) -> Self:
        """Regions a person may mean by `text`: a code, an English name, or a Chinese name with or without its ending.

        "Benxi", "本溪", "本溪市" and "210500" all find Benxi. Several may match (there are many Chaoyang districts):
        the caller narrows by level or subtree, or asks.
        """
        text = text.strip()
        chinese = [text, *(text + ending for ending in ("省", "市", "区", "县", "自治区", "特别行政区"))]
        return self.filter(Q(code=text) | Q(name_en__iexact=text) | Q(name_zh__in=chinese))


class Region(Bilingual):
    code = models.CharField(_("code"), max_length=6, unique=True, help_text=_("GB/T 2260, six digits"))
    level = models.CharField(_("level"), max_length=10, choices=RegionLevel)
    parent = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="children", verbose_name=_("part of")
    )
    # Unique also gives PostgreSQL the pattern index that lets `path LIKE '100000/210000/%'` use it.
    path = models.CharField(_("path"), max_length=40, unique=True, editable=False)
    macro_region = models.PositiveSmallIntegerField(_("macro-region"), choices=MacroRegion, null=True, blank=True)

    objects = RegionQuerySet.as_manager()

    class Meta:
        ordering = ["code"]
        verbose_name = _("region")
        verbose_name_plural = _("regions")
        constraints = [
            models.CheckConstraint(
                condition=Q(level=RegionLevel.NATION, parent__isnull=True)
                | Q(~Q(level=RegionLevel.NATION), parent__isnull=False),
                name="region_only_the_nation_has_no_parent",
            ),
            models.CheckConstraint(condition=Q(path__endswith="/"), name="region_path_ends_with_separator"),
        ]

    def natural_key(self) -> tuple[str]:
        return (self.code,)

    def contains(self, other: "Region") -> bool:
        """Whether `other` is this region or lies in it; no query."""
        return other.path.startswith(self.path)

    @property
    def codes(self) -> list[str]:
        """Codes from the nation down to this region."""
        return rules.codes_on(self.path)

    @property
    def province_code(self) -> str | None:
        """Two digits such as "21", the way statistics name provinces; None for the nation."""
        return None if self.level == RegionLevel.NATION else self.code[:2]


class SectorQuerySet(models.QuerySet["Sector"]):
    def get_by_natural_key(self, edition: str, code: str) -> "Sector":
        return self.get(edition=edition, code=code)

    def of_edition(self, edition: str) -> Self:
        return self.filter(edition=edition)

    def named(self, text: str) -> Self:
        """Sectors meant by a code with or without its section letter ("C26", "26") or by a name."""
        text = text.strip()
        return self.filter(
            Q(code__iexact=text)
            | Q(code__in=[letter + text for letter in "BCD"])
            | Q(name_en__iexact=text)
            | Q(name_zh=text)
        )


class Sector(Bilingual):
    """A division of the industrial classification, GB/T 4754 sections B (mining), C (manufacturing), D (utilities)."""

    DEFAULT_EDITION = "2017"

    class Section(models.TextChoices):
        MINING = "B", _("Mining")
        MANUFACTURING = "C", _("Manufacturing")
        UTILITIES = "D", _("Electricity, heat, gas and water supply")

    edition = models.CharField(_("edition"), max_length=4, default=DEFAULT_EDITION)
    code = models.CharField(_("code"), max_length=5, help_text=_("section letter and division, e.g. C26"))
    section = models.CharField(_("section"), max_length=1, choices=Section)

    objects = SectorQuerySet.as_manager()

    class Meta:
        ordering = ["edition", "code"]
        verbose_name = _("sector")
        verbose_name_plural = _("sectors")
        constraints = [
            models.UniqueConstraint(fields=["edition", "code"], name="sector_once_per_edition"),
        ]

    @property
    def label(self) -> str:
        return f"{self.code} {self.name}"

    def natural_key(self) -> tuple[str, str]:
        return (self.edition, self.code)


class MetricGroup(models.TextChoices):
    RESOURCES = "resources", _("Resources")
    WATER = "water", _("Wastewater and its pollutants")
    AIR = "air", _("Air emissions")
    SOLID = "solid", _("Solid waste")
    PRODUCT = "product", _("Products")
    ECONOMY = "economy", _("Output and operation")


class Direction(models.TextChoices):
    """What a good option does to a metric, and how the gain is worded; NEUTRAL only describes the plant."""

    SAVED = "saved", _("saved")
    CUT = "cut", _("cut")
    RAISED = "raised", _("raised")
    NEUTRAL = "neutral", _("described")


class MetricQuerySet(models.QuerySet["Metric"]):
    def get_by_natural_key(self, code: str) -> "Metric":
        return self.get(code=code)

    def additive(self) -> Self:
        """Amounts that may be summed over options, plants and years; rates may not."""
        return self.filter(additive=True)

    def named(self, text: str) -> Self:
        text = text.strip()
        return self.filter(Q(code__iexact=text) | Q(name_en__iexact=text) | Q(name_zh=text))


class Metric(Bilingual):
    """Something that is measured per year: a resource used, a pollutant let out, a product made.

    Amounts are stored in `unit` (a code of `units.UNITS`), so that they can be summed without looking at units. Money
    is the exception: amounts in the unit "money" carry a currency, and only those of one currency may be summed.
    """

    code = models.CharField(_("code"), max_length=40, unique=True)
    group = models.CharField(_("group"), max_length=10, choices=MetricGroup)
    direction = models.CharField(_("direction"), max_length=10, choices=Direction)
    unit = models.CharField(_("base unit"), max_length=12)
    density = models.DecimalField(
        _("tonnes per cubic metre"),
        max_digits=8,
        decimal_places=4,
        null=True,
        blank=True,
        help_text=_("only where volume and mass may stand for each other, as with water"),
    )
    additive = models.BooleanField(_("may be summed"), default=True)
    position = models.PositiveSmallIntegerField(_("position"))

    objects = MetricQuerySet.as_manager()

    class Meta:
        ordering = ["position", "code"]
        verbose_name = _("metric")
        verbose_name_plural = _("metrics")
        constraints = [
            models.CheckConstraint(
                condition=Q(density__isnull=True) | Q(density__gt=0), name="metric_density_is_positive"
            ),
        ]

    def natural_key(self) -> tuple[str]:
        return (self.code,)

    @property
    def base_unit(self) -> units.Unit:
        """The unit with its labels and factor."""
        return units.UNITS[self.unit]

    def accepted_units(self) -> list[units.Unit]:
        """Units in which an amount may be given, base unit first."""
        return units.convertible_to(self.unit, density=self.density)

    def to_base(self, value: Decimal, unit: str) -> Decimal:
        """`value`, given in `unit`, as an amount in the base unit. Raises `units.UnitError`."""
        return units.convert(value, unit, self.unit, density=self.density)
