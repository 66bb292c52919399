"""What people do with enterprises: enter them, correct them, record the figures of a year."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_EVEN, Decimal
from typing import Any, TypedDict, TypeVar, Unpack

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils import timezone

from audits.enterprises import rules
from audits.enterprises.models import Enterprise, Method, YearlyFigure
from audits.enterprises.policies import check_can_change_fields, check_can_create_in, check_can_record_figures
from audits.enterprises.selectors import managers_of
from cpaudit.accounts.models import Body, User
from cpaudit.accounts.roles import BodyKind
from cpaudit.notices.services import notify
from cpaudit.reference.models import Metric, Region, Sector
from cpaudit.rulebook.errors import Invalid, Stale
from cpaudit.rulebook.findings import Finding, _
from cpaudit.trail.services import record
from cpaudit.trail.words import field_labels, listed
from cpaudit.web.findings import refusal_sentence, sentence, translated

BODY_FIELDS = ("name_zh", "name_en", "region")
DEFAULT_CURRENCY = "CNY"
SYSTEM = {"zh": "系统", "en": "The system"}
T = TypeVar("T")


class EnterpriseFields(TypedDict, total=False):
    """What can be entered about an enterprise; what is not given stays as it is (or empty)."""

    name_zh: str
    name_en: str
    region: Region
    credit_code: str | None
    source: str
    source_ref: str
    sector: Sector
    address: str
    contact_name: str
    contact_phone: str
    contact_email: str
    ownership: str
    size: str
    employees: int | None
    products: str


@dataclass(frozen=True, slots=True)
class GivenFigure:
    """One figure as somebody gives it. An amount of None takes the figure out."""

    metric: Metric
    amount: Decimal | None
    unit: str
    method: str = Method.REPORTED
    currency: str = ""


# --- The enterprise -------------------------------------------------------------------------------------------------
@transaction.atomic
def create_enterprise(*, by: User | None, at: dt.datetime, **fields: Unpack[EnterpriseFields]) -> Enterprise:
    """Enter an enterprise with the body it acts as.

    Raises NotAllowed outside the jurisdiction of `by`, Invalid with every unusable field.
    """
    values: dict[str, Any] = _tidy(fields)
    missing = [name for name in ("region", "sector") if values.get(name) is None]
    if missing:
        raise _invalid({name: [translated(_("This has to be given."))] for name in missing})
    if by is not None:
        check_can_create_in(by, values["region"], values["sector"])
    enterprise = Enterprise(**_without(values, BODY_FIELDS))
    body = Body(kind=BodyKind.ENTERPRISE, **_only(values, BODY_FIELDS))
    _check_fields(body, enterprise)
    body.save()
    enterprise.body = body
    _guarded(lambda: enterprise.save(force_insert=True))
    record(verb="enterprise.created", thing=enterprise, by=by, at=at)
    return enterprise


@transaction.atomic
def change_enterprise(
    *,
    enterprise: Enterprise,
    version: int,
    by: User | None,
    at: dt.datetime,
    **fields: Unpack[EnterpriseFields],
) -> Enterprise:
    """Correct what is given; the rest stays. `version` is the one the person looked at.

    Returns the enterprise as it is now; nothing happens where nothing differs. Raises NotAllowed, Invalid, Stale.
    """
    changes = {name: value for name, value in _tidy(fields).items() if _value(enterprise, name) != value}
    if by is not None:
        check_can_change_fields(by, enterprise, changes)
        if {"region", "sector"} & changes.keys():
            place, industry = changes.get("region", enterprise.body.region), changes.get("sector", enterprise.sector)
            check_can_create_in(by, place, industry)
    if not changes:
        return enterprise
    before = {name: _value(enterprise, name) for name in changes}
    fresh = Enterprise.objects.with_names().get(pk=enterprise.pk)
    for name, value in changes.items():
        setattr(fresh.body if name in BODY_FIELDS else fresh, name, value)
    _check_fields(fresh.body, fresh)
    own = _without(changes, BODY_FIELDS)
    if not _guarded(lambda: _at_version(fresh, version).update(version=F("version") + 1, **own)):
        raise _somebody_was_faster()
    if named := _only(changes, BODY_FIELDS):
        Body.objects.filter(pk=fresh.pk).update(**named)
    fresh.version = version + 1
    named_fields = listed(_labels(changes))
    record(
        verb="enterprise.changed",
        thing=fresh,
        by=by,
        at=at,
        facts={
            "fields": named_fields,
            "changes": {name: [_shown(before[name]), _shown(changes[name])] for name in changes},
        },
    )
    _tell_its_managers("enterprise.changed", fresh, by, at, {"fields": named_fields})
    return fresh


# --- Yearly figures -------------------------------------------------------------------------------------------------
@transaction.atomic
def record_figures(
    *,
    enterprise: Enterprise,
    year: int,
    figures: Sequence[GivenFigure],
    by: User | None,
    at: dt.datetime,
    version: int | None = None,
) -> list[YearlyFigure]:
    """Record figures of a year, each converted into its metric's base unit and kept as it was given.

    A given metric replaces what the year had; metrics that are not given stay. `version` (the enterprise's) is compared
    where a person edits a form, and left out by imports. Returns the figures written. Raises NotAllowed, Invalid with
    the sentences under each metric's code, Stale.
    """
    if by is not None:
        check_can_record_figures(by, enterprise)
    rows = _checked_figures(enterprise, year, figures, today=timezone.localdate(at))
    # Held before the year is read: of two who record it at once, the second replaces what the first wrote.
    Enterprise.objects.select_for_update(no_key=True).get(pk=enterprise.pk)
    known = {figure.metric_id: figure for figure in enterprise.figures.filter(year=year)}
    gone = [known[given.metric.pk] for given in figures if given.amount is None and given.metric.pk in known]
    written = [row for row in rows if not _same(known.get(row.metric_id), row)]
    if not gone and not written:
        return []
    if not _at_version(enterprise, version).update(version=F("version") + 1):
        raise _somebody_was_faster()
    replaced = [known[row.metric_id].pk for row in written if row.metric_id in known]
    YearlyFigure.objects.filter(pk__in=[*replaced, *(figure.pk for figure in gone)]).delete()
    YearlyFigure.objects.bulk_create(written)
    metrics = {given.metric.pk: given.metric for given in figures}
    touched = [*(row.metric_id for row in written), *(figure.metric_id for figure in gone)]
    now = {row.metric_id: row for row in written}
    names = listed([{"zh": metrics[pk].name_zh, "en": metrics[pk].name_en} for pk in touched])
    record(
        verb="figures.recorded",
        thing=enterprise,
        by=by,
        at=at,
        part=str(year),
        facts={
            "year": year,
            "metrics": names,
            "changes": {metrics[pk].code: [_given(known.get(pk)), _given(now.get(pk))] for pk in touched},
        },
    )
    _tell_its_managers("figures.recorded", enterprise, by, at, {"year": year, "metrics": names})
    return written


def _checked_figures(
    enterprise: Enterprise, year: int, figures: Iterable[GivenFigure], *, today: dt.date
) -> list[YearlyFigure]:
    """Unsaved rows of the figures given with an amount, or Invalid with everything that is wrong with them."""
    errors: dict[str, list[str]] = {}
    if problems := rules.year_problems(year, today=today):
        errors["year"] = [sentence(problem) for problem in problems]
    rows = []
    for given in figures:
        if given.amount is None:
            continue
        row, sentences = _converted_figure(given)
        row.enterprise, row.year = enterprise, year
        rows.append(row)
        if sentences:
            errors[given.metric.code] = sentences
    if errors:
        raise _invalid(errors)
    return rows


def _converted_figure(given: GivenFigure) -> tuple[YearlyFigure, list[str]]:
    """The figure in its metric's base unit (no enterprise, no year, not saved), and what is wrong with it."""
    metric, amount = given.metric, given.amount or Decimal(0)
    row = YearlyFigure(
        metric=metric,
        given_amount=amount,
        given_unit=given.unit,
        method=given.method,
        currency=(given.currency or DEFAULT_CURRENCY) if metric.unit == "money" else "",
    )
    try:
        exact = metric.to_base(amount, given.unit)
    except Invalid as problem:
        return row, [refusal_sentence(problem)]
    findings = rules.figure_problems(exact, metric=metric.name, unit=metric.unit)
    if abs(amount) < rules.LARGEST_FIGURE and amount != amount.quantize(rules.FIGURE_PLACES):
        findings.append(_too_precise(metric))
    if given.method not in Method.values:
        findings.append(_unknown_method(given.method))
    if not findings:
        row.amount = exact.quantize(rules.FIGURE_PLACES, rounding=ROUND_HALF_EVEN)
    return row, [sentence(finding) for finding in findings]


def _too_precise(metric: Metric) -> Finding:
    text = _("%(metric)s is given with more than six decimals; nothing is rounded silently.")
    return Finding(rule="figure-amount", article="", ok=False, text=text, params={"metric": metric.name})


def _unknown_method(method: str) -> Finding:
    text = _("“%(method)s” is no way of knowing a figure; known: %(known)s.")
    params = {"method": method, "known": ", ".join(Method.values)}
    return Finding(rule="figure-method", article="", ok=False, text=text, params=params)


def _same(known: YearlyFigure | None, row: YearlyFigure) -> bool:
    names = ("given_amount", "given_unit", "method", "currency")
    return known is not None and all(getattr(known, name) == getattr(row, name) for name in names)


def _given(figure: YearlyFigure | None) -> str | None:
    if figure is None:
        return None
    return " ".join(filter(None, [f"{figure.given_amount:f}", figure.given_unit, figure.currency]))


# --- Shared ---------------------------------------------------------------------------------------------------------
def _tidy(fields: Mapping[str, Any]) -> dict[str, Any]:
    """Texts without blanks around them; the credit code as the standard writes it, None where there is none."""
    values = {name: value.strip() if isinstance(value, str) else value for name, value in fields.items()}
    if "credit_code" in values:
        values["credit_code"] = rules.tidy_code(values["credit_code"] or "") or None
    return values


def _check_fields(body: Body, enterprise: Enterprise) -> None:
    """Raise Invalid with everything that is wrong with the fields, by field."""
    errors: dict[str, list[str]] = {}
    if not body.name_zh and not body.name_en:
        errors["name_zh"] = [translated(_("The enterprise needs a name, in Chinese or in English."))]
    if enterprise.credit_code:
        problems = rules.credit_code_problems(enterprise.credit_code)
        if problems:
            errors["credit_code"] = [sentence(problem) for problem in problems]
    elif not enterprise.source_ref:
        errors["credit_code"] = [translated(_("Without a credit code the reference in the source is needed."))]
    for thing, skipped in ((body, {"region", "name_zh", "kind"}), (enterprise, {"body", "sector", "credit_code"})):
        try:
            thing.clean_fields(exclude=skipped)
        except ValidationError as error:
            errors |= error.message_dict
    if len(body.name_zh) > 200:  # left out above, because it may be empty here
        errors["name_zh"] = [translated(_("A name has at most 200 characters."))]
    if errors:
        raise _invalid(errors)


def _guarded(write: Callable[[], T]) -> T:
    """Do the write; two enterprises with one credit code, or one reference of one source, are Invalid."""
    try:
        with transaction.atomic():
            return write()
    except IntegrityError as error:
        # Which enterprise has it is not told: it may lie outside this person's jurisdiction.
        field = "source_ref" if "source_ref" in str(error) else "credit_code"
        raise _invalid({field: [translated(_("Another enterprise is on record under this."))]}) from error


def _tell_its_managers(
    kind: str, enterprise: Enterprise, by: User | None, at: dt.datetime, facts: dict[str, Any]
) -> None:
    """The enterprise's own people learn what others wrote about it; who wrote it is not told himself."""
    version = Enterprise.objects.values_list("version", flat=True).get(pk=enterprise.pk)
    notify(
        kind=kind,
        to=managers_of(enterprise, on=timezone.localdate(at)),
        by=by,
        at=at,
        key=f"enterprise-{enterprise.pk}-{version}",
        facts={"enterprise": enterprise.names, "body": by.body.names if by and by.body else SYSTEM} | facts,
        link=f"/enterprises/{enterprise.pk}/",
        thing=enterprise,
    )


def _at_version(enterprise: Enterprise, version: int | None) -> Any:
    row = Enterprise.objects.filter(pk=enterprise.pk)
    return row if version is None else row.filter(version=version)


def _somebody_was_faster() -> Stale:
    return Stale(_("Somebody has changed this enterprise meanwhile. Look at it again, then make your change."))


def _invalid(errors: Mapping[str, Sequence[str]]) -> Invalid:
    return Invalid(_("Some of what was entered cannot be used."), errors)


def _value(enterprise: Enterprise, name: str) -> Any:
    return getattr(enterprise.body if name in BODY_FIELDS else enterprise, name)


def _only(values: Mapping[str, Any], names: Iterable[str]) -> dict[str, Any]:
    return {name: value for name, value in values.items() if name in names}


def _without(values: Mapping[str, Any], names: Iterable[str]) -> dict[str, Any]:
    return {name: value for name, value in values.items() if name not in names}


def _labels(names: Iterable[str]) -> list[dict[str, str]]:
    """The fields' labels in both languages, whichever of the two rows they stand in."""
    kept = list(names)
    of_body = [name for name in kept if name in BODY_FIELDS]
    return field_labels(Body, of_body) + field_labels(Enterprise, [name for name in kept if name not in of_body])


def _shown(value: Any) -> str:
    return "" if value is None else str(value)
