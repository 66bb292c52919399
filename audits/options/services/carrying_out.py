"""Carrying options out: start, progress, what they really cost and brought, implemented, abandoned, reopened."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django.core.files.base import File
from django.db import transaction
from django.utils import timezone

from audits.options.models import EffectKind, Option
from audits.options.rules.entries import investment_problem, money_problem
from audits.options.rules.results import Results, implemented_option_shows_its_results
from audits.options.rules.transitions import OptionAction
from audits.options.services.evidence import keep_file
from audits.options.services.holding import (
    Held,
    before_and_after,
    changed_fields,
    hold,
    names_of,
    need_reason,
    status_word,
    tell,
    write,
)
from cpaudit.accounts.models import User
from cpaudit.rulebook.errors import Invalid, Refused
from cpaudit.rulebook.findings import _, blocking


@transaction.atomic
def start_option(*, option: Option, version: int, by: User, at: dt.datetime) -> Option:
    """Begin to carry it out."""
    held = hold(option, OptionAction.START, version=version, by=by)
    started = write(held, {})
    tell(held, "option.moved", by=by, at=at, status=status_word(started.status))
    return started


@transaction.atomic
def record_progress(
    *,
    option: Option,
    progress: int,
    note: str = "",
    actual_investment: Decimal | None = None,
    actual_benefit: Decimal | None = None,
    version: int,
    by: User,
    at: dt.datetime,
) -> Option:
    """How far it is (0-100 per cent) and, as far as known, what it has cost and brings; the newest record counts."""
    held = hold(option, OptionAction.PROGRESS, version=version, by=by)
    if not 0 <= progress <= 100:
        raise Invalid(_("The progress cannot be recorded."), {"progress": [_("Between 0 and 100 per cent.")]})
    _check_money(actual_investment, actual_benefit)
    recorded = write(
        held,
        {
            "progress": progress,
            "progress_note": note.strip(),
            "actual_investment": actual_investment,
            "actual_benefit": actual_benefit,
        },
    )
    tell(held, "option.progress", by=by, at=at, progress=progress, note=note.strip())
    return recorded


@transaction.atomic
def mark_implemented(
    *,
    option: Option,
    implemented_on: dt.date | None,
    actual_investment: Decimal | None,
    actual_benefit: Decimal | None,
    evidence: File[bytes] | None = None,
    version: int,
    by: User,
    at: dt.datetime,
) -> Option:
    """It is in operation. Refused with findings where its results are not shown (R-2; manual, step 6.3).

    `evidence` is a file to be kept with it; others may have been added before.
    """
    held = hold(option, OptionAction.IMPLEMENT, version=version, by=by)
    if evidence is not None:
        keep_file(held, evidence, by=by, at=at)
    results = {
        "implemented_on": implemented_on,
        "actual_investment": actual_investment,
        "actual_benefit": actual_benefit,
    }
    _check_results(held, results, at)
    implemented = write(held, {**results, "progress": 100})
    tell(held, "option.implemented", by=by, at=at, implemented_on=implemented_on)
    return implemented


@transaction.atomic
def correct_results(
    *,
    option: Option,
    implemented_on: dt.date | None,
    actual_investment: Decimal | None,
    actual_benefit: Decimal | None,
    version: int,
    by: User,
    at: dt.datetime,
) -> Option:
    """Replace the results of an implemented option, e.g. after its first full year; the same must be shown."""
    held = hold(option, OptionAction.CORRECT, version=version, by=by)
    results = {
        "implemented_on": implemented_on,
        "actual_investment": actual_investment,
        "actual_benefit": actual_benefit,
    }
    _check_results(held, results, at)
    changed = changed_fields(held.option, results)
    if not changed:
        return held.option
    facts = {"fields": names_of(changed), "changes": before_and_after(held.option, changed)}
    corrected = write(held, changed)
    tell(held, "option.corrected", by=by, at=at, **facts)
    return corrected


def _check_money(investment: Decimal | None, benefit: Decimal | None) -> None:
    """The amounts as amounts; `Invalid` naming each that does not fit."""
    problems = {"actual_investment": investment_problem(investment), "actual_benefit": money_problem(benefit)}
    errors = {name: [sentence] for name, sentence in problems.items() if sentence}
    if errors:
        raise Invalid(_("Something in the results does not fit."), errors)


def _check_results(held: Held, results: Mapping[str, Any], at: dt.datetime) -> None:
    """The results as results: `Refused` with every finding where one of them blocks."""
    _check_money(results["actual_investment"], results["actual_benefit"])
    stored = Option.objects.with_has_file().get(pk=held.option.pk)
    findings = implemented_option_shows_its_results(
        Results(
            cost_class=stored.cost_class,
            has_measured_effect=stored.effects.filter(kind=EffectKind.MEASURED).exists(),
            has_evidence=stored.has_file,  # type: ignore[attr-defined]  # annotated by `with_has_file`
            **results,
        ),
        low_max=held.audit.cost_low_max,
        medium_max=held.audit.cost_medium_max,
        today=timezone.localdate(at),
    )
    if blocking(findings):
        raise Refused(_("The results do not show yet that the option is implemented."), findings)


@transaction.atomic
def abandon_option(*, option: Option, reason: str, version: int, by: User, at: dt.datetime) -> Option:
    """It will not be carried out (further), and everybody reads why."""
    held = hold(option, OptionAction.ABANDON, version=version, by=by)
    reason = need_reason(held.row, "reason", reason)
    abandoned = write(held, {"abandoned_reason": reason})
    tell(held, "option.abandoned", by=by, at=at, reason=reason)
    return abandoned


@transaction.atomic
def reopen_option(*, option: Option, version: int, by: User, at: dt.datetime) -> Option:
    """An abandoned option is taken up again; it has to be started anew."""
    held = hold(option, OptionAction.REOPEN, version=version, by=by)
    reopened = write(held, {"abandoned_reason": ""})
    tell(held, "option.moved", by=by, at=at, status=status_word(reopened.status))
    return reopened
