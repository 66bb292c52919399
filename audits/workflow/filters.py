"""One filter for the page and for REST."""

from __future__ import annotations

from typing import Any

import django_filters
from django import forms
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from audits.workflow.models import Audit, AuditKind
from audits.workflow.rules.transitions import STATUS_LABELS
from cpaudit.reference.models import Region, RegionLevel, Sector


def _statuses() -> list[tuple[str, Any]]:
    return [(status.value, _(label)) for status, label in STATUS_LABELS.items()]


class AuditFilter(django_filters.FilterSet):
    """Search and filters over audits; regions and sectors by their codes, so that a link outlives the database."""

    q = django_filters.CharFilter(method="search", label=_("Number, enterprise or credit code"))
    status = django_filters.MultipleChoiceFilter(
        choices=_statuses, label=_("Status"), widget=forms.CheckboxSelectMultiple
    )
    kind = django_filters.ChoiceFilter(choices=AuditKind.choices, label=_("Kind"), empty_label=_("All kinds"))
    year = django_filters.NumberFilter(label=_("Year"), min_value=1980, max_value=2100)
    province = django_filters.ModelChoiceFilter(
        queryset=Region.objects.filter(level=RegionLevel.PROVINCE), to_field_name="code", method="in_region",
        label=_("Province"), empty_label=_("All provinces"),
    )  # fmt: skip
    sector = django_filters.ModelChoiceFilter(
        queryset=Sector.objects.all(), to_field_name="code", field_name="enterprise__sector",
        label=_("Industry"), empty_label=_("All industries"),
    )  # fmt: skip
    overdue = django_filters.BooleanFilter(method="only_overdue", label=_("Overdue only"), widget=forms.CheckboxInput)

    class Meta:
        model = Audit
        fields: list[str] = []

    def search(self, queryset: QuerySet[Audit], _name: str, value: str) -> QuerySet[Audit]:
        words = value.strip()
        if not words:
            return queryset
        return queryset.filter(
            Q(number__icontains=words)
            | Q(enterprise__body__name_en__icontains=words)
            | Q(enterprise__body__name_zh__icontains=words)
            | Q(enterprise__credit_code__iexact=words)
        )

    def in_region(self, queryset: QuerySet[Audit], _name: str, region: Region | None) -> QuerySet[Audit]:
        return queryset.filter(enterprise__body__region__path__startswith=region.path) if region else queryset

    def only_overdue(self, queryset: Any, _name: str, value: bool | None) -> QuerySet[Audit]:
        return queryset.overdue(on=timezone.localdate()) if value else queryset
