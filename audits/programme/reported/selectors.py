"""Reading reported programmes: what was reported, what follows from it, and what is doubtful about it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import QuerySet

from audits.enterprises.selectors import unit_name
from audits.programme.models import ReportedEffect, ReportedProgramme
from audits.programme.reported.rules import Counts, Report, ReportedAmount, baseline, check_report
from cpaudit.accounts.models import User
from cpaudit.accounts.roles import BodyKind
from cpaudit.reference.models import Direction, Metric, Region, RegionLevel
from cpaudit.reference.units import UNITS
from cpaudit.rulebook.findings import Finding


@dataclass(frozen=True, slots=True)
class EffectLine:
    """One effect: as it was given, in the base unit, and the failed checks that concern it."""

    effect: ReportedEffect
    given_unit: str
    base_unit: str
    before: Decimal | None
    doubts: Sequence[Finding]

    @property
    def was_converted(self) -> bool:
        return self.effect.given_unit != self.effect.metric.unit


@dataclass(frozen=True, slots=True)
class GroupLine:
    """Options of one cost group: as reported, with the rate that follows (per cent)."""

    key: str
    counts: Counts
    doubts: Sequence[Finding]


@dataclass(frozen=True, slots=True)
class Account:
    """A programme with everything derived from it. `checks`: failed ones first."""

    programme: ReportedProgramme
    report: Report
    groups: Sequence[GroupLine]
    effects: Sequence[EffectLine]
    checks: Sequence[Finding]

    @property
    def doubts(self) -> list[Finding]:
        return [finding for finding in self.checks if not finding.ok]

    @property
    def passed(self) -> list[Finding]:
        return [finding for finding in self.checks if finding.ok]

    @property
    def doubted(self) -> set[str]:
        """Fields and metrics a failed check concerns."""
        return {name for finding in self.doubts for name in finding.params["concerns"].split()}


def facts_of(programme: ReportedProgramme) -> Report:
    """What the rules look at; no query for a programme of `with_effects`."""
    return Report(
        no_low=Counts(programme.no_low_proposed, programme.no_low_implemented),
        medium_high=Counts(programme.medium_high_proposed, programme.medium_high_implemented),
        investment=programme.investment,
        benefit=programme.benefit,
        total_reduction_percent=programme.total_reduction_percent,
        effects={
            effect.metric.code: ReportedAmount(effect.metric.names, effect.amount, effect.share_percent)
            for effect in programme.effects.all()
        },
    )


def account_of(programme: ReportedProgramme) -> Account:
    """A programme of `with_effects`, with rates, ratio and checks; no query."""
    report = facts_of(programme)
    checks = sorted(check_report(report), key=lambda finding: finding.ok)

    def doubts(*names: str) -> list[Finding]:
        return [
            finding for finding in checks if not finding.ok and set(names) & set(finding.params["concerns"].split())
        ]

    groups = [
        GroupLine("medium_high", report.medium_high, doubts("medium_high_proposed")),
        GroupLine("no_low", report.no_low, doubts("no_low_proposed")),
        GroupLine("all", report.all_options, []),
    ]
    effects = [
        EffectLine(
            effect,
            unit_name(UNITS[effect.given_unit]),
            unit_name(effect.metric.base_unit),
            baseline(report.effects[effect.metric.code]),
            doubts(effect.metric.code),
        )
        for effect in programme.effects.all()
    ]
    return Account(programme, report, groups, effects, checks)


def regions_to_report(user: User) -> QuerySet[Region]:
    """Where this person may enter programmes: his region's subtree down to prefectures, for the centre the nation."""
    body = user.body
    if body is None:
        return Region.objects.none()
    found = Region.objects.select_related("parent").exclude(level=RegionLevel.COUNTY)
    if body.kind == BodyKind.CENTRE:
        return found
    own = Region.objects.select_related("parent").subtree_of(body.region)
    return own if body.region.level == RegionLevel.COUNTY else own.exclude(level=RegionLevel.COUNTY)


def reportable_metrics() -> QuerySet[Metric]:
    """What a programme can report to have saved or cut; money is reported as investment and benefit."""
    return Metric.objects.additive().exclude(direction=Direction.NEUTRAL).exclude(unit="money")
