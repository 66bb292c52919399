"""Entering and correcting what programmes reported."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_EVEN, Decimal
from typing import Any, TypedDict, Unpack

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import F
from django.utils import timezone, translation

from audits.programme.models import ReportedEffect, ReportedProgramme
from audits.programme.reported.policies import check_can_report
from cpaudit.accounts.models import User
from cpaudit.reference.models import Metric, Region
from cpaudit.reference.units import find_unit
from cpaudit.rulebook.errors import Invalid, Stale
from cpaudit.rulebook.findings import _
from cpaudit.trail.services import record
from cpaudit.web.findings import refusal_sentence, translated

FIRST_YEAR = 1980
LARGEST = Decimal(10) ** 18
"""What an amount's column holds before the point."""
PLACES = Decimal("0.000001")
PERCENT_LIMIT = Decimal(10_000)


class ProgrammeFields(TypedDict, total=False):
    """What a programme reported about itself; what is not given stays as it is (or empty)."""

    title_en: str
    title_zh: str
    region: Region
    year_from: int
    year_to: int
    source: str
    enterprises: int | None
    no_low_proposed: int | None
    no_low_implemented: int | None
    medium_high_proposed: int | None
    medium_high_implemented: int | None
    investment: Decimal | None
    benefit: Decimal | None
    currency: str
    total_reduction_percent: Decimal | None
    notes: str


REQUIRED = ("title_en", "region", "year_from", "year_to", "source")


@dataclass(frozen=True, slots=True)
class GivenEffect:
    """One effect as it was reported."""

    metric: Metric
    amount: Decimal
    unit: str
    share_percent: Decimal | None = None


@transaction.atomic
def enter_programme(
    *, effects: Sequence[GivenEffect], by: User | None, at: dt.datetime, **fields: Unpack[ProgrammeFields]
) -> ReportedProgramme:
    """Enter a programme's figures as reported. However doubtful, they are taken; what is doubtful is flagged.

    Raises NotAllowed outside the jurisdiction of `by`, Invalid with every unusable field (effects by metric code).
    """
    if by is not None:
        check_can_report(by, fields.get("region"))
    values = _tidy(fields)
    programme = ReportedProgramme(entered_by=by, entered_at=at, **values)
    rows = _checked(programme, values, effects, today=timezone.localdate(at))
    programme.save(force_insert=True)
    _write_effects(programme, rows)
    record(verb="programme.reported", thing=programme, by=by, at=at)
    return programme


@transaction.atomic
def change_programme(
    *,
    programme: ReportedProgramme,
    version: int,
    effects: Sequence[GivenEffect] | None = None,
    by: User | None,
    at: dt.datetime,
    **fields: Unpack[ProgrammeFields],
) -> ReportedProgramme:
    """Correct what was entered wrongly; what is not given stays. `effects`, if given, replaces all of them.

    `version` is the one the person looked at. Nothing happens where nothing differs. Raises NotAllowed (the old place
    and the new one must be his), Invalid, Stale.
    """
    fresh = ReportedProgramme.objects.with_effects().get(pk=programme.pk)
    if by is not None:
        check_can_report(by, fresh.region)
        check_can_report(by, fields.get("region"))
    changes = {name: value for name, value in _tidy(fields).items() if getattr(fresh, name) != value}
    before = {name: getattr(fresh, name) for name in changes}
    for name, value in changes.items():
        setattr(fresh, name, value)
    rows = _checked(fresh, changes, effects or (), today=timezone.localdate(at))
    had = list(fresh.effects.all())
    known = {effect.metric.code: _as_given(effect) for effect in had}
    now = {row.metric.code: _as_given(row) for row in rows}
    effects_differ = effects is not None and known != now
    if not changes and not effects_differ:
        return fresh
    guarded = ReportedProgramme.objects.filter(pk=fresh.pk, version=version)
    if not guarded.update(version=F("version") + 1, **changes):
        raise Stale(_("Somebody has changed this programme meanwhile. Look at it again, then make your change."))
    if effects_differ:
        fresh.effects.all().delete()
        _write_effects(fresh, rows)
    told = {name: [_shown(before[name]), _shown(changes[name])] for name in changes}
    if effects_differ:
        codes = sorted(code for code in known.keys() | now.keys() if known.get(code) != now.get(code))
        told |= {code: [known.get(code, ""), now.get(code, "")] for code in codes}
    metrics = {effect.metric.code: effect.metric for effect in [*had, *rows]}
    names = [metrics[name].names if name in metrics else _label(name) for name in told]
    record(
        verb="programme.changed", thing=fresh, by=by, at=at, facts={"fields": _listed(names), "changes": told}
    )  # fmt: skip
    return ReportedProgramme.objects.with_effects().get(pk=fresh.pk)


