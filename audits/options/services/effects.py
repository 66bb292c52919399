"""Effects by metric: what an option is expected to save or cut in a year, and what was measured."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

from django.core.files.base import File
from django.db import transaction

from audits.enterprises.models import Method
from audits.options.models import EffectKind, Option, OptionEffect
from audits.options.rules.transitions import OptionAction
from audits.options.services.evidence import keep_file
from audits.options.services.holding import hold, tell, write
from cpaudit.accounts.models import User
from cpaudit.reference.models import Metric
from cpaudit.reference.units import find_unit
from cpaudit.rulebook.errors import Invalid, Stale
from cpaudit.rulebook.findings import _

ACTION_OF = {EffectKind.EXPECTED: OptionAction.EXPECT, EffectKind.MEASURED: OptionAction.MEASURE}
VERB_OF = {EffectKind.EXPECTED: "option.effect_expected", EffectKind.MEASURED: "option.effect_recorded"}
AMOUNT_LIMIT = Decimal(10) ** 18
STEP = Decimal("0.000001")
"""What the columns hold: 18 digits before the point, 6 after it."""


@transaction.atomic
def record_effect(
    *,
    option: Option,
    kind: EffectKind | str,
    metric: Metric,
    amount: Decimal,
    unit: str,
    method: str,
    note: str = "",
    evidence: File[bytes] | None = None,
    version: int,
    by: User,
    at: dt.datetime,
) -> OptionEffect:
    """State the yearly effect on one metric, replacing an earlier statement of the same kind.

    `amount` is in `unit` and kept as given; beside it stands the amount in the metric's base unit. Positive is better.
    `evidence` is a file that shows it, kept with the option.
    """
    kind = EffectKind(kind)
    held = hold(option, ACTION_OF[kind], version=version, by=by)
    if method not in Method.values:
        raise Invalid(_("The effect cannot be recorded."), {"method": [_("Choose one of the methods.")]})
    given = find_unit(unit)
    base = metric.to_base(amount, given.code)
    for value in (amount, base):
        if abs(value) >= AMOUNT_LIMIT:
            raise Invalid(_("The effect cannot be recorded."), {"amount": [_("This amount cannot be right.")]})
    if evidence is not None:
        keep_file(held, evidence, caption=metric.name, by=by, at=at)
    write(held, {})
    effect, _created = OptionEffect.objects.update_or_create(
        option=held.option,
        metric=metric,
        kind=kind,
        defaults={
            "amount": base.quantize(STEP),
            "given_amount": amount.quantize(STEP),
            "given_unit": given.code,
            "method": method,
            "note": note.strip(),
            "recorded_by": by,
            "recorded_at": at,
        },
    )
    tell(held, VERB_OF[kind], by=by, at=at, effect=in_words(effect), method=method)
    return effect


@transaction.atomic
def remove_effect(*, effect: OptionEffect, version: int, by: User, at: dt.datetime) -> Option:
    """Take a wrong effect out; the timeline keeps what it said. `version` is the option's."""
    held = hold(effect.option, ACTION_OF[EffectKind(effect.kind)], version=version, by=by)
    changed = write(held, {})
    removed, _rows = OptionEffect.objects.filter(pk=effect.pk, option=held.option).delete()
    if not removed:
        raise Stale(_("This effect has been removed already."))
    tell(held, "option.effect_removed", by=by, at=at, effect=in_words(effect))
    return changed


def in_words(effect: OptionEffect) -> dict[str, str]:
    """The effect as it was given, in both languages: metric, amount, unit."""
    amount, unit = f"{effect.given_amount.normalize():f}", find_unit(effect.given_unit)
    return {
        "en": f"{effect.metric.name_in('en')} {amount} {unit.name_en}",
        "zh": f"{effect.metric.name_in('zh')} {amount} {unit.name_zh}",
    }
