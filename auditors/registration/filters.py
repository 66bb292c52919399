"""What the register of auditors can be narrowed to and sorted by; pages and REST share it."""

from __future__ import annotations

from typing import Any

import django_filters
from django.db.models import Value
from django.db.models.functions import Coalesce, NullIf
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from auditors.people.models import Auditor, AuditorQuerySet
from auditors.registration.forms import levels
from auditors.registration.selectors import qualified_on
from cpaudit.accounts.models import User
from cpaudit.reference.models import Region
from cpaudit.web.filters import ALL, RegionFilter, regions_under
from cpaudit.web.words import reads_chinese


def sorts() -> dict[str, Any]:
    """What the list can be sorted by: the address' words and the columns, names in the reader's language."""
    first, second = ("name_zh", "name_en") if reads_chinese() else ("name_en", "name_zh")
    return {
        "name": Coalesce(NullIf(first, Value("")), second),
        "employer": Coalesce(NullIf(f"employer__{first}", Value("")), f"employer__{second}"),
    }


class AuditorFilter(django_filters.FilterSet):
    q = django_filters.CharFilter(method="search", label=_("Name, employer or certificate"))
    level = django_filters.ChoiceFilter(method="by_level", choices=levels, label=_("Valid today as"), empty_label=ALL)
    region = RegionFilter(field_name="employer__region__path", queryset=Region.objects.none(), label=_("Region"))

    class Meta:
        model = Auditor
        fields: list[str] = []

    def __init__(self, data: Any, queryset: AuditorQuerySet, *, user: User) -> None:
        super().__init__(data, queryset)
        self.filters["region"].queryset = regions_under(user)

    def search(self, auditors: AuditorQuerySet, _name: str, text: str) -> AuditorQuerySet:
        return auditors.named(text)

    def by_level(self, auditors: AuditorQuerySet, _name: str, level: str) -> AuditorQuerySet:
        return qualified_on(auditors, timezone.localdate(), [level])
