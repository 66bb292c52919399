"""One filter over options, for pages and REST."""

from __future__ import annotations

from typing import Any

import django_filters
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from audits.options.models import Option
from audits.options.rules import ASPECT_LABELS, COST_CLASS_LABELS, OPTION_STATUS_LABELS

NOT_KNOWN = "unknown"
"""How a filter asks for options without a cost class: an empty value would mean "all"."""


def _choices(labels: dict[Any, str]) -> list[tuple[str, Any]]:
    return [(key.value, _(label)) for key, label in labels.items()]


class OptionFilter(django_filters.FilterSet):
    """Search by words, narrow by status, class, aspect (main or other), and to what is late."""

    q = django_filters.CharFilter(method="search", label=_("Code or title"))
    status = django_filters.ChoiceFilter(
        choices=lambda: _choices(OPTION_STATUS_LABELS), label=_("Status"), empty_label=_("All statuses")
    )
    cost_class = django_filters.ChoiceFilter(
        choices=lambda: [*_choices(COST_CLASS_LABELS), (NOT_KNOWN, _("Not known"))],
        method="of_class",
        label=_("Cost class"),
        empty_label=_("All classes"),
    )
    aspect = django_filters.ChoiceFilter(
        choices=lambda: _choices(ASPECT_LABELS), method="of_aspect", label=_("Aspect"), empty_label=_("All aspects")
    )
    overdue = django_filters.ChoiceFilter(
        choices=[("true", _("Overdue only"))], method="only_overdue", label=_("Due"), empty_label=_("All dates")
    )

    class Meta:
        model = Option
        fields: list[str] = []

    def search(self, queryset: QuerySet[Option], _name: str, value: str) -> QuerySet[Option]:
        words = value.strip()
        return queryset.filter(Q(code__iexact=words) | Q(title__icontains=words)) if words else queryset

    def of_class(self, queryset: QuerySet[Option], _name: str, value: str) -> QuerySet[Option]:
        return queryset.filter(cost_class="" if value == NOT_KNOWN else value)

    def of_aspect(self, queryset: QuerySet[Option], _name: str, value: str) -> QuerySet[Option]:
        return queryset.filter(Q(aspect=value) | Q(other_aspects__icontains=f'"{value}"'))

    def only_overdue(self, queryset: Any, _name: str, _value: str) -> QuerySet[Option]:
        return queryset.overdue(on=timezone.localdate())
