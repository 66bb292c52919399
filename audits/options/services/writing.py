"""The register: proposing, editing, screening and removing options, and the limits of their cost classes."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Case, Q, Value, When

from audits.options.models import Option
from audits.options.policies import rows_open_to, situation
from audits.options.rules import CostClass
from audits.options.rules.codes import is_code, next_code
from audits.options.rules.entries import WRITABLE, problems_of
from audits.options.rules.results import begun_option_stays_cheap
from audits.options.rules.transitions import OptionAction, fitting, why_not
from audits.options.services.holding import (
    Held,
    before_and_after,
    changed_fields,
    class_of,
    classes_are_frozen,
    hold,
    hold_audit,
    names_of,
    need_reason,
    status_word,
    tell,
    write,
)
from audits.workflow import services as workflow
from audits.workflow.models import Audit
from cpaudit.accounts.models import User
from cpaudit.rulebook.errors import Invalid, Refused
from cpaudit.rulebook.findings import _, blocking

CODE_TRIES = 5


@transaction.atomic
def add_option(
    *, audit: Audit, title: str, code: str = "", by: User, at: dt.datetime, **fields: Any
) -> Option:  # fmt: skip
    """Propose an option. `fields`: any of `WRITABLE`. Without a code it gets the next number of the audit.

    Money is in the audit's currency; the cost class follows from the planned investment, also after the classes of the
    other options were frozen.
    """
    audit = hold_audit(audit.pk)
    rows = rows_open_to(OptionAction.ADD, by, audit)
    row = fitting(rows, situation(None, audit))
    if row is None:
        raise Refused(_("No option can be proposed now."), why_not(rows, situation(None, audit)))
    option = Option(audit=audit, currency=audit.currency, title=title.strip(), **_checked({"title": title} | fields))
    option.cost_class = class_of(audit, option)
    _insert(option, code.strip())
    tell(Held(option, audit, row), "option.added", by=by, at=at)
    return option


def _checked(fields: Mapping[str, Any]) -> dict[str, Any]:
    """`fields` without the title, if every one of them can be written and fits."""
    unknown = set(fields) - WRITABLE
    if unknown:
        raise TypeError(f"not fields a person writes: {sorted(unknown)}")
    if problems := problems_of(fields):
        raise Invalid(_("Something in the option does not fit."), problems)
    return {name: value for name, value in fields.items() if name != "title"}


def _insert(option: Option, code: str) -> None:
    """Insert the row under `code`, or under the next free number.

    The audit is held, so two people adding at once get two numbers. An import does not hold it as long as it runs:
    then the number it took is found taken, and the next one is tried.
    """
    if code and not is_code(code):
        raise Invalid(_("Something in the option does not fit."), {"code": [_("Letters, digits, dots and dashes.")]})
    for _attempt in range(CODE_TRIES):
        option.code = code or next_code(option.audit.options.values_list("code", flat=True))
        try:
            with transaction.atomic():
                option.save(force_insert=True)
        except IntegrityError:
            if code:
                break
        else:
            return
    raise Invalid(
        _("Something in the option does not fit."),
        {"code": [_("This audit has an option with this code already.")]},
    )


@transaction.atomic
def change_option(
    *, option: Option, changes: Mapping[str, Any], version: int, by: User, at: dt.datetime
) -> Option:  # fmt: skip
    """Edit what the auditing side writes (`WRITABLE`). Nothing is written, and no event, where nothing differs.

    The cost class follows the planned investment until stage 4 is completed; afterwards it stays.
    """
    held = hold(option, OptionAction.CHANGE, version=version, by=by)
    if "title" in changes:
        changes = {**changes, "title": changes["title"].strip()}
    now = {name: getattr(held.option, name) for name in ("aspect", "other_aspects")}
    _checked({**now, **changes})
    changed = changed_fields(held.option, changes)
    if not changed:
        return held.option
    facts = {"fields": names_of(changed), "changes": before_and_after(held.option, changed)}
    return _write_with_class(held, changed, facts, by, at)


def _write_with_class(
    held: Held, changed: dict[str, Any], facts: dict[str, Any], by: User, at: dt.datetime
) -> Option:  # fmt: skip
    if "planned_investment" in changed and not classes_are_frozen(held.audit):
        planned = Option(currency=held.option.currency, planned_investment=changed["planned_investment"])
        changed["cost_class"] = class_of(held.audit, planned)
    findings = begun_option_stays_cheap(held.option.status, changed.get("cost_class", held.option.cost_class))
    if "cost_class" in changed and blocking(findings):
        raise Refused(_("The planned investment cannot be changed to this."), findings)
    written = write(held, changed)
    tell(held, "option.changed", by=by, at=at, **facts)
    return written


@transaction.atomic
def screen_option(
    *, option: Option, feasible: bool, reason: str, version: int, by: User, at: dt.datetime
) -> Option:  # fmt: skip
    """Give a verdict with its reason: it goes on, or it is screened out and stays in the register."""
    action = OptionAction.SCREEN_IN if feasible else OptionAction.SCREEN_OUT
    held = hold(option, action, version=version, by=by)
    reason = need_reason(held.row, "reason", reason)
    screened = write(held, {"screening_reason": reason, "screened_at": at})
    tell(held, "option.screened", by=by, at=at, verdict=status_word(screened.status), reason=reason)
    return screened


@transaction.atomic
def undo_screening(*, option: Option, version: int, by: User, at: dt.datetime) -> Option:
    """Back to proposed; the old verdict stays in the timeline."""
    held = hold(option, OptionAction.UNDO_SCREENING, version=version, by=by)
    proposed = write(held, {"screening_reason": "", "screened_at": None})
    tell(held, "option.moved", by=by, at=at, status=status_word(proposed.status))
    return proposed


@transaction.atomic
def remove_option(*, option: Option, version: int, by: User, at: dt.datetime) -> None:
    """Take a proposed option out of the register, with its effects; the timeline keeps that it was there."""
    held = hold(option, OptionAction.REMOVE, version=version, by=by)
    # Compared and set like any other move, so that whoever edited it meanwhile is not overruled.
    write(held, {})
    Option.objects.filter(pk=held.option.pk).delete()
    tell(held, "option.removed", by=by, at=at)


@transaction.atomic
def set_thresholds(
    *, audit: Audit, low_max: Decimal, medium_max: Decimal, version: int, by: User, at: dt.datetime
) -> Audit:  # fmt: skip
    """Declare the audit's cost classes and class all its options anew; refused once stage 4 is completed."""
    audit = workflow.set_thresholds(
        audit=audit, low_max=low_max, medium_max=medium_max, version=version, by=by, at=at
    )  # fmt: skip
    Option.objects.filter(audit=audit).update(cost_class=_class_expression(audit))
    return audit


def _class_expression(audit: Audit) -> Case:
    """`rules.cost_class` for the database: one UPDATE for any number of options. A test holds the two together."""
    return Case(
        When(Q(planned_investment=None) | ~Q(currency=audit.currency), then=Value("")),
        When(planned_investment__lte=0, then=Value(CostClass.NO)),
        When(planned_investment__lte=audit.cost_low_max, then=Value(CostClass.LOW)),
        When(planned_investment__lte=audit.cost_medium_max, then=Value(CostClass.MEDIUM)),
        default=Value(CostClass.HIGH),
    )
