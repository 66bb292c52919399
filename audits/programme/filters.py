"""What a compulsory list can be narrowed to and sorted by; pages and REST share it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import django_filters
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from audits.programme.forms import reasons
from audits.programme.models import Listing, ListingQuerySet
from cpaudit.accounts.models import User
from cpaudit.reference.models import Region, Sector
from cpaudit.web.filters import ALL, RegionFilter, SectorFilter, regions_under, sectors_under
from cpaudit.web.words import reads_chinese

STATES = [
    ("waiting", _("not started")),
    ("working", _("in work")),
    ("filed", _("report filed")),
    ("overdue", _("overdue")),
]


class ListingFilter(django_filters.FilterSet):
    """One year's list: without a year in the address, this year's."""

    year = django_filters.NumberFilter(label=_("Year"), min_value=1980, max_value=2100)
    q = django_filters.CharFilter(method="search", label=_("Name or credit code"))
    region = RegionFilter(
        field_name="enterprise__body__region__path", queryset=Region.objects.none(), label=_("Region")
    )
    sector = SectorFilter(field_name="enterprise__sector__code", queryset=Sector.objects.none(), label=_("Industry"))
    reason = django_filters.ChoiceFilter(choices=reasons, label=_("Reason"), empty_label=ALL)
    state = django_filters.ChoiceFilter(method="in_state", choices=STATES, label=_("How far"), empty_label=ALL)

    class Meta:
        model = Listing
        fields: list[str] = []

    def __init__(self, data: Mapping[str, Any], queryset: ListingQuerySet, *, user: User) -> None:
        given = {name: data.get(name) for name in data}
        super().__init__({"year": str(timezone.localdate().year)} | given, queryset)
        self.filters["region"].queryset = regions_under(user)
        self.filters["sector"].queryset = sectors_under(user)

    def search(self, listings: ListingQuerySet, _name: str, text: str) -> ListingQuerySet:
        return listings.about(text)

    def in_state(self, listings: ListingQuerySet, _name: str, state: str) -> ListingQuerySet:
        return listings.in_state(state, on=timezone.localdate())


def sorts() -> dict[str, Any]:
    """What the list can be sorted by: the address' words and the columns."""
    name = "enterprise__body__name_zh" if reads_chinese() else "enterprise__body__name_en"
    return {
        "name": F(name),
        "region": F("enterprise__body__region__code"),
        "published_on": F("published_on"),
        "start_by": F("start_by"),
        "report_by": F("report_by"),
    }
