"""What lists of enterprises can be narrowed to and sorted by; pages and REST share it."""

from __future__ import annotations

from typing import Any

import django_filters
from django.db.models import F, QuerySet, Value
from django.db.models.functions import Coalesce, NullIf
from django.utils.translation import gettext_lazy as _

from audits.enterprises.models import Enterprise, EnterpriseQuerySet, Size
from cpaudit.accounts.models import User
from cpaudit.reference.models import Region, Sector
from cpaudit.web.filters import ALL, RegionFilter, SectorFilter, regions_under, sectors_under
from cpaudit.web.words import reads_chinese


def sorts() -> dict[str, Any]:
    """What the list can be sorted by: the address' words and the columns, the name in the reader's language."""
    first, second = ("body__name_zh", "body__name_en") if reads_chinese() else ("body__name_en", "body__name_zh")
    return {
        "name": Coalesce(NullIf(first, Value("")), second),
        "region": F("body__region__code"),
        "sector": F("sector__code"),
        "size": F("size"),
        "last_audit": F("last_audit_year"),
    }


class EnterpriseFilter(django_filters.FilterSet):
    """What the list and REST can be narrowed to; `user` limits the choices to his jurisdiction."""

    q = django_filters.CharFilter(method="search", label=_("Name or credit code"))
    region = RegionFilter(field_name="body__region__path", queryset=Region.objects.none(), label=_("Region"))
    sector = SectorFilter(field_name="sector__code", queryset=Sector.objects.none(), label=_("Industry"))
    size = django_filters.ChoiceFilter(choices=Size.choices, label=_("Size"), empty_label=ALL)
    listed = django_filters.ChoiceFilter(
        method="on_this_years_list",
        choices=[("yes", _("yes")), ("no", _("no"))],
        label=_("Listed this year"),
        empty_label=ALL,
    )

    class Meta:
        model = Enterprise
        fields: list[str] = []

    def __init__(self, data: Any, queryset: EnterpriseQuerySet, *, user: User) -> None:
        super().__init__(data, queryset)
        self.filters["region"].queryset = regions_under(user)
        self.filters["sector"].queryset = sectors_under(user)

    def search(self, enterprises: EnterpriseQuerySet, _name: str, text: str) -> EnterpriseQuerySet:
        return enterprises.named(text)

    def on_this_years_list(self, enterprises: QuerySet[Any], _name: str, answer: str) -> QuerySet[Any]:
        return enterprises.filter(is_listed=answer == "yes")
