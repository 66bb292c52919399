"""What templates need to say things the same way everywhere: findings, amounts, dates, badges, icons, tables."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from decimal import Decimal, InvalidOperation
from typing import Any

from django import template
from django.utils import timezone
from django.utils.html import escape, format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language, gettext, ngettext
from django.utils.translation import gettext_lazy as _

from cpaudit.rulebook.findings import Finding
from cpaudit.web import findings as rendered
from cpaudit.web.icons import ICONS
from cpaudit.web.words import shown_day

register = template.Library()

NOTHING = "–"
CURRENCY_NAMES_ZH = {"CNY": "元", "USD": "美元", "EUR": "欧元"}
UNIT_SIGNS = {"m3": "m³", "m3/a": "m³/a", "Nm3": "Nm³", "km2": "km²", "m2": "m²", "CO2": "CO₂", "tCO2": "tCO₂", "1": ""}

TONES: dict[str, tuple[str, ...]] = {
    "success": (
        "approved",
        "accepted",
        "implemented",
        "done",
        "complete",
        "completed",
        "met",
        "valid",
        "sent",
        "active",
    ),
    "info": ("current", "in_progress", "running", "open", "started", "feasible", "submitted", "filed", "under_review"),
    "warning": ("waiting", "sent_back", "returned", "conditional", "expiring", "pending", "due", "correction"),
    "danger": ("rejected", "failed", "overdue", "abandoned", "not_met", "expired", "revoked", "refused", "invalid"),
}
"""Which words look how, for badges; what is not named here is neutral."""
ICON_OF_TONE = {"success": "check", "info": "circle", "warning": "warning", "danger": "cross", "neutral": "minus"}


# --- Icons and badges -----------------------------------------------------------------------------------------------
@register.simple_tag
def icon(name: str, label: str = "") -> SafeString:
    """An icon beside words (hidden from screen readers), or, with `label`, instead of them."""
    role = format_html('role="img" aria-label="{}"', label) if label else mark_safe('aria-hidden="true"')
    return format_html(
        '<svg class="icon" viewBox="0 0 24 24" width="24" height="24" fill="none" stroke="currentColor"'
        ' stroke-width="2" stroke-linecap="round" stroke-linejoin="round" focusable="false" {}><path d="{}"/></svg>',
        role,
        ICONS[name],
    )


@register.simple_tag
def badge(tone: str, label: Any) -> SafeString:
    """A short word with its tone (success, info, warning, danger, neutral): icon, words and colour together."""
    tone = tone if tone in ICON_OF_TONE else "neutral"
    return format_html('<span class="badge badge-{}">{}{}</span>', tone, icon(ICON_OF_TONE[tone]), label)


@register.simple_tag
def status(value: Any, label: Any = "") -> SafeString:
    """A badge for a state: `{% status audit.status audit.get_status_display %}`."""
    return badge(tone_of(value), label or str(value).replace("_", " "))


@register.filter
def tone_of(value: Any) -> str:
    """The tone of a state's value."""
    return next((tone for tone, words in TONES.items() if str(value) in words), "neutral")


# --- Findings -------------------------------------------------------------------------------------------------------
@register.filter
def says(finding: Finding) -> str:
    """What a finding says, in the reader's language."""
    return rendered.sentence(finding)


@register.filter
def stands_in(finding: Finding) -> str:
    """The article a finding rests on, in the reader's language."""
    return rendered.article(finding.article)


@register.filter
def mended_by(finding: Finding) -> str:
    """What would mend it."""
    return rendered.remedy(finding)


@register.filter
def met(findings: Iterable[Finding]) -> list[Finding]:
    """The findings that hold."""
    return [finding for finding in findings if finding.ok]


@register.filter
def unmet(findings: Iterable[Finding]) -> list[Finding]:
    """The findings that do not hold, those that block first."""
    return sorted((finding for finding in findings if not finding.ok), key=lambda finding: not finding.blocks)


@register.filter
def verdict(finding: Finding) -> str:
    """`pass`, `fail`, `warning` or `note`: which of the four looks a finding has."""
    if finding.ok:
        return "pass"
    return {"block": "fail", "warn": "warning"}.get(str(finding.severity), "note")


# --- Amounts --------------------------------------------------------------------------------------------------------
def _decimal(value: Any) -> Decimal | None:
    if value is None or value == "":
        return None
    try:
        number = Decimal(str(value))
    except InvalidOperation:
        return None
    return number if number.is_finite() else None


def _grouped(number: Decimal, most: int, least: int = 0) -> str:
    """With thousands separators and between `least` and `most` decimals; a true minus sign."""
    text = f"{round(number, most):,.{most}f}"
    if most > least and "." in text:
        whole, _dot, decimals = text.partition(".")
        decimals = decimals.rstrip("0").ljust(least, "0")
        text = f"{whole}.{decimals}" if decimals else whole
    return text.replace("-", "−")


@register.filter
def number(value: Any, decimals: int = 4) -> str:
    """`12345.5` → `12,345.5`; at most `decimals` decimals; nothing is an en dash."""
    amount = _decimal(value)
    return NOTHING if amount is None else _grouped(amount, decimals)


@register.filter
def money(value: Any, currency: str = "CNY") -> str:
    """`CNY 1,250,000` or `1,250,000 元`; two decimals only where there are cents."""
    amount = _decimal(value)
    if amount is None:
        return NOTHING
    text = _grouped(amount, 2, 2 if amount % 1 else 0)
    if (get_language() or "en").startswith("zh"):
        return f"{text}\u00a0{CURRENCY_NAMES_ZH.get(currency, currency)}"
    return f"{currency}\u00a0{text}"


