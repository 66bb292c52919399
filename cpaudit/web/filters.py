"""Filters and sorting that lists of several rooms share: places and industries by their codes, names, order."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import django_filters
from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from cpaudit.accounts.models import User
from cpaudit.accounts.roles import BodyKind
from cpaudit.reference.models import Region, RegionLevel, Sector
from cpaudit.web.words import reads_chinese

ALL = _("all")


def regions_under(user: User) -> QuerySet[Region]:
    """The regions a person can choose from: an authority's own subtree, for everybody else the country.

    Counties are left out where the list would be the whole country's: three thousand options help nobody.
    """
    body = user.body
    if body is None:
        return Region.objects.none()
    under = Region.objects.select_related("parent")
    if body.kind == BodyKind.AUTHORITY:
        under = under.subtree_of(body.region)
        if body.region.level != RegionLevel.NATION:
            return under
    return under.exclude(level=RegionLevel.COUNTY)


def sectors_under(user: User) -> QuerySet[Sector]:
    """The industries a person can choose from: an industry department's own, else all of the current edition."""
    if user.body and user.body.is_industry_department:
        return user.body.sectors.of_edition(Sector.DEFAULT_EDITION)
    return Sector.objects.of_edition(Sector.DEFAULT_EDITION)


class RegionChoiceField(forms.ModelChoiceField):
    """Regions as "Benxi, Liaoning": typing the name finds the place. The queryset brings `parent` along."""

    def label_from_instance(self, region: Region) -> str:
        if region.parent is None or region.level == RegionLevel.PROVINCE:
            return region.name
        return f"{region.parent.name}{region.name}" if reads_chinese() else f"{region.name}, {region.parent.name}"


class RegionFilter(django_filters.ModelChoiceFilter):
    """A region by its code; finds everything inside it, not only what lies directly in it."""

    field_class = RegionChoiceField

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, to_field_name="code", empty_label=ALL, **kwargs)

    def filter(self, qs: Any, value: Region | None) -> Any:
        return qs.filter(**{f"{self.field_name}__startswith": value.path}) if value else qs


class SectorFilter(django_filters.ModelChoiceFilter):
    """An industry by its code, in whichever edition of the standard the enterprise was classified."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, to_field_name="code", empty_label=ALL, **kwargs)

    def filter(self, qs: Any, value: Sector | None) -> Any:
        return qs.filter(**{self.field_name: value.code}) if value else qs


def sorted_by(queryset: QuerySet[Any], wanted: str, columns: Mapping[str, Any], default: str) -> QuerySet[Any]:
    """Ordered as the address asks (`sort=-name`), by `default` where it asks for nothing known; empty ones last."""
    name = wanted if wanted.removeprefix("-") in columns else default
    column = columns[name.removeprefix("-")]
    order = column.desc(nulls_last=True) if name.startswith("-") else column.asc(nulls_last=True)
    return queryset.order_by(order, "pk")
