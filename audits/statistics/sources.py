"""Where the figures come from: base rows, how each dimension is read off them, and which parts they add to.

Every source begins with the rows its reader may see, so neither a row, nor a total, nor the number of either can tell
what lies outside his jurisdiction.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db.models import (
    Case,
    CharField,
    Count,
    DurationField,
    ExpressionWrapper,
    F,
    IntegerField,
    Q,
    QuerySet,
    Sum,
    Value,
    When,
)
from django.db.models.functions import Cast, Coalesce, NullIf, Substr, TruncDate
from django.utils import timezone

from audits.options.models import EffectKind, Option, OptionEffect
from audits.options.rules import MEDIUM_HIGH, NO_LOW, OptionStatus
from audits.programme.models import ReportedEffect, ReportedProgramme, ReportedProgrammeQuerySet
from audits.statistics.datasets import BEFORE_DECISION, OPTION_STATUSES_COUNTED, PUBLIC_STATUSES, CostGroup, Origin
from audits.statistics.policies import has_jurisdiction
from audits.statistics.sums import ExactSum
from audits.workflow.models import Audit
from audits.workflow.rules.transitions import Status

PROVINCE_AT, PREFECTURE_AT = len("100000/") + 1, len("100000/210000/") + 1
"""Where, in a region's path, the codes of these levels begin; counted from 1, as SQL counts."""
IMPLEMENTED = Q(status=OptionStatus.IMPLEMENTED)
NOT_SCREENED_OUT = ~Q(status=OptionStatus.SCREENED_OUT)
ENDED_WITHOUT_RESULT = (Status.CANCELLED, Status.REJECTED)


@dataclass(frozen=True, slots=True)
class Source:
    """Base rows and what can be reckoned from them.

    `dimensions` are expressions over the rows, `constants` what is the same for all of them (None: not stated).
    `parts` are aggregates. Those named in `pivoted` are kept apart by the values of the columns `pivot`, which go
    behind their name: "investment" by currency becomes "investment:CNY".
    """

    rows: QuerySet[Any]
    dimensions: Mapping[str, Any]
    parts: Mapping[str, Any]
    constants: Mapping[str, str | None] = field(default_factory=dict)
    pivot: Sequence[str] = ()
    pivoted: frozenset[str] = frozenset()


Make = Callable[[Any, dt.datetime], Iterable[Source]]


# --- What a reader may see ------------------------------------------------------------------------------------------
def audits_for(user: Any) -> QuerySet[Audit]:
    if has_jurisdiction(user):
        return Audit.objects.visible_to(user)
    return Audit.objects.filter(status__in=PUBLIC_STATUSES)


def programmes_for(user: Any) -> ReportedProgrammeQuerySet:
    """What was reported was reported to be read: the public sees the sums of all programmes."""
    if has_jurisdiction(user):
        return ReportedProgramme.objects.visible_to(user)
    return ReportedProgramme.objects.all()


# --- Dimensions -----------------------------------------------------------------------------------------------------
def _given(expression: Any) -> Any:
    """Empty text is no value."""
    return NullIf(expression, Value(""))


def _places(region: str) -> dict[str, Any]:
    return {
        "macro_region": Cast(F(f"{region}__macro_region"), CharField(max_length=1)),
        "province": _given(Substr(f"{region}__path", PROVINCE_AT, 2)),
        "prefecture": _given(Substr(f"{region}__path", PREFECTURE_AT, 6)),
    }


def _audit_dimensions(audit: str = "") -> dict[str, Any]:
    """Those an audit has by itself; `audit` leads to it, ending in "__"."""
    return {
        **_places(f"{audit}enterprise__body__region"),
        "sector": F(f"{audit}enterprise__sector__code"),
        "year": F(f"{audit}year"),
        "kind": F(f"{audit}kind"),
        "origin": Case(
            When(**{f"{audit}status": Status.RECORDED}, then=Value(Origin.RECORDED.value)),
            default=Value(Origin.AUDIT.value),
            output_field=CharField(),
        ),
    }


def _option_dimensions(option: str = "") -> dict[str, Any]:
    """`option` leads to the option, ending in "__"."""
    cost_class = f"{option}cost_class"
    return {
        **_audit_dimensions(f"{option}audit__"),
        "cost_class": _given(F(cost_class)),
        "cost_group": Case(
            When(**{f"{cost_class}__in": sorted(NO_LOW)}, then=Value(CostGroup.NO_LOW.value)),
            When(**{f"{cost_class}__in": sorted(MEDIUM_HIGH)}, then=Value(CostGroup.MEDIUM_HIGH.value)),
            output_field=CharField(),
        ),
        "aspect": _given(F(f"{option}aspect")),
        "status": F(f"{option}status"),
    }