# --- Checking -------------------------------------------------------------------------------------------------------
def _tidy(fields: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value.strip() if isinstance(value, str) else value for name, value in fields.items()}


def _checked(
    programme: ReportedProgramme, given: Mapping[str, Any], effects: Iterable[GivenEffect], *, today: dt.date
) -> list[ReportedEffect]:
    """The effects as unsaved rows; Invalid with everything that cannot be used, fields and effects together."""
    errors: dict[str, list[str]] = {}
    for name in REQUIRED:
        if getattr(programme, f"{name}_id" if name == "region" else name) in (None, ""):
            errors[name] = [translated(_("This has to be given."))]
    if not errors:
        errors |= _year_errors(programme, today)
    errors |= _negative(programme, given)
    try:
        # Required fields and empty ones are told above in plainer words.
        programme.clean_fields(exclude={"region", "entered_by", "entered_at", *errors})
    except ValidationError as error:
        errors |= error.message_dict
    rows: list[ReportedEffect] = []
    for effect in effects:
        row, problems = _converted(programme, effect)
        if any(other.metric.pk == row.metric.pk for other in rows):
            problems = [translated(_("%(metric)s is given twice."), {"metric": row.metric.names})]
        rows.append(row)
        if problems:
            errors[effect.metric.code] = problems
    if errors:
        raise Invalid(_("Some of what was entered cannot be used."), errors)
    return rows


def _year_errors(programme: ReportedProgramme, today: dt.date) -> dict[str, list[str]]:
    if not FIRST_YEAR <= programme.year_from <= today.year:
        text, name = _("Years from %(first)s to %(last)s can have been reported."), "year_from"
    elif not programme.year_from <= programme.year_to <= today.year:
        text, name = _("The last year is not before the first, and not after %(last)s."), "year_to"
    else:
        return {}
    return {name: [translated(text, {"first": FIRST_YEAR, "last": today.year})]}


def _negative(programme: ReportedProgramme, given: Mapping[str, Any]) -> dict[str, list[str]]:
    """Counts and an investment cannot be below zero; a benefit can (a loss), though nobody likes to report it."""
    names = [
        name for name in given if name.endswith(("_proposed", "_implemented")) or name in ("enterprises", "investment")
    ]
    bad = [name for name in names if (value := getattr(programme, name)) is not None and value < 0]
    return {name: [translated(_("This cannot be below zero."))] for name in bad}


def _converted(programme: ReportedProgramme, given: GivenEffect) -> tuple[ReportedEffect, list[str]]:
    """The effect in its metric's base unit, and what is wrong with it."""
    row = ReportedEffect(
        programme=programme,
        metric=given.metric,
        given_amount=given.amount,
        given_unit=given.unit,
        share_percent=given.share_percent,
    )
    if not given.metric.additive or given.metric.unit == "money":
        return row, [translated(_("%(metric)s is no effect that can be summed."), {"metric": given.metric.names})]
    try:
        row.given_unit = find_unit(given.unit).code
        exact = given.metric.to_base(given.amount, given.unit)
    except Invalid as problem:
        return row, [refusal_sentence(problem)]
    share = given.share_percent
    if max(abs(exact), abs(given.amount)) >= LARGEST or (share is not None and abs(share) >= PERCENT_LIMIT):
        return row, [translated(_("This is too large a number."))]
    row.amount = exact.quantize(PLACES, rounding=ROUND_HALF_EVEN)
    if given.amount != given.amount.quantize(PLACES):
        return row, [translated(_("At most six decimals are kept; nothing is rounded silently."))]
    return row, []


# --- Writing --------------------------------------------------------------------------------------------------------
def _write_effects(programme: ReportedProgramme, rows: Sequence[ReportedEffect]) -> None:
    for row in rows:
        row.programme = programme
    ReportedEffect.objects.bulk_create(rows)


def _as_given(effect: ReportedEffect) -> str:
    share = "" if effect.share_percent is None else f" ({effect.share_percent.normalize():f} %)"
    return f"{effect.given_amount.normalize():f} {effect.given_unit}{share}"


def _shown(value: Any) -> str:
    if isinstance(value, Region):
        return value.code
    return "" if value is None else str(value)


def _label(name: str) -> dict[str, str]:
    """A field's label in both languages, for a trail that must be readable in either."""
    label = ReportedProgramme._meta.get_field(name).verbose_name  # type: ignore[union-attr]
    pair = {}
    for key, language in (("zh", "zh-hans"), ("en", "en")):
        with translation.override(language):
            pair[key] = str(label)
    return pair


def _listed(pairs: Sequence[Mapping[str, str]]) -> dict[str, str]:
    return {"zh": "、".join(pair["zh"] for pair in pairs), "en": ", ".join(pair["en"] for pair in pairs)}
