"""Reads about enterprises that join or shape."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from django.db.models import Exists, F, Max, OuterRef, Subquery

from audits.enterprises.models import Enterprise, EnterpriseQuerySet, YearlyFigure
from cpaudit.accounts.models import Body, Posting, User
from cpaudit.accounts.roles import BodyKind, Permission
from cpaudit.reference.models import Metric
from cpaudit.reference.units import Unit
from cpaudit.web.words import reads_chinese

# Years shown side by side: the three of an audit and two to compare with.
SHOWN_YEARS = 5


@dataclass(frozen=True, slots=True)
class MetricRow:
    """One metric over the years: amounts in its base unit, None where there is no figure."""

    metric: Metric
    currency: str
    figures: Sequence[YearlyFigure | None]

    @property
    def amounts(self) -> list[Decimal | None]:
        return [figure.amount if figure else None for figure in self.figures]

    @property
    def unit(self) -> str:
        """How the unit is written; money is written as its currency."""
        return self.currency or unit_name(self.metric.base_unit)


@dataclass(frozen=True, slots=True)
class FiguresTable:
    """Figures of an enterprise, metrics down and years across (oldest first)."""

    years: Sequence[int]
    rows: Sequence[MetricRow] = field(default_factory=list)


def unit_name(unit: Unit) -> str:
    """How a unit is written in the reader's language."""
    return unit.name_zh if reads_chinese() else unit.name_en


def figures_table(enterprise: Enterprise, *, years: int | None = SHOWN_YEARS) -> FiguresTable:
    """The figures of the last `years` years that have any (None: of all). One query.

    Money in two currencies is two rows: amounts of different currencies do not stand in one line.
    """
    figures = list(enterprise.figures.select_related("metric").order_by("metric__position", "metric__code", "currency"))
    all_years = sorted({figure.year for figure in figures})
    shown = all_years[-years:] if years else all_years
    by_row: dict[tuple[int, str], dict[int, YearlyFigure]] = {}
    for figure in figures:
        if figure.year in shown:
            by_row.setdefault((figure.metric_id, figure.currency), {})[figure.year] = figure
    rows = []
    for (_metric, currency), of_year in by_row.items():
        metric = next(iter(of_year.values())).metric
        rows.append(MetricRow(metric, currency, [of_year.get(year) for year in shown]))
    return FiguresTable(shown, rows)


def figures_of_year(enterprise: Enterprise, year: int) -> dict[str, YearlyFigure]:
    """The figures of one year by the metric's code. One query."""
    return {figure.metric.code: figure for figure in enterprise.figures.filter(year=year).select_related("metric")}


def enterprises_with_last_audit(enterprises: EnterpriseQuerySet, *, listed_in: int) -> EnterpriseQuerySet:
    """Enterprises with `last_audit_year` (None: never audited) and `is_listed` (on the list of that year)."""
    this = Enterprise.objects.filter(pk=OuterRef("pk"))
    return enterprises.annotate(
        last_audit_year=Subquery(this.values("pk").annotate(last=Max("audits__year")).values("last")),
        is_listed=Exists(this.filter(listings__year=listed_in)),
    )


def people_at(body: Body) -> list[Posting]:
    """Who acts for a body, now or in the past; the ones in force first."""
    # Said outright: the databases do not agree where an empty date stands.
    return list(body.postings.select_related("user").order_by(F("valid_to").desc(nulls_first=True), "pk"))


def managers_of(enterprise: Enterprise, *, on: dt.date) -> list[User]:
    """Who keeps the enterprise's own data on that day: they are told when somebody else corrects them."""
    postings = enterprise.body.postings.active(on=on).may(Permission.MANAGE_ENTERPRISES).select_related("user")
    return [posting.user for posting in postings]


def sees_people(user: User, enterprise: Enterprise) -> bool:
    """People of an enterprise are shown to itself, its authorities and the centre; not to those it once engaged."""
    return user.body is not None and (
        user.body.pk == enterprise.pk or user.body.kind in {BodyKind.AUTHORITY, BodyKind.CENTRE}
    )
