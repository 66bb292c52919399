"""What the register of organisations can be narrowed to and sorted by; pages and REST share it."""

from __future__ import annotations

from typing import Any

import django_filters
from django.db.models import F, Value
from django.db.models.functions import Coalesce, NullIf
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from consultancies.organisations.forms import KINDS
from consultancies.organisations.models import Organisation, OrganisationQuerySet
from cpaudit.accounts.models import User
from cpaudit.reference.models import Region
from cpaudit.web.filters import ALL, RegionFilter, regions_under
from cpaudit.web.words import reads_chinese


def sorts() -> dict[str, Any]:
    """What the list can be sorted by: the address' words and the columns, the name in the reader's language."""
    first, second = ("body__name_zh", "body__name_en") if reads_chinese() else ("body__name_en", "body__name_zh")
    return {
        "name": Coalesce(NullIf(first, Value("")), second),
        "region": F("body__region__code"),
        "affirmed_on": F("affirmed_on"),
    }


class OrganisationFilter(django_filters.FilterSet):
    q = django_filters.CharFilter(method="search", label=_("Name or registration number"))
    kind = django_filters.ChoiceFilter(field_name="body__kind", choices=KINDS, label=_("Kind"), empty_label=ALL)
    region = RegionFilter(field_name="body__region__path", queryset=Region.objects.none(), label=_("Region"))
    operating = django_filters.ChoiceFilter(
        method="by_operating",
        choices=[("yes", _("yes")), ("no", _("no"))],
        label=_("May operate today"),
        empty_label=ALL,
    )

    class Meta:
        model = Organisation
        fields: list[str] = []

    def __init__(self, data: Any, queryset: OrganisationQuerySet, *, user: User) -> None:
        super().__init__(data, queryset)
        self.filters["region"].queryset = regions_under(user)

    def search(self, organisations: OrganisationQuerySet, _name: str, text: str) -> OrganisationQuerySet:
        return organisations.named(text)

    def by_operating(self, organisations: OrganisationQuerySet, _name: str, answer: str) -> OrganisationQuerySet:
        operating = Organisation.objects.operating(on=timezone.localdate()).values("pk")
        return organisations.filter(pk__in=operating) if answer == "yes" else organisations.exclude(pk__in=operating)