@register.filter
def quantity(value: Any, unit: str = "") -> str:
    """`12,345.5 t/a`: number and unit never part at a line's end."""
    amount = _decimal(value)
    if amount is None:
        return NOTHING
    sign = UNIT_SIGNS.get(unit, unit)
    return f"{_grouped(amount, 4)}\u00a0{sign}" if sign else _grouped(amount, 4)


@register.filter
def percent(value: Any, decimals: int = 1) -> str:
    """A share as per cent: `0.875` → `87.5%`."""
    amount = _decimal(value)
    return NOTHING if amount is None else f"{_grouped(amount * 100, decimals)}%"


@register.filter
def filesize(value: Any) -> str:
    """Bytes as a person reads them."""
    size = float(value or 0)
    for unit in ("B", "kB", "MB"):
        if size < 1000:
            return f"{size:.0f}\u00a0{unit}" if unit == "B" or size >= 10 else f"{size:.1f}\u00a0{unit}"
        size /= 1000
    return f"{size:.1f}\u00a0GB"


# --- Days -----------------------------------------------------------------------------------------------------------
@register.filter
def day(value: dt.date | dt.datetime | None) -> SafeString | str:
    """A day in one unmistakable form, readable by machines."""
    if not value:
        return NOTHING
    if isinstance(value, dt.datetime):
        value = timezone.localtime(value).date()
    return format_html('<time datetime="{}">{}</time>', value.isoformat(), shown_day(value))


@register.filter
def moment(value: dt.datetime | None) -> SafeString | str:
    """Day and time."""
    if not value:
        return NOTHING
    local = timezone.localtime(value)
    return format_html(
        '<time datetime="{}">{} {}</time>',
        local.isoformat(timespec="seconds"),
        shown_day(local.date()),
        local.strftime("%H:%M"),
    )


@register.filter
def days_left(due_on: dt.date | None, today: dt.date | None = None) -> int | None:
    """Days until a due date, negative when it has passed."""
    return (due_on - (today or timezone.localdate())).days if due_on else None


@register.simple_tag
def due(due_on: dt.date | None, today: dt.date | None = None, done: bool = False) -> SafeString | str:
    """A due date with what it means today: `1 Dec 2026 · 10 days left`. What is done is only dated."""
    if not due_on:
        return NOTHING
    if done:
        return day(due_on)
    left = days_left(due_on, today)
    tone = "danger" if left < 0 else "warning" if left <= 7 else "neutral"
    return format_html('<span class="due due-{}">{} <span>{}</span></span>', tone, day(due_on), days_left_text(left))


@register.filter
def days_left_text(left: int) -> str:
    """`3 days overdue`, `due today`, `12 days left`."""
    if left < 0:
        return ngettext("%(days)d day overdue", "%(days)d days overdue", -left) % {"days": -left}
    if left == 0:
        return gettext("due today")
    return ngettext("%(days)d day left", "%(days)d days left", left) % {"days": left}


# --- Tables ---------------------------------------------------------------------------------------------------------
@register.simple_block_tag
def datatable(content: str, caption: Any, hide_caption: bool = False, css: str = "", id: str = "") -> SafeString:
    """A table in a frame that scrolls sideways on small screens and can be reached by keyboard.

    `{% datatable caption=_("Options") %}<thead>…</thead><tbody>…</tbody>{% enddatatable %}`
    """
    return format_html(
        '<div class="table-frame" role="group" aria-label="{0}" tabindex="0"><table class="table {3}"{4}>'
        '<caption class="{1}">{0}</caption>{2}</table></div>',
        escape(caption),  # a literal in a template counts as safe, but a quotation mark would end the attribute
        "visually-hidden" if hide_caption else "",
        mark_safe(content),  # noqa: S308  (the tag's own body, rendered and escaped by the template engine)
        css,
        format_html(' id="{}"', id) if id else "",
    )


@register.simple_tag(takes_context=True)
def sort_header(
    context: dict[str, Any], field: str, label: Any, numeric: bool = False, param: str = "sort"
) -> SafeString:
    """A `<th>` whose link sorts by `field`, the other way round when it is sorted so already. Filters survive."""
    query = context["request"].GET.copy()
    current = query.get(param, "")
    query.pop("page", None)
    query[param] = f"-{field}" if current == field else field
    direction = {field: "ascending", f"-{field}": "descending"}.get(current, "")
    return format_html(
        '<th scope="col"{}{}><a class="sort" href="?{}">{}{}</a></th>',
        mark_safe(' class="num"') if numeric else "",
        format_html(' aria-sort="{}"', direction) if direction else "",
        query.urlencode(),
        label,
        icon({"ascending": "sort-up", "descending": "sort-down"}.get(direction, "sort")),
    )


@register.filter
def share_of(value: Any, whole: Any) -> Decimal:
    """`value` as per cent of `whole`, between 0 and 100, for drawn bars. Nothing and no whole are 0."""
    part, base = _decimal(value), _decimal(whole)
    if part is None or not base or base < 0:
        return Decimal(0)
    return min(max(round(part / base * 100, 2), Decimal(0)), Decimal(100))


@register.filter
def larger(first: Any, second: Any) -> Any:
    """The larger of two amounts; the one there is where the other is missing."""
    amounts = [amount for amount in (_decimal(first), _decimal(second)) if amount is not None]
    return max(amounts, default=None)


STATE_LABELS = {
    "done": _("Done"),
    "current": _("In progress"),
    "waiting": _("Waits for a decision"),
    "sent_back": _("Sent back"),
    "not_begun": _("Not begun"),
}


@register.filter
def stage_state(value: Any) -> Any:
    """The words of a stage's state in the stepper."""
    return STATE_LABELS.get(str(value), value)


@register.inclusion_tag("components/chart.html")
def chart(figure: Any) -> dict[str, Any]:
    """A chart with its numbers as a table underneath."""
    return {"figure": figure}