# --- Options --------------------------------------------------------------------------------------------------------
def option_sources(user: Any, _at: dt.datetime) -> Iterable[Source]:
    """Options and their effects, then the same of reported programmes.

    Options of audits that were rejected or cancelled are nobody's result and not counted.
    """
    audits = audits_for(user).exclude(status__in=ENDED_WITHOUT_RESULT).order_by()
    yield Source(
        rows=Option.objects.filter(audit__in=audits),
        dimensions=_option_dimensions(),
        parts={
            "proposed": Count("pk"),
            **{status.value: Count("pk", filter=Q(status=status)) for status in OPTION_STATUSES_COUNTED},
            "planned_investment": ExactSum("planned_investment", filter=NOT_SCREENED_OUT),
            "planned_benefit": ExactSum("planned_benefit", filter=NOT_SCREENED_OUT),
            "investment": ExactSum("actual_investment", filter=IMPLEMENTED),
            "benefit": ExactSum("actual_benefit", filter=IMPLEMENTED),
        },
        pivot=("currency",),
        pivoted=frozenset({"planned_investment", "planned_benefit", "investment", "benefit"}),
    )
    counted = Q(kind=EffectKind.MEASURED, option__status=OptionStatus.IMPLEMENTED) | (
        Q(kind=EffectKind.EXPECTED) & ~Q(option__status=OptionStatus.SCREENED_OUT)
    )
    yield Source(
        rows=OptionEffect.objects.filter(counted, option__audit__in=audits),
        dimensions=_option_dimensions("option__"),
        parts={"effect": ExactSum("amount")},
        pivot=("metric__code", "kind"),
        pivoted=frozenset({"effect"}),
    )
    yield from _programme_sources(programmes_for(user))


def programme_dimensions() -> dict[str, Any]:
    """What a reported programme can be divided and filtered by in the database."""
    return {**_places("region"), "year": F("year_to")}


def _programme_sources(programmes: QuerySet[ReportedProgramme]) -> Iterable[Source]:
    """A programme says how many options of each cost group, and sums of all implemented ones; nothing finer.

    What it does not say (industry, aspect, class …) is not stated; its money and effects belong to no one cost group.
    """
    unsaid = dict.fromkeys(("sector", "kind", "aspect", "cost_class"))
    said = unsaid | {"origin": Origin.REPORTED_PROGRAMME.value, "cost_group": None}
    dimensions = programme_dimensions()
    for group in CostGroup:
        proposed, implemented = f"{group}_proposed", f"{group}_implemented"
        yield Source(
            rows=programmes.filter(**{f"{implemented}__isnull": False}),
            dimensions=dimensions,
            parts={
                # Where nobody said how many were proposed, those implemented must not pass for them.
                "proposed": Sum(implemented, filter=Q(**{f"{proposed}__isnull": False})),
                "implemented": Sum(implemented),
            },
            constants=said | {"cost_group": group.value, "status": OptionStatus.IMPLEMENTED.value},
        )
        rest = ExpressionWrapper(F(proposed) - Coalesce(F(implemented), 0), output_field=IntegerField())
        yield Source(
            rows=programmes.filter(**{f"{proposed}__isnull": False}),
            dimensions=dimensions,
            parts={"proposed": Sum(rest)},
            constants=said | {"cost_group": group.value, "status": None},
        )
    results = said | {"status": OptionStatus.IMPLEMENTED.value}
    yield Source(
        rows=programmes,
        dimensions=dimensions,
        parts={"investment": ExactSum("investment"), "benefit": ExactSum("benefit")},
        constants=results,
        pivot=("currency",),
        pivoted=frozenset({"investment", "benefit"}),
    )
    yield Source(
        rows=ReportedEffect.objects.filter(programme__in=programmes.order_by()).annotate(
            kind=Value(EffectKind.MEASURED.value)
        ),
        dimensions={**_places("programme__region"), "year": F("programme__year_to")},
        parts={"effect": ExactSum("amount")},
        constants=results,
        pivot=("metric__code", "kind"),
        pivoted=frozenset({"effect"}),
    )


# --- Audits ---------------------------------------------------------------------------------------------------------
def audit_sources(user: Any, at: dt.datetime) -> Iterable[Source]:
    visible = audits_for(user).order_by()
    today = timezone.localdate(at)
    approved = Q(status__in=(Status.APPROVED, Status.CLOSED))
    decided = approved | Q(status=Status.REJECTED)
    run_here = ~Q(status=Status.RECORDED)
    filing_days = ExpressionWrapper(TruncDate("filed_at") - F("started_on"), output_field=DurationField())
    decision_days = ExpressionWrapper(F("decided_at") - F("filed_at"), output_field=DurationField())
    has_filing = Q(filed_at__isnull=False, started_on__isnull=False)
    has_decision = decided & Q(filed_at__isnull=False, decided_at__isnull=False)
    yield Source(
        rows=visible,
        dimensions={**_audit_dimensions(), "status": F("status")},
        parts={
            "listed": Count("pk", filter=Q(listing__isnull=False)),
            "opened": Count("pk", filter=Q(kind="voluntary") & run_here),
            "started": Count("pk", filter=Q(started_on__isnull=False) & run_here),
            "in_work": Count("pk", filter=Q(status__in=BEFORE_DECISION)),
            "filed": Count("pk", filter=Q(filing_version__gte=1) & run_here),
            "approved": Count("pk", filter=approved),
            "rejected": Count("pk", filter=Q(status=Status.REJECTED)),
            "cancelled": Count("pk", filter=Q(status=Status.CANCELLED)),
            "closed": Count("pk", filter=Q(status=Status.CLOSED)),
            "recorded": Count("pk", filter=Q(status=Status.RECORDED)),
            "decided": Count("pk", filter=decided),
            "overdue": Count("pk", filter=Q(pk__in=Audit.objects.overdue(on=today).order_by().values("pk"))),
            "enterprises": Count("enterprise", distinct=True),
            "filing_days": Sum(filing_days, filter=has_filing),
            "filing_days_known": Count("pk", filter=has_filing),
            "decision_days": Sum(decision_days, filter=has_decision),
            "decision_days_known": Count("pk", filter=has_decision),
        },
    )


SOURCES: dict[str, Make] = {"options": option_sources, "audits": audit_sources}
